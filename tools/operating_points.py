"""models/operating_points.json: one section for each command that measures and writes it."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATH = ROOT / "models" / "operating_points.json"


def update(section, points):
    """Puts one section in place of the former; the others stay as they are."""
    sections = json.loads(PATH.read_text(encoding="utf-8"))
    sections[section] = points
    PATH.write_text(json.dumps(sections, indent=2) + "\n", encoding="utf-8")
