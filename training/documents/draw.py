"""Small things that documents and scenes are drawn from: fonts, texts, patterns, faces."""

import functools
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONT_FOLDERS = ("/usr/share/fonts/truetype", "/usr/share/fonts/opentype")
OCR_B = "/usr/share/fonts/opentype/ocr-b/OCRB.otf"
WORDS = (
    "REPUBLIC IDENTITY CARD PASSPORT KINGDOM OF STATE RESIDENCE PERMIT DRIVING LICENCE NATIONAL"
    " SURNAME GIVEN NAMES DATE BIRTH EXPIRY PLACE AUTHORITY NATIONALITY SEX NUMBER SIGNATURE"
    " HEIGHT EYES ADDRESS ISSUED TYPE CODE PERSONAL HOLDER MINISTRY INTERIOR REMARKS CLASS"
).split()


@functools.cache
def font_files():
    """Text fonts that are installed; oblique ones and symbols left out."""
    files = [
        str(path) for folder in FONT_FOLDERS for path in sorted(Path(folder).rglob("*.[ot]tf"))
    ]
    left_out = ("ocr", "symbol", "dingbat", "icon", "d050", "standardsymbols")
    return [name for name in files if not any(word in name.lower() for word in left_out)]


@functools.lru_cache(maxsize=512)
def font(name, size):
    return ImageFont.truetype(name, size)


def random_font(rng, size):
    files = font_files()
    return font(files[rng.integers(len(files))], max(5, int(size)))


def random_words(rng, least, most):
    return " ".join(WORDS[i] for i in rng.integers(len(WORDS), size=rng.integers(least, most + 1)))


def random_value(rng):
    kind = rng.integers(4)
    if kind == 0:
        return f"{rng.integers(1, 29):02d}.{rng.integers(1, 13):02d}.{rng.integers(1940, 2036)}"
    if kind == 1:
        return "".join("ABCDEFGHJKLMNPRSTUVWXYZ0123456789"[i] for i in rng.integers(33, size=9))
    return random_words(rng, 1, 2)


def random_colour(rng, kind):
    """RGB; kind is light, dark or any."""
    low, high = {"light": (150, 255), "dark": (0, 90), "any": (0, 255)}[kind]
    grey = rng.uniform(low, high)
    colour = np.clip(grey + rng.normal(0, rng.uniform(3, 40), 3), 0, 255)
    return tuple(int(value) for value in colour)


def gradient(rng, width, height, kind):
    """Between two or three colours in a random direction, as floats."""
    colours = [np.array(random_colour(rng, kind), np.float32) for _ in range(rng.integers(2, 4))]
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    along = x / width * np.cos(angle) + y / height * np.sin(angle)
    along = (along - along.min()) / max(float(np.ptp(along)), 1e-6) * (len(colours) - 1)
    place = np.minimum(along.astype(int), len(colours) - 2)
    share = (along - place)[..., None]
    table = np.stack(colours)
    return table[place] * (1 - share) + table[place + 1] * share


def guilloche(rng, picture, lines):
    """Families of fine waves over the picture (floats, changed in place)."""
    height, width = picture.shape[:2]
    layer = picture.copy()
    for _ in range(rng.integers(1, 4)):
        colour = random_colour(rng, "any")
        x = np.arange(0, width + 8, 8, dtype=np.float32)
        period, depth = rng.uniform(60, 500), rng.uniform(4, 60)
        step, phase = rng.uniform(5, 18), rng.uniform(0, 7)
        tilt = rng.uniform(-0.4, 0.4)
        for k in range(lines):
            y = (
                k * step
                + depth * np.sin(x / period * 6.28 + phase + k * rng.uniform(0, 0.02))
                + tilt * x
            )
            points = np.stack([x, y], 1).astype(np.int32)
            cv2.polylines(layer, [points], False, colour, 1, cv2.LINE_AA)
    share = rng.uniform(0.08, 0.45)
    picture *= 1 - share
    picture += share * layer


def rosette(rng, draw, x, y, radius):
    for _ in range(rng.integers(2, 5)):
        count, inner = rng.integers(5, 14), rng.uniform(0.4, 0.9)
        turns = np.arange(count * 2) / (count * 2) * 6.283 + rng.uniform(0, 3)
        radii = radius * rng.uniform(0.5, 1) * np.where(np.arange(count * 2) % 2, inner, 1)
        points = [(x + r * np.cos(t), y + r * np.sin(t)) for r, t in zip(radii, turns, strict=True)]
        draw.polygon(points, fill=random_colour(rng, "any"), outline=random_colour(rng, "any"))


def drawn_face(rng, width, height):
    """A simple portrait: background, shoulders, neck, head, hair, eyes, mouth."""
    image = Image.new("RGB", (width, height), random_colour(rng, "light"))
    draw = ImageDraw.Draw(image)
    depth = rng.uniform(0.25, 1)
    skin = tuple(
        int(v * depth)
        for v in (
            235 + rng.integers(-10, 11),
            190 + rng.integers(-25, 16),
            160 + rng.integers(-35, 21),
        )
    )
    hair = random_colour(rng, "dark") if rng.random() < 0.8 else random_colour(rng, "any")
    middle, head = width / 2 + rng.normal(0, 2), width * rng.uniform(0.24, 0.31)
    top, chin = height * rng.uniform(0.12, 0.2), height * rng.uniform(0.66, 0.74)
    draw.ellipse(
        (
            middle - head * 1.15,
            top - head * 0.35,
            middle + head * 1.15,
            chin * rng.uniform(0.7, 1.15),
        ),
        fill=hair,
    )
    draw.ellipse(
        (middle - width * 0.48, height * 0.78, middle + width * 0.48, height * 1.5),
        fill=random_colour(rng, "any"),
    )
    draw.rectangle(
        (middle - head * 0.45, chin * 0.9, middle + head * 0.45, height * 0.85),
        fill=tuple(int(v * 0.85) for v in skin),
    )
    draw.ellipse((middle - head, top, middle + head, chin), fill=skin)
    draw.chord(
        (middle - head, top - 2, middle + head, chin),
        180 + rng.integers(5, 30),
        360 - rng.integers(5, 30),
        fill=hair,
    )
    eye = top + (chin - top) * 0.48
    for side in (-1, 1):
        x = middle + side * head * 0.42
        draw.ellipse(
            (x - head * 0.17, eye - head * 0.08, x + head * 0.17, eye + head * 0.08),
            fill=(240, 240, 240),
        )
        draw.ellipse(
            (x - head * 0.08, eye - head * 0.08, x + head * 0.08, eye + head * 0.08),
            fill=random_colour(rng, "dark"),
        )
        draw.line(
            (x - head * 0.22, eye - head * 0.24, x + head * 0.22, eye - head * 0.26),
            fill=hair,
            width=max(1, int(head * 0.08)),
        )
    draw.line(
        (middle, eye, middle - head * 0.1, eye + head * 0.5),
        fill=tuple(int(v * 0.75) for v in skin),
        width=max(1, int(head * 0.07)),
    )
    draw.ellipse(
        (middle - head * 0.3, chin - head * 0.55, middle + head * 0.3, chin - head * 0.4),
        fill=(int(skin[0] * 0.8), int(skin[1] * 0.5), int(skin[2] * 0.5)),
    )
    return image


def signature(rng, draw, box):
    left, top, right, bottom = box
    x = np.sort(rng.uniform(left, right, 14))
    y = rng.uniform(top, bottom, 14)
    curve = np.linspace(0, 13, 80)
    points = list(zip(np.interp(curve, range(14), x), np.interp(curve, range(14), y), strict=True))
    draw.line(points, fill=random_colour(rng, "dark"), width=rng.integers(1, 4), joint="curve")


def chip(rng, draw, x, y, size):
    colour = (200 + rng.integers(-20, 20), 170 + rng.integers(-20, 20), 90 + rng.integers(-30, 60))
    colour = tuple(int(value) for value in colour)
    draw.rounded_rectangle(
        (x, y, x + size, y + size * 0.85), size * 0.15, fill=colour, outline=(90, 80, 50)
    )
    for k in (0.33, 0.66):
        draw.line((x, y + size * 0.85 * k, x + size, y + size * 0.85 * k), fill=(90, 80, 50))
    draw.rectangle(
        (x + size * 0.33, y + size * 0.2, x + size * 0.66, y + size * 0.65), outline=(90, 80, 50)
    )


def matrix_code(rng, rows, columns, module, stretch=1):
    """Looks like a code of squares or, stretched, of stacked bars."""
    cells = (rng.random((rows, columns)) < 0.5).astype(np.uint8) * 255
    if stretch > 1:
        cells[:, :2] = 0
        cells[:, -2:] = 0
    return (
        Image.fromarray(cells)
        .resize((columns * module, rows * module * stretch), Image.NEAREST)
        .convert("RGB")
    )


def bar_code(rng, width, height):
    bars = np.repeat(rng.random(width // 2 + 1) < 0.5, 2)[:width]
    return Image.fromarray(np.tile(bars.astype(np.uint8) * 255, (height, 1))).convert("RGB")
