"""privid document: what it prints and writes, and how it ends."""

import json
import pathlib
import sys

import numpy as np
import pytest
from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "document"))
from licence_pictures import code, licence, photograph  # noqa: E402
from specimens_support import specimen  # noqa: E402

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
    ([], "too few"), (["--out", "", "a.png"], "the name is empty"), (["--barcode"], "too few"),
    (["--barcode", "a", "b"], "too many"),
    (["--barcode=1", "a"], "takes no value")])
def test_usage(privid, arguments, word):
    done = privid("document", *arguments)
    assert done.returncode == USAGE and word in done.stderr


def test_bad_file(privid, tmp_path):
    (tmp_path / "a.png").write_bytes(b"no picture")
    done = privid("document", "--barcode", tmp_path / "a.png")
    assert done.returncode == ARGUMENT and "a.png" in done.stderr


CARD = "franklin-front-1-careful"
BACK = "franklin-back-1-careful"


def rows_of(text):
    """The lines below the title, by their labels."""
    rows = {}
    for line in text.splitlines()[1:]:
        assert line.startswith("  ")
        rows[line[2:20].strip()] = line[20:].strip()
    return rows


def test_document(privid):
    card = specimen(CARD)
    done = privid("document", card["file"])
    assert done.returncode == SUCCESS, done.stderr + done.stdout
    assert done.stdout.startswith(f"{card['file']}: document, ID-1, confidence ")
    rows = rows_of(done.stdout)
    assert rows["traits"] == "-" and "advice" not in rows and "born" not in rows
    told = np.array([[float(number) for number in pair.split(",")]
                     for pair in rows["corners"].split(";")])
    assert abs(told - card["corners"]).max() < 12
    assert rows["face"].partition(",")[0].replace(".", "").isdigit()


def test_age(privid):
    card = specimen(CARD)
    done = privid("document", "--age", card["file"])
    assert done.returncode == SUCCESS, done.stderr
    assert rows_of(done.stdout)["born"].startswith(card["birth_date"] + ", age ")


def test_a_fault_is_told_with_what_to_do(privid):
    done = privid("document", "--set", "threshold_doc_too_far=0.95", specimen(CARD)["file"])
    rows = rows_of(done.stdout)
    assert done.returncode == NEGATIVE
    assert rows["traits"] != "-" and rows["advice"] and rows["face"] == "none"


def test_no_document(privid, picture, tmp_path):
    done = privid("document", picture("coffee.png"), "--out", tmp_path / "out")
    assert done.returncode == NEGATIVE
    assert f"{picture('coffee.png')}: no document" in done.stdout
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["annotated.png"]


def test_files(privid, tmp_path):
    """Page, face and drawing; the face goes when the next document has none."""
    card = specimen(CARD)
    done = privid("document", "--json", "--out", tmp_path / "out", card["file"])
    assert done.returncode == SUCCESS, done.stderr
    answer = json.loads(done.stdout)
    page = Image.open(tmp_path / "out" / "document.png")
    face = Image.open(tmp_path / "out" / "face.png")
    info = answer["document"]["cropped_document_image_info"]["info"]
    assert page.size == (info["width"], info["height"])
    info = answer["faces"][0]["cropped_image_info"]["info"]
    assert face.size == (info["width"], info["height"])
    # The page is the drawing that was photographed.
    flat = Image.open(specimen("franklin-front-1")["file"]).convert("L").resize((64, 40))
    seen = page.convert("L").resize((64, 40))
    assert np.corrcoef(np.asarray(flat).ravel(), np.asarray(seen).ravel())[0, 1] > 0.95
    with Image.open(tmp_path / "out" / "annotated.png") as drawn, Image.open(card["file"]) as taken:
        assert drawn.height == taken.height and drawn.width >= taken.width
        x, y = (round(sum(corner[axis] for corner in card["corners"][:2]) / 2) for axis in (0, 1))
        near = np.asarray(drawn.crop((x - 12, y - 12, x + 12, y + 12)).convert("RGB"), int)
    assert ((near[..., 1] > 200) & (near[..., 0] < 120)).any(), "the outline is green"
    done = privid("document", "--barcode", "--out", tmp_path / "out", specimen(BACK)["file"])
    assert done.returncode == SUCCESS, done.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"annotated.png",
                                                                   "document.png"}


def test_document_and_barcode_are_a_line_each(privid):
    """A call each: the document that was asked for, and a search for the barcode alone."""
    back = specimen(BACK)
    done = privid("document", "--barcode", "--age", "--json", back["file"])
    assert done.returncode == SUCCESS, done.stderr
    document, barcode = map(json.loads, done.stdout.splitlines())
    found = document["document"]["detected_document"]
    assert found["ocr_age_data"]["dob"] == back["birth_date"]
    assert barcode["barcode"]["barcode_data"]["text"] == back["barcode"]


def test_folder_that_cannot_be_made(privid, tmp_path):
    (tmp_path / "file").touch()
    done = privid("document", "--out", tmp_path / "file", specimen(CARD)["file"])
    assert done.returncode == ARGUMENT and "--out" in done.stderr


def test_zone(privid):
    passport = specimen("alderay-fontaine-careful")
    done = privid("document", "--mrz", passport["file"])
    assert done.returncode == SUCCESS, done.stderr + done.stdout
    lines = done.stdout.splitlines()
    first = next(i for i, line in enumerate(lines) if line.split()[0] == "MRZ")
    assert [lines[first].split()[1], lines[first + 1].strip()] == passport["lines"]
    rows = rows_of(done.stdout)
    assert rows["zone"].startswith("TD3, valid, confidence ")
    assert rows["date_of_birth"] == passport["birth_date"] and rows["last_name"] == "FONTAINE"
    assert rows["check digits"] == "document_number: holds" and "FAILS" not in done.stdout


def test_a_side_without_a_zone(privid):
    done = privid("document", "--mrz", specimen(CARD)["file"])
    rows = rows_of(done.stdout)
    assert done.returncode == NEGATIVE
    assert rows["MRZ"] == "not read" or ", NOT VALID," in rows["zone"]
