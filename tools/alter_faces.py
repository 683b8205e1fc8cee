"""Pictures of a face made worse by program: blurred, dark, far, tilted, covered and so on.

Each function takes the pixels (height x width x 3, uint8, RGB) and a Face and returns new pixels.
Sizes follow the face, so that pictures of all sizes are altered alike. ALTERATIONS names them all.
Left and right are the person's own in a picture that is not mirrored.
"""

import dataclasses

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

# Points of the canonical face mesh.
EYES = ((33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
        (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466))
LOWER_LIDS = (EYES[0][:9], EYES[1][:9])
INNER_UPPER_LIP = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
INNER_LOWER_LIP = (308, 324, 318, 402, 317, 14, 87, 178, 88, 95, 78)
LOWER_LIP = (17, 84, 181, 91, 146, 314, 405, 321, 375, *INNER_LOWER_LIP[1:-1])
JAW = (93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323)
MASK_TOP = (323, 280, 329, 4, 100, 50, 93)
UNDER_EYES = (119, 348)
# The net's depth is flatter than heads are.
DEPTH = 1.6
FACE_OVAL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400,
             377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67,
             109)


@dataclasses.dataclass
class Face:
    """Where a face is: its box and its dense landmarks (x, y, depth), in pixels."""

    left: float
    top: float
    right: float
    bottom: float
    points: np.ndarray

    @classmethod
    def of(cls, result):
        """From a FaceResult made with get_face_landmarks; None where they are not known."""
        if not result.landmarks:
            return None
        box = result.geometry.bounding_box
        points = np.array([(p.x, p.y, p.z) for p in result.landmarks])
        return cls(box.top_left.x, box.top_left.y, box.bottom_right.x, box.bottom_right.y, points)

    @property
    def width(self):
        return self.right - self.left

    @property
    def height(self):
        return self.bottom - self.top

    @property
    def eyes_apart(self):
        return float(np.linalg.norm(self.points[468, :2] - self.points[473, :2]))

    def polygon(self, indices):
        return [tuple(self.points[i, :2]) for i in indices]


def mirrored(pixels, face=None):
    return np.ascontiguousarray(pixels[:, ::-1])


def blurred(pixels, face, share=0.06):
    """Out of focus: a Gaussian whose deviation is this share of the distance of the eyes."""
    picture = Image.fromarray(pixels)
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(share * face.eyes_apart)))


def moved(pixels, face, share=0.25):
    """Moved sideways during the exposure, by this share of the distance of the eyes."""
    length = max(2, round(share * face.eyes_apart))
    padded = np.pad(pixels.astype(np.float32), ((0, 0), (length, length), (0, 0)), mode="edge")
    sums = np.cumsum(padded, axis=1)
    first = length - length // 2
    width = pixels.shape[1]
    moved_sum = sums[:, first + length - 1:first + length - 1 + width] - \
        sums[:, first - 1:first - 1 + width]
    return np.clip(moved_sum / length + 0.5, 0, 255).astype(np.uint8)


def exposed(pixels, stops):
    """The light times 2 to the power of stops."""
    steps = np.arange(256) / 255.0
    light = np.where(steps <= 0.04045, steps / 12.92, ((steps + 0.055) / 1.055) ** 2.4)
    light = np.clip(light * 2.0 ** stops, 0, 1)
    coded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.round(255 * coded).astype(np.uint8)[pixels]


def dark(pixels, face=None):
    return exposed(pixels, -4.5)


def bright(pixels, face=None):
    return exposed(pixels, 2.5)


def cropped(pixels, left, top, right, bottom):
    """A window of the picture; what it reaches beyond the border repeats the border."""
    height, width = pixels.shape[:2]
    columns = np.clip(np.arange(round(left), round(right)), 0, width - 1)
    rows = np.clip(np.arange(round(top), round(bottom)), 0, height - 1)
    return np.ascontiguousarray(pixels[rows][:, columns])


def framed(pixels, face, share):
    """Framed so that the face takes up this share of the width and height, in the middle."""
    x, y = (face.left + face.right) / 2, (face.top + face.bottom) / 2
    half_width, half_height = face.width / share / 2, face.height / share / 2
    return cropped(pixels, x - half_width, y - half_height, x + half_width, y + half_height)


def far(pixels, face):
    return framed(pixels, face, 0.08)


def close(pixels, face):
    return framed(pixels, face, 0.9)


def _shifted(pixels, face, x, y):
    """Framed so that the border cuts a little of the face off, on the side of (x, y)."""
    width, height = 2 * face.width, 2 * face.height
    left = {-1: face.left + 0.06 * face.width, 0: face.left - 0.5 * face.width,
            1: face.right - 0.06 * face.width - width}[x]
    top = {-1: face.top + 0.06 * face.height, 0: face.top - 0.5 * face.height,
           1: face.bottom - 0.06 * face.height - height}[y]
    return cropped(pixels, left, top, left + width, top + height)


def shifted_right(pixels, face):
    return _shifted(pixels, face, -1, 0)


def shifted_left(pixels, face):
    return _shifted(pixels, face, 1, 0)


def shifted_up(pixels, face):
    return _shifted(pixels, face, 0, -1)


def shifted_down(pixels, face):
    return _shifted(pixels, face, 0, 1)


def _tilted(pixels, face, right):
    """Turned about the middle of the face until the eyes' line is tilted by so many degrees towards
    the right shoulder: counter-clockwise as seen."""
    x, y = face.points[473, :2] - face.points[468, :2]
    degrees = right + np.degrees(np.arctan2(y, x))
    centre = ((face.left + face.right) / 2, (face.top + face.bottom) / 2)
    margin = max(pixels.shape[:2]) // 2
    padded = np.pad(pixels, ((margin, margin), (margin, margin), (0, 0)), mode="edge")
    turned = Image.fromarray(padded).rotate(degrees, Image.Resampling.BILINEAR,
                                            center=(centre[0] + margin, centre[1] + margin))
    return np.ascontiguousarray(
        np.asarray(turned)[margin:margin + pixels.shape[0], margin:margin + pixels.shape[1]])


def tilted_right(pixels, face):
    return _tilted(pixels, face, 30)


def tilted_left(pixels, face):
    return _tilted(pixels, face, -30)


def _sample(pixels, x, y):
    """Bilinear samples; beyond the border, the border."""
    height, width = pixels.shape[:2]
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    x0, y0 = np.minimum(x.astype(int), width - 2), np.minimum(y.astype(int), height - 2)
    fx, fy = (x - x0)[..., None], (y - y0)[..., None]
    upper = pixels[y0, x0] * (1 - fx) + pixels[y0, x0 + 1] * fx
    lower = pixels[y0 + 1, x0] * (1 - fx) + pixels[y0 + 1, x0 + 1] * fx
    return np.round(upper * (1 - fy) + lower * fy).astype(np.uint8)


def _moved_points(pixels, face, source, target):
    """Draws the picture anew so that what was at the points `source` is at `target`; between them
    shifts are weighed by distance, and at one and a half boxes from the face nothing moves."""
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    middle = np.array([face.left + face.right, face.top + face.bottom]) / 2
    ring = middle + np.stack([np.cos(angle) * 1.5 * face.width,
                              np.sin(angle) * 1.5 * face.height], axis=1)
    source, target = np.concatenate([source, ring]), np.concatenate([target, ring])
    nodes = 96
    grid_x = np.linspace(middle[0] - 1.5 * face.width, middle[0] + 1.5 * face.width, nodes)
    grid_y = np.linspace(middle[1] - 1.5 * face.height, middle[1] + 1.5 * face.height, nodes)
    node = np.stack(np.meshgrid(grid_x, grid_y), axis=-1).reshape(-1, 1, 2)
    distance = ((node - target) ** 2).sum(axis=2) / face.eyes_apart ** 2
    weight = 1 / (distance + 1e-4) ** 2
    shift = (weight @ (source - target)) / weight.sum(axis=1, keepdims=True)
    reach = 1.5 * np.array([face.width, face.height])
    outside = (((node[:, 0] - middle) / reach) ** 2).sum(axis=1) > 1
    shift[outside] = 0
    shift = shift.reshape(nodes, nodes, 2)
    height, width = pixels.shape[:2]
    columns = np.arange(max(0, int(grid_x[0])), min(width, int(grid_x[-1]) + 2))
    rows = np.arange(max(0, int(grid_y[0])), min(height, int(grid_y[-1]) + 2))
    x, y = np.meshgrid(columns, rows)
    column = (x - grid_x[0]) / (grid_x[1] - grid_x[0])
    row = (y - grid_y[0]) / (grid_y[1] - grid_y[0])
    inside = (column >= 0) & (column <= nodes - 1) & (row >= 0) & (row <= nodes - 1)
    c0 = np.clip(column.astype(int), 0, nodes - 2)
    r0 = np.clip(row.astype(int), 0, nodes - 2)
    fc, fr = np.clip(column - c0, 0, 1)[..., None], np.clip(row - r0, 0, 1)[..., None]
    field = ((shift[r0, c0] * (1 - fc) + shift[r0, c0 + 1] * fc) * (1 - fr) +
             (shift[r0 + 1, c0] * (1 - fc) + shift[r0 + 1, c0 + 1] * fc) * fr)
    field[~inside] = 0
    result = pixels.copy()
    result[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1] = \
        _sample(pixels, x + field[..., 0], y + field[..., 1])
    return result


def nodded(pixels, face, down):
    """The head turned down by so many degrees: the landmarks are turned in space and the picture
    is drawn anew through them. (To the side this does not do: what was hidden stays hidden.)"""
    points = face.points[:468]
    centre = points.mean(axis=0)
    y, z = (points - centre)[:, 1], DEPTH * (points - centre)[:, 2]
    angle = np.radians(down)
    target = points[:, :2].copy()
    target[:, 1] = centre[1] + np.cos(angle) * y - np.sin(angle) * z
    return _moved_points(pixels, face, points[:, :2], target)


def looking_up(pixels, face):
    return nodded(pixels, face, down=-35)


def looking_down(pixels, face):
    return nodded(pixels, face, down=30)


def _painted(pixels, draw, softness=0.0):
    """What draw(ImageDraw, fill) paints in white becomes the mask of a layer in its colours."""
    picture = Image.fromarray(pixels)
    layer, mask = picture.copy(), Image.new("L", picture.size)
    draw(ImageDraw.Draw(layer), None)
    draw(ImageDraw.Draw(mask), 255)
    if softness > 0:
        mask = mask.filter(ImageFilter.GaussianBlur(softness))
        layer = layer.filter(ImageFilter.GaussianBlur(softness / 2))
    picture.paste(layer, mask=mask)
    return np.asarray(picture)


def _colour_at(pixels, face, index):
    x, y = face.points[index, :2]
    radius = max(1, round(0.05 * face.eyes_apart))
    patch = cropped(pixels, x - radius, y - radius, x + radius + 1, y + radius + 1)
    return tuple(int(v) for v in np.median(patch.reshape(-1, 3), axis=0))


def eyes_closed(pixels, face):
    """Lids of the skin's colour painted over the eyes, with a line of lashes below."""
    def draw(canvas, fill):
        for eye, lid, below in zip(EYES, LOWER_LIDS, UNDER_EYES):
            outline = np.array(face.polygon(eye))
            middle = outline.mean(axis=0)
            skin = tuple(int(0.9 * v) for v in _colour_at(pixels, face, below))
            canvas.polygon([tuple(p) for p in middle + (outline - middle) * (1.1, 1.8)],
                           fill=fill or skin)
            lashes = np.array(face.polygon(lid)) + (0, 0.06 * face.eyes_apart)
            canvas.line([tuple(p) for p in lashes], fill=fill or tuple(v // 4 for v in skin),
                        width=max(1, round(0.05 * face.eyes_apart)))
    return _painted(pixels, draw, 0.01 * face.eyes_apart)


def mouth_open(pixels, face):
    """Lower lip and jaw moved down, and a dark gap between the lips."""
    points = face.points[:468, :2]
    drop = 0.45 * face.eyes_apart
    down = face.points[152, :2] - face.points[13, :2]
    down = down / np.linalg.norm(down)
    share = np.zeros(468)
    lip = points[list(INNER_LOWER_LIP), :] - points[13]
    along = (points - points[13]) @ down
    share[along > (lip @ down).max()] = 1
    share[list(LOWER_LIP)] = 1
    corner = np.abs((points - points[13]) @ np.array([down[1], -down[0]]))
    half = np.linalg.norm(points[61] - points[291]) / 2
    fade = np.clip(1 - (corner / (1.6 * half)) ** 2, 0, 1)
    shift = (share * fade * drop)[:, None] * down
    stretched = _moved_points(pixels, face, points, points + shift)
    gap = [tuple(points[i]) for i in INNER_UPPER_LIP] + \
        [tuple(points[i] + shift[i]) for i in INNER_LOWER_LIP]
    return _painted(stretched, lambda canvas, fill: canvas.polygon(gap, fill=fill or (45, 18, 18)),
                    0.02 * face.eyes_apart)


def masked(pixels, face):
    """A surgical mask from the bridge of the nose to below the chin."""
    points = face.points[:, :2]
    chin = points[152] - points[168]
    outline = face.polygon(MASK_TOP) + [tuple(points[i] + 0.06 * chin) for i in JAW]

    def draw(canvas, fill):
        canvas.polygon(outline, fill=fill or (176, 205, 222))
        for share in (0.35, 0.5, 0.65):
            canvas.line([tuple(points[93] * (1 - share) + points[172] * share + 0.1 * chin * share),
                         tuple(points[4] * (1 - share) + points[152] * share),
                         tuple(points[323] * (1 - share) + points[397] * share
                               + 0.1 * chin * share)],
                        fill=fill or (140, 172, 196), width=max(1, round(0.03 * face.eyes_apart)))
        for ear, corner in ((127, 93), (356, 323)):
            canvas.line([tuple(points[ear]), tuple(points[corner])], fill=fill or (235, 235, 235),
                        width=max(1, round(0.04 * face.eyes_apart)))
    return _painted(pixels, draw, 0.01 * face.eyes_apart)


def with_glasses(pixels, face):
    """Dark frames around both eyes, a bridge and temples."""
    points = face.points[:, :2]
    line = max(2, round(0.06 * face.eyes_apart))
    axis = points[473] - points[468]
    axis = axis / np.linalg.norm(axis)
    normal = np.array([-axis[1], axis[0]])
    angle = np.linspace(0, 2 * np.pi, 60)
    half_width, half_height = 0.42 * face.eyes_apart, 0.32 * face.eyes_apart

    def ring(centre):
        centre = centre + 0.06 * face.eyes_apart * normal
        bent = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** 0.6, \
            np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** 0.6
        return [tuple(centre + half_width * u * axis + half_height * v * normal)
                for u, v in zip(*bent)]

    def draw(canvas, fill):
        colour = fill or (25, 22, 20)
        for iris, ear, side in ((468, 127, -1), (473, 356, 1)):
            canvas.line(ring(points[iris]), fill=colour, width=line, joint="curve")
            canvas.line([tuple(points[iris] + side * half_width * axis), tuple(points[ear])],
                        fill=colour, width=line)
        canvas.line([tuple(points[468] + half_width * axis), tuple(points[168]),
                     tuple(points[473] - half_width * axis)], fill=colour, width=line)
    return _painted(pixels, draw, 0.01 * face.eyes_apart)


def covered(pixels, face):
    """A grey sheet over the person's right side of the face, beyond the nose."""
    result = pixels.copy()
    top, bottom = face.top - 0.5 * face.height, face.bottom + 0.3 * face.height
    left, right = face.left - 0.3 * face.width, face.left + 0.65 * face.width
    result[max(0, round(top)):round(bottom), max(0, round(left)):round(right)] = (120, 125, 130)
    return result


def _behind(pixels, face, background):
    """Another background behind the head, whose outline is taken for an ellipse."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    middle_x = (face.left + face.right) / 2
    # head and hair, and below it neck and shoulders
    head = (((x - middle_x) / (0.8 * face.width)) ** 2 +
            ((y - (face.top + 0.45 * face.height)) / (0.8 * face.height)) ** 2) <= 1
    body = (y > face.bottom) & (np.abs(x - middle_x) < 0.6 * face.width + (y - face.bottom))
    return np.where((head | body)[..., None], pixels, background)


def plain_background(pixels, face):
    return _behind(pixels, face, np.full_like(pixels, 205))


def cluttered_background(pixels, face):
    """Bricks of random colours, a quarter of the face's width each."""
    height, width = pixels.shape[:2]
    side = max(2, round(0.12 * face.width))
    colours = np.random.default_rng(1).integers(0, 256, (height // side + 1, width // side + 1, 3))
    bricks = np.repeat(np.repeat(colours, side, axis=0), side, axis=1)[:height, :width]
    return _behind(pixels, face, bricks.astype(np.uint8))


ALTERATIONS = {
    function.__name__: function
    for function in (
        blurred, moved, dark, bright, far, close, shifted_right, shifted_left, shifted_up,
        shifted_down, tilted_right, tilted_left, looking_up, looking_down, eyes_closed, mouth_open,
        masked, with_glasses, covered, plain_background, cluttered_background)}

# What each alteration is there to raise.
RAISES = {
    "blurred": "FT_IMAGE_BLURR", "moved": "FT_IMAGE_BLURR", "dark": "FT_FACE_TOO_DARK",
    "bright": "FT_FACE_TOO_BRIGHT", "far": "FT_FACE_TOO_FAR", "close": "FT_FACE_TOO_CLOSE",
    "shifted_right": "FT_FACE_RIGHT", "shifted_left": "FT_FACE_LEFT", "shifted_up": "FT_FACE_UP",
    "shifted_down": "FT_FACE_DOWN", "tilted_right": "FT_FACE_ROTATED_RIGHT",
    "tilted_left": "FT_FACE_ROTATED_LEFT", "looking_up": "FT_LOOKING_HIGH",
    "looking_down": "FT_LOOKING_DOWN", "eyes_closed": "FT_EYE_BLINK",
    "mouth_open": "FT_MOUTH_OPENED", "masked": "FT_FACE_WITH_MASK",
    "with_glasses": "FT_FACE_WITH_GLASS", "covered": "FT_FACE_LOW_VAL_CONF",
    "cluttered_background": "FT_INVALID_FACE_BACKGROUND",
}
