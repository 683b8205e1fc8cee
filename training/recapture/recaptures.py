"""Recaptures that are synthesised: what a camera makes of a scene, of a screen and of a print.

Each function takes a sharp patch (square, float32, RGB, 0..1) and a NumPy generator and returns
the patch as a camera would deliver it, a square of 80 to 520 pixels. Every range was chosen by
thinking of devices (screens of 90 to 500 pixels an inch, halftones of 60 to 200 lines, phone and
web cameras), not by looking at pictures that the net is measured on.
"""

import cv2
import numpy as np

SIDE = 128


def blur(patch, sigma):
    return cv2.GaussianBlur(patch, (0, 0), sigma) if sigma > 0.05 else patch


def resize(patch, width, height=None):
    height = height or width
    shrinking = width < patch.shape[1]
    return cv2.resize(
        patch, (width, height), interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    )


def as_delivered(patch):
    """Brings a captured square to the net's size as the product does: halves, then bilinear."""
    while patch.shape[0] >= 1.9 * SIDE:
        patch = resize(patch, patch.shape[0] // 2)
    if patch.shape[0] != SIDE:
        patch = cv2.resize(patch, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    return np.clip(np.rint(patch * 255.0), 0, 255).astype(np.uint8)


def jpeg(patch, quality):
    code = cv2.imencode(
        ".jpg",
        np.clip(np.rint(patch[..., ::-1] * 255.0), 0, 255).astype(np.uint8),
        [cv2.IMWRITE_JPEG_QUALITY, int(quality)],
    )[1]
    return cv2.imdecode(code, cv2.IMREAD_COLOR)[..., ::-1].astype(np.float32) / 255.0


def smooth_field(rng, side, cells):
    """A smooth random field, 0..1."""
    field = cv2.resize(
        rng.random((cells, cells), dtype=np.float32), (side, side), interpolation=cv2.INTER_CUBIC
    )
    return np.clip(field, 0.0, 1.0)[..., None]


def light(rng, patch):
    """Uneven light of one direction, a colour temperature and an exposure."""
    side = patch.shape[0]
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side - 0.5
    ramp = 1.0 + rng.uniform(0, 0.7) * (np.cos(angle) * x + np.sin(angle) * y)[..., None]
    warmth = rng.normal(0, 0.08)
    tint = np.array([1 + warmth, 1 + rng.normal(0, 0.03), 1 - warmth], np.float32)
    return patch * ramp * tint * rng.uniform(0.7, 1.25)


def camera(rng, patch):
    """What every camera adds, to scenes and to recaptures alike."""
    patch = blur(
        patch, rng.choice([0.0, rng.uniform(0, 0.8), rng.uniform(0.5, 1.6)], p=[0.3, 0.5, 0.2])
    )
    if rng.random() < 0.12:  # motion
        length = int(rng.integers(2, 6))
        kernel = np.zeros((length, length), np.float32)
        if rng.random() < 0.5:
            kernel[length // 2] = 1.0 / length
        else:
            np.fill_diagonal(kernel, 1.0 / length)
        patch = cv2.filter2D(patch, -1, kernel)
    patch = np.clip(patch, 0, 1.2)
    noise = rng.uniform(0, 0.035) * np.sqrt(np.clip(patch, 0.02, 1))
    grain = rng.standard_normal(patch.shape, dtype=np.float32)
    if rng.random() < 0.5:  # demosaicing correlates it
        grain = blur(grain, 0.7) * 1.8
    patch = patch + noise * grain
    if rng.random() < 0.5:  # sharpening in the camera
        patch = patch + rng.uniform(0.2, 1.4) * (patch - blur(patch, rng.uniform(0.6, 1.5)))
    patch = np.clip(patch, 0, 1) ** rng.uniform(0.75, 1.3)
    grey = patch.mean(axis=2, keepdims=True)
    saturation = 0.0 if rng.random() < 0.04 else rng.uniform(0.6, 1.35)
    patch = np.clip(grey + saturation * (patch - grey), 0, 1)
    patch = jpeg(patch, rng.uniform(45, 98))
    if rng.random() < 0.3:  # sent on: another size, compressed again
        patch = jpeg(
            resize(patch, max(48, int(patch.shape[0] * rng.uniform(0.5, 1.2)))), rng.uniform(50, 95)
        )
    return patch


def captured_side(rng):
    """Camera pixels across the square: from faces far away to close-ups."""
    return int(np.exp(rng.uniform(np.log(80), np.log(520))))


def scene(rng, patch):
    """The real thing in front of the camera."""
    side = min(captured_side(rng), int(patch.shape[0] * 1.25))
    patch = resize(patch, max(64, side))
    if rng.random() < 0.6:
        patch = light(rng, patch)
    if rng.random() < 0.25:  # haze, a dirty lens, light into the camera: low contrast is no attack
        patch = patch * rng.uniform(0.6, 1.0) + rng.uniform(0.0, 0.2)
    return camera(rng, patch)


def first_generation(rng, patch, side):
    """The picture that is shown or printed: itself once taken by a camera."""
    patch = resize(patch, side)
    if rng.random() < 0.5:
        patch = np.clip(light(rng, patch), 0, 1)
    return jpeg(np.clip(blur(patch, rng.uniform(0, 0.9)), 0, 1), rng.uniform(60, 98))


def surround(rng, patch, rim):
    """Leaves a rim and what is behind it on one to four sides, as where a screen or sheet ends."""
    side = patch.shape[0]
    out = np.broadcast_to(rng.uniform(0, 1, 3).astype(np.float32), patch.shape).copy()
    out = np.clip(out + 0.5 * (smooth_field(rng, side, 6) - 0.5), 0, 1)
    edges = [int(side * rng.uniform(0.02, 0.22)) if rng.random() < 0.5 else 0 for _ in range(4)]
    if not any(edges):
        edges[int(rng.integers(4))] = int(side * rng.uniform(0.03, 0.2))
    left, top, right, bottom = edges
    width = int(side * rng.uniform(0.0, 0.08))
    x0, y0, x1, y1 = (max(0, v - width) for v in edges)
    out[y0 : side - y1, x0 : side - x1] = rim
    out[top : side - bottom, left : side - right] = patch[top : side - bottom, left : side - right]
    return out


def tilt(rng, patch, side):
    """The patch as a camera of `side` pixels sees it, held at a slight angle."""
    high = patch.shape[0] - 1.0
    corners = np.array([[0, 0], [high, 0], [high, high], [0, high]], np.float32)
    turn = np.deg2rad(rng.normal(0, 5))
    centre = high / 2
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    seen = (corners - centre) @ rotation.T * rng.uniform(0.8, 0.93) + centre
    seen += rng.uniform(-0.06, 0.06, (4, 2)) * high
    low = side - 1.0
    target = np.array([[0, 0], [low, 0], [low, low], [0, low]], np.float32)
    matrix = cv2.getPerspectiveTransform(seen.astype(np.float32), target)
    return cv2.warpPerspective(
        patch, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def glare(rng, patch, strength):
    """Reflections on a flat, shiny surface: a veil, and now and then a lamp or a window."""
    side = patch.shape[0]
    patch = patch + strength * rng.uniform(0, 0.12) * (0.3 + smooth_field(rng, side, 3))
    for _ in range(rng.poisson(0.5 * strength)):
        shape = np.zeros((side, side), np.float32)
        centre = tuple(int(v) for v in rng.uniform(0, side, 2))
        axes = tuple(max(1, int(v)) for v in side * rng.uniform(0.02, 0.25, 2))
        if rng.random() < 0.5:
            cv2.ellipse(shape, centre, axes, float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
        else:
            box = cv2.boxPoints((centre, axes, float(rng.uniform(0, 180))))
            cv2.fillPoly(shape, [box.astype(np.int32)], 1.0)
        shape = cv2.GaussianBlur(shape, (0, 0), side * rng.uniform(0.005, 0.06))
        patch = patch + shape[..., None] * rng.uniform(0.15, 0.9)
    return patch


def screen(rng, patch):
    """Shown on a screen: grid of red, green and blue stripes, then the camera's own grid."""
    side = captured_side(rng)
    pixels = int(np.clip(side * np.exp(rng.uniform(np.log(0.45), np.log(2.2))), 70, 420))
    shown = first_generation(rng, patch, pixels) ** 2.2
    shown = np.repeat(np.repeat(shown, 3, axis=0), 3, axis=1)
    gap = rng.uniform(0.0, 0.9)  # how dark the lines between the pixels are
    spread = rng.uniform(0.0, 0.6)  # how much a stripe gives of the other colours
    lattice = np.full((3, 3, 3), spread, np.float32)
    order = [0, 1, 2] if rng.random() < 0.8 else [2, 1, 0]
    for column, colour in enumerate(order):
        lattice[:, column, colour] = 1.0
    lattice[int(rng.integers(3)), :, :] *= 1.0 - gap
    if rng.random() < 0.25:  # stripes of the other direction, as on a turned phone
        lattice = lattice.transpose(1, 0, 2)
    lattice /= lattice.mean(axis=(0, 1), keepdims=True)
    shown = shown * np.tile(lattice, (pixels, pixels, 1))
    if rng.random() < 0.3:
        shown = surround(rng, shown, np.float32(rng.uniform(0.0, 0.15)))
    shown = blur(shown, rng.uniform(0.25, 0.65) * shown.shape[0] / side)
    seen = tilt(rng, shown, side)
    level = rng.uniform(0.6, 1.6)
    tint = np.array([rng.normal(0.94, 0.07), 1.0, rng.normal(1.08, 0.08)], np.float32)
    seen = seen * level * tint + rng.uniform(0, 0.04)
    if rng.random() < 0.3:  # refresh against shutter
        rows = np.arange(side, dtype=np.float32)[:, None, None]
        wave = np.sin(2 * np.pi * rows / (side * rng.uniform(0.1, 0.8)) + rng.uniform(0, 6.3))
        seen = seen * (1.0 + rng.uniform(0.03, 0.25) * wave)
    seen = glare(rng, seen, 1.0 if rng.random() < 0.6 else 0.0)
    return camera(rng, np.clip(seen, 0, 1.3) ** (1 / 2.2))


def halftone(rng, patch, cell):
    """Clustered dots of cyan, magenta, yellow and black on screens of four angles."""
    side = patch.shape[0]
    ink = 1.0 - patch
    black = ink.min(axis=2, keepdims=True) * rng.uniform(0.3, 1.0)
    inks = np.concatenate([ink - black, black], axis=2)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    out = np.ones_like(patch)
    colours = np.array([[0.1, 0.65, 0.85], [0.85, 0.15, 0.45], [0.98, 0.9, 0.15], [0.1, 0.1, 0.1]])
    for index, degrees in enumerate((15, 75, 0, 45)):
        a = np.deg2rad(degrees + rng.normal(0, 1))
        u = (x * np.cos(a) + y * np.sin(a)) * (2 * np.pi / cell)
        v = (y * np.cos(a) - x * np.sin(a)) * (2 * np.pi / cell)
        threshold = 0.5 + 0.25 * (np.cos(u) + np.cos(v))
        dots = np.clip((inks[..., index] - threshold) * 6.0 + 0.5, 0, 1)[..., None]
        out = out * (1.0 - dots * (1.0 - colours[index].astype(np.float32)))
    return out


def ink_noise(rng, patch):
    """The scattered dots of an ink-jet printer."""
    grain = rng.random(patch.shape, dtype=np.float32)
    amount = rng.uniform(0.05, 0.35)
    return np.clip(patch + amount * (grain - 0.5), 0, 1)


def printed(rng, patch):
    """Printed, held up and taken again."""
    side = captured_side(rng)
    fine = int(np.clip(side * rng.uniform(1.0, 2.5), 160, 800))
    sheet = first_generation(rng, patch, min(fine, 2 * patch.shape[0]))
    sheet = resize(sheet, fine)
    kind = rng.random()
    if kind < 0.45:
        dots = halftone(rng, sheet, fine / side * np.exp(rng.uniform(np.log(0.7), np.log(5))))
        sheet = sheet + rng.uniform(0.3, 1.0) * (dots - sheet)
    elif kind < 0.8:
        sheet = ink_noise(rng, sheet)
    darkest = rng.uniform(0.03, 0.22)
    paper = np.array([1.0, 1.0 + rng.normal(0, 0.02), 1.0 + rng.normal(0, 0.05)], np.float32)
    grey = sheet.mean(axis=2, keepdims=True)
    sheet = grey + rng.uniform(0.55, 1.0) * (sheet - grey)
    sheet = (darkest + (rng.uniform(0.8, 0.97) - darkest) * sheet) * paper
    if rng.random() < 0.5:  # the paper's own grain
        sheet = sheet * (
            1.0
            + rng.uniform(0, 0.05)
            * blur(rng.standard_normal(sheet.shape[:2], dtype=np.float32), rng.uniform(0.5, 1.5))[
                ..., None
            ]
        )
    if rng.random() < 0.25:  # streaks of the print head
        streaks = blur(rng.standard_normal((fine, 1), dtype=np.float32), 1.0)[..., None]
        sheet = sheet * (1.0 + rng.uniform(0, 0.08) * streaks)
    if rng.random() < 0.35:
        sheet = surround(rng, sheet, np.float32(rng.uniform(0.7, 1.0)))
    sheet = blur(np.clip(sheet, 0, 1) ** 2.2, rng.uniform(0.25, 0.7) * fine / side)
    seen = light(rng, tilt(rng, sheet, side))
    if rng.random() < 0.4:  # a sheet is seldom flat
        seen = seen * (0.8 + 0.4 * smooth_field(rng, side, 4))
    seen = glare(rng, seen, 1.0 if rng.random() < 0.5 else 0.2)
    return camera(rng, np.clip(seen, 0, 1.3) ** (1 / 2.2))


KINDS = (scene, screen, printed)
