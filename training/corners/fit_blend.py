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
from pathlib import Path

import numpy as np
import photographs

TERMS = ("FILL", "OUTLINE", "WEAKEST", "CORNERS", "AGREEMENT", "EDGES", "RATIO", "SHAPE")
PENALTY = 0.3


def look(options):
    rng = np.random.default_rng(options.seed)
    bank = photographs.unseen_bank(rng, options.pictures)
    with photographs.dump() as dump:
        for _ in range(options.count):
            yield photographs.judged(dump, *photographs.photograph(rng, bank, rng.random() < 0.4))


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
