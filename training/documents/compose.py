"""Photographs of documents at the input size of the corner net, with what it is to answer.

A bank of documents, things and grounds is drawn once; a photograph then takes a few milliseconds.
"""

import math
from dataclasses import dataclass

import cv2
import draw as d
import numpy as np

SIDE = 256
INNER = 240  # a whole picture fills these at most; the rest is black
CELLS = 64
NEGATIVE_SHARE = 0.36
LOOKALIKE_SHARE = 0.65  # of the negatives: one lies there just as a document would
SCAN_SHARE = 0.05  # of the whole pictures: the flat page and nothing around it


@dataclass
class Layer:
    """A flat thing at several sizes, each half the former; the last channel is its cover."""

    levels: list
    opposite: bool = False  # a page that another one may be joined to

    @classmethod
    def of(cls, pixels, cover, opposite=False):
        levels = [np.dstack([pixels, cover])]
        while min(levels[-1].shape[:2]) > 40:
            levels.append(
                cv2.resize(levels[-1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
            )
        return cls(levels, opposite)

    @property
    def size(self):
        return self.levels[0].shape[1], self.levels[0].shape[0]


@dataclass
class Bank:
    documents: list
    things: list
    lookalikes: list
    grounds: list


@dataclass
class Sample:
    pixels: np.ndarray  # SIDE x SIDE x 3, RGB
    maps: np.ndarray  # 3 x CELLS x CELLS, 0..1: inside, outline, corners
    quads: list  # 4 x 2 corners each, in pixels


def place_layer(canvas, layer, quad):
    """Draws the layer onto the floats of canvas."""
    longest = max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[3] - quad[0]))
    wanted = max(layer.size) / max(longest, 1)
    level = int(np.clip(round(math.log2(max(wanted, 1e-3)) - 0.2), 0, len(layer.levels) - 1))
    source = layer.levels[level]
    high, wide = source.shape[:2]
    flat = np.array(
        [[-0.5, -0.5], [wide - 0.5, -0.5], [wide - 0.5, high - 0.5], [-0.5, high - 0.5]], np.float32
    )
    view = cv2.getPerspectiveTransform(flat, quad.astype(np.float32))
    drawn = cv2.warpPerspective(source, view, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
    cover = drawn[..., 3:].astype(np.float32) / 255
    edge = np.full((high, wide), 255, np.uint8)
    reach = cv2.warpPerspective(edge, view, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
    reach = np.maximum(reach.astype(np.float32) / 255, 1e-3)[..., None]
    # Along the border the warp has mixed the colours with black; the division takes that out.
    canvas *= 1 - cover
    canvas += drawn[..., :3].astype(np.float32) / reach * cover


def place_opposite(rng, bank, canvas, layer, quad):
    """The other page of an open passport, above: no part of the document."""
    source = np.array([[0, 1], [1, 1], [1, 2], [0, 2]], np.float32)
    view = cv2.getPerspectiveTransform(source, quad.astype(np.float32))
    above = np.array([[[0, 0], [1, 0], [1, 1], [0, 1]]], np.float32)
    page = cv2.perspectiveTransform(above, view)[0].astype(np.float64)
    if np.abs(page).max() < 4 * SIDE:
        place_layer(canvas, bank.things[rng.integers(len(bank.things))], page)


def random_quad(rng, size, centre, width, angle, tilt):
    """Corners of a flat thing seen by a pinhole camera, on average `width` pixels wide."""
    aspect = size[1] / size[0]
    flat = np.array(
        [[-0.5, -aspect / 2], [0.5, -aspect / 2], [0.5, aspect / 2], [-0.5, aspect / 2]]
    )
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    flat = flat @ turn.T
    lean, direction = abs(rng.normal(0, tilt)), rng.uniform(0, 2 * np.pi)
    axis = np.array([math.cos(direction), math.sin(direction)])
    along = flat @ axis
    depth = 1 + along * math.sin(lean) / rng.uniform(1.6, 4)
    squeezed = flat - np.outer(along * (1 - math.cos(lean)), axis)
    return (squeezed / depth[:, None]) * width + centre


def finger(rng, canvas, quad):
    """A fingertip that comes in over a side. Hands over a document are part of it."""
    side = rng.integers(4)
    a, b = quad[side], quad[(side + 1) % 4]
    foot = a + (b - a) * rng.uniform(0.1, 0.9)
    inward = quad.mean(0) - foot
    inward = inward / max(np.linalg.norm(inward), 1e-3)
    length = np.linalg.norm(quad[1] - quad[0])
    tip = foot + inward * length * rng.uniform(0.02, 0.15)
    root = foot - inward * length * rng.uniform(0.2, 0.8) + rng.normal(0, length * 0.08, 2)
    thick = max(2, int(length * rng.uniform(0.09, 0.17)))
    tone = rng.uniform(0.2, 1)
    skin = np.array((235, 190, 165)) * tone + rng.normal(0, 8, 3)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.line(mask, tuple(int(v) for v in root), tuple(int(v) for v in tip), 255, thick, cv2.LINE_AA)
    mask = cv2.GaussianBlur(mask, (0, 0), 0.8)
    shade = cv2.GaussianBlur(mask, (0, 0), max(1.0, thick * 0.35)).astype(np.float32) / 255
    share = mask.astype(np.float32)[..., None] / 255
    canvas *= 1 - 0.4 * shade[..., None] * (1 - share)
    canvas *= 1 - share
    canvas += share * np.clip(skin, 0, 255) * (0.55 + 0.45 * shade[..., None])


def palm(rng, canvas, quad):
    """A hand that holds the document from below, drawn before it."""
    length = np.linalg.norm(quad[2] - quad[0])
    side = rng.integers(4)
    centre = (quad[side] + quad[(side + 1) % 4]) / 2 * 0.8 + quad.mean(0) * 0.2
    skin = np.array((225, 175, 150)) * rng.uniform(0.2, 1) + rng.normal(0, 10, 3)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    axes = (int(length * rng.uniform(0.2, 0.45)), int(length * rng.uniform(0.12, 0.3)))
    centre = tuple(int(v) for v in centre)
    cv2.ellipse(mask, centre, axes, float(rng.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
    arm = tuple(int(v) for v in np.array(centre) * 3 - quad.mean(0) * 2)
    cv2.line(mask, centre, arm, 255, max(4, int(length * 0.3)), cv2.LINE_AA)
    soft = cv2.GaussianBlur(mask, (0, 0), 2).astype(np.float32)[..., None] / 255
    canvas *= 1 - soft
    canvas += soft * np.clip(skin, 0, 255) * rng.uniform(0.8, 1.1)


def rim(rng, bank, canvas, quad):
    """A screen, folder or sheet that the document lies in the middle of."""
    middle = quad.mean(0)
    outer = middle + (quad - middle) * rng.uniform(1.1, 1.6, 2)
    if rng.random() < 0.3:
        place_layer(canvas, bank.lookalikes[rng.integers(len(bank.lookalikes))], outer)
        return
    cv2.fillPoly(
        canvas,
        [outer.astype(np.int32)],
        [float(v) for v in d.random_colour(rng, "any")],
        cv2.LINE_AA,
    )


def shadow(rng, canvas, quad):
    mask = np.zeros((SIDE, SIDE), np.uint8)
    moved = quad + rng.normal(0, 4, 2)
    cv2.fillPoly(mask, [moved.astype(np.int32)], 255)
    soft = cv2.GaussianBlur(mask, (0, 0), rng.uniform(1, 6)).astype(np.float32) / 255
    canvas *= 1 - rng.uniform(0.1, 0.6) * soft[..., None]


def light(rng, canvas):
    """Uneven light, shadows with an edge, glare, another colour of light."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) / SIDE
    angle = rng.uniform(0, 2 * np.pi)
    along = (x - 0.5) * math.cos(angle) + (y - 0.5) * math.sin(angle)
    canvas *= (1 + along * rng.normal(0, 0.35))[..., None]
    if rng.random() < 0.2:
        edge = np.clip((along - rng.uniform(-0.4, 0.4)) * rng.uniform(5, 60) + 0.5, 0, 1)
        canvas *= (1 - edge * rng.uniform(0.1, 0.55))[..., None]
    if rng.random() < 0.2:
        centre = rng.uniform(0, 1, 2)
        spread = rng.uniform(0.02, 0.2)
        spot = np.exp(
            -(
                ((x - centre[0]) ** 2 + ((y - centre[1]) * rng.uniform(0.5, 2)) ** 2)
                / (2 * spread**2)
            )
        )
        canvas += (spot * rng.uniform(60, 260))[..., None]
    canvas *= 1 + rng.normal(0, 0.06, 3).astype(np.float32)
    canvas *= rng.uniform(0.45, 1.25)


def camera(rng, canvas):
    if rng.random() < 0.6:
        canvas = cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.2, 1.3))
    if rng.random() < 0.12:
        length = int(rng.integers(3, 8))
        kernel = np.zeros((length, length), np.float32)
        cv2.line(kernel, (0, int(rng.integers(length))), (length - 1, int(rng.integers(length))), 1)
        canvas = cv2.filter2D(canvas, -1, kernel / kernel.sum())
    if rng.random() < 0.5:
        canvas = canvas + rng.normal(0, rng.uniform(1, 9), canvas.shape).astype(np.float32)
    pixels = np.clip(canvas, 0, 255).astype(np.uint8)
    if rng.random() < 0.05:
        pixels = np.repeat(pixels.mean(2, keepdims=True).astype(np.uint8), 3, 2)
    if rng.random() < 0.5:
        quality = int(rng.integers(35, 96))
        pixels = cv2.imdecode(
            cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1
        )
    return pixels


def ground(rng, bank):
    source = bank.grounds[rng.integers(len(bank.grounds))]
    high, wide = source.shape[:2]
    cut = int(rng.uniform(0.35, 1) * min(high, wide))
    top, left = int(rng.integers(0, high - cut + 1)), int(rng.integers(0, wide - cut + 1))
    piece = cv2.resize(
        source[top : top + cut, left : left + cut], (SIDE, SIDE), interpolation=cv2.INTER_AREA
    )
    for axis in range(2):
        if rng.random() < 0.5:
            piece = np.flip(piece, axis)
    if rng.random() < 0.5:
        piece = piece.transpose(1, 0, 2)
    piece = np.ascontiguousarray(piece, np.float32)
    return (piece * rng.uniform(0.6, 1.1) + rng.normal(0, 10, 3)).astype(np.float32)


def clutter(rng, bank, canvas, most):
    for _ in range(rng.integers(0, most + 1)):
        pool = bank.things if rng.random() < 0.6 else bank.lookalikes
        thing = pool[rng.integers(len(pool))]
        width = SIDE * rng.uniform(0.15, 0.9)
        quad = random_quad(
            rng, thing.size, rng.uniform(0, SIDE, 2), width, rng.uniform(0, 2 * np.pi), 0.35
        )
        if rng.random() < 0.6:
            shadow(rng, canvas, quad)
        place_layer(canvas, thing, quad)


def answer(quads):
    """The three maps of the net."""
    maps = np.zeros((3, CELLS, CELLS), np.float32)
    step, fine = SIDE // CELLS, 4
    inside, outline = (np.zeros((SIDE, SIDE), np.uint8) for _ in range(2))
    for quad in quads:
        points = np.round((quad + 0.0) * 2**fine).astype(np.int32)
        cv2.fillPoly(inside, [points], 255, cv2.LINE_AA, fine)
        cv2.polylines(outline, [points], True, 255, step + step // 2, cv2.LINE_AA, fine)
    for index, drawn in enumerate((inside, outline)):
        maps[index] = cv2.resize(drawn, (CELLS, CELLS), interpolation=cv2.INTER_AREA) / 255
    places = np.arange(CELLS) * step + (step - 1) / 2
    for quad in quads:
        for x, y in quad:
            bump = np.exp(-((places[None] - x) ** 2 + (places[:, None] - y) ** 2) / (2 * step**2))
            maps[2] = np.maximum(maps[2], bump)
    return maps


def choose_quads(rng, layers, close):
    """Where the documents are. close: one that fills the frame, as in a second pass."""
    if close:
        width = INNER * rng.uniform(0.62, 1.0)
        angle = rng.normal(0, 0.09) + rng.choice([0, 0.5, 1, 1.5]) * np.pi
        if rng.random() < 0.1:
            angle = rng.uniform(0, 2 * np.pi)
        size = layers[0].size
        reach = max(1.0, size[1] / size[0])
        return [random_quad(rng, size, SIDE / 2 + rng.normal(0, 8, 2), width / reach, angle, 0.3)]
    quads = []
    for layer in layers:
        for _ in range(12):
            width = INNER * (rng.uniform(0.15, 1.05) if len(layers) == 1 else rng.uniform(0.2, 0.5))
            width /= max(1.0, layer.size[1] / layer.size[0])
            reach = INNER * 0.5
            centre = SIDE / 2 + rng.uniform(-1, 1, 2) * max(0.1, 1 - width / INNER) * reach
            angle = (
                rng.uniform(0, 2 * np.pi)
                if rng.random() < 0.6
                else (rng.normal(0, 0.15) + rng.integers(4) * np.pi / 2)
            )
            quad = random_quad(rng, layer.size, centre, width, angle, 0.4)
            if all(
                np.linalg.norm(quad.mean(0) - other.mean(0))
                > 0.75
                * (np.linalg.norm(quad[2] - quad[0]) + np.linalg.norm(other[2] - other[0]))
                / 2
                for other in quads
            ):
                quads.append(quad)
                break
    return quads


def frame(rng, close):
    """Left, top, right, bottom of what is seen: the shape of a camera's picture, or all of a crop,
    which may reach over the border of its picture."""
    left = top = 0.0
    right = bottom = float(SIDE)
    if not close:
        aspect = rng.choice([3 / 4, 4 / 3, 16 / 9, 9 / 16, 1.0])
        wide, high = (INNER, INNER / aspect) if aspect >= 1 else (INNER * aspect, INNER)
        left, top = (SIDE - wide) / 2, (SIDE - high) / 2
        right, bottom = SIDE - left, SIDE - top
    elif rng.random() < 0.35:
        edges = [left, top, right, bottom]
        side = rng.integers(4)
        edges[side] += (1 if side < 2 else -1) * rng.uniform(0, SIDE * 0.2)
        left, top, right, bottom = edges
    return tuple(int(round(edge)) for edge in (left, top, right, bottom))


def blacken(pixels, visible):
    left, top, right, bottom = visible
    seen = np.zeros_like(pixels)
    seen[top:bottom, left:right] = pixels[top:bottom, left:right]
    return seen


def scan(rng, layer):
    """Corners and visible part where the page fills its picture, or nearly."""
    wide, high = layer.size
    share = INNER / max(wide, high)
    half = np.array([wide, high]) * share / 2
    margin = 1 - abs(rng.normal(0, 0.012))
    unit = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float)
    quad = SIDE / 2 + unit * half * margin + rng.normal(0, 0.6, (4, 2)) * (margin < 0.995)
    left, top = np.round(SIDE / 2 - half).astype(int).tolist()
    quad = np.roll(quad, 2 * int(rng.integers(2)), axis=0)
    return [quad - 0.5], (left, top, SIDE - left, SIDE - top)


def lay(rng, bank, canvas, layer, quad):
    """Draws one flat thing with its shadow, and the hand that holds it."""
    if rng.random() < 0.08:
        rim(rng, bank, canvas, quad)
    if rng.random() < 0.15:
        palm(rng, canvas, quad)
    if rng.random() < 0.5:
        shadow(rng, canvas, quad)
    if layer.opposite and rng.random() < 0.3:
        place_opposite(rng, bank, canvas, layer, quad)
    place_layer(canvas, layer, quad)
    if rng.random() < 0.3:
        for _ in range(rng.integers(1, 4)):
            finger(rng, canvas, quad)


def choose_layers(rng, bank, close, negative):
    """What the picture is of; nothing in some of those without a document."""
    if negative and rng.random() >= LOOKALIKE_SHARE:
        return []
    pool = bank.documents
    if negative:
        pool = bank.lookalikes if rng.random() < 0.85 else bank.things
    count = 2 if not close and rng.random() < 0.12 else 1
    return [pool[i] for i in rng.integers(len(pool), size=count)]


def random_sample(rng, bank):
    close = rng.random() < 0.35
    negative = rng.random() < NEGATIVE_SHARE
    canvas = ground(rng, bank)
    clutter(rng, bank, canvas, 4 if negative else 2 if not close else 1)
    layers, quads = choose_layers(rng, bank, close, negative), []
    visible = frame(rng, close)
    if layers and not close and rng.random() < SCAN_SHARE:
        quads, visible = scan(rng, layers[0])
        place_layer(canvas, layers[0], quads[0])
    elif layers:
        quads = choose_quads(rng, layers, close)
        for layer, quad in zip(layers, quads, strict=False):
            lay(rng, bank, canvas, layer, quad)
    light(rng, canvas)
    pixels = blacken(camera(rng, canvas), visible)
    quads = [] if negative else quads
    return Sample(pixels, answer(quads), quads)


def draw_documents(rng, count, portraits):
    """As layers, in designs that are drawn by lot."""
    import designs

    drawn = [designs.random_document(rng, portraits) for _ in range(count)]
    return [Layer.of(one.pixels, one.cover, one.kind.startswith("ID-3")) for one in drawn]


def make_bank(rng, documents, things, grounds, photographs, portraits):
    """documents, things, grounds: how many of each. photographs: RGB, they serve as grounds."""
    import lookalikes
    import scenes

    framed = list(photographs) + [np.asarray(portrait) for portrait in portraits]
    sources = lookalikes.Sources(list(photographs), list(portraits))
    return Bank(
        draw_documents(rng, documents, portraits),
        [Layer.of(*scenes.random_thing(rng, framed)) for _ in range(things)],
        [Layer.of(*lookalikes.random_lookalike(rng, sources)) for _ in range(2 * things)],
        [scenes.random_ground(rng) for _ in range(grounds)] + list(photographs) * 3,
    )
