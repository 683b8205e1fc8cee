"""Text that is drawn here and on the test documents, read by the real nets."""

import csv
import functools
import json
import os
import pathlib
import sys

import pytest
from PIL import Image, ImageDraw, ImageFont

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from dumps import Dump  # noqa: E402

BUILD = pathlib.Path(os.environ.get("PRIVID_BUILD_DIR", ROOT / "build"))
DOCUMENTS = ROOT / "build" / "pictures" / "documents"
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
TODAY = "2026-11-25"
LINES = ("Personalausweis / Identity card", "MÜLLER-LÜDENSCHEIDT", "Geburtsdatum / Date of birth",
         "12.03.1985", "Straße 7, Zürich", "Gültig bis / Date of expiry", "24.11.2031")


def read(pictures, today=TODAY):
    """What the dump says of each picture."""
    with Dump(BUILD / "tests" / "ocr_dump", today) as dump:
        return [json.loads(dump.ask(picture.convert("RGB"))) for picture in pictures]


def draw(lines=LINES, size=34, ground=235, ink=30, width=1011, height=638):
    picture = Image.new("L", (width, height), ground)
    canvas = ImageDraw.Draw(picture)
    font = ImageFont.truetype(FONT, size, layout_engine=ImageFont.Layout.BASIC)
    for row, text in enumerate(lines):
        canvas.text((120, 50 + row * size * 2), text, font=font, fill=ink)
    return picture


def turned(picture, quarters):
    return picture.rotate(-90 * quarters, expand=True)


def texts(page):
    return [line["text"] for line in page["lines"]]


def close_up(lines):
    """Spaces are what is lost first."""
    return [line.replace(" ", "") for line in lines]


@pytest.mark.parametrize("quarters", range(4))
def test_lines_are_read_from_top_to_bottom_however_the_page_lies(quarters):
    page = read([turned(draw(), quarters)])[0]
    assert page["turn"] == quarters
    assert texts(page) == list(LINES)
    assert min(line["confidence"] for line in page["lines"]) > 0.9
    assert page["birth"]["date"] == "1985-03-12"
    assert page["birth"]["age"] == 41


@pytest.mark.parametrize("degrees", [-8, -3, 5, 12])
def test_lines_may_lean(degrees):
    picture = draw().rotate(degrees, expand=True, resample=Image.BICUBIC, fillcolor=200)
    assert texts(read([picture])[0]) == list(LINES)


def test_boxes_lie_where_the_text_does():
    boxes = [line["corners"] for line in read([draw()])[0]["lines"]]
    font = ImageFont.truetype(FONT, 34, layout_engine=ImageFont.Layout.BASIC)
    for row, (text, corners) in enumerate(zip(LINES, boxes)):
        left, top, right, bottom = font.getbbox(text)
        expected = (120 + left, 50 + 68 * row + top, 120 + right, 50 + 68 * row + bottom)
        found = (corners[0][0], corners[0][1], corners[2][0], corners[2][1])
        assert all(abs(a - b) < 22 for a, b in zip(expected, found)), (text, expected, found)


def test_light_on_dark_small_and_large():
    for options in ({"ground": 20, "ink": 220}, {"size": 20}, {"size": 42, "height": 700}):
        assert close_up(texts(read([draw(**options)])[0])) == close_up(LINES), options


def test_a_large_picture_is_read_as_a_small_one_is():
    picture = draw().resize((4044, 2552), Image.BICUBIC)
    page = read([picture])[0]
    assert texts(page) == list(LINES)
    assert abs(page["lines"][0]["corners"][0][0] - 480) < 100


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (40, 40)])
def test_pictures_without_text(size):
    page = read([Image.new("RGB", size, (90, 90, 90))])[0]
    assert page["lines"] == [] and page["birth"]["date"] == "" and page["birth"]["age"] == -1


def test_two_pages_that_differ_in_a_digit():
    first, second = read([draw(), draw(LINES[:3] + ("12.03.1986",) + LINES[4:])])
    assert (first["birth"]["date"], second["birth"]["date"]) == ("1985-03-12", "1986-03-12")


def test_the_age_is_that_of_the_day():
    for today, age in (("2003-03-11", 17), ("2003-03-12", 18)):
        assert read([draw()], today)[0]["birth"]["age"] == age


@functools.cache
def flat_documents():
    with open(DOCUMENTS / "labels.csv") as file:
        return [row for row in csv.DictReader(file) if row["flat"] == "1"]


def has_date_in_print(row):
    """Backs have the zone or the barcode, visas their zone."""
    return "back" not in row["image"] and not row["format"].startswith("MRV")


@pytest.mark.parametrize("quarters", range(4))
def test_birth_dates_of_the_test_documents(quarters):
    rows = flat_documents()
    pages = read([turned(Image.open(DOCUMENTS / row["image"]), quarters) for row in rows])
    assert sum(map(has_date_in_print, rows)) >= 8
    for row, page in zip(rows, pages):
        expected = row["birth_date"] if has_date_in_print(row) else ""
        assert page["birth"]["date"] == expected, (row["image"], texts(page))
        if has_date_in_print(row):
            assert page["turn"] == quarters, row["image"]
