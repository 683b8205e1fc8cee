#!/usr/bin/env python3
"""How many rendered licences are read, by condition: the table of docs/barcodes.md.

    tools/measure_barcodes.py [PICTURES]    of each condition; default 30
    tools/measure_barcodes.py --without     processor time for test documents without a code

Every field has to be as it was written. Needs what "make build" makes.
"""

import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "document"))
from licence_pictures import code, licence, photograph  # noqa: E402

# Degrees in the picture's plane, how far the far side is shrunk, blur in pixels.
CONDITIONS = (("upright", 0, 0.0, 0.0), ("upright, blurred", 0, 0.0, 0.7),
              ("tilted 5°", 5, 0.0, 0.0),
              ("tilted 15°", 15, 0.0, 0.0), ("tilted 30°", 30, 0.0, 0.0),
              ("tilted 30°, blurred", 30, 0.0, 0.7), ("perspective", 0, 0.12, 0.0),
              ("perspective, tilted 20°", 20, 0.12, 0.0))
PIXELS = (1.5, 2, 3, 4)


def measure(folder, count, pixels, degrees, perspective, blur):
    read = wrong = 0
    seconds = []
    for seed in range(count):
        sign = -1 if seed % 2 else 1
        text, expected = licence(1 + seed % 10, 100 + seed, canada=seed % 7 == 6)
        picture, _ = photograph(code(text), pixels, sign * degrees + (seed % 3 - 1) * 0.7,
                                sign * perspective, 100 + seed, noise=4.0, blur=blur)
        picture.save(folder / "picture.png")
        start = time.monotonic()
        done = subprocess.run([ROOT / "build" / "bin" / "privid", "document", "--barcode", "--json",
                               folder / "picture.png"], capture_output=True)
        seconds.append(time.monotonic() - start)
        data = json.loads(done.stdout)["barcode"]["barcode_data"]
        right = data["text"] == text and all(data[key] == value for key, value in expected.items())
        read += right
        wrong += bool(data["text"]) and not right
    return read, wrong, sorted(seconds)[count // 2]


def processor_time():
    """Of the programs that were run, in seconds: others that run do not count."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure_without():
    documents = ROOT / "build" / "pictures" / "documents"
    with (documents / "labels.csv").open(newline="", encoding="utf-8") as source:
        pictures = [documents / row["image"] for row in csv.DictReader(source)
                    if not row["barcode_text"] and row["condition"] != "flat"]
    seconds = []
    for picture in pictures:
        start = processor_time()
        done = subprocess.run([ROOT / "build" / "bin" / "privid", "document", "--barcode", "--json",
                               picture], capture_output=True)
        seconds.append(processor_time() - start)
        if json.loads(done.stdout)["barcode"]["barcode_data"]["text"]:
            print(f"{picture.name}: a text was read")
    seconds.sort()
    middle, longest = (round(1000 * seconds[i]) for i in (len(seconds) // 2, -1))
    print(f"{len(seconds)} pictures without a code: {middle} ms (median), {longest} ms at most")


def main():
    if sys.argv[1:] == ["--without"]:
        return measure_without()
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    print("| condition | " + " | ".join(f"{pixels} px" for pixels in PIXELS) + " |")
    print("|---" * (len(PIXELS) + 1) + "|")
    with tempfile.TemporaryDirectory() as folder:
        for name, *condition in CONDITIONS:
            cells = []
            for pixels in PIXELS:
                read, wrong, seconds = measure(Path(folder), count, pixels, *condition)
                cells.append(f"{read} of {count}" + (f", {wrong} wrong" if wrong else "") +
                             f", {seconds * 1000:.0f} ms")
            print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
