"""The answers of every operation are as json_schemas.json describes them, in every outcome."""

import json

import jsonschema
import pytest

import cryptonets_python_sdk as sdk
from answer_schema import SCHEMAS, check_answer
from sdk_support import Backend

ON_ONE_PICTURE = ("validate", "estimate_age", "anti_spoofing", "enroll_onefa", "face_predict_onefa",
                  "face_iso", "doc_scan_face")
EVERYTHING = {"face_detection_strategy": 0, "get_face_landmarks": True, "get_smile_intensity": True,
              "calculate_age_from_ocr_text": True, "detect_and_recognize_mrz_code": True,
              "identifier": "x"}


@pytest.fixture(scope="module")
def native(tmp_path_factory):
    """One session for all: models are loaded once."""
    backend = Backend(tmp_path_factory.mktemp("server"))
    sdk.PrivIDFaceLib.initialize()
    with sdk.SessionNative(json.dumps({
            "collections": {"default": {"named_urls": backend.named_urls()}},
            "session_token": backend.key})) as session:
        yield session
    sdk.PrivIDFaceLib.shutdown()
    backend.stop()


def config(**values):
    return json.dumps(values)


@pytest.mark.parametrize("name,settings", [("obama.jpg", EVERYTHING), ("rocket.jpg", {}),
                                           ("obama.jpg", {"neighbors": 0})],
                         ids=["everything", "no face", "refused"])
def test_operations_on_pictures(native, pictures, name, settings):
    known = SCHEMAS["$defs"]["OperationConfig"]["properties"]
    assert set(settings) <= set(known)
    image = sdk.ImageInputArg(pictures(name))
    for operation in ON_ONE_PICTURE:
        answer = json.loads(getattr(native, operation)(image, config(**settings))[1])
        check_answer(answer)
        assert (answer["call_status"]["return_code"] == 0) == ("neighbors" not in settings)
    check_answer(json.loads(native.face_compare_files(image, image, config(**settings))[1]))
    check_answer(json.loads(native.user_delete("nobody", config(**settings))[1]))


def test_a_document_with_all_that_is_asked(native, pictures):
    folder = pictures("documents")
    papers = sorted(folder.rglob("*.jpg"))[:2] or sorted(folder.rglob("*.png"))[:2]
    assert papers
    for path in papers:
        check_answer(json.loads(native.doc_scan_face(sdk.ImageInputArg(path),
                                                     config(**EVERYTHING))[1]))


def test_a_check_that_can_fail():
    header = {"return_status": 0, "return_code": 0, "operation_id": 1, "operation_type_id": 0}
    check_answer({"call_status": header})
    for wrong in ({}, {"call_status": {**header, "more": 1}},
                  {"call_status": header, "faces": [{}]}, {"call_status": header, "further": []},
                  {"call_status": {**header, "return_code": "0"}}):
        with pytest.raises(AssertionError):
            check_answer(wrong)


def test_settings_are_described_too():
    """What the library takes for settings, and what the structs write, fit the same schema."""
    validator = jsonschema.Draft202012Validator({"$defs": SCHEMAS["$defs"],
                                                 "$ref": "#/$defs/SessionSettings"})
    validator.validate({"collections": {"default": {"named_urls": {}}}, "session_token": ""})
    assert not validator.is_valid({"collections": {}})


@pytest.mark.parametrize("name,schema", SCHEMAS["$defs"]["OperationConfig"]["properties"].items())
def test_every_key_says_type_default_range_and_what_it_does(name, schema):
    assert "default" in schema and schema["description"]
    if schema.get("type") in ("integer", "number") and "enum" not in schema:
        assert "minimum" in schema and "maximum" in schema, name
