"""Fixtures of the tests of the command line tool."""

import pytest
from cli_support import BUILD, PICTURES, run_program


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
