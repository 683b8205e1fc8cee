#!/usr/bin/env python3
"""Runs clang-tidy over every C file and the C++ header, as .clang-tidy says.

    tools/tidy.py [FILE...]    default: all of them

A file that passed is not looked at again until it, a header of ours that it includes, its compiler
command, .clang-tidy or clang-tidy itself changes: build/tidy holds a digest for each.
"""

import functools
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = Path("build")
PASSED = BUILD / "tidy"
INCLUDE = re.compile(rb'^\s*#\s*include\s*["<]([^">]+)[">]', re.M)
HEADER = "include/privid/privid.hpp"
HEADER_COMMAND = "-x c++ -std=c++11 -Iinclude"
# What those files need beside the flags of all others: they are built by clang alone, apart.
FUZZ_COMMAND = ("-x c -std=c11 -Isrc -Iinclude -I. -Ibuild/deps/zxing/include -D_GNU_SOURCE "
                "-D_FILE_OFFSET_BITS=64")


def commands():
    """The compiler's command of each file; None: the one in the database of the build."""
    database = json.loads((BUILD / "compile_commands.json").read_text())
    built = {Path(row["file"]).relative_to(ROOT): row["command"] for row in database
             if not Path(row["file"]).is_relative_to(ROOT / BUILD)}
    alone = {path: FUZZ_COMMAND for path in Path("fuzz").glob("*.c")}
    return {**built, **alone, Path(HEADER): HEADER_COMMAND}


@functools.cache
def included(path):
    """The file and the headers of ours that it includes, all the way down."""
    found = {path}
    for name in INCLUDE.findall(path.read_bytes()):
        for folder in (path.parent, Path("src"), Path("include"), Path(), Path("tests")):
            header = Path(os.path.normpath(folder / name.decode()))
            if header.is_file():
                found |= included(header)
                break
    return frozenset(found)


def digest(path, command, common):
    whole = hashlib.sha256(common + command.encode())
    for name in sorted(included(path)):
        whole.update(name.read_bytes())
    return whole.hexdigest()


def check(path, command):
    """What clang-tidy says; nothing where nothing is wrong."""
    alone = command in (HEADER_COMMAND, FUZZ_COMMAND)
    arguments = ["--", *shlex.split(command)] if alone else ["-p", str(BUILD)]
    done = subprocess.run(["clang-tidy", "--quiet", str(path), *arguments], capture_output=True,
                          text=True)
    return done.stdout + done.stderr if done.returncode else ""


def main(arguments):
    os.chdir(ROOT)
    known = commands()
    wanted = {Path(name): known[Path(name)] for name in arguments} if arguments else known
    version = subprocess.run(["clang-tidy", "--version"], check=True, capture_output=True).stdout
    rules = [Path(".clang-tidy"), *sorted(Path().glob("*/.clang-tidy"))]
    common = version + b"".join(path.read_bytes() for path in rules)
    PASSED.mkdir(parents=True, exist_ok=True)

    def passes(item):
        path, command = item
        stamp = PASSED / f"{str(path).replace('/', '-')}.passed"
        key = digest(path, command, common)
        if stamp.is_file() and stamp.read_text() == key:
            return True
        said = check(path, command)
        if said:
            print(said, end="", flush=True)
        else:
            stamp.write_text(key)
        return not said

    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        failed = [passed for passed in pool.map(passes, wanted.items()) if not passed]
    if failed:
        print(f"clang-tidy: {len(failed)} of {len(wanted)} files")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
