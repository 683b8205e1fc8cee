"""Every configuration key that touches a face: changing it alone changes the outcome, and both ends
of its range do what they say.

The keys come from the table; a key of these groups without a case fails the test.
"""

import dataclasses
import json

import numpy as np
import pytest
from sdk_support import ROOT

import cryptonets_python_sdk as sdk
from cryptonets_python_sdk import (BaseLandmarksModelId, FaceDetectionStrategy, FaceTraitsFlags,
                                   ImageInputArg, OperationConfig, SpoofStatus)
from face_pictures import names, scores

TABLE = json.loads((ROOT / "src/config/keys.json").read_text())["keys"]
GROUPS = {"detection", "quality", "matching", "landmarks", "pose", "position", "attributes",
          "liveness", "iso"}
KEYS = {row["name"]: row for row in TABLE if row["group"] in GROUPS and not row.get("no_effect")}
WITHOUT_EFFECT = [row["name"] for row in TABLE if row.get("no_effect")]


@dataclasses.dataclass
class Threshold:
    """A flag that is raised on one side of the key's value. Of two pictures that measure
    differently, a value in between raises it on one only, so that neither the key nor the measure
    can be a constant."""

    flag: str
    measure: str
    lower: tuple
    higher: tuple
    raises: str  # "below" or "above" the threshold
    sign: int = 1  # -1: the measure counts towards the other side
    config: dict = dataclasses.field(default_factory=dict)


PREDICT = {"context_string": "predict"}
PORTRAIT = ("portrait", None)
THRESHOLDS = {
    "landmark_confidence_score_threshold": Threshold(
        "FT_FACE_LOW_VAL_CONF", "landmark_confidence", ("portrait", "covered"), PORTRAIT, "below"),
    "blur_threshold_enroll_pred": Threshold(
        "FT_IMAGE_BLURR", "sharpness", ("portrait", "blurred"), PORTRAIT, "below"),
    "face_too_bright": Threshold(
        "FT_FACE_TOO_BRIGHT", "brightness", ("president", None), ("portrait", None), "above"),
    "face_too_dark": Threshold(
        "FT_FACE_TOO_DARK", "brightness", ("portrait", "dark"), PORTRAIT, "below"),
    "threshold_profile_enroll": Threshold(
        "FT_LOOKING_LEFT", "frontality", ("aside", None), ("senator", None), "below"),
    "threshold_profile_predict": Threshold(
        "FT_LOOKING_LEFT", "frontality", ("aside", None), ("senator", None), "below",
        config=PREDICT),
    "threshold_high_vertical_enroll": Threshold(
        "FT_LOOKING_HIGH", "vertical", ("portrait", "looking_up"), PORTRAIT, "below"),
    "threshold_high_vertical_predict": Threshold(
        "FT_LOOKING_HIGH", "vertical", ("portrait", "looking_up"), PORTRAIT, "below",
        config=PREDICT),
    "threshold_down_vertical_enroll": Threshold(
        "FT_LOOKING_DOWN", "vertical", PORTRAIT, ("portrait", "looking_down"), "above"),
    "threshold_down_vertical_predict": Threshold(
        "FT_LOOKING_DOWN", "vertical", PORTRAIT, ("portrait", "looking_down"), "above",
        config=PREDICT),
    "angle_rotation_right_threshold": Threshold(
        "FT_FACE_ROTATED_RIGHT", "roll", PORTRAIT, ("portrait", "tilted_right"), "above"),
    "angle_rotation_left_threshold": Threshold(
        "FT_FACE_ROTATED_LEFT", "roll", PORTRAIT, ("portrait", "tilted_left"), "above", sign=-1),
    "threshold_user_right": Threshold(
        "FT_FACE_RIGHT", "box_left", ("portrait", "shifted_right"), PORTRAIT, "below"),
    "threshold_user_left": Threshold(
        "FT_FACE_LEFT", "box_right", PORTRAIT, ("portrait", "shifted_left"), "above"),
    "threshold_user_up": Threshold(
        "FT_FACE_UP", "box_top", ("portrait", "shifted_up"), PORTRAIT, "below"),
    "threshold_user_down": Threshold(
        "FT_FACE_DOWN", "box_bottom", PORTRAIT, ("portrait", "shifted_down"), "above"),
    "threshold_user_too_far": Threshold(
        "FT_FACE_TOO_FAR", "face_size", ("portrait", "far"), PORTRAIT, "below"),
    "threshold_user_too_close": Threshold(
        "FT_FACE_TOO_CLOSE", "face_size", PORTRAIT, ("portrait", "close"), "above"),
    "eyes_blinking_threshold": Threshold(
        "FT_EYE_BLINK", "eyes_closed", PORTRAIT, ("senator", "eyes_closed"), "above"),
    "mouth_opened_threshold": Threshold(
        "FT_MOUTH_OPENED", "mouth_open", PORTRAIT, ("portrait", "mouth_open"), "above"),
}

def raised(gallery, case, picture, key, value):
    return case.flag in gallery.flags(*picture, **case.config, **{key: value})


@pytest.mark.parametrize("key", THRESHOLDS)
def test_threshold_between_two_pictures(gallery, key):
    case = THRESHOLDS[key]
    low, high = (case.sign * gallery.score(case.measure, *picture, **case.config)
                 for picture in (case.lower, case.higher))
    assert low + 1e-3 < high, f"{case.measure}: {low} and {high}"
    middle, margin = (low + high) / 2, (high - low) / 4
    row = KEYS[key]
    below, above = max(row["minimum"], low - margin), min(row["maximum"], high + margin)
    assert raised(gallery, case, case.lower, key, middle) == (case.raises == "below")
    assert raised(gallery, case, case.higher, key, middle) == (case.raises == "above")
    if below < low:
        for picture in (case.lower, case.higher):
            assert raised(gallery, case, picture, key, below) == (case.raises == "above")
    if above > high:
        for picture in (case.lower, case.higher):
            assert raised(gallery, case, picture, key, above) == (case.raises == "below")


@pytest.mark.parametrize("key", THRESHOLDS)
def test_threshold_at_the_ends_of_its_range(gallery, key):
    """One end always raises the flag, the other never, on the picture on that side."""
    case, row = THRESHOLDS[key], KEYS[key]
    lowest = raised(gallery, case, case.higher if case.raises == "above" else case.lower, key,
                    row["minimum"])
    highest = raised(gallery, case, case.lower if case.raises == "below" else case.higher, key,
                     row["maximum"])
    if key.startswith("threshold_user") and "too" not in key:
        # a face that reaches beyond the border is too far to a side whatever the threshold
        lowest = raised(gallery, case, PORTRAIT, key, row["minimum"])
        highest = raised(gallery, case, PORTRAIT, key, row["maximum"])
    assert (lowest, highest) == ((True, False) if case.raises == "above" else (False, True))


# The other keys.

def outcome(gallery, name, alteration=None, **config):
    """Flags and measures of all faces, as they would be compared by eye."""
    faces = gallery.call(name, alteration, **config).faces
    return [(names(face.face_traits_flags), {measure: round(value, 4)
                                             for measure, value in scores(face).items()})
            for face in faces]


@pytest.mark.parametrize("key,context", [("conf_score_thr_enroll", "enroll"),
                                         ("conf_score_thr_predict", "predict")])
def test_detector_confidence(gallery, key, context):
    """A half covered face is found with less confidence than a whole one."""
    config = {"context_string": context}
    # the detector tries harder where nothing is sure enough, so it depends on the threshold
    half, whole = (gallery.score("face_confidence", *picture, **config, **{key: 0.5})
                   for picture in (("portrait", "covered"), PORTRAIT))
    assert half < whole
    between = (half + whole) / 2
    assert gallery.face("portrait", "covered", **config, **{key: between}) is None
    assert gallery.face("portrait", **config, **{key: between}) is not None
    assert gallery.face("portrait", "covered", **config, **{key: half - 0.01}) is not None
    assert gallery.face("portrait", "covered", **config, **{key: 1}) is None
    assert gallery.face("portrait", "covered", **config, **{key: 0}) is not None
    # the other context's key does not count
    other = {"conf_score_thr_enroll": "conf_score_thr_predict",
             "conf_score_thr_predict": "conf_score_thr_enroll"}[key]
    assert gallery.face("portrait", "covered", **config, **{other: 1}) is not None


def test_face_detection_strategy(gallery):
    found = {strategy: gallery.call("two", face_detection_strategy=strategy).faces
             for strategy in FaceDetectionStrategy}
    everyone = found[FaceDetectionStrategy.FDS_MULTIPLE_FACES]
    assert len(everyone) > 1

    def area(face):
        box = face.geometry.bounding_box
        return (box.bottom_right.x - box.top_left.x) * (box.bottom_right.y - box.top_left.y)

    def confidence(face):
        return face.geometry.face_confidence_score
    for strategy, measure in (
            (FaceDetectionStrategy.FDS_BEST_CONFIDENCE_SCORE_FACE, confidence),
            (FaceDetectionStrategy.FDS_BIGGEST_FACE, area),
            (FaceDetectionStrategy.FDS_SINGLE_FACE_HYBRID, lambda f: area(f) * confidence(f))):
        [chosen] = found[strategy]
        assert measure(chosen) == pytest.approx(max(measure(face) for face in everyone))


def test_face_validations_off(gallery):
    assert gallery.flags("portrait", "blurred") == {"FT_IMAGE_BLURR"}
    face = gallery.face("portrait", "blurred", face_validations_off=True)
    assert face.face_traits_flags == 0 and "sharpness" not in scores(face)
    assert "yaw" not in scores(face) and "UnifiedQualityScore" not in scores(face)


def poses(gallery, **config):
    return tuple(round(gallery.score(angle, "aside", **config), 3)
                 for angle in ("yaw", "pitch", "roll"))


def test_landmark_models(gallery):
    dense, net = (poses(gallery, base_landmarks_model_id=model) for model in BaseLandmarksModelId)
    assert dense != net and abs(dense[0] - net[0]) < 15
    assert poses(gallery) == dense
    # base_face_landmarks_model_id wins unless it is -1
    for value, expected in ((0, dense), (22, net), (-1, dense)):
        assert poses(gallery, base_face_landmarks_model_id=value) == expected
        if value >= 0:
            assert poses(gallery, base_face_landmarks_model_id=value,
                         base_landmarks_model_id=22 - value) == expected
    assert poses(gallery, base_face_landmarks_model_id=-1, base_landmarks_model_id=22) == net


def test_get_face_landmarks(gallery):
    assert not gallery.face("portrait").landmarks
    face = gallery.face("portrait", get_face_landmarks=True)
    assert len(face.landmarks) == 478
    points = np.array([(p.x, p.y) for p in face.landmarks])
    box = face.geometry.bounding_box
    inside = (points[:, 0] > box.top_left.x) & (points[:, 0] < box.bottom_right.x)
    assert inside.mean() > 0.8
    # the irises are where the detector saw the eyes
    for iris, eye in ((468, face.geometry.eye_right), (473, face.geometry.eye_left)):
        assert np.hypot(*(points[iris] - (eye.x, eye.y))) < 0.1 * (box.bottom_right.x -
                                                                  box.top_left.x)


def test_validate_face_position_oval(gallery):
    assert "FT_FACE_NOT_IN_OVAL" not in gallery.flags("portrait", "shifted_left")
    oval = {"validate_face_position_oval": True}
    assert "FT_FACE_NOT_IN_OVAL" in gallery.flags("portrait", "shifted_left", **oval)
    assert "FT_FACE_NOT_IN_OVAL" not in gallery.flags("portrait", **oval)
    assert gallery.score("in_oval", "portrait") > gallery.score("in_oval", "portrait",
                                                                "shifted_left")


def test_get_smile_intensity(gallery):
    assert gallery.score("smile", "portrait") is None
    smiling, serious = (gallery.score("smile", name, get_smile_intensity=True)
                        for name in ("portrait", "aside"))
    assert 0 <= serious < 0.2 < 0.7 < smiling <= 1


def test_allowed_face_traits_flags(gallery):
    """It changes what fails, not what is reported."""
    everything = 2 ** 32 - 1
    assert "allowed_face_traits_flags" in KEYS and KEYS["allowed_face_traits_flags"]["maximum"] == \
        everything
    for allowed in (0, FaceTraitsFlags.FT_IMAGE_BLURR, everything):
        assert gallery.flags("portrait", "blurred", allowed_face_traits_flags=allowed) == \
            {"FT_IMAGE_BLURR"}


def test_use_age_stddev(gallery):
    [plain], [spread] = (gallery.call("portrait", None, "estimate_age", use_age_stddev=value).faces
                         for value in (False, True))
    assert 0 < plain.age_data.estimated_age < 100
    assert plain.age_data != spread.age_data or scores(plain) != scores(spread)


def liveness(gallery, name, alteration=None, **config):
    face = gallery.face(name, alteration, **{"anti_spoofing_mode": 1, **config})
    return face.spoof_status, scores(face)


def test_anti_spoofing_mode(gallery):
    status, measures = liveness(gallery, "president", anti_spoofing_mode=0)
    assert status == SpoofStatus.AS_NOT_PERFORMED and "liveness" not in measures
    looked_at = []
    for mode in (1, 2, 3):
        status, measures = liveness(gallery, "president", anti_spoofing_mode=mode)
        assert status in (SpoofStatus.AS_NO_SPOOF_DETECTED, SpoofStatus.AS_SPOOF_DETECTED)
        assert 0 <= measures["liveness"] <= 1
        looked_at.append({name for name in measures if name.startswith("liveness")})
    assert looked_at[0] != looked_at[1] and looked_at[1] != looked_at[2]


def test_anti_spoofing_threshold(gallery):
    """Two pictures, one less live than the other: a threshold in between parts them."""
    pictures = [("president", None), ("president", "blurred")]
    clear, blurred = (liveness(gallery, *picture)[1]["liveness"] for picture in pictures)
    assert blurred < clear
    between = (blurred + clear) / 2
    statuses = [liveness(gallery, *picture, anti_spoofing_threshold=between)[0]
                for picture in pictures]
    assert statuses == [SpoofStatus.AS_NO_SPOOF_DETECTED, SpoofStatus.AS_SPOOF_DETECTED]
    for value, expected in ((0, SpoofStatus.AS_NO_SPOOF_DETECTED),
                            (1, SpoofStatus.AS_SPOOF_DETECTED)):
        for picture in pictures:
            assert liveness(gallery, *picture, anti_spoofing_threshold=value)[0] == expected


def card(pixels):
    """The picture on a white sheet on a dark table."""
    height, width = pixels.shape[:2]
    sheet = np.full((height * 7 // 5, width * 2, 3), 235, np.uint8)
    sheet[height // 5:height // 5 + height, width // 6:width // 6 + width] = pixels
    table = np.full((height * 3, width * 4, 3), 45, np.uint8)
    table[height * 4 // 5:][:sheet.shape[0], width:width * 3] = sheet
    return table


def test_anti_spoofing_detect_document(gallery):
    gallery.kept["card", None] = card(gallery.picture("president"))
    before, after = (liveness(gallery, "card", anti_spoofing_detect_document=value)
                     for value in (False, True))
    assert before[1]["liveness"] > after[1]["liveness"]
    assert after[0] == SpoofStatus.AS_SPOOF_DETECTED
    assert liveness(gallery, "president", anti_spoofing_detect_document=True)[0] == \
        SpoofStatus.AS_NO_SPOOF_DETECTED


def compare(gallery, first, second, **config):
    images = [ImageInputArg(gallery.picture(name)) for name in (first, second)]
    number, result = gallery.session.face_compare_files(*images, OperationConfig(**config))
    assert number > 0, result.call_status.return_message
    return result.compare


def test_matching_keys(gallery):
    """Strangers are a match where the caller says so; the three thresholds come back scaled."""
    plain = compare(gallery, "president", "senator")
    assert not plain.is_match and plain.face_thresholds == pytest.approx([0.3, 0.5, 0.65])
    distance = plain.distance_mean
    assert compare(gallery, "president", "senator", face_thresholds_med=1).is_match
    assert not compare(gallery, "president", "president", face_thresholds_med=0).distance_mean > 0.1
    assert compare(gallery, "president", "senator", fudge_factor=10).is_match
    assert compare(gallery, "president", "senator", fudge_factor=distance / 0.5 + 0.01).is_match
    assert not compare(gallery, "president", "senator", fudge_factor=0).is_match
    for index, key in enumerate(("face_thresholds_min", "face_thresholds_med",
                                 "face_thresholds_max")):
        for value in (0, 0.77, 1):
            changed = compare(gallery, "president", "senator", **{key: value}).face_thresholds
            assert changed[index] == pytest.approx(value)
            for other in {0, 1, 2} - {index}:
                assert changed[other] == pytest.approx(plain.face_thresholds[other])


def test_neighbors(gallery, backend):
    """As many people come back as were asked for."""
    config = {"allowed_face_traits_flags": 2 ** 32 - 1, "anti_spoofing_mode": 0, "fudge_factor": 10}
    with sdk.Session(backend.settings()) as session:
        for name in ("portrait", "president"):
            assert session.enroll_onefa(ImageInputArg(gallery.picture(name)),
                                        OperationConfig(**config))[1].enroll.enroll_performed
        image = ImageInputArg(gallery.picture("president"))
        for neighbors in (1, 100):
            _, result = session.face_predict_onefa(image, OperationConfig(neighbors=neighbors,
                                                                          **config))
            people = result.predict.api_response.PI_list
            assert 1 <= len(people) <= neighbors


def portrait_of(gallery, **config):
    image = ImageInputArg(gallery.picture("president"))
    number, result, pixels = gallery.session.face_iso(image, OperationConfig(**config))
    assert number > 0, result.call_status.return_message
    # narrow ones have too few pixels between the eyes, and say so
    assert result.iso_image.success == (config.get("iso_image_width", 826) > 400)
    info = result.iso_image.image.info
    return np.frombuffer(pixels, np.uint8).reshape(info.height, info.width, info.channels)


@pytest.mark.parametrize("colour", [0x000000, 0x3366CC, 0xFFFFFF])
def test_background_color_rgb(gallery, colour):
    corner = portrait_of(gallery, background_color_rgb=colour)[2, 2]
    assert np.abs(corner.astype(int) - (colour >> 16, colour >> 8 & 255, colour & 255)).max() <= 2


def test_iso_image_keys(gallery):
    for layout, width, height in (("full_frontal", 7, 9), ("token", 3, 4)):
        shape = portrait_of(gallery, iso_image_format=layout).shape
        assert shape[0] / shape[1] == pytest.approx(height / width, abs=0.01)
    row = KEYS["iso_image_width"]
    asked = (row["minimum"], 120, 240, row["maximum"])
    widths = [portrait_of(gallery, iso_image_width=width).shape[1] for width in asked]
    assert all(width - 3 < found <= width for found, width in zip(widths[:3], asked))
    # as wide as the source allows, and no more
    assert 400 < widths[3] < 1.5 * gallery.picture("president").shape[1]


# Both ends and a change of each of these are in the test of that name.
OWN_TESTS = {
    "conf_score_thr_enroll": test_detector_confidence,
    "conf_score_thr_predict": test_detector_confidence,
    "face_detection_strategy": test_face_detection_strategy,
    "face_validations_off": test_face_validations_off,
    "base_landmarks_model_id": test_landmark_models,
    "base_face_landmarks_model_id": test_landmark_models,
    "get_face_landmarks": test_get_face_landmarks,
    "validate_face_position_oval": test_validate_face_position_oval,
    "get_smile_intensity": test_get_smile_intensity,
    "allowed_face_traits_flags": test_allowed_face_traits_flags,  # and test_traits.py
    "use_age_stddev": test_use_age_stddev,
    "anti_spoofing_mode": test_anti_spoofing_mode,
    "anti_spoofing_threshold": test_anti_spoofing_threshold,
    "anti_spoofing_detect_document": test_anti_spoofing_detect_document,
    "face_thresholds_min": test_matching_keys,
    "face_thresholds_med": test_matching_keys,
    "face_thresholds_max": test_matching_keys,
    "fudge_factor": test_matching_keys,
    "neighbors": test_neighbors,
    "background_color_rgb": test_background_color_rgb,
    "iso_image_format": test_iso_image_keys,
    "iso_image_width": test_iso_image_keys,
}


@pytest.mark.parametrize("key", KEYS)
def test_every_key_has_a_case(key):
    assert key in THRESHOLDS or key in OWN_TESTS


def test_no_case_without_a_key():
    assert set(THRESHOLDS) | set(OWN_TESTS) == set(KEYS)


@pytest.mark.parametrize("key", WITHOUT_EFFECT)
def test_keys_without_effect(gallery, key):
    """They are accepted, and nothing changes."""
    assert outcome(gallery, "portrait", **{key: True}) == outcome(gallery, "portrait")


def test_context_string(gallery):
    """Each context looks at its own keys only."""
    keys = {"threshold_profile_enroll": 0.0, "threshold_profile_predict": 1.0}
    assert "FT_LOOKING_LEFT" not in gallery.flags("aside", **keys)
    assert "FT_LOOKING_LEFT" in gallery.flags("aside", context_string="predict", **keys)


def test_input_image_format(gallery):
    """A picture whose channels are taken for others has another colour."""
    pixels = gallery.picture("portrait")
    natural = {}
    for name in ("rgb", "bgr"):
        image = ImageInputArg(pixels, name)
        _, result = gallery.session.validate(image, OperationConfig(anti_spoofing_mode=0))
        natural[name] = scores(result.faces[0])["NaturalColour"]
    assert natural["rgb"] > natural["bgr"] + 10
