"""The test documents that the set-up draws, for tests: what is in each picture, as it was drawn."""

import csv
import json
import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PICTURES = pathlib.Path(os.environ.get("PRIVID_PICTURES_DIR", ROOT / "build" / "pictures"))
DOCUMENTS = PICTURES / "documents"
CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")


def specimens(**wanted):
    """Rows of labels.csv whose columns have the wanted values; all without any. Each has besides
    `file`, `corners` (of the page itself: its own top left first), `lines` and `barcode`."""
    if not (DOCUMENTS / "labels.csv").exists():
        pytest.fail(f"{DOCUMENTS} is not there: run 'tools/setup.sh models' first")
    rows = []
    with (DOCUMENTS / "labels.csv").open(newline="", encoding="utf-8") as source:
        for row in csv.DictReader(source):
            if any(row[name] != str(value) for name, value in wanted.items()):
                continue
            row["file"] = DOCUMENTS / row["image"]
            row["corners"] = [(float(row[f"{name}_x"]), float(row[f"{name}_y"]))
                              for name in CORNERS]
            row["lines"] = row["mrz"].split("|") if row["mrz"] else []
            row["barcode"] = json.loads(f'"{row["barcode_text"]}"')
            rows.append(row)
    return rows


def specimen(name):
    """The one whose file has this name without its ending."""
    found = [row for row in specimens() if row["file"].stem == name]
    assert len(found) == 1, name
    return found[0]
