"""Telephones and other screens: bezels, what they show, backs."""

import draw as d
import numpy as np
import scenes
from motifs import motif, paragraph, plain, portrait, size_of, text, words
from PIL import Image, ImageDraw


def status_bar(rng, pen, box, ink):
    left, top, right, _ = box
    size = max(6, (right - left) // 22)
    text(
        rng,
        pen,
        left + size,
        top + size * 0.3,
        size,
        f"{rng.integers(24)}:{rng.integers(60):02d}",
        ink,
    )
    pen.rectangle((right - size * 3, top + size * 0.5, right - size, top + size * 1.3), outline=ink)


def home_screen(rng, image, box, sources):
    left, top, right, bottom = box
    pen = ImageDraw.Draw(image)
    columns, rows = int(rng.integers(3, 6)), int(rng.integers(3, 8))
    step = (right - left) / columns
    side, radius = step * rng.uniform(0.5, 0.8), rng.uniform(0.05, 0.5)
    high = (bottom - top) * rng.uniform(0.75, 0.9) / rows
    label = d.random_font(rng, max(5, step * 0.15))
    first = top + (bottom - top) * rng.uniform(0.04, 0.12)
    for row in range(rows):
        for column in range(columns):
            if rng.random() < 0.12:
                continue
            x, y = left + (column + 0.5) * step - side / 2, first + row * high
            pen.rounded_rectangle(
                (x, y, x + side, y + side), side * radius, fill=d.random_colour(rng, "any")
            )
            inner = side * rng.uniform(0.15, 0.35)
            mark = (x + inner, y + inner, x + side - inner, y + side - inner)
            (pen.ellipse if rng.random() < 0.5 else pen.rectangle)(
                mark, fill=d.random_colour(rng, "any")
            )
            pen.text((x, y + side * 1.05), words(rng, 1, 1)[:8], fill="white", font=label)
    if rng.random() < 0.7:
        pen.rounded_rectangle(
            (left + 6, bottom - step, right - 6, bottom - 6),
            step * 0.2,
            fill=d.random_colour(rng, "light"),
        )


def lock_screen(rng, image, box, sources):
    left, top, right, bottom = box
    pen = ImageDraw.Draw(image)
    ink = "white" if rng.random() < 0.8 else d.random_colour(rng, "dark")
    size = (right - left) * rng.uniform(0.15, 0.28)
    text(
        rng,
        pen,
        left + (right - left) * 0.15,
        top + (bottom - top) * rng.uniform(0.08, 0.25),
        size,
        f"{rng.integers(24):02d}:{rng.integers(60):02d}",
        ink,
    )
    for k in range(rng.integers(0, 4)):
        y = top + (bottom - top) * (0.45 + 0.13 * k)
        pen.rounded_rectangle(
            (left + 8, y, right - 8, y + (bottom - top) * 0.11),
            8,
            fill=d.random_colour(rng, "light"),
        )
        text(rng, pen, left + 16, y + 5, size * 0.25, words(rng, 2, 4)[:24], (40, 40, 40))


def chat_screen(rng, image, box, sources):
    left, top, right, bottom = box
    pen = ImageDraw.Draw(image)
    pen.rectangle(box, fill=d.random_colour(rng, "light" if rng.random() < 0.6 else "dark"))
    pen.rectangle((left, top, right, top + (bottom - top) * 0.1), fill=d.random_colour(rng, "any"))
    bubbles = d.random_colour(rng, "any"), d.random_colour(rng, "light")
    y, wide = top + (bottom - top) * 0.13, right - left
    while y < bottom * 0.92:
        high, own = (bottom - top) * rng.uniform(0.04, 0.16), int(rng.random() < 0.5)
        w = wide * rng.uniform(0.3, 0.75)
        x = right - w - 8 if own else left + 8
        pen.rounded_rectangle((x, y, x + w, min(bottom, y + high)), 8, fill=bubbles[own])
        paragraph(
            rng,
            pen,
            (x + 6, y + 3, x + w - 6, min(bottom, y + high)),
            wide * 0.045,
            d.random_colour(rng, "dark"),
        )
        y += high + (bottom - top) * 0.02


def list_screen(rng, image, box, sources):
    """An application: a header, rows with a picture each, or a large picture and text."""
    left, top, right, bottom = box
    pen = ImageDraw.Draw(image)
    ground = d.random_colour(rng, "light" if rng.random() < 0.7 else "dark")
    ink = d.random_colour(rng, "dark" if sum(ground) > 380 else "light")
    pen.rectangle(box, fill=ground)
    wide, y = right - left, top + (bottom - top) * 0.05
    if rng.random() < 0.6:
        pen.rectangle(
            (left, top, right, y + (bottom - top) * 0.06), fill=d.random_colour(rng, "any")
        )
    if rng.random() < 0.4:
        high = int((bottom - top) * rng.uniform(0.2, 0.45))
        image.paste(motif(rng, sources, int(wide), high), (int(left), int(y)))
        y += high + 4
    step = (bottom - top) * rng.uniform(0.06, 0.16)
    while y + step < bottom:
        side = step * 0.8
        if rng.random() < 0.8:
            pen.rectangle(
                (left + 6, y, left + 6 + side, y + side), fill=d.random_colour(rng, "any")
            )
        paragraph(
            rng, pen, (left + side + 14, y, right - 6, y + step * 0.8), max(5, step * 0.28), ink
        )
        y += step


def photo_screen(rng, image, box, sources):
    left, top, right, bottom = (int(v) for v in box)
    high = bottom - top if rng.random() < 0.5 else int((right - left) * rng.uniform(0.6, 1.4))
    high = min(high, bottom - top)
    ImageDraw.Draw(image).rectangle(box, fill=d.random_colour(rng, "dark"))
    make = portrait if rng.random() < 0.4 else motif
    image.paste(make(rng, sources, right - left, high), (left, (top + bottom - high) // 2))


def dark_screen(rng, image, box, sources):
    glass = plain(rng, image.width, image.height, "dark").crop(tuple(int(v) for v in box))
    image.paste(glass, (int(box[0]), int(box[1])))


SCREENS = (
    home_screen,
    home_screen,
    lock_screen,
    chat_screen,
    list_screen,
    list_screen,
    photo_screen,
    dark_screen,
)


def filled(rng, image, box, sources):
    """Something on a screen, which has a wallpaper first."""
    left, top, right, bottom = (int(v) for v in box)
    size = max(4, right - left), max(4, bottom - top)
    paper = motif(rng, sources, *size) if rng.random() < 0.6 else plain(rng, *size)
    image.paste(paper, (left, top))
    SCREENS[rng.integers(len(SCREENS))](rng, image, box, sources)
    if rng.random() < 0.7:
        status_bar(rng, ImageDraw.Draw(image), box, "white" if rng.random() < 0.5 else (60, 60, 60))


def rounded(image, radius):
    cover = Image.new("L", image.size, 0)
    ImageDraw.Draw(cover).rounded_rectangle(
        (0, 0, image.width - 1, image.height - 1), radius, fill=255
    )
    return image, cover


def telephone(rng, sources):
    width, height = size_of(
        rng.uniform(1.75, 2.25) if rng.random() < 0.8 else rng.uniform(1.4, 1.8)
    )
    body = d.random_colour(rng, "dark" if rng.random() < 0.7 else "any")
    image = Image.new("RGB", (width, height), body)
    pen = ImageDraw.Draw(image)
    radius = width * rng.uniform(0.06, 0.19)
    pen.rounded_rectangle(
        (1, 1, width - 2, height - 2),
        radius,
        outline=d.random_colour(rng, "any"),
        width=int(rng.integers(1, 5)),
    )
    edge = width * rng.uniform(0.015, 0.06)
    chin = edge + (height * rng.uniform(0.05, 0.14) if rng.random() < 0.35 else 0)
    box = (edge, chin, width - edge, height - chin)
    shown = image.copy()
    filled(rng, shown, box, sources)
    mask = Image.new("L", image.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle(box, 2 if chin > edge else radius * 0.85, fill=255)
    image.paste(shown, (0, 0), mask)
    pen = ImageDraw.Draw(image)
    if chin > edge:
        pen.ellipse(
            (width * 0.44, height - chin * 0.75, width * 0.56, height - chin * 0.75 + width * 0.12),
            outline=d.random_colour(rng, "any"),
        )
    elif rng.random() < 0.6:
        w = width * rng.uniform(0.03, 0.25)
        pen.rounded_rectangle(
            (width / 2 - w, edge, width / 2 + w, edge + width * 0.05), width * 0.025, fill="black"
        )
    return rounded(image, radius)


def telephone_back(rng, sources):
    width, height = size_of(rng.uniform(1.85, 2.2))
    image = plain(rng, width, height)
    pen = ImageDraw.Draw(image)
    wide, high = width * rng.uniform(0.2, 0.5), width * rng.uniform(0.2, 0.7)
    x, y = (width * 0.06, width * 0.06) if rng.random() < 0.7 else ((width - wide) / 2, width * 0.1)
    pen.rounded_rectangle(
        (x, y, x + wide, y + high), width * 0.08, fill=d.random_colour(rng, "any")
    )
    for _ in range(rng.integers(1, 4)):
        r = width * rng.uniform(0.04, 0.1)
        cx, cy = x + rng.uniform(0.25, 0.75) * wide, y + rng.uniform(0.25, 0.75) * high
        pen.ellipse(
            (cx - r, cy - r, cx + r, cy + r), fill=(12, 12, 16), outline=d.random_colour(rng, "any")
        )
    if rng.random() < 0.6:
        text(rng, pen, width * 0.35, height * rng.uniform(0.4, 0.85), width * 0.1, words(rng, 1, 1))
    if rng.random() < 0.2:
        image = motif(rng, sources, width, height)  # a printed case
    return rounded(image, width * rng.uniform(0.06, 0.19))


def tablet(rng, sources):
    """A tablet, a reader, a monitor, the lid and keys of a laptop."""
    width, height = size_of(rng.uniform(0.56, 0.8))
    image = Image.new(
        "RGB", (width, height), d.random_colour(rng, "dark" if rng.random() < 0.7 else "any")
    )
    edge, chin = width * rng.uniform(0.01, 0.05), 0
    if rng.random() < 0.3:
        chin = height * rng.uniform(0.3, 0.5)
        keys = np.asarray(scenes.keyboard(rng))
        image.paste(
            Image.fromarray(keys).resize((width, max(8, int(chin)))), (0, int(height - chin))
        )
    filled(rng, image, (edge, edge, width - edge, height - chin - edge), sources)
    if rng.random() < 0.4:
        image = image.rotate(90, expand=True)
    return rounded(image, width * rng.uniform(0, 0.04))


KINDS = (telephone, telephone, telephone, telephone_back, tablet)
