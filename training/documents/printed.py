"""Printed things that are no documents: photographs, covers, letters, packages, tickets, cards."""

import draw as d
import numpy as np
from motifs import (
    LONG,
    code_bars,
    landscape,
    motif,
    paragraph,
    plain,
    portrait,
    size_of,
    text,
    words,
)
from PIL import Image, ImageDraw, ImageOps


def bordered(rng, picture):
    edge = int(picture.width * rng.uniform(0.01, 0.07))
    foot = edge * int(rng.choice([1, 1, 1, 4]))
    paper = d.random_colour(rng, "light") if rng.random() < 0.4 else (245, 245, 242)
    return ImageOps.expand(picture, (edge, edge, edge, foot), paper)


def print_of(rng, sources):
    ratio = float(rng.choice([0.667, 0.667, 0.714, 0.75, 0.8, 1.0, 0.56, 0.63])) * rng.uniform(
        0.97, 1.03
    )
    if rng.random() < 0.45:
        ratio = 1 / ratio
    width, height = size_of(ratio)
    picture = (portrait if rng.random() < 0.35 else motif)(rng, sources, width, height)
    if rng.random() < 0.08:
        text(
            rng,
            ImageDraw.Draw(picture),
            width * 0.7,
            height * 0.92,
            height * 0.04,
            f"{rng.integers(1, 29)} {rng.integers(1, 13)} '{rng.integers(70, 99)}",
            (255, 140, 40),
        )
    return bordered(rng, picture) if rng.random() < 0.5 else picture


def contact_sheet(rng, sources):
    """Passport photographs on one paper, a strip of a booth, a page of an album."""
    columns, rows = (
        (1, int(rng.integers(3, 5))),
        (2, 2),
        (int(rng.integers(2, 5)), 2),
        (3, 3),
        (4, 2),
    )[rng.integers(5)]
    same = rng.random() < 0.6
    wide = int(LONG / max(columns, rows) * 0.8)
    high = int(wide * rng.choice([1.0, 1.25, 1.29, 0.7]))
    gap = int(wide * rng.uniform(0.01, 0.18))
    sheet = Image.new(
        "RGB",
        (columns * wide + (columns + 1) * gap, rows * high + (rows + 1) * gap),
        (244, 244, 242) if rng.random() < 0.7 else d.random_colour(rng, "any"),
    )
    make = portrait if same or rng.random() < 0.6 else motif
    one = make(rng, sources, wide, high)
    for k in range(columns * rows):
        if not same:
            one = make(rng, sources, wide, high)
        sheet.paste(one, (gap + k % columns * (wide + gap), gap + k // columns * (high + gap)))
    return sheet


def passport_photograph(rng, sources):
    picture = portrait(rng, sources, *size_of(rng.choice([1.286, 1.0, 1.25, 1.33])))
    return bordered(rng, picture) if rng.random() < 0.4 else picture


def wall_picture(rng, sources):
    """With a mount and a frame."""
    picture = motif(rng, sources, *size_of(rng.uniform(0.6, 1.6)))
    picture = ImageOps.expand(picture, int(rng.integers(0, 70)), d.random_colour(rng, "light"))
    return ImageOps.expand(picture, int(rng.integers(6, 40)), d.random_colour(rng, "any"))


def titles(rng, pen, width, height, ink):
    """A title of one to three lines, an author, a line beneath."""
    y, size = height * rng.uniform(0.04, 0.5), width * rng.uniform(0.07, 0.16)
    x = width * rng.uniform(0.05, 0.2)
    for _ in range(rng.integers(1, 4)):
        text(rng, pen, x, y, size, words(rng, 1, 2)[:14], ink)
        y += size * 1.2
    if rng.random() < 0.6:
        text(rng, pen, x, y, size * 0.4, words(rng, 3, 5), ink)
    if rng.random() < 0.9:
        y = height * (rng.uniform(0.02, 0.1) if rng.random() < 0.4 else rng.uniform(0.8, 0.93))
        text(rng, pen, x, y, size * rng.uniform(0.4, 0.8), words(rng, 2, 2), ink)


def cover(rng, sources):
    """Of a book, a brochure, a record, a game."""
    width, height = size_of(
        rng.uniform(1.25, 1.62) if rng.random() < 0.85 else rng.uniform(0.65, 1.1)
    )
    kind = rng.random()
    image = motif(rng, sources, width, height) if kind < 0.35 else plain(rng, width, height)
    pen = ImageDraw.Draw(image)
    ink = d.random_colour(rng, "light" if np.asarray(image).mean() < 120 else "dark")
    if kind > 0.65:  # a picture in the middle, or right across
        w = int(width * (1 if rng.random() < 0.4 else rng.uniform(0.35, 0.85)))
        h = int(height * rng.uniform(0.25, 0.6))
        make = portrait if rng.random() < 0.5 else motif
        image.paste(
            make(rng, sources, w, h), ((width - w) // 2, int(rng.uniform(0.15, 0.4) * height))
        )
    elif rng.random() < 0.4:
        y = height * rng.uniform(0.1, 0.8)
        pen.rectangle(
            (0, y, width, y + height * rng.uniform(0.05, 0.3)), fill=d.random_colour(rng, "any")
        )
    elif rng.random() < 0.3:
        d.rosette(
            rng, pen, width / 2, height * rng.uniform(0.3, 0.7), width * rng.uniform(0.1, 0.35)
        )
    titles(rng, pen, width, height, ink if rng.random() < 0.7 else None)
    return bound(rng, image)


def cover_back(rng, sources):
    width, height = size_of(rng.uniform(1.25, 1.62))
    image = plain(rng, width, height)
    pen = ImageDraw.Draw(image)
    ink = d.random_colour(rng, "light" if np.asarray(image).mean() < 120 else "dark")
    top = height * rng.uniform(0.06, 0.2)
    if rng.random() < 0.4:
        face = portrait(rng, sources, int(width * 0.25), int(width * 0.3))
        image.paste(
            face, (int(width * rng.choice([0.08, 0.68])), int(height * rng.uniform(0.06, 0.6)))
        )
        top = height * 0.32
    paragraph(rng, pen, (width * 0.08, top, width * 0.92, height * 0.74), width * 0.042, ink)
    bars = code_bars(rng, width * rng.uniform(0.25, 0.4), height * rng.uniform(0.08, 0.14))
    image.paste(bars, (int(width * rng.choice([0.08, 0.52])), int(height * 0.8)))
    return bound(rng, image)


def bound(rng, image):
    """Now and then with a spine, or the edges of the pages."""
    if rng.random() < 0.5:
        return image
    wide = int(image.width * rng.uniform(0.02, 0.12))
    if rng.random() < 0.5:
        side = Image.new("RGB", (wide, image.height), d.random_colour(rng, "any"))
    else:
        leaves = np.clip(rng.normal(225, 14, (1, wide, 1)), 0, 255)
        side = Image.fromarray(np.tile(leaves, (image.height, 1, 3)).astype(np.uint8))
    out = Image.new("RGB", (image.width + wide, image.height))
    out.paste(image, (wide, 0))
    out.paste(side, (0, 0))
    return out if rng.random() < 0.5 else ImageOps.mirror(out) if rng.random() < 0.1 else out


def magazine(rng, sources):
    width, height = size_of(rng.uniform(1.25, 1.42))
    make = portrait if rng.random() < 0.4 else motif
    image = make(rng, sources, width, height)
    pen = ImageDraw.Draw(image)
    text(rng, pen, width * 0.04, 2, width * rng.uniform(0.15, 0.25), words(rng, 1, 1)[:7])
    for _ in range(rng.integers(2, 7)):
        x, y = width * rng.choice([0.04, 0.6]), height * rng.uniform(0.2, 0.85)
        text(rng, pen, x, y, width * rng.uniform(0.035, 0.08), words(rng, 1, 3)[:18])
    if rng.random() < 0.7:
        image.paste(
            code_bars(rng, width * 0.2, height * 0.06), (int(width * 0.06), int(height * 0.9))
        )
    return image


def postcard(rng, sources):
    width, height = size_of(rng.uniform(0.63, 0.75))
    if rng.random() < 0.5:
        image = (
            landscape(rng, width, height)
            if rng.random() < 0.4
            else motif(rng, sources, width, height)
        )
        if rng.random() < 0.7:
            text(
                rng,
                ImageDraw.Draw(image),
                width * rng.uniform(0.05, 0.4),
                height * rng.choice([0.05, 0.8]),
                height * 0.13,
                words(rng, 1, 3),
            )
        return bordered(rng, image) if rng.random() < 0.4 else image
    image = Image.new("RGB", (width, height), d.random_colour(rng, "light"))
    pen = ImageDraw.Draw(image)
    ink = d.random_colour(rng, "dark")
    pen.line((width * 0.52, height * 0.08, width * 0.52, height * 0.92), fill=ink)
    for k in range(4):
        y = height * (0.52 + 0.11 * k)
        pen.line((width * 0.57, y, width * 0.95, y), fill=ink)
        if rng.random() < 0.7:
            text(
                rng, pen, width * 0.58, y - height * 0.09, height * 0.06, words(rng, 1, 3)[:18], ink
            )
    for _ in range(int(rng.integers(0, 9))):
        y = height * rng.uniform(0.08, 0.85)
        d.signature(rng, pen, (width * 0.05, y, width * 0.48, y + height * 0.06))
    stamp = motif(rng, sources, int(width * 0.12), int(height * 0.22))
    image.paste(ImageOps.expand(stamp, 3, "white"), (int(width * 0.84), int(height * 0.06)))
    return image


def letter(rng, sources):
    """With a letterhead; an application with a photograph; a page of a newspaper."""
    width, height = size_of(rng.uniform(1.29, 1.45))
    image = Image.new(
        "RGB",
        (width, height),
        d.random_colour(rng, "light") if rng.random() < 0.4 else (246, 246, 244),
    )
    pen = ImageDraw.Draw(image)
    ink = d.random_colour(rng, "dark")
    if rng.random() < 0.4:
        pen.rectangle(
            (0, 0, width, height * rng.uniform(0.05, 0.18)), fill=d.random_colour(rng, "any")
        )
    text(
        rng,
        pen,
        width * rng.uniform(0.06, 0.5),
        height * 0.03,
        width * rng.uniform(0.04, 0.1),
        words(rng, 1, 3)[:20],
        None if rng.random() < 0.5 else ink,
    )
    top = height * rng.uniform(0.16, 0.3)
    if rng.random() < 0.5:
        w, h = int(width * rng.uniform(0.18, 0.4)), int(height * rng.uniform(0.12, 0.25))
        make = portrait if rng.random() < 0.6 else motif
        image.paste(
            make(rng, sources, w, h), (int(width * rng.choice([0.07, 0.57])), int(height * 0.1))
        )
        top = height * 0.1 + h + 8
    columns = int(rng.choice([1, 1, 2, 3]))
    for k in range(columns):
        left = width * (0.07 + 0.87 * k / columns)
        paragraph(
            rng,
            pen,
            (left, top, left + width * (0.83 / columns), height * rng.uniform(0.6, 0.95)),
            width * rng.uniform(0.02, 0.035),
            ink,
        )
    if rng.random() < 0.4:
        d.signature(rng, pen, (width * 0.1, height * 0.85, width * 0.4, height * 0.92))
    return image


def package(rng, sources):
    """A carton with a label, a box of sweets, a packet of tea."""
    width, height = size_of(rng.uniform(0.5, 1.9))
    kraft = np.array((188, 150, 105)) * rng.uniform(0.6, 1.1)
    image = (
        plain(rng, width, height)
        if rng.random() < 0.6
        else Image.new("RGB", (width, height), tuple(int(v) for v in kraft))
    )
    pen = ImageDraw.Draw(image)
    if rng.random() < 0.6:
        w, h = width * rng.uniform(0.3, 0.7), height * rng.uniform(0.2, 0.5)
        x, y = rng.uniform(0, width - w), rng.uniform(0, height - h)
        pen.rectangle((x, y, x + w, y + h), fill=d.random_colour(rng, "light"))
        paragraph(
            rng,
            pen,
            (x + 5, y + 5, x + w - 5, y + h * 0.5),
            max(6, h * 0.13),
            d.random_colour(rng, "dark"),
        )
        image.paste(code_bars(rng, w * 0.6, h * 0.25), (int(x + w * 0.1), int(y + h * 0.6)))
    if rng.random() < 0.5:
        h = int(height * rng.uniform(0.2, 0.5))
        image.paste(
            motif(rng, sources, int(width * 0.5), h),
            (int(width * 0.25), int(height * rng.uniform(0.1, 0.5))),
        )
    text(
        rng,
        pen,
        width * rng.uniform(0.05, 0.4),
        height * rng.uniform(0.05, 0.8),
        min(width, height) * rng.uniform(0.1, 0.25),
        words(rng, 1, 1),
    )
    return image


def ticket(rng, sources):
    """Longer than any card: for a train, a flight, a concert, a cloakroom."""
    width, height = size_of(rng.uniform(0.28, 0.48))
    image = plain(rng, width, height, "light")
    pen = ImageDraw.Draw(image)
    ink = d.random_colour(rng, "dark")
    if rng.random() < 0.6:
        pen.rectangle(
            (0, 0, width, height * rng.uniform(0.12, 0.3)), fill=d.random_colour(rng, "any")
        )
    text(rng, pen, width * 0.04, height * 0.03, height * 0.15, words(rng, 1, 2)[:16])
    for _ in range(rng.integers(3, 12)):
        x, y = width * rng.uniform(0.04, 0.7), height * rng.uniform(0.3, 0.85)
        text(
            rng,
            pen,
            x,
            y,
            height * rng.uniform(0.05, 0.12),
            words(rng, 1, 2)[:14] if rng.random() < 0.6 else d.random_value(rng),
            ink,
        )
    if rng.random() < 0.7:
        x = width * rng.uniform(0.65, 0.85)
        for y in range(0, height, 8):
            pen.line((x, y, x, y + 4), fill=ink)
    code = (
        d.matrix_code(rng, 25, 25, 3)
        if rng.random() < 0.5
        else code_bars(rng, width * 0.25, height * 0.25)
    )
    image.paste(code, (int(width * rng.uniform(0.5, 0.72)), int(height * rng.uniform(0.3, 0.6))))
    return image


def playing_card(rng, sources):
    width, height = size_of(rng.choice([1.4, 1.56]))
    image = Image.new("RGB", (width, height), (248, 248, 244))
    pen = ImageDraw.Draw(image)
    ink = (200, 20, 30) if rng.random() < 0.5 else (20, 20, 25)
    if rng.random() < 0.3:  # its back
        pen.rectangle((14, 14, width - 14, height - 14), fill=d.random_colour(rng, "any"))
        d.rosette(rng, pen, width / 2, height / 2, width * 0.35)
    elif rng.random() < 0.3:
        image.paste(
            portrait(rng, sources, int(width * 0.7), int(height * 0.7)),
            (int(width * 0.15), int(height * 0.15)),
        )
    else:
        for _ in range(rng.integers(1, 11)):
            x, y, r = (
                width * rng.choice([0.3, 0.5, 0.7]),
                height * rng.uniform(0.18, 0.82),
                width * 0.08,
            )
            pen.polygon([(x - r, y), (x, y - r * 1.3), (x + r, y), (x, y + r * 1.3)], fill=ink)
    text(rng, pen, width * 0.05, height * 0.03, width * 0.15, "A23456789JQK"[rng.integers(12)], ink)
    return image


def business_card(rng, sources):
    """A name, a firm, an address, a mark: no portrait, no code."""
    width, height = size_of(rng.choice([0.647, 0.571, 0.611]))
    image = plain(rng, width, height, "light" if rng.random() < 0.7 else "any")
    pen = ImageDraw.Draw(image)
    ink = d.random_colour(rng, "light" if np.asarray(image).mean() < 120 else "dark")
    x, y = width * rng.choice([0.08, 0.08, 0.4]), height * rng.uniform(0.1, 0.4)
    text(rng, pen, x, y, height * rng.uniform(0.08, 0.16), words(rng, 2, 2), ink)
    for k in range(rng.integers(1, 5)):
        text(rng, pen, x, y + height * (0.2 + 0.09 * k), height * 0.055, words(rng, 2, 4), ink)
    if rng.random() < 0.5:
        d.rosette(
            rng, pen, width * rng.uniform(0.7, 0.9), height * rng.uniform(0.2, 0.8), height * 0.14
        )
    return image


KINDS = (
    print_of,
    print_of,
    print_of,
    print_of,
    contact_sheet,
    contact_sheet,
    passport_photograph,
    wall_picture,
    cover,
    cover,
    cover,
    cover_back,
    magazine,
    postcard,
    postcard,
    letter,
    letter,
    package,
    ticket,
    playing_card,
    business_card,
)
