"""The pages with pictures: every trait, and every configuration key from both its sides.

Pictures and values are those of the tests (sdk/tests/test_traits.py, test_face_keys.py). What is
written under them is what the library answers while the page is made.
"""

import json
import os
from pathlib import Path

from face_pictures import open_gallery
from PIL import Image
from test_face_keys import THRESHOLDS
from test_traits import RAISED_BY, TWINS, config_of

BUILD = Path(os.environ.get("PRIVID_BUILD_DIR", Path(__file__).resolve().parents[2] / "build"))
PICTURES = BUILD / "pictures"
WIDTH = 220  # of a picture on a page, pixels


class Album:
    """Pictures of the gallery as files beside the pages."""

    def __init__(self, gallery, folder):
        self.gallery = gallery
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def place(self, name, alteration):
        """The file's name, made when first asked for."""
        file = f"{name}-{(alteration or 'as-it-is').replace(' ', '-').replace('_', '-')}.jpg"
        if not (self.folder / file).exists():
            picture = Image.fromarray(self.gallery.picture(name, alteration))
            picture.thumbnail((WIDTH * 2, WIDTH * 2))
            picture.save(self.folder / file, quality=88)
        return f"pictures/{file}"

    def show(self, name, alteration, alternative):
        return f"![{alternative}]({self.place(name, alteration)}){{ width={WIDTH} }}"


def picture_row(album, shown, captions):
    """A table of pictures with a line under each."""
    images = " | ".join(album.show(*picture, caption) for picture, caption in shown)
    rule = " | ".join(["---"] * len(shown))
    return f"| {images} |\n| {rule} |\n| {' | '.join(captions)} |\n"


def flag_list(flags):
    return ", ".join(f"`{flag}`" for flag in sorted(flags)) or "no flag"


def write_gallery(pages):
    sections = []
    for gallery in open_gallery(lambda name: PICTURES / name):
        album = Album(gallery, pages / "pictures")
        for flag, picture in RAISED_BY.items():
            twin = (TWINS.get(flag, picture[0]), None)
            config = config_of(flag)
            answers = [gallery.call(*one, **config) for one in (picture, twin)]
            flags = [gallery.flags(*one, **config) for one in (picture, twin)]
            if flag not in flags[0] or flag in flags[1]:
                raise RuntimeError(f"{flag}: the pictures do not show it")
            sections.append(
                f"## {flag}\n\n{answers[0].user_feedback_message or ''}\n\n"
                + picture_row(album, [(picture, f"raises {flag}"), (twin, "does not")],
                              [flag_list(found) for found in flags]))
    (pages / "gallery.md").write_text(
        "# Trait gallery\n\nEvery flag of a face with a picture that raises it and one that does"
        " not, judged with the default configuration. The sentence is `user_feedback_message`,"
        " which names what to mend first for enrolment; without one, enrolment accepts the flag."
        " What is measured and where the thresholds lie: [traits.md](traits.md). Most pictures are"
        " made from ordinary ones by program.\n\n" + "\n".join(sections))


def allowed(row):
    if "values" in row:
        values = row["values"]
        return ", ".join(f"`{value}`" for value in values)
    if row["type"] == "bool":
        return "`true`, `false`"
    if "minimum" in row:
        return f"{row['minimum']} to {row['maximum']}"
    return f"at most {row['max_length']} bytes" if "max_length" in row else "any text"


def both_sides(gallery, album, key):
    """The two pictures of the key's test, and what a value between them makes of each."""
    case = THRESHOLDS[key]
    sides = [case.lower, case.higher]
    values = [gallery.score(case.measure, *picture, **case.config) for picture in sides]
    middle = case.sign * sum(values) / 2
    flags = [gallery.flags(*picture, **case.config, **{key: middle}) for picture in sides]
    captions = [f"`{case.measure}` {value:.3g}: "
                + (f"`{case.flag}`" if case.flag in found else "not flagged")
                for value, found in zip(values, flags, strict=True)]
    if (case.flag in flags[0]) == (case.flag in flags[1]):
        raise RuntimeError(f"{key}: the pictures do not show it")
    return (f"With `{key}` {middle:.3g}:\n\n"
            + picture_row(album, list(zip(sides, ("one side", "the other side"), strict=True)),
                          captions))


def key_entry(row):
    lines = [f"### {row['name']}\n", row["help"], "",
             f"{row['type']}, default `{json.dumps(row['default'])}`, allowed: {allowed(row)}"]
    for operation, value in row.get("overrides", {}).items():
        lines.append(f"; in `{operation}` `{json.dumps(value)}`")
    if row.get("no_effect"):
        lines.append("; accepted without effect")
    return "\n".join(lines[:3]) + "\n" + "".join(lines[3:]) + ".\n"


def write_keys(pages, table):
    sections = []
    for gallery in open_gallery(lambda name: PICTURES / name):
        album = Album(gallery, pages / "pictures")
        for group in table["groups"]:
            sections.append(f"## {group['title']}\n")
            for row in table["keys"]:
                if row["group"] != group["id"]:
                    continue
                sections.append(key_entry(row))
                if row["name"] in THRESHOLDS:
                    sections.append(both_sides(gallery, album, row["name"]))
    (pages / "keys.md").write_text(
        "# Keys, one by one\n\nThe rules that hold for all of them are in"
        " [configuration.md](configuration.md). Where there are pictures, the value between their"
        " measures raises the flag on one of them only.\n\n"
        + "\n".join(sections))
