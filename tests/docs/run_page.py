"""Runs blocks in the order of a page, in one interpreter; prints one JSON line for each.

    python run_page.py < BLOCKS.json

Blocks are a list of {language, text, name}. Python blocks share their names; the others are run as
programs of their own. Ends at the first that fails.
"""

import contextlib
import io
import json
import subprocess
import sys
import traceback

PROGRAMS = {
    "sh": ["bash", "-euo", "pipefail", "-c"],
    "c": ["bash", "-euc", "cat > block.c <<< \"$0\"; cc -Wall -Wextra -Werror block.c -o block "
                          "$PRIVID_FLAGS && ./block"],
}


def run_python(block, names):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(block["text"], block["name"], "exec"), names)
    return printed.getvalue()


def run_program(block):
    done = subprocess.run([*PROGRAMS[block["language"]], block["text"]], capture_output=True,
                          text=True, timeout=300, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def main():
    names = {"__name__": "__main__"}
    for block in json.load(sys.stdin):
        try:
            printed = (run_python(block, names) if block["language"] == "python"
                       else run_program(block))
        except BaseException:
            print(json.dumps({"name": block["name"], "failure": traceback.format_exc()}))
            return 1
        print(json.dumps({"name": block["name"], "printed": printed}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
