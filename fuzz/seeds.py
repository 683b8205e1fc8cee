#!/usr/bin/env python3
"""Writes what the fuzz targets begin with, so that they are past the front door at once.

    fuzz/seeds.py FOLDER     a folder for each target in it
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests" / "document")]
from licence_pictures import code, licence  # noqa: E402
from specimens import holders  # noqa: E402

DATES = ("Date of birth 12.08.1974", "Geburtsdatum: 4. März 1961", "DOB 08/23/1984",
         "Date de naissance 14 FÉV/FEB 1990", "né le 1er août 2001", "1974-08-12")


def picture(modules, scale):
    """As fuzz/barcode.c reads it: a white border of two modules around."""
    width, height = modules.size
    grey = modules.convert("L")
    framed = grey.resize((width + 4, height + 4))
    framed.paste(255, (0, 0, width + 4, height + 4))
    framed.paste(grey, (2, 2))
    return bytes([width + 3, height + 3, scale - 1]) + framed.tobytes()


def barcodes():
    for kind, text, scale in (("QRCode", "HELLO", 3), ("DataMatrix", "HELLO", 4),
                              ("Code128", "HELLO", 2), ("PDF417", "@\n\x1e\rANSI 6", 3),
                              ("Aztec", "HELLO", 3)):
        modules = code(text, kind)
        if kind == "Code128":
            modules = modules.resize((modules.width, 30))
        yield picture(modules, scale)


def zones():
    holder = holders.Holder("mueller")
    for lines in (holders.zone_td1(holder, "ID", "UTO", "UTO"),
                  holders.zone_td2(holder, "I", "UTO", "UTO"),
                  holders.zone_td3(holder, "UTO", "UTO", "7314928"),
                  holders.zone_visa(holder, "UTO", "UTO", 44),
                  holders.zone_visa(holder, "UTO", "UTO", 36)):
        yield "\n".join(lines).encode()
    # Found by fuzzing: another format after a repair, whose check digits do not hold.
    yield b"IDFR4NZ4K913<GROSS<TO8403<ANDFR4NZ4K826<GROSC<<<JOERG<45M3102189852589<4"


def licences():
    for version in range(1, 11):
        yield licence(version)[0].encode()


SEEDS = {"barcode": barcodes, "mrz": zones, "aamva": licences,
         "dates": lambda: (text.encode() for text in DATES)}


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    for target, make in SEEDS.items():
        folder = Path(arguments[0]) / target
        folder.mkdir(parents=True, exist_ok=True)
        for i, seed in enumerate(make()):
            (folder / f"seed-{i}").write_bytes(seed)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
