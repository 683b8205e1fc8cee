"""Files, bytes and arrays as input; every picture here is made by the test."""

import io
import pathlib

import numpy as np
import pytest
from PIL import Image as PillowImage

from cryptonets_python_sdk import Color, Depth, ImageInfo, ImageInputArg, ImageUtils

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def corners():
    """6 x 4 pixels: red and green above, blue and white below."""
    pixels = np.zeros((4, 6, 3), dtype=np.uint8)
    pixels[:2, :3], pixels[:2, 3:], pixels[2:, :3], pixels[2:, 3:] = RED, GREEN, BLUE, WHITE
    return pixels


def encoded(pixels, kind="PNG", orientation=None, **options):
    image = PillowImage.fromarray(pixels) if isinstance(pixels, np.ndarray) else pixels
    if orientation is not None:
        exif = PillowImage.Exif()
        exif[0x0112] = orientation
        options["exif"] = exif
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def stored_as(pixels, orientation):
    """The pixels as a camera stores them that says so in EXIF: the inverse of standing upright."""
    inverse = {1: lambda p: p, 2: np.fliplr, 3: lambda p: np.rot90(p, 2), 4: np.flipud,
               5: lambda p: p.transpose(1, 0, 2), 6: lambda p: np.rot90(p, 1),
               7: lambda p: np.rot90(p, 2).transpose(1, 0, 2), 8: lambda p: np.rot90(p, -1)}
    return np.ascontiguousarray(inverse[orientation](pixels))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_followed(tmp_path, kind, orientation):
    large = corners().repeat(16, axis=0).repeat(16, axis=1)
    options = {"PNG": {}, "JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}
    path = tmp_path / "picture"
    path.write_bytes(encoded(stored_as(large, orientation), kind, orientation, **options[kind]))
    image = ImageInputArg(path, "rgb")
    assert (image.width, image.height) == (96, 64)
    assert image.orientation == orientation
    assert np.abs(image.image_array.astype(int) - large).max() <= (40 if kind == "JPEG" else 0)
    assert np.abs(image.image_array[8, 8].astype(int) - RED).max() <= 10
    assert np.abs(image.image_array[56, 8].astype(int) - BLUE).max() <= 10


def test_rotation_can_be_left_alone():
    stored = stored_as(corners(), 6)
    image = ImageInputArg(encoded(stored, "PNG", 6), "rgb", apply_rotation=False)
    assert (image.width, image.height, image.orientation) == (4, 6, 6)
    assert np.array_equal(image.image_array, stored)


@pytest.mark.parametrize("orientation", [0, 9, 255])
def test_orientations_that_are_none_are_ignored(orientation):
    image = ImageInputArg(encoded(corners(), "PNG", orientation))
    assert image.orientation == 1
    assert np.array_equal(image.image_array, corners())


def test_file_is_converted_to_the_format():
    data = encoded(corners())
    rgb, bgr, rgba = (ImageInputArg(data, name) for name in ("rgb", "bgr", "rgba"))
    assert np.array_equal(rgb.image_array, corners())
    assert np.array_equal(bgr.image_array, corners()[..., ::-1])
    assert rgba.image_array.shape == (4, 6, 4) and (rgba.image_array[..., 3] == 255).all()
    assert rgb.image_data == corners().tobytes() and len(rgba.image_data) == 96
    for image in (rgb, bgr, rgba):
        assert image.image_array.flags.c_contiguous and image.image_array.dtype == np.uint8


def test_path_kinds_and_format_spelling(tmp_path):
    path = tmp_path / "bild äöü.png"
    path.write_bytes(encoded(corners()))
    for source in (str(path), pathlib.Path(path), path.read_bytes(), bytearray(path.read_bytes())):
        assert np.array_equal(ImageInputArg(source, "RGB").image_array, corners())
    assert ImageInputArg(path, "RGB").image_format == "rgb"


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "1", "I;16"])
def test_other_kinds_of_pixels_become_rgb(mode):
    if mode == "I;16":
        image = PillowImage.fromarray(np.full((3, 5), 0x8080, dtype=np.uint16))
        data = encoded(image, "PNG")
    else:
        image = PillowImage.new("RGB", (5, 3), WHITE).convert(mode)
        data = encoded(image, "JPEG" if mode == "CMYK" else "PNG")
    pixels = ImageInputArg(data).image_array
    assert pixels.shape == (3, 5, 3)
    assert (pixels == (128 if mode == "I;16" else 255)).all()


@pytest.mark.parametrize("format,channels", [("rgb", 3), ("bgr", 3), ("rgba", 4)])
def test_arrays_are_taken_as_they_are(format, channels):
    pixels = np.arange(5 * 7 * channels, dtype=np.uint8).reshape(5, 7, channels)
    image = ImageInputArg(pixels, format)
    assert (image.width, image.height, image.image_format) == (7, 5, format)
    assert image.image_data == pixels.tobytes()


def test_views_are_packed():
    pixels = corners()[:, ::2][::-1]
    assert not pixels.flags.c_contiguous
    image = ImageInputArg(pixels)
    assert image.image_array.flags.c_contiguous
    assert np.array_equal(image.image_array, pixels)


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 1)])
@pytest.mark.parametrize("format,channels", [("rgb", 3), ("bgr", 3), ("rgba", 4)])
def test_grey_arrays_are_spread(shape, format, channels):
    grey = np.arange(24, dtype=np.uint8).reshape(shape)
    pixels = ImageInputArg(grey, format).image_array
    assert pixels.shape == (4, 6, channels)
    assert np.array_equal(pixels[..., 1], grey.reshape(4, 6))


@pytest.mark.parametrize("array,words", [
    (np.zeros((4, 6, 3), dtype=np.float32), "float32"),
    (np.zeros((4, 6, 3), dtype=np.uint16), "uint16"),
    (np.zeros((4, 6, 3), dtype=np.int8), "int8"),
    (np.zeros((4, 6, 3), dtype=bool), "bool"),
    (np.zeros((4, 6, 2), dtype=np.uint8), "2 channels"),
    (np.zeros((4, 6, 4), dtype=np.uint8), "4 channels"),
    (np.zeros((4, 6, 5), dtype=np.uint8), "5 channels"),
    (np.zeros((3, 4, 6, 3), dtype=np.uint8), "shape"),
    (np.zeros((24,), dtype=np.uint8), "shape"),
    (np.zeros((), dtype=np.uint8), "shape"),
    (np.zeros((0, 6, 3), dtype=np.uint8), "no pixels"),
    (np.zeros((4, 0, 3), dtype=np.uint8), "no pixels"),
    (np.broadcast_to(np.zeros((1, 1, 3), np.uint8), (10001, 10000, 3)), "100 megapixels"),
])
def test_wrong_arrays_are_refused(array, words):
    with pytest.raises(ValueError, match=words):
        ImageInputArg(array, "rgb")


def test_three_channels_are_no_rgba():
    with pytest.raises(ValueError, match="rgba"):
        ImageInputArg(corners(), "rgba")


@pytest.mark.parametrize("format", ["", "gray", "rgbx", None, 3])
def test_wrong_formats_are_refused(format):
    with pytest.raises(ValueError, match="image format"):
        ImageInputArg(corners(), format)


@pytest.mark.parametrize("source", [None, 5, [[1]], object()])
def test_wrong_sources_are_refused(source):
    with pytest.raises(TypeError, match="numpy array"):
        ImageInputArg(source)


@pytest.mark.parametrize("data", [b"", b"no picture", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n",
                                  b"RIFF\x10\x00\x00\x00WEBP", b"<svg/>", bytes(1000)])
def test_bytes_that_are_no_picture_are_refused(data):
    with pytest.raises(ValueError, match="bytes given"):
        ImageInputArg(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_truncated_files_are_refused_by_name(tmp_path, kind):
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = encoded(noise, kind)
    path = tmp_path / "cut"
    for part in (0.3, 0.6, 0.9):
        path.write_bytes(data[:int(len(data) * part)])
        with pytest.raises(ValueError, match="cut"):
            ImageInputArg(path)


def test_damaged_exif_does_no_harm():
    data = encoded(corners().repeat(8, 0).repeat(8, 1), "JPEG", 6)
    at = data.index(b"Exif\0\0") + 6
    image = ImageInputArg(data[:at] + b"\xff" * 12 + data[at + 12:])
    assert image.orientation == 1


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(FileNotFoundError):
        ImageInputArg(tmp_path / "nothing.jpg")
    with pytest.raises(OSError):
        ImageInputArg(tmp_path)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_huge_pictures_are_refused_before_they_are_read():
    header = encoded(PillowImage.new("1", (20000, 6000)))
    with pytest.raises(ValueError, match="100 megapixels"):
        ImageInputArg(header)


def test_conversions_are_each_others_inverse():
    pixels = corners()
    for there, back in (("rgb", "bgr"), ("bgr", "rgb"), ("rgb", "rgba"), ("bgr", "rgba")):
        turned = ImageUtils.convert(pixels, there, back)
        assert np.array_equal(ImageUtils.convert(turned, back, there), pixels)
    assert ImageUtils.convert(pixels, "bgr", "rgba")[0, 0].tolist() == [0, 0, 255, 255]


def test_buffers_of_an_operation_become_arrays_and_files(tmp_path):
    info = ImageInfo(width=6, height=4, channels=3, depth=Depth.P_CV_8U, color=Color.P_RGB)
    pixels = ImageUtils.from_buffer(corners().tobytes(), info)
    assert np.array_equal(pixels, corners())
    ImageUtils.save(pixels, tmp_path / "out.png")
    assert np.array_equal(ImageInputArg(tmp_path / "out.png").image_array, corners())
    with pytest.raises(ValueError, match="71 bytes"):
        ImageUtils.from_buffer(bytes(71), info)
    with pytest.raises(ValueError, match="pixel format"):
        ImageUtils.from_buffer(bytes(72), ImageInfo(6, 4, 3, Depth.P_CV_16U, Color.P_RGB))


def test_packed_arrays_are_not_copied(offline):
    """Neither when they are taken nor when they are handed to the library."""
    for format, channels in (("rgb", 3), ("bgr", 3), ("rgba", 4)):
        pixels = np.zeros((5, 7, channels), dtype=np.uint8)
        image = ImageInputArg(pixels, format)
        assert np.shares_memory(image.image_array, pixels)
        pointer, width, height = offline._native._pixels(
            image, f'{{"input_image_format": "{format}"}}'.encode())
        assert int(offline._native._ffi.cast("uintptr_t", pointer)) == pixels.ctypes.data
        assert (width, height) == (7, 5)


def test_read_only_arrays_are_taken(offline, pictures):
    pixels = ImageInputArg(pictures("obama.jpg")).image_array.copy()
    pixels.flags.writeable = False
    assert len(offline.validate(ImageInputArg(pixels))[1].faces) == 1


@pytest.mark.parametrize("orientation", [1, 6])
def test_file_objects_and_pillow_images(tmp_path, orientation):
    data = encoded(stored_as(corners(), orientation), "PNG", orientation)
    (tmp_path / "picture").write_bytes(data)
    with (tmp_path / "picture").open("rb") as file:
        assert np.array_equal(ImageInputArg(file).image_array, corners())
    assert np.array_equal(ImageInputArg(io.BytesIO(data)).image_array, corners())
    opened = PillowImage.open(io.BytesIO(data))
    image = ImageInputArg(opened, "bgr")
    assert np.array_equal(image.image_array, corners()[..., ::-1])
    assert image.orientation == orientation
    turned = ImageInputArg(opened, apply_rotation=False).image_array
    assert np.array_equal(turned, stored_as(corners(), orientation))


def test_file_objects_that_give_text_or_nothing(tmp_path):
    (tmp_path / "text").write_text("no picture")
    with (tmp_path / "text").open() as file, pytest.raises(TypeError, match='"rb"'):
        ImageInputArg(file)
    with pytest.raises(ValueError, match="0 bytes given"):
        ImageInputArg(io.BytesIO())
    with pytest.raises(ValueError, match="no pixels"):
        ImageInputArg(PillowImage.new("RGB", (0, 5)))


def test_a_picture_says_what_it_is(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(encoded(corners()))
    assert repr(ImageInputArg(path)) == f"<ImageInputArg 6 x 4 rgb of {path}>"
    assert repr(ImageInputArg(corners(), "bgr")) == "<ImageInputArg 6 x 4 bgr>"
