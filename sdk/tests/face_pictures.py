"""Pictures of faces, ordinary and altered by program, and what the library says of them.

Everything is made when first asked for and kept, since making and judging pictures is what takes
the time of these tests.
"""

import json
import sys

import numpy as np
from PIL import Image
from sdk_support import ROOT

import cryptonets_python_sdk as sdk
from cryptonets_python_sdk import FaceTraitsFlags, FlagUtil, ImageInputArg, OperationConfig

sys.path.insert(0, str(ROOT / "tools"))

import alter_faces  # noqa: E402

# name: picture, what to cut out of it (left, top, right, bottom; none: framed around its face)
CUTS = {
    "portrait": ("astronaut.png", None),
    "president": ("obama.jpg", None),
    "senator": ("biden.jpg", None),
    "aside": ("sample5.jpg", (500, 330, 880, 770)),
    "two": ("sample3.jpg", (950, 100, 1830, 700)),
}


def names(flags):
    return set(FlagUtil.get_flag_names(FaceTraitsFlags, flags))


def scores(face):
    return {} if not face.scores else {metric.name: metric.value for metric in face.scores}


class Gallery:
    def __init__(self, session, path):
        self.session = session
        self.path = path
        self.kept = {}
        self.answers = {}

    def picture(self, name, alteration=None):
        """The pixels of a cut, altered or not; "mirrored" may follow the alteration's name."""
        key = (name, alteration)
        if key not in self.kept:
            self.kept[key] = self.alter(name, alteration) if alteration else self.cut(name)
        return self.kept[key]

    def cut(self, name):
        file, box = CUTS[name]
        pixels = np.asarray(Image.open(self.path(file)).convert("RGB"))
        if box:
            return alter_faces.cropped(pixels, *box)
        return alter_faces.framed(pixels, self.locate(pixels), 0.45)

    def locate(self, pixels):
        config = OperationConfig(get_face_landmarks=True, anti_spoofing_mode=0)
        return alter_faces.Face.of(self.session.validate(ImageInputArg(pixels), config)[1].faces[0])

    def alter(self, name, alteration):
        first, _, second = alteration.partition(" ")
        if second:
            return alter_faces.mirrored(self.picture(name, first))
        if first == "mirrored":
            return alter_faces.mirrored(self.picture(name))
        key = (name, "face")
        if key not in self.kept:
            self.kept[key] = self.locate(self.picture(name))
        return alter_faces.ALTERATIONS[first](self.picture(name), self.kept[key])

    def call(self, name, alteration=None, operation="validate", **config):
        """The whole answer, made once for each question."""
        if operation == "validate":
            config.setdefault("anti_spoofing_mode", 0)
        key = (name, alteration, operation, json.dumps(config, sort_keys=True))
        if key not in self.answers:
            image = ImageInputArg(self.picture(name, alteration))
            self.answers[key] = getattr(self.session, operation)(image, OperationConfig(**config))
        number, result, *_ = self.answers[key]
        assert number > 0, result.call_status.return_message
        return result

    def face(self, name, alteration=None, **config):
        """The face that validate finds, or None."""
        faces = self.call(name, alteration, **config).faces
        return faces[0] if faces else None

    def flags(self, name, alteration=None, **config):
        return names(self.face(name, alteration, **config).face_traits_flags)

    def score(self, measure, name, alteration=None, **config):
        return scores(self.face(name, alteration, **config)).get(measure)


OFFLINE = {"collections": {"default": {"named_urls": {}}}, "session_token": ""}


def open_gallery(path):
    """Yields one for a module of tests."""
    sdk.PrivIDFaceLib.initialize()
    with sdk.Session.from_dict(OFFLINE) as session:
        yield Gallery(session, path)
    sdk.PrivIDFaceLib.shutdown()
