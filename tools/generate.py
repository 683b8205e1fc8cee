#!/usr/bin/env python3
"""Writes every file that follows from src/config/*.json and models/operating_points.json.

    tools/generate.py           write the files
    tools/generate.py --check   write nothing; exit 1 and name the files that are not up to date
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import generators.c_tables as c_tables  # noqa: E402
import generators.json_schema as json_schema  # noqa: E402
import generators.python_types as python_types  # noqa: E402
import generators.reference_page as reference_page  # noqa: E402
from generators.tables import load_tables  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
SDK = "sdk/src/cryptonets_python_sdk/idl"


def build(root):
    """Text of every generated file by its path."""
    tables = load_tables(root / "src/config/keys.json", root / "src/config/types.json")
    points = json.loads((root / "models/operating_points.json").read_text(encoding="utf-8"))
    return {
        "src/face/measures_generated.h": c_tables.measures_header(points),
        "src/config/enums_generated.h": c_tables.enums_header(tables),
        "src/config/keys_generated.h": c_tables.keys_header(tables),
        "src/config/keys_generated.inc": c_tables.keys_rows(tables),
        "src/config/operations_generated.inc": c_tables.operation_rows(tables),
        f"{SDK}/json_schemas.json": json_schema.schema_file(tables),
        f"{SDK}/gen/privateid_types.py": python_types.module(tables),
        "docs/configuration.md": reference_page.page(tables),
    }


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        files = build(ROOT)
    except (OSError, ValueError, json.JSONDecodeError) as error:
        print(f"generate: {error}", file=sys.stderr)
        return 2
    stale = []
    for name, text in files.items():
        path = ROOT / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for name in stale:
        print(("not up to date: " if arguments else "written: ") + name)
    return 1 if stale and arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
