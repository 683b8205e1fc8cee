"""Measures src/document/fingers.c on pictures that nothing was trained on.

    python measure.py --packages FOLDER --dump build/tests/fingers_dump [--documents FOLDER]
                      [--photos TABLE.json] [--specimens build/pictures/documents]

Real hands and real surfaces without any are those of real.json (`npm pack @tabler/preview@1.2.0`).
--documents: pictures of flat documents, for the rendered hands of the WebXR package, whose meshes
are not trained on, to be laid over; without it, pages of the generator with another seed.
--photos: photographs of documents without hands, as [{"file", "quad_tl_tr_br_bl"}], pictures in
images/ beside the table.
--specimens: the test documents of the set-up.
"""

import argparse
import csv
import json
import math
import sys
import tarfile
from pathlib import Path

import cv2
import numpy as np

import hands
import pages

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from dumps import Dump  # noqa: E402

WEBXR = "webxr-input-profiles-assets-1.0.20.tgz"
HALF = .01


def run(dump, pictures):
    """-> covered share and measure of each."""
    with Dump(dump) as running:
        answers = [running.ask(picture).split() for picture in pictures]
    return np.array(answers, float).reshape(-1, 2)


def upper(failures, count):
    """Clopper and Pearson's one-sided 95 % bound, by bisection."""
    low, high = failures / count, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        below = sum(math.comb(count, k) * middle ** k * (1 - middle) ** (count - k)
                    for k in range(failures + 1))
        low, high = (middle, high) if below > .05 else (low, middle)
    return high


def report_clean(name, answers):
    raised = int((answers[:, 1] > .5).sum())
    print(f"{name}: {raised} of {len(answers)} above 0.5 "
          f"(95 % bound {upper(raised, len(answers)):.1%}), "
          f"{int((answers[:, 1] > .33).sum())} above 0.33, mean {answers[:, 1].mean():.3f}")


def report_covered(name, shares, answers):
    shares = np.asarray(shares)
    print(f"{name}: mean error of the share {np.abs(answers[:, 0] - shares).mean():.4f}")
    edges = [0, .0025, .005, .01, .02, .05, .1, 1]
    for low, high in zip(edges, edges[1:]):
        rows = (shares > low) & (shares <= high)
        if rows.any():
            print(f"  {low:.2%} to {high:.2%} covered: {int(rows.sum())} pages, above 0.5: "
                  f"{(answers[rows, 1] > .5).mean():.1%}, median measure "
                  f"{np.median(answers[rows, 1]):.2f} (of the true share: "
                  f"{np.median(shares[rows] / (shares[rows] + HALF)):.2f})")


def skin_rule(pictures):
    """Pages of which over 1 % is of the usual skin colours and hangs together with the border."""
    raised = 0
    for picture in pictures:
        small = cv2.resize(picture, pages.INPUT, interpolation=cv2.INTER_AREA)
        _, red, blue = cv2.split(cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb).astype(int))
        skin = (red >= 135) & (red <= 180) & (blue >= 85) & (blue <= 135)
        _, patches = cv2.connectedComponents(skin.astype(np.uint8), connectivity=8)
        inner = patches.copy()
        inner[4:-4, 4:-4] = 0
        raised += (np.isin(patches, np.unique(inner[inner > 0]))).mean() > HALF
    print(f"  by a rule for the colour of skin: {raised} of {len(pictures)}")


def read_specimens(folder):
    """-> pages without fingers, pages with some, their covered shares."""
    clean, covered, shares = [], [], []
    with open(folder / "labels.csv", encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            if not row["top_left_x"]:
                continue
            row["quad_tl_tr_br_bl"] = [
                [float(row[f"{corner}_{axis}"]) for axis in "xy"]
                for corner in ("top_left", "top_right", "bottom_right", "bottom_left")]
            share = float(row["covered"])
            (covered if share > 0 else clean).append(rectify(folder / row["image"], row))
            shares += [share] * (share > 0)
    return clean, covered, shares


def read_real(folder):
    """-> pages with hands, their masks, pages without."""
    table = json.loads((Path(__file__).parent / "real.json").read_text())
    name = table["package"]["name"].lstrip("@").replace("/", "-")
    archive = tarfile.open(Path(folder) / f"{name}-{table['package']['version']}.tgz")

    def picture(path):
        data = np.frombuffer(archive.extractfile(path).read(), np.uint8)
        return cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1]

    covered, masks, empty = [], [], []
    for row in table["hands"]:
        left, top, right, bottom = row["box"]
        crop = np.ascontiguousarray(picture(row["path"])[top:bottom, left:right])
        covered.append(cv2.resize(crop, (480, 320), interpolation=cv2.INTER_AREA))
        mask = np.zeros((320, 480), np.uint8)
        for polygon in row["covered"]:
            cv2.fillPoly(mask, [np.array(polygon)], 255)
        masks.append(mask)
    rng = np.random.default_rng(1)
    for path in table["empty"]:
        whole = picture(path)
        for _ in range(20):
            width = int(min(whole.shape[1], whole.shape[0] * 1.5) * rng.uniform(.25, 1))
            height = int(width / 1.5)
            left = int(rng.integers(whole.shape[1] - width + 1))
            top = int(rng.integers(whole.shape[0] - height + 1))
            crop = np.ascontiguousarray(whole[top:top + height, left:left + width])
            empty.append(cv2.resize(crop, (480, 320), interpolation=cv2.INTER_AREA))
    return covered, masks, empty


def tighten(picture, mask):
    """A polygon around a hand -> the hand itself."""
    inside = cv2.erode(mask, np.ones((13, 13)))
    outside = cv2.dilate(mask, np.ones((13, 13)))
    guess = np.where(inside > 0, cv2.GC_FGD, np.where(outside > 0, cv2.GC_PR_FGD, cv2.GC_BGD))
    guess = guess.astype(np.uint8)
    cv2.grabCut(np.ascontiguousarray(picture[..., ::-1]), guess, None, np.zeros((1, 65)),
                np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    hand = ((guess == cv2.GC_FGD) | (guess == cv2.GC_PR_FGD)) & (outside > 0)
    return cv2.GaussianBlur(hand.astype(np.float32), (0, 0), 1.2)


def paste(covered, masks, documents):
    """Each real hand over each document; as it reaches less and less far in."""
    pictures, shares = [], []
    rng = np.random.default_rng(1)
    for picture, mask in zip(covered, masks):
        alpha = tighten(picture, mask)
        ends = alpha[:, 0].sum(), alpha[:, -1].sum(), alpha[0].sum(), alpha[-1].sum()
        side = int(np.argmax(ends))
        for document in documents:
            page = cv2.resize(document, (480, 320), interpolation=cv2.INTER_AREA).astype(np.float32)
            amount = rng.uniform(0, .6) * (480 if side < 2 else 320)
            shift = np.array([(-1, 0), (1, 0), (0, -1), (0, 1)][side]) * amount
            m = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
            moved = cv2.warpAffine(alpha, m, (480, 320))[..., None]
            hand = cv2.warpAffine(picture, m, (480, 320), borderMode=cv2.BORDER_REPLICATE)
            pictures.append((page + (hand - page) * moved).clip(0, 255).astype(np.uint8))
            shares.append(float(moved.mean()))
    return pictures, shares


def rectify(path, row):
    picture = cv2.imread(str(path))[..., ::-1]
    corners = np.array(row["quad_tl_tr_br_bl"], np.float32)
    size = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * [960, 620]
    m = cv2.getPerspectiveTransform(corners, size.astype(np.float32))
    return cv2.warpPerspective(np.ascontiguousarray(picture), m, (960, 620),
                               flags=cv2.INTER_AREA)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--packages", required=True)
    parser.add_argument("--dump", required=True)
    parser.add_argument("--documents")
    parser.add_argument("--photos")
    parser.add_argument("--specimens")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1000)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(options.seed)
    documents = []
    if options.documents:
        for path in sorted(Path(options.documents).glob("*.[jp][pn]g")):
            documents.append(np.ascontiguousarray(cv2.imread(str(path))[..., ::-1]))
        report_clean("flat documents", run(options.dump, documents))
    if options.photos:
        table = json.loads(Path(options.photos).read_text())
        folder = Path(options.photos).parent / "images"
        photos = [rectify(folder / row["file"], row) for row in table
                  if row.get("quad_tl_tr_br_bl")]
        report_clean("photographed documents", run(options.dump, photos))
        skin_rule(photos)
    if options.specimens:
        clean, covered, shares = read_specimens(Path(options.specimens))
        report_clean("test documents", run(options.dump, clean))
        skin_rule(clean)
        report_covered("test documents with fingers", shares, run(options.dump, covered))
    covered, masks, empty = read_real(options.packages)
    report_clean("real surfaces without hands", run(options.dump, empty))
    answers = run(options.dump, covered)
    report_covered("real hands", [mask.mean() / 255 for mask in masks], answers)
    if documents:
        pictures, shares = paste(covered, masks, documents)
        report_covered("real hands pasted over documents", shares, run(options.dump, pictures))
    faces = pages.read_faces(options.packages)
    sprites = [hands.make_sprites(Path(options.packages) / WEBXR, 160, rng)]
    smaller = [cv2.resize(d, pages.PAGE, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
               for d in documents]
    for name, tones in (("none", None), ("light", (0, 3)), ("middle", (3, 6)), ("dark", (6, 9))):
        pictures, shares = [], []
        for i in range(options.count):
            page = smaller[i % len(smaller)] if smaller else None
            tone = rng.uniform(*tones) if tones else None
            picture, grid = pages.make(sprites, faces, rng, page, bool(tones), tone)
            pictures.append(picture)
            shares.append(float(grid.mean()))
        answers = run(options.dump, pictures)
        if tones:
            report_covered(f"rendered hands of the WebXR package, {name} skin", shares, answers)
        else:
            report_clean("the same pages, light and camera without hands", answers)


if __name__ == "__main__":
    main()
