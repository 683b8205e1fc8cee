#!/usr/bin/env python3
"""Measure how far age estimates are off and write it to models/operating_points.json.

    tools/calibrate_age.py FACES.csv [--dump PROGRAM] [--write]

FACES.csv has the columns image (a file, relative to the table) and age, and may have any columns
that end in _code, by which figures are then given as well. Faces are sorted by age; every other one
chooses the numbers, those between are only measured. Every picture gets a margin that repeats its
border, since tight crops are not found otherwise, and is looked at as it is, shrunk, and cut off
within the face.

age_v1 takes young adults for older and older ones for younger: its answers are shifted, linearly
between ages SHIFT_KNOTS, by ridge regression. (The same for the other net gains nothing.)

The error of an estimate is taken as Laplace-distributed; the logarithm of its scale (the mean
absolute error) is linear between ages KNOTS of the estimate, and linear in FEATURES. Fitted by
maximum likelihood: over all variants for "by_spread", over ages alone and the pictures as they are
for "by_age". --write also renews src/face/age_points.inc; build again afterwards, and without
--write the figures are those of the library itself.
"""

import argparse
import csv
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

import operating_points
from dumps import Dump

ROOT = Path(__file__).resolve().parent.parent
# As in src/face/age.h and src/face/age_judge.c.
BAND = 5.0
AGE_MAX = 100.0
KNOTS = (0.0, 5.0, 15.0, 30.0, 50.0)
SIZE_RANGE = (4.0, 30.0)
SCALE_RANGE = (0.5, 40.0)
FEATURES = ("gap", "views", "classes", "size", "outside")
# age_v1's share. On UTKFace anything from 0.2 to 0.4 is within a tenth of a year; the upper part of
# that, because only the other net may have been trained on it.
SHARE = {"both": 0.35, "age_v1": 1.0, "age_xception": 0.0}
# Ages of age_v1 at which it is corrected, and how reluctantly, in faces.
SHIFT_KNOTS = (0.0, 8.0, 18.0, 30.0, 45.0, 60.0)
SHIFT_RIDGE = 30.0
SHRINK = (0.5, 0.25, 0.125, 0.0625)
CUT = (0.12, 0.25, 0.4)
CUT_SIDES = ("left", "right", "top", "bottom")
# What a variant other than the picture itself weighs in the fit: there are five a picture.
VARIANT_WEIGHT = 0.25
RIDGE = 0.3
AGES = (0, 3, 6, 11, 16, 21, 26, 36, 51, 66, 200)


def variants(number, picture):
    height, width = picture.shape[:2]
    margin = max(height, width) // 2
    padded = np.pad(picture, ((margin, margin), (margin, margin), (0, 0)), mode="edge")
    yield "as it is", padded
    for factor in SHRINK:
        size = tuple(max(1, round(side * factor)) for side in padded.shape[1::-1])
        yield f"shrunk to {factor}", np.asarray(
            Image.fromarray(padded).resize(size, Image.Resampling.LANCZOS))
    share = CUT[number % len(CUT)]
    side = CUT_SIDES[number // len(CUT) % len(CUT_SIDES)]
    left, top, right, bottom = 0, 0, padded.shape[1], padded.shape[0]
    if side == "left":
        left = margin + int(share * width)
    elif side == "right":
        right -= margin + int(share * width)
    elif side == "top":
        top = margin + int(share * height)
    else:
        bottom -= margin + int(share * height)
    yield f"cut by {share}", padded[top:bottom, left:right]


def look(faces, program):
    """What the library says of every variant, each with its face's number."""
    found = []
    with Dump(program) as dump:
        for number, face in enumerate(faces):
            picture = np.asarray(Image.open(face["image"]).convert("RGB"))
            for name, pixels in variants(number, picture):
                answer = json.loads(dump.ask(pixels))
                answer.update(face=number, variant=name)
                found.append(answer)
            if sys.stderr.isatty():
                print(f"\r{number + 1} of {len(faces)} pictures", end="", file=sys.stderr)
    return found


def hats(values, knots):
    """One column a knot: 1 there, 0 at the others, linear between, constant outside."""
    return np.stack([np.interp(values, knots, row) for row in np.eye(len(knots))], 1)


class Table:
    """Columns of all variants in which a face was found."""

    def __init__(self, faces, answers):
        rows = [answer for answer in answers if answer["faces"]]
        for net in ("age_v1", "age_xception"):
            if net not in rows[0]:
                raise SystemExit(f"the profile lacks {net}: calibrate with the profile full")
        self.face = np.array([row["face"] for row in rows])
        self.variant = np.array([row["variant"] for row in rows])
        self.plain = self.variant == "as it is"
        self.age = np.array([float(faces[row["face"]]["age"]) for row in rows])
        self.chosen_by = self.face % 2 == 0
        self.raw_v1 = np.clip([row["age_v1"] for row in rows], 0, AGE_MAX)
        self.xception = np.clip([row["age_xception"] for row in rows], 0, AGE_MAX)
        self.spread = np.array([row["class_spread"] for row in rows])
        self.size = np.array([row["size"] for row in rows])
        self.outside = np.array([row["outside"] for row in rows])
        self.library = {key: np.array([row[key] for row in rows]) for key in ("by_age",
                                                                              "by_spread")}

        self.shift = self.choose_shift()
        self.v1 = np.clip(self.raw_v1 + np.interp(self.raw_v1, SHIFT_KNOTS, self.shift), 0, AGE_MAX)

    def choose_shift(self):
        chosen = self.chosen_by & self.plain
        years = self.raw_v1.mean(1)[chosen]
        design = hats(years, SHIFT_KNOTS)
        curvature = design.T @ design + SHIFT_RIDGE * np.eye(len(SHIFT_KNOTS))
        return np.linalg.solve(curvature, design.T @ (self.age[chosen] - years)).round(2)

    def estimate(self, share):
        return share * self.v1.mean(1) + (1 - share) * self.xception.mean(1)

    def design(self, kind, use_features):
        """Columns of the fit, in the order of pv_age_judge()."""
        share = SHARE[kind]
        columns = list(hats(self.estimate(share), KNOTS).T)
        if use_features:
            gap = np.abs(self.v1.mean(1) - self.xception.mean(1))
            views = (share * np.abs(self.v1[:, 0] - self.v1[:, 1])
                     + (1 - share) * np.abs(self.xception[:, 0] - self.xception[:, 1]))
            columns += [
                np.log1p(gap) * (0 < share < 1),
                np.log1p(views),
                np.log1p(self.spread) * (share > 0),
                np.log(np.clip(self.size, *SIZE_RANGE) / SIZE_RANGE[1]),
                self.outside,
            ]
        return np.stack(columns, 1)


def fit(design, error, weight):
    """Coefficients of the logarithm of the Laplace scale; Newton's method, convex."""
    beta = np.zeros(design.shape[1])
    beta[:len(KNOTS)] = np.log(np.average(error, weights=weight))
    for _ in range(200):
        ratio = error / np.exp(design @ beta)
        gradient = design.T @ (weight * (1 - ratio)) + RIDGE * beta
        curvature = (design * (weight * ratio)[:, None]).T @ design
        curvature += RIDGE * np.eye(len(beta))
        step = np.linalg.solve(curvature, gradient)
        beta -= step * min(1.0, 0.5 / np.abs(step).max())
        if np.abs(step).max() < 1e-9:
            break
    return beta.round(4)


def confidence(design, beta):
    scale = np.clip(np.exp(design @ beta), *SCALE_RANGE)
    return 1 - np.exp(-BAND / scale)


def choose(table):
    rows = []
    for kind, share in SHARE.items():
        error = np.abs(table.estimate(share) - table.age)
        row = {"nets": kind, "share_of_age_v1": share}
        for name, use_features in (("by_age", False), ("by_spread", True)):
            chosen = table.chosen_by & (table.plain | use_features)
            weight = np.where(table.plain, 1.0, VARIANT_WEIGHT)[chosen]
            beta = fit(table.design(kind, use_features)[chosen], error[chosen], weight)
            names = [f"age_{knot:g}" for knot in KNOTS] + list(FEATURES)
            row[name] = dict(zip(names, [*map(float, beta)] + [0.0] * len(FEATURES)))
        rows.append(row)
    return rows


def print_errors(table, codes):
    """Of the pictures as they are, in the half that chose nothing."""
    held = ~table.chosen_by & table.plain
    kinds = {kind: table.estimate(share) - table.age for kind, share in SHARE.items()}

    def line(label, part):
        cells = [f"{np.abs(error[part]).mean():.2f} ({error[part].mean():+.1f})"
                 for error in kinds.values()]
        print(f"| {label} | {part.sum()} | " + " | ".join(cells) + " |")

    print("\nMean absolute error in years (mean error), pictures as they are:\n")
    print("| ages | faces | " + " | ".join(kinds) + " |\n|---|---|" + "---|" * len(kinds))
    line("all", held)
    for low, high in zip(AGES, AGES[1:]):
        label = f"{low} to {high - 1}" if high < 150 else f"{low} and more"
        line(label, held & (table.age >= low) & (table.age < high))
    for name, values in codes.items():
        for value in sorted(set(values)):
            line(f"{name} {value}", held & (values[table.face] == value))
    print("\n| variant | faces | " + " | ".join(kinds) + " |\n|---|---|" + "---|" * len(kinds))
    for variant in dict.fromkeys(table.variant):
        line(variant, ~table.chosen_by & (table.variant == variant))


def print_reliability(table, rows):
    edges = np.array([0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0001])
    for row in rows:
        within = np.abs(table.estimate(row["share_of_age_v1"]) - table.age) <= BAND
        for name in ("by_age", "by_spread"):
            beta = np.array(list(row[name].values()))
            given = confidence(table.design(row["nets"], True), beta)
            print(f"\n{row['nets']}, {name}: of the faces given a confidence, the share within "
                  f"{BAND:g} years\n\n| confidence | as it is | shrunk and cut |\n|---|---|---|")
            for low, high in zip(edges, edges[1:]):
                cells = []
                for part in (table.plain, ~table.plain):
                    inside = part & ~table.chosen_by & (given >= low) & (given < high)
                    cells.append(f"{given[inside].mean():.2f} given, {within[inside].mean():.2f} "
                                 f"of {inside.sum()}" if inside.any() else "none")
                print(f"| {low:g} to {min(high, 1):g} | " + " | ".join(cells) + " |")
            for label, part in (("as it is", table.plain), ("shrunk and cut", ~table.plain)):
                held = part & ~table.chosen_by
                brier = np.mean((given[held] - within[held]) ** 2)
                print(f"\n{label}: {given[held].mean():.3f} given on average, "
                      f"{within[held].mean():.3f} within; Brier score {brier:.3f}")


def compare_with_library(table, rows):
    """The library was built from the numbers that it has; it says so itself."""
    row = rows[0]
    for name in ("by_age", "by_spread"):
        beta = np.array(list(row[name].values()))
        mine = confidence(table.design("both", True), beta)
        worst = max(np.abs(mine - table.library[name][:, 1]).max(),
                    np.abs(table.estimate(SHARE["both"]) - table.library[name][:, 0]).max())
        if worst > 2e-3:
            print(f"the library's {name} differs by up to {worst:.4f}: build it again")


def write(points):
    operating_points.update("age", points)
    shift = ", ".join(f"{value:.2f}F" for value in points["shift_of_age_v1"].values())
    lines = ["/* Generated by tools/calibrate_age.py from models/operating_points.json. */",
             f"static const float v1_shift[SHIFT_KNOTS] = {{{shift}}};",
             "static const operating_point points[] = {"]
    for row in points["nets"]:
        parts = []
        for name in ("by_age", "by_spread"):
            values = [f"{value:.4f}F" for value in row[name].values()]
            knots, features = values[:len(KNOTS)], values[len(KNOTS):]
            parts.append(f"{{{{{', '.join(knots)}}},\n     {{{', '.join(features)}}}}}")
        lines.append(f'/* {row["nets"]} */')
        lines.append(f'{{{row["share_of_age_v1"]:.2f}F,\n    {{' + ",\n    ".join(parts) + "}},")
    lines.append("};")
    (ROOT / "src/face/age_points.inc").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path)
    parser.add_argument("--dump", default=ROOT / "build/tests/age_dump", type=Path,
                        help="the program that looks (default: build/tests/age_dump)")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with arguments.table.open(newline="") as file:
        faces = sorted(csv.DictReader(file), key=lambda row: float(row["age"]))
    for face in faces:
        face["image"] = arguments.table.parent / face["image"]
    answers = look(faces, arguments.dump)
    table = Table(faces, answers)
    plain_found = int(table.plain.sum())
    print(f"{plain_found} of {len(faces)} pictures with a face; with the variants "
          f"{len(table.face)} of {len(answers)}")
    codes = {name.removesuffix("_code"): np.array([face[name] for face in faces])
             for name in faces[0] if name.endswith("_code")}
    rows = choose(table)
    print_errors(table, codes)
    print_reliability(table, rows)
    if arguments.write:
        write({"made_by": "tools/calibrate_age.py FACES.csv --write", "band_years": BAND,
               "shift_of_age_v1": dict(zip((f"age_{knot:g}" for knot in SHIFT_KNOTS),
                                           map(float, table.shift))),
               "nets": rows,
               "chosen_on": {"pictures": int((table.plain & table.chosen_by).sum()),
                             "with_variants": int(table.chosen_by.sum())}})
    else:
        compare_with_library(table, rows)


if __name__ == "__main__":
    main()
