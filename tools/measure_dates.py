#!/usr/bin/env python3
"""How many birth dates are read from print: the table of docs/documents.md.

    tools/measure_dates.py [FOLDER]     default: build/pictures/documents

FOLDER/labels.csv is what tools/draw_specimens.py writes. Pages are read as drawn, in all four
turns, and cut out of the photographs by their true corners at 300 dots an inch, turned by chance.
Sides without a date in print must give none. Needs what "make build" makes.
"""

import csv
import json
import random
import statistics
import sys
from collections import defaultdict
from pathlib import Path

from dumps import Dump
from perspective import coefficients
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")
TODAY = "2026-11-25"
MILLIMETRES = {"ID-1": (85.6, 53.98), "ID-2": (105, 74), "ID-3": (125, 88), "MRV-A": (120, 80),
               "MRV-B": (105, 74)}
DOTS = 300 / 25.4


def has_date_in_print(row):
    """Backs have the zone or the barcode, visas their zone."""
    return bool(row["birth_date"]) and "back" not in row["image"] and (
        not row["format"].startswith("MRV"))


def cut_out(picture, row):
    width, height = (round(side * DOTS) for side in MILLIMETRES[row["format"]])
    source = [(float(row[f"{corner}_x"]), float(row[f"{corner}_y"])) for corner in CORNERS]
    target = [(0, 0), (width, 0), (width, height), (0, height)]
    return picture.transform((width, height), Image.PERSPECTIVE,
                             coefficients(target, source), Image.BICUBIC)


def read(picture):
    with Dump(ROOT / "build" / "tests" / "ocr_dump", TODAY) as dump:
        dump.ask(picture.convert("RGB"))
        # The second time, so that no loading of a net counts.
        return json.loads(dump.ask(picture.convert("RGB")))


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "pictures" / "documents")
    with open(folder / "labels.csv") as file:
        rows = [row for row in csv.DictReader(file) if row["documents"] == "1"]
    generator = random.Random(1)
    groups, seconds = defaultdict(list), []
    for row in rows:
        picture = Image.open(folder / row["image"]).convert("RGB")
        if row["flat"] != "1":
            picture = cut_out(picture, row)
        for turn in range(4) if row["flat"] == "1" else [generator.randrange(4)]:
            page = read(picture.rotate(-90 * turn, expand=True))
            found = page["birth"]["date"]
            printed = has_date_in_print(row)
            kind = ("none" if not found else "right" if printed and found == row["birth_date"]
                    else "wrong")
            name = "as drawn" if row["flat"] == "1" else row["difficulty"]
            groups[name, printed].append((kind, page["turn"] == turn))
            seconds.append(page["milliseconds"][0])
            if kind == "wrong" or "-v" in sys.argv:
                print(f"{row['image']}: {kind} {found}, not {row['birth_date']}", file=sys.stderr)
    print("| pages | printed date | right | none | wrong | turn right |\n|---|---|---|---|---|---|")
    for (name, printed), results in groups.items():
        count = {kind: sum(kind == result for result, _ in results)
                 for kind in ("right", "none", "wrong")}
        print(f"| {name} | {'yes' if printed else 'no'} | {count['right']} | {count['none']} | "
              f"{count['wrong']} | {sum(turn for _, turn in results)} of {len(results)} |")
    print(f"\nReading a page, turn unknown: median {statistics.median(seconds):.0f} ms, "
          f"slowest {max(seconds):.0f} ms")


if __name__ == "__main__":
    main()
