"""Sessions on the real library, the real server and real pictures."""

import gc
import json
import math
import socket
import threading
import time

import msgspec
import numpy as np
import pytest
from msgspec import UNSET

import cryptonets_python_sdk as sdk
from cryptonets_python_sdk import ImageInputArg, OperationConfig, ReturnStatus

OFFLINE = {"collections": {"default": {"named_urls": {}}}, "session_token": ""}
GREY = np.full((80, 100, 3), 127, dtype=np.uint8)


def status(result):
    return result.call_status.return_code


@pytest.fixture
def native(library):
    with sdk.SessionNative(json.dumps(OFFLINE)) as session:
        yield session


@pytest.fixture
def online(library, backend):
    with sdk.Session(backend.settings()) as session:
        yield session


def test_validate_finds_the_face(offline, pictures):
    operation_id, result = offline.validate(ImageInputArg(pictures("obama.jpg")), OperationConfig())
    assert operation_id > 0 and status(result) is ReturnStatus.API_NO_ERROR
    assert result.call_status.operation_id == operation_id
    assert len(result.faces) == 1
    box = result.faces[0].geometry.bounding_box
    assert box.top_left.x < result.faces[0].geometry.eye_right.x < box.bottom_right.x
    # Left and right are the person's own.
    assert result.faces[0].geometry.eye_right.x < result.faces[0].geometry.eye_left.x
    assert result.faces[0].spoof_status.code == result.faces[0].spoof_status
    later, _ = offline.validate(ImageInputArg(pictures("obama.jpg")))
    assert later > operation_id


def test_strategies(offline, pictures):
    image = ImageInputArg(pictures("sample6.jpg"))
    counts = []
    for strategy in sdk.FaceDetectionStrategy:
        _, result = offline.validate(image, OperationConfig(face_detection_strategy=strategy))
        counts.append(len(result.faces))
    assert counts[0] > 1 and counts[1:] == [1, 1, 1]


def test_no_face_is_an_empty_list(offline):
    operation_id, result = offline.validate(ImageInputArg(GREY))
    assert operation_id > 0 and result.faces == []
    assert result.enroll is UNSET and not result.compare


@pytest.mark.parametrize("named", ["rgb", "bgr", "rgba"])
def test_the_pictures_own_format_wins(offline, pictures, named):
    """All formats of a picture give the same answer, whatever the configuration says."""
    reference = offline.validate(ImageInputArg(pictures("obama.jpg"), "rgb"))[1].faces[0].geometry
    image = ImageInputArg(pictures("obama.jpg"), named)
    native = offline._native
    for config_format in (UNSET, "rgb", "bgr", "rgba"):
        config = OperationConfig(input_image_format=config_format)
        assert offline.validate(image, config)[1].faces[0].geometry == reference
        answer = json.loads(native.validate(image, msgspec.json.encode(config))[1])
        assert msgspec.convert(answer["faces"][0]["geometry"], sdk.FaceGeometry) == reference


def test_compare_of_genuine_and_impostor(offline, pictures):
    first, same, other = (ImageInputArg(pictures(name)) for name in
                          ("obama.jpg", "obama2.jpg", "biden.jpg"))
    _, result = offline.face_compare_files(first, same)
    assert result.compare.is_match and result.compare.confidence > 0.9
    assert result.compare.face_thresholds == pytest.approx([0.3, 0.5, 0.65])
    assert result.compare.similarity_score == pytest.approx(1 - result.compare.distance_mean)
    _, result = offline.face_compare_files(first, other)
    assert not result.compare.is_match and result.compare.confidence < 0.1
    _, swapped = offline.face_compare_files(ImageInputArg(pictures("obama.jpg"), "bgr"),
                                            ImageInputArg(pictures("biden.jpg"), "rgba"))
    assert swapped.compare == result.compare


def test_person_from_enrolment_to_deletion(online, pictures):
    image, again = ImageInputArg(pictures("obama.jpg")), ImageInputArg(pictures("obama2.jpg"))
    config = OperationConfig(identifier="visit 7")
    _, result = online.face_predict_onefa(again, config)
    assert result.predict.predict_performed and result.predict.api_response.status != 0
    assert result.predict.puid is UNSET and result.predict.api_response.PI_list == []
    _, result = online.enroll_onefa(image, config)
    assert result.enroll.enroll_performed and result.enroll.api_response.status == 0
    assert result.call_status.operation_tag == "visit 7"
    puid = result.enroll.puid
    assert puid == result.enroll.api_response.puid
    _, result = online.face_predict_onefa(again, OperationConfig(neighbors=3))
    assert result.predict.puid == puid
    assert [person.puid for person in result.predict.api_response.PI_list] == [puid]
    _, result = online.face_predict_onefa(ImageInputArg(pictures("biden.jpg")), config)
    assert result.predict.puid is UNSET
    operation_id, result = online.user_delete(puid, config)
    assert operation_id > 0 and result.user_delete.status == 0
    assert result.user_delete.uuid_count >= 1
    _, result = online.user_delete(puid)
    assert result.user_delete.status != 0 and result.user_delete.uuid_count == 0
    _, result = online.face_predict_onefa(again, config)
    assert result.predict.puid is UNSET


def test_both_argument_orders(library, backend, pictures):
    settings = msgspec.json.encode(backend.settings())
    data, config = pictures("obama.jpg").read_bytes(), '{"identifier": "x"}'
    with sdk.SessionNative(settings) as session:
        for first, second in ((data, config), (config, data), (data, config.encode())):
            for call in (session.enroll_onefa, session.face_predict_onefa, session.validate):
                operation_id, answer = call(first, second)
                answer = json.loads(answer)
                assert operation_id > 0, answer
                assert answer["call_status"]["operation_tag"] == "x"
        first = json.loads(session.face_compare_files(data, data, config)[1])
        second = json.loads(session.face_compare_files(config, data, data)[1])
        assert first["compare"] == second["compare"]
        puid = json.loads(session.face_predict_onefa(data)[1])["predict"]["api_response"]["puid"]
        assert json.loads(session.user_delete(config, "nobody")[1])["user_delete"]["status"] != 0
        assert json.loads(session.user_delete(puid, config)[1])["user_delete"]["status"] == 0
        for pair in ((data, config), (config, data)):
            assert len(session.doc_scan_face(*pair)) == 4


@pytest.mark.parametrize("config,words", [
    ('{"neighbors": 0}', ["neighbors", "0", "1 to 100"]),
    ('{"neighbors": NaN}', ["line 1"]),
    ('{\n"neighbors": }', ["line 2"]),
    ("[]", ["object"]),
    (b'{"identifier": "\xff"}', ["line 1"]),
    ('{"identifier": "\ud800"}', ["line 1"]),
    ('{"input_image_format": "cmyk"}', ["input_image_format", "cmyk", "rgb"]),
    ("[" * 100000, ["depth"]),
    ('{"identifier": "' + "x" * 1048576 + '"}', ["allowed"]),
])
def test_wrong_configurations(native, config, words):
    operation_id, answer = native.validate(ImageInputArg(GREY), config)
    header = json.loads(answer)["call_status"]
    assert operation_id == -1 and header["return_code"] == ReturnStatus.API_INVALID_CONFIGURATION
    for word in words:
        assert word in header["return_message"]


@pytest.mark.parametrize("field,value", [
    ("fudge_factor", math.nan), ("fudge_factor", math.inf), ("fudge_factor", np.float32("nan")),
    ("neighbors", 101), ("neighbors", "3"), ("identifier", 5), ("https_verify_peer_cert", 1),
    ("input_image_format", "RGB "), ("face_detection_strategy", 4)])
def test_wrong_typed_configurations(offline, field, value):
    operation_id, result = offline.validate(ImageInputArg(GREY), OperationConfig(**{field: value}))
    assert operation_id == -1 and status(result) is ReturnStatus.API_INVALID_CONFIGURATION
    assert field in result.call_status.return_message


def test_none_and_numpy_numbers_are_fine(offline):
    config = OperationConfig(identifier=None, neighbors=np.int64(3), fudge_factor=np.float32(1.5))
    assert status(offline.validate(ImageInputArg(GREY), config)[1]) is ReturnStatus.API_NO_ERROR


@pytest.mark.parametrize("settings,words", [
    ("", "settings"), ("{", "line 1"), ("[]", "object"), ("{}", "session_token"),
    ('{"collections": {}, "session_token": ""}', "default"),
    ('{"collections": {"default": {"named_urls": {"base_url": "no url"}}, "session_token": ""}',
     "line"),
    ('{"collections": {"default": {"named_urls": {"base_url": "no url"}}}, "session_token": ""}',
     "base_url"),
    ('{"collections": {"default": {"named_urls": {}, "embedding_model_id": 7}}, '
     '"session_token": ""}', "embedding_model_id.*14, 19"),
    (b'{"session_token": "\xff"}', "line 1"), ("[" * 5000, "depth"), (" " * 1100000, "1048576"),
])
def test_wrong_settings(library, settings, words):
    with pytest.raises(sdk.SessionError, match=words) as caught:
        sdk.SessionNative(settings)
    assert caught.value.status is ReturnStatus.API_INVALID_CONFIGURATION


def test_typed_settings_are_checked(library):
    with pytest.raises(msgspec.ValidationError, match="session_token"):
        sdk.Session.from_json('{"collections": {}}')
    with pytest.raises(msgspec.ValidationError):
        sdk.Session.from_dict({"collections": [], "session_token": ""})
    with pytest.raises(TypeError):
        sdk.Session(OFFLINE)
    sdk.Session.from_json(json.dumps(OFFLINE)).close()
    sdk.Session.from_dict({**OFFLINE, "later": 1}).close()


def test_wrong_and_revoked_keys(library, backend):
    with pytest.raises(sdk.SessionError) as caught:
        sdk.Session(backend.settings(session_token="wrong"))
    assert caught.value.status is ReturnStatus.API_AUTHORIZATION_ERROR
    with sdk.Session(backend.settings()) as session:
        backend.manage("key", "revoke", backend.key[:11])
        _, result = session.user_delete("x")
        assert status(result) is ReturnStatus.API_AUTHORIZATION_ERROR
    with pytest.raises(sdk.SessionError) as caught:
        sdk.Session(backend.settings())
    assert caught.value.status is ReturnStatus.API_AUTHORIZATION_ERROR


def test_unreachable_backend_leaves_offline_operations(library, backend, pictures):
    settings = backend.settings()
    backend.stop()
    image = ImageInputArg(pictures("obama.jpg"))
    with sdk.Session(settings) as session:
        assert len(session.validate(image)[1].faces) == 1
        operation_id, result = session.enroll_onefa(image)
        assert operation_id == -1 and status(result) is ReturnStatus.API_NETWORK_ERROR
        assert not result.enroll


def test_silent_backend_is_given_up_in_time(library, pictures):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        urls = {"base_url": url, "enroll": f"{url}/FACE3_4/enroll"}
        settings = sdk.SessionSettings(collections={"default": sdk.Collection(named_urls=urls)},
                                       session_token="key", request_timeout_ms=300)
        with sdk.Session(settings) as session:
            start = time.monotonic()
            _, result = session.user_delete("x", OperationConfig(fetch_timeout_ms=300))
            assert status(result) < 0
            _, result = session.enroll_onefa(ImageInputArg(pictures("obama.jpg")),
                                             OperationConfig(fetch_timeout_ms=300))
            assert status(result) is ReturnStatus.API_NETWORK_ERROR
            assert time.monotonic() - start < 10


def test_unknown_collection(online, pictures):
    config = OperationConfig(collection_name="nowhere")
    operation_id, result = online.enroll_onefa(ImageInputArg(pictures("obama.jpg")), config)
    assert operation_id == -1 and "nowhere" in result.call_status.return_message


def test_closed_sessions_and_shut_down_library(library, pictures):
    image = ImageInputArg(GREY)
    closed, kept = sdk.Session.from_dict(OFFLINE), sdk.Session.from_dict(OFFLINE)
    closed.close()
    closed.close()
    operation_id, result = closed.validate(image)
    assert operation_id == -1 and status(result) is ReturnStatus.API_INVALID_SESSION_HANDLER
    library.shutdown()
    operation_id, result = kept.validate(image)
    assert operation_id == -1 and status(result) < 0
    library.initialize()
    operation_id, result = kept.validate(image)
    assert operation_id == -1 and status(result) is ReturnStatus.API_INVALID_SESSION_HANDLER
    del kept
    gc.collect()


def test_session_is_closed_when_it_is_no_longer_used(library):
    session = sdk.SessionNative(json.dumps(OFFLINE))
    lib, handle = session._lib, session._handle
    del session
    gc.collect()
    out, length = library.native()[1].new("char **"), library.native()[1].new("int *")
    pixels = bytes(12)
    assert lib.privid_validate(handle, b"", 0, pixels, 2, 2, out, length) == -1
    library.free_char_buffer(out[0])


def test_wrong_argument_types(offline, native):
    image = ImageInputArg(GREY)
    for call in (lambda: offline.validate("path.jpg"), lambda: offline.validate(image, {}),
                 lambda: offline.user_delete(b"x"), lambda: native.validate("no picture", "{}"),
                 lambda: native.validate(image, 5), lambda: sdk.SessionNative(5)):
        with pytest.raises(TypeError):
            call()
    with pytest.raises(ValueError, match="picture"):
        native.validate(b"no picture", "{}")


def test_eight_threads_share_one_session(offline, pictures):
    image = ImageInputArg(pictures("obama.jpg"))
    expected = offline.validate(image)[1].faces
    ids, wrong = [], []

    def work():
        for _ in range(4):
            operation_id, result = offline.validate(image)
            ids.append(operation_id)
            if result.faces != expected:
                wrong.append(result)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == [] and len(set(ids)) == 32 and min(ids) > 0


def test_other_threads_run_during_an_operation(offline, pictures):
    """The interpreter is not locked while the library works."""
    image = ImageInputArg(pictures("sample1.jpg"))
    done = threading.Event()
    ticks = 0

    def work():
        for _ in range(5):
            offline.face_compare_files(image, image)
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not done.is_set():
        time.sleep(0.001)
        ticks += 1
    thread.join()
    assert ticks > 20
