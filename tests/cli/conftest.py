"""Fixtures of the tests of the command line tool."""

import json

import pytest
from cli_support import BUILD, PICTURES, run_program
from evaluate_support import read_page, write_table


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


@pytest.fixture
def report(tmp_path):
    """Makes a report from a table and results; pictures need not be any."""

    def make(kind, columns, rows, results, *options, pictures=("image",)):
        folder = tmp_path / "work"
        folder.mkdir(exist_ok=True)
        table = write_table(folder / "table.csv", columns, rows)
        for row in rows:
            for column in pictures:
                (folder / row[columns.index(column)]).touch()
        with open(folder / "results.jsonl", "w", encoding="utf-8") as file:
            for picture, result in results.items():
                file.write(json.dumps({"picture": picture, **result}) + "\n")
        done = run_program(BUILD / "tests" / "evaluate_driver", kind, table,
                           folder / "results.jsonl", folder, *options)
        assert done.returncode in (0, 1), done.stderr
        if done.returncode:
            return done.stderr.decode()
        made = json.loads((folder / "report.json").read_text("utf-8"))
        made["page"], made["html"] = read_page(folder)
        return made

    return make
