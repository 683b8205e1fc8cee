"""Machine readable zones as pictures: invented ones, and with parts of them covered."""

import random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

OCR_B = "/usr/share/fonts/opentype/ocr-b/OCRB.otf"
PLAIN = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
PASSPORT = (1476, 1039)
MARGIN = 50  # of a page, to each side of its zone and below


def draw_lines(canvas, lines, left, bottom, pitch, ink):
    """Characters at even distances, lines 2.5 of these apart."""
    font = ImageFont.truetype(OCR_B, round(pitch * 1.38), layout_engine=ImageFont.Layout.BASIC)
    for row, line in enumerate(lines):
        base = bottom - (len(lines) - 1 - row) * pitch * 2.5
        for i, character in enumerate(line):
            canvas.text((left + (i + .5) * pitch, base), character, font=font, fill=ink,
                        anchor="ms")


def page(lines, size, ground=225, ink=35):
    """A document with its zone at the bottom, and some print above."""
    width, height = size
    picture = Image.new("L", size, ground)
    canvas = ImageDraw.Draw(picture)
    font = ImageFont.truetype(PLAIN, 24, layout_engine=ImageFont.Layout.BASIC)
    words = ("SPECIMEN", "Surname / Nom", "Given names / Prénoms", "12.08.1974")
    for row, text in enumerate(words):
        canvas.text((width // 3, 60 + 60 * row), text, font=font, fill=ink)
    pitch = (width - 2 * MARGIN) / len(lines[0])
    draw_lines(canvas, lines, MARGIN, height - MARGIN, pitch, ink)
    return picture


def zone(lines, pitch=20, margin=20):
    picture = Image.new("L", (round(len(lines[0]) * pitch) + 2 * margin,
                              round(pitch * (2.5 * len(lines) - 1.2)) + 2 * margin), 225)
    draw_lines(ImageDraw.Draw(picture), lines, margin, picture.height - margin - pitch * .2, pitch,
               35)
    return picture


def digit(text):
    """The check digit, as Doc 9303-3 has it."""
    value = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}
    return str(sum(value[c] * (7, 3, 1)[i % 3] for i, c in enumerate(text)) % 10)


def invented(seed):
    """A passport's zone of a person that does not exist."""
    rng = random.Random(seed)
    name = "<<".join("".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=rng.randint(3, 9)))
                     for _ in range(2))
    number = "".join(rng.choices("0123456789ABCDEFGHJKLMNPRTUVWXYZ", k=9))
    dates = [f"{rng.randint(0, 99):02}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
             for _ in range(2)]
    optional = "".join(rng.choices("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<", k=14))
    birth, expiry = (date + digit(date) for date in dates)
    parts = (number + digit(number), birth, expiry + optional + digit(optional))
    return (f"P<UTO{name}".ljust(44, "<"),
            f"{parts[0]}UTO{parts[1]}{rng.choice('MF')}{parts[2]}{digit(''.join(parts))}")


def cover(rng, size):
    """Paper, a shade, a bright spot or skin, each with its noise."""
    width, height = size
    kind = rng.choice(("paper", "shade", "glare", "skin"))
    level = {"paper": rng.randint(40, 225), "shade": 150, "glare": 235,
             "skin": rng.randint(90, 190)}[kind]
    slope = {"paper": 0, "shade": 60, "glare": 15, "skin": rng.randint(-50, 50)}[kind]
    wave = rng.randint(3, 6) if kind == "skin" else 0
    noise = rng.uniform(0, 4)
    picture = Image.new("L", size)
    picture.putdata([round(level + slope * (x / width - .5) + wave * ((x + y // 3) % 9 < 3)
                           + rng.gauss(0, noise)) for y in range(height) for x in range(width)])
    return picture


def covered(seed):
    """A page on which one to five characters of the number or of the birth cannot be seen, at times
    blurred, and the lines that stood there."""
    rng = random.Random(seed)
    lines = invented(5000 + seed)
    count = rng.randint(1, 5)
    first = 13 + rng.randint(0, 6 - count) if seed % 3 == 1 else rng.randint(0, 9 - count)
    pitch = (PASSPORT[0] - 2 * MARGIN) / len(lines[1])
    left, right = (round(MARGIN + column * pitch) for column in (first, first + count))
    picture = page(lines, PASSPORT)
    picture.paste(cover(rng, (right - left, 60)), (left, PASSPORT[1] - 90))
    if seed % 2:
        picture = picture.filter(ImageFilter.GaussianBlur(1.2))
    return picture, lines
