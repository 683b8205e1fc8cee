#!/usr/bin/env python3
"""Turn photographs of a table into synthetic attacks, to measure liveness with.

    attacks.py TABLE.csv OUT [--seed 5]

TABLE.csv has the columns image, live and subject; of each living picture's middle square one
screen and one print are made by recaptures.py, 250 pixels or more wide so that faces are big
enough to be judged. OUT gets the pictures and a table.csv with the columns image, live, attack and
subject.
"""

import argparse
import csv
from pathlib import Path

import cv2
import numpy as np

import recaptures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("table", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(options.seed)
    recaptures.captured_side = lambda rng: int(rng.uniform(250, 520))
    with open(options.table, newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["live"] == "1"]
    with open(options.out / "table.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["image", "live", "attack", "subject"])
        for index, row in enumerate(rows):
            picture = cv2.imread(str(options.table.parent / row["image"]))[..., ::-1]
            height, width = picture.shape[:2]
            side = min(height, width)
            top, left = (height - side) // 2, (width - side) // 2
            patch = picture[top : top + side, left : left + side].astype(np.float32) / 255.0
            for attack, make in (("screen", recaptures.screen), ("print", recaptures.printed)):
                made = np.clip(np.rint(make(rng, patch) * 255.0), 0, 255).astype(np.uint8)
                name = f"{index:04d}-{attack}.png"
                cv2.imwrite(str(options.out / name), made[..., ::-1])
                table.writerow([name, 0, f"synthetic {attack}", row["subject"]])


if __name__ == "__main__":
    main()
