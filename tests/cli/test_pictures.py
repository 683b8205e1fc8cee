"""The decoders, judged pixel by pixel against Pillow."""

import io
import struct
import zlib

import numpy
import pytest
from cli_support import BUILD, run_program
from PIL import Image, ImageOps

WIDTH, HEIGHT = 37, 23  # odd, and not alike


def make_pixels(height=HEIGHT, width=WIDTH):
    """Smooth, so that lossy formats keep it, and without any symmetry."""
    y, x = numpy.mgrid[0:height, 0:width]
    return numpy.stack([40 + 180 * x / width, 30 + 200 * y / height,
                        20 + 100 * x / width + 80 * (1 - y / height)], -1).round().astype("uint8")


PIXELS = make_pixels()


def encode(picture, **options):
    target = io.BytesIO()
    picture.save(target, **options)
    return target.getvalue()


def dump(path, *arguments):
    done = run_program(BUILD / "tests" / "picture_dump", path, *arguments)
    assert done.returncode in (0, 1), f"status {done.returncode}: {done.stderr!r}"
    if done.returncode:
        return None, done.stderr.decode("utf-8", "backslashreplace")
    header, _, data = done.stdout.partition(b"\n")
    width, height, channels = map(int, header.split())
    return numpy.frombuffer(data, "uint8").reshape(height, width, channels), ""


@pytest.fixture
def decode(tmp_path):
    def run(data, *arguments, name="picture"):
        path = tmp_path / name
        path.write_bytes(data)
        return dump(path, *arguments)

    return run


def assert_near(pixels, expected, tolerance):
    expected = numpy.asarray(expected)
    assert pixels.shape == expected.shape
    assert numpy.abs(pixels.astype(int) - expected.astype(int)).max() <= tolerance


LOSSLESS = [{"format": "PNG"}, {"format": "WEBP", "lossless": True}]
LOSSY = [{"format": "JPEG", "quality": 95, "subsampling": 0}, {"format": "WEBP", "quality": 95}]


@pytest.mark.parametrize("options", LOSSLESS + LOSSY, ids=str)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation(decode, options, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encode(Image.fromarray(PIXELS), exif=exif, **options)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    pixels, error = decode(data)
    assert error == ""
    assert pixels.shape[:2] == ((HEIGHT, WIDTH) if orientation < 5 else (WIDTH, HEIGHT))
    assert_near(pixels, expected, 0 if options in LOSSLESS else 8)


@pytest.mark.parametrize("options", LOSSLESS, ids=str)
@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_orientation_out_of_range_is_upright(decode, options, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels, error = decode(encode(Image.fromarray(PIXELS), exif=exif, **options))
    assert error == ""
    assert_near(pixels, PIXELS, 0)


@pytest.mark.parametrize("block", [
    b"Exif\0\0", b"Exif\0\0MM\0*\0\0\0\x08\0\1\x01\x12\0\3",
    b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0" + b"\xff" * 200,
    b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12\0\3\xff\xff\xff\xff\xff\xff\xff\xff" * 9])
def test_damaged_exif_is_ignored(decode, block):
    data = encode(Image.fromarray(PIXELS), format="JPEG", quality=95, subsampling=0)
    segment = b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block
    pixels, error = decode(data[:2] + segment + data[2:])
    assert error == ""
    assert_near(pixels, PIXELS, 8)


def test_big_endian_exif_and_another_segment_before_it(decode):
    tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    data = encode(Image.fromarray(PIXELS), format="JPEG", quality=95, subsampling=0)
    segments = b""
    for block in (b"http://ns.adobe.com/xap/1.0/\0<x/>", b"Exif\0\0" + tiff):
        segments += b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block
    pixels, error = decode(data[:2] + segments + data[2:])
    assert error == ""
    assert_near(pixels, numpy.rot90(PIXELS, -1), 8)


@pytest.mark.parametrize("options", [{"progressive": True}, {"subsampling": 2},
                                     {"restart_marker_rows": 1}], ids=str)
def test_jpeg_kinds(decode, options):
    data = encode(Image.fromarray(PIXELS), format="JPEG", quality=95, **options)
    pixels, error = decode(data)
    assert error == ""
    assert_near(pixels, PIXELS, 10)


@pytest.mark.parametrize("options", [{"format": "JPEG", "quality": 95}, {"format": "PNG"}],
                         ids=str)
def test_grey(decode, options):
    grey = Image.fromarray(PIXELS).convert("L")
    pixels, _ = decode(encode(grey, **options))
    assert_near(pixels, grey.convert("RGB"), 6 if options["format"] == "JPEG" else 0)


def test_bilevel(decode):
    bilevel = Image.fromarray(PIXELS).convert("1")
    pixels, _ = decode(encode(bilevel, format="PNG"))
    assert_near(pixels, bilevel.convert("RGB"), 0)


@pytest.mark.parametrize("colors", [2, 4, 16, 200])
@pytest.mark.parametrize("transparency", [None, 0])
def test_palette(decode, colors, transparency):
    palette = Image.fromarray(PIXELS).quantize(colors)
    options = {} if transparency is None else {"transparency": transparency}
    pixels, _ = decode(encode(palette, format="PNG", **options))
    assert_near(pixels, palette.convert("RGB"), 0)


@pytest.mark.parametrize("options", LOSSLESS, ids=str)
def test_alpha_is_dropped_not_blended(decode, options):
    alpha = numpy.tile(numpy.linspace(0, 255, WIDTH).round().astype("uint8"), (HEIGHT, 1))
    rgba = Image.fromarray(numpy.dstack([PIXELS, alpha]))
    if options["format"] == "WEBP":
        options = {**options, "exact": True}
    pixels, _ = decode(encode(rgba, **options))
    assert_near(pixels, PIXELS, 0)


def test_grey_with_alpha(decode):
    grey = Image.fromarray(PIXELS).convert("L")
    both = Image.merge("LA", (grey, Image.new("L", grey.size, 7)))
    pixels, _ = decode(encode(both, format="PNG"))
    assert_near(pixels, grey.convert("RGB"), 0)


def make_png(color_type, bits, rows, width=WIDTH, height=HEIGHT, interlace=0):
    def chunk(kind, body):
        return (struct.pack(">I", len(body)) + kind + body +
                struct.pack(">I", zlib.crc32(kind + body)))

    header = struct.pack(">IIBBBBB", width, height, bits, color_type, 0, 0, interlace)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


@pytest.mark.parametrize("color_type, channels", [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_sixteen_bits(decode, color_type, channels):
    wide = PIXELS.astype(">u2") * 257
    planes = {1: wide[:, :, :1], 2: wide[:, :, :2], 3: wide,
              4: numpy.dstack([wide, wide[:, :, :1]])}[channels].astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in planes)
    pixels, error = decode(make_png(color_type, 16, rows))
    assert error == ""
    expected = PIXELS if channels >= 3 else numpy.repeat(PIXELS[:, :, :1], 3, axis=2)
    assert_near(pixels, expected, 0)


def test_interlaced(decode):
    # One pixel: all of it is in the first pass.
    pixels, error = decode(make_png(2, 8, b"\0\x0a\x14\x1e", 1, 1, interlace=1))
    assert error == ""
    assert pixels.tolist() == [[[10, 20, 30]]]


def test_cmyk(decode):
    cmyk = Image.fromarray(PIXELS).convert("CMYK")
    data = encode(cmyk, format="JPEG", quality=95, subsampling=0)
    pixels, error = decode(data)
    assert error == ""
    assert_near(pixels, PIXELS, 8)


def test_cmyk_without_adobe_marker_follows_the_same_convention(decode):
    data = encode(Image.fromarray(PIXELS).convert("CMYK"), format="JPEG", quality=95, subsampling=0)
    start = data.index(b"\xff\xee")
    length = struct.unpack(">H", data[start + 2:start + 4])[0]
    pixels, error = decode(data[:start] + data[start + 2 + length:])
    assert error == ""
    assert_near(pixels, PIXELS, 8)


@pytest.mark.parametrize("form, expected", [
    ("rgb", PIXELS), ("bgr", PIXELS[:, :, ::-1]), ("unknown", PIXELS),
    ("rgba", numpy.dstack([PIXELS, numpy.full((HEIGHT, WIDTH), 255, "uint8")]))])
def test_channel_order(decode, form, expected):
    pixels, _ = decode(encode(Image.fromarray(PIXELS), format="PNG"), form)
    assert_near(pixels, expected, 0)


@pytest.mark.parametrize("options", LOSSLESS + LOSSY + [{"format": "JPEG", "progressive": True}],
                         ids=str)
def test_truncated_anywhere_is_refused_by_name(decode, options):
    rng = numpy.random.default_rng(5)
    noise = Image.fromarray(rng.integers(0, 256, (64, 64, 3), "uint8"))
    data = encode(noise, **options)
    # Behind the last marker nothing of the picture is lost: a JPEG ends with two bytes.
    cuts = sorted({0, 1, 2, 3, 8, 11, 12, 13, 20, 30, len(data) - 3, len(data) - 4,
                   *(len(data) * i // 40 for i in range(1, 40))})
    for cut in cuts:
        pixels, error = decode(data[:cut], name="cut.bin")
        assert pixels is None, f"{cut} of {len(data)} bytes were taken for a whole picture"
        assert error.startswith("-5 ") and "cut.bin: " in error


@pytest.mark.parametrize("options", LOSSLESS + LOSSY, ids=str)
def test_changed_bytes_never_crash(decode, options):
    data = encode(Image.fromarray(PIXELS), **options)
    rng = numpy.random.default_rng(11)
    for _ in range(60):
        damaged = bytearray(data)
        for _ in range(rng.integers(1, 6)):
            damaged[rng.integers(0, len(data))] = rng.integers(0, 256)
        pixels, error = decode(bytes(damaged), name="damaged.bin")
        assert pixels is not None or (error.startswith("-5 ") and "damaged.bin: " in error)


@pytest.mark.parametrize("data", [
    b"", b"\0", b"GIF89a" + b"\0" * 50, b"BM" + b"\0" * 60, b"%PDF-1.4\n", b"<svg/>",
    b"RIFF\0\0\0\0WAVE", b"\xff\xd8", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\4\0\0\0WEBP",
    b"hello\n" * 1000, b"\xff\xd8\xff" + b"\xff" * 5000, b"\0" * 100000],
    ids=lambda d: repr(d[:16]))
def test_not_a_picture(decode, data):
    pixels, error = decode(data, name="other.jpg")
    assert pixels is None
    assert error.startswith("-5 ") and "other.jpg: " in error


def jpeg_header(width, height):
    data = bytearray(encode(Image.fromarray(PIXELS), format="JPEG"))
    start = data.index(b"\xff\xc0")
    data[start + 5:start + 9] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize("data", [
    make_png(2, 8, b"\0" * 10, 100_000, 100_000), make_png(2, 8, b"\0" * 10, 2**31 - 1, 2**31 - 1),
    make_png(0, 1, b"\0" * 10, 10_001, 10_000), jpeg_header(65500, 65500),
    jpeg_header(10001, 10000)], ids=["png", "png largest", "png just above", "jpeg",
                                     "jpeg just above"])
def test_too_large_is_refused_before_memory_is_taken(decode, data):
    pixels, error = decode(data, name="huge")
    assert pixels is None
    assert error.startswith("-5 ") and "huge: " in error
    assert "100 megapixels" in error or "IHDR" in error or "limit" in error


def test_no_pixels(decode):
    for data in (make_png(2, 8, b"", 0, 5), jpeg_header(0, 10)):
        pixels, error = decode(data)
        assert pixels is None and error.startswith("-5 ")


def test_wrong_checksum_is_refused(decode):
    data = bytearray(encode(Image.fromarray(PIXELS), format="PNG"))
    data[data.index(b"IDAT") + 20] ^= 1
    pixels, error = decode(bytes(data))
    assert pixels is None and error.startswith("-5 ")


def test_animated_webp_is_refused(decode):
    frames = [Image.fromarray(PIXELS), Image.fromarray(255 - PIXELS)]
    data = encode(frames[0], format="WEBP", save_all=True, append_images=frames[1:])
    pixels, error = decode(data)
    assert pixels is None and "animated" in error


def test_bytes_behind_the_end_are_ignored(decode):
    for options in LOSSLESS + LOSSY:
        pixels, error = decode(encode(Image.fromarray(PIXELS), **options) + b"\0" * 33)
        assert error == "", options
        assert_near(pixels, PIXELS, 8)


def test_folder_missing_file_and_endless_device(tmp_path):
    for path, word in ((tmp_path, "folder"), (tmp_path / "none.png", "No such file"),
                       ("/dev/zero", "256 MiB")):
        pixels, error = dump(path)
        assert pixels is None
        assert error.startswith(f"-5 {path}: ") and word in error
