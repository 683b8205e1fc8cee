"""The described ways to use the package, on the real library and server.

Every program here makes the calls of one example of the product description, with its names, its
arguments and its ways to read the answer. Where an example there has a slip of its own, the mended
line is marked `slip:` with what is wrong in it.
"""

import contextlib
import io
import re

import pytest
from msgspec import UNSET
from PIL import Image

import cryptonets_python_sdk as sdk
from sdk_support import PICTURES, Backend

PREAMBLE = """
import json
from cryptonets_python_sdk import *
from msgspec import UNSET, UnsetType
"""

SETTINGS = """
settings = SessionSettings(
    collections={"default": Collection(named_urls={
        "base_url": "URL", "predict": "URL/FACE3_4/predict",
        "enroll": "URL/FACE3_4/enroll", "deleteUser": "URL/FACE3_4/deleteUser"})},
    session_token="KEY")
session = Session(settings)
"""

# slip: collection_name="employees" is used with settings that have the collection "default" alone
TWO_COLLECTIONS = """
urls = {name: "URL/FACE3_4/" + name for name in ("predict", "enroll", "deleteUser")}
collection = Collection(named_urls={"base_url": "URL", **urls})
settings = SessionSettings(collections={"default": collection, "employees": collection},
                           session_token="KEY")
session = Session(settings)
"""

EXAMPLES = {
    # The library is initialised, used and shut down; results are tuples of id and result.
    "life of the library": ("""
PrivIDFaceLib.initialize()
assert PrivIDFaceLib.is_initialized()
print(PrivIDFaceLib.get_native_sdk_version(), PrivIDFaceLib.get_models_cache_directory())
assert PrivIDFaceLib.set_log_level(2) and PrivIDFaceLib.get_log_level() == 2
PrivIDFaceLib.set_log_level(0)
PrivIDFaceLib.shutdown()
assert not PrivIDFaceLib.is_initialized()
PrivIDFaceLib.initialize(load_strategy=DefaultLibraryLoadStrategy(), log_level=0)
""", [r"\d+\.\d+\.\d+-\w+ /"]),
    "errors": ("""
from cryptonets_python_sdk import SessionError, LibraryLoadError
image, config = ImageInputArg("face.jpg", "rgb"), OperationConfig(neighbors=0)
try:
    PrivIDFaceLib.initialize()
    # slip: SessionSettings(....) is no Python
    session = Session.from_json(
        '{"collections": {"default": {"named_urls": {}}}, "session_token": ""}')
    op_id, result = session.validate(image, config)
    if op_id < 0:
        print(f"Operation failed: {result.call_status.return_message}")
    Session(SessionSettings(collections={}, session_token=""))
except LibraryLoadError as e:
    print(f"Failed to load native library: {e}")
except SessionError as e:
    print(f"Session error: {e}")
""", [r"Operation failed: .*neighbors", r"Session error: .*default"]),
    "settings as text": ("""
settings_json = '''{"collections": {"default": {"named_urls": {
    "base_url": "URL", "predict": "URL/FACE3_4/predict",
    "enroll": "URL/FACE3_4/enroll", "deleteUser": "URL/FACE3_4/deleteUser"}}},
    "session_token": "KEY"}'''
session_native = SessionNative(settings_json)
config_json = '{"input_image_format": "rgb"}'
image_bytes = open("face.jpg", "rb").read()
op_id, result_json = session_native.validate(image_bytes, config_json)
result_dict = json.loads(result_json)
print("code", result_dict["call_status"]["return_code"], "faces", len(result_dict["faces"]))
""", ["code 0 faces 1"]),
    "validation": (SETTINGS + """
image = ImageInputArg("face.jpg", "rgb")
config = OperationConfig(anti_spoofing_threshold=0.9, eyes_blinking_threshold=0.3)
op_id, result = session.validate(image, config)
if result.call_status.return_code < 0:
    print("Operation failed")
faces = result.faces  # slip: the name faces is read without having been set
if faces is not UNSET and len(faces) > 0:
    face = result.faces[0]
    print(f"Confidence: {face.geometry.face_confidence_score}")
    print(f"Spoof status: {face.spoof_status.name}")
""", [r"Confidence: (0\.9|1)", "Spoof status: AS_NO_SPOOF_DETECTED"]),
    "enrolment": (SETTINGS + """
image = ImageInputArg("face.jpg", "rgb")
config = OperationConfig(angle_rotation_left_threshold=6.0, angle_rotation_right_threshold=5.0,
                         anti_spoofing_threshold=0.9, eyes_blinking_threshold=0.3)
op_id, result = session.enroll_onefa(image, config)
if result.call_status.return_code == ReturnStatus.API_NO_ERROR:
    enroll_data = result.enroll
    if enroll_data:
        print("performed", enroll_data.enroll_performed, "status", enroll_data.api_response.status)
        print("puid", enroll_data.api_response.puid, enroll_data.api_response.message)
""", ["performed True status 0", r"puid [0-9a-f-]{36}"]),
    "enrolment and authentication in a collection": (TWO_COLLECTIONS + """
image = ImageInputArg("face.jpg", "rgb")
config = OperationConfig(collection_name="employees")
op_id, result = session.enroll_onefa(image, config)
if result.enroll:
    puid = result.enroll.puid
    print(f"Enrolled with PUID: {puid}")
op_id, result = session.face_predict_onefa(image, config)
if result.call_status.return_code < 0:
    print("Operation failed")
if result.predict is not UNSET and result.predict.predict_performed:
    matched_puid = result.predict.api_response.puid
    print(f"Authenticated: {matched_puid == puid}")
op_id, result = session.user_delete(puid, config)
print("deleted", result.user_delete.status, result.user_delete.uuid_count)
""", [r"Enrolled with PUID: [0-9a-f-]{36}", "Authenticated: True", "deleted 0 [1-9]"]),
    "comparison": (SETTINGS + """
image_a = ImageInputArg("face.jpg", "rgb")
image_b = ImageInputArg("other.jpg", "rgb")
for one, two in ((image_a, image_a), (image_a, image_b)):
    op_id, result = session.face_compare_files(one, two, OperationConfig())
    if result.call_status.return_code < 0:
        print("Operation failed")
    if result.compare is not UNSET:
        print(f"Match: {result.compare.is_match} {result.compare.similarity_score:.4f}")
""", [r"Match: True (0\.99|1\.0)", r"Match: False -?0\.\d{4}"]),
    "document": (SETTINGS + """
doc_image = ImageInputArg("licence.jpg", "rgb")
config = OperationConfig()
# slip: the reference has the result last and the example has it second; it is second
op_id, result, doc_bytes, face_bytes = session.doc_scan_face(doc_image, config)
if result.call_status.return_code < 0:
    print("Operation failed")
if result.document is not UNSET:
    doc_data = result.document.detected_document
    print(f"Confidence: {doc_data.confidence_score}")
    doc_traits = result.document.detected_document.document_traits
    for trait in FlagUtil.get_active_flags(DocumentTraits, doc_traits):
        print(f"Document issue: {trait.name}")
    if doc_traits & DocumentTraits.DT_DOCUMENT_IS_BLURRY:
        print("Document is blurry - please capture a sharper image")
    if doc_traits & DocumentTraits.DT_FINGERS_DETECTED:
        print("Fingers detected - please don't cover the document")
    info = result.document.cropped_document_image_info.info
    print("page", len(doc_bytes) == info.width * info.height * info.channels)
""", [r"Confidence: 0\.\d|Confidence: 1", "page True"]),
    "age": (SETTINGS + """
image = ImageInputArg("face.jpg", "rgb")
op_id, result = session.estimate_age(image, OperationConfig())
if result.faces is not UNSET and len(result.faces) > 0:
    age_data = result.faces[0].age_data
    print(f"Estimated age: {age_data.estimated_age:.0f}")
    print(f"Confidence: {age_data.age_confidence_score}")
""", [r"Estimated age: [3-6]\d", r"Confidence: 0\.\d"]),
    "liveness": (SETTINGS + """
from cryptonets_python_sdk import SpoofStatus
image = ImageInputArg("face.jpg", "rgb")
config = OperationConfig(anti_spoofing_mode=1, anti_spoofing_threshold=0.9)
op_id, result = session.anti_spoofing(image, config)
if result.faces is not UNSET and len(result.faces) > 0:
    face = result.faces[0]
    status_code = face.spoof_status.code
    if status_code == SpoofStatus.AS_NO_SPOOF_DETECTED:  # slip: indented by two instead of three
        print("Live face detected")
    elif status_code == SpoofStatus.AS_SPOOF_DETECTED:
        print("Spoof detected - not a live face")
""", ["Live face detected"]),
    "strategies": (SETTINGS + """
image = ImageInputArg("group.jpg", "rgb")
for strategy in (0, 1, 2, 3):
    config = OperationConfig(face_detection_strategy=strategy)
    op_id, result = session.validate(image, config)
    if result.faces is not UNSET:
        print(f"strategy {strategy}: {len(result.faces)} faces")
        for i, face in enumerate(result.faces):
            print(f"Face {i+1} confidence: {face.geometry.face_confidence_score}")
""", [r"strategy 0: [2-9] faces", "strategy 1: 1 faces", "strategy 2: 1 faces",
      "strategy 3: 1 faces"]),
    "flags": (SETTINGS + """
image, config = ImageInputArg("face.jpg", "rgb"), OperationConfig()
op_id, result = session.validate(image, config)
if result.faces is not UNSET and len(result.faces) > 0:
    face = result.faces[0]
    traits = FlagUtil.get_active_flags(FaceTraitsFlags, face.face_traits_flags)
    for trait in traits:
        print(f"Trait: {trait.name} (value: {trait.value})")
    trait_names = FlagUtil.get_flag_names(FaceTraitsFlags, face.face_traits_flags)
    print(f"Active traits: {', '.join(trait_names)}")
    if face.face_traits_flags & FaceTraitsFlags.FT_FACE_WITH_MASK:
        print("Warning: Face mask detected")
""", [r"Active traits: "]),
    "common configuration": (TWO_COLLECTIONS + """
config = OperationConfig(
    input_image_format="rgb", collection_name="employees", face_detection_strategy=1,
    anti_spoofing_mode=1, anti_spoofing_threshold=0.9, base_landmarks_model_id=0)
op_id, result = session.validate(ImageInputArg("face.jpg", "rgb"), config)
print("code", result.call_status.return_code)
""", ["code 0"]),
    "portrait": (SETTINGS + """
op_id, result, iso_bytes = session.face_iso(ImageInputArg("face.jpg", "rgb"), OperationConfig())
info = result.iso_image.image.info
print("portrait", len(iso_bytes) == info.width * info.height * info.channels > 0)
""", ["portrait True"]),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    backend = Backend(tmp_path_factory.mktemp("server"))
    yield backend
    sdk.PrivIDFaceLib.shutdown()
    backend.stop()


@pytest.fixture(scope="module")
def licence():
    """A test document as it was drawn, on a desk: the set-up makes it."""
    path = sorted((PICTURES / "documents" / "flat").glob("*.*"))[0]
    page = Image.open(path).convert("RGB")
    page.thumbnail((900, 900))
    desk = Image.new("RGB", (1280, 860), (70, 60, 52))
    desk.paste(page, ((1280 - page.width) // 2, (860 - page.height) // 2))
    out = io.BytesIO()
    desk.save(out, "JPEG", quality=95)
    return out.getvalue()


@pytest.mark.parametrize("name", EXAMPLES)
def test_described_example(name, desk, licence, pictures, tmp_path, monkeypatch):
    program, expected = EXAMPLES[name]
    for place, source in (("face.jpg", pictures("obama.jpg")), ("other.jpg", pictures("biden.jpg")),
                          ("group.jpg", pictures("sample6.jpg"))):
        (tmp_path / place).symlink_to(source)
    (tmp_path / "licence.jpg").write_bytes(licence)
    monkeypatch.chdir(tmp_path)
    sdk.PrivIDFaceLib.initialize()
    printed = io.StringIO()
    text = (PREAMBLE + program).replace("URL", desk.url).replace("KEY", desk.key)
    with contextlib.redirect_stdout(printed):
        exec(compile(text, name, "exec"), {})
    said = printed.getvalue()
    assert "Operation failed\n" not in said
    for pattern in expected:
        assert re.search(pattern, said), f"{pattern!r} is not in\n{said}"


def test_the_described_guidance_from_flags():
    """A function of a caller's own that turns flags into sentences."""
    flags = sdk.FaceTraitsFlags

    def guidance(face_result):
        traits = face_result.face_traits_flags
        if traits == flags.FT_FACE_NO_TRAIT:
            return "Face looks good!"
        messages = []
        if traits & flags.FT_FACE_TOO_CLOSE:
            messages.append("Move camera further away")
        if traits & flags.FT_LOOKING_LEFT or traits & flags.FT_LOOKING_RIGHT:
            messages.append("Face camera directly")
        return " | ".join(messages) if messages else "Face detected"

    def face(traits):
        point = sdk.PointF(0, 0)
        geometry = sdk.FaceGeometry(sdk.BoxF(point, point), point, point, 1)
        return sdk.FaceResult(geometry, traits, sdk.SpoofStatus.AS_NOT_PERFORMED)

    assert guidance(face(0)) == "Face looks good!"
    assert guidance(face(flags.FT_EYE_BLINK)) == "Face detected"
    assert guidance(face(int(flags.FT_FACE_TOO_CLOSE | flags.FT_LOOKING_LEFT))) == (
        "Move camera further away | Face camera directly")


def test_members_of_the_result_that_the_description_lists():
    fields = set(sdk.CallResult.__struct_fields__)
    assert fields == {"call_status", "faces", "document", "barcode", "compare", "iso_image",
                      "enroll", "predict", "user_delete", "user_feedback_message"}
    result = sdk.CallResult(call_status=None)
    assert all(getattr(result, name) is UNSET for name in fields - {"call_status"})
