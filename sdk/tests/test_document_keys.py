"""Every configuration key that touches a document: changing it alone changes the outcome, and both
ends of its range do what they say.

The keys come from the table; a key of these groups without a case fails the test.
"""

import dataclasses
import json

import numpy as np
import pytest
from msgspec import UNSET
from sdk_support import ROOT

from document_pictures import LICENCE_BACK, box, corners_of, flat, labels, put, table, unsure

TABLE = json.loads((ROOT / "src/config/keys.json").read_text())["keys"]
GROUPS = {"document", "barcode", "mrz"}
KEYS = {row["name"]: row for row in TABLE if row["group"] in GROUPS}


@dataclasses.dataclass
class Threshold:
    """A flag that is raised on one side of the key's value. Of two pictures that measure
    differently, a value in between raises it on one only, so that neither the key nor the measure
    can be a constant."""

    flag: str
    measure: str
    lower: object
    higher: object
    raises: str  # "below" or "above" the threshold
    config: dict = dataclasses.field(default_factory=dict)


PLAIN = {"width": 0.75}
FINGERS = {"check_fingers_over_document": True}
THRESHOLDS = {
    "conf_score_thr_doc": Threshold("DT_DOCUMENT_WITH_LOW_CONFIDENCE_SCORE", "confidence",
                                    unsure(0.5, 0.8), PLAIN, "below"),
    "blur_threshold_doc": Threshold("DT_DOCUMENT_IS_BLURRY", "sharpness", {**PLAIN, "blur": 2.0},
                                    PLAIN, "below"),
    "threshold_doc_too_close": Threshold("DT_DOCUMENT_IS_CLOSE", "area", PLAIN, {"width": 0.9},
                                         "above"),
    "threshold_doc_too_far": Threshold("DT_DOCUMENT_IS_FAR", "area", {"width": 0.4}, PLAIN,
                                       "below"),
    "threshold_doc_x": Threshold("DT_DOCUMENT_IS_LEFT", "margin_left",
                                 {**PLAIN, "at": (0.42, 0.5)}, PLAIN, "below"),
    "threshold_doc_y": Threshold("DT_DOCUMENT_IS_UP", "margin_top",
                                 {**PLAIN, "at": (0.5, 0.36)}, PLAIN, "below"),
    "fingers_over_document_threshold": Threshold(
        "DT_FINGERS_DETECTED", "fingers", "permit-front-santoro-careful", "fingers-permit", "above",
        config=FINGERS),
}


def raised(desk, case, picture, key, value):
    return case.flag in desk.scan(picture, **case.config, **{key: value}).traits


@pytest.mark.parametrize("key", THRESHOLDS)
def test_threshold_between_two_pictures(desk, key):
    case, row = THRESHOLDS[key], KEYS[key]
    low, high = (desk.scan(picture, **case.config).scores[case.measure]
                 for picture in (case.lower, case.higher))
    assert low + 1e-3 < high, f"{case.measure}: {low} and {high}"
    middle, margin = (low + high) / 2, (high - low) / 4
    assert raised(desk, case, case.lower, key, middle) == (case.raises == "below")
    assert raised(desk, case, case.higher, key, middle) == (case.raises == "above")
    below, above = max(row["minimum"], low - margin), min(row["maximum"], high + margin)
    for picture in (case.lower, case.higher):
        if below < low:
            assert raised(desk, case, picture, key, below) == (case.raises == "above")
        if above > high:
            assert raised(desk, case, picture, key, above) == (case.raises == "below")


@pytest.mark.parametrize("key", THRESHOLDS)
def test_threshold_at_the_ends_of_its_range(desk, key):
    """One end always raises the flag, the other never, on the picture on that side."""
    case, row = THRESHOLDS[key], KEYS[key]
    lowest = raised(desk, case, case.higher if case.raises == "above" else case.lower, key,
                    row["minimum"])
    highest = raised(desk, case, case.lower if case.raises == "below" else case.higher, key,
                     row["maximum"])
    assert (lowest, highest) == ((True, False) if case.raises == "above" else (False, True))


@pytest.mark.parametrize("key,flag,at", [("threshold_doc_x", "DT_DOCUMENT_IS_RIGHT", (0.58, 0.5)),
                                         ("threshold_doc_y", "DT_DOCUMENT_IS_DOWN", (0.5, 0.64))])
def test_margins_hold_on_both_sides(desk, key, flag, at):
    picture = {**PLAIN, "at": at}
    assert flag not in desk.scan(picture, **{key: 0.01}).traits
    assert flag in desk.scan(picture, **{key: 0.12}).traits


def test_how_sure_a_document_has_to_be(desk):
    """Below 0.5 nothing is answered, unless the caller asks for less."""
    thing = unsure(0.02, 0.48)(desk)
    confidence = desk.scan(thing, conf_score_thr_doc=0).document.confidence_score
    assert desk.scan(thing).document is None
    assert desk.scan(thing, conf_score_thr_doc=confidence - 0.01).document is not None
    assert desk.scan(thing, conf_score_thr_doc=confidence + 0.01).document is None


# The other keys.

def test_detect_document_only(desk):
    whole, only = (desk.scan(PLAIN, detect_document_only=value) for value in (False, True))
    assert whole.face is not None and whole.portrait is not None
    assert only.result.faces is UNSET and only.portrait is None
    assert np.array_equal(box(only.document), box(whole.document))
    assert np.array_equal(only.page, whole.page)


@pytest.mark.parametrize("name", ["passport-upside-down", "passport-on-its-side",
                                  "card-on-its-side", "card-back-upside-down"])
def test_document_auto_rotation(desk, name):
    """With it the page is upright and the first corner its own top left; without it the page lies
    as the picture shows it, turned by less than half a quarter."""
    row = labels()[name]
    true = corners_of(row)
    diagonal = np.linalg.norm(true[2] - true[0])
    lying, upright = (desk.scan(name, document_auto_rotation=value) for value in (False, True))
    assert np.abs(box(upright.document) - true).max() < 0.1 * diagonal
    edge = box(lying.document)[1] - box(lying.document)[0]
    assert abs(np.degrees(np.arctan2(edge[1], edge[0]))) <= 45
    assert np.linalg.norm(box(lying.document)[0] - true[0]) > 0.3 * diagonal
    assert upright.page.shape[1] > upright.page.shape[0]
    if row["face"] == "1":
        assert lying.face is None
        assert lying.result.user_feedback_message == "Turn the document upright."
        assert upright.face is not None


@pytest.mark.parametrize("name", [LICENCE_BACK, "permit-back-demir", "mrv-a-fontaine"])
@pytest.mark.parametrize("turn", [0, 90, 180, 270, 200])
def test_turned_upright_by_print_or_face(desk, name, turn):
    picture = table((1200, 1200))
    corners = put(picture, flat(name), 0.6, turn)
    scan = desk.scan(np.asarray(picture), document_auto_rotation=True, doc_validations_off=True)
    distances = np.linalg.norm(box(scan.document)[0] - corners, axis=1)
    assert distances.argmin() == 0
    assert (scan.face is not None) == ("back" not in name)


def test_doc_validations_off(desk):
    far = {"width": 0.4}
    judged, not_judged = (desk.scan(far, doc_validations_off=value) for value in (False, True))
    assert judged.traits == {"DT_DOCUMENT_IS_FAR"} and judged.face is None
    assert not_judged.traits == set() and not_judged.face is not None
    assert judged.scores and not not_judged.scores
    # not even fingers are looked for
    both = desk.scan("fingers-permit", doc_validations_off=True, **FINGERS)
    assert "fingers" not in both.scores


def test_face_validations_off(desk):
    """The same face that fails, taken as it is."""
    name = "passport-upside-down"
    assert desk.scan(name).face is None
    scan = desk.scan(name, face_validations_off=True)
    assert scan.face is not None and scan.face.face_traits_flags == 0


def test_check_fingers_over_document(desk):
    without, checked = (desk.scan("fingers-permit", check_fingers_over_document=value)
                        for value in (False, True))
    assert "fingers" not in without.scores and "DT_FINGERS_DETECTED" not in without.traits
    assert checked.scores["fingers"] > 0.5 and "DT_FINGERS_DETECTED" in checked.traits


LICENCE = "franklin-back-1-careful"


def barcode(desk, name=LICENCE, **config):
    return desk.scan(name, document_scan_barcode_only=True, **config).result


def test_document_scan_barcode_only(desk):
    plain = desk.scan(LICENCE)
    assert plain.result.barcode is UNSET and plain.document is not None
    result = barcode(desk)
    assert result.document is UNSET and result.faces is UNSET
    assert result.barcode.barcode_data.type == "AAMVA"


def test_detect_barcode_without_parsing(desk):
    parsed, bare = (barcode(desk, detect_barcode_without_parsing=value).barcode.barcode_data
                    for value in (False, True))
    assert parsed.last_name and parsed.barcode_key
    assert bare.text == parsed.text and not bare.last_name and not bare.barcode_key


def test_conf_score_thr_barcode(desk):
    confidence = barcode(desk).barcode.confidence_score
    assert 0 < confidence <= 1
    for value, found in ((0, True), (confidence - 0.01, True), (min(1, confidence + 0.01), False)):
        status = barcode(desk, conf_score_thr_barcode=value).barcode.bar_code_detection_status
        if value <= confidence:
            assert (status == 0) == found
    noisy = np.random.default_rng(1).normal(0, 30, flat(LICENCE_BACK).size[::-1] + (3,))
    worse = (np.asarray(flat(LICENCE_BACK)) * 0.7 + 20 + noisy).clip(0, 255).astype(np.uint8)
    less = desk.scan(worse, document_scan_barcode_only=True).result.barcode.confidence_score
    if 0 < less < confidence:
        middle = (less + confidence) / 2
        assert barcode(desk, conf_score_thr_barcode=middle).barcode.bar_code_detection_status == 0
        assert desk.scan(worse, document_scan_barcode_only=True, conf_score_thr_barcode=middle) \
            .result.barcode.bar_code_detection_status == -1


def test_barcode_margin(desk):
    def width(margin):
        found = barcode(desk, barcode_margin=margin).barcode
        inner, outer = ((b.top_right.x - b.top_left.x) for b in
                        (found.non_cropped_barcode_box, found.cropped_barcode_box))
        return outer / inner
    assert width(0) == pytest.approx(1, abs=0.01)
    assert 1.05 < width(0.1) < width(1)


def lines_of(name):
    return labels()[name]["mrz"].split("|")


def test_detect_and_recognize_mrz_code(desk):
    name = "alderay-okafor-careful"
    without, read = (desk.scan(name, detect_and_recognize_mrz_code=value).document
                     for value in (False, True))
    assert without.mrz_data == [] and without.mrz is UNSET
    assert read.mrz_data == lines_of(name)
    assert read.mrz.valid and all(check.valid for check in read.mrz.check_digits)


def zone_of(name):
    """The lower end of a flat page, where its zone is."""
    page = flat(name)
    return np.asarray(page.crop((0, int(page.height * 0.72), page.width, page.height)))


def test_mrz_segmented_input(desk):
    zone = zone_of("alderay-okafor")
    asked = {"detect_and_recognize_mrz_code": True}
    whole, segmented = (desk.scan(zone, mrz_segmented_input=value, **asked)
                        for value in (False, True))
    assert whole.document is None or whole.document.mrz_data == []
    assert segmented.document.mrz_data == lines_of("alderay-okafor")
    assert segmented.document.document_traits == 0 and segmented.result.faces is UNSET
    assert np.array_equal(segmented.page, zone)
    # the key alone asks for it too
    assert desk.scan(zone, mrz_segmented_input=True).document.mrz_data == \
        lines_of("alderay-okafor")


def test_calculate_age_from_ocr_text(desk):
    name = "permit-front-santoro-careful"
    without, read = (desk.scan(name, calculate_age_from_ocr_text=value).document
                     for value in (False, True))
    assert (without.ocr_age_data.dob, without.ocr_age_data.age) == ("", -1)
    assert read.ocr_age_data.dob == labels()[name]["birth_date"]
    assert read.mrz_data == []


# Both ends and a change of each of these are in the test of that name.
OWN_TESTS = {
    "detect_document_only": test_detect_document_only,
    "document_auto_rotation": test_document_auto_rotation,
    "doc_validations_off": test_doc_validations_off,
    "check_fingers_over_document": test_check_fingers_over_document,
    "document_scan_barcode_only": test_document_scan_barcode_only,
    "detect_barcode_without_parsing": test_detect_barcode_without_parsing,
    "conf_score_thr_barcode": test_conf_score_thr_barcode,
    "barcode_margin": test_barcode_margin,
    "calculate_age_from_ocr_text": test_calculate_age_from_ocr_text,
    "detect_and_recognize_mrz_code": test_detect_and_recognize_mrz_code,
    "mrz_segmented_input": test_mrz_segmented_input,
}


@pytest.mark.parametrize("key", KEYS)
def test_every_key_has_a_case(key):
    assert key in THRESHOLDS or key in OWN_TESTS


def test_no_case_without_a_key():
    assert set(THRESHOLDS) | set(OWN_TESTS) == set(KEYS)
