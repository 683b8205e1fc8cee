"""What the profile without the nets of undocumented origin answers about faces."""

import json

import pytest
from test_backend_faults import ENROLLED, FaultyBackend, http

import cryptonets_python_sdk as sdk
from cryptonets_python_sdk import ImageInputArg, OperationConfig, ReturnStatus, SpoofStatus
from face_pictures import scores


@pytest.fixture
def backend(monkeypatch):
    """One that says yes to everything, asked by a library that started with the profile."""
    monkeypatch.setenv("PRIVID_MODELS_PROFILE", "documented")
    sdk.PrivIDFaceLib.initialize()
    backend = FaultyBackend(http(json.dumps(ENROLLED).encode()))
    yield backend
    backend.listener.close()
    sdk.PrivIDFaceLib.shutdown()


@pytest.fixture
def image(pictures):
    return ImageInputArg(str(pictures("obama.jpg")))


def test_liveness_that_needs_a_missing_net_fails_and_lets_nobody_pass(backend, image):
    with backend.session() as session:
        for operation in (session.validate, session.anti_spoofing):
            face = operation(image)[1].faces[0]
            assert face.spoof_status == SpoofStatus.AS_GENERIC_ERROR
            assert "liveness" not in scores(face)
            assert scores(face)["UnifiedQualityScore"] > 0
        for member, operation in (("enroll", session.enroll_onefa),
                                  ("predict", session.face_predict_onefa)):
            _, result = operation(image)
            assert getattr(getattr(result, member), f"{member}_performed") is False
            assert "fr_liveness" in getattr(result, member).message
            assert result.user_feedback_message == "Try again later: the check cannot be made now."
        assert backend.bodies == []


def test_liveness_by_documented_nets_works(backend, image):
    config = OperationConfig(anti_spoofing_mode=2)
    with backend.session() as session:
        assert session.enroll_onefa(image, config)[1].enroll.enroll_performed is True
        assert session.face_predict_onefa(image, config)[1].predict.predict_performed is True
    assert len(backend.bodies) == 2


def test_a_pose_that_needs_a_missing_net_is_an_error(backend, image):
    with backend.session() as session:
        number, result = session.validate(image, OperationConfig(base_landmarks_model_id=22))
        assert number == -1
        assert result.call_status.return_status == ReturnStatus.API_GENERIC_ERROR
        assert "fr_pose" in result.call_status.return_message
        _, result = session.estimate_age(image)
        assert 15 < result.faces[0].age_data.estimated_age < 90
