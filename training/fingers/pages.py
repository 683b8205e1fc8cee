"""Draws document pages and lays hands over them, as they look after rectification."""

import json
import string
import tarfile
from pathlib import Path

import cv2
import numpy as np

import hands

PAGE = (384, 256)  # drawn
EDGE = 32  # of the surroundings, drawn around the page
NET = (192, 128)  # kept of a sample
INPUT = (96, 64)  # seen by the net
GRID = (48, 32)
FORMATS = [(85.6, 53.98), (85.6, 53.98), (85.6, 53.98), (105.0, 74.0), (125.0, 88.0)]  # mm
# Ten tones from the lightest human skin to the darkest (the Monk scale), sRGB.
TONES = np.array([[246, 237, 228], [243, 231, 219], [247, 234, 208], [234, 218, 186],
                  [215, 189, 150], [160, 126, 86], [130, 92, 67], [96, 65, 52], [58, 49, 42],
                  [41, 36, 32]], np.float32) / 255


def read_faces(folder):
    """The portraits of ../glasses/faces.json, cut out: for what is printed on a page."""
    table = json.loads((Path(__file__).parent.parent / "glasses" / "faces.json").read_text())
    archives, pictures, faces = {}, {}, []
    for row in table["faces"]:
        name = row["package"]
        if name not in archives:
            archives[name] = tarfile.open(Path(folder) / (name + ".tgz"))
        key = name, row["path"]
        if key not in pictures:
            data = archives[name].extractfile(row["path"]).read()
            pictures[key] = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        picture = pictures[key]
        points = np.array(row["points"]).reshape(5, 2)
        middle = points.mean(0)
        unit = max(np.hypot(*(points[1] - points[0])), np.hypot(*(points[3] - points[0])))
        left, top = np.maximum(middle - unit * np.array([1.8, 2.2]), 0).astype(int)
        end = middle + unit * np.array([1.8, 2.3])
        right, bottom = np.minimum(end, picture.shape[1::-1]).astype(int)
        crop = picture[top:bottom, left:right, ::-1]
        scale = min(1, 160 / max(crop.shape[:2]))
        faces.append(cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    return faces


def colour(rng, kind=None):
    """A colour by its kind: any, pale, skin, wood, red."""
    kind = kind or rng.choice(["any", "pale", "pale", "pale", "skin", "wood", "red"])
    if kind == "skin":
        return skin(rng)
    hue, saturation, value = rng.uniform(0, 180), rng.uniform(0, 255), rng.uniform(30, 255)
    if kind == "pale":
        saturation, value = rng.uniform(0, 70), rng.uniform(180, 255)
    elif kind == "wood":
        hue, saturation, value = rng.uniform(5, 18), rng.uniform(60, 190), rng.uniform(60, 230)
    elif kind == "red":
        hue, saturation = rng.uniform(-8, 20) % 180, rng.uniform(90, 255)
    pixel = np.array([[[hue, saturation, value]]], np.uint8)
    return cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0].astype(np.float32) / 255


def skin(rng, place=None):
    """place: among TONES, from 0 to 9."""
    place = rng.uniform(0, len(TONES) - 1) if place is None else place
    low = min(int(place), len(TONES) - 2)
    tone = TONES[low] + (TONES[low + 1] - TONES[low]) * (place - low)
    # Seen close by, skin has more red than the scale's mean tones.
    flush = rng.uniform(.3, 1.3)
    tone = tone * (1 + flush * np.array([.04, -.09, -.13]))
    return np.clip(tone * rng.normal(1, .04, 3), 0, 1).astype(np.float32)


def cloud(rng, size, cell):
    """Smooth noise, about -1 to 1."""
    cells = (max(2, int(size[1] / cell)) + 1, max(2, int(size[0] / cell)) + 1)
    return cv2.resize(rng.normal(0, .5, cells).astype(np.float32), size,
                      interpolation=cv2.INTER_CUBIC)


def surface(rng, size):
    """Plain, cloudy, or grained like wood or cloth."""
    first, second = colour(rng), colour(rng)
    kind = rng.integers(4)
    if kind == 0:
        t = np.zeros(size[::-1], np.float32)
    elif kind == 1:
        t = cloud(rng, size, rng.uniform(10, 150)) * .5 + .5
    elif kind == 2:
        grain = cloud(rng, (size[0], size[1]), 3)
        grain = cv2.blur(grain, (61, 1)) * 4 + cloud(rng, size, 90)
        t = np.sin(grain * 3 + np.linspace(0, rng.uniform(3, 40), size[1])[:, None]) * .5 + .5
        second = first * rng.uniform(.6, 1.1)
        if rng.random() < .5:
            t = np.ascontiguousarray(cv2.resize(t.T, size))
    else:
        t = rng.random(size[::-1]).astype(np.float32)
        second = first * rng.uniform(.7, 1)
    return first + (second - first) * np.clip(t, 0, 1)[..., None].astype(np.float32)


def guilloche(picture, rng):
    height, width = picture.shape[:2]
    ink, x = colour(rng), np.arange(0, width + 4, 4)
    step, swing = rng.uniform(3, 14), rng.uniform(3, 40)
    layer = picture.copy()
    for y in np.arange(-50, height + 50, step):
        wave = np.sin(x / rng.uniform(18, 20) + y / 40) + np.sin(x / 47 - y / 33)
        line = y + swing * wave
        cv2.polylines(layer, [np.stack([x, line], 1).astype(np.int32)], False, ink.tolist(),
                      1, cv2.LINE_AA)
    amount = rng.uniform(.1, .6)
    picture += (layer - picture) * amount


def words(rng, length):
    letters = string.ascii_uppercase + string.digits + "  <"
    return "".join(rng.choice(list(letters), length))


def put(picture, text, place, font, size, ink, width):
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.putText(mask, text, place, font, size, 255, width, cv2.LINE_AA)
    picture += (ink - picture) * (mask[..., None] / np.float32(255))


def write_text(picture, rng):
    height, width = picture.shape[:2]
    ink = colour(rng, "any") * rng.uniform(0, .6)
    left, y = rng.uniform(5, width * .6), rng.uniform(15, height * .5)
    for _ in range(rng.integers(2, 12)):
        size = rng.uniform(.25, .6)
        put(picture, words(rng, rng.integers(3, 28)), (int(left), int(y)),
            int(rng.integers(0, 5)), size, ink, int(rng.integers(1, 3)))
        y += 34 * size + rng.uniform(0, 10)
        if y > height - 4:
            break


def write_zone(picture, rng):
    """Lines like those of a machine-readable zone."""
    height, width = picture.shape[:2]
    if rng.random() < .5:
        picture[int(height * .76):] = picture[int(height * .76):] * .2 + colour(rng, "pale") * .8
    rows = rng.integers(2, 4)
    for i in range(rows):
        text = words(rng, 30 if rows == 3 else 44).replace(" ", "<")
        size = (width - 16) / cv2.getTextSize(text, 0, 1, 1)[0][0]
        put(picture, text, (8, int(height - 8 - (rows - 1 - i) * 17)), 0, size, np.float32(.1), 1)


def paste_portrait(picture, faces, rng):
    height, width = picture.shape[:2]
    face = faces[rng.integers(len(faces))].astype(np.float32) / 255
    tall = height * rng.uniform(.3, .8) if rng.random() < .85 else height * rng.uniform(.8, 1.15)
    scale = tall / face.shape[0]
    face = cv2.resize(face, None, fx=scale * rng.uniform(.85, 1.1), fy=scale,
                      interpolation=cv2.INTER_AREA)
    if rng.random() < .5:
        face = face[:, ::-1]
    if rng.random() < .2:
        face = np.repeat(face.mean(2, keepdims=True), 3, 2) * colour(rng, "pale")
    h, w = face.shape[:2]
    # Often near a border, sometimes cut by it.
    left = rng.uniform(0, width - w) if rng.random() < .6 else rng.choice([0, width - w]) \
        + rng.normal(0, .1 * w)
    top = rng.uniform(0, max(1, height - h)) if rng.random() < .7 else rng.normal(0, .15 * h)
    if rng.random() < .15:
        top = height - h * rng.uniform(.6, 1)
    m = np.array([[1, 0, left], [0, 1, top]], np.float32)
    shape = np.ones((h, w), np.float32)
    if rng.random() < .35:  # cut out around the head or in an oval
        shape[:] = 0
        cv2.ellipse(shape, (w // 2, int(h * .47)), (int(w * .36), int(h * .4)), 0, 0, 360, 1, -1)
        shape[int(h * .8):, int(w * .12):int(w * .88)] = 1
        shape = cv2.GaussianBlur(shape, (0, 0), max(.6, w * rng.uniform(.005, .04)))
    size = (width, height)
    shape = cv2.warpAffine(shape, m, size)[..., None] * (1 if rng.random() < .8 else .5)
    picture += (cv2.warpAffine(face, m, size, borderMode=cv2.BORDER_REPLICATE) - picture) * shape


def draw_shapes(picture, rng):
    """Bands, arcs, seals, bars that enter from a border, in colours that skin has too."""
    height, width = picture.shape[:2]
    for _ in range(rng.integers(1, 5)):
        layer = picture.copy()
        ink = colour(rng).tolist()
        kind = rng.integers(6)
        a = (rng.random(2) * [width, height]).astype(int)
        b = (rng.random(2) * [width, height]).astype(int)
        if kind == 0:
            cv2.rectangle(layer, a.tolist(), b.tolist(), ink, -1)
        elif kind == 1:
            axes = rng.integers(5, 90, 2)
            cv2.ellipse(layer, a.tolist(), axes.tolist(), float(rng.uniform(0, 180)), 0, 360,
                        ink, int(rng.choice([-1, 2, 5])), cv2.LINE_AA)
        elif kind == 2:
            side = int(rng.integers(4))
            length, size = int(rng.integers(10, 120)), int(rng.integers(10, 300))
            if side % 2:
                layer[:, :length][int(a[1]):int(a[1]) + size] = ink
            else:
                layer[:length][:, int(a[0]):int(a[0]) + size] = ink
            if side > 1:
                layer = np.ascontiguousarray(layer[::-1, ::-1])
                picture[:] = picture[::-1, ::-1].copy()
        elif kind == 3:  # a round-ended bar from outside: the shape of a finger, but print
            out = [[-40, a[1]], [width + 40, a[1]], [a[0], -40], [a[0], height + 40]]
            cv2.line(layer, out[rng.integers(4)], b.tolist(), ink, int(rng.integers(20, 80)),
                     cv2.LINE_AA)
        elif kind == 4:
            points = (rng.random((rng.integers(3, 7), 2)) * [width, height]).astype(np.int32)
            cv2.fillPoly(layer, [points], ink, cv2.LINE_AA)
        else:
            for x in range(0, int(rng.integers(40, 200)), 2):
                if rng.random() < .5:
                    left, top = int(a[0]) + x, int(a[1])
                    cv2.rectangle(layer, (left, top), (left + 1, top + 40), (.1, .1, .1), -1)
        if rng.random() < .4:
            layer = cv2.GaussianBlur(layer, (0, 0), rng.uniform(.5, 14))
        picture += (layer - picture) * rng.uniform(.2, 1)


def hologram(picture, rng):
    height, width = picture.shape[:2]
    t = cloud(rng, (width, height), rng.uniform(20, 120)) * rng.uniform(1, 4)
    rainbow = np.stack([np.sin(t * 3 + k) for k in (0, 2.1, 4.2)], 2) * .5 + .5
    mask = np.zeros((height, width), np.float32)
    centre = (rng.random(2) * [width, height]).astype(int).tolist()
    cv2.ellipse(mask, centre, rng.integers(15, 130, 2).tolist(), 0, 0, 360, 1, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(1, 20))[..., None] * rng.uniform(.1, .5)
    picture += (rainbow.astype(np.float32) - picture) * mask


def draw_page(rng, faces):
    """A page of PAGE pixels, RGB 0 to 1."""
    picture = surface(rng, PAGE)
    if rng.random() < .6:
        pale = colour(rng, "pale")
        picture += (pale - picture) * rng.uniform(.3, .95)
    picture = np.ascontiguousarray(picture)
    for _ in range(rng.integers(0, 3)):
        guilloche(picture, rng)
    if rng.random() < .5:
        draw_shapes(picture, rng)
    for _ in range(rng.choice([0, 1, 1, 1, 2])):
        paste_portrait(picture, faces, rng)
    for _ in range(rng.integers(0, 4)):
        write_text(picture, rng)
    if rng.random() < .45:
        write_zone(picture, rng)
    if rng.random() < .3:
        hologram(picture, rng)
    if rng.random() < .25:
        picture = np.ascontiguousarray(picture[::-1, ::-1])
    if rng.random() < .12:  # pages that are higher than wide are turned to lie
        picture = cv2.resize(np.rot90(picture), PAGE, interpolation=cv2.INTER_AREA)
    return picture.clip(0, 1)


class Light:
    def __init__(self, rng):
        way = np.array([rng.normal(0, .7), rng.normal(0, .7), rng.uniform(.5, 1.5)])
        self.way = (way / np.linalg.norm(way)).astype(np.float32)
        self.ambient = rng.uniform(.25, .75)
        warm = rng.normal(0, .13)
        self.tint = np.exp(np.array([warm, rng.normal(0, .03), -warm])).astype(np.float32)
        self.shadow = rng.uniform(.1, .75)
        self.gloss = rng.uniform(0, .25)

    def on(self, normals):
        """Brightness of surfaces; of a flat page 1."""
        lit = np.clip((normals @ self.way + .15) / 1.15, 0, None)
        flat = (self.way[2] + .15) / 1.15
        return (self.ambient + (1 - self.ambient) * lit / flat)[..., None]


def shade(planes, light, look):
    """Colour of a warped sprite, linear light."""
    normals = planes[..., 1:4] * 2 - 1
    normals /= np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-3)
    tone = np.broadcast_to(look["skin"] ** 2.2, normals.shape).copy()
    inner = np.clip(1 - 2 * planes[..., 6:7], 0, 1) * look["palm"]
    tone += (look["palm_skin"] ** 2.2 - tone) * inner
    tip = np.clip((planes[..., 7:8] * 5 - 1) - 2, 0, 1)
    tone *= 1 - tip * look["tip"]
    tone += (look["nail"] ** 2.2 - tone) * planes[..., 4:5] * look["nail_amount"]
    tone *= (planes[..., 5:6] * 2) ** 1.5
    half = light.way + np.array([0, 0, 1], np.float32)
    gloss = np.clip(normals @ (half / np.linalg.norm(half)), 0, 1)[..., None] ** 12
    wet = light.gloss * (1 + 2 * planes[..., 4:5])
    return tone * light.on(normals) + gloss * wet * .35


def make_look(rng, place=None):
    tone = skin(rng, place)
    dark = 1 - tone.mean()
    nail = np.clip(tone * .55 + np.array([.95, .74, .7]) * .45, 0, 1)
    if rng.random() < .15:
        nail = colour(rng, "any")
    return {"skin": tone, "palm": rng.uniform(.3, 1) * min(1, 2 * dark),
            "palm_skin": np.clip(tone * .5 + np.array([.8, .6, .5]) * .5, 0, 1),
            "tip": np.array([0, 1, 1], np.float32) * rng.uniform(0, .2), "nail": nail,
            "nail_amount": rng.uniform(.2, 1)}


def cast_shadow(canvas, alpha, light, height, scale, softness):
    """height: of the hand above the page, in millimetres."""
    size = canvas.shape[1::-1]
    away = -light.way[:2] / light.way[2] * height * scale * np.array([1, -1])
    cast = cv2.warpAffine(alpha, np.array([[1, 0, away[0]], [0, 1, away[1]]], np.float32), size)
    cast = cv2.GaussianBlur(cast, (0, 0), softness * height + 1)
    near = cv2.GaussianBlur(alpha, (0, 0), 3)
    canvas *= ((1 - light.shadow * cast) * (1 - .3 * light.shadow * near))[..., None]


def lay(canvas, covered, piece, way, tip, scale, light, look, rng):
    """Lays one sprite with its tip at `tip` of the canvas, pointing along `way`; casts a shadow."""
    sprite = piece["sprite"]
    angle = np.arctan2(way[0], -way[1])
    c, s = np.cos(angle), np.sin(angle)
    matrix = np.array([[scale[0] * c, -scale[0] * s], [scale[1] * s, scale[1] * c]]) / hands.SCALE
    m = np.column_stack([matrix, tip - matrix @ piece["tip"]]).astype(np.float32)
    size = canvas.shape[1::-1]
    alpha = cv2.warpAffine(sprite[..., 0], m, size).astype(np.float32) / 255
    cast_shadow(canvas, alpha, light, rng.uniform(1, 14), scale[0], rng.uniform(.15, .6))
    left, top, width, height = cv2.boundingRect((alpha > .002).astype(np.uint8))
    if width == 0:
        return
    m[:, 2] -= left, top
    window = np.s_[top:top + height, left:left + width]
    planes = np.concatenate([cv2.warpAffine(part, m, (width, height))
                             for part in (sprite[..., :4], sprite[..., 4:])], 2)
    planes = planes.astype(np.float32) / 255
    # Normals turn with the sprite; outside it, they are undefined.
    nx, ny = planes[..., 1] - .5, planes[..., 2] - .5
    planes[..., 1], planes[..., 2] = c * nx + s * ny + .5, c * ny - s * nx + .5
    share = planes[..., :1].copy()
    planes[..., 1:4] = np.where(share > .02, planes[..., 1:4], .5)
    canvas[window] += (shade(planes, light, look) - canvas[window]) * share
    if covered is not None:
        np.maximum(covered, alpha, out=covered)


def choose(sprites, rng, parts):
    """A sprite of one of the sources that has such a part."""
    options = [(source, part) for source in sprites for part in parts if source[part]]
    source, part = options[rng.integers(len(options))]
    return source[part][rng.integers(len(source[part]))], part


def border_point(rng, side=None):
    """A point of the page's border in canvas pixels, and the way inwards."""
    side = rng.integers(4) if side is None else side
    along = rng.uniform(.02, .98)
    x, y = [(0, along), (1, along), (along, 0), (along, 1)][side]
    way = np.array([(1, 0), (-1, 0), (0, 1), (0, -1)][side], float)
    return np.array([EDGE + x * PAGE[0], EDGE + y * PAGE[1]]), way


def rotate(way, angle):
    c, s = np.cos(angle), np.sin(angle)
    return np.array([c * way[0] - s * way[1], s * way[0] + c * way[1]])


def hold(canvas, covered, sprites, scale, light, look, rng, depths, side=None, parts=None):
    """One grip: a thumb, one to four fingers beside each other, or a whole hand."""
    kind = parts or rng.choice(["thumb", "thumb", "finger", "row", "fingers", "hand"])
    point, inwards = border_point(rng, side)
    way = rotate(inwards, rng.normal(0, .6))
    rows = rng.integers(2, 5) if kind == "row" else 1
    step = rotate(inwards, np.pi / 2) * rng.uniform(15, 21)
    depth = rng.uniform(*depths)
    for i in range(rows):
        wanted = {"row": ["finger"], "hand": ["hand"], "fingers": ["fingers"],
                  "thumb": ["thumb"]}.get(kind, ["finger", "thumb"])
        sprite, part = choose(sprites, rng, wanted)
        reach = (sprite["sprite"].shape[0] - sprite["tip"][1]) / hands.SCALE
        deep = min(depth * (2.2 if part == "hand" else 1) * rng.uniform(.8, 1.2), .6 * reach)
        here = point + (step * i) * scale
        turned = rotate(way, rng.normal(0, .08))
        tip = here + turned / max(.35, turned @ inwards) * deep * scale
        lay(canvas, covered, sprite, turned, tip, scale, light, look, rng)


def photograph(canvas, covered, rng):
    """Canvas, linear light -> what a rectified page looks like, and its covered grid."""
    jitter = rng.normal(0, rng.choice([.3, 2.5]), (4, 2)).clip(-7, 7)
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * PAGE + EDGE
    m = cv2.getPerspectiveTransform((corners + jitter).astype(np.float32),
                                    (np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * PAGE)
                                    .astype(np.float32))
    picture = cv2.warpPerspective(canvas, m, PAGE, flags=cv2.INTER_LINEAR)
    covered = cv2.warpPerspective(covered, m, PAGE, flags=cv2.INTER_LINEAR)
    if rng.random() < .5:
        fall = cloud(rng, PAGE, rng.uniform(80, 300))[..., None] * rng.uniform(0, .5)
        picture = picture * np.exp(fall)
    if rng.random() < .25:  # a shadow that no hand casts
        edge = np.clip((cloud(rng, PAGE, rng.uniform(60, 250)) + rng.normal(0, .3))
                       * rng.uniform(2, 30), 0, 1)
        picture = picture * (1 - rng.uniform(.1, .7) * edge[..., None])
    for _ in range(rng.choice([0, 0, 1, 2])):  # glare
        spot = np.zeros(PAGE[::-1], np.float32)
        cv2.ellipse(spot, (rng.random(2) * PAGE).astype(int).tolist(),
                    rng.integers(8, 70, 2).tolist(), float(rng.uniform(0, 180)), 0, 360, 1, -1)
        spot = cv2.GaussianBlur(spot, (0, 0), rng.uniform(3, 25))
        picture = picture + rng.uniform(.2, 1.5) * spot[..., None]
    picture = picture * np.exp(rng.normal(0, .3))
    picture = picture.clip(0, 1) ** (1 / rng.uniform(1.9, 2.6))
    gray = picture.mean(2, keepdims=True)
    picture = gray + (picture - gray) * rng.uniform(.6, 1.3)
    if rng.random() < .5:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(.3, 2.5))
    if rng.random() < .2:
        size = int(rng.integers(3, 12))
        kernel = np.zeros((size, size), np.float32)
        way = rng.normal(0, 1, 2)
        way = way / np.linalg.norm(way) * size / 2
        middle = np.array([size, size]) / 2
        ends = [(middle + sign * way).astype(int).tolist() for sign in (-1, 1)]
        cv2.line(kernel, *ends, 1)
        picture = cv2.filter2D(picture, -1, kernel / max(kernel.sum(), 1))
    picture = cv2.resize(picture.astype(np.float32), NET, interpolation=cv2.INTER_AREA)
    picture = picture + rng.normal(0, rng.uniform(0, .03), picture.shape)
    picture = (picture.clip(0, 1) * 255).astype(np.uint8)
    if rng.random() < .5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 95))]
        coded = cv2.imencode(".jpg", picture[..., ::-1], quality)
        picture = cv2.imdecode(coded[1], cv2.IMREAD_COLOR)[..., ::-1]
    return picture, cv2.resize(covered, GRID, interpolation=cv2.INTER_AREA)


def make(sprites, faces, rng, page=None, covering=None, tone=None):
    """One sample: RGB 128 x 192, and the covered share of each of 32 x 48 cells.

    page: None, or RGB 0 to 1 of PAGE pixels; covering: None, or whether hands lie over it;
    tone: None, or the skin's place among TONES."""
    page = draw_page(rng, faces) if page is None else page
    millimetres = FORMATS[rng.integers(len(FORMATS))]
    scale = np.array(PAGE) / millimetres * rng.uniform(.95, 1.25)
    light, look = Light(rng), make_look(rng, tone)
    size = (PAGE[0] + 2 * EDGE, PAGE[1] + 2 * EDGE)
    canvas = np.ascontiguousarray(surface(rng, size).clip(0, 1) ** 2.2).astype(np.float32)
    if rng.random() < .4:  # held from behind
        for _ in range(rng.integers(1, 3)):
            hold(canvas, None, sprites, scale, light, look, rng, (2, 60))
    canvas[EDGE:-EDGE, EDGE:-EDGE] = page ** 2.2
    covered = np.zeros(size[::-1], np.float32)
    if covering if covering is not None else rng.random() < .55:
        depths = (1, 12) if rng.random() < .4 else (4, 38)
        kind = rng.random()
        if kind < .25:  # two hands hold it
            first = int(rng.choice([0, 2]))
            for side in (first, first + 1):
                hold(canvas, covered, sprites, scale, light, look, rng, depths, side,
                     "thumb" if rng.random() < .8 else None)
        else:
            for _ in range(1 if kind < .85 else 2):
                hold(canvas, covered, sprites, scale, light, look, rng, depths)
    return photograph(canvas * light.tint, covered, rng)
