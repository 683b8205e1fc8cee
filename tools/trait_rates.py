#!/usr/bin/env python3
"""How often each face trait is raised: on pictures as they are, mirrored, and altered by program.

    tools/trait_rates.py FOLDER|TABLE.csv [--limit N] [--pad SHARE] [--group COLUMN] [--plain]

TABLE.csv names pictures in its columns image, a and b (relative to the table). Prints Markdown: the
rates of all traits, what enrolment with default settings would refuse and why, and with --group the
rates by the values of that column. --pad puts a border of that share of the side around pictures
that are cropped to the face. Needs a built tree: make ready.
"""

import argparse
import collections
import csv
import json
import os
import sys
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "sdk/src"), str(ROOT / "tools")]

import alter_faces  # noqa: E402

import cryptonets_python_sdk as sdk  # noqa: E402
from cryptonets_python_sdk import (FaceTraitsFlags, FlagUtil, ImageInputArg,  # noqa: E402
                                   OperationConfig, SpoofStatus)

SETTINGS = {"collections": {"default": {"named_urls": {}}}, "session_token": ""}
TRAITS = [flag.name for flag in FaceTraitsFlags if flag]
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
FRONTAL_DEGREES = 20


def enrolment_list():
    table = json.loads((ROOT / "src/config/keys.json").read_text())
    return {trait for row in table["operations"] if row["name"] == "enroll_onefa"
            for trait in row["failing_traits"]}


def read_list(source, group):
    """(path, group) of every picture, each once."""
    if source.is_dir():
        return [(path, None) for path in sorted(source.rglob("*"))
                if path.suffix.lower() in SUFFIXES]
    found = {}
    with open(source, newline="") as table:
        for row in csv.DictReader(table):
            for column in ("image", "a", "b"):
                if row.get(column):
                    found[source.parent / row[column]] = row.get(group) if group else None
    return sorted(found.items())


def load(path, pad):
    pixels = np.asarray(Image.open(path).convert("RGB"))
    border = round(pad * max(pixels.shape[:2]))
    return np.pad(pixels, ((border, border), (border, border), (0, 0)), mode="edge")


class Judge:
    def __init__(self, session):
        self.session = session

    def __call__(self, pixels, **config):
        """The biggest face, or None."""
        image = ImageInputArg(np.ascontiguousarray(pixels))
        number, result = self.session.validate(
            image, OperationConfig(face_detection_strategy=2, **config))
        if number < 0:
            raise SystemExit(result.call_status.return_message)
        return result.faces[0] if result.faces else None


def names(face):
    return set(FlagUtil.get_flag_names(FaceTraitsFlags, face.face_traits_flags))


def is_frontal(face):
    angles = {m.name: m.value for m in face.scores if m.name in ("yaw", "pitch", "roll")}
    return len(angles) == 3 and all(abs(angle) < FRONTAL_DEGREES for angle in angles.values())


class Counts:
    """Of one way of making pictures: how many, with how many faces, and their flags."""

    def __init__(self):
        self.pictures = 0
        self.faces = 0
        self.flags = collections.Counter()

    def add(self, face):
        self.pictures += 1
        if face is not None:
            self.faces += 1
            self.flags.update(names(face))

    def rate(self, flag):
        return f"{100 * self.flags[flag] / self.faces:.1f}" if self.faces else "–"


def measure(judge, pictures, options):
    """Counts by way of making, and what enrolment would say of each ordinary picture."""
    counts = collections.defaultdict(Counts)
    verdicts = []
    failing = enrolment_list()
    for done, (path, group) in enumerate(pictures, 1):
        print(f"\r{done} of {len(pictures)}", end="", file=sys.stderr, flush=True)
        pixels = load(path, options.pad)
        face = judge(pixels, get_face_landmarks=True)
        counts["ordinary"].add(face)
        counts["mirrored"].add(judge(alter_faces.mirrored(pixels), anti_spoofing_mode=0))
        if group is not None:
            counts["group " + group].add(face)
        if face is None:
            verdicts.append((False, {"no face"}))
            continue
        reasons = names(face) & failing
        if not face.landmarks:
            reasons.add("FT_FACE_LOW_VAL_CONF")
        if face.spoof_status != SpoofStatus.AS_NO_SPOOF_DETECTED:
            reasons.add(face.spoof_status.name)
        verdicts.append((is_frontal(face), reasons))
        where = alter_faces.Face.of(face)
        if where is None or options.plain:
            continue
        for name, alter in alter_faces.ALTERATIONS.items():
            counts[name].add(judge(alter(pixels, where), anti_spoofing_mode=0))
    print(file=sys.stderr)
    return counts, verdicts


def print_rates(counts):
    print("| trait | ordinary | mirrored | altered to raise it |")
    print("|---|---|---|---|")
    for trait in TRAITS:
        altered = [f"{name.replace('_', ' ')} {counts[name].rate(trait)}"
                   for name, raises in alter_faces.RAISES.items()
                   if raises == trait and name in counts]
        print(f"| `{trait}` | {counts['ordinary'].rate(trait)} | {counts['mirrored'].rate(trait)} "
              f"| {', '.join(altered) or '–'} |")
    lost = [f"{name.replace('_', ' ')} {c.pictures - c.faces}" for name, c in counts.items()
            if c.faces < c.pictures]
    print(f"\nIn per cent of the pictures in which the face was found. "
          f"No face was found in: {', '.join(lost) or 'none'} "
          f"(of {counts['ordinary'].pictures} each).")


def print_side_effects(counts):
    print("\n| alteration | what else is raised, more often than before by 5 in 100 |")
    print("|---|---|")
    for name in alter_faces.ALTERATIONS:
        counted, ordinary = counts[name], counts["ordinary"]
        extra = [f"`{trait}` {counted.rate(trait)}" for trait in TRAITS
                 if counted.faces and trait != alter_faces.RAISES.get(name)
                 and counted.flags[trait] / counted.faces >
                 ordinary.flags[trait] / max(1, ordinary.faces) + 0.05]
        print(f"| {name.replace('_', ' ')} | {', '.join(extra) or '–'} |")


def print_enrolment(verdicts):
    print("\n| pictures | pass `enroll_onefa` | glasses aside "
          "| reasons (one picture may have several) |")
    print("|---|---|---|---|")
    frontal = [reasons for front, reasons in verdicts if front]
    for title, group in (("all", [reasons for _, reasons in verdicts]),
                         (f"yaw, pitch and roll under {FRONTAL_DEGREES}°", frontal)):
        if not group:
            continue
        passed = sum(not reasons for reasons in group)
        aside = sum(not reasons - {"FT_FACE_WITH_GLASS"} for reasons in group)
        why = collections.Counter(reason for reasons in group for reason in reasons)
        print(f"| {title} ({len(group)}) | {100 * passed / len(group):.1f} % "
              f"| {100 * aside / len(group):.1f} % "
              f"| {', '.join(f'`{name}` {count}' for name, count in why.most_common())} |")


def print_groups(counts):
    groups = sorted(name for name in counts if name.startswith("group "))
    if not groups:
        return
    print(f"\n| trait | {' | '.join(f'{g[6:]} ({counts[g].faces})' for g in groups)} |")
    print("|---" * (len(groups) + 1) + "|")
    for trait in TRAITS:
        print(f"| `{trait}` | {' | '.join(counts[g].rate(trait) for g in groups)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("--limit", type=int, default=0, help="only every n-th, so that N are left")
    parser.add_argument("--pad", type=float, default=0.0)
    parser.add_argument("--group")
    parser.add_argument("--plain", action="store_true", help="no altered pictures")
    options = parser.parse_args()
    pictures = read_list(options.source, options.group)
    if not pictures:
        raise SystemExit(f"{options.source}: no pictures")
    if options.limit:
        pictures = pictures[::max(1, len(pictures) // options.limit)][:options.limit]
    os.environ.setdefault("PRIVID_LIBRARY", str(ROOT / "build/lib/libprivid.so"))
    sdk.PrivIDFaceLib.initialize()
    with sdk.Session.from_dict(SETTINGS) as session:
        counts, verdicts = measure(Judge(session), pictures, options)
    sdk.PrivIDFaceLib.shutdown()
    print_rates(counts)
    if not options.plain:
        print_side_effects(counts)
    print_enrolment(verdicts)
    print_groups(counts)


if __name__ == "__main__":
    main()
