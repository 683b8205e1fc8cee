#!/usr/bin/env python3
"""Puts the pages of the site together in build/site/pages: those of docs/, the model cards,
galleries of all traits and a page with every configuration key, with pictures that are judged on
the spot, as are those of the page of concepts.

Links to files that are no pages become links to the model cards' pages or to the reference made
from the header; anything else that leaves docs/ is named in monospace instead.
"""

import json
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "build" / "site" / "pages"
sys.path[:0] = [str(ROOT / "sdk" / "tests"), str(Path(__file__).parent)]

from album import Album  # noqa: E402
from concepts import place_pictures  # noqa: E402
from gallery import write_gallery, write_keys  # noqa: E402

LINK = re.compile(r"\[([^\]]+)\]\((\.\./[^)#]+)(#[^)]*)?\)")


def replaced(depth):
    """How links that leave docs/ are written on a page `depth` folders below it."""
    up = "../" * depth

    def replace(link):
        text, target, _ = link.groups()
        target = target.removeprefix("../" * (depth + 1))
        if target.startswith("../") or depth and link.group(2).count("../") <= depth:
            return link.group(0)
        if target.startswith("models/cards/") and target.endswith(".md"):
            return f"[{text}]({up}cards/{Path(target).name})"
        if target == "include/privid/privid.h":
            return f"[{text}]({up}c-reference/privid_8h.html)"
        return f"`{target}`" if text.strip("`") == target else f"{text} (`{target}`)"
    return replace


def copy_page(source, target, depth):
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(LINK.sub(replaced(depth), source.read_text()))


def copy_card(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    # Links between cards stay, all others leave what becomes a page.
    target.write_text(re.sub(r"\[([^\]]+)\]\((?:\.\./)+[^)]*\)", r"\1", source.read_text()))


def main():
    shutil.rmtree(PAGES, ignore_errors=True)
    for source in sorted((ROOT / "docs").rglob("*.md")):
        place = source.relative_to(ROOT / "docs")
        copy_page(source, PAGES / place, len(place.parts) - 1)
    for source in sorted((ROOT / "models" / "cards").glob("*.md")):
        copy_card(source, PAGES / "cards" / source.name)
    table = json.loads((ROOT / "src" / "config" / "keys.json").read_text())
    place_pictures(Album(PAGES), PAGES / "concepts.md")
    write_gallery(PAGES)
    write_keys(PAGES, table)
    print(f"site: {len(list(PAGES.rglob('*.md')))} pages, "
          f"{len(list(PAGES.rglob('*.jpg')))} pictures")


if __name__ == "__main__":
    main()
