"""Portraits through the Python package."""

import numpy as np
from cryptonets_python_sdk import (Color, Depth, ImageInputArg, OperationConfig, ReturnStatus)


def test_portrait(offline, pictures):
    operation_id, result, pixels = offline.face_iso(ImageInputArg(pictures("obama.jpg")))
    assert operation_id > 0
    assert result.call_status.return_status is ReturnStatus.API_NO_ERROR
    assert result.iso_image.success is True and len(result.faces) == 1
    info = result.iso_image.image.info
    assert (info.channels, info.depth, info.color) == (3, Depth.P_CV_8U, Color.P_RGB)
    assert 0.74 <= info.width / info.height <= 0.80
    array = np.frombuffer(pixels, np.uint8).reshape(info.height, info.width, 3)
    assert array[0, 0].tolist() == array[0, -1].tolist() == [0xF0] * 3
    eyes = result.iso_image.geometry
    assert eyes.eye_left.x - eyes.eye_right.x >= 90
    assert abs(eyes.eye_left.y - eyes.eye_right.y) < 0.01


def test_keys(offline, pictures):
    config = OperationConfig(background_color_rgb=0x102030, iso_image_format="token",
                             iso_image_width=300)
    _, result, pixels = offline.face_iso(ImageInputArg(pictures("obama.jpg")), config)
    info = result.iso_image.image.info
    assert (info.width, info.height) == (300, 400)
    assert pixels[:3] == bytes([0x10, 0x20, 0x30])


def test_nobody(offline, pictures):
    operation_id, result, pixels = offline.face_iso(ImageInputArg(pictures("coffee.png")))
    assert operation_id > 0 and pixels == b"" and result.faces == []
    assert not result.iso_image and result.user_feedback_message
