"""`privid evaluate document`: its report from answers that are made up, against NumPy."""

import json

import numpy as np
import pytest
from evaluate_support import assert_rate, write_table
from PIL import Image, ImageDraw

CORNERS = [f"{corner}_{axis}"
           for corner in ("top_left", "top_right", "bottom_right", "bottom_left") for axis in "xy"]
SIZE = (640, 480)


def shared(a, b):
    """Intersection over union by counting pixels."""
    masks = []
    for corners in (a, b):
        image = Image.new("1", (SIZE[0] * 4, SIZE[1] * 4))
        ImageDraw.Draw(image).polygon([(4 * x, 4 * y) for x, y in np.reshape(corners, (4, 2))],
                                      fill=1)
        masks.append(np.asarray(image))
    return (masks[0] & masks[1]).sum() / (masks[0] | masks[1]).sum()


def quadrilateral(rng, turn):
    width, height = rng.uniform(120, 260), rng.uniform(90, 200)
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (width / 2, height / 2)
    angle = np.radians(turn)
    rotated = corners @ [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    return (rotated + (320, 240) + rng.uniform(-8, 8, (4, 2))).ravel().round(2)


def answer(corners=None, **members):
    made = {"faces": 0, "width": SIZE[0], "height": SIZE[1], "seconds": 0.25, **members}
    if corners is not None:
        made["corners"] = list(corners)
    return made


def test_corners_and_false_documents(report):
    rng = np.random.default_rng(7)
    rows, results, expected = [], {}, []
    for i in range(60):
        truth = quadrilateral(rng, rng.uniform(-90, 90))
        found = truth + rng.normal(0, rng.choice([1, 6, 15]), 8)
        rows.append([f"{i}", *truth, "hard" if i % 3 else "easy"])
        if i % 7 == 0:
            results[f"{i}"] = answer()
            expected.append(0.0)
        else:
            # Turned on by a corner, or seen in a mirror: it covers the same.
            ordered = np.roll(found.reshape(4, 2), i % 4, 0)[::(-1) ** (i % 2)].ravel()
            expected.append(shared(truth, ordered))
            results[f"{i}"] = answer(ordered, confidence=round(expected[-1], 3))
    for i in range(60, 90):
        rows.append([f"{i}", *[""] * 8, "none"])
        results[f"{i}"] = answer(rows[0][1:9], confidence=0.2 if i == 61 else 0.8) \
            if i in (61, 77, 78) else answer()
    made = report("document", ["image", *CORNERS, "difficulty"], rows, results)
    figures, expected = made["figures"], np.array(expected)
    assert (abs(expected - 0.9) > 2e-4).all() and (abs(expected - 0.95) > 2e-4).all()
    assert_rate(figures["corners"]["found"], (expected > 0).sum(), 60)
    assert_rate(figures["corners"]["above_90"], (expected > 0.9).sum(), 60)
    assert_rate(figures["corners"]["above_95"], (expected > 0.95).sum(), 60)
    assert figures["corners"]["mean"] == pytest.approx(expected.mean(), abs=2e-3)
    # One of them would have been refused for its confidence.
    assert_rate(figures["false_finds"], 3, 30)
    assert_rate(figures["false_documents"], 2, 30)
    hard = np.arange(60) % 3 > 0
    assert_rate(figures["by_difficulty"]["hard"]["corners"]["above_90"],
                (expected[hard] > 0.9).sum(), hard.sum())
    assert_rate(figures["by_difficulty"]["none"]["false_documents"], 2, 30)
    assert sum(part["found"]["of"] for part in figures["corners_by_turn"].values()) == 60
    assert sum(part["found"]["of"] for part in figures["corners_by_size"].values()) == 60
    good = expected > 0.9
    others = [*expected[(expected > 0) & ~good].round(3), 0.2, 0.8, 0.8]
    area = np.mean([(a > b) + (a == b) / 2 for a in expected[good].round(3) for b in others])
    assert figures["confidence_area"] == pytest.approx(area)
    assert figures["time"] == {"count": 90, "median": 0.25, "p95": 0.25}
    titles = [table["title"] for table in made["tables"]]
    assert titles[:4] == ["Corners", "Corners by turn", "Corners by size", "False documents"]


def test_the_confidence_that_is_asked_for(report):
    rows = [[f"{i}", *[""] * 8] for i in range(4)]
    results = {f"{i}": answer([1, 1, 9, 1, 9, 9, 1, 9], confidence=i / 4) for i in range(4)}
    made = report("document", ["image", *CORNERS], rows, results, "--set", "conf_score_thr_doc=0.5")
    assert_rate(made["figures"]["false_finds"], 4, 4)
    assert_rate(made["figures"]["false_documents"], 2, 4)
    assert [table["title"] for table in made["tables"]] == ["False documents", "Time"]


def test_bands_of_turn(report):
    """A document that stands or lies straight is not turned, whichever way round."""
    rng = np.random.default_rng(3)
    turns = [2, 88, -91, 179, 18, -70, 110, 45, -44, 133]
    rows = [[f"{i}", *quadrilateral(rng, turn)] for i, turn in enumerate(turns)]
    made = report("document", ["image", *CORNERS], rows, {row[0]: answer(row[1:]) for row in rows})
    counts = {name: part["found"]["of"]
              for name, part in made["figures"]["corners_by_turn"].items()}
    assert counts == {"below 10°": 4, "10–25°": 3, "25–45°": 3}


def test_readings(report):
    lines = ["P<UTOOKAFOR<<DANIEL".ljust(44, "<"), "RK77301528UTO6703266M2709097<<<<<<<<<<<<<<<4"]
    zone = "|".join(lines)
    text = "@\n\x1e\rANSI \"quoted\""
    escaped = json.dumps(text)[1:-1]
    rows = [["right", zone, "1967-03-26", escaped], ["one wrong", zone, "1967-03-26", escaped],
            ["none", zone, "1967-03-26", escaped], ["short", zone, "1967-03-26", ""],
            ["without", "", "", ""]]
    wrong = [lines[0], lines[1].replace("RK77", "RK71")]
    results = {"right": answer(mrz=lines, mrz_valid=True, birth_date="1967-03-26",
                               barcode_text=text, barcode_seconds=0.1),
               "one wrong": answer(mrz=wrong, mrz_valid=True, birth_date="1967-03-16",
                                   barcode_text="another"),
               "none": answer(mrz=[], barcode_text=""),
               "short": answer(mrz=lines[:1], birth_date="1967-03-26"),
               "without": answer(mrz=lines, birth_date="1990-01-01")}
    made = report("document", ["image", "mrz", "birth_date", "barcode_text"], rows, results)
    reading = made["figures"]["reading"]
    for name, hits, of in (("mrz_read", 3, 4), ("mrz_exact", 1, 4), ("mrz_lines", 4, 8),
                           ("mrz_valid", 2, 4), ("mrz_valid_but_wrong", 1, 4),
                           ("birth_date_right", 2, 4), ("birth_date_wrong", 1, 4),
                           ("barcode_read", 2, 3), ("barcode_equal", 1, 3)):
        assert_rate(reading[name], hits, of)
    assert any("wrong all the same" in note for note in made["notes"])
    assert "corners" not in made["figures"]


SQUARE = [10, 10, 20, 10, 20, 20, 10, 20]


@pytest.mark.parametrize("columns, row, words", [
    (["image"], ["a.png"], "there is no label"),
    (["image", *CORNERS[:7]], ["a.png", *SQUARE[:7]], 'there is no column "bottom_left_y"'),
    (["image", *CORNERS], ["a.png", *SQUARE[:7], "x"], '"x" is not a number'),
    (["image", *CORNERS], ["a.png", *SQUARE[:6], "", 20], '"" is not a number'),
    (["image", *CORNERS], ["a.png", 10, 10, 20, 20, 20, 10, 10, 20], "convex"),
    (["image", "mrz"], ["a.png", "p<uto"], "a zone has letters"),
    (["image", "mrz"], ["a.png", "A|B|C|D"], "3 lines at most"),
    (["image", "birth_date"], ["a.png", "12.03.1985"], "is not a date"),
    (["image", "birth_date"], ["a.png", "1985-02-30"], "is not a date"),
    (["image", "barcode_text"], ["a.png", "a\\q"], "escapes of JSON"),
])
def test_bad_labels_are_named_by_line_and_column(privid, tmp_path, columns, row, words):
    (tmp_path / "a.png").touch()
    done = privid("evaluate", "document", write_table(tmp_path / "table.csv", columns, [row]),
                  "--out", tmp_path / "out")
    assert done.returncode == 3 and words in done.stderr, done.stderr
    assert not (tmp_path / "out").exists()
