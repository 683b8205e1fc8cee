"""privid document: what it prints of a barcode, and how it ends."""

import json
import pathlib
import sys

import pytest
from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "document"))
from licence_pictures import code, licence, photograph  # noqa: E402

SUCCESS, NEGATIVE, USAGE, ARGUMENT, CONFIGURATION = 0, 1, 2, 3, 4


def save(tmp_path, modules, name="code.png"):
    picture, _ = photograph(modules, 3)
    picture.save(tmp_path / name)
    return tmp_path / name


def test_table(privid, tmp_path):
    text, expected = licence(9)
    path = save(tmp_path, code(text))
    done = privid("document", "--barcode", path)
    assert done.returncode == SUCCESS, done.stderr
    first, *rows = done.stdout.splitlines()
    assert first.startswith(f"{path}: barcode read, confidence ")
    told = dict(row.split(maxsplit=1) for row in rows)
    shown = told.pop("text")
    assert shown == "".join(c if c >= " " else "?" for c in text)
    assert told == expected


def test_json(privid, tmp_path):
    text, expected = licence(4)
    done = privid("document", "--barcode", "--json", save(tmp_path, code(text)))
    assert done.returncode == SUCCESS, done.stderr
    answer = json.loads(done.stdout)
    assert answer["call_status"]["return_status"] == 0
    assert answer["barcode"]["bar_code_detection_status"] == 0
    data = answer["barcode"]["barcode_data"]
    assert len(data) == 38 and data["text"] == text
    assert {key: data[key] for key in expected} == expected


def test_nothing_there(privid, tmp_path):
    Image.new("RGB", (400, 300), "grey").save(tmp_path / "empty.png")
    done = privid("document", "--barcode", tmp_path / "empty.png")
    assert done.returncode == NEGATIVE
    assert done.stdout == f"{tmp_path / 'empty.png'}: barcode none found\n"


def test_not_understood(privid, tmp_path):
    done = privid("document", "--barcode", save(tmp_path, code("no licence")))
    assert done.returncode == NEGATIVE
    assert "found, contents not understood" in done.stdout and "no licence" in done.stdout


@pytest.mark.parametrize("arguments, word", [
    (["code.png"], "--barcode"), (["--barcode"], "too few"), (["--barcode", "a", "b"], "too many"),
    (["--barcode=1", "a"], "takes no value")])
def test_usage(privid, arguments, word):
    done = privid("document", *arguments)
    assert done.returncode == USAGE and word in done.stderr


def test_bad_file(privid, tmp_path):
    (tmp_path / "a.png").write_bytes(b"no picture")
    done = privid("document", "--barcode", tmp_path / "a.png")
    assert done.returncode == ARGUMENT and "a.png" in done.stderr
