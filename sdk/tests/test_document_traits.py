"""Every document trait: a picture that raises it and its twin that does not."""

import re

import numpy as np
import pytest
from sdk_support import ROOT

from cryptonets_python_sdk import DocumentTraits
from document_pictures import corners_of, labels, laid, photograph, unsure

PLAIN = {"width": 0.75}
# flag: the picture that raises it, its twin, the configuration of both
CASES = {
    "DT_DOCUMENT_WITH_LOW_CONFIDENCE_SCORE": (unsure(0.5, 0.8), PLAIN, {}),
    "DT_DOCUMENT_IS_BLURRY": ({**PLAIN, "blur": 4.0}, PLAIN, {}),
    "DT_DOCUMENT_IS_CLOSE": ({"width": 0.95}, PLAIN, {"threshold_doc_too_close": 0.6}),
    "DT_DOCUMENT_IS_FAR": ({"width": 0.4}, PLAIN, {}),
    # 5 % of the picture from its border, where the corners are certain
    "DT_DOCUMENT_IS_LEFT": ({**PLAIN, "at": (0.425, 0.5)}, PLAIN, {"threshold_doc_x": 0.07}),
    "DT_DOCUMENT_IS_RIGHT": ({**PLAIN, "at": (0.575, 0.5)}, PLAIN, {"threshold_doc_x": 0.07}),
    "DT_DOCUMENT_IS_UP": ({**PLAIN, "at": (0.5, 0.365)}, PLAIN, {"threshold_doc_y": 0.07}),
    "DT_DOCUMENT_IS_DOWN": ({**PLAIN, "at": (0.5, 0.635)}, PLAIN, {"threshold_doc_y": 0.07}),
    "DT_FINGERS_DETECTED": ("fingers-permit", "permit-front-santoro-careful",
                            {"check_fingers_over_document": True}),
}
ALL_FLAGS = [flag.name for flag in DocumentTraits if flag]
DOCUMENTED = (ROOT / "docs/documents.md").read_text()


@pytest.mark.parametrize("flag", ALL_FLAGS)
def test_a_picture_raises_it_and_its_twin_does_not(desk, flag):
    raising, twin, config = CASES[flag]
    raised = desk.scan(raising, **config)
    assert flag in raised.traits
    assert flag not in desk.scan(twin, **config).traits
    # what is wrong with the document keeps its face back, and the person is told
    assert raised.result.faces == [] and raised.result.user_feedback_message
    assert raised.page is not None


def test_a_good_picture_raises_nothing(desk):
    scan = desk.scan(PLAIN)
    assert scan.traits == set()
    assert scan.face is not None and not scan.result.user_feedback_message


@pytest.mark.parametrize("flag", ALL_FLAGS)
def test_documented_advice(desk, flag):
    """The table of docs/documents.md and the answer say the same."""
    rows = dict(re.findall(r"^\| `(DT_\w+)` \| ([A-Z][^|]*\.) \|$", DOCUMENTED, re.MULTILINE))
    raising, _, config = CASES[flag]
    scan = desk.scan(raising, **config)
    assert scan.result.user_feedback_message in {rows[name] for name in scan.traits}


def test_left_is_left_in_the_picture(desk):
    """A mirrored picture swaps the two."""
    left = laid(**PLAIN, at=(0.425, 0.5))
    mirrored = np.ascontiguousarray(left[:, ::-1])
    assert desk.scan(left, threshold_doc_x=0.07).traits == {"DT_DOCUMENT_IS_LEFT"}
    assert desk.scan(mirrored, threshold_doc_x=0.07).traits == {"DT_DOCUMENT_IS_RIGHT"}


def test_several_at_once(desk):
    """Wider than the picture's margins: one advice that mends both."""
    scan = desk.scan("fills-picture")
    assert {"DT_DOCUMENT_IS_LEFT", "DT_DOCUMENT_IS_RIGHT"} <= scan.traits
    assert scan.result.user_feedback_message == "Move the document back a little."


def test_measures_follow_the_picture(desk):
    """Against the true corners, with what the search for them may be off."""
    for name, row in labels().items():
        if name not in ("alderay-okafor-careful", "near-border", "small-card", "lean-card"):
            continue
        x, y = corners_of(row).T
        area = abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2
        height, width = photograph(name).shape[:2]
        measured = desk.scan(name).scores
        assert measured["area"] == pytest.approx(area / (width * height), rel=0.05)
        for key, value in (("margin_left", x.min() / width), ("margin_right", 1 - x.max() / width),
                           ("margin_top", y.min() / height),
                           ("margin_bottom", 1 - y.max() / height)):
            assert measured[key] == pytest.approx(value, abs=0.01), (name, key)


def test_sharpness_falls_with_blur(desk):
    values = [desk.scan({**PLAIN, "blur": blur}, blur_threshold_doc=0).scores["sharpness"]
              for blur in (0.0, 0.8, 1.6, 3.0)]
    assert values == sorted(values, reverse=True) and values[0] > 10 * values[-1]
