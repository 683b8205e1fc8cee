"""Zones that are drawn here and on the test documents, read by the real nets."""

import functools
import json
import os
import pathlib
import sys

import pytest
from PIL import Image, ImageFilter
from specimens_support import specimens
from zone_pictures import covered, invented, page, zone

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from dumps import Dump  # noqa: E402

BUILD = pathlib.Path(os.environ.get("PRIVID_BUILD_DIR", ROOT / "build"))
TODAY = "2026-06-15"
ZONES = {
    "TD1": ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6",
            "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"),
    "TD2": ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"),
    "TD3": ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
            "L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
    "MRV-A": ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
              "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"),
    "MRV-B": ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"),
}
SIZES = {"TD1": (1011, 638), "TD2": (1240, 874), "TD3": (1476, 1039), "MRV-A": (1417, 945),
         "MRV-B": (1240, 874)}


def read(pictures, segmented=False):
    """What the dump says of each picture."""
    with Dump(BUILD / "tests" / "mrz_dump", TODAY) as dump:
        return [json.loads(dump.ask(picture.convert("RGB"), int(segmented)))
                for picture in pictures]


@functools.lru_cache(None)
def pages():
    return read([page(lines, SIZES[name]) for name, lines in ZONES.items()])


@pytest.mark.parametrize("place,name", list(enumerate(ZONES)))
def test_each_format_is_read_from_a_page(place, name):
    found = pages()[place]
    assert found["format"] == name
    assert tuple(found["lines"]) == ZONES[name]
    assert found["valid"] and all(found["checks"].values())
    assert found["turn"] == 0
    assert found["confidence"] > 0.2


def test_the_zone_lies_where_it_was_drawn():
    found = pages()[list(ZONES).index("TD3")]
    pitch = (1476 - 100) / 44
    expected = [(50, 1039 - 50 - pitch * 3.7), (1426, 1039 - 50 - pitch * 3.7),
                (1426, 1039 - 50 + pitch * .2), (50, 1039 - 50 + pitch * .2)]
    for corner, other in zip(found["corners"], expected):
        assert abs(corner[0] - other[0]) < pitch and abs(corner[1] - other[1]) < pitch


@pytest.mark.parametrize("quarters", range(4))
def test_any_turn_of_a_page_is_told(quarters):
    picture = page(ZONES["TD1"], SIZES["TD1"]).rotate(90 * quarters, expand=True)
    found = read([picture])[0]
    assert tuple(found["lines"]) == ZONES["TD1"]
    assert found["turn"] == quarters


@pytest.mark.parametrize("degrees", (-8, 3, 20))
def test_a_page_may_be_askew(degrees):
    picture = page(ZONES["TD3"], SIZES["TD3"]).rotate(degrees, expand=True, fillcolor=120,
                                                      resample=Image.Resampling.BICUBIC)
    found = read([picture])[0]
    assert tuple(found["lines"]) == ZONES["TD3"] and found["turn"] == 0


@pytest.mark.parametrize("name", ("TD1", "TD3"))
@pytest.mark.parametrize("margin", (20, 4))
def test_the_picture_may_be_the_zone_itself(name, margin):
    found = read([zone(ZONES[name], margin=margin)], segmented=True)[0]
    assert tuple(found["lines"]) == ZONES[name]


def test_what_is_read_is_what_was_drawn():
    """Zones that no net can know: one that always says the same fails here."""
    zones = [invented(seed) for seed in range(16)]
    pictures = [page(lines, SIZES["TD3"]).filter(ImageFilter.GaussianBlur(seed % 3))
                for seed, lines in enumerate(zones)]
    found = read(pictures)
    right = sum(tuple(zone["lines"]) == lines for zone, lines in zip(found, zones))
    assert right >= 13, f"{right} of 16"
    for zone_found, lines in zip(found, zones):
        if zone_found["valid"]:
            said, true = zone_found["lines"][1], lines[1]
            assert said[:9] + said[13:20] + said[21:28] == true[:9] + true[13:20] + true[21:28]


def test_a_wrong_check_digit_is_not_forced():
    """A clear picture of a zone that is wrong in itself: it is read as it stands."""
    first, second = ZONES["TD3"]
    for column, check in ((19, "date_of_birth"), (43, "composite")):
        wrong = second[:column] + str((int(second[column]) + 5) % 10) + second[column + 1:]
        found = read([page((first, wrong), SIZES["TD3"])])[0]
        assert found["lines"] == [first, wrong]
        assert not found["valid"] and not found["checks"][check]


def test_what_is_covered_is_not_made_up():
    """A thumb on the number, and one on fillers."""
    lines, size = ZONES["TD3"], SIZES["TD3"]
    pitch = (size[0] - 100) / 44
    number, fillers = page(lines, size), page(lines, size)
    number.paste(170, (round(50 + 3 * pitch), size[1] - 90, round(50 + 7 * pitch), size[1] - 30))
    fillers.paste(225, (round(50 + 28 * pitch), size[1] - 165, round(50 + 36 * pitch),
                        size[1] - 100))
    covered, clear = read([number, fillers])
    assert not covered["valid"]
    if covered["format"]:
        assert covered["lines"][1] != lines[1] and not covered["checks"]["document_number"]
    assert tuple(clear["lines"]) == lines and clear["valid"]


def test_no_cover_is_read_as_characters():
    """Paper, a shade, a bright spot or skin over one to five characters that matter."""
    for found in read([covered(seed)[0] for seed in range(100, 118)]):
        assert not found["valid"], found["lines"]


def test_pictures_without_a_zone_have_none():
    blank = Image.new("L", (1011, 638), 200)
    text = page(ZONES["TD1"], SIZES["TD1"])
    text.paste(225, (0, 400, 1011, 638))
    small = Image.new("L", (8, 8), 90)
    for found in read([blank, text, small]) + read([blank, small], segmented=True):
        assert found["format"] == "" and found["lines"] == [] and not found["valid"]


def test_the_test_documents_are_read():
    rows = [row for row in specimens(condition="flat") if row["lines"]]
    assert len(rows) > 5
    found = read([Image.open(row["file"]) for row in rows])
    for row, zone_found in zip(rows, found):
        assert zone_found["lines"] == row["lines"], row["image"]
        assert zone_found["valid"] and zone_found["values"]["date_of_birth"] == row["birth_date"]


def test_documents_without_a_zone_have_none():
    rows = [row for row in specimens() if not row["lines"]]
    assert len(rows) > 5
    for row, found in zip(rows, read([Image.open(row["file"]) for row in rows])):
        assert found["format"] == "", row["image"]
