"""Draws glasses, and things that only resemble them, over aligned faces.

A canvas is a float picture (0..255, RGB) of CANVAS pixels in which the eyes are EYES pixels apart
around MIDDLE; all lengths below are in units of that distance.
"""

import cv2
import numpy as np

CANVAS = (256, 160)
EYES = 88.0
MIDDLE = (127.5, 72.0)
SHIFT = 4


def mask_of(*polygons):
    """Coverage 0..1 of polygons given in canvas pixels."""
    mask = np.zeros(CANVAS[::-1], np.uint8)
    for polygon in polygons:
        cv2.fillPoly(mask, [np.round(polygon * (1 << SHIFT)).astype(np.int32)], 255,
                     cv2.LINE_AA, SHIFT)
    return mask.astype(np.float32) / 255


def line_mask(points, thickness):
    """Coverage of a polyline; thinner than a pixel means fainter."""
    mask = np.zeros(CANVAS[::-1], np.uint8)
    cv2.polylines(mask, [np.round(np.asarray(points) * (1 << SHIFT)).astype(np.int32)], False,
                  255, max(1, int(round(thickness))), cv2.LINE_AA, SHIFT)
    return mask.astype(np.float32) / 255 * min(1.0, thickness)


def blend(picture, mask, colour):
    picture += mask[..., None] * (colour - picture)


def blurred(mask, sigma):
    return cv2.GaussianBlur(mask, (0, 0), max(0.3, sigma))


def lens_outline(rng):
    """A lens around (0, 0), outer side at positive x, as 72 points; its half width and height."""
    kind = rng.choice(["oval", "box", "aviator", "cat", "round"], p=[.3, .3, .12, .13, .15])
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    power = {"oval": rng.uniform(2, 3), "round": rng.uniform(1.9, 2.3)}.get(kind,
                                                                           rng.uniform(2.8, 7))
    c, s = np.cos(angle), np.sin(angle)
    radius = (np.abs(c) ** power + np.abs(s) ** power) ** (-1 / power)
    a = rng.uniform(.34, .47)
    b = a * (rng.uniform(.85, 1.05) if kind in ("round", "aviator") else rng.uniform(.42, .9))
    x, y = radius * c * a, radius * s * b
    x *= 1 - rng.uniform(-.02, .18) * y / b  # narrower below
    if kind == "aviator":
        y += np.where(y > 0, rng.uniform(0, .3), 0) * y * (x / a)
    if kind == "cat":
        y -= rng.uniform(.1, .35) * b * np.clip(x / a, 0, 1) ** 2 * (y < 0)
    return np.stack([x, y], 1), a, b


def frame_colour(rng, light):
    """A colour under the light of the face (0..1), and whether it is metal."""
    kind = rng.choice(["black", "brown", "metal", "gold", "any", "clear"],
                      p=[.36, .16, .2, .1, .13, .05])
    base = {"black": rng.uniform(0, 45) * np.ones(3),
            "brown": np.array([90, 55, 35]) * rng.uniform(.3, 1.2),
            "metal": rng.uniform(60, 210) * np.ones(3) + rng.normal(0, 6, 3),
            "gold": np.array([190, 150, 90]) * rng.uniform(.5, 1.1),
            "any": rng.uniform(0, 255, 3),
            "clear": np.array([225, 215, 205]) * rng.uniform(.8, 1.0)}[kind]
    return np.clip(base * (.35 + .75 * light), 0, 255).astype(np.float32), kind


def refract(picture, mask, centre, factor):
    """What lies behind a lens, a little larger or smaller."""
    m = np.array([[factor, 0, centre[0] * (1 - factor)], [0, factor, centre[1] * (1 - factor)]])
    behind = cv2.warpAffine(picture, m, CANVAS, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                            borderMode=cv2.BORDER_REPLICATE)
    blend(picture, mask, behind)


def glare(picture, rng, mask, centre, size):
    """Reflections of windows, lamps and screens on a lens."""
    for _ in range(rng.integers(1, 4)):
        at = np.asarray(centre) + rng.uniform(-.8, .8, 2) * size
        w, h = rng.uniform(.05, .7, 2) * size
        corners = np.array([[-w, -h], [w, -h], [w, h], [-w, h]]) * rng.uniform(.6, 1, (4, 2))
        turn = rng.uniform(-.6, .6)
        corners = corners @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        spot = blurred(mask_of(corners + at), rng.choice([.6, 2, 6])) * mask
        tint = rng.choice(3, p=[.6, .2, .2])
        colour = [np.array([245, 245, 250]), np.array([150, 235, 170]), np.array([150, 130, 240])]
        blend(picture, spot * rng.uniform(.15, .95), colour[tint] * rng.uniform(.7, 1))


def choose_tint(rng, dark):
    """Colour, strength and how much weaker it is below; the same for both lenses."""
    if not dark:
        return rng.uniform(60, 255, 3), rng.uniform(0, .18), 0
    colour = rng.uniform(0, 60) * np.ones(3) + rng.uniform(0, 50, 3) * (rng.random() < .4)
    if rng.random() < .15:
        colour = rng.uniform(30, 230, 3)  # mirrored or coloured
    return colour, rng.uniform(.55, 1), rng.uniform(0, .6) * (rng.random() < .5)


def tint_lens(picture, mask, light, tint):
    colour, strength, slope = tint
    ramp = np.linspace(1, 1 - slope, CANVAS[1], dtype=np.float32)[:, None]
    blend(picture, mask * strength * ramp, colour * (.4 + .6 * light))


def temple(outline, centre, side, rng, reach):
    """The arm from the outer upper corner of a lens towards the ear."""
    start = centre + outline[np.argmax(outline[:, 0] * side - .35 * outline[:, 1])]
    end = np.array([MIDDLE[0] + side * reach * EYES, start[1] + rng.uniform(-.14, .08) * EYES])
    return np.array([start, end])


def draw_glasses(picture, rng, eyes, nose_shift):
    """eyes: the two points on the canvas; nose_shift: how far the nose is off their middle.

    Returns whether the lenses are so dark that they hide the eyes.
    """
    middle = eyes.mean(0)
    gap = np.linalg.norm(eyes[1] - eyes[0])
    axis = (eyes[1] - eyes[0]) / gap
    turn = np.arctan2(axis[1], axis[0]) + rng.normal(0, .025)
    rotate = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    outline, a, b = lens_outline(rng)
    apart = max(.5 + rng.uniform(-.03, .08), a + rng.uniform(.05, .14))
    centre = middle + np.array([nose_shift * rng.uniform(.1, .5), 0])
    drop = rng.uniform(-.04, .14) if rng.random() < .93 else rng.uniform(.14, .4)
    squeeze = 1 - np.array([1, -1]) * np.clip(nose_shift / gap, -.5, .5) * rng.uniform(0, .5)
    light = float(np.clip(picture[50:110, 60:200].mean() / 170, .12, 1.25))
    colour, kind = frame_colour(rng, light)
    style = rng.choice(["full", "half", "rimless", "brow"], p=[.66, .14, .14, .06])
    thick = rng.choice([rng.uniform(.012, .03), rng.uniform(.03, .06), rng.uniform(.06, .14)],
                       p=[.45, .33, .22])
    if kind in ("metal", "gold") or style == "rimless":
        thick = min(thick, rng.uniform(.012, .035))
    dark = rng.random() < .16
    tint = choose_tint(rng, dark)
    solid = rng.uniform(.75, 1) if kind != "clear" else rng.uniform(.2, .6)
    lenses, centres, rims, tops = [], [], [], []
    for number, side in enumerate((-1, 1)):
        shape = outline * [side * squeeze[number], 1]
        place = centre + ((np.array([side * apart * squeeze[number], drop])) * gap) @ rotate
        lenses.append(place + (shape * gap) @ rotate)
        grown = shape * (1 + thick / np.array([a, b]))
        rims.append(place + (grown * gap) @ rotate)
        centres.append(place)
        order = np.argsort(shape[:, 0])
        upper = order[shape[order, 1] < -.05 * b]
        tops.append((place + (shape * gap) @ rotate)[upper])
    inside = [mask_of(lens) for lens in lenses]
    outside = np.maximum(*[mask_of(rim) for rim in rims])
    lens_mask = np.maximum(*inside)
    frame = np.zeros_like(lens_mask)
    width = thick * gap
    if style == "full":
        frame = np.clip(outside - lens_mask, 0, 1)
    elif style == "half":
        for top in tops:
            frame = np.maximum(frame, line_mask(top, width))
    elif style == "brow":
        frame = np.clip(outside - lens_mask, 0, 1) * .8
        for top in tops:
            frame = np.maximum(frame, line_mask(top, width + rng.uniform(.04, .12) * gap))
    # bridge, one bar or two, and arms
    bar = max(width * rng.uniform(.7, 1.3), .012 * gap)
    inner = [lenses[0][np.argmax(lenses[0][:, 0])], lenses[1][np.argmin(lenses[1][:, 0])]]
    for level in [rng.uniform(-.6, .05)] + ([-.75] if rng.random() < .15 else []):
        ends = [inner[0] + [0, level * b * gap], inner[1] + [0, level * b * gap]]
        if style != "rimless":
            ends[0][0] -= .04 * gap
            ends[1][0] += .04 * gap
        arch = (ends[0] + ends[1]) / 2 - [0, rng.uniform(-.02, .06) * gap]
        t = np.linspace(0, 1, 9)[:, None]
        curve = (1 - t) ** 2 * ends[0] + 2 * t * (1 - t) * arch + t ** 2 * ends[1]
        frame = np.maximum(frame, line_mask(curve, bar))
    for number, side in enumerate((-1, 1)):
        arm = temple(lenses[number] - centres[number], centres[number], side, rng,
                     rng.uniform(.95, 1.3) * squeeze[number])
        if (arm[1, 0] - arm[0, 0]) * side > 0:
            frame = np.maximum(frame, line_mask(arm, bar * rng.uniform(.8, 1.4)))
    # shadow below the frame, then lenses, then the frame
    move = np.float32([[1, 0, rng.uniform(-.03, .03) * gap], [0, 1, rng.uniform(.01, .08) * gap]])
    shadow = blurred(cv2.warpAffine(frame, move, CANVAS), rng.uniform(.8, 5))
    picture *= (1 - shadow * rng.uniform(0, .45))[..., None]
    strength = rng.uniform(.9, 1.1) if rng.random() < .8 else 1
    for mask, place in zip(inside, centres):
        refract(picture, mask, place, strength)
        tint_lens(picture, mask, light, tint)
        if rng.random() < (.35 if not dark else .6):
            glare(picture, rng, mask, place, np.array([a, b]) * gap)
    if style in ("rimless", "half"):
        edge = np.clip(lens_mask - cv2.erode(lens_mask, np.ones((3, 3))), 0, 1)
        blend(picture, edge * rng.uniform(.1, .6), rng.uniform(30, 255) * np.ones(3) * light)
    shade = colour + np.zeros_like(picture)
    if kind in ("metal", "gold", "any") or rng.random() < .3:
        noise = cv2.resize(rng.normal(0, rng.uniform(5, 60), (5, 9)).astype(np.float32), CANVAS,
                           interpolation=cv2.INTER_CUBIC)
        shade = np.clip(shade + noise[..., None], 0, 255)
    blend(picture, frame * solid, shade)
    if rng.random() < .4:  # light along the upper edge
        up = cv2.warpAffine(frame, np.float32([[1, 0, 0], [0, 1, max(1, width * .4)]]), CANVAS)
        blend(picture, np.clip(frame - up, 0, 1) * rng.uniform(.1, .7),
              np.array([250., 248, 240]) * light)
    if rng.random() < .35 and style != "brow":  # nose pads
        for side in (-1, 1):
            at = centre + [side * rng.uniform(.09, .16) * gap, (drop + rng.uniform(0, .15)) * gap]
            turned = np.linspace(0, 2 * np.pi, 16)
            pad = np.stack([np.cos(turned) * .025, np.sin(turned) * .06], 1) * gap + at
            blend(picture, mask_of(pad) * rng.uniform(.2, .7), rng.uniform(60, 250, 3) * light)
    return dark


def hair(picture, rng):
    """Strands across the face."""
    colour = rng.uniform(0, 1) ** 2 * np.array([200, 160, 110]) + rng.uniform(0, 25)
    x = rng.uniform(0, CANVAS[0])
    for _ in range(rng.integers(1, 14)):
        start = np.array([x + rng.normal(0, 22), -5])
        end = start + [rng.normal(0, 60), rng.uniform(30, 170)]
        bend = (start + end) / 2 + rng.normal(0, 18, 2)
        t = np.linspace(0, 1, 10)[:, None]
        curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t ** 2 * end
        blend(picture, line_mask(curve, rng.uniform(.5, 5)) * rng.uniform(.3, 1), colour)


def lines_of_age(picture, rng, eyes):
    """Eye bags, folds and made-up lids: soft arcs around the eyes."""
    gap = np.linalg.norm(eyes[1] - eyes[0])
    drop = rng.uniform(.08, .3)
    for eye in eyes:
        for _ in range(rng.integers(1, 3)):
            t = np.linspace(.1, np.pi - .1, 12)
            arc = eye + np.stack([np.cos(t) * rng.uniform(.18, .34),
                                  np.sin(t) * drop * rng.uniform(.7, 1.2)], 1) * gap
            if rng.random() < .25:
                arc[:, 1] = 2 * eye[1] - arc[:, 1]
            soft = blurred(line_mask(arc, rng.uniform(1, 5)), rng.uniform(.8, 4))
            picture *= (1 - soft * rng.uniform(.1, .5))[..., None]


def brows(picture, rng, eyes):
    """Heavier, lower or joined eyebrows."""
    gap = np.linalg.norm(eyes[1] - eyes[0])
    colour = rng.uniform(0, 70) * np.array([1, .8, .7])
    lift, inner = rng.uniform(.16, .36), rng.uniform(.08, .3)
    for eye, side in zip(eyes, (-1, 1)):
        points = np.array([[-side * (.5 - inner), -lift + rng.uniform(-.02, .06)],
                           [side * .05, -lift - rng.uniform(0, .08)],
                           [side * rng.uniform(.25, .38), -lift + rng.uniform(0, .1)]]) * gap + eye
        soft = blurred(line_mask(points, rng.uniform(2, 9)), rng.uniform(.6, 2))
        blend(picture, soft * rng.uniform(.3, .9), colour)


def hollows(picture, rng, eyes):
    """Deep-set or made-up eyes: dark, soft patches."""
    gap = np.linalg.norm(eyes[1] - eyes[0])
    t = np.linspace(0, 2 * np.pi, 24)
    size = rng.uniform(.12, .34, 2)
    for eye in eyes:
        patch = eye + np.stack([np.cos(t) * size[0], np.sin(t) * size[1]], 1) * gap
        soft = blurred(mask_of(patch), rng.uniform(3, 9))
        blend(picture, soft * rng.uniform(.1, .75), rng.uniform(0, 70, 3))


def headgear(picture, rng):
    """The edge of a hat or scarf above, or of a mask below, with a shadow."""
    above = rng.random() < .6
    level = rng.uniform(2, 48) if above else rng.uniform(100, 140)
    x = np.linspace(-10, CANVAS[0] + 10, 12)
    edge = np.stack([x, level + rng.normal(0, 8) * np.cos((x - 128) / 80) +
                     rng.normal(0, .06) * (x - 128)], 1)
    rest = [[CANVAS[0] + 10, -10], [-10, -10]] if above else [[CANVAS[0] + 10, 200], [-10, 200]]
    mask = mask_of(np.concatenate([edge, rest]))
    soft = blurred(mask, rng.uniform(2, 9))
    picture *= (1 - soft * rng.uniform(0, .5))[..., None]
    blend(picture, mask, rng.uniform(0, 255, 3))


def shine(picture, rng):
    """Highlights of skin, and lamps."""
    for _ in range(rng.integers(1, 4)):
        at = rng.uniform([40, 10], [216, 150])
        t = np.linspace(0, 2 * np.pi, 16)
        spot = at + np.stack([np.cos(t), np.sin(t)], 1) * rng.uniform(1, 16, 2)
        blend(picture, blurred(mask_of(spot), rng.uniform(.8, 6)) * rng.uniform(.1, .8),
              np.array([255, 250, 240.]))


def scratches(picture, rng):
    """Thin lines anywhere: an edge of the background, a cable, a scar, a crease of the print."""
    for _ in range(rng.integers(1, 3)):
        a, b = rng.uniform([0, 0], CANVAS, (2, 2))
        blend(picture, line_mask([a, b], rng.uniform(.5, 3)) * rng.uniform(.2, .9),
              rng.uniform(0, 255, 3))


def half_light(picture, rng):
    """Light from one side, or from above with the sockets in shade."""
    direction = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[:CANVAS[1], :CANVAS[0]].astype(np.float32)
    along = ((x - 128) * np.cos(direction) + (y - 72) * np.sin(direction)) / 60
    picture *= (1 - rng.uniform(.1, .7) / (1 + np.exp(-along * rng.uniform(.7, 5))))[..., None]


def draw_distractors(picture, rng, eyes):
    """What people have around their eyes besides glasses; on both classes alike."""
    for chance, draw in ((.22, brows), (.25, lines_of_age), (.15, hollows)):
        if rng.random() < chance:
            draw(picture, rng, eyes)
    for chance, draw in ((.2, half_light), (.18, shine), (.15, headgear), (.15, hair),
                         (.1, scratches)):
        if rng.random() < chance:
            draw(picture, rng)
