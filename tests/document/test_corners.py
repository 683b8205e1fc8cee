"""Corners of the documents that the set-up photographs: designs that no net was trained on."""

import math
import pathlib
import subprocess
import sys

import numpy
import pytest
from PIL import Image, ImageDraw

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import measure_corners  # noqa: E402

LABELS = ROOT / "build" / "pictures" / "documents" / "labels.csv"
# Several of one size, or sides that cannot be seen: no test of where the one document is.
ODD = ("two documents", "fills the picture")


@pytest.fixture(name="results", scope="module")
def fixture_results():
    rows = [row for row in measure_corners.read_labels(LABELS) if row["condition"] not in ODD]
    assert len(rows) > 40
    return list(measure_corners.find(rows))


def first_corner(corners):
    """The one that is top left after the least turn."""
    def off(k):
        (x, y), (u, v) = corners[k], corners[(k + 1) % 4]
        return abs(math.atan2(v - y, u - x))
    return corners[min(range(4), key=off)]


def test_most_are_found_well(results):
    ious = numpy.array([result["iou"] for result in results])
    assert (ious > 0.9).mean() >= 0.85
    assert numpy.median(ious) > 0.95


def test_careful_photographs_are_found_and_believed(results):
    careful = [result for result in results if result["condition"] == "careful"]
    assert len(careful) >= 15
    believed = [result["iou"] > 0.9 and result["confidence"] >= 0.8 for result in careful]
    assert sum(believed) >= len(believed) - 1


def test_what_is_surely_believed_is_good(results):
    sure = [result["iou"] > 0.9 for result in results if result["confidence"] >= 0.9]
    assert len(sure) >= 35
    assert numpy.mean(sure) >= 0.95


def test_order(results):
    checked = 0
    for result in results:
        top = math.degrees(math.atan2(result["corners"][1][1] - result["corners"][0][1],
                                      result["corners"][1][0] - result["corners"][0][0]))
        # halfway between two orders either is right
        if result["iou"] < 0.9 or abs((top % 90) - 45) < 6:
            continue
        expected = first_corner(result["corners"])
        long = math.dist(*result["corners"][:2])
        assert math.dist(result["found"]["corners"][0], expected) < 0.15 * long, result["path"]
        assert measure_corners.area(result["found"]["corners"]) > 0
        checked += 1
    assert checked > 30


def test_no_document_is_believed_where_it_is_painted_over(results, tmp_path):
    rows = []
    for number, row in enumerate([row for row in results if row["confidence"] >= 0.8][:10]):
        picture = Image.open(row["path"]).convert("RGB")
        corners = [tuple(corner) for corner in row["corners"]]
        middle = [sum(corner[i] for corner in corners) / 4 for i in (0, 1)]
        wider = [tuple(middle[i] + 1.04 * (corner[i] - middle[i]) for i in (0, 1))
                 for corner in corners]
        ImageDraw.Draw(picture).polygon(wider, fill=picture.getpixel((5, 5)))
        picture.save(tmp_path / f"{number}.png")
        rows.append({"path": tmp_path / f"{number}.png", "corners": None})
    assert len(rows) == 10
    assert sum(row["confidence"] < 0.8 for row in measure_corners.find(rows)) >= 9


@pytest.mark.parametrize("degrees", [30, 75, 160])
def test_any_turn(results, degrees):
    careful = [row for row in measure_corners.read_labels(LABELS)
               if row["condition"] == "careful"][::3]
    turned = list(measure_corners.find(careful, degrees))
    assert numpy.mean([row["iou"] > 0.9 for row in turned]) >= 0.8


def test_what_is_no_document_is_seldom_believed(tmp_path):
    """Text, screens, telephones, books, frames, prints, scenes: the net was trained on none."""
    subprocess.run([sys.executable, ROOT / "tools" / "draw_specimens.py", "--negatives", "65",
                    tmp_path], check=True, stdout=subprocess.DEVNULL)
    rows = list(measure_corners.find(measure_corners.read_labels(tmp_path / "labels.csv")))
    assert len(rows) == 65
    assert sum(row["confidence"] >= 0.8 for row in rows) <= 2


def test_a_page_that_is_its_picture():
    """A scan has no ground to stand out from: its sides are those of the picture."""
    rows = []
    for path in sorted((LABELS.parent / "flat").glob("*.png")):
        wide, high = Image.open(path).size
        rows.append({"path": path, "corners": [[-0.5, -0.5], [wide - 0.5, -0.5],
                                               [wide - 0.5, high - 0.5], [-0.5, high - 0.5]]})
    assert len(rows) >= 15
    found = list(measure_corners.find(rows))
    assert sum(row["iou"] > 0.9 and row["confidence"] >= 0.5 for row in found) >= len(found) - 2
