"""Pictures that nobody should send: every face operation answers, in JSON without NaN or Infinity,
and never crashes."""

import json

import numpy as np
import pytest
from PIL import Image, ImageDraw
from test_backend_faults import ENROLLED, FaultyBackend, http

from cryptonets_python_sdk import ImageInputArg, OperationConfig, ReturnStatus

OPERATIONS = ["validate", "estimate_age", "anti_spoofing", "enroll_onefa", "face_predict_onefa",
              "face_compare_files", "face_iso", "doc_scan_face"]
ALL_FLAGS = 2 ** 32 - 1


@pytest.fixture(scope="module")
def session(gallery):
    """Its backend says yes to everything."""
    backend = FaultyBackend(http(json.dumps(ENROLLED).encode()))
    with backend.session() as session:
        yield session
    backend.listener.close()


def reject(word):
    raise AssertionError(f"{word} in an answer")


def ask(session, operation, pixels, config="{}"):
    """The answer of one operation, read by a parser that takes nothing but JSON."""
    native = getattr(session._native, operation)
    image = ImageInputArg(np.ascontiguousarray(pixels))
    arguments = [image, image] if operation == "face_compare_files" else [image]
    number, text, *_ = native(*arguments, config)
    answer = json.loads(text, parse_constant=reject)
    header = answer["call_status"]
    assert (number > 0) == (header["return_code"] == 0), header
    assert number > 0 or header["return_message"]
    return answer


def check_faces(answer, pixels):
    height, width = pixels.shape[:2]
    for face in answer.get("faces", []):
        box = face["geometry"]["bounding_box"]
        assert box["top_left"]["x"] < box["bottom_right"]["x"]
        assert box["top_left"]["y"] < box["bottom_right"]["y"]
        assert -width < box["top_left"]["x"] < width and -height < box["top_left"]["y"] < height
        assert 0 <= face["face_traits_flags"] < 2 ** 22
        assert 0 <= face["geometry"]["face_confidence_score"] <= 1
        quality = [m for m in face.get("scores", []) if m["name"][0].isupper()]
        assert all(0 <= m["value"] <= 100 for m in quality)


def noise(height, width, seed=7):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def drawing():
    """A face as a child draws it."""
    picture = Image.new("RGB", (480, 480), (250, 250, 245))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((90, 60, 390, 420), outline=(20, 20, 20), width=6)
    for x in (180, 300):
        pen.ellipse((x - 26, 185, x + 26, 225), outline=(20, 20, 20), width=5)
        pen.ellipse((x - 9, 196, x + 9, 214), fill=(20, 20, 20))
        pen.arc((x - 34, 145, x + 34, 200), 200, 340, fill=(20, 20, 20), width=6)
    pen.line((240, 220, 225, 290, 250, 292), fill=(20, 20, 20), width=5)
    pen.arc((170, 270, 310, 370), 20, 160, fill=(200, 30, 30), width=8)
    return np.asarray(picture)


def shrunk(pixels, face, side):
    """The picture made so small that the face is `side` pixels high."""
    scale = side / face.height
    size = [max(1, round(n * scale)) for n in pixels.shape[1::-1]]
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))


SYNTHETIC = {
    "black": lambda: np.zeros((240, 320, 3), np.uint8),
    "white": lambda: np.full((240, 320, 3), 255, np.uint8),
    "noise": lambda: noise(240, 320),
    "one pixel": lambda: noise(1, 1),
    "a row": lambda: noise(1, 500),
    "a column": lambda: noise(500, 1),
    "a narrow strip": lambda: noise(3, 2000),
    "a drawing": drawing,
}


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("name", SYNTHETIC)
def test_what_is_no_photograph(session, name, operation):
    pixels = SYNTHETIC[name]()
    answer = ask(session, operation, pixels)
    check_faces(answer, pixels)
    if name != "a drawing" and operation in ("validate", "estimate_age", "anti_spoofing"):
        assert answer["faces"] == []


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("file", ["coffee.png", "rocket.jpg", "chelsea.png", "horse.png"])
def test_objects_and_animals(session, pictures, file, operation):
    with Image.open(pictures(file)) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    answer = ask(session, operation, pixels)
    check_faces(answer, pixels)
    if operation == "enroll_onefa":
        assert not answer["enroll"]["enroll_performed"]


def test_a_cat_is_nobody(session, pictures):
    with Image.open(pictures("chelsea.png")) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    assert ask(session, "validate", pixels)["faces"] == []


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_faces_cut_by_the_border(session, gallery, side, operation):
    """Half of the face and more lies outside."""
    pixels = gallery.picture("portrait")
    face = gallery.locate(pixels)
    x, y = round((face.left + face.right) / 2), round((face.top + face.bottom) / 2)
    cut = {"left": pixels[:, x:], "right": pixels[:, :x], "top": pixels[y:], "bottom": pixels[:y]}
    check_faces(ask(session, operation, cut[side]), cut[side])


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("side", [8, 16, 28])
def test_tiny_faces(session, gallery, side, operation):
    """With and without every check, so that every measure is taken and every step is gone."""
    pixels = gallery.picture("president")
    small = shrunk(pixels, gallery.locate(pixels), side)
    for config in ({"conf_score_thr_enroll": 0, "conf_score_thr_predict": 0},
                   {"allowed_face_traits_flags": ALL_FLAGS, "anti_spoofing_mode": 0,
                    "landmark_confidence_score_threshold": 0}):
        check_faces(ask(session, operation, small, json.dumps(config)), small)


def test_faces_in_noise(session, gallery):
    """Whatever thresholds of nothing take for a face is judged without harm."""
    config = {"conf_score_thr_enroll": 0, "conf_score_thr_predict": 0,
              "landmark_confidence_score_threshold": 0, "face_detection_strategy": 0,
              "validate_face_position_oval": True, "get_smile_intensity": True}
    portrait = gallery.picture("portrait").astype(int)
    found = 0
    for model in (0, 22):
        for share in (0.3, 0.6, 0.9):
            speckled = (1 - share) * portrait + share * noise(*portrait.shape[:2])
            pixels = speckled.astype(np.uint8)
            answer = ask(session, "validate", pixels,
                         json.dumps({**config, "base_landmarks_model_id": model}))
            check_faces(answer, pixels)
            found += len(answer["faces"])
    assert found > 0


def test_too_many_pixels(session):
    """400 megapixels are over the limit of 100, in Python and below it."""
    with pytest.raises(ValueError, match="100 megapixels"):
        ImageInputArg(np.zeros((20000, 20000, 3), np.uint8))
    native = session._native
    for width, height in ((20000, 20000), (10001, 10000), (2 ** 31 - 1, 2 ** 31 - 1)):
        answer = too_large(native, width, height)
        assert answer["call_status"]["return_code"] == ReturnStatus.API_INVALID_ARGUMENT
        assert "100000000" in answer["call_status"]["return_message"]


def too_large(native, width, height):
    """The C function with a size that the buffer does not have: it must not look."""
    library, ffi = native._lib, native._ffi
    text, length = ffi.new("char **"), ffi.new("int *")
    number = library.privid_validate(native._handle, b"{}", 2, ffi.from_buffer(b"abc"), width,
                                     height, text, length)
    assert number == -1
    answer = json.loads(ffi.string(text[0], length[0]), parse_constant=reject)
    library.privid_free_char_buffer(text[0])
    return answer


def test_as_many_pixels_as_allowed(session, gallery):
    """100 megapixels with a face in them are judged."""
    pixels = np.full((10000, 10000, 3), 90, np.uint8)
    face = np.asarray(Image.fromarray(gallery.picture("president")).resize((2400, 3200)))
    pixels[3000:6200, 4000:6400] = face
    _, result = session.validate(ImageInputArg(pixels), OperationConfig())
    assert result.call_status.return_code == 0 and len(result.faces) == 1
    box = result.faces[0].geometry.bounding_box
    assert 4000 < box.top_left.x < box.bottom_right.x < 6400
