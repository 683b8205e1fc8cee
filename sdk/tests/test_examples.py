"""The described quick start, used as it is printed, and the example program."""

import subprocess
import sys

import pytest

from sdk_support import ROOT

QUICK_START = """
from cryptonets_python_sdk import *
from msgspec import UNSET, UnsetType
PrivIDFaceLib.initialize()
settings = SessionSettings(
    collections={
        "default": Collection(
            named_urls={
                "base_url": "YOUR_BASE_URL",
                "predict": "YOUR_BASE_URL/FACE3_4/predict",
                "enroll": "YOUR_BASE_URL/FACE3_4/enroll",
                "deleteUser": "YOUR_BASE_URL/FACE3_4/deleteUser"
            }
        )
    },
    session_token="YOUR_API_KEY"
)
session = Session(settings)
image = ImageInputArg("user_face.jpg", "rgb")
config = OperationConfig(
    angle_rotation_left_threshold=6.0,
    angle_rotation_right_threshold=5.0,
    anti_spoofing_threshold=0.9,
    eyes_blinking_threshold=0.3
)
op_id, result = session.enroll_onefa(image, config)
if result.call_status.return_code == ReturnStatus.API_NO_ERROR:
    print("Operation succeeded")
    enroll_data = result.enroll
    if enroll_data:
      print(f"Enroll Performed: {enroll_data.enroll_performed}")
      print(f"User puid: {enroll_data.api_response.puid}")
      print(f"Backend API response status (0 mean success): {enroll_data.api_response.status}")
      print(f"Backend API response message: {enroll_data.api_response.message}")
if result.enroll:
    puid = result.enroll.puid
    print(f"Enrolled with PUID: {puid}")
op_id, result = session.face_predict_onefa(image, config)
if result.predict is not UNSET and result.predict.predict_performed:
    matched_puid = result.predict.api_response.puid
    print(f"Authenticated: {matched_puid == puid}")
image_b = ImageInputArg("other.jpg", "rgb")
op_id, result = session.face_compare_files(image, image_b, OperationConfig())
if result.compare  is not UNSET:
    print(f"Match: {result.compare.is_match}")
    print(f"Similarity: {result.compare.similarity_score:.4f}")
op_id, result = session.validate(image, config)
if result.faces is not UNSET and len(result.faces) > 0:
    face = result.faces[0]
    print(f"Confidence: {face.geometry.face_confidence_score}")
    print(f"Spoof status: {face.spoof_status.name}")
    traits = FlagUtil.get_active_flags(FaceTraitsFlags, face.face_traits_flags)
    for trait in traits:
        print(f"Trait: {trait.name} (value: {trait.value})")
    trait_names = FlagUtil.get_flag_names(FaceTraitsFlags, face.face_traits_flags)
    print(f"Active traits: {', '.join(trait_names)}")
    if face.face_traits_flags & FaceTraitsFlags.FT_FACE_WITH_MASK:
        print("Warning: Face mask detected")
    print(face.face_traits_flags == FaceTraitsFlags.FT_FACE_NO_TRAIT)
config = OperationConfig(face_detection_strategy=0)
op_id, result = session.validate(ImageInputArg("group_photo.jpg", "rgb"), config)
if result.faces is not UNSET:
    print(f"Detected {len(result.faces)} faces")

from cryptonets_python_sdk import SessionNative
import json
session_native = SessionNative('''{
    "collections": {"default": {"named_urls": {"base_url": "YOUR_BASE_URL"}}},
    "session_token": "YOUR_API_KEY"
}''')
config_json = '{"input_image_format": "rgb"}'
image_bytes = open("user_face.jpg", "rb").read()
op_id, result_json = session_native.validate(image_bytes, config_json)
result_dict = json.loads(result_json)
print("native", result_dict["call_status"]["return_code"])
PrivIDFaceLib.shutdown()
"""


def run(folder, *command):
    done = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True,
                          timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_described_examples(tmp_path, backend, pictures):
    for name, source in (("user_face.jpg", "obama.jpg"), ("other.jpg", "biden.jpg"),
                         ("group_photo.jpg", "sample6.jpg")):
        (tmp_path / name).symlink_to(pictures(source))
    program = QUICK_START.replace("YOUR_BASE_URL", backend.url).replace("YOUR_API_KEY", backend.key)
    said = run(tmp_path, "-c", program)
    for line in ("Operation succeeded", "Enroll Performed: True", "status (0 mean success): 0",
                 "Authenticated: True", "Match: False", "Spoof status: AS_NO_SPOOF_DETECTED",
                 "native 0"):
        assert line in said, said
    assert "Enrolled with PUID: UNSET" not in said


@pytest.mark.parametrize("second,same", [("obama2.jpg", True), ("biden.jpg", False)])
def test_example_program(backend, pictures, second, same):
    said = run(".", ROOT / "sdk/examples/compare_and_enroll.py", pictures("obama.jpg"),
               pictures(second), "--url", backend.url, "--key", backend.key)
    assert f"same person: {same}" in said
    puid = said.split("enrolled: ")[1].split()[0]
    assert f"recognised: {puid if same else 'nobody'}" in said


def test_example_program_reports_errors(pictures):
    done = subprocess.run([sys.executable, ROOT / "sdk/examples/compare_and_enroll.py",
                           "missing.jpg", pictures("obama.jpg")], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 1 and "missing.jpg" in done.stderr
    assert "Traceback" not in done.stderr
