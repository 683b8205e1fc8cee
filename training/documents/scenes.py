"""What is no document: grounds to lie on, things that lie about, rectangles that look alike."""

import cv2
import draw as d
import numpy as np
from PIL import Image, ImageDraw

SIZE = 512


def wood(rng):
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    base = np.array(d.random_colour(rng, "any"), np.float32) * 0.5 + np.array((120, 80, 45)) * 0.5
    noise = cv2.resize(
        rng.normal(0, 1, (8, 64)).astype(np.float32), (SIZE, SIZE), interpolation=cv2.INTER_CUBIC
    )
    grain = np.sin((x * rng.uniform(0.03, 0.2) + noise * 6)) * 12
    fine = cv2.resize(rng.normal(0, 9, (SIZE // 16, SIZE)).astype(np.float32), (SIZE, SIZE))
    picture = base + (grain + fine)[..., None]
    if rng.random() < 0.5:
        for k in range(0, SIZE, int(rng.integers(60, 200))):
            picture[:, k : k + 2] *= 0.5
    return picture


def cloth(rng):
    base = np.array(d.random_colour(rng, "any"), np.float32)
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    weave = (
        np.sin(x * rng.uniform(0.3, 1.5)) * np.sin(y * rng.uniform(0.3, 1.5)) * rng.uniform(3, 25)
    )
    folds = cv2.resize(
        rng.normal(0, 18, (5, 5)).astype(np.float32), (SIZE, SIZE), interpolation=cv2.INTER_CUBIC
    )
    picture = base + (weave + folds)[..., None]
    if rng.random() < 0.4:
        step = rng.integers(16, 90)
        other = np.array(d.random_colour(rng, "any"), np.float32)
        stripe = (
            ((x // step) % 2 == 0)
            if rng.random() < 0.5
            else (((x // step) % 2 == 0) ^ ((y // step) % 2 == 0))
        )
        picture = np.where(stripe[..., None], picture, picture * 0.5 + other * 0.5)
    return picture


def tiles(rng):
    picture = np.empty((SIZE, SIZE, 3), np.float32)
    picture[:] = d.random_colour(rng, "any")
    wide, high = rng.integers(40, 220, 2)
    base = np.array(d.random_colour(rng, "any"), np.float32)
    joint = int(rng.integers(1, 6))
    for y in range(0, SIZE, int(high)):
        for x in range(0, SIZE, int(wide)):
            picture[y + joint : y + high, x + joint : x + wide] = base + rng.normal(0, 8, 3)
    return picture


def stone(rng):
    picture = np.zeros((SIZE, SIZE, 3), np.float32) + np.array(d.random_colour(rng, "any"))
    for cells in (4, 16, 64, 256):
        picture += cv2.resize(
            rng.normal(0, rng.uniform(3, 18), (cells, cells)).astype(np.float32),
            (SIZE, SIZE),
            interpolation=cv2.INTER_CUBIC,
        )[..., None]
    return picture


def bricks(rng):
    """Staggered rows, as in walls and parquet."""
    picture = np.empty((SIZE, SIZE, 3), np.float32)
    picture[:] = d.random_colour(rng, "any")
    high = int(rng.integers(14, 70))
    wide, joint = int(high * rng.uniform(1.5, 6)), int(rng.integers(1, 5))
    base = np.array(d.random_colour(rng, "any"), np.float32)
    for row, y in enumerate(range(0, SIZE, high)):
        for x in range(-(row % 2) * wide // 2, SIZE, wide):
            picture[y + joint : y + high, max(0, x + joint) : max(0, x + wide)] = base + rng.normal(
                0, 14
            )
    picture += rng.normal(0, rng.uniform(0, 14), (SIZE, SIZE, 1))
    return picture


def rubble(rng):
    """Stones, leaves, crumbs: cells around random points, each of its own brightness."""
    count = int(rng.integers(60, 4000))
    seeds = np.full((SIZE, SIZE), 255, np.uint8)
    seeds[rng.integers(0, SIZE, count), rng.integers(0, SIZE, count)] = 0
    distance, label = cv2.distanceTransformWithLabels(
        seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    tone = rng.normal(0, rng.uniform(8, 45), label.max() + 1).astype(np.float32)[label]
    dark = distance / max(1.0, float(distance.max())) * rng.uniform(0, 160)
    return np.array(d.random_colour(rng, "any"), np.float32) + (tone - dark)[..., None]


def strokes(rng):
    """Grass, hair, fur, scratches."""
    picture = np.clip(plain(rng), 0, 255).astype(np.uint8)
    base = np.array(d.random_colour(rng, "any"))
    spread, angle, length = rng.uniform(0.1, 3), rng.uniform(0, 6.3), rng.uniform(8, 60)
    for _ in range(rng.integers(500, 3500)):
        start = rng.uniform(0, SIZE, 2)
        turn = angle + rng.normal(0, spread)
        end = start + length * rng.uniform(0.3, 1) * np.array((np.cos(turn), np.sin(turn)))
        colour = tuple(int(v) for v in np.clip(base + rng.normal(0, 40), 0, 255))
        cv2.line(
            picture,
            tuple(start.astype(int).tolist()),
            tuple(end.astype(int).tolist()),
            colour,
            int(rng.integers(1, 4)),
            cv2.LINE_AA,
        )
    return picture.astype(np.float32)


def plain(rng):
    return d.gradient(rng, SIZE, SIZE, rng.choice(["light", "dark", "any"]))


def shapes(rng):
    picture = np.clip(plain(rng), 0, 255).astype(np.uint8)
    for _ in range(rng.integers(5, 60)):
        centre = tuple(int(v) for v in rng.integers(0, SIZE, 2))
        size = tuple(int(v) for v in rng.integers(4, 120, 2))
        colour = d.random_colour(rng, "any")
        if rng.random() < 0.5:
            cv2.ellipse(picture, centre, size, float(rng.uniform(0, 180)), 0, 360, colour, -1)
        else:
            box = cv2.boxPoints((centre, size, float(rng.uniform(0, 180)))).astype(np.int32)
            cv2.fillPoly(picture, [box], colour)
    return picture.astype(np.float32)


GROUNDS = (wood, cloth, tiles, stone, bricks, rubble, strokes, plain, shapes)


def random_ground(rng):
    return np.clip(GROUNDS[rng.integers(len(GROUNDS))](rng), 0, 255).astype(np.uint8)


# Things: RGB picture and cover, like a document.


def sheet(rng):
    """Printed or written paper, a receipt, a page of a book."""
    width, height = int(rng.integers(200, 420)), int(rng.integers(240, 560))
    image = Image.new("RGB", (width, height), d.random_colour(rng, "light"))
    pen = ImageDraw.Draw(image)
    size = int(rng.integers(7, 18))
    font, y = d.random_font(rng, size), size
    ink = d.random_colour(rng, "dark")
    while y < height - size * 2:
        if rng.random() < 0.88:
            words = d.random_words(rng, 3, 12)
            words = words.lower() if rng.random() < 0.8 else words
            pen.text((width * 0.08, y), words, fill=ink, font=font)
        y += int(size * 1.4)
    if rng.random() < 0.3:
        x, top = width * rng.uniform(0.1, 0.5), height * rng.uniform(0.1, 0.6)
        pen.rectangle(
            (x, top, x + width * 0.4, top + height * 0.2), fill=d.random_colour(rng, "any")
        )
    if rng.random() < 0.25:
        for k in range(0, height, size * 2):
            pen.line((0, k, width, k), fill=d.random_colour(rng, "any"))
    pen.rectangle((width * 0.92, 0, width, height), fill=image.getpixel((1, 1)))
    return image


def screen(rng):
    """A window system, a web page, a phone."""
    tall = rng.random() < 0.5
    width, height = (260, 520) if tall else (560, 350)
    image = Image.new(
        "RGB",
        (width, height),
        (15, 15, 18) if rng.random() < 0.7 else d.random_colour(rng, "light"),
    )
    pen = ImageDraw.Draw(image)
    edge = int(rng.integers(6, 16))
    pen.rectangle(
        (edge, edge * 2, width - edge, height - edge * 2), fill=d.random_colour(rng, "any")
    )
    for _ in range(rng.integers(2, 14)):
        x, y = rng.uniform(edge, width * 0.8), rng.uniform(edge * 2, height * 0.85)
        right, bottom = (
            min(width - edge, x + rng.uniform(20, 300)),
            min(height - edge * 2, y + rng.uniform(8, 140)),
        )
        if right > x and bottom > y:
            pen.rectangle((x, y, right, bottom), fill=d.random_colour(rng, "any"))
            if rng.random() < 0.5:
                pen.text(
                    (x + 3, y + 2),
                    d.random_words(rng, 1, 4).title()[:30],
                    fill=d.random_colour(rng, "any"),
                    font=d.random_font(rng, 11),
                )
    return image


def book(rng):
    width, height = int(rng.integers(220, 360)), int(rng.integers(300, 480))
    image = Image.fromarray(np.clip(d.gradient(rng, width, height, "any"), 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    pen.text(
        (width * 0.1, height * rng.uniform(0.1, 0.5)),
        d.random_words(rng, 1, 2),
        fill=d.random_colour(rng, "any"),
        font=d.random_font(rng, int(rng.integers(24, 50))),
    )
    pen.text(
        (width * 0.1, height * rng.uniform(0.6, 0.85)),
        d.random_words(rng, 2, 2).title(),
        fill=d.random_colour(rng, "any"),
        font=d.random_font(rng, 18),
    )
    if rng.random() < 0.5:
        d.rosette(rng, pen, width / 2, height * 0.5, width * 0.3)
    return image


def keyboard(rng):
    width, height = 520, 190
    image = Image.new("RGB", (width, height), d.random_colour(rng, "any"))
    pen = ImageDraw.Draw(image)
    key, ink = d.random_colour(rng, "any"), d.random_colour(rng, "any")
    font = d.random_font(rng, 12)
    for row in range(5):
        for column in range(14):
            x, y = 8 + column * 36, 8 + row * 36
            pen.rounded_rectangle((x, y, x + 30, y + 30), 4, fill=key)
            pen.text((x + 9, y + 6), chr(65 + (row * 14 + column) % 26), fill=ink, font=font)
    return image


def blank(rng):
    """A card, a note, a box: an even rectangle, maybe with a frame or one line of text."""
    width, height = int(rng.integers(120, 500)), int(rng.integers(120, 400))
    image = Image.fromarray(
        np.clip(d.gradient(rng, width, height, rng.choice(["light", "any"])), 0, 255).astype(
            np.uint8
        )
    )
    pen = ImageDraw.Draw(image)
    if rng.random() < 0.4:
        pen.rectangle(
            (5, 5, width - 6, height - 6),
            outline=d.random_colour(rng, "any"),
            width=int(rng.integers(1, 8)),
        )
    if rng.random() < 0.3:
        pen.text(
            (width * 0.2, height * 0.4),
            d.random_words(rng, 1, 1).title(),
            fill=d.random_colour(rng, "any"),
            font=d.random_font(rng, 30),
        )
    return image


def framed(rng, photographs):
    """A photograph in a frame, a postcard, a poster, a playing card."""
    if not photographs:
        return blank(rng)
    source = photographs[rng.integers(len(photographs))]
    width, height = int(rng.integers(180, 460)), int(rng.integers(180, 460))
    top, left = (int(rng.integers(0, max(1, side - 300))) for side in source.shape[:2])
    cut = source[top : top + 400, left : left + 400]
    image = Image.fromarray(cut).resize((width, height))
    edge = int(rng.integers(0, 24))
    if edge:
        ImageDraw.Draw(image).rectangle(
            (0, 0, width - 1, height - 1), outline=d.random_colour(rng, "any"), width=edge
        )
    return image


def random_thing(rng, photographs):
    """RGB pixels and cover."""
    maker = (sheet, sheet, screen, screen, book, keyboard, blank, blank, None)[rng.integers(9)]
    image = np.asarray(maker(rng) if maker else framed(rng, photographs))
    return image, np.full(image.shape[:2], 255, np.uint8)
