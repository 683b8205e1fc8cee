"""Documents on a table, and what the library says of them.

The flat pages are those that the set-up draws (tools/specimens); here they are laid down so that
two pictures differ in one thing only. Photographs with their labels come from the same place.
"""

import csv
import json
import math
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from sdk_support import PICTURES, ROOT

import cryptonets_python_sdk as sdk
from cryptonets_python_sdk import DocumentTraits, FlagUtil, ImageInputArg, OperationConfig

sys.path.insert(0, str(ROOT / "tools"))
from perspective import coefficients, leaning  # noqa: E402

DOCUMENTS = PICTURES / "documents"
CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")
SIZE = (1200, 900)
CARD = "nordmark-front-mueller"
BACK = "nordmark-back-mueller"
PASSPORT = "alderay-okafor"
LICENCE_BACK = "franklin-back-1"


def labels():
    with (DOCUMENTS / "labels.csv").open(newline="", encoding="utf-8") as source:
        return {row["image"].rsplit("/", 1)[1].rsplit(".", 1)[0]: row
                for row in csv.DictReader(source)}


def corners_of(row):
    return np.array([(float(row[f"{name}_x"]), float(row[f"{name}_y"])) for name in CORNERS])


def table(size):
    """A dark table top with a little grain."""
    generator = np.random.default_rng(5)
    grain = generator.normal(0, 1, (size[1] // 4 + 1, size[0] // 40 + 1)) * 9 + 62
    grain = Image.fromarray(grain.clip(0, 255).astype(np.uint8)).resize(size, Image.BICUBIC)
    return Image.merge("RGB", [grain.point(lambda v, f=f: int(v * f)) for f in (1.0, 0.75, 0.55)])


def flat(name):
    return Image.open(DOCUMENTS / "flat" / f"{name}.png").convert("RGB")


def put(picture, page, width, turn=0.0, at=(0.5, 0.5), oval=False):
    """Lays a page into the picture; returns its corners. width: of its long side, by the picture's
    width; at: its middle, as shares of the picture's size; oval: cut to an ellipse."""
    long_side = width * picture.width
    scale = long_side / max(page.size)
    page = page.resize((round(page.width * scale), round(page.height * scale)), Image.LANCZOS)
    mask = Image.new("L", page.size, 0)
    if oval:
        ImageDraw.Draw(mask).ellipse((0, 0, *page.size), fill=255)
    else:
        mask.paste(255, (0, 0, *page.size))
    turned, mask = (image.rotate(-turn, Image.BICUBIC, expand=True) for image in (page, mask))
    left, top = (round(at[i] * picture.size[i] - turned.size[i] / 2) for i in (0, 1))
    picture.paste(turned, (left, top), mask)
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    middle = (left + turned.width / 2, top + turned.height / 2)
    return np.array([(middle[0] + c * x - s * y, middle[1] + s * x + c * y) for x, y in
                     ((u * page.width / 2, v * page.height / 2)
                      for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1)))])


def laid(name=CARD, width=0.7, turn=0.0, at=(0.5, 0.5), size=SIZE, blur=0.0, oval=False):
    picture = table(size)
    put(picture, flat(name), width, turn, at, oval)
    if blur:
        picture = picture.filter(ImageFilter.GaussianBlur(blur))
    return np.asarray(picture)


def leaned(name, yaw, pitch, turn, width=0.7, size=(1600, 1200)):
    """Seen by a pinhole camera twice the page's length away, turned in its plane and leaning to the
    side and upwards, in degrees; and its corners."""
    page = flat(name)
    length = max(page.size)
    scale = width * size[0] / length
    corners = [(size[0] / 2 + x * scale, size[1] / 2 + y * scale)
               for x, y in leaning(*page.size, turn, yaw, pitch, 2 * length)]
    own = ((0, 0), (page.width, 0), page.size, (0, page.height))
    how = (size, Image.PERSPECTIVE, coefficients(corners, own), Image.BICUBIC)
    picture = table(size)
    picture.paste(page.transform(*how), (0, 0), Image.new("L", page.size, 255).transform(*how))
    return np.asarray(picture), np.array(corners)


def photograph(name):
    return np.asarray(Image.open(DOCUMENTS / "photographs" / f"{name}.jpg").convert("RGB"))


def names(flags):
    return set(FlagUtil.get_flag_names(DocumentTraits, flags))


def scores(document):
    return {metric.name: metric.value for metric in document.scores or []}


def box(document):
    """The corners that the answer names, from its top left on."""
    corners = [getattr(document.document_box, name) for name in CORNERS]
    return np.array([(corner.x, corner.y) for corner in corners])


class Scan:
    """An answer of doc_scan_face."""

    def __init__(self, number, result, page, face):
        assert number > 0, result.call_status.return_message
        self.result = result
        self.page = self.pixels(page, result.document and
                                result.document.cropped_document_image_info)
        self.document = result.document.detected_document if result.document else None
        self.face = result.faces[0] if result.faces else None
        self.portrait = self.pixels(face, self.face and self.face.cropped_image_info)

    @staticmethod
    def pixels(data, image):
        if not image:
            assert data == b""
            return None
        info = image.info
        assert (info.channels, info.depth, info.color) == (3, sdk.Depth.P_CV_8U, sdk.Color.P_RGB)
        return np.frombuffer(data, np.uint8).reshape(info.height, info.width, 3)

    @property
    def traits(self):
        return names(self.document.document_traits)

    @property
    def scores(self):
        return scores(self.document)


class Desk:
    def __init__(self, session):
        self.session = session
        self.answers = {}
        self.unsure = {}

    def scan(self, pixels, **config):
        """pixels: an array, the name of a photograph, what laid() is to be called with, or what
        finds such a thing. Each question is asked once."""
        if callable(pixels):
            pixels = pixels(self)
        asked = json.dumps([pixels if not isinstance(pixels, np.ndarray) else id(pixels), config],
                           sort_keys=True)
        if asked not in self.answers:
            made = pixels
            if isinstance(pixels, str):
                made = photograph(pixels)
            elif isinstance(pixels, dict):
                made = laid(**pixels)
            answer = Scan(*self.session.doc_scan_face(ImageInputArg(made),
                                                      OperationConfig(**config)))
            self.answers[asked] = (pixels, answer)  # kept alive, since ids are used again
        return self.answers[asked][1]


def unsure(low, high):
    """Finds a picture whose document is found with a confidence in between: cut to an oval, a thing
    that looks a little like one, or a document that is hard to find."""
    def find(desk):
        if (low, high) in desk.unsure:
            return desk.unsure[low, high]
        things = [{"width": width, "name": name, "oval": True} for name in (CARD, PASSPORT, BACK)
                  for width in (0.75, 0.7, 0.65, 0.6, 0.8, 0.85)]
        things += [np.asarray(Image.open(PICTURES / f"{name}").convert("RGB")) for name in
                   ("sample1.jpg", "coffee.png", "obama.jpg", "astronaut.png", "sample3.jpg",
                    "biden.jpg", "obama2.jpg", "sample5.jpg", "sample2.jpg", "sample4.jpg")]
        things += ["over-border", "two-cards", "franklin-back-1-careful", "franklin-back-1-hasty",
                   "on-screen", "on-tablet", "small-licence"]
        for thing in things:
            found = desk.scan(thing, conf_score_thr_doc=0).document
            if found and low <= found.confidence_score < high:
                return desk.unsure.setdefault((low, high), thing)
        raise AssertionError(f"no picture with a confidence from {low} to {high}")

    return find


OFFLINE = {"collections": {"default": {"named_urls": {}}}, "session_token": ""}


def open_desk():
    """Yields one for a module of tests."""
    sdk.PrivIDFaceLib.initialize()
    with sdk.Session.from_dict(OFFLINE) as session:
        yield Desk(session)
    sdk.PrivIDFaceLib.shutdown()
