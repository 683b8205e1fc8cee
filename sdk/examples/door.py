#!/usr/bin/env python3
"""Opens a door for people who are enrolled: watches a camera, a video file or a folder of frames.

    python door.py ALLOWED SOURCE [--frames N]

ALLOWED is a folder with a picture of each person who may enter. SOURCE is the number of a camera or
a video (both need the package opencv-python), or a folder of pictures. Before you build a lock on
this, read docs/privacy.md: one picture cannot stop every presentation attack.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from attendance import pictures
from backend import Backend

from cryptonets_python_sdk import ImageInputArg, OperationConfig, PrivIDFaceLib, Session

STRICT = OperationConfig(anti_spoofing_mode=3, face_thresholds_med=0.3)
AGREEING = 3  # frames in a row that must show the same person
PAUSE = 5.0  # seconds that the door stays open


def frames(source):
    """RGB or BGR pictures, as ImageInputArg."""
    if Path(source).is_dir():
        yield from (ImageInputArg(path) for path in pictures(source))
        return
    import cv2

    camera = cv2.VideoCapture(int(source) if source.isdigit() else source)
    while camera.isOpened():
        read, frame = camera.read()
        if not read:
            break
        yield ImageInputArg(np.ascontiguousarray(frame), "bgr")
    camera.release()


def enroll_allowed(session, folder):
    names = {}
    for path in pictures(folder):
        _, result = session.enroll_onefa(ImageInputArg(path), OperationConfig(anti_spoofing_mode=0))
        if result.enroll and result.enroll.enroll_performed:
            names[result.enroll.api_response.puid] = path.stem
        else:
            reason = result.enroll.message if result.enroll else result.call_status.return_message
            print(f"{path.name} is not enrolled: {reason}")
    return names


def watch(session, source, names, most):
    seen, count, opened = None, 0, 0
    for number, image in enumerate(frames(source), 1):
        _, result = session.face_predict_onefa(image, STRICT)
        puid = result.predict.api_response.puid if result.predict else None
        count = count + 1 if puid and puid == seen else 1 if puid else 0
        seen = puid
        if count == AGREEING and puid in names:
            print(f"frame {number}: open for {names[puid]}")
            opened += 1
            count = 0
            if not Path(source).exists():  # a camera goes on while the door is open
                time.sleep(PAUSE)
        elif result.user_feedback_message:
            print(f"frame {number}: {result.user_feedback_message}")
        if number == most:
            break
    return opened


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("allowed")
    parser.add_argument("source")
    parser.add_argument("--frames", type=int, default=0, help="stop after so many")
    options = parser.parse_args()
    PrivIDFaceLib.initialize()
    with Backend() as backend, Session(backend.settings) as session:
        names = enroll_allowed(session, options.allowed)
        print(f"opened {watch(session, options.source, names, options.frames)} times")
    PrivIDFaceLib.shutdown()


if __name__ == "__main__":
    main()
