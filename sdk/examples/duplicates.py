#!/usr/bin/env python3
"""Which pictures of a folder show the same person?

    python duplicates.py FOLDER [--threshold 0.5]

Compares each picture with each, so a thousand pictures take half a million comparisons: enrol them
in a collection instead (attendance.py) where there are many.
"""

import argparse
from itertools import combinations

from attendance import pictures
from backend import make_settings
from tqdm import tqdm

from cryptonets_python_sdk import ImageInputArg, OperationConfig, PrivIDFaceLib, Session


def group(paths, pairs):
    """Sets of paths that pairs join."""
    leader = {path: path for path in paths}

    def find(path):
        while leader[path] != path:
            path = leader[path]
        return path
    for one, other in pairs:
        leader[find(one)] = find(other)
    groups = {}
    for path in paths:
        groups.setdefault(find(path), []).append(path)
    return [members for members in groups.values() if len(members) > 1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--threshold", type=float, default=0.5, help="largest distance")
    options = parser.parse_args()
    paths = pictures(options.folder)
    config = OperationConfig(face_thresholds_med=options.threshold, face_validations_off=True)
    PrivIDFaceLib.initialize()
    with Session(make_settings()) as session:
        images = {path: ImageInputArg(path) for path in paths}
        pairs = [(a, b) for a, b in tqdm(list(combinations(paths, 2)), unit="pair")
                 if session.face_compare_files(images[a], images[b], config)[1].compare.is_match]
    PrivIDFaceLib.shutdown()
    for members in group(paths, pairs):
        print(" ".join(path.name for path in members))


if __name__ == "__main__":
    main()
