#!/usr/bin/env python3
"""The labels of a set of documents as a table for `privid evaluate document`.

    tools/document_table.py LABELS.json TABLE.csv

LABELS.json is a list of objects: "file" beside it or in images/; "quad_tl_tr_br_bl", four corners
as [x, y], or nothing where there is no document; "mrz", a list of lines; "birth_date". What else is
text or a number becomes a column to group by: "level" is called difficulty, the folder of "doc"
design.
"""

import csv
import json
import os
import sys
from pathlib import Path

CORNERS = [f"{corner}_{axis}"
           for corner in ("top_left", "top_right", "bottom_right", "bottom_left") for axis in "xy"]
NAMES = {"level": "difficulty", "type": "kind"}


def convert(entry, folder, target):
    file = folder / entry["file"]
    if not file.exists():
        file = folder / "images" / entry["file"]
    row = {"image": os.path.relpath(file, target)}
    quadrilateral = entry.get("quad_tl_tr_br_bl")
    if quadrilateral:
        row.update(zip(CORNERS, (value for corner in quadrilateral for value in corner)))
    row["mrz"] = "|".join(entry.get("mrz") or [])
    if entry.get("doc"):
        row["design"] = entry["doc"].partition("/")[0]
    for name, value in entry.items():
        if name not in ("file", "doc", "mrz") and isinstance(value, (str, int, float)):
            row[NAMES.get(name, name)] = int(value) if isinstance(value, bool) else value
    return row


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    labels, table = (Path(name).resolve() for name in arguments)
    entries = json.loads(labels.read_text(encoding="utf-8"))
    rows = [convert(entry, labels.parent, table.parent) for entry in entries]
    names = dict.fromkeys(name for row in rows for name in row)
    if any(name in names for name in CORNERS):
        names.update(dict.fromkeys(CORNERS))
    with table.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} rows in {table}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
