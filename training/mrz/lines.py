"""Draws pieces of lines of machine readable zones, as cameras see them, with what stands where.

A piece is a grey picture of HEIGHT x WIDTH and a label for each of its WIDTH / STRIDE steps: 0 for
none, else the number of a character in ALPHABET, from 1.
"""

import functools
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

ALPHABET = "0123456789<ABCDEFGHIJKLMNOPQRSTUVWXYZ"
HEIGHT, WIDTH, STRIDE = 32, 320, 4
CAP = 18  # pixels of a capital in a strip, more or less
OCR_B = Path("/usr/share/fonts/opentype/ocr-b")
TRUETYPE = Path("/usr/share/fonts/truetype")
# Debian packages fonts-ocr-b, fonts-dejavu-core, fonts-liberation.
FONTS = [(OCR_B / "OCRB.otf", .72), (OCR_B / "OCRBS.otf", .12), (OCR_B / "OCRBL.otf", .03),
         (TRUETYPE / "dejavu/DejaVuSansMono.ttf", .05),
         (TRUETYPE / "liberation/LiberationMono-Regular.ttf", .03),
         (TRUETYPE / "liberation/LiberationMono-Bold.ttf", .05)]
SHARES = np.cumsum([share for _, share in FONTS])
DRAWN_CAP = 26
SHEET = (540, 104)  # width, height
BASELINE = 64
SYLLABLES = ("AN BER CO DA EL FRI GA HU IN JO KA LI MA NO OR PE QUI RO SA TO UR VE WI XA YO ZE SON "
             "MANN SKI ER ES OW UEL TTI LL SCH").split()


@functools.lru_cache(None)
def glyph(path, character):
    """The character in white on black, its middle above the middle of the picture."""
    trial = ImageFont.truetype(str(path), 100).getbbox("H")
    face = ImageFont.truetype(str(path), round(100 * DRAWN_CAP / (trial[3] - trial[1])))
    sheet = Image.new("L", (2 * DRAWN_CAP, 2 * DRAWN_CAP))
    ImageDraw.Draw(sheet).text((DRAWN_CAP, 3 * DRAWN_CAP // 2), character, 255, face, anchor="ms")
    return np.asarray(sheet)


def word(rng):
    return "".join(SYLLABLES[i] for i in rng.integers(0, len(SYLLABLES), rng.integers(1, 4)))


def mixed(rng, length):
    share = (.1, .5, .9, 1)[rng.integers(4)]
    digits = rng.random(length) < share
    return "".join(ALPHABET[i * 10 // 37 if digit else i]
                   for i, digit in zip(rng.integers(0, len(ALPHABET), length), digits))


def text(rng, length):
    """Names, numbers and fillers, in any order."""
    out = ""
    while len(out) < length + 12:
        what = rng.random()
        if what < .3:
            out += word(rng) + "<" * rng.integers(1, 3)
        elif what < .45:
            out += "<" * rng.integers(1, 20)
        elif what < .55:
            out += ("P<", "ID", "I<", "V<", "AC")[rng.integers(5)] + mixed(rng, 3)
        else:
            out += mixed(rng, rng.integers(2, 14))
    start = rng.integers(0, 12)
    return out[start:start + length]


def paper(rng):
    """Paper, guilloche, shadows; about 1 where it is white. Larger than a sheet."""
    y, x = np.mgrid[0:3 * SHEET[1], 0:2 * SHEET[0]].astype(np.float32)
    height, width = x.shape
    out = np.full((height, width), rng.uniform(.72, 1), np.float32)
    if rng.random() < .6:
        for _ in range(rng.integers(1, 5)):
            pitch, swing = rng.uniform(4, 30), rng.uniform(0, 22)
            phase = (y * rng.uniform(-1, 1) + x * rng.uniform(-.6, .6)
                     + swing * np.sin(x / rng.uniform(15, 120) + rng.uniform(0, 6)))
            wave = np.sin(phase * (2 * np.pi / pitch))
            if rng.random() < .5:
                wave = (wave > rng.uniform(.3, .9)).astype(np.float32)
            out -= rng.uniform(.02, .13) * wave
    if rng.random() < .4:
        slope = rng.normal(0, .5, 2)
        out *= 1 + slope[0] * (x / width - .5) + slope[1] * (y / height - .5)
    if rng.random() < .2:
        edge = x * rng.uniform(-1, 1) + y * rng.uniform(-1, 1)
        edge -= rng.uniform(edge.min(), edge.max())
        out *= 1 - rng.uniform(.2, .55) / (1 + np.exp(-np.clip(edge / rng.uniform(2, 30), -50, 50)))
    return out


@functools.lru_cache(None)
def papers():
    rng = np.random.default_rng(0)
    return [paper(rng) for _ in range(200)]


def background(rng):
    sheet = papers()[rng.integers(200)]
    y, x = rng.integers(0, sheet.shape[0] - SHEET[1]), rng.integers(0, sheet.shape[1] - SHEET[0])
    sheet = sheet[y:y + SHEET[1], x:x + SHEET[0]]
    return sheet[::1 - 2 * rng.integers(2), ::1 - 2 * rng.integers(2)]


def put(sheet, path, pitch, baseline, line, first):
    """Adds a line, its first character's middle at `first`."""
    for i, character in enumerate(line):
        if character == " ":
            continue
        mark = glyph(path, character)
        left, top = round(first + i * pitch) - DRAWN_CAP, round(baseline) - 3 * DRAWN_CAP // 2
        x0, y0 = max(left, 0), max(top, 0)
        x1 = min(left + 2 * DRAWN_CAP, SHEET[0])
        y1 = min(top + 2 * DRAWN_CAP, SHEET[1])
        if x0 < x1 and y0 < y1:
            place = sheet[y0:y1, x0:x1]
            np.maximum(place, mark[y0 - top:y1 - top, x0 - left:x1 - left], out=place)


def draw(rng):
    """A sheet with the line and parts of its neighbours, and the middles of its characters."""
    path = FONTS[np.searchsorted(SHARES, rng.random())][0]
    pitch = DRAWN_CAP * rng.uniform(.95, 1.2)
    count = int(SHEET[0] / pitch) + 2
    first = rng.uniform(-pitch, pitch / 2)
    line = text(rng, count)
    where = rng.random()
    blank = int(rng.integers(1, 10))
    if where < .2:  # the line starts within
        line = " " * blank + line[blank:]
    elif where < .45:  # or ends
        line = line[:max(count - blank - 3, 1)].ljust(count)
    elif where < .48:
        line = " " * count
    sheet = np.zeros(SHEET[::-1], np.uint8)
    put(sheet, path, pitch, BASELINE, line, first)
    for sign in (-1, 1):
        if rng.random() < .7:
            gap = sign * DRAWN_CAP * rng.uniform(1.6, 2.4)
            put(sheet, path, pitch, BASELINE + gap, text(rng, count), first)
    thick = rng.random()
    if thick < .2:
        sheet = cv2.dilate(sheet, np.ones((2, 2) if thick < .13 else (3, 3), np.uint8))
    elif thick < .35:
        sheet = cv2.erode(sheet, np.ones((2, 2), np.uint8))
    middles = [first + i * pitch for i in range(len(line))]
    return sheet.astype(np.float32) / 255, line, middles, pitch


def camera(rng, picture, cap):
    """Blur, motion, noise and JPEG of a picture whose capitals are `cap` pixels high."""
    sigma = rng.uniform(0, min(1.5, .14 * cap)) if rng.random() < .8 else 0
    if sigma > .2:
        picture = cv2.GaussianBlur(picture, (0, 0), sigma)
    if rng.random() < .25:
        length = int(rng.integers(2, max(3, int(.3 * cap)) + 1))
        kernel = np.zeros((length, length), np.float32)
        turn = rng.uniform(0, np.pi)
        end = np.array([np.cos(turn), np.sin(turn)]) * (length - 1) / 2
        middle = np.array([(length - 1) / 2] * 2)
        cv2.line(kernel, tuple(np.round(middle - end).astype(int).tolist()),
                 tuple(np.round(middle + end).astype(int).tolist()), 1.0)
        picture = cv2.filter2D(picture, -1, kernel / max(kernel.sum(), 1))
    dark, bright = rng.uniform(0, .35), rng.uniform(.45, 1)
    picture = (dark + (bright - dark) * picture) * 255
    noise = rng.uniform(0, 9) if rng.random() < .7 else 0
    picture = picture + rng.normal(0, 1, picture.shape).astype(np.float32) * noise
    picture = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < .6:
        quality = int(rng.integers(35, 95))
        picture = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY,
                                                              quality])[1], 0)
    return picture


def glare(rng, picture):
    """A lamp's reflection; the strongest hides no character wholly."""
    height, width = picture.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    away = ((x - rng.uniform(0, width)) / (width * rng.uniform(.05, .4))) ** 2 \
        + ((y - rng.uniform(0, height)) / (height * rng.uniform(.3, 2))) ** 2
    light = rng.uniform(.3, .88) * np.exp(-away / 2)
    return picture + (255 - picture.astype(np.float32)) * light


def even(strip):
    """As the library evens light out where a first reading was not good."""
    reach = 48
    padded = np.pad(strip.astype(np.float32), ((0, 0), (reach, reach)), mode="reflect")
    sums = np.cumsum(np.pad(padded.sum(0), (1, 0)))
    squares = np.cumsum(np.pad((padded ** 2).sum(0), (1, 0)))
    count = 2 * reach * HEIGHT
    mean = (sums[2 * reach:-1] - sums[:-2 * reach - 1])[:WIDTH] / count
    square = (squares[2 * reach:-1] - squares[:-2 * reach - 1])[:WIDTH] / count
    spread = np.sqrt(np.maximum(square - mean ** 2, 9))
    return 128 + 40 / spread * (strip - mean)


def piece(rng):
    """Picture and labels."""
    sheet, line, middles, pitch = draw(rng)
    contrast = rng.uniform(.3, .95)
    picture = background(rng) * (1 - contrast * sheet)
    cap = np.exp(rng.uniform(np.log(7), np.log(26)))
    small = cap / DRAWN_CAP
    height, width = sheet.shape
    size = (int(width * small), int(height * small))
    lean, shear = rng.normal(0, .008), rng.normal(0, .06)
    bend = np.float32([[1, shear, -shear * BASELINE], [lean, 1, -lean * width / 2]])
    picture = cv2.warpAffine(picture, bend, (width, height), flags=cv2.INTER_LINEAR,
                             borderMode=cv2.BORDER_REPLICATE)
    picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    picture = camera(rng, picture, cap)
    if rng.random() < .15:
        picture = np.clip(glare(rng, picture) + rng.normal(0, 2, picture.shape), 0,
                          255).astype(np.uint8)
    # From the sheet to the strip, by way of the small picture.
    zoom = CAP / DRAWN_CAP * np.exp(rng.normal(0, .1))
    stretch = zoom * np.exp(rng.normal(0, .06))
    up = HEIGHT / 2 + rng.normal(0, 1.5) - zoom * (BASELINE - DRAWN_CAP / 2)
    left = -stretch * rng.uniform(0, max(width - WIDTH / stretch, 0))
    sx, sy = size[0] / width, size[1] / height
    to_strip = np.float32([[stretch / sx, 0, left + (.5 * stretch / sx - .5)],
                           [0, zoom / sy, up + (.5 * zoom / sy - .5)]])
    strip = cv2.warpAffine(picture, to_strip, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR,
                           borderMode=cv2.BORDER_REPLICATE)
    if rng.random() < .25:
        strip = even(strip)
    labels = np.zeros(WIDTH // STRIDE, np.int64)
    centres = np.arange(len(labels)) * STRIDE + (STRIDE - 1) / 2
    for character, middle in zip(line, middles):
        if character != " ":
            at = left + stretch * middle
            labels[np.abs(centres - at) < .3 * stretch * pitch] = ALPHABET.index(character) + 1
    return strip, labels


def batch(rng, count):
    pieces = [piece(rng) for _ in range(count)]
    return np.stack([p[0] for p in pieces]), np.stack([p[1] for p in pieces])
