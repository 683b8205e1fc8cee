"""What the first answer of each operation costs a new process: which models, and how much memory.

The figures are those of bench/start.py, which tells them with the times.
"""

import sys

import pytest
from sdk_support import ROOT

sys.path.insert(0, str(ROOT / "bench"))

import start  # noqa: E402

VIEW = ["yunet", "face_landmarks", "face_blendshapes", "glasses", "face_mask"]
# Operation: the models that it loads, and the most memory in bytes that a process may hold with it:
# a third above what was measured. More of either is a decision, not an accident.
BUDGET = {
    "validate": ([*VIEW, "fr_liveness"], 410_000_000),
    "liveness": ([*VIEW, "fr_liveness"], 410_000_000),
    "age": ([*VIEW, "age_v1", "age_xception"], 430_000_000),
    "compare": ([*VIEW, "sface"], 540_000_000),
    "portrait": ([*VIEW, "selfie_segmentation"], 440_000_000),
    "document": (["document_corners", "yunet", "face_landmarks"], 350_000_000),
    "document, zone read": (["document_corners", "text_detect", "mrz_read", "yunet",
                             "face_landmarks"], 750_000_000),
}


@pytest.fixture(autouse=True)
def full_profile(monkeypatch):
    monkeypatch.delenv("PRIVID_MODELS_PROFILE", raising=False)


def test_every_operation_of_the_measurement_has_a_budget():
    assert set(BUDGET) == set(start.OPERATIONS)


@pytest.mark.parametrize("operation", BUDGET)
def test_only_what_an_operation_needs_is_loaded_and_held(operation):
    models, budget = BUDGET[operation]
    found = start.measure(operation, 1)
    assert sorted(found["models"]) == sorted(models)
    # The engine alone maps some 50 MB: less would mean that something else was measured.
    assert 60_000_000 < found["now"] <= found["most"] < budget
