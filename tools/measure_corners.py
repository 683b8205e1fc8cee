#!/usr/bin/env python3
"""How well documents' corners are found: the tables of docs/documents.md.

    tools/measure_corners.py LABELS [--turn DEGREES ...] [--width SHARE] [--save FILE]

LABELS is a .json list of {file, quad_tl_tr_br_bl, level, rotation, ...} with the pictures beside it
or in images/ (no quadrilateral: a picture without a document), or the labels.csv of the set-up's
specimens. --turn turns every picture by so many degrees first, --width shrinks its content
until the document is that share of its width. A result is good where intersection over union with
the label is above 0.9. Needs what "make build" makes.
"""

import argparse
import csv
import json
import math
from pathlib import Path

import numpy as np
from dumps import Dump
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
DUMP = ROOT / "build" / "tests" / "corners_dump"


def area(polygon):
    x, y = np.asarray(polygon, float).T
    return 0.5 * float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))


def clip(polygon, a, b):
    """What of a polygon lies to the right of a to b, as seen in a picture."""
    side = [(b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]) for x, y in polygon]
    kept = []
    for i, p in enumerate(polygon):
        j = (i + 1) % len(polygon)
        if side[i] >= 0:
            kept.append(p)
        if (side[i] >= 0) != (side[j] >= 0):
            t = side[i] / (side[i] - side[j])
            q = polygon[j]
            kept.append((p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])))
    return kept


def overlap(first, second):
    """Intersection over union of two convex quadrilaterals."""
    first = list(map(tuple, first if area(first) > 0 else first[::-1]))
    second = list(map(tuple, second if area(second) > 0 else second[::-1]))
    common = first
    for i in range(4):
        common = clip(common, second[i], second[(i + 1) % 4])
        if len(common) < 3:
            return 0.0
    both = area(common)
    return both / (area(first) + area(second) - both)


def read_labels(path):
    if path.suffix == ".csv":
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                corners = [[float(row[f"{name}_{axis}"]) for axis in "xy"]
                           for name in ("top_left", "top_right", "bottom_right", "bottom_left")
                           if row[f"{name}_x"]]
                if row["condition"] != "flat":
                    yield {"path": path.parent / row["image"], "corners": corners or None,
                           "level": row["difficulty"], "condition": row["condition"]}
        return
    for row in json.loads(path.read_text()):
        places = [path.parent / row["file"], path.parent / "images" / row["file"]]
        yield {"path": next(place for place in places if place.exists()),
               "corners": row.get("quad_tl_tr_br_bl"), "level": row.get("level", ""),
               "condition": "+".join(row.get("effects") or []) or "plain"}


def turned(picture, corners, degrees):
    """Clockwise, about the middle, on a canvas that holds all of it; the border's pixels go on."""
    if degrees % 360 == 0:
        return picture, corners
    height, width = picture.shape[:2]
    angle = math.radians(degrees)
    c, s = math.cos(angle), math.sin(angle)
    new_width = round(abs(c) * width + abs(s) * height)
    new_height = round(abs(s) * width + abs(c) * height)
    pad = (new_width + new_height) // 2
    padded = Image.fromarray(np.pad(picture, ((pad, pad), (pad, pad), (0, 0)), "edge"))
    middle = pad + (width - 1) / 2, pad + (height - 1) / 2
    # from the target's pixels to the source's; Pillow's places are half a pixel on
    x0 = middle[0] + 0.5 - c * new_width / 2 - s * new_height / 2
    y0 = middle[1] + 0.5 + s * new_width / 2 - c * new_height / 2
    out = padded.transform((new_width, new_height), Image.Transform.AFFINE, (c, s, x0, -s, c, y0),
                           Image.Resampling.BICUBIC)
    if corners:
        corners = [[c * (x - (width - 1) / 2) - s * (y - (height - 1) / 2) + (new_width - 1) / 2,
                    s * (x - (width - 1) / 2) + c * (y - (height - 1) / 2) + (new_height - 1) / 2]
                   for x, y in corners]
    return np.asarray(out), corners


def shrunk(picture, corners, share):
    """The picture in the middle of a larger one; its border's pixels go on."""
    if not share or not corners:
        return picture, corners
    height, width = picture.shape[:2]
    long = max(math.dist(corners[i], corners[(i + 1) % 4]) for i in range(4))
    grow = long / (share * width)
    if grow <= 1:
        return picture, corners
    size = max(1, round(width / grow)), max(1, round(height / grow))
    small = np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX))
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    out = np.pad(small, ((top, height - size[1] - top), (left, width - size[0] - left), (0, 0)),
                 "edge")
    corners = [[(x + 0.5) * size[0] / width - 0.5 + left, (y + 0.5) * size[1] / height - 0.5 + top]
               for x, y in corners]
    return out, corners


def judged(row, shape, found):
    """The row with what was found, and how good it is."""
    high, wide = shape[:2]
    corners = row["corners"]
    out = dict(row, found=found, confidence=found.get("confidence", 0.0), size=(wide, high))
    if corners:
        out["iou"] = overlap(found["corners"], corners) if found["found"] else 0.0
        out["width"] = max(math.dist(corners[i], corners[(i + 1) % 4]) for i in range(4)) / wide
        dx, dy = (corners[1][0] - corners[0][0], corners[1][1] - corners[0][1])
        out["angle"] = math.degrees(math.atan2(dy, dx))
    return out


def find(rows, degrees=0, width=None):
    """Yields each row with what the engine says of its picture."""
    with Dump(DUMP) as dump:
        for row in rows:
            picture = np.asarray(Image.open(row["path"]).convert("RGB"))
            picture, corners = turned(picture, row["corners"], degrees)
            picture, corners = shrunk(picture, corners, width)
            yield judged(dict(row, corners=corners), picture.shape, json.loads(dump.ask(picture)))


def share(values):
    values = list(values)
    percent = 100 * sum(values) / max(1, len(values))
    return f"{sum(values):4d} of {len(values):4d} ({percent:5.1f} %)"


def angle_band(degrees):
    """How far from standing upright or lying flat."""
    off = abs((degrees + 45) % 90 - 45)
    return "0-5" if off < 5 else "5-15" if off < 15 else "15-30" if off < 30 else "30-45"


def width_band(value):
    limits = (0.15, 0.25, 0.4, 0.6, 0.8)
    return next((f"below {limit}" for limit in limits if value < limit), "0.8 and above")


def report(results):
    documents = [r for r in results if r["corners"]]
    others = [r for r in results if not r["corners"]]
    groups = [("all", lambda r: ""), ("level", lambda r: r["level"]),
              ("condition", lambda r: r["condition"]),
              ("degrees off upright", lambda r: angle_band(r["angle"])),
              ("upside down or on its side", lambda r: str(abs(r["angle"]) > 45)),
              ("width", lambda r: width_band(r["width"]))]
    for name, key in groups:
        for value in sorted({key(r) for r in documents}):
            chosen = [r for r in documents if key(r) == value]
            print(f"{name} {value:24}  IoU > 0.9: {share(r['iou'] > 0.9 for r in chosen)}"
                  "   > 0.95: "
                  f"{share(r['iou'] > 0.95 for r in chosen)}   mean "
                  f"{np.mean([r['iou'] for r in chosen]):.3f}")
    for limit in (0.3, 0.5, 0.8):
        print(f"confidence >= {limit}: good "
              f"{share(r['confidence'] >= limit for r in documents if r['iou'] > 0.9)}   bad "
              f"{share(r['confidence'] >= limit for r in documents if r['iou'] <= 0.9)}   "
              f"no document {share(r['confidence'] >= limit for r in others)}")
    for low in np.arange(0, 1, 0.1):
        chosen = [r for r in results if low <= r["confidence"] < low + 0.1 + 1e-9 * (low > 0.85)]
        if chosen:
            print(f"confidence {low:.1f} to {low + 0.1:.1f}: good "
                  f"{share(r.get('iou', 0) > 0.9 for r in chosen)}")
    times = [r["found"]["milliseconds"] for r in results]
    print(f"milliseconds: median {np.median(times):.1f}, "
          f"95 % below {np.quantile(times, 0.95):.1f}, "
          f"most {max(times):.1f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("--turn", type=float, nargs="+", default=[0])
    parser.add_argument("--width", type=float)
    parser.add_argument("--save", type=Path, help="one line of JSON a picture")
    options = parser.parse_args()
    rows = list(read_labels(options.labels))
    results = []
    for degrees in options.turn:
        results += [dict(r, turn=degrees) for r in find(rows, degrees, options.width)]
    if options.save:
        options.save.write_text("".join(json.dumps(r, default=str) + "\n" for r in results))
    report(results)


if __name__ == "__main__":
    main()
