"""Every code block of the documentation runs and prints what the page says.

The blocks run in an empty folder with pictures of the names that the pages use, beside a server of
their own. Package and programs are those of the wheels, in an environment outside of this tree; C
is compiled against what `cmake --install` put elsewhere, as its pkg-config file says.
PRIVID_DOCS_PYTHON is the interpreter of another environment to run them in.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "sdk" / "tests"),
                str(ROOT / "tests" / "install")]

import wheels  # noqa: E402
from page_blocks import output_fits, read_blocks  # noqa: E402
from sdk_support import PICTURES, Backend  # noqa: E402

PAGES = sorted((ROOT / "docs").rglob("*.md"))
# Name in the pages: name among the test pictures.
FILES = {"ann.jpg": "obama.jpg", "ann2.jpg": "obama2.jpg", "bob.jpg": "biden.jpg",
         "group.jpg": "sample5.jpg", "scene.jpg": "rocket.jpg",
         "card.jpg": "documents/photographs/permit-front-santoro-careful.jpg",
         "passport.jpg": "documents/photographs/alderay-fontaine-careful.jpg",
         "licence-back.jpg": "documents/photographs/franklin-back-1-careful.jpg"}


@pytest.fixture(scope="session")
def python():
    chosen = os.environ.get("PRIVID_DOCS_PYTHON")
    return Path(chosen) if chosen else wheels.environment() / "bin" / "python"


@pytest.fixture(scope="session")
def flags():
    """Of a C program that uses the installed library."""
    packages = wheels.prefix() / "lib" / "pkgconfig"
    found = wheels.run("pkg-config", "--cflags", "--libs", "privid",
                       env={**wheels.apart(), "PKG_CONFIG_PATH": str(packages)})
    return f"{found.strip()} -Wl,-rpath,{wheels.prefix() / 'lib'}"


@pytest.fixture
def desk(tmp_path, python, flags):
    """A folder with the pictures, and the environment of the blocks."""
    for name, source in FILES.items():
        shutil.copyfile(PICTURES / source, tmp_path / name)
    (tmp_path / "server").mkdir()
    backend = Backend(tmp_path / "server", python.parent / "privid-server")
    environment = {**wheels.apart(python.parent), "PRIVID_FLAGS": flags,
                   "PRIVID_URL": backend.url, "PRIVID_API_KEY": backend.key}
    yield tmp_path, environment
    backend.stop()


def page_name(page):
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_the_blocks_of_a_page_run_and_print_what_it_says(page, desk, python):
    folder, environment = desk
    blocks = [block for block in read_blocks(page.read_text()) if block.runs]
    if not blocks:
        pytest.skip("nothing to run")
    listed = [{"language": block.language, "text": block.text,
               "name": f"{page_name(page)}:{block.line}"} for block in blocks]
    done = subprocess.run([python, "-I", Path(__file__).with_name("run_page.py")], cwd=folder,
                          env=environment, input=json.dumps(listed), capture_output=True,
                          text=True, timeout=600)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    for block, answer in zip(blocks, answers, strict=False):
        assert "failure" not in answer, f"{answer['name']}\n{answer['failure']}"
        assert block.expected or not answer["printed"].strip(), (
            f"{answer['name']}: what it prints is not on the page\n{answer['printed']}")
        for language, text in block.expected:
            assert output_fits(language, text, answer["printed"]), (
                f"{answer['name']}: the page says\n{text}\nthe block printed\n"
                f"{answer['printed']}")
    assert done.returncode == 0 and len(answers) == len(blocks), done.stderr


def test_the_blocks_have_nothing_of_this_tree_in_reach(desk, python):
    folder, environment = desk
    ask = ("import shutil, sys, cryptonets_python_sdk as sdk; sdk.PrivIDFaceLib.initialize(); "
           "print(*sys.path, sdk.__file__, shutil.which('privid'), shutil.which('privid-server'), "
           "open('/proc/self/maps').read(), sep='\\n')")
    said = wheels.run(python, "-I", "-c", ask, cwd=folder, env=environment)
    assert "libprivid" in said and str(ROOT) not in said
    for name, value in environment.items():
        assert name in ("PWD", "OLDPWD") or str(ROOT) not in value, f"{name}={value}"


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_a_block_that_is_not_run_says_why(page):
    for block in read_blocks(page.read_text()):
        assert block.language, f"{page_name(page)}:{block.line}: a block without a language"
        assert block.language in ("python", "sh", "c", "cpp", "cmake", "text", "json",
                                  "csv", "http", "mermaid"), (
            f"{page_name(page)}:{block.line}: {block.language}")


def test_what_is_compared_can_fail():
    page = "```python\nprint(1)\n```\n\n```text\n1 …\n```\n\n<!-- not run: why -->\n```sh\nx\n```\n"
    first, second = read_blocks(page)
    assert first.expected == [("text", "1 …\n")] and first.runs
    assert second.excuse == "why" and not second.runs
    assert output_fits("text", "a … c", "a b\nb c") and not output_fits("text", "a … c", "a b")
    example = '{"faces": [{"score": 1.0, "name": "x…", "flags": 3}]}'
    good = {"faces": [{"score": 1.02, "name": "xyz", "flags": 3, "more": 1}]}
    assert output_fits("json", example, json.dumps(good))
    for name, value in (("score", 1.2), ("flags", 4), ("name", 5)):
        changed = {"faces": [{**good["faces"][0], name: value}]}
        assert not output_fits("json", example, json.dumps(changed))
    assert not output_fits("json", example, '{"faces": []}')
