"""Barcodes in pictures: what is read of them under which conditions, and what each key changes."""

import ctypes
import functools
import hashlib
import json
import math
import os
import pathlib
import re
import subprocess

import numpy
import pytest
from licence_pictures import code, licence, photograph
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRIVID = pathlib.Path(os.environ.get("PRIVID_BUILD_DIR", ROOT / "build")) / "bin" / "privid"
CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")
NONE_FOUND, SUCCESS, UNSUPPORTED, NOT_PARSED = -1, 0, 3, 4


def scan(path, **keys):
    settings = [word for key, value in keys.items() for word in ("--set", f"{key}={value}")]
    done = subprocess.run([PRIVID, "document", "--barcode", "--json", *settings, path],
                          capture_output=True, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)["barcode"]


@pytest.fixture(name="read")
def fixture_read(tmp_path):
    def read(picture, **keys):
        picture.save(tmp_path / "picture.png")
        return scan(tmp_path / "picture.png", **keys)

    return read


@functools.cache
def usual(version=8, seed=0):
    text, expected = licence(version, seed)
    return code(text), text, expected


def has_all(barcode, text, expected):
    data = barcode["barcode_data"]
    assert data["text"] == text
    assert {key: data[key] for key in expected} == expected


def area(corners):
    return abs(sum(a[0] * b[1] - b[0] * a[1]
                   for a, b in zip(corners, corners[1:] + corners[:1]))) / 2


@pytest.mark.parametrize("canada", [False, True])
@pytest.mark.parametrize("version", range(1, 11))
def test_versions(read, version, canada):
    text, expected = licence(version, version, canada)
    barcode = read(photograph(code(text), 3)[0])
    assert barcode["bar_code_detection_status"] == SUCCESS
    has_all(barcode, text, expected)


def test_without_separators(read):
    text, expected = licence(8, 3, separators=False)
    has_all(read(photograph(code(text), 3)[0]), text, expected)


# Degrees in the picture's plane, and how far the far side is shrunk.
CONDITIONS = {"upright": (0, 0.0), "slightly tilted": (3, 0.0), "tilted": (-15, 0.0),
              "far tilted": (30, 0.0), "upside down": (184, 0.0), "on its side": (95, 0.0),
              "leaning": (2, 0.12), "leaning and tilted": (-20, -0.12)}


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("pixels", [1.5, 2, 3, 4])
def test_conditions(read, condition, pixels):
    degrees, perspective = CONDITIONS[condition]
    for seed in range(2):
        modules, text, expected = usual(1 + (3 * seed + 7) % 10, seed)
        picture, corners = photograph(modules, pixels, degrees, perspective, seed)
        barcode = read(picture)
        has_all(barcode, text, expected)
        assert 0.5 <= barcode["confidence_score"] <= 1
        box = barcode["non_cropped_barcode_box"]
        found = [(box[name]["x"], box[name]["y"]) for name in CORNERS]
        assert box["bottom_lef"] == box["bottom_left"]
        # The reader may miss the pattern at one end, or the first or last rows.
        assert 0.5 < area(found) / area(corners) < 1.1
        middle = [sum(c[i] for c in corners) / 4 for i in (0, 1)]
        there = barcode["barcode_box_center"]
        assert math.hypot(there["x"] - middle[0], there["y"] - middle[1]) < \
            0.15 * modules.width * pixels
        # The first corner is that of the code, however it lies.
        assert math.dist(found[0], corners[0]) < math.dist(found[0], corners[2])


def test_far_away_in_a_large_picture(read):
    modules, text, expected = usual()
    small, _ = photograph(modules, 2, 12, 0.05)
    large = Image.new("RGB", (4000, 3000), (90, 100, 110))
    large.paste(small, (2900, 1800))
    has_all(read(large), text, expected)


def test_dark_and_pale(read):
    modules, text, expected = usual()
    picture = photograph(modules, 3, 8, noise=1)[0]
    values = numpy.asarray(picture, float)
    has_all(read(Image.fromarray((0.2 * values).astype("uint8"))), text, expected)
    pale = (190 + 0.2 * values).clip(0, 255)
    has_all(read(Image.fromarray(pale.astype("uint8"))), text, expected)
    ramp = numpy.linspace(0.35, 1.0, values.shape[1])[None, :, None]
    has_all(read(Image.fromarray((ramp * values).astype("uint8"))), text, expected)


def test_channel_orders(read):
    """Blue ink, which only one order of the channels sees as dark."""
    modules, text, _ = usual()
    values = numpy.asarray(photograph(modules, 3)[0].convert("RGB")).copy()
    values[:, :, 2] = 255
    for order in ("rgb", "bgr", "rgba"):
        barcode = read(Image.fromarray(values), input_image_format=order)
        assert barcode["barcode_data"]["text"] == text


@pytest.mark.parametrize("kind, text, name", [
    ("QRCode", "https://example.org/a?b=c", "QR Code"), ("DataMatrix", "data 12", "Data Matrix"),
    ("Code128", "PRIV-0123", "Code 128")])
@pytest.mark.parametrize("degrees", [0, 25])
def test_other_codes_are_text(read, kind, text, name, degrees):
    modules = code(text, kind)
    if kind == "Code128":
        modules = modules.resize((modules.width, 40), Image.NEAREST)
    barcode = read(photograph(modules, 4, degrees)[0])
    data = barcode["barcode_data"]
    assert barcode["bar_code_detection_status"] == SUCCESS
    assert (data["type"], data["format"], data["text"]) == ("text", name, text)
    assert data["last_name"] == data["customer_id"] == data["document_type"] == ""


def test_licence_counts_most(read):
    """Cards have a Code 128 beside the PDF417, and some a QR code."""
    modules, text, expected = usual()
    page = Image.new("L", (modules.width + 60, modules.height + 150), 255)
    page.paste(code("INVENTORY 1", "Code128").resize((160, 30), Image.NEAREST), (20, 20))
    page.paste(code("https://example.org", "QRCode"), (modules.width - 10, 10))
    page.paste(modules, (20, 100))
    for degrees in (0, 20):
        has_all(read(photograph(page, 3, degrees)[0]), text, expected)


def test_unsupported(read):
    barcode = read(photograph(code("4006381333931", "EAN13").resize((95, 40), Image.NEAREST), 4)[0])
    assert barcode["bar_code_detection_status"] == UNSUPPORTED
    data = barcode["barcode_data"]
    assert data["format"].startswith("EAN") and data["text"] == data["type"] == ""
    assert data["barcode_key"] == ""


def test_other_contents(read):
    barcode = read(photograph(code("boarding pass or so"), 3)[0])
    assert barcode["bar_code_detection_status"] == NOT_PARSED
    data = barcode["barcode_data"]
    assert (data["type"], data["format"]) == ("text", "PDF417")
    assert data["text"] == "boarding pass or so" and data["last_name"] == ""


def test_keys_of_the_contents(read):
    modules, text, _ = usual()
    data = read(photograph(modules, 3)[0])["barcode_data"]
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert data["barcode_key"] == digest and data["barcode_key_encoding"] == "sha256"
    assert data["barcode_hash64"] == digest[:16] and data["barcode_hash128"] == digest[:32]


def test_nothing_there(read):
    generator = numpy.random.default_rng(1)
    noise = generator.integers(0, 256, (300, 400, 3)).astype("uint8")
    stripes = numpy.zeros((300, 400, 3), "uint8")
    stripes[:, ::5] = 255
    text = photograph(Image.new("L", (200, 80), 255), 3, 10)[0]
    for picture in (Image.fromarray(noise), Image.fromarray(stripes), text,
                    Image.new("RGB", (1, 1)), Image.new("RGB", (1, 900)),
                    Image.new("RGB", (2000, 3))):
        barcode = read(picture)
        assert barcode["bar_code_detection_status"] == NONE_FOUND
        assert barcode["confidence_score"] == 0
        assert set(barcode["barcode_data"].values()) == {""}
        assert len(barcode["barcode_data"]) == 38


def test_key_without_parsing(read):
    modules, text, expected = usual()
    picture = photograph(modules, 3)[0]
    assert read(picture)["barcode_data"]["last_name"] == expected["last_name"]
    barcode = read(picture, detect_barcode_without_parsing="true")
    assert barcode["bar_code_detection_status"] == SUCCESS
    said = {key: value for key, value in barcode["barcode_data"].items() if value}
    assert said == {"type": "text", "format": "PDF417", "text": text}
    other = photograph(code("no licence"), 3)[0]
    barcode = read(other, detect_barcode_without_parsing="true")
    assert barcode["bar_code_detection_status"] == SUCCESS


def test_key_threshold(read):
    modules, text, _ = usual()
    picture = photograph(modules, 1.5, 25)[0]
    score = read(picture)["confidence_score"]
    assert 0.5 <= score < 1, "a picture that needs more than one try"
    assert read(picture, conf_score_thr_barcode=score - 0.01)["barcode_data"]["text"] == text
    barcode = read(picture, conf_score_thr_barcode=score + 0.01)
    assert barcode["bar_code_detection_status"] == NONE_FOUND
    assert barcode["barcode_data"]["text"] == "" and barcode["confidence_score"] == 0


def test_key_margin(read):
    picture = photograph(usual()[0], 3)[0]

    def boxes(margin):
        barcode = read(picture, barcode_margin=margin)
        return [[barcode[name][corner] for corner in CORNERS]
                for name in ("non_cropped_barcode_box", "cropped_barcode_box")]

    exact, cropped = boxes(0)
    assert exact == cropped
    exact, cropped = boxes(0.05)
    width = exact[1]["x"] - exact[0]["x"]
    height = exact[3]["y"] - exact[0]["y"]
    assert exact[0]["x"] - cropped[0]["x"] == pytest.approx(0.05 * width, abs=1)
    assert cropped[2]["x"] - exact[2]["x"] == pytest.approx(0.05 * width, abs=1)
    assert cropped[2]["y"] - exact[2]["y"] == pytest.approx(0.05 * height, abs=1)
    _, cropped = boxes(1)
    assert cropped[0] == {"x": 0, "y": 0}
    assert cropped[1] == {"x": picture.width - 1, "y": 0}


def call_library(picture, config):
    """The answer of the library itself."""
    path = PRIVID.parents[1] / "lib" / "libprivid.so"
    if re.search(rb"__[at]san_init", path.read_bytes()):
        pytest.skip("a library that was built with a sanitizer cannot be loaded into Python")
    library = ctypes.CDLL(path)
    settings = b'{"collections":{"default":{"named_urls":{}}},"session_token":""}'
    session, text = ctypes.c_void_p(), ctypes.c_char_p()
    library.privid_initialize_lib(None, 0, 0)
    assert library.privid_initialize_session(settings, len(settings), ctypes.byref(session))
    pixels = picture.convert("RGB").tobytes()
    library.privid_doc_scan_face(session, config, len(config), pixels, picture.width,
                                 picture.height, None, None, None, None, ctypes.byref(text), None)
    return json.loads(text.value)


def test_key_barcode_only():
    """Without the key, document and face are looked for, and no barcode."""
    modules, text, _ = usual()
    picture = photograph(modules, 3)[0]
    answer = call_library(picture, b'{"document_scan_barcode_only":true}')
    assert answer["call_status"]["return_status"] == 0
    assert answer["barcode"]["barcode_data"]["text"] == text
    for config in (b"", b'{"document_scan_barcode_only":false}'):
        answer = call_library(picture, config)
        assert "barcode" not in answer
