"""Every face trait: a picture that raises it and its unaltered twin that does not, left and right
in mirrored pictures, and what enrolment and identification make of it."""

import json
import re

import pytest
from sdk_support import ROOT
from test_backend_faults import ENROLLED, FaultyBackend, http

import cryptonets_python_sdk as sdk
from cryptonets_python_sdk import FaceTraitsFlags, ImageInputArg, OperationConfig
from face_pictures import names

# flag: the picture and the alteration that raises it; the twin is another picture only where no
# program makes such a picture: of a person who looks aside
RAISED_BY = {
    "FT_FACE_TOO_CLOSE": ("portrait", "close"),
    "FT_FACE_TOO_FAR": ("portrait", "far"),
    "FT_FACE_RIGHT": ("portrait", "shifted_right"),
    "FT_FACE_LEFT": ("portrait", "shifted_left"),
    "FT_FACE_UP": ("portrait", "shifted_up"),
    "FT_FACE_DOWN": ("portrait", "shifted_down"),
    "FT_IMAGE_BLURR": ("portrait", "blurred"),
    "FT_FACE_WITH_GLASS": ("portrait", "with_glasses"),
    "FT_FACE_WITH_MASK": ("president", "masked"),
    "FT_LOOKING_LEFT": ("aside", None),
    "FT_LOOKING_RIGHT": ("aside", "mirrored"),
    "FT_LOOKING_HIGH": ("portrait", "looking_up"),
    "FT_LOOKING_DOWN": ("portrait", "looking_down"),
    "FT_FACE_TOO_DARK": ("portrait", "dark"),
    "FT_FACE_TOO_BRIGHT": ("portrait", "bright"),
    "FT_FACE_LOW_VAL_CONF": ("portrait", "covered"),
    "FT_INVALID_FACE_BACKGROUND": ("portrait", "cluttered_background"),
    "FT_EYE_BLINK": ("senator", "eyes_closed"),
    "FT_MOUTH_OPENED": ("portrait", "mouth_open"),
    "FT_FACE_ROTATED_RIGHT": ("portrait", "tilted_right"),
    "FT_FACE_ROTATED_LEFT": ("portrait", "tilted_left"),
    "FT_FACE_NOT_IN_OVAL": ("portrait", "shifted_left"),
}
TWINS = {"FT_LOOKING_LEFT": "portrait", "FT_LOOKING_RIGHT": "portrait"}
ALL_FLAGS = [flag.name for flag in FaceTraitsFlags if flag]
SWAPPED = {"FT_FACE_RIGHT": "FT_FACE_LEFT", "FT_LOOKING_RIGHT": "FT_LOOKING_LEFT",
           "FT_FACE_ROTATED_RIGHT": "FT_FACE_ROTATED_LEFT"}
SWAPPED |= {right: left for left, right in SWAPPED.items()}
OPERATIONS = {row["name"]: row for row in
              json.loads((ROOT / "src/config/keys.json").read_text())["operations"]}
DOCUMENTED = (ROOT / "docs/traits.md").read_text()
OVAL = {"validate_face_position_oval": True}


def config_of(flag):
    return OVAL if flag == "FT_FACE_NOT_IN_OVAL" else {}


@pytest.mark.parametrize("flag", ALL_FLAGS)
def test_a_picture_raises_it_and_its_twin_does_not(gallery, flag):
    name, alteration = RAISED_BY[flag]
    assert flag in gallery.flags(name, alteration, **config_of(flag))
    assert flag not in gallery.flags(TWINS.get(flag, name), **config_of(flag))


@pytest.mark.parametrize("flag", sorted(SWAPPED))
def test_mirrored_pictures_swap_left_and_right(gallery, flag):
    name, alteration = RAISED_BY[flag]
    flags = gallery.flags(name, alteration)
    assert flag in flags and SWAPPED[flag] not in flags
    mirror = {"FT_LOOKING_RIGHT": None}.get(flag, f"{alteration or ''} mirrored".strip())
    flags = gallery.flags(name, mirror)
    assert SWAPPED[flag] in flags and flag not in flags


def test_mirrored_pictures_keep_the_rest(gallery):
    for flag in ("FT_IMAGE_BLURR", "FT_FACE_TOO_DARK", "FT_LOOKING_HIGH", "FT_LOOKING_DOWN",
                 "FT_MOUTH_OPENED", "FT_FACE_WITH_MASK", "FT_FACE_WITH_GLASS", "FT_FACE_UP"):
        name, alteration = RAISED_BY[flag]
        assert flag in gallery.flags(name, f"{alteration} mirrored")


def test_both_pose_models_agree_on_the_signs(gallery):
    """The second model is a net of its own: it knows nothing of the landmarks."""
    for name, alteration, measure, sign in (
            ("aside", None, "yaw", 1), ("aside", "mirrored", "yaw", -1),
            ("portrait", "looking_up", "pitch", -1), ("portrait", "looking_down", "pitch", 1),
            ("portrait", "tilted_right", "roll", 1), ("portrait", "tilted_left", "roll", -1)):
        for model in sdk.BaseLandmarksModelId:
            value = gallery.score(measure, name, alteration, base_landmarks_model_id=model)
            assert sign * value > 10, (name, alteration, measure, model.name, value)


def test_ordinary_portraits_raise_nothing(gallery):
    assert gallery.flags("portrait") == set()
    assert gallery.flags("president") <= {"FT_INVALID_FACE_BACKGROUND"}
    assert gallery.flags("portrait", "plain_background") == set()
    assert "FT_INVALID_FACE_BACKGROUND" not in gallery.flags("president", "plain_background")


@pytest.mark.parametrize("flag", ALL_FLAGS)
def test_each_is_documented(flag):
    """Measure, rate and advice."""
    assert DOCUMENTED.count(f"| `{flag}` |") == 3


def test_scores_are_documented(gallery):
    reported = set()
    for name, config in (("portrait", {"get_smile_intensity": True}), ("president", {})):
        reported |= {metric.name for metric in gallery.face(name, **config).scores}
    assert len(reported) > 40
    # a component beside others, or a name in backquotes
    missing = [name for name in reported if not re.search(rf"[`| ]{name}[`, |]", DOCUMENTED)]
    assert missing == []


# Enrolment and identification, on a backend that counts what reaches it.

@pytest.fixture(scope="module")
def counting(gallery):
    """A session whose backend keeps every request."""
    backend = FaultyBackend(http(json.dumps(ENROLLED).encode()))
    with backend.session() as session:
        yield session, backend.bodies
    backend.listener.close()


# What is said to the person about each flag; the texts are the library's own.
ADVICE = {
    "FT_FACE_WITH_GLASS": "glasses", "FT_FACE_WITH_MASK": "mask", "FT_LOOKING_RIGHT": "left",
    "FT_LOOKING_LEFT": "right", "FT_LOOKING_HIGH": "Lower your chin",
    "FT_LOOKING_DOWN": "Raise your chin", "FT_FACE_RIGHT": "left", "FT_FACE_LEFT": "right",
    "FT_FACE_UP": "Lower your head", "FT_FACE_DOWN": "Raise your head", "FT_MOUTH_OPENED": "mouth",
    "FT_IMAGE_BLURR": "still", "FT_FACE_TOO_FAR": "closer", "FT_FACE_TOO_CLOSE": "back",
    "FT_FACE_ROTATED_RIGHT": "upright", "FT_FACE_ROTATED_LEFT": "upright"}
VERBS = {"enroll_onefa": "enroll", "face_predict_onefa": "predict"}


def attempt(gallery, counting, verb, flag, **config):
    """The answer's enroll or predict, its advice, and how many requests were sent."""
    session, bodies = counting
    before = len(bodies)
    name, alteration = RAISED_BY[flag]
    image = ImageInputArg(gallery.picture(name, alteration))
    number, result = getattr(session, verb)(image, OperationConfig(anti_spoofing_mode=0, **config))
    assert number > 0, result.call_status.return_message
    assert result.call_status.return_code == 0
    return result, getattr(result, VERBS[verb]), len(bodies) - before


def performed(data):
    return data.enroll_performed if hasattr(data, "enroll_performed") else data.predict_performed


CASES = [(verb, flag) for verb in VERBS for flag in ALL_FLAGS]


@pytest.mark.parametrize("verb,flag", CASES, ids=[f"{verb}-{flag}" for verb, flag in CASES])
def test_only_failing_traits_refuse(gallery, counting, verb, flag):
    """Every other failing trait is allowed, so that what refuses is this one."""
    failing = OPERATIONS[verb]["failing_traits"]
    others = sum(FaceTraitsFlags[name] for name in ALL_FLAGS if name != flag)
    config = {"allowed_face_traits_flags": others, **config_of(flag)}
    result, data, sent = attempt(gallery, counting, verb, flag, **config)
    if flag in failing:
        assert not performed(data) and sent == 0
        assert flag in names(result.faces[0].face_traits_flags)
        assert data.message and data.api_response.status != 0
        assert ADVICE[flag] in result.user_feedback_message
        assert f"| `{flag}` | {result.user_feedback_message} |" in DOCUMENTED
    elif flag != "FT_FACE_LOW_VAL_CONF":
        assert performed(data) and sent == 1
        assert not result.user_feedback_message
    config["allowed_face_traits_flags"] = FaceTraitsFlags(2 ** 22 - 1)
    result, data, sent = attempt(gallery, counting, verb, flag, **config)
    assert performed(data) and sent == 1


def test_the_lists_are_those_described():
    enroll, predict = (set(OPERATIONS[verb]["failing_traits"]) for verb in VERBS)
    assert len(enroll) == 16 and len(predict) == 13
    assert enroll - predict == {"FT_FACE_WITH_GLASS", "FT_FACE_WITH_MASK", "FT_MOUTH_OPENED"}
    assert enroll == set(ADVICE) and predict < enroll


@pytest.mark.parametrize("verb", VERBS)
def test_a_face_whose_points_are_not_believed_is_refused(gallery, counting, verb):
    """Nothing is known of its pose, so its pose cannot pass."""
    result, data, sent = attempt(gallery, counting, verb, "FT_FACE_LOW_VAL_CONF")
    assert not performed(data) and sent == 0
    assert "whole face" in result.user_feedback_message
    _, data, sent = attempt(gallery, counting, verb, "FT_FACE_LOW_VAL_CONF",
                            face_validations_off=True)
    assert performed(data) and sent == 1


@pytest.mark.parametrize("verb", VERBS)
def test_validations_off_lets_all_pass(gallery, counting, verb):
    result, data, sent = attempt(gallery, counting, verb, "FT_FACE_TOO_FAR",
                                 face_validations_off=True)
    assert performed(data) and sent == 1 and result.faces[0].face_traits_flags == 0


def test_predict_asks_for_a_face_nearer_the_front(gallery, counting):
    """The same head passes one context's key and not the other's."""
    keys = {"threshold_profile_enroll": 0.1, "threshold_profile_predict": 1.0,
            "allowed_face_traits_flags": FaceTraitsFlags.FT_FACE_TOO_FAR}
    enroll, predict = (attempt(gallery, counting, verb, "FT_LOOKING_LEFT", **keys)
                       for verb in VERBS)
    assert performed(enroll[1]) and enroll[2] == 1
    assert not performed(predict[1]) and predict[2] == 0
    assert "FT_LOOKING_LEFT" in names(predict[0].faces[0].face_traits_flags)


def test_predict_lets_a_face_be_farther_away(gallery, counting):
    """0.2 of the picture to enrol, 0.1 to be identified, unless the caller says otherwise."""
    image = "FT_FACE_TOO_FAR"
    share = gallery.score("face_size", *RAISED_BY[image])
    assert share < 0.1
    for verb, least in (("enroll_onefa", 0.2), ("face_predict_onefa", 0.1)):
        row = next(key for key in json.loads((ROOT / "src/config/keys.json").read_text())["keys"]
                   if key["name"] == "threshold_user_too_far")
        assert row["overrides"][verb] == least
        _, data, sent = attempt(gallery, counting, verb, image)
        assert not performed(data) and sent == 0
        _, data, sent = attempt(gallery, counting, verb, image, threshold_user_too_far=0.05)
        assert performed(data) and sent == 1


def test_no_face_says_so(counting, gallery):
    session, bodies = counting
    before = len(bodies)
    blank = gallery.picture("portrait") * 0
    for verb, member in VERBS.items():
        _, result = getattr(session, verb)(ImageInputArg(blank))
        assert not performed(getattr(result, member)) and result.faces == []
        assert result.user_feedback_message == "Show your face to the camera."
    assert len(bodies) == before


@pytest.mark.parametrize("context,operation", [("enroll", "enroll_onefa"),
                                               ("predict", "face_predict_onefa")])
def test_validate_advises_what_the_operation_of_the_context_would_refuse(gallery, context,
                                                                         operation):
    said = set()
    for flag, picture in RAISED_BY.items():
        if flag == "FT_FACE_NOT_IN_OVAL":
            continue
        result = gallery.call(*picture, context_string=context)
        failing = set(OPERATIONS[operation]["failing_traits"])
        if not any(score.name == "yaw" for score in result.faces[0].scores):
            failing.add("FT_FACE_LOW_VAL_CONF")  # a pose that is not known does not pass
        refused = names(result.faces[0].face_traits_flags) & failing
        assert bool(result.user_feedback_message) == bool(refused), (flag, refused)
        allowed = sum(FaceTraitsFlags[name] for name in refused)
        freed = gallery.call(*picture, context_string=context, allowed_face_traits_flags=allowed)
        assert not freed.user_feedback_message
        said.add(result.user_feedback_message)
    assert len(said) > 8


def test_validate_advises_about_liveness_and_where_there_is_no_face(offline, gallery, pictures):
    _, result = offline.validate(ImageInputArg(pictures("rocket.jpg")))
    assert result.faces == [] and result.user_feedback_message == "Show your face to the camera."
    portrait = ImageInputArg(gallery.picture("portrait"))
    _, result = offline.validate(portrait, OperationConfig(anti_spoofing_threshold=1.0))
    assert result.faces[0].spoof_status == sdk.SpoofStatus.AS_SPOOF_DETECTED
    assert result.user_feedback_message.startswith("Look into the camera yourself")
    _, result = offline.validate(portrait, OperationConfig(anti_spoofing_threshold=0.0))
    assert not result.user_feedback_message
