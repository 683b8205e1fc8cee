#!/usr/bin/env python3
"""Fits the confidence of src/document/corner_score.c: the chance that corners are good.

    fit_blend.py PICTURES [--count N] [--seed N] [--save FILE] [--load FILE]

Composes N large photographs of designs, things and grounds that no training saw (another seed; two
in five are without a document), lets build/tests/corners_dump find the corners, and fits a logistic
regression of "overlap above 0.9" on the terms of the blend. Prints the lines for corner_score.c and
what the blend does on the half that it was not fitted on. PICTURES is the folder of train.py.
"""

import argparse
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

SIDE = 1024
INNER = 960
TERMS = ("FILL", "OUTLINE", "WEAKEST", "CORNERS", "AGREEMENT", "EDGES", "RATIO", "SHAPE")
PENALTY = 0.3
VISIBLE_LEAST = 0.9  # of a document: where more is cut off, nobody can tell its corners


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


def photograph(rng, bank):
    """As compose.random_sample() does it, but only whole pictures, and of this size."""
    compose.SIDE, compose.INNER = SIDE, INNER
    negative = rng.random() < 0.4
    frame = compose.frame(rng, False)
    canvas = compose.ground(rng, bank)
    compose.clutter(rng, bank, canvas, 4 if negative else 2)
    quads = []
    if not negative:
        layer = bank.documents[rng.integers(len(bank.documents))]
        quads = choose_quads(rng, layer, frame)
        for quad in quads:
            if rng.random() < 0.5:
                compose.shadow(rng, canvas, quad)
            compose.place_layer(canvas, layer, quad)
            for _ in range(rng.integers(0, 3) if rng.random() < 0.4 else 0):
                compose.finger(rng, canvas, quad)
    compose.light(rng, canvas)
    pixels = compose.camera(rng, canvas)
    left, top, right, bottom = frame
    quads = [quad - np.array([left, top]) for quad in quads]
    return np.ascontiguousarray(pixels[top:bottom, left:right]), quads


def look(options):
    from train import read_pictures

    rng = np.random.default_rng(options.seed)
    pictures = [np.asarray(p) for p in read_pictures(options.pictures / "photos", 1400)]
    portraits = read_pictures(options.pictures / "portraits", 300)
    bank = compose.make_bank(rng, 150, 100, 60, pictures[1::3], portraits[3:])
    with Dump(ROOT / "build" / "tests" / "corners_dump") as dump:
        for _ in range(options.count):
            pixels, quads = photograph(rng, bank)
            high, wide = pixels.shape[:2]
            found = json.loads(dump.ask(pixels))
            row = {
                "document": bool(quads),
                "found": found["found"],
                "ms": found["milliseconds"],
                "size": [wide, high],
                "quads": [quad.tolist() for quad in quads],
            }
            if found["found"]:
                row |= {
                    "terms": found["terms"],
                    "confidence": found["confidence"],
                    "iou": max(
                        [overlap(found["corners"], quad.tolist()) for quad in quads], default=0.0
                    ),
                }
            yield row


def fit(terms, good):
    """Newton's steps to the most likely weights, none of them negative: more of a term never lowers
    the confidence. The last weight is the constant."""
    x = np.hstack([terms, np.ones((len(terms), 1))])
    used = np.ones(x.shape[1], bool)
    while True:
        w = np.zeros(x.shape[1])
        for _ in range(50):
            p = 1 / (1 + np.exp(-x[:, used] @ w[used]))
            ridge = PENALTY * np.r_[np.ones(used.sum() - 1), 0]
            gradient = x[:, used].T @ (good - p) - ridge * w[used]
            curve = (x[:, used].T * (p * (1 - p))) @ x[:, used] + np.diag(ridge + 1e-6)
            w[used] += np.linalg.solve(curve, gradient)
        if (w[:-1] >= 0).all():
            return w
        used[np.argmin(w[:-1])] = False


def report(confidence, rows):
    good = np.array([row.get("iou", 0) > 0.9 for row in rows])
    document = np.array([row["document"] for row in rows])
    for limit in (0.3, 0.5, 0.8):
        passed = confidence >= limit
        print(
            f"at {limit}: good {passed[good].mean():.3f} of {good.sum()}, documents but bad "
            f"{passed[document & ~good].mean():.3f} of {(document & ~good).sum()}, no document "
            f"{passed[~document].mean():.4f} of {(~document).sum()}"
        )
    edges = np.linspace(0, 1, 6)
    for low, high in zip(edges, edges[1:], strict=False):
        chosen = (confidence >= low) & (confidence < high + (high == 1))
        if chosen.any():
            print(
                f"confidence {low:.1f} to {high:.1f}: said {confidence[chosen].mean():.3f}, good "
                f"{good[chosen].mean():.3f} of {chosen.sum()}"
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=4711)
    parser.add_argument("--save", type=Path, help="what was found, one line of JSON a picture")
    parser.add_argument(
        "--load", type=Path, nargs="+", help="of an earlier run, instead of composing"
    )
    options = parser.parse_args()
    if options.load:
        rows = [json.loads(line) for path in options.load for line in path.read_text().splitlines()]
    else:
        rows = list(look(options))
    if options.save:
        options.save.write_text("".join(json.dumps(row) + "\n" for row in rows))
    document = [row for row in rows if row["document"]]
    ious = np.array([row.get("iou", 0) for row in document])
    print(
        f"documents: overlap above 0.9 {np.mean(ious > 0.9):.3f}, above 0.95 "
        f"{np.mean(ious > 0.95):.3f} of {len(ious)}; found without one "
        f"{np.mean([row['found'] for row in rows if not row['document']]):.3f}"
    )

    found = [row for row in rows if row["found"]]
    terms = np.array([row["terms"] for row in found])
    good = np.array([row["iou"] > 0.9 for row in found], float)
    weights = fit(terms[::2], good[::2])
    held = [row for i, row in enumerate(found) if i % 2]
    print("fitted on one half, the other half:")
    report(1 / (1 + np.exp(-terms[1::2] @ weights[:-1] - weights[-1])), held)
    weights = fit(terms, good)
    print(f"static const float constant = {weights[-1]:.2f}F;")
    for name, weight in zip(TERMS, weights[:-1], strict=True):
        print(f"    [TERM_{name}] = {weight:.2f}F,")


if __name__ == "__main__":
    main()
