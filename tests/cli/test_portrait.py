"""privid portrait: the files that it writes, read by other programs than ours."""

import json
import struct

import pytest
from PIL import Image

SUCCESS, NEGATIVE, USAGE, ARGUMENT, CONFIGURATION = 0, 1, 2, 3, 4


def read_record(data):
    """A face record of ISO/IEC 19794-5:2005, field by field as the standard lists them."""
    magic, version, length, count = struct.unpack(">4s4sIH", data[:14])
    assert (magic, version, count) == (b"FAC\0", b"010\0", 1)
    assert length == len(data)
    block, points = struct.unpack(">IH", data[14:20])
    assert block == len(data) - 14
    sex, eyes, hair = data[20:23]
    properties, expression = int.from_bytes(data[23:26], "big"), data[26:28]
    pose, uncertainty = data[28:31], data[31:34]
    assert (sex, eyes, hair, properties) == (0, 0, 0, 0) and expression == b"\0\0"
    assert pose == uncertainty == b"\0\0\0"
    found = {}
    for i in range(points):
        kind, code, x, y, reserved = struct.unpack(">BBHHH", data[34 + 8 * i:42 + 8 * i])
        assert (kind, reserved) == (1, 0)
        assert (code >> 4, code & 15) not in found
        found[code >> 4, code & 15] = (x, y)
    start = 34 + 8 * points
    image_type, coding, width, height, colour, source, device, quality = struct.unpack(
        ">BBHHBBHH", data[start:start + 12])
    assert (coding, colour, source, device, quality) == (0, 1, 0, 0, 0)
    return image_type, width, height, found, data[start + 12:]


def size_and_dpi(path):
    with Image.open(path) as image:
        image.load()
        return image.format, image.size, [round(x) for x in image.info["dpi"]]


@pytest.mark.parametrize("name, form", [("a.jpg", "JPEG"), ("a.JPEG", "JPEG"), ("a.png", "PNG")])
def test_file_formats(privid, picture, tmp_path, name, form):
    done = privid("portrait", picture("obama.jpg"), "-o", tmp_path / name)
    assert done.returncode == SUCCESS, done.stderr
    assert "pixels between the eyes" in done.stdout
    found, (width, height), dpi = size_and_dpi(tmp_path / name)
    assert found == form and 0.74 <= width / height <= 0.80
    assert dpi == [round(height / 45 * 25.4)] * 2
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_lossless_and_lossy_show_the_same(privid, picture, tmp_path):
    for name in ("a.jpg", "a.png"):
        assert privid("portrait", picture("obama.jpg"), "-o", tmp_path / name).returncode == SUCCESS
    lossy = Image.open(tmp_path / "a.jpg").convert("RGB")
    lossless = Image.open(tmp_path / "a.png").convert("RGB")
    assert lossy.size == lossless.size
    differences = [abs(a - b) for p, q in zip(lossy.getdata(), lossless.getdata())
                   for a, b in zip(p, q)]
    assert 0 < sum(differences) / len(differences) < 3


def test_resolution_background_and_token(privid, picture, tmp_path):
    done = privid("portrait", picture("obama.jpg"), "--output", tmp_path / "a.png", "--token",
                  "--background", "1020fF", "--dpi", "300", "--set", "iso_image_width=300")
    assert done.returncode == SUCCESS, done.stderr
    assert size_and_dpi(tmp_path / "a.png") == ("PNG", (300, 400), [300, 300])
    image = Image.open(tmp_path / "a.png").convert("RGB")
    assert image.getpixel((0, 0)) == image.getpixel((299, 0)) == (0x10, 0x20, 0xFF)


@pytest.mark.parametrize("options, image_type", [([], 1), (["--token"], 2)])
def test_record(privid, picture, tmp_path, options, image_type):
    done = privid("portrait", "--json", picture("obama.jpg"), "-o", tmp_path / "a.jpg",
                  "--iso-record", tmp_path / "a.fir", *options)
    assert done.returncode == SUCCESS, done.stderr
    answer = json.loads(done.stdout)["iso_image"]
    kind, width, height, points, jpeg = read_record((tmp_path / "a.fir").read_bytes())
    info = answer["image"]["info"]
    assert (kind, width, height) == (image_type, info["width"], info["height"])
    assert jpeg == (tmp_path / "a.jpg").read_bytes()
    # The person's left eye has the greater x; MPEG-4 calls it 12.1.
    named = {(12, 1): "eye_left", (12, 2): "eye_right", (2, 1): "chin", (9, 3): "nose",
             (8, 3): "mouth_left", (8, 4): "mouth_right", (3, 7): "eye_left_outer",
             (3, 11): "eye_left_inner", (3, 8): "eye_right_inner", (3, 12): "eye_right_outer"}
    assert points == {code: tuple(round(answer["geometry"][name][axis]) for axis in "xy")
                      for code, name in named.items()}
    assert points[12, 1][0] - points[12, 2][0] >= 90


def test_record_of_what_falls_short_is_basic(privid, picture, tmp_path):
    with Image.open(picture("obama.jpg")) as image:
        image.crop((0, 110, *image.size)).save(tmp_path / "cut.png")
    done = privid("portrait", tmp_path / "cut.png", "-o", tmp_path / "a.jpg", "--iso-record",
                  tmp_path / "a.fir")
    assert done.returncode == NEGATIVE
    assert "not as the standard asks: Show your whole" in done.stdout
    assert read_record((tmp_path / "a.fir").read_bytes())[0] == 0
    assert (tmp_path / "a.jpg").exists()


def test_nobody(privid, picture, tmp_path):
    done = privid("portrait", picture("coffee.png"), "-o", tmp_path / "a.png")
    assert done.returncode == NEGATIVE and "no portrait" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("options, words", [
    ([], "-o FILE is missing"), (["-o"], "needs a value"), (["-o", "a.gif"], ".jpg, .jpeg or .png"),
    (["-o", "jpg"], ".jpg, .jpeg or .png"), (["-o", "a.png", "--background", "red"], "RRGGBB"),
    (["-o", "a.png", "--background", "12345G"], "RRGGBB"), (["-o", "a.png", "--dpi", "0"], "--dpi"),
    (["-o", "a.png", "--dpi", "nan"], "--dpi"), (["-o", "a.png", "--dpi", "3x"], "--dpi"),
    (["-o", "a.png", "--token=1"], "takes no value"), (["-o", "a.png", "-t"], "unknown option -t"),
    (["-o", "a.png", "second.jpg"], "too many")])
def test_wrong_usage(privid, picture, options, words):
    done = privid("portrait", picture("obama.jpg"), *options)
    assert done.returncode == USAGE and words in done.stderr, done.stderr


def test_other_commands_do_not_know_these_options(privid, picture):
    done = privid("validate", picture("obama.jpg"), "-o", "a.png")
    assert done.returncode == USAGE and "unknown option -o" in done.stderr


def test_folder_that_is_not_there(privid, picture, tmp_path):
    done = privid("portrait", picture("obama.jpg"), "-o", tmp_path / "none" / "a.png")
    assert done.returncode == ARGUMENT and "No such file" in done.stderr


def test_wrong_key(privid, picture, tmp_path):
    done = privid("portrait", picture("obama.jpg"), "-o", tmp_path / "a.png", "--set",
                  "iso_image_width=1")
    assert done.returncode == CONFIGURATION and "iso_image_width" in done.stderr


def test_channel_order_changes_nothing(privid, picture, tmp_path):
    for form in ("rgb", "bgr", "rgba"):
        assert privid("portrait", picture("obama.jpg"), "-o", tmp_path / f"{form}.png", "--set",
                      f"input_image_format={form}").returncode == SUCCESS
    expected = (tmp_path / "rgb.png").read_bytes()
    assert (tmp_path / "bgr.png").read_bytes() == (tmp_path / "rgba.png").read_bytes() == expected
