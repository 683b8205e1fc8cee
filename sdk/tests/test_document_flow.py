"""doc_scan_face: find the document, judge it, find the face on it, judge that; what comes back of
each."""

import json
import threading

import jsonschema
import msgspec
import numpy as np
import pytest
from msgspec import UNSET
from PIL import Image
from sdk_support import PICTURES, ROOT

from cryptonets_python_sdk import FaceTraitsFlags, ImageInputArg, OperationConfig, SpoofStatus
from document_pictures import (BACK, CORNERS, Scan, box, corners_of, flat, labels, laid, leaned,
                               photograph, table)

PLAIN = {"width": 0.75}
SIZES = {"ID-1": (1011, 638), "ID-2": (1240, 874), "ID-3": (1476, 1039)}
SCHEMA = json.loads(
    (ROOT / "sdk/src/cryptonets_python_sdk/idl/json_schemas.json").read_text())


def nothing():
    return np.asarray(table((900, 700)))


def test_document_and_face(desk):
    scan = desk.scan(PLAIN)
    assert scan.traits == set() and len(scan.result.faces) == 1
    assert scan.result.user_feedback_message is UNSET
    assert scan.document.document_format == "ID-1"
    assert scan.page.shape == (638, 1011, 3)
    assert scan.document.mrz_data == []
    assert (scan.document.ocr_age_data.dob, scan.document.ocr_age_data.age) == ("", -1)


def test_document_without_a_face(desk):
    scan = desk.scan({**PLAIN, "name": BACK})
    assert scan.traits == set() and scan.result.faces == [] and scan.portrait is None
    assert scan.result.user_feedback_message == \
        "Show the side of the document that has the photograph."


def test_no_document(desk):
    scan = desk.scan(nothing())
    assert scan.result.document is UNSET and scan.result.faces == []
    assert scan.page is None and scan.portrait is None
    assert scan.result.user_feedback_message == "Show the whole document to the camera."
    assert desk.scan(nothing(), detect_document_only=True).result.faces is UNSET


def test_a_face_without_a_document(desk):
    face = np.asarray(Image.open(PICTURES / "obama2.jpg").convert("RGB"))
    scan = desk.scan(face)
    assert scan.result.faces == []
    assert scan.document is None or scan.traits


def test_invalid_document(desk):
    """Its page and its traits come back, and no face."""
    scan = desk.scan({"width": 0.4})
    assert scan.traits == {"DT_DOCUMENT_IS_FAR"} and scan.result.faces == []
    assert scan.page.shape == (638, 1011, 3) and scan.portrait is None
    assert desk.scan({"width": 0.4}, threshold_doc_too_far=0.1).face is not None


def test_face_that_fails(desk):
    """Of a document that passes, the face is left out, unless its trait is allowed."""
    sharp = desk.scan(PLAIN).face
    measured = {metric.name: metric.value for metric in sharp.scores}["sharpness"]
    refused = desk.scan(PLAIN, blur_threshold_enroll_pred=measured + 1)
    assert refused.document is not None and refused.traits == set()
    assert refused.result.faces == [] and refused.portrait is None
    assert refused.result.user_feedback_message == "Hold the document still, in good light."
    allowed = desk.scan(PLAIN, blur_threshold_enroll_pred=measured + 1,
                        allowed_face_traits_flags=int(FaceTraitsFlags.FT_IMAGE_BLURR))
    assert allowed.face is not None and allowed.portrait is not None
    assert desk.scan(PLAIN, conf_score_thr_predict=1, blur_threshold_doc=1).document is not None


def test_overrides_of_the_operation(desk):
    """Context predict, and what is described for this operation counts where nothing is given."""
    scan = desk.scan(PLAIN)
    face = {metric.name: metric.value for metric in scan.face.scores}
    for key, value, passes in (("blur_threshold_enroll_pred", 50.0, True),
                               ("threshold_user_too_far", 0.01, True),
                               ("threshold_user_too_far", face["face_size"] + 0.01, False),
                               ("threshold_profile_enroll", 1.0, True),
                               ("threshold_profile_predict", 1.0, False)):
        assert (desk.scan(PLAIN, **{key: value}).face is not None) == passes, (key, value)


@pytest.mark.parametrize("name", ["alderay-okafor-careful", "permit-front-santoro-hasty",
                                  "fjelland-nowak-hasty"])
def test_page_and_places(desk, name):
    """The page shows what the picture shows between the corners, and the face is placed in the
    picture."""
    row = labels()[name]
    scan = desk.scan(name)
    true = corners_of(row)
    width = np.linalg.norm(true[1] - true[0])
    assert np.abs(box(scan.document) - true).max() < 0.03 * width
    assert scan.page.shape[1::-1] == SIZES[scan.document.document_format]
    page = flat(name.rsplit("-", 1)[0])
    shown = np.asarray(page.resize(scan.page.shape[1::-1], Image.LANCZOS), float)
    assert correlation(shown, scan.page.astype(float)) > 0.8
    assert_face_fits(scan, photograph(name))


def correlation(a, b):
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()))


def assert_face_fits(scan, pixels):
    """Where the answer places the eyes, the picture has the colours that the crop has."""
    geometry = scan.face.geometry
    corners = box(scan.document)
    for eye in (geometry.eye_left, geometry.eye_right):
        point = np.array([eye.x, eye.y])
        for i in range(4):
            side, there = corners[(i + 1) % 4] - corners[i], point - corners[i]
            assert side[0] * there[1] - side[1] * there[0] > 0
    assert geometry.eye_right.x < geometry.eye_left.x
    left, top = geometry.bounding_box.top_left.x, geometry.bounding_box.top_left.y
    right, bottom = geometry.bounding_box.bottom_right.x, geometry.bounding_box.bottom_right.y
    seen = pixels[int(top):int(bottom), int(left):int(right)].reshape(-1, 3).mean(0)
    height, width = scan.portrait.shape[:2]
    middle = scan.portrait[height // 4:height * 3 // 4, width // 4:width * 3 // 4]
    assert np.abs(seen - middle.reshape(-1, 3).mean(0)).max() < 30


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_crop_is_upright(desk, turn):
    """However the document lies, the crop shows the same upright face."""
    upright = desk.scan(PLAIN).portrait.astype(float)
    height, width = upright.shape[:2]
    picture = {"width": 0.55, "turn": turn, "size": (1200, 1200)}
    for config in ({"document_auto_rotation": True}, {"face_validations_off": True}):
        portrait = desk.scan(picture, doc_validations_off=True, **config).portrait
        assert portrait.shape[0] > portrait.shape[1]
        alike = [correlation(upright, np.asarray(Image.fromarray(np.rot90(portrait, quarters))
                                                 .resize((width, height)), float))
                 for quarters in range(4)]
        assert alike[0] > 0.6 and alike[0] > max(alike[1:]) + 0.2


def test_landmarks_are_placed_in_the_picture(desk):
    face = desk.scan("alderay-okafor-careful", get_face_landmarks=True).face
    points = np.array([(p.x, p.y) for p in face.landmarks])
    area = face.geometry.bounding_box
    inside = ((points > (area.top_left.x, area.top_left.y)) &
              (points < (area.bottom_right.x, area.bottom_right.y))).all(1)
    assert len(points) == 478 and inside.mean() > 0.8
    assert np.hypot(points[468, 0] - face.geometry.eye_right.x,
                    points[468, 1] - face.geometry.eye_right.y) < \
        0.1 * (area.bottom_right.x - area.top_left.x)


def test_no_liveness(desk):
    """A face on a document is a print; whatever is asked for."""
    for config in ({}, {"anti_spoofing_mode": 3}, {"anti_spoofing_detect_document": True}):
        assert desk.scan(PLAIN, **config).face.spoof_status == SpoofStatus.AS_NOT_PERFORMED


@pytest.mark.parametrize("order", ["rgb", "bgr", "rgba"])
def test_pixel_formats(desk, order):
    """The pixels come back as RGB whatever they were."""
    pixels = laid(**PLAIN)
    given = {"rgb": pixels, "bgr": pixels[..., ::-1],
             "rgba": np.dstack([pixels, np.full(pixels.shape[:2], 9, np.uint8)])}[order]
    answer = desk.session.doc_scan_face(ImageInputArg(np.ascontiguousarray(given), order),
                                        OperationConfig())
    assert np.array_equal(Scan(*answer).page, desk.scan(PLAIN).page)


def test_several_faces(desk):
    """With a small second portrait: the best one, or all of them, the best first."""
    [one] = desk.scan(PLAIN).result.faces
    everyone = desk.scan(PLAIN, face_detection_strategy=0).result.faces
    assert len(everyone) >= 1
    assert everyone[0].cropped_image_info and all(face.cropped_image_info is UNSET
                                                  for face in everyone[1:])
    assert one.geometry in [face.geometry for face in everyone]


# Pictures that people take.

def test_two_documents(desk):
    """The larger one."""
    scan = desk.scan("passport-and-card")
    true = corners_of(labels()["passport-and-card"])
    assert np.abs(box(scan.document) - true).max() < 40
    assert scan.document.document_format == "ID-3"


def test_document_over_the_border(desk):
    scan = desk.scan("over-border")
    assert "DT_DOCUMENT_IS_LEFT" in scan.traits and scan.scores["margin_left"] <= 0.02
    assert scan.face is None and scan.page is not None


def test_document_on_a_screen(desk):
    """It is scanned like any other; nothing is said of the screen."""
    scan = desk.scan("on-tablet", anti_spoofing_detect_document=True)
    plain = desk.scan("on-tablet")
    assert scan.document == plain.document


@pytest.mark.parametrize("lean", [(20, 30, 35), (0, 40, 20)])
def test_barcode_that_leans_away(desk, lean):
    """It is read on the page, and placed in the picture."""
    row = labels()["franklin-back-1"]
    pixels, corners = leaned("franklin-back-1", *lean)
    found = desk.scan(pixels, document_scan_barcode_only=True).result.barcode
    assert found.bar_code_detection_status == 0
    assert found.barcode_data.text == json.loads(f'"{row["barcode_text"]}"')
    places = [getattr(found.non_cropped_barcode_box, name) for name in CORNERS]
    for place in places:
        for i in range(4):
            side, there = corners[(i + 1) % 4] - corners[i], (place.x, place.y) - corners[i]
            assert side[0] * there[1] - side[1] * there[0] > 0
    assert places[0].x < places[1].x


# The answer.

@pytest.mark.parametrize("picture,config", [
    (PLAIN, {}), (PLAIN, {"document_auto_rotation": True}), ({"width": 0.3}, {}),
    ({**PLAIN, "name": BACK}, {}), (None, {}), (PLAIN, {"doc_validations_off": True}),
    (PLAIN, {"detect_document_only": True}), (PLAIN, {"get_face_landmarks": True}),
    ("franklin-back-1-careful", {"document_scan_barcode_only": True})])
def test_answers_follow_the_schema(desk, picture, config):
    result = desk.scan(nothing() if picture is None else picture, **config).result
    answer = json.loads(msgspec.json.encode(result))
    jsonschema.validate(answer, {**SCHEMA, "$ref": "#/$defs/CallResult"})
    assert None not in answer.values()


def test_a_tuple_of_four(desk):
    image = ImageInputArg(laid(**PLAIN))
    answer = desk.session.doc_scan_face(image)
    assert len(answer) == 4 and isinstance(answer[2], bytes) and isinstance(answer[3], bytes)
    assert len(answer[2]) == 1011 * 638 * 3


def test_threads_share_a_session(desk):
    pictures = [laid(**PLAIN), laid(**{**PLAIN, "name": BACK}), nothing()]
    expected = [desk.session.doc_scan_face(ImageInputArg(p))[1] for p in pictures]
    wrong = []

    def work():
        for _ in range(3):
            for pixels, result in zip(pictures, expected):
                number, other, *_ = desk.session.doc_scan_face(ImageInputArg(pixels))
                if number < 0 or other.document != result.document or other.faces != result.faces:
                    wrong.append(other)
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_tiny_and_narrow_pictures(desk):
    for size in ((1, 1), (1, 500), (500, 1), (3, 2), (40, 30)):
        scan = desk.scan(np.full((size[1], size[0], 3), 120, np.uint8))
        assert scan.document is None and scan.result.faces == []
