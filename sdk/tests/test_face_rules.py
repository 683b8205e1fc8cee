"""Rules about faces that hold across operations: who refuses what and says why, and what never
matters."""

import json

import numpy as np
import pytest
from test_backend_faults import ENROLLED, FaultyBackend, http
from test_face_keys import card

from cryptonets_python_sdk import ImageInputArg, OperationConfig, SpoofStatus
from face_pictures import scores

VERBS = {"enroll": "enroll_onefa", "predict": "face_predict_onefa"}


@pytest.fixture
def backend_of_all(gallery):
    """A backend that says yes to everything and keeps what it is sent."""
    backend = FaultyBackend(http(json.dumps(ENROLLED).encode()))
    yield backend
    backend.listener.close()


def answers(session, pixels, **config):
    """By verb what enrolment and identification answer; both say performed or both not."""
    image = ImageInputArg(np.ascontiguousarray(pixels))
    found = {}
    for member, operation in VERBS.items():
        _, result = getattr(session, operation)(image, OperationConfig(**config))
        assert result.call_status.return_status == 0
        found[member] = (result, getattr(result, member))
    return found


def assert_refused(backend, session, pixels, reason, advice, status, **config):
    for member, (result, data) in answers(session, pixels, **config).items():
        assert getattr(data, f"{member}_performed") is False
        assert reason in data.message
        assert data.api_response.message == data.message
        assert data.api_response.status != 0
        assert result.user_feedback_message == advice
        assert result.faces[0].spoof_status == status
    assert backend.bodies == []


def far(pixels, share):
    """The picture made smaller, on an even ground of its former size."""
    height, width = pixels.shape[:2]
    step = round(1 / share)
    ground = np.full_like(pixels, 128)
    small = pixels[:height // step * step, :width // step * step]
    small = small.reshape(height // step, step, width // step, step, 3).mean((1, 3))
    ground[height // 3:][:small.shape[0], width // 3:width // 3 + small.shape[1]] = small
    return ground


def tight(gallery, name):
    """Only the box of the face, with all of the box in the picture."""
    pixels = gallery.picture(name)
    box = gallery.session.validate(ImageInputArg(pixels))[1].faces[0].geometry.bounding_box
    return pixels[int(box.top_left.y) - 2:int(box.bottom_right.y) + 2,
                  int(box.top_left.x) - 2:int(box.bottom_right.x) + 2]


def test_what_fails_the_liveness_check_is_not_sent(gallery, backend_of_all):
    with backend_of_all.session() as session:
        assert_refused(
            backend_of_all, session, gallery.picture("portrait"), "score 0.99",
            "Look into the camera yourself, in good light and without anything in between.",
            SpoofStatus.AS_SPOOF_DETECTED, anti_spoofing_threshold=1.0)
        performed = answers(session, gallery.picture("portrait"))
    assert [data.api_response.status for _, data in performed.values()] == [0, 0]
    assert len(backend_of_all.bodies) == 2


def test_what_the_liveness_check_cannot_judge_is_not_sent(gallery, backend_of_all):
    small = far(gallery.picture("portrait"), 1 / 12)
    with backend_of_all.session() as session:
        assert_refused(backend_of_all, session, small, "too small", "Come closer.",
                       SpoofStatus.AS_INVALID_FACE, face_validations_off=True)
        assert_refused(backend_of_all, session, tight(gallery, "portrait"), "fills too much",
                       "Move back a little.", SpoofStatus.AS_INVALID_FACE,
                       face_validations_off=True)


def test_a_document_is_a_spoof_at_any_threshold(gallery):
    image = ImageInputArg(card(gallery.picture("president")))
    for threshold in (0.0, 0.9):
        config = OperationConfig(anti_spoofing_detect_document=True,
                                 anti_spoofing_threshold=threshold)
        face = gallery.session.anti_spoofing(image, config)[1].faces[0]
        assert face.spoof_status == SpoofStatus.AS_SPOOF_DETECTED
        assert scores(face)["liveness"] == 0


def strip(text):
    answer = json.loads(text)
    del answer["call_status"]["operation_id"]
    return answer


@pytest.mark.parametrize("operation", ["validate", "estimate_age", "anti_spoofing", "face_iso",
                                       "face_compare_files"])
@pytest.mark.parametrize("model", [0, 22])
def test_order_of_channels_does_not_matter(gallery, operation, model):
    rgb = gallery.picture("portrait")
    alpha = np.full(rgb.shape[:2] + (1,), 7, np.uint8)
    found = []
    orders = {"rgb": rgb, "bgr": rgb[..., ::-1], "rgba": np.dstack([rgb, alpha])}
    for order, pixels in orders.items():
        image = ImageInputArg(np.ascontiguousarray(pixels), order)
        config = json.dumps({"anti_spoofing_mode": 3, "anti_spoofing_detect_document": True,
                             "get_face_landmarks": True, "base_landmarks_model_id": model})
        images = [image, image] if operation == "face_compare_files" else [image]
        _, text, *buffers = getattr(gallery.session._native, operation)(*images, config)
        found.append((strip(text), buffers))
    assert found[0][0]["faces"]
    assert found[0] == found[1] == found[2]


def test_artifacts_of_compression_are_reported(gallery):
    image = ImageInputArg(gallery.picture("portrait"))
    for operation in (gallery.session.validate, gallery.session.anti_spoofing):
        assert "CompressionArtifacts" in scores(operation(image)[1].faces[0])
    off = OperationConfig(face_validations_off=True)
    assert "CompressionArtifacts" not in scores(gallery.session.validate(image, off)[1].faces[0])


def test_traits_that_are_let_pass_cost_no_look(gallery, backend_of_all):
    """Where every trait may pass, none is looked at and none is reported."""
    small = far(gallery.picture("portrait"), 1 / 3)
    with backend_of_all.session() as session:
        config = {"anti_spoofing_mode": 0, "threshold_user_too_far": 0.9}
        assert_refused(backend_of_all, session, small, "too far", "Come closer.",
                       SpoofStatus.AS_NOT_PERFORMED, **config)
        for member, (result, data) in answers(
                session, small, allowed_face_traits_flags=2 ** 32 - 1, **config).items():
            assert getattr(data, f"{member}_performed") is True
            assert result.faces[0].face_traits_flags == 0
            assert not scores(result.faces[0])
    assert len(backend_of_all.bodies) == 2
