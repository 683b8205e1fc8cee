#!/usr/bin/env python3
"""Takes the photographs and portraits out of the package that holds them.

    sources.py ARCHIVE OUT

ARCHIVE is the file that `npm pack @tabler/preview@1.2.0` leaves.
"""

import sys
import tarfile
from pathlib import Path

FOLDERS = {"package/dist/static/photos": "photos", "package/dist/static/avatars": "portraits"}


def main():
    archive, out = Path(sys.argv[1]), Path(sys.argv[2])
    for name in FOLDERS.values():
        (out / name).mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as opened:
        for member in opened:
            path = Path(member.name)
            folder = FOLDERS.get(str(path.parent))
            if folder and path.suffix == ".jpg":
                (out / folder / path.name).write_bytes(opened.extractfile(member).read())


if __name__ == "__main__":
    main()
