#!/usr/bin/env python3
"""Write files as a C source of bytes, for src/model/embedded.h.

    embed_models.py --output OUT.c --symbol NAME [--list] FOLDER FILE...

Without --list one pv_embedded_file called NAME; with it an array NAME that ends with a row whose
name is NULL. Each file is named by its path below FOLDER.
"""

import argparse
import pathlib

PER_LINE = 16


def rows(data):
    for start in range(0, len(data), PER_LINE):
        yield "    " + ", ".join(str(byte) for byte in data[start : start + PER_LINE]) + ","


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", required=True, type=pathlib.Path)
    parser.add_argument("--symbol", required=True)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    options = parser.parse_args()

    lines = ['#include "model/embedded.h"', ""]
    entries = []
    for number, path in enumerate(options.files):
        data = path.read_bytes()
        if not data:
            parser.error(f"{path} is empty")
        name = path.resolve().relative_to(options.folder.resolve()).as_posix()
        lines += [f"static const unsigned char file_{number}[] = {{", *rows(data), "};", ""]
        entries.append(f'{{"{name}", file_{number}, sizeof file_{number}}}')
    if options.list:
        lines.append(f"extern const pv_embedded_file {options.symbol}[];")
        lines.append(f"const pv_embedded_file {options.symbol}[] = {{")
        lines += [f"    {entry}," for entry in entries]
        lines += ["    {NULL, NULL, 0},", "};"]
    else:
        lines.append(f"const pv_embedded_file {options.symbol} = {entries[0]};")
    text = "\n".join(lines) + "\n"
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
