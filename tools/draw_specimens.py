#!/usr/bin/env python3
"""Draws test documents as the standards of ICAO, ISO/IEC and AAMVA lay them out, and photographs of
them, for the tests. No network is trained on these designs.

    tools/draw_specimens.py [--check] [FOLDER]     default: build/pictures/documents
    tools/draw_specimens.py --negatives COUNT FOLDER [PICTURES...]

FOLDER/flat has the pages as drawn, FOLDER/photographs the photographs, and FOLDER/labels.csv a row
for each: kind, format, where the corners are, what is written; FOLDER/photographs.csv has the rows
of the photographs alone. Corners are in pixels, (0, 0) the middle of the first. --negatives draws
pictures without a document and such a table of them: text, screens, books, telephones, tiles,
frames, textures, and parts of the set-up's test pictures and of those in the folders PICTURES. Each
table is one for `privid evaluate document`. Gives the same every time.
"""

import csv
import functools
import hashlib
import json
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from specimens import catalogue, negatives, pages, photographs  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")
FIELDS = ("image", "flat", "kind", "format", "design", "difficulty", "condition", "documents",
          "turn", "width", "covered", "face",
          *(f"{corner}_{axis}" for corner in CORNERS for axis in "xy"), "mrz", "birth_date",
          "barcode_text", "barcode_fields")
STAMP = ".drawn"


def key():
    """Of everything that the result depends on."""
    digest = hashlib.sha256()
    sources = [Path(__file__), ROOT / "tools" / "perspective.py",
               ROOT / "tests" / "document" / "licence_pictures.py",
               ROOT / "tests" / "pictures.json", ROOT / "tools" / "requirements.txt",
               *sorted(set((ROOT / "tools" / "specimens").glob("*.py")) -
                       {ROOT / "tools" / "specimens" / "negatives.py"})]
    for path in sources:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def describe(specimen):
    """What is the same in every picture of a page."""
    return {"kind": specimen.kind, "format": specimen.page.format,
            "design": specimen.name.partition("-")[0], "face": int(specimen.face),
            "mrz": "|".join(specimen.mrz), "birth_date": specimen.birth,
            # As JSON has it, since a licence's text is full of control characters.
            "barcode_text": json.dumps(specimen.barcode_text)[1:-1],
            "barcode_fields": json.dumps(specimen.barcode_fields) if specimen.barcode_fields
            else ""}


def place(corners):
    """For people a picture begins at its edge, for the library in the middle of its first pixel."""
    return {f"{name}_{axis}": f"{value - 0.5:.2f}" for name, corner in zip(CORNERS, corners)
            for axis, value in zip("xy", corner)}


def save_flat(folder, specimen):
    name = f"flat/{specimen.name}.png"
    image = specimen.page.image
    image.save(folder / name, compress_level=3)
    corners = ((0, 0), (image.width, 0), (image.width, image.height), (0, image.height))
    return {"image": name, "flat": 1, "difficulty": "flat", "condition": "flat", "documents": 1,
            "turn": 0, "width": "1.00", "covered": "0.000", **describe(specimen), **place(corners)}


@functools.cache
def drawn_pages():
    return {specimen.name: specimen for specimen in pages.all_specimens()}


def save_photograph(task):
    folder, index = task
    drawn = drawn_pages()
    photograph = catalogue.all_photographs()[index]
    picture = photographs.take(photograph, drawn)
    name = f"photographs/{photograph.name}.jpg"
    picture.save(folder / name, quality=photograph.quality, subsampling=0)
    shot = photograph.shots[0]
    return {"image": name, "flat": 0, "difficulty": photograph.difficulty,
            "condition": photograph.condition, "documents": len(photograph.shots),
            "turn": f"{shot.turn:.0f}", "width": f"{shot.width:.2f}",
            "covered": f"{photograph.covered:.3f}",
            **describe(drawn[shot.specimen]), **place(photograph.taken[0])}


def write_table(path, rows):
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def draw(target):
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".documents-") as temporary:
        folder = Path(temporary) / "documents"
        for part in ("flat", "photographs"):
            (folder / part).mkdir(parents=True)
        rows = [save_flat(folder, specimen) for specimen in drawn_pages().values()]
        tasks = [(folder, i) for i in range(len(catalogue.all_photographs()))]
        with ProcessPoolExecutor(os.cpu_count()) as pool:
            rows += pool.map(save_photograph, tasks, chunksize=4)
        write_table(folder / "labels.csv", rows)
        write_table(folder / "photographs.csv", [row for row in rows if not row["flat"]])
        (folder / STAMP).write_text(key() + "\n", encoding="utf-8")
        if target.exists():
            target.rename(Path(temporary) / "former")
        folder.rename(target)
    return len(rows)


def is_drawn(target):
    try:
        return (target / STAMP).read_text(encoding="utf-8").strip() == key()
    except OSError:
        return False


def draw_negatives(count, folder, pictures):
    names = negatives.draw(count, folder, pictures, os.cpu_count())
    write_table(folder / "labels.csv", [{"image": name, "kind": kind, "flat": 0, "documents": 0,
                                         "face": 0} for name, kind in names])


def main(arguments):
    if arguments[:1] == ["--negatives"] and len(arguments) >= 3 and arguments[1].isdecimal():
        draw_negatives(int(arguments[1]), Path(arguments[2]), arguments[3:])
        print(f"{arguments[1]} pictures without a document in {arguments[2]}")
        return 0
    check = arguments[:1] == ["--check"]
    rest = arguments[1:] if check else arguments
    if len(rest) > 1 or (rest and rest[0].startswith("-")):
        print(__doc__, file=sys.stderr)
        return 2
    target = Path(rest[0]) if rest else ROOT / "build" / "pictures" / "documents"
    if check:
        return 0 if is_drawn(target) else 1
    print(f"{draw(target)} pictures of documents in {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
