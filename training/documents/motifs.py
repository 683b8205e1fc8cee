"""What prints, screens and covers show: photographs, drawn scenes, faces, lines of type."""

import draw as d
import numpy as np
import scenes
from PIL import Image, ImageDraw, ImageOps

LONG = 480  # pixels of the longer side
NAMES = (
    "the of river winter garden letters from light summer history little house on a sea night city"
    " mountain friends we stories world bread music cats new guide to great love sky paper"
).split()


def words(rng, least, most):
    chosen = " ".join(
        NAMES[i] for i in rng.integers(len(NAMES), size=rng.integers(least, most + 1))
    )
    return [chosen.lower, chosen.upper, chosen.title][rng.integers(3)]()


def size_of(ratio):
    """Width and height of something that is ratio times as high as it is wide."""
    return (LONG, round(LONG * ratio)) if ratio <= 1 else (round(LONG / ratio), LONG)


def plain(rng, width, height, kind="any"):
    picture = d.gradient(rng, width, height, kind)
    if rng.random() < 0.5:
        picture[:] = d.random_colour(rng, kind)
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def text(rng, pen, x, y, size, line, colour=None):
    pen.text(
        (x, y), line, fill=colour or d.random_colour(rng, "any"), font=d.random_font(rng, size)
    )


def paragraph(rng, pen, box, size, colour):
    """Lines of grey print: no more is left of small type."""
    left, top, right, bottom = box
    font = d.random_font(rng, size)
    while top + size < bottom:
        line = words(rng, 8, 16)
        while pen.textlength(line, font=font) > max(20, right - left):
            line = line[: int(len(line) * 0.85)]
            if len(line) < 4:
                break
        pen.text((left, top), line, fill=colour, font=font)
        top += size * (1.35 if rng.random() < 0.9 else 2.4)


def code_bars(rng, width, height):
    return ImageOps.expand(d.bar_code(rng, max(8, int(width)), max(6, int(height))), 4, "white")


def landscape(rng, width, height):
    """Sky, ranges of hills or waves, a sun, trees."""
    picture = plain(rng, width, height)
    pen = ImageDraw.Draw(picture)
    if rng.random() < 0.5:
        x, y, r = (
            rng.uniform(0, width),
            rng.uniform(0, height * 0.5),
            height * rng.uniform(0.03, 0.12),
        )
        pen.ellipse((x - r, y - r, x + r, y + r), fill=d.random_colour(rng, "light"))
    x = np.linspace(0, width, 40)
    for share in np.sort(rng.uniform(0.3, 1, rng.integers(2, 6))):
        waves = sum(np.sin(x / width * rng.uniform(2, 30) + rng.uniform(0, 6)) for _ in range(3))
        ridge = height * (share + rng.uniform(0.005, 0.05) * waves)
        points = [*zip(x.tolist(), ridge.tolist(), strict=True), (width, height), (0, height)]
        pen.polygon(points, fill=d.random_colour(rng, "any"))
    for _ in range(rng.integers(0, 12)):
        x, y, r = (
            rng.uniform(0, width),
            height * rng.uniform(0.45, 0.95),
            height * rng.uniform(0.02, 0.15),
        )
        pen.rectangle((x - r / 8, y, x + r / 8, y + r), fill=d.random_colour(rng, "dark"))
        pen.ellipse((x - r / 2, y - r, x + r / 2, y + r / 3), fill=d.random_colour(rng, "any"))
    return picture


def people(rng, width, height):
    """One to five drawn heads and shoulders."""
    picture = plain(rng, width, height) if rng.random() < 0.6 else landscape(rng, width, height)
    for _ in range(rng.integers(1, 6)):
        h = int(height * rng.uniform(0.35, 1.0))
        w = max(8, int(h * rng.uniform(0.6, 0.85)))
        face = d.drawn_face(rng, w, max(10, h))
        mask = Image.new("L", face.size, 0)
        pen = ImageDraw.Draw(mask)
        pen.ellipse((w * 0.18, h * 0.05, w * 0.82, h * 0.78), fill=255)
        pen.ellipse((0, h * 0.76, w, h * 1.5), fill=255)
        picture.paste(face, (int(rng.uniform(-0.2, 0.9) * width), height - h), mask)
    return picture


def graded(rng, picture):
    """Another exposure and tint; now and then grey or brown."""
    if rng.random() < 0.15:
        picture = picture.convert("L").convert("RGB")
    pixels = np.asarray(picture, np.float32) * rng.uniform(0.6, 1.25)
    pixels = pixels * (1 + rng.normal(0, 0.08, 3)) + rng.normal(0, 12)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def motif(rng, sources, width, height):
    """A photograph, cut and graded anew each time, or a drawn scene."""
    kind = rng.random()
    if kind < 0.2:
        return landscape(rng, width, height)
    if kind < 0.35:
        return people(rng, width, height)
    if kind < 0.42:
        ground = Image.fromarray(scenes.random_ground(rng))
        return ImageOps.fit(ground, (width, height))
    chosen = sources.portraits if kind < 0.68 and sources.portraits else sources.photographs
    if not len(chosen):
        return people(rng, width, height)
    picture = Image.fromarray(np.asarray(chosen[rng.integers(len(chosen))]))
    if rng.random() < 0.5:
        picture = ImageOps.mirror(picture)
    cut = rng.uniform(0.45, 1) * min(picture.width, picture.height * width / height)
    high = cut * height / width
    left, top = rng.uniform(0, picture.width - cut), rng.uniform(0, picture.height - high)
    box = (left, top, min(picture.width, left + cut), min(picture.height, top + high))
    return graded(rng, picture.resize((width, height), Image.BILINEAR, box))


def portrait(rng, sources, width, height):
    if sources.portraits and rng.random() < 0.6:
        face = sources.portraits[rng.integers(len(sources.portraits))]
        return graded(rng, ImageOps.fit(face, (width, height)))
    return d.drawn_face(rng, width, height)
