"""The pages with pictures: every trait of a face and of a document, and every configuration key
from both its sides.

Pictures and values are those of the tests. What is written under them is what the library answers
while the page is made; where it does not answer what the page is to show, there is no page.
"""

import contextlib
import json
import os
from pathlib import Path

import document_sides
import face_sides
from album import Album, flag_list, must
from document_pictures import open_desk
from face_pictures import open_gallery
from sides import file_name, show
from test_document_traits import CASES
from test_traits import RAISED_BY, TWINS, config_of

BUILD = Path(os.environ.get("PRIVID_BUILD_DIR", Path(__file__).resolve().parents[2] / "build"))
PICTURES = BUILD / "pictures"
# They say where a call goes and what it is called, or change nothing: nothing is to be seen.
WITHOUT_PICTURES = {
    "identifier", "fetch_timeout_ms", "https_verify_peer_cert", "collection_name",
    "send_original_images", "neighbors", "face_thresholds_min", "face_thresholds_max"}

open_faces = contextlib.contextmanager(lambda: open_gallery(lambda name: PICTURES / name))
open_documents = contextlib.contextmanager(open_desk)


def pair(album, flag, pictures, flags, said):
    """The section of a flag: a picture that raises it and one that does not."""
    must(flag in flags[0] and flag not in flags[1], flag)
    captions = [flag_list(found) for found in flags]
    shown = [(*picture, what) for picture, what in
             zip(pictures, (f"raises {flag}", "does not"), strict=True)]
    return f"## {flag}\n\n{said or ''}\n\n" + album.row(shown, captions)


def face_traits(album):
    with open_faces() as gallery:
        for flag, raising in RAISED_BY.items():
            both = (raising, (TWINS.get(flag, raising[0]), None))
            config = config_of(flag)
            yield pair(album, flag,
                       [(file_name(*one), gallery.picture(*one)) for one in both],
                       [gallery.flags(*one, **config) for one in both],
                       gallery.call(*raising, **config).user_feedback_message)


def document_traits(album):
    with open_documents() as desk:
        for flag, (raising, twin, config) in CASES.items():
            scans = [desk.scan(one, **config) for one in (raising, twin)]
            pictures = [(f"{flag}-{side}", document_sides.pixels_of(desk, one))
                        for side, one in (("raised", raising), ("not-raised", twin))]
            values = ", ".join(f"`{key}` {json.dumps(value)}" for key, value in config.items())
            said = scans[0].result.user_feedback_message + (f" (With {values}.)" if values else "")
            yield pair(album, flag, pictures, [scan.traits for scan in scans], said)


def write_gallery(pages):
    album = Album(pages)
    (pages / "gallery.md").write_text(
        "# Trait gallery: faces\n\nEvery flag of a face with a picture that raises it and one that"
        " does not, judged with the default configuration. The sentence is"
        " `user_feedback_message`, which names what to mend first for enrolment; without one,"
        " enrolment accepts the flag. What is measured and where the thresholds lie:"
        " [traits.md](traits.md). Most pictures are made from ordinary ones by program.\n\n"
        + "\n".join(face_traits(album)))
    (pages / "document-gallery.md").write_text(
        "# Trait gallery: documents\n\nEvery flag of a document with a picture that raises it and"
        " one that does not. The sentence is `user_feedback_message`, about the first flag that is"
        " raised. What is measured and where the thresholds lie:"
        " [documents.md](documents.md#traits-and-their-measures). Nobody's papers are shown: the"
        " documents are drawn by program, and so are the photographs of them.\n\n"
        + "\n".join(document_traits(album)))


def allowed(row):
    if "values" in row:
        values = row["values"]
        return ", ".join(f"`{value}`" for value in values)
    if row["type"] == "bool":
        return "`true`, `false`"
    if "minimum" in row:
        return f"{row['minimum']} to {row['maximum']}"
    return f"at most {row['max_length']} bytes" if "max_length" in row else "any text"


def key_entry(row):
    lines = [f"### {row['name']}\n", row["help"], "",
             f"{row['type']}, default `{json.dumps(row['default'])}`, allowed: {allowed(row)}"]
    for operation, value in row.get("overrides", {}).items():
        lines.append(f"; in `{operation}` `{json.dumps(value)}`")
    if row.get("no_effect"):
        lines.append("; accepted without effect")
    return "\n".join(lines[:3]) + "\n" + "".join(lines[3:]) + ".\n"


def pictured(table):
    """Both sides of each key that has them, as the pictures are made: faces, then documents."""
    sides = {}
    for open_one, module in ((open_faces, face_sides), (open_documents, document_sides)):
        with open_one() as one:
            sides |= {row["name"]: module.sides_of(one, row["name"]) for row in table["keys"]
                      if row["name"] not in sides or not sides[row["name"]]}
    for row in table["keys"]:
        must(bool(sides[row["name"]]) !=
             (row["name"] in WITHOUT_PICTURES or bool(row.get("no_effect"))), row["name"])
    return sides


def write_keys(pages, table):
    album = Album(pages)
    sides = pictured(table)
    sections = []
    for group in table["groups"]:
        sections.append(f"## {group['title']}\n")
        for row in table["keys"]:
            if row["group"] == group["id"]:
                sections.append(key_entry(row))
                if sides[row["name"]]:
                    sections.append(show(album, *sides[row["name"]]))
    (pages / "keys.md").write_text(
        "# Keys, one by one\n\nThe rules that hold for all of them are in"
        " [configuration.md](configuration.md). The pictures of a key show both its sides: for a"
        " threshold two pictures and a value between their measures, for a switch what changes"
        " with it. What is written under them is what the library said.\n\n"
        + "\n".join(sections))
