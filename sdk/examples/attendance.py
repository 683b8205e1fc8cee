#!/usr/bin/env python3
"""Who was there? Enrols a folder of people, then looks for them in a folder of pictures.

    python attendance.py PEOPLE PICTURES > attendance.csv

PEOPLE has one picture a person, named after them; PICTURES may show several people each.
"""

import csv
import sys
from pathlib import Path

import numpy as np
from backend import Backend

from cryptonets_python_sdk import (ImageInputArg, OperationConfig, PrivIDFaceLib, ReturnStatus,
                                   Session)

ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}
EVERYBODY = OperationConfig(face_detection_strategy=0, anti_spoofing_mode=0)
MARGIN = 0.6  # of a face's size, around it


def pictures(folder):
    return sorted(path for path in Path(folder).iterdir() if path.suffix.lower() in ENDINGS)


def say(text):
    print(text, file=sys.stderr)


def enroll(session, folder):
    names = {}
    for path in pictures(folder):
        # A register's photographs are no live faces.
        _, result = session.enroll_onefa(ImageInputArg(path), OperationConfig(anti_spoofing_mode=0))
        if result.call_status.return_code != ReturnStatus.API_NO_ERROR:
            sys.exit(result.call_status.return_message)
        if not result.enroll.enroll_performed:
            say(f"{path.name}: {result.enroll.message}")
            continue
        puid = result.enroll.api_response.puid
        if puid in names:
            say(f"{path.name} looks like {names[puid]}")
        names.setdefault(puid, path.stem)
    return names


def faces_of(session, image):
    """Each face of a picture, cut out."""
    _, result = session.validate(image, EVERYBODY)
    for face in result.faces or []:
        box = face.geometry.bounding_box
        margin = MARGIN * (box.bottom_right.x - box.top_left.x)
        left, top = (max(0, int(v - margin)) for v in (box.top_left.x, box.top_left.y))
        yield image.image_array[top:int(box.bottom_right.y + margin),
                                left:int(box.bottom_right.x + margin)]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    PrivIDFaceLib.initialize()
    sys.stdout.reconfigure(line_buffering=True)
    with Backend(output=sys.stderr) as backend, Session(backend.settings) as session:
        names = enroll(session, sys.argv[1])
        table = csv.writer(sys.stdout)
        table.writerow(["picture", "person", "score"])
        for path in pictures(sys.argv[2]):
            for crop in faces_of(session, ImageInputArg(path)):
                image = ImageInputArg(np.ascontiguousarray(crop))
                _, result = session.face_predict_onefa(image, OperationConfig(anti_spoofing_mode=0))
                found = result.predict.api_response if result.predict else None
                if found and found.puid:
                    table.writerow([path.name, names.get(found.puid, found.puid),
                                    f"{found.score:.3f}"])
                else:
                    table.writerow([path.name, "", ""])
    PrivIDFaceLib.shutdown()


if __name__ == "__main__":
    main()
