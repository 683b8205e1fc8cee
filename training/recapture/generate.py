#!/usr/bin/env python3
"""Make the pictures that the recapture net is trained on and checked with.

    generate.py SOURCES OUT.npz [--count 12000] [--part train|held] [--seed 1]

SOURCES is a folder of sharp, freely licensed pictures; README.md lists the ones that were used and
the packages they come from. Squares are cut out of them (seven in ten around a face, where the
folder has a file faces.json with boxes: {"name": [[left, top, right, bottom], ...]}), beside
procedural textures, and go through scene(), screen() and printed() in equal numbers. Pictures
named in HELD are only used for the part `held`, all others only for `train`. About 20 ms a picture
on one core.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from recaptures import KINDS, SIDE, as_delivered

HELD = {"astronaut.png", "sample3.jpg", "coffee.png", "flower.jpg", "motorcycle_right.png"}


def texture(rng):
    """A patch that no picture is needed for: smooth colours, noise of many sizes, hard edges."""
    side = 384
    patch = np.zeros((side, side, 3), np.float32)
    for cells in (3, 8, 24, 72, 190):
        for channel in range(3):
            noise = cv2.resize(
                rng.random((cells, cells), dtype=np.float32),
                (side, side),
                interpolation=cv2.INTER_CUBIC,
            )
            patch[..., channel] += noise * rng.uniform(0.1, 1.0) / cells**0.4
    patch = (patch - patch.min()) / (np.ptp(patch) + 1e-6)
    for _ in range(int(rng.integers(0, 8))):
        colour = tuple(float(v) for v in rng.random(3))
        points = rng.uniform(0, side, (int(rng.integers(3, 6)), 2)).astype(np.int32)
        cv2.fillPoly(patch, [points], colour, cv2.LINE_AA)
    return np.clip(patch, 0, 1)


def cut(rng, picture, boxes):
    height, width = picture.shape[:2]
    if boxes and rng.random() < 0.7:
        left, top, right, bottom = boxes[int(rng.integers(len(boxes)))]
        size = np.sqrt((right - left) * (bottom - top))
        side = size * rng.uniform(1.2, 2.4)
        x = (left + right) / 2 + size * rng.normal(0, 0.12) - side / 2
        y = (top + bottom) / 2 + size * rng.normal(0, 0.12) - side / 2
    else:
        side = rng.uniform(140, 460)
        x, y = rng.uniform(0, max(1, width - side)), rng.uniform(0, max(1, height - side))
    side = int(min(side, width, height))
    x, y = int(np.clip(x, 0, width - side)), int(np.clip(y, 0, height - side))
    patch = picture[y : y + side, x : x + side].astype(np.float32) / 255.0
    return patch[:, ::-1] if rng.random() < 0.5 else patch


def sources(folder, held):
    boxes_of = {}
    if (folder / "faces.json").exists():
        boxes_of = json.loads((folder / "faces.json").read_text())
    found = []
    for path in sorted(folder.iterdir()):
        if path.suffix not in (".jpg", ".png") or (path.name in HELD) != held:
            continue
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR)[..., ::-1]
        boxes = boxes_of.get(path.name, [])
        found.append((picture, boxes, 1.0 + 3.0 * min(len(boxes), 4)))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sources", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=12000)
    parser.add_argument("--part", choices=("train", "held"), default="train")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(options.seed)
    pictures = sources(options.sources, options.part == "held")
    weights = np.array([weight for _, _, weight in pictures])
    weights /= weights.sum()
    made = np.zeros((options.count, SIDE, SIDE, 3), np.uint8)
    kinds = np.zeros(options.count, np.uint8)
    for index in range(options.count):
        if rng.random() < 0.06:
            patch = texture(rng)
        else:
            picture, boxes, _ = pictures[int(rng.choice(len(pictures), p=weights))]
            patch = cut(rng, picture, boxes)
        kinds[index] = index % len(KINDS)
        made[index] = as_delivered(KINDS[kinds[index]](rng, patch))
    np.savez(options.out, pictures=made, kinds=kinds)


if __name__ == "__main__":
    main()
