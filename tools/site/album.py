"""Pictures beside the pages, and rows of them with a line under each."""

from pathlib import Path

import numpy as np
from PIL import Image

WIDTH = 220  # of a picture on a page, pixels


class Album:
    """Pictures as files beside the pages."""

    def __init__(self, pages):
        self.folder = pages / "pictures"
        self.folder.mkdir(parents=True, exist_ok=True)

    def place(self, name, picture):
        """Where the picture is, relative to the page; made when its name is first used."""
        file = f"{name.replace(' ', '-').replace('_', '-')}.jpg"
        if not (self.folder / file).exists():
            if not isinstance(picture, Image.Image):
                picture = Image.fromarray(np.ascontiguousarray(picture))
            picture = picture.convert("RGB")
            picture.thumbnail((WIDTH * 2, WIDTH * 2))
            picture.save(self.folder / file, quality=88)
        return Path("pictures") / file

    def row(self, shown, captions):
        """shown: a picture's name, the picture, and what it is; captions: a line for each."""
        images = [f"![{what}]({self.place(name, picture)}){{ width={WIDTH} }}"
                  for name, picture, what in shown]
        rule = " | ".join(["---"] * len(images))
        return f"| {' | '.join(images)} |\n| {rule} |\n| {' | '.join(captions)} |\n"


def flag_list(flags):
    return ", ".join(f"`{flag}`" for flag in sorted(flags)) or "no flag"


def must(shown, what):
    """A page never says what the library did not."""
    if not shown:
        raise RuntimeError(f"{what}: the pictures do not show it")
