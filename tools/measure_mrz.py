#!/usr/bin/env python3
"""How many machine readable zones are read: the table of docs/documents.md.

    tools/measure_mrz.py [--whole] [--verbose] [LABELS]
    tools/measure_mrz.py --covered PICTURES

LABELS is labels.csv of the test documents (the default, made by "make setup") or a list in JSON
with `file`, `mrz` (lines), perhaps `quad_tl_tr_br_bl` and `level`. Pictures with corners are cut
out by these; with --whole they are read as they are. A zone counts as readable where its capitals
are at least 8 pixels high in the picture, which is told by the corners. With --covered that many
passports are drawn on which one to five characters of the number or the birth are covered, which
must not be read. Needs what "make build" makes.
"""

import argparse
import csv
import json
import sys
from collections import defaultdict
from pathlib import Path

import numpy
from dumps import Dump
from perspective import coefficients
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "document"))
from zone_pictures import covered  # noqa: E402

DUMP = ROOT / "build" / "tests" / "mrz_dump"
TODAY = "2026-06-15"
SIZES = {30: (1011, 638), 36: (1240, 874), 44: (1476, 1039)}
# Millimetres: length of the document, and of a capital of its zone.
LENGTHS, CAPITAL = {30: 85.6, 36: 105, 44: 125}, 2.4
READABLE = 8


def from_csv(path):
    with path.open(newline="", encoding="utf-8") as source:
        for row in csv.DictReader(source):
            if not row["mrz"]:
                continue
            names = ("top_left", "top_right", "bottom_right", "bottom_left")
            corners = None
            if row["condition"] != "flat":
                corners = [(float(row[f"{n}_x"]), float(row[f"{n}_y"])) for n in names]
            yield {"file": path.parent / row["image"], "mrz": row["mrz"].split("|"),
                   "corners": corners, "level": row["difficulty"]}


def from_json(path):
    for row in json.loads(path.read_text()):
        if row.get("mrz"):
            picture = path.parent / row["file"]
            if not picture.exists():
                picture = path.parent / "images" / row["file"]
            yield {"file": picture, "mrz": row["mrz"],
                   "corners": row.get("quad_tl_tr_br_bl"), "level": row.get("level", "flat")}


def flat(picture, corners, size):
    """The document cut out by its corners, twice as large and then halved."""
    width, height = 2 * size[0], 2 * size[1]
    target = [(0, 0), (width, 0), (width, height), (0, height)]
    large = picture.transform((width, height), Image.Transform.PERSPECTIVE,
                              coefficients(target, corners), Image.Resampling.BICUBIC)
    return large.resize(size, Image.Resampling.BOX)


def capitals(row):
    """Height of a capital in the picture, in pixels; of a flat document's, that it is enough."""
    if not row["corners"]:
        return 99
    sides = [numpy.subtract(row["corners"][(i + 1) % 4], row["corners"][i]) for i in range(4)]
    lengths = sorted(numpy.hypot(*side) for side in sides)
    return (lengths[2] + lengths[3]) / 2 / LENGTHS[len(row["mrz"][0])] * CAPITAL


def read(rows, whole):
    found = []
    with Dump(DUMP, TODAY) as dump:
        for row in rows:
            picture = Image.open(row["file"]).convert("RGB")
            if row["corners"] and not whole:
                picture = flat(picture, row["corners"], SIZES[len(row["mrz"][0])])
            found.append(json.loads(dump.ask(picture, 0)))
    return found


def guarded(lines):
    """What check digits stand over, as far as all formats have it in common."""
    if len(lines) == 3:
        return lines[0][5:30] + lines[1][:7] + lines[1][8:15] + lines[1][18:]
    return lines[1][:10] + lines[1][13:20] + lines[1][21:] if len(lines) == 2 else ""


def names(lines):
    return lines[2] if len(lines) == 3 else lines[0][5:] if len(lines) == 2 else ""


def measure_covered(count):
    valid = wrong = none = 0
    with Dump(DUMP, TODAY) as dump:
        for seed in range(count):
            picture, lines = covered(seed)
            zone = json.loads(dump.ask(picture.convert("RGB"), 0))
            valid += zone["valid"]
            wrong += zone["valid"] and guarded(zone["lines"]) != guarded(lines)
            none += zone["format"] == ""
    print(f"of {count} zones with covered characters {valid} were valid, {wrong} of these with "
          f"other text than was printed; in {none} pictures no zone was seen")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labels", nargs="?", type=Path,
                        default=ROOT / "build" / "pictures" / "documents" / "labels.csv")
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--covered", type=int, metavar="PICTURES")
    options = parser.parse_args()
    if options.covered:
        return measure_covered(options.covered)
    rows = list((from_json if options.labels.suffix == ".json" else from_csv)(options.labels))
    found = read(rows, options.whole)
    groups = defaultdict(lambda: defaultdict(int))
    for row, zone in zip(rows, found):
        readable = capitals(row) >= READABLE
        group = groups[row["level"] if readable else "capitals below 8 pixels"]
        exact = zone["lines"] == row["mrz"]
        group["all"] += 1
        group["exact"] += exact
        group["valid"] += zone["valid"]
        group["guarded"] += zone["valid"] and guarded(zone["lines"]) == guarded(row["mrz"])
        group["names"] += names(zone["lines"]) == names(row["mrz"])
        group["none"] += zone["format"] == ""
        if options.verbose and not exact:
            print(row["file"].name, row["level"], f"{capitals(row):.1f} pixels", zone["format"],
                  "valid" if zone["valid"] else "", f"{zone['confidence']:.2f}")
            for true, said in zip(row["mrz"], zone["lines"]):
                if true != said:
                    print("   ", true, "\n   ", said)
    print("| pictures | zones | all check digits hold | of these, what they guard is right | "
          "names right | every character right | no zone seen |\n" + "|---" * 7 + "|")
    for level, group in groups.items():
        print(f"| {level} | {group['all']} | {group['valid']} | {group['guarded']} | "
              f"{group['names']} | {group['exact']} | {group['none']} |")
    times = sorted(zone["milliseconds"] for zone in found)
    print(f"{times[len(times) // 2]:.0f} ms in the median")


if __name__ == "__main__":
    main()
