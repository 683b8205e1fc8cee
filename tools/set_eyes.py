#!/usr/bin/env python3
"""Sets close-ups of single eyes into a face, so that open and closed eyes can be measured.

    tools/set_eyes.py TABLE.csv FACE FOLDER

TABLE.csv has the columns image (a close-up of one eye) and open (1 or 0). FACE is a picture of one
upright face. Each close-up, and its mirror image, takes the place of both eyes, its colours brought
near to those of the face and its edge faded. FOLDER gets the pictures and a table.csv for
`privid evaluate attributes`. What this cannot show: how closed eyes change the rest of a face.
"""

import csv
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from cryptonets_python_sdk import ImageInputArg, OperationConfig, PrivIDFaceLib, Session

SETTINGS = {"collections": {"default": {"named_urls": {}}}, "session_token": ""}
# Width of a close-up by the distance between the eyes: an eye fills about two thirds of it.
WIDTH = 0.72


def find_eyes(path):
    PrivIDFaceLib.initialize()
    with Session.from_dict(SETTINGS) as session:
        _, result = session.validate(ImageInputArg(str(path)),
                                     OperationConfig(face_validations_off=True,
                                                     anti_spoofing_mode=0))
    PrivIDFaceLib.shutdown()
    if len(result.faces) != 1:
        raise SystemExit(f"{path}: {len(result.faces)} faces instead of one")
    geometry = result.faces[0].geometry
    return [(eye.x, eye.y) for eye in (geometry.eye_right, geometry.eye_left)]


def fade(height, width):
    y, x = np.mgrid[-1:1:height * 1j, -1:1:width * 1j]
    return np.clip((1 - np.hypot(x, y)) / 0.35, 0, 1)[..., None]


def set_eye(face, eye, centre, width):
    """Writes the close-up into the face, with the mean and the spread of what was there."""
    height = round(width * eye.height / eye.width)
    patch = np.asarray(eye.resize((width, height), Image.Resampling.LANCZOS), dtype=float)
    left, top = round(centre[0] - width / 2), round(centre[1] - height * 0.52)
    there = face[top:top + height, left:left + width]
    ring = fade(height, width)
    outer = (ring[..., 0] > 0) & (ring[..., 0] < 0.6)
    patch += there[outer].mean(axis=0) - patch[outer].mean(axis=0)
    face[top:top + height, left:left + width] = ring * np.clip(patch, 0, 255) + (1 - ring) * there


def main(arguments):
    if len(arguments) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    table, picture, folder = map(Path, arguments)
    folder.mkdir(parents=True, exist_ok=True)
    right, left = find_eyes(picture)
    base = np.asarray(Image.open(picture).convert("RGB"), dtype=float)
    width = round(WIDTH * np.hypot(left[0] - right[0], left[1] - right[1]))
    with table.open(newline="") as source, (folder / "table.csv").open("w", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["image", "open"])
        for number, row in enumerate(csv.DictReader(source)):
            eye = Image.open(table.parent / row["image"]).convert("RGB")
            face = base.copy()
            set_eye(face, eye, right, width)
            set_eye(face, eye.transpose(Image.Transpose.FLIP_LEFT_RIGHT), left, width)
            name = f"{number:04d}.png"
            Image.fromarray(face.astype(np.uint8)).save(folder / name)
            writer.writerow([name, row["open"]])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
