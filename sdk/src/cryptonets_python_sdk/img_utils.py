"""Pictures: files to arrays and back, and the order of channels."""

import io
import os
from pathlib import Path
from typing import Tuple, Union

import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage
from PIL import ImageOps, UnidentifiedImageError

from .idl.gen.privateid_types import Color, Depth, ImageInfo

FORMATS = {"rgb": 3, "bgr": 3, "rgba": 4}
MAX_PIXELS = 100_000_000
FILE_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")
ORIENTATION_TAG = 0x0112

_CHANNELS = {Color.P_MONO: 1, Color.P_BGR: 3, Color.P_RGB: 3, Color.P_BGRA: 4, Color.P_RGBA: 4}

FileSource = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview]
Pixels = npt.NDArray[np.uint8]


def check_format(name: str) -> str:
    """The name in lower case; ValueError unless it is a pixel format."""
    if not isinstance(name, str) or name.lower() not in FORMATS:
        raise ValueError(f'image format {name!r} is not known: use "rgb", "bgr" or "rgba"')
    return name.lower()


def _describe(source: Union[FileSource, PillowImage.Image]) -> str:
    if isinstance(source, PillowImage.Image):
        return "the Pillow image"
    if isinstance(source, (bytes, bytearray, memoryview)):
        return f"the {len(bytes(source))} bytes given"
    return str(source)


def _orientation(image: PillowImage.Image) -> int:
    try:
        value = image.getexif().get(ORIENTATION_TAG, 1)
    except Exception:  # damaged EXIF: Pillow raises many kinds of errors
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _to_eight_bits(image: PillowImage.Image) -> PillowImage.Image:
    """Pillow clips deep grey pictures where it should scale them."""
    if image.mode.startswith("I"):
        values = np.asarray(image, dtype=np.int64).clip(0, 65535)
        return PillowImage.fromarray((values // 257).astype(np.uint8))
    if image.mode == "P":  # transparency of a palette is lost otherwise
        return image.convert("RGBA")
    return image


def _pixels_of(image: PillowImage.Image, name: str, format: str,
               apply_rotation: bool) -> Tuple[Pixels, int]:
    if image.width * image.height > MAX_PIXELS:
        raise ValueError(f"{name}: {image.width} x {image.height} pixels are more than "
                         "100 megapixels")
    if image.width < 1 or image.height < 1:
        raise ValueError(f"{name}: there are no pixels in it")
    orientation = _orientation(image)
    if apply_rotation and orientation != 1:
        image = ImageOps.exif_transpose(image)
    image = _to_eight_bits(image).convert("RGBA" if format == "rgba" else "RGB")
    return np.asarray(image, dtype=np.uint8), orientation


class ImageUtils:
    """Reads, converts and writes pictures."""

    @staticmethod
    def decode(source: Union[FileSource, PillowImage.Image], format: str = "rgb",
               apply_rotation: bool = True) -> Tuple[Pixels, int]:
        """Pixels of a picture file (a path, or the bytes of the file) or of a Pillow image, and its
        EXIF orientation.

        The pixels come as an array of height x width x channels, upright if apply_rotation is true.
        FileNotFoundError if there is no such file, ValueError if it is no picture.
        """
        format = check_format(format)
        name = _describe(source)
        try:
            if isinstance(source, PillowImage.Image):
                pixels, orientation = _pixels_of(source, name, format, apply_rotation)
            else:
                in_memory = isinstance(source, (bytes, bytearray, memoryview))
                stream = io.BytesIO(source) if in_memory else Path(source)  # type: ignore[arg-type]
                with PillowImage.open(stream, formats=FILE_FORMATS) as image:
                    pixels, orientation = _pixels_of(image, name, format, apply_rotation)
        except (FileNotFoundError, IsADirectoryError, PermissionError):
            raise
        except PillowImage.DecompressionBombError as error:
            raise ValueError(f"{name}: more than 100 megapixels") from error
        except UnidentifiedImageError as error:
            raise ValueError(f"{name}: not a picture of a known kind (JPEG, PNG, WebP)") from error
        except ValueError:
            raise
        except (OSError, SyntaxError, EOFError, OverflowError, MemoryError) as error:
            raise ValueError(f"{name}: damaged picture: {error}") from error
        decoded_as = "rgba" if format == "rgba" else "rgb"
        return ImageUtils.convert(pixels, decoded_as, format), orientation

    @staticmethod
    def convert(pixels: Pixels, from_format: str, to_format: str) -> Pixels:
        """The same picture in another pixel format, tightly packed."""
        from_format, to_format = check_format(from_format), check_format(to_format)
        if from_format != to_format:
            if from_format == "bgr":
                pixels = pixels[..., ::-1]
            rgb = pixels[..., :3]
            if to_format == "rgba":
                opaque = np.full(rgb.shape[:2] + (1,), 255, dtype=np.uint8)
                pixels = np.concatenate([rgb, opaque], axis=2)
            else:
                pixels = rgb[..., ::-1] if to_format == "bgr" else rgb
        return np.ascontiguousarray(pixels)

    @staticmethod
    def from_buffer(data: bytes, info: ImageInfo) -> Pixels:
        """The pixels that an operation handed out, as an array of height x width x channels."""
        if info.depth != Depth.P_CV_8U or _CHANNELS.get(info.color) != info.channels:
            raise ValueError(f"unexpected pixel format: {info}")
        expected = info.width * info.height * info.channels
        if info.width < 1 or info.height < 1 or len(data) != expected:
            raise ValueError(f"{len(data)} bytes are no picture of {info.width} x {info.height} "
                             f"pixels with {info.channels} channels")
        return np.frombuffer(data, dtype=np.uint8).reshape(info.height, info.width, info.channels)

    @staticmethod
    def save(pixels: Pixels, path: Union[str, "os.PathLike[str]"], format: str = "rgb") -> None:
        """Writes the pixels to a file; its name says of which kind."""
        target = "rgba" if check_format(format) == "rgba" else "rgb"
        PillowImage.fromarray(ImageUtils.convert(pixels, format, target)).save(path)
