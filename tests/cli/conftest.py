"""What the tests of the command line tool share."""

import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PRIVID_BUILD_DIR", ROOT / "build"))
PICTURES = pathlib.Path(os.environ.get("PRIVID_PICTURES_DIR", ROOT / "build" / "pictures"))


def run_program(path, *arguments, environment=None, timeout=120):
    if not path.exists():
        pytest.fail(f"{path} is not there: run 'make setup' and 'make build' first")
    clean = {k: v for k, v in os.environ.items()
             if k not in ("PRIVID_URL", "PRIVID_API_KEY", "PRIVID_COLLECTION")}
    return subprocess.run([path, *arguments], capture_output=True, timeout=timeout,
                          env={**clean, **(environment or {})})


@pytest.fixture
def privid():
    """Runs the tool; output and errors come back as text."""

    def run(*arguments, environment=None):
        done = run_program(BUILD / "bin" / "privid", *arguments, environment=environment)
        assert done.returncode >= 0, f"killed by signal {-done.returncode}: {done.stderr!r}"
        done.stdout = done.stdout.decode("utf-8")
        done.stderr = done.stderr.decode("utf-8", "backslashreplace")
        return done

    return run


@pytest.fixture
def picture():
    """The path of a test picture; without it the test fails and says what to do."""

    def find(name):
        path = PICTURES / name
        if not path.exists():
            pytest.fail(f"{path} is not there: run 'make setup' first")
        return path

    return find
