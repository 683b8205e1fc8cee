"""Structs, enums and the JSON Schema describe the same thing."""

import json
import typing
from enum import IntEnum, IntFlag
from importlib import resources
from pathlib import Path

import jsonschema
import msgspec
import pytest
from msgspec import UNSET

import cryptonets_python_sdk as sdk
from cryptonets_python_sdk.idl.gen import privateid_types as types

SCHEMAS = json.loads(
    resources.files("cryptonets_python_sdk").joinpath("idl/json_schemas.json").read_text("utf-8"))
DEFINITIONS = SCHEMAS["$defs"]

DESCRIBED_NAMES = """
AgeData BarCodeData BarCodeDetectionStatus BarcodeDetectionResult ReturnStatus CallResultHeader
CallResult Collection SessionSettings CompareResult DocumentTraits DocumentOcrAgeData DocumentData
DocumentResult EnrollResponse EnrollData PredictUserInformation PredictResponse PredictData
UserDeleteResponse FaceId FaceMetric FaceGeometry FaceDetectionData FaceResult FaceTraitsFlags
SpoofStatus Depth Color ImageInfo Image IsoImageResult NamedUrl BaseLandmarksModelId
FaceDetectionStrategy AntiSpoofingMode OperationConfig PointF BoxF TrapezeF OvalF AntispoofingHint
""".split()

FULL_RESULT = {
    "call_status": {"return_status": 0, "return_code": 0, "operation_id": 7, "operation_type_id": 2,
                    "return_message": "ok", "operation_tag": "me"},
    "faces": [{
        "geometry": {"bounding_box": {"top_left": {"x": 1, "y": 2.5},
                                      "bottom_right": {"x": 3, "y": 4}},
                     "eye_left": {"x": 1, "y": 2}, "eye_right": {"x": 1, "y": 2},
                     "face_confidence_score": 0.9},
        "face_traits_flags": 3, "spoof_status": 2, "ids": {"puid": "p", "guid": "g"},
        "scores": [{"name": "smile", "value": 0.5}],
        "age_data": {"estimated_age": 34.5, "age_confidence_score": 0.7},
        "cropped_image_info": {"info": {"width": 1, "height": 2, "channels": 3, "depth": 0,
                                        "color": 2}}}],
    "compare": {"face_detected_a": True, "face_detected_b": True, "similarity_score": 0.6,
                "is_match": True, "confidence": 0.99, "distance_min": 0.3, "distance_mean": 0.4,
                "distance_max": 0.5, "face_thresholds": [0.3, 0.5, 0.65]},
    "enroll": {"enroll_performed": True, "message": "", "api_response": {"status": 0, "puid": "p"}},
    "predict": {"predict_performed": True, "message": "",
                "api_response": {"status": 1, "PI_list": []}},
    "user_delete": {"status": 0, "uuid_count": 2, "message": ""},
}


def of_class(base):
    return [item for item in vars(types).values()
            if isinstance(item, type) and issubclass(item, base)
            and item.__module__ == types.__name__]
# Types beyond those of the description.
OWN_NAMES = {"IsoImageGeometry", "MrzCheckDigit", "MrzData", "MrzFields", "MrzRepair", "Point3F"}


def test_every_described_name_is_exported_by_package_and_module():
    for name in DESCRIBED_NAMES:
        assert getattr(sdk, name) is getattr(types, name)
        assert name in sdk.__all__
    assert set(types.__all__) == set(DESCRIBED_NAMES) | OWN_NAMES


def test_schema_is_valid_and_has_every_type():
    jsonschema.Draft202012Validator.check_schema(SCHEMAS)
    assert set(DEFINITIONS) == set(DESCRIBED_NAMES) | OWN_NAMES


@pytest.mark.parametrize("struct", of_class(msgspec.Struct), ids=lambda item: item.__name__)
def test_struct_equals_its_schema(struct):
    schema = DEFINITIONS[struct.__name__]
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    assert set(fields) == set(schema["properties"])
    required = {name for name, field in fields.items() if field.required}
    assert required == set(schema.get("required", []))
    for name, field in fields.items():
        described = schema["properties"][name]
        arguments = typing.get_args(field.type)
        plain = arguments[0] if not field.required else field.type
        if "$ref" in described:
            assert described["$ref"] == f"#/$defs/{plain.__name__}"
        elif described["type"] in ("array", "object"):
            assert typing.get_origin(plain) in (list, dict)
        else:
            kinds = {"string": str, "integer": int, "number": float, "boolean": bool}
            assert plain is kinds[described["type"]]


@pytest.mark.parametrize("enum", of_class(IntEnum) + of_class(IntFlag), ids=lambda e: e.__name__)
def test_enum_equals_its_schema(enum):
    names = {name: member.value for name, member in enum.__members__.items()}
    assert DEFINITIONS[enum.__name__]["x-names"] == names


def test_numbers_behind_the_names():
    assert types.ReturnStatus.API_MAL_FORMED_AP_RESPONSE == -7
    assert types.SpoofStatus.AS_SPOOF_DETECTED == 4
    assert types.FaceTraitsFlags.FT_FACE_NOT_IN_OVAL == 1 << 21
    assert types.FaceTraitsFlags.FT_EYE_BLINK == 1 << 17
    assert types.DocumentTraits.DT_FINGERS_DETECTED == 1 << 8
    assert types.BarCodeDetectionStatus.BS_NO_VALID_BARCODE_FOUND == -1
    assert types.Depth.P_CV_16F == 7
    assert types.Color.P_RGBA == 4
    assert types.BaseLandmarksModelId.YOLOV5_XN5_V2_1 == 22
    assert types.FaceDetectionStrategy.FDS_SINGLE_FACE_HYBRID == 3
    assert types.AntiSpoofingMode.ASM_RECOGNITO_AND == 3


def test_both_spellings_of_the_spoof_status_work():
    status = types.SpoofStatus.AS_SPOOF_DETECTED
    assert status.code == types.SpoofStatus.AS_SPOOF_DETECTED == 4
    assert status.name == "AS_SPOOF_DETECTED"


def test_full_result_fits_schema_and_structs():
    validator = jsonschema.Draft202012Validator({"$defs": DEFINITIONS,
                                                 "$ref": "#/$defs/CallResult"})
    validator.validate(FULL_RESULT)
    result = msgspec.json.decode(json.dumps(FULL_RESULT), type=types.CallResult)
    assert result.call_status.return_code is types.ReturnStatus.API_NO_ERROR
    assert result.faces[0].spoof_status.name == "AS_NOT_PERFORMED"
    assert result.enroll.puid == result.enroll.api_response.puid == "p"
    assert result.predict.puid is UNSET
    assert result.document is UNSET and result.call_status.mf_token is UNSET
    assert msgspec.json.decode(msgspec.json.encode(result)) == FULL_RESULT


def test_what_is_missing_is_unset_and_false():
    header = FULL_RESULT["call_status"]
    result = msgspec.convert({"call_status": header}, types.CallResult)
    for name in ("faces", "document", "barcode", "compare", "iso_image", "enroll", "predict",
                 "user_delete", "user_feedback_message"):
        assert getattr(result, name) is UNSET
        assert not getattr(result, name)


def test_unknown_fields_are_tolerated():
    answer = json.loads(json.dumps(FULL_RESULT))
    answer["later"] = {"a": 1}
    answer["faces"][0]["later"] = [1]
    result = msgspec.json.decode(json.dumps(answer), type=types.CallResult)
    assert result.faces[0].face_traits_flags == 3


def test_required_fields_are_required():
    answer = json.loads(json.dumps(FULL_RESULT))
    del answer["compare"]["is_match"]
    with pytest.raises(msgspec.ValidationError, match="is_match"):
        msgspec.json.decode(json.dumps(answer), type=types.CallResult)


def test_only_what_is_set_is_written():
    config = types.OperationConfig(
        face_detection_strategy=types.FaceDetectionStrategy.FDS_BIGGEST_FACE,
        allowed_face_traits_flags=types.FaceTraitsFlags.FT_FACE_UP)
    assert msgspec.json.decode(msgspec.json.encode(config)) == {
        "face_detection_strategy": 2, "allowed_face_traits_flags": 16}
    assert msgspec.json.encode(types.OperationConfig()) == b"{}"


def test_every_key_has_a_default_that_its_own_schema_allows():
    properties = DEFINITIONS["OperationConfig"]["properties"]
    table = Path(__file__).resolve().parents[2] / "src/config/keys.json"
    keys = json.loads(table.read_text(encoding="utf-8"))["keys"]
    assert list(properties) == [key["name"] for key in keys]
    for name, schema in properties.items():
        jsonschema.validate(schema["default"], schema)
        for value in schema.get("x-operation-defaults", {}).values():
            jsonschema.validate(value, schema)
        assert schema["description"].endswith("."), name
