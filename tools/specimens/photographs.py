"""Photographs of the pages: where the camera stood, what lies around, and what it did to them."""

import math
import random
from dataclasses import dataclass, field

import numpy
from perspective import coefficients, leaning
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from . import scenes
from .drawing import SCALE

ROUND = 3.18  # millimetres: the radius of a card's corners, ISO/IEC 7810
SKIN = ((222, 178, 150), (184, 130, 98), (120, 80, 58))


@dataclass
class Shot:
    """One document in one photograph. at: its middle, as shares of the picture's size; width: its
    long side as a share of the picture's; turn in its plane, lean away to the side and upwards, in
    degrees."""
    specimen: str
    width: float = 0.7
    turn: float = 0.0
    lean: tuple = (0.0, 0.0)
    at: tuple = (0.5, 0.5)


@dataclass
class Photograph:
    name: str
    difficulty: str  # easy, medium or hard
    scene: str
    shots: list
    size: tuple = (1600, 1200)
    condition: str = ""
    fingers: int = 0
    shadow: float = 0.3
    blur: float = 0.0
    noise: float = 2.0
    quality: int = 90
    taken: list = field(default_factory=list)  # corners of each document
    covered: float = 0.0  # the share of the first one that fingers hide


def corners_of(shot, page, size):
    """A pinhole camera in front of the turned page: top left, top right, bottom right, bottom left
    of the page itself."""
    long_side = max(page.width, page.height)
    scale = shot.width * max(size) / long_side
    return [(shot.at[0] * size[0] + x * scale, shot.at[1] * size[1] + y * scale) for x, y in
            leaning(page.width, page.height, shot.turn, *shot.lean, 2.4 * long_side)]


def lay(picture, page, corners, generator, shadow):
    """The page into the picture. It is made as small as it will be seen before it is bent, so that
    fine print is averaged as a camera does it."""
    seen = max(math.dist(corners[i], corners[(i + 1) % 4]) * (SCALE / side) for i, side in
               enumerate((page.width, page.height) * 2)) / SCALE / SCALE
    factor = min(1.0, 1.25 * seen)
    inner = tuple(max(1, round(n * factor)) for n in page.image.size)
    edge = 3  # pixels of nothing around, so that the borders are smooth
    small = page.image.resize(inner, Image.BOX if factor < 1 else Image.NEAREST)
    framed = Image.new("RGB", (inner[0] + 2 * edge, inner[1] + 2 * edge))
    # The page's own border carried outwards: the blend then takes no black with it.
    framed.paste(small.resize(framed.size), (0, 0))
    framed.paste(small, (edge, edge))
    mask = Image.new("L", framed.size, 0)
    radius = ROUND * inner[0] / page.width if page.format == "ID-1" else 0
    ImageDraw.Draw(mask).rounded_rectangle((edge, edge, edge + inner[0] - 1, edge + inner[1] - 1),
                                           radius, fill=255)
    source = [(edge, edge), (edge + inner[0], edge), (edge + inner[0], edge + inner[1]),
              (edge, edge + inner[1])]
    back = coefficients(corners, source)
    bent = framed.transform(picture.size, Image.PERSPECTIVE, back, Image.BICUBIC)
    where = mask.transform(picture.size, Image.PERSPECTIVE, back, Image.BICUBIC)
    if shadow:
        small_mask = where.resize((picture.width // 4, picture.height // 4), Image.BOX)
        soft = small_mask.filter(ImageFilter.GaussianBlur(3 + 6 * shadow)).resize(picture.size)
        dark = ImageChops.offset(soft, generator.randint(4, 14), generator.randint(4, 14))
        picture.paste((12, 12, 16), (0, 0), dark.point(lambda v: round(v * 0.5)))
    picture.paste(bent, (0, 0), where)


def finger(picture, corners, generator):
    """A fingertip with its nail that comes from outside over one long side of the document. Its
    width is that of a finger beside a document of that size. Returns where it is."""
    a, b = (corners[0], corners[1]) if generator.random() < 0.4 else (corners[3], corners[2])
    middle = [sum(c[i] for c in corners) / 4 for i in (0, 1)]
    share = generator.uniform(0.12, 0.88)
    foot = [a[i] + (b[i] - a[i]) * share for i in (0, 1)]
    away = math.atan2(foot[1] - middle[1], foot[0] - middle[0])
    long_side = math.dist(a, b)
    across, reach = long_side * generator.uniform(0.14, 0.18), long_side * 0.13
    skin = generator.choice(SKIN)
    layer = Image.new("L", picture.size, 0)
    draw = ImageDraw.Draw(layer)
    tip = (foot[0] - math.cos(away) * reach, foot[1] - math.sin(away) * reach)
    far = (foot[0] + math.cos(away) * long_side, foot[1] + math.sin(away) * long_side)
    draw.line((*tip, *far), fill=255, width=round(across))
    draw.ellipse((tip[0] - across / 2, tip[1] - across / 2, tip[0] + across / 2,
                  tip[1] + across / 2), fill=255)
    layer = layer.filter(ImageFilter.GaussianBlur(1.2))
    light = scenes.smooth_noise(picture.size, (9, 9), generator.randrange(2 ** 31))
    picture.paste((20, 14, 12), (3, 5), layer.point(lambda v: round(v * 0.35)))
    picture.paste(scenes.tinted(light * 0.25, skin), (0, 0), layer)
    nail = (tip[0] + math.cos(away) * across * 0.15, tip[1] + math.sin(away) * across * 0.15)
    radius = across * 0.3
    pale = tuple(min(255, c + 26) for c in skin)
    ImageDraw.Draw(picture).ellipse((nail[0] - radius, nail[1] - radius, nail[0] + radius,
                                     nail[1] + radius), fill=pale)
    return layer


def share_under(layers, corners, size):
    """Of the document that lies under the fingers."""
    page = Image.new("L", size, 0)
    ImageDraw.Draw(page).polygon([tuple(corner) for corner in corners], fill=255)
    page = numpy.asarray(page) > 127
    hidden = numpy.zeros(page.shape, bool)
    for layer in layers:
        hidden |= numpy.asarray(layer) > 127
    return float((page & hidden).sum() / page.sum())


def take(photograph, specimens):
    """Returns the picture; the corners of its documents are in photograph.taken then."""
    generator = random.Random(photograph.name)
    picture = scenes.SCENES[photograph.scene](photograph.size, generator)
    if photograph.scene in ("coffee", "rocket", "cat", "people"):
        picture = scenes.blurred(picture, 1.5)
    photograph.taken = []
    for shot in photograph.shots:
        page = specimens[shot.specimen].page
        corners = corners_of(shot, page, photograph.size)
        flat = photograph.scene in ("screen", "tablet")
        lay(picture, page, corners, generator, 0 if flat else photograph.shadow)
        photograph.taken.append(corners)
    layers = [finger(picture, photograph.taken[0], generator)
              for _ in range(photograph.fingers)]
    photograph.covered = share_under(layers, photograph.taken[0], photograph.size)
    picture = scenes.shade(picture, generator, photograph.shadow)
    if photograph.condition == "glare":
        picture = glare(picture, photograph.taken[0])
    picture = scenes.blurred(picture, photograph.blur)
    return scenes.noisy(picture, photograph.noise, generator.randrange(2 ** 31))


def glare(picture, corners):
    """A lamp mirrored in the page, beside its middle."""
    x, y = (0.35 * corners[0][i] + 0.65 * corners[2][i] for i in (0, 1))
    radius = 0.12 * math.dist(corners[0], corners[1])
    spot = Image.new("L", (picture.width // 4, picture.height // 4), 0)
    ImageDraw.Draw(spot).ellipse(tuple(v / 4 for v in (x - radius, y - radius, x + radius,
                                                       y + radius)), fill=230)
    spot = spot.filter(ImageFilter.GaussianBlur(radius / 8)).resize(picture.size, Image.BICUBIC)
    picture.paste((255, 255, 250), (0, 0), spot)
    return picture
