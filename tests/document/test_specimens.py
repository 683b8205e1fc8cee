"""The drawn documents themselves: what other tests rest on has to be right first."""

import pathlib
import subprocess
import sys

from PIL import Image
from specimens_support import DOCUMENTS, ROOT, specimens

WEIGHTS = (7, 3, 1)
# Line, begin and end of what has a check digit: ICAO 9303-4 to 9303-7.
TD1 = [(0, 5, 14), (1, 0, 6), (1, 8, 14)]
OTHER = [(1, 0, 9), (1, 13, 19), (1, 21, 27)]
COMPOSITES = {(30, 3): [(0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29)],
              (36, 2): [(1, 0, 10), (1, 13, 20), (1, 21, 35)],
              (44, 2): [(1, 0, 10), (1, 13, 20), (1, 21, 43)]}


def value(character):
    return 0 if character == "<" else int(character, 36)


def digit(text):
    return str(sum(value(c) * WEIGHTS[i % 3] for i, c in enumerate(text)) % 10)


def test_every_kind_is_there():
    rows = specimens()
    assert {row["kind"] for row in rows} == {"id_card", "residence_permit", "passport", "visa",
                                             "licence"}
    assert {row["format"] for row in rows} == {"ID-1", "ID-2", "ID-3", "MRV-A", "MRV-B"}
    photographs = [row for row in rows if row["flat"] == "0"]
    assert len(photographs) >= 50
    assert {row["difficulty"] for row in photographs} == {"easy", "medium", "hard"}


def test_zones_keep_the_rules_of_icao_9303():
    rows = [row for row in specimens(flat=1) if row["lines"]]
    assert len(rows) >= 9
    for row in rows:
        lines = row["lines"]
        size = (len(lines[0]), len(lines))
        assert size in COMPOSITES and {len(line) for line in lines} == {size[0]}
        long_number = lines[0][14] == "<" and size[1] == 3
        for line, start, end in TD1[long_number:] if size[1] == 3 else OTHER:
            assert lines[line][end] == digit(lines[line][start:end]), row["image"]
        if row["kind"] != "visa":
            text = "".join(lines[line][start:end] for line, start, end in COMPOSITES[size])
            assert lines[1][size[0] - 1] == digit(text), row["image"]
        if long_number:
            number, _, _ = lines[0][15:].partition("<")
            assert number[-1] == digit(lines[0][5:14] + number[:-1])


def test_corners_run_clockwise_within_reach():
    for row in specimens():
        with Image.open(row["file"]) as image:
            size = image.size
        corners = row["corners"]
        doubled = sum(a[0] * b[1] - b[0] * a[1]
                      for a, b in zip(corners, corners[1:] + corners[:1]))
        assert doubled / 2 > 0.02 * size[0] * size[1], row["image"]
        outside = [c for c in corners if not (-0.5 <= c[0] <= size[0] - 0.5 and
                                              -0.5 <= c[1] <= size[1] - 0.5)]
        assert bool(outside) == (row["condition"] == "over the border"), row["image"]


def test_barcodes_are_labelled():
    backs = [row for row in specimens() if row["barcode"]]
    assert len(backs) >= 4
    for row in backs:
        assert row["barcode"].startswith("@\n\x1e\rANSI ") and row["kind"] == "licence"


def test_drawing_again_gives_the_same(tmp_path):
    subprocess.run([sys.executable, ROOT / "tools" / "draw_specimens.py", tmp_path / "again"],
                   check=True, timeout=300, capture_output=True)
    for row in specimens():
        again = pathlib.Path(tmp_path / "again" / row["image"])
        assert again.read_bytes() == row["file"].read_bytes(), row["image"]
    assert (tmp_path / "again" / "labels.csv").read_bytes() == (
        DOCUMENTS / "labels.csv").read_bytes()
