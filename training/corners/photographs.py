"""Large photographs of what no training saw, to measure the finding of corners on."""

import json
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "training" / "documents"))
sys.path.insert(0, str(ROOT / "tools"))

import compose  # noqa: E402
from dumps import Dump  # noqa: E402
from measure_corners import area, clip, overlap  # noqa: E402
from train import read_pictures  # noqa: E402

SIDE = 1024
INNER = 960
VISIBLE_LEAST = 0.9  # of a document: where more is cut off, nobody can tell its corners
DESIGNS = 150


def read_portraits(pictures):
    return read_pictures(pictures / "portraits", 300)


def unseen_bank(rng, pictures):
    """Designs, things and grounds of another seed than the training's. The photographs and
    portraits are the training's own, others cut out of them."""
    photographs = [np.asarray(p) for p in read_pictures(pictures / "photos", 1400)]
    return compose.make_bank(rng, DESIGNS, 100, 60, photographs[1::3], read_portraits(pictures)[3:])


def visible_share(quad, frame):
    left, top, right, bottom = frame
    border = [(left, top), (right, top), (right, bottom), (left, bottom)]
    inside = [tuple(corner) for corner in quad]
    for i in range(4):
        inside = clip(inside, border[i], border[(i + 1) % 4])
        if len(inside) < 3:
            return 0.0
    return area(inside) / area(quad)


def choose_quads(rng, layer, frame):
    while True:
        quads = compose.choose_quads(rng, [layer], False)
        if quads and all(visible_share(quad, frame) >= VISIBLE_LEAST for quad in quads):
            return quads


def photograph(rng, bank, negative):
    """As compose.random_sample() does it, but only whole pictures, of this size, and of one thing.
    Returns the pixels and the corners of the documents."""
    compose.SIDE, compose.INNER = SIDE, INNER
    frame = compose.frame(rng, False)
    canvas = compose.ground(rng, bank)
    compose.clutter(rng, bank, canvas, 4 if negative else 2)
    quads = []
    for layer in compose.choose_layers(rng, bank, False, negative)[:1]:
        quads = choose_quads(rng, layer, frame)
        compose.lay(rng, bank, canvas, layer, quads[0])
    compose.light(rng, canvas)
    pixels = compose.camera(rng, canvas)
    left, top, right, bottom = frame
    quads = [] if negative else [quad - np.array([left, top]) for quad in quads]
    return np.ascontiguousarray(pixels[top:bottom, left:right]), quads


def dump():
    return Dump(ROOT / "build" / "tests" / "corners_dump")


def judged(dump, pixels, quads):
    """What is found in a photograph, with all that it went by, and how good it is."""
    found = json.loads(dump.ask(pixels))
    row = {
        "document": bool(quads),
        "found": found["found"],
        "ms": found["milliseconds"],
        "size": [pixels.shape[1], pixels.shape[0]],
        "quads": [quad.tolist() for quad in quads],
    }
    if found["found"]:
        row |= {
            "terms": found["terms"],
            "confidence": found["confidence"],
            "iou": max([overlap(found["corners"], quad.tolist()) for quad in quads], default=0.0),
        }
    return row
