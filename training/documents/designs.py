"""Documents of random designs of our own, drawn flat.

No layout is fixed: where portrait, fields, zone, codes and ornaments stand is drawn by lot within
what ISO/IEC 7810 and ICAO Doc 9303 make likely. A positive of the corner net is what these draw: a
card or page of an ISO/IEC 7810 format that carries contents of an identity document.
"""

from dataclasses import dataclass

import cv2
import draw as d
import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from zone import random_zone

LONG_SIDE = 640
FORMATS = {"ID-1": (85.60, 53.98, 3.18), "ID-2": (105.0, 74.0, 0.0), "ID-3": (125.0, 88.0, 3.0)}


@dataclass
class Document:
    pixels: np.ndarray  # height x width x 3, RGB
    cover: np.ndarray  # height x width, 255 where the document is, 0 beyond rounded corners
    kind: str  # format and side


class Canvas:
    """What is drawn on, in millimetres."""

    def __init__(self, rng, millimetres, portrait_format):
        wide, high = millimetres
        if portrait_format:
            wide, high = high, wide
        self.rng = rng
        self.scale = LONG_SIDE / max(wide, high)
        self.wide, self.high = wide, high
        self.width, self.height = round(wide * self.scale), round(high * self.scale)
        self.image = None
        self.pen = None
        self.ink = (0, 0, 0)

    def paint_ground(self):
        rng = self.rng
        kind = rng.choice(["light", "light", "light", "light", "any", "dark"])
        ground = d.gradient(rng, self.width, self.height, kind)
        if rng.random() < 0.85:
            d.guilloche(rng, ground, int(rng.integers(8, 60)))
        self.image = Image.fromarray(np.clip(ground, 0, 255).astype(np.uint8))
        self.pen = ImageDraw.Draw(self.image, "RGB")
        bright = ground.mean() > 115
        self.ink = d.random_colour(rng, "dark" if bright else "light")

    def px(self, *values):
        return [value * self.scale for value in values]

    def text(self, x, y, height, text, font_name=None, colour=None):
        """Returns the width in millimetres."""
        size = max(5, int(height * self.scale * 1.35))
        font = d.font(font_name, size) if font_name else d.random_font(self.rng, size)
        self.pen.text((x * self.scale, y * self.scale), text, fill=colour or self.ink, font=font)
        return self.pen.textlength(text, font=font) / self.scale

    def paste(self, picture, x, y, mask=None):
        self.image.paste(picture, (round(x * self.scale), round(y * self.scale)), mask)


def paint_portrait(canvas, portraits, x, y, width, height):
    rng = canvas.rng
    w, h = max(8, round(width * canvas.scale)), max(8, round(height * canvas.scale))
    if portraits and rng.random() < 0.6:
        face = portraits[rng.integers(len(portraits))].copy()
        ratio = w / h
        cut = min(face.width / ratio, face.height)
        face = face.crop((0, 0, int(cut * ratio), int(cut))).resize((w, h))
    else:
        face = d.drawn_face(rng, w, h)
    if rng.random() < 0.45:
        face = face.convert("L").convert("RGB")
    mask = None
    if rng.random() < 0.25:
        mask = Image.new("L", (w, h), 0)
        ImageDraw.Draw(mask).ellipse((-w * 0.1, 0, w * 1.1, h * 1.15), fill=255)
        mask = mask.filter(ImageFilter.GaussianBlur(w * 0.04))
    canvas.paste(face, x, y, mask)
    if rng.random() < 0.3:
        ghost = face.resize((max(4, w // 2), max(4, h // 2)))
        canvas.paste(
            ghost,
            canvas.wide * rng.uniform(0.6, 0.85),
            canvas.high * rng.uniform(0.4, 0.7),
            Image.new("L", ghost.size, int(rng.integers(60, 140))),
        )


def paint_header(canvas):
    rng = canvas.rng
    height = canvas.high * rng.uniform(0.08, 0.16)
    if rng.random() < 0.5:
        canvas.pen.rectangle(
            (0, 0, canvas.width, height * canvas.scale), fill=d.random_colour(rng, "any")
        )
    x = canvas.wide * rng.uniform(0.03, 0.35)
    canvas.text(
        x,
        height * 0.15,
        height * rng.uniform(0.3, 0.5),
        d.random_words(rng, 2, 4),
        colour=d.random_colour(rng, "any") if rng.random() < 0.4 else None,
    )
    if rng.random() < 0.6:
        canvas.text(x, height * 0.6, height * 0.25, d.random_words(rng, 2, 5))
    if rng.random() < 0.6:
        radius = height * canvas.scale * rng.uniform(0.4, 1.2)
        d.rosette(rng, canvas.pen, canvas.width * rng.uniform(0.03, 0.97), radius, radius)
    if rng.random() < 0.5:
        left, top = canvas.px(canvas.wide * rng.choice([0.02, 0.86]), height * 0.15)
        for k in range(3):
            canvas.pen.rectangle(
                (
                    left,
                    top + k * height * canvas.scale * 0.22,
                    left + canvas.width * 0.11,
                    top + (k + 1) * height * canvas.scale * 0.22,
                ),
                fill=d.random_colour(rng, "any"),
            )
    return height


def paint_fields(canvas, left, top, right, bottom):
    rng = canvas.rng
    columns = 1 if right - left < 35 else int(rng.integers(1, 4))
    step = rng.uniform(4.2, 8.5)
    size = step * rng.uniform(0.3, 0.45)
    dense = 0.85
    if rng.random() < 0.2:  # few of them
        step, dense = step * rng.uniform(1.2, 2), 0.6
    files = d.font_files()
    label_font, value_font = (files[rng.integers(len(files))] for _ in range(2))
    for column in range(columns):
        x = left + (right - left) * column / columns
        y = top
        while y + step < bottom:
            if rng.random() < dense:
                canvas.text(
                    x,
                    y,
                    size * 0.55,
                    d.random_words(rng, 1, 3).lower(),
                    label_font,
                    d.random_colour(rng, "any") if rng.random() < 0.1 else None,
                )
                canvas.text(x, y + size * 0.75, size, d.random_value(rng), value_font)
            y += step


def paint_zone(canvas, kind):
    """At the bottom, in OCR-B; returns its upper edge."""
    rng = canvas.rng
    lines = random_zone(rng, kind)
    pitch = (canvas.wide - 2 * rng.uniform(2.5, 5)) / len(lines[0])
    size = int(pitch * canvas.scale / 0.6)
    step = pitch * rng.uniform(1.6, 2.3)
    top = canvas.high - step * len(lines) - rng.uniform(1.5, 4.5)
    if rng.random() < 0.6:
        canvas.pen.rectangle(
            (0, top * canvas.scale - 6, canvas.width, canvas.height),
            fill=d.random_colour(rng, "light"),
        )
    font = d.font(d.OCR_B, max(6, size))
    ink = d.random_colour(rng, "dark")
    left = (canvas.wide - pitch * len(lines[0])) / 2
    for row, line in enumerate(lines):
        for column, character in enumerate(line):
            canvas.pen.text(
                ((left + column * pitch) * canvas.scale, (top + row * step) * canvas.scale),
                character,
                fill=ink,
                font=font,
            )
    return top - 2


def paint_codes(canvas, top, bottom):
    rng = canvas.rng
    kind = rng.integers(3)
    if kind == 0:
        rows, columns = int(rng.integers(10, 26)), int(rng.integers(60, 170))
        code = d.matrix_code(rng, rows, columns, 2, 3)
        wide = canvas.width * rng.uniform(0.5, 0.92)
        code = code.resize((int(wide), int(wide * rng.uniform(0.18, 0.35))))
    elif kind == 1:
        code = d.matrix_code(rng, 25, 25, 4)
    else:
        code = d.bar_code(rng, int(canvas.width * rng.uniform(0.3, 0.8)), int(canvas.height * 0.1))
    y = rng.uniform(top, max(top + 1, bottom - code.height / canvas.scale))
    x = rng.uniform(0.02, 1) * max(0.5, canvas.wide - code.width / canvas.scale)
    canvas.paste(code, x, y)


def paint_ornaments(canvas):
    rng = canvas.rng
    if rng.random() < 0.4:
        x, y = rng.uniform(0.1, 0.9) * canvas.width, rng.uniform(0.2, 0.8) * canvas.height
        d.rosette(rng, canvas.pen, x, y, canvas.height * rng.uniform(0.05, 0.2))
    if rng.random() < 0.35:
        x, y = canvas.wide * rng.uniform(0.4, 0.8), canvas.high * rng.uniform(0.6, 0.8)
        d.signature(rng, canvas.pen, canvas.px(x, y, x + canvas.wide * 0.2, y + canvas.high * 0.12))
    if rng.random() < 0.15:
        band = canvas.high * rng.uniform(0.1, 0.2)
        y = canvas.high * rng.uniform(0.03, 0.2)
        canvas.pen.rectangle(
            (0, y * canvas.scale, canvas.width, (y + band) * canvas.scale),
            fill=d.random_colour(rng, "dark"),
        )


def paint_bands(canvas):
    """Wide stripes of one colour along a side, or all around: they look like ground."""
    rng = canvas.rng
    wide, high = canvas.width, canvas.height
    colour = d.random_colour(rng, "any")
    share = rng.uniform(0.08, 0.32)
    boxes = {
        "top": (0, 0, wide, high * share),
        "bottom": (0, high * (1 - share), wide, high),
        "left": (0, 0, wide * share, high),
        "right": (wide * (1 - share), 0, wide, high),
    }
    for side in rng.choice(list(boxes), rng.integers(1, 3), replace=False):
        canvas.pen.rectangle(boxes[side], fill=colour)


def paint_front(canvas, portraits, zone_kind):
    rng = canvas.rng
    top = paint_header(canvas)
    bottom = canvas.high
    if zone_kind:
        bottom = paint_zone(canvas, zone_kind)
    height = min((bottom - top) * rng.uniform(0.65, 0.95), 48)
    width = height * rng.uniform(0.72, 0.85)
    margin = canvas.wide * rng.uniform(0.02, 0.07)
    right = rng.random() < 0.2
    x = canvas.wide - width - margin if right else margin
    paint_portrait(
        canvas, portraits, x, top + (bottom - top - height) * rng.uniform(0.2, 0.8), width, height
    )
    left = margin if right else margin * 2 + width
    paint_fields(canvas, left, top + 2, left + canvas.wide - width - 3 * margin, bottom)
    if rng.random() < 0.25:
        d.chip(rng, canvas.pen, *canvas.px(left + rng.uniform(0, 20), top + rng.uniform(4, 15), 11))


def paint_back(canvas, portraits, zone_kind):
    rng = canvas.rng
    bottom = paint_zone(canvas, zone_kind) if zone_kind else canvas.high * rng.uniform(0.5, 0.95)
    top = paint_header(canvas) if rng.random() < 0.4 else 2.0
    paint_fields(canvas, canvas.wide * 0.04, top + 1, canvas.wide * rng.uniform(0.55, 0.95), bottom)
    if not zone_kind or rng.random() < 0.4:
        paint_codes(canvas, top, canvas.high * 0.95 if not zone_kind else bottom)
    if rng.random() < 0.3:
        height = (bottom - top) * rng.uniform(0.3, 0.6)
        paint_portrait(
            canvas, portraits, canvas.wide * rng.uniform(0.6, 0.75), top + 2, height * 0.8, height
        )


def rounded_cover(width, height, radius):
    cover = Image.new("L", (width * 2, height * 2), 0)
    ImageDraw.Draw(cover).rounded_rectangle(
        (0, 0, width * 2 - 1, height * 2 - 1), radius * 2, fill=255
    )
    return np.array(cover.resize((width, height), Image.BOX))


def random_document(rng, portraits):
    """One document. portraits: PIL pictures of faces, may be empty."""
    name = rng.choice(["ID-1", "ID-1", "ID-1", "ID-2", "ID-3", "ID-3"])
    wide, high, radius = FORMATS[name]
    front = name == "ID-3" or rng.random() < 0.6
    portrait_format = name == "ID-1" and rng.random() < 0.08
    canvas = Canvas(rng, (wide, high), portrait_format)
    canvas.paint_ground()
    paint_ornaments(canvas)
    if rng.random() < 0.25:
        paint_bands(canvas)
    zone = {"ID-1": "TD1", "ID-2": "TD2", "ID-3": "TD3"}[name]
    likely = {"ID-1": 0.12 if front else 0.6, "ID-2": 0.8, "ID-3": 0.95}[name]
    zone = zone if rng.random() < likely and not portrait_format else None
    (paint_front if front else paint_back)(canvas, portraits, zone)
    pixels = np.asarray(canvas.image)
    if rng.random() < 0.3:  # a darker or lighter rim
        pixels = pixels.copy()
        cv2.rectangle(
            pixels,
            (0, 0),
            (canvas.width - 1, canvas.height - 1),
            d.random_colour(rng, "any"),
            int(rng.integers(1, 6)),
        )
    if name == "ID-2":
        radius = rng.choice([0.0, 3.0])
    cover = rounded_cover(canvas.width, canvas.height, radius * canvas.scale)
    return Document(pixels, cover, f"{name} {'front' if front else 'back'}")
