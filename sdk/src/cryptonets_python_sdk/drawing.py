"""Pictures with what was found drawn over them."""

from typing import Any, Iterator, List, Optional, Sequence, Tuple

from msgspec import UNSET
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from .flags import FlagUtil
from .idl.gen.privateid_types import (BarCodeDetectionStatus, CallResult, DocumentTraits,
                                      FaceResult, FaceTraitsFlags, PointF, SpoofStatus, TrapezeF)
from .images import ImageInputArg, ImageSource

__all__ = ["draw"]

GOOD, BAD, NEUTRAL, INK = (40, 190, 90), (235, 70, 50), (60, 140, 245), (255, 255, 255)
SMALLEST_FONT = 11
FONT_SHARE = 1 / 55  # of the longer side
Colour = Tuple[int, int, int]


def _words(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield name.split("_", 1)[1].replace("_", " ").lower()


def _lines(face: FaceResult) -> List[str]:
    lines = []
    if face.age_data is not UNSET and face.age_data.estimated_age > 0:
        lines.append(f"age {face.age_data.estimated_age:.0f}")
    if face.spoof_status == SpoofStatus.AS_NO_SPOOF_DETECTED:
        lines.append("live")
    elif face.spoof_status == SpoofStatus.AS_SPOOF_DETECTED:
        lines.append("not live")
    lines.extend(_words(FlagUtil.get_flag_names(FaceTraitsFlags, face.face_traits_flags)))
    return lines


def _font(size: int) -> Any:
    try:
        return ImageFont.load_default(size)
    except (TypeError, OSError):  # Pillow before 10.1 has one size
        return ImageFont.load_default()


class _Canvas:
    def __init__(self, image: PillowImage.Image):
        self.image = image
        self.draw = ImageDraw.Draw(image)
        self.size = max(SMALLEST_FONT, round(max(image.size) * FONT_SHARE))
        self.font = _font(self.size)
        self.stroke = max(1, self.size // 6)

    def polygon(self, box: TrapezeF, colour: Colour) -> None:
        lower_left = box.bottom_lef if box.bottom_left is UNSET else box.bottom_left
        corners = [box.top_left, box.top_right, box.bottom_right, lower_left, box.top_left]
        self.draw.line([(point.x, point.y) for point in corners], fill=colour, width=self.stroke,
                       joint="curve")

    def points(self, points: Sequence[Any], colour: Colour, radius: float) -> None:
        for point in points:
            self.draw.ellipse((point.x - radius, point.y - radius, point.x + radius,
                               point.y + radius), fill=colour)

    def label(self, at: PointF, lines: Sequence[str], colour: Colour) -> None:
        """Below the point, but always inside the picture."""
        if not lines:
            return
        text = "\n".join(lines)
        left, top, right, bottom = self.draw.multiline_textbbox((0, 0), text, font=self.font)
        pad = self.size / 3
        width, height = right - left + 2 * pad, bottom - top + 2 * pad
        x = max(0.0, min(at.x, self.image.width - width))
        y = max(0.0, min(at.y + self.stroke, self.image.height - height))
        self.draw.rectangle((x, y, x + width, y + height), fill=colour)
        self.draw.multiline_text((x + pad - left, y + pad - top), text, fill=INK, font=self.font)


def _draw_face(canvas: _Canvas, face: FaceResult) -> None:
    box, geometry = face.geometry.bounding_box, face.geometry
    bad = face.spoof_status == SpoofStatus.AS_SPOOF_DETECTED
    colour = BAD if bad else NEUTRAL if face.face_traits_flags else GOOD
    canvas.draw.rectangle((box.top_left.x, box.top_left.y, box.bottom_right.x, box.bottom_right.y),
                          outline=colour, width=canvas.stroke)
    if face.landmarks is not UNSET:
        canvas.points(face.landmarks, colour, canvas.stroke / 3)
    known = [point for point in (geometry.eye_left, geometry.eye_right, geometry.nose,
                                 geometry.mouth_left, geometry.mouth_right) if point is not UNSET]
    canvas.points(known, colour, canvas.stroke)
    canvas.label(PointF(box.top_left.x, box.bottom_right.y), _lines(face), colour)


def draw(image: "ImageInputArg | ImageSource", result: CallResult,
         faces: Optional[Sequence[FaceResult]] = None) -> PillowImage.Image:
    """A copy of the picture with faces, document and barcode of the result drawn over it.

    Green: nothing to say; blue: flags, which are named; red: not live, or a document with flags.
    Of a comparison, `faces` chooses those of this picture: `result.faces[:1]` for the first.
    """
    picture = image if isinstance(image, ImageInputArg) else ImageInputArg(image)
    canvas = _Canvas(PillowImage.fromarray(picture.pixels_as("rgb")))
    if result.document is not UNSET:
        document = result.document.detected_document
        colour = BAD if document.document_traits else GOOD
        canvas.polygon(document.document_box, colour)
        names = FlagUtil.get_flag_names(DocumentTraits, document.document_traits)
        canvas.label(document.document_box.top_left, ["document", *_words(names)], colour)
    if result.barcode is not UNSET:
        found = result.barcode.bar_code_detection_status == BarCodeDetectionStatus.BS_SUCCESS
        canvas.polygon(result.barcode.non_cropped_barcode_box, GOOD if found else BAD)
    shown = faces if faces is not None else result.faces if result.faces is not UNSET else []
    for face in shown:
        _draw_face(canvas, face)
    return canvas.image
