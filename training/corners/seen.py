#!/usr/bin/env python3
"""Corners on designs that the net was trained on and on designs that it never saw, apart.

    seen.py PICTURES [--count N] [--seed N]

Composes N photographs twice, with all else drawn by the same lot: once of the first designs that
train.py draws, once of designs of another seed. Both are of the same generator: how documents fare
that others designed is what tools/measure_corners.py tells. PICTURES is the folder of train.py; the
designs are the training's only with its fonts installed. Needs what "make build" makes.
"""

import argparse
import dataclasses
from pathlib import Path

import numpy as np
import photographs
from train import SEED

import compose  # isort: skip, found by photographs


def look(dump, bank, options):
    for index in range(options.count):
        rng = np.random.default_rng([options.seed, index])
        yield photographs.judged(dump, *photographs.photograph(rng, bank, False))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=815)
    options = parser.parse_args()
    bank = photographs.unseen_bank(np.random.default_rng(options.seed), options.pictures)
    trained = compose.draw_documents(
        np.random.default_rng(SEED),
        photographs.DESIGNS,
        photographs.read_portraits(options.pictures),
    )
    groups = {"trained on": trained, "never seen": bank.documents}
    with photographs.dump() as dump:
        for name, documents in groups.items():
            rows = list(look(dump, dataclasses.replace(bank, documents=documents), options))
            overlaps = np.array([row.get("iou", 0.0) for row in rows])
            sure = np.array([row.get("confidence", 0.0) >= 0.8 for row in rows])
            print(
                f"designs {name}: overlap above 0.9 {(overlaps > 0.9).sum()}, above 0.95 "
                f"{(overlaps > 0.95).sum()} of {len(rows)}, mean {overlaps.mean():.3f}; 0.8 and "
                f"above {(sure & (overlaps > 0.9)).sum()} good, {(sure & (overlaps <= 0.9)).sum()} "
                f"bad"
            )


if __name__ == "__main__":
    main()
