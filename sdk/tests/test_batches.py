"""Many pictures at a time, and pictures drawn over."""

import io
import threading
import time

import numpy as np
import pytest

import cryptonets_python_sdk as sdk
from cryptonets_python_sdk import ImageInputArg, OperationConfig, draw, process_batch


def test_items_come_in_order_and_errors_are_items(offline, pictures, tmp_path):
    (tmp_path / "text.jpg").write_text("no picture")
    sources = [pictures("obama.jpg"), tmp_path / "text.jpg", pictures("rocket.jpg"),
               tmp_path / "missing.jpg", ImageInputArg(np.zeros((80, 80, 3), np.uint8)), 5]
    items = list(process_batch(offline.validate, sources, OperationConfig(), workers=3))
    assert [item.source for item in items] == sources
    assert [type(item.error).__name__ for item in items] == [
        "NoneType", "ValueError", "NoneType", "FileNotFoundError", "NoneType", "TypeError"]
    assert [len(item.result.faces) for item in items if not item.error] == [1, 0, 0]
    assert all((item.operation_id > 0) == (item.error is None) for item in items)
    assert not items[1].result


def test_pixels_that_are_handed_out_are_kept(offline, pictures):
    item, = process_batch(offline.face_iso, [pictures("obama.jpg")])
    info = item.result.iso_image.image.info
    assert sdk.ImageUtils.from_buffer(item.extra[0], info).shape == (info.height, info.width, 3)


def test_no_more_pictures_are_open_than_there_are_workers():
    lock, taken, done = threading.Lock(), 0, 0

    def operation(image, config):
        nonlocal done
        time.sleep(0.002)
        with lock:
            done += 1
            most.append(taken - done)
        return 1, sdk.CallResult(call_status=None)

    def sources():
        nonlocal taken
        for _ in range(40):
            with lock:
                taken += 1
            yield np.zeros((4, 4, 3), np.uint8)

    most = []
    assert len(list(process_batch(operation, sources(), workers=2))) == 40
    assert max(most) <= 3


def test_an_error_of_the_operation_and_a_batch_that_is_left_end_it(offline):
    def failing(image, config):
        raise sdk.PrivIDError("gone")

    with pytest.raises(sdk.PrivIDError, match="gone"):
        list(process_batch(failing, [np.zeros((4, 4, 3), np.uint8)] * 3))
    with pytest.raises(ValueError, match="workers"):
        next(process_batch(failing, [], workers=0))
    batch = process_batch(offline.validate, (np.zeros((4, 4, 3), np.uint8) for _ in range(10**6)))
    assert next(batch).operation_id > 0
    batch.close()


def test_progress(offline, capsys):
    sources = [np.zeros((40, 40, 3), np.uint8)] * 3
    list(process_batch(offline.validate, sources, progress=True))
    assert "3/3" in capsys.readouterr().err
    list(process_batch(offline.validate, sources, progress=False))
    list(process_batch(offline.validate, sources))  # standard error is no terminal here
    assert capsys.readouterr().err == ""


def test_faces_are_drawn_where_they_are(offline, pictures):
    path = pictures("obama.jpg")
    _, result = offline.validate(path_image := ImageInputArg(path, "bgr"),
                                 OperationConfig(get_face_landmarks=True))
    before = path_image.image_array.copy()
    drawn = draw(path_image, result)
    assert np.array_equal(path_image.image_array, before)
    changed = (np.asarray(drawn) != before[..., ::-1]).any(axis=2)
    box = result.faces[0].geometry.bounding_box
    left, top = int(box.top_left.x), int(box.top_left.y)
    right, bottom = int(box.bottom_right.x), int(box.bottom_right.y)
    assert changed[top, left + 5:right - 5].mean() > 0.9
    assert changed[top + 5:bottom - 5, left].mean() > 0.9
    assert not changed[:top - 10].any() and 0.002 < changed.mean() < 0.2
    eye = result.faces[0].geometry.eye_left
    assert changed[round(eye.y), round(eye.x)]
    assert np.array_equal(np.asarray(draw(path, result)), np.asarray(drawn))
    nothing = np.asarray(draw(path, result, faces=[]))
    assert np.array_equal(nothing, before[..., ::-1])


def test_labels_of_faces_at_the_edge_stay_inside(offline, pictures):
    face = offline.validate(ImageInputArg(pictures("obama.jpg")))[1].faces[0]
    face.face_traits_flags = 0x3FFFFF
    result = sdk.CallResult(call_status=None, faces=[face])
    for size in ((2, 2), (30, 40), (5, 900)):
        drawn = draw(np.zeros((*size, 3), np.uint8), result)
        assert drawn.size == size[::-1]
        drawn.save(io.BytesIO(), "PNG")


def test_documents_and_barcodes_are_outlined():
    corners = [sdk.PointF(x, y) for x, y in ((20, 20), (180, 30), (170, 90), (25, 80))]
    trapeze = sdk.TrapezeF(*corners)
    document = sdk.DocumentData(trapeze, sdk.PointF(100, 55), 0.9,
                                sdk.DocumentTraits.DT_DOCUMENT_IS_BLURRY, [],
                                sdk.DocumentOcrAgeData("", -1))
    result = sdk.CallResult(call_status=None, document=sdk.DocumentResult(document, None))
    drawn = np.asarray(draw(np.zeros((120, 200, 3), np.uint8), result))
    assert drawn[60, 22].any() or drawn[60, 23].any()
    assert drawn[84, 100].any() or drawn[85, 100].any() or drawn[86, 100].any()
    assert not drawn[:15].any() and not drawn[100:].any()
