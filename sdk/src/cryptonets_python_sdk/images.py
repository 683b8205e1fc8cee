"""The picture that an operation is given."""

import os
from pathlib import Path
from typing import Any, Optional, Protocol, Union

import numpy as np
from PIL import Image as PillowImage

from .img_utils import FORMATS, MAX_PIXELS, FileSource, ImageUtils, Pixels, check_format


class BinaryFile(Protocol):
    """What open(path, "rb") gives, or io.BytesIO, or an answer of an HTTP client."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, all of them without a size."""
        ...


ImageSource = Union[FileSource, BinaryFile, Pixels, PillowImage.Image]


def _check_array(pixels: "np.ndarray[Any, Any]", format: str) -> Pixels:
    if pixels.dtype != np.uint8:
        raise ValueError(f"the array has the type {pixels.dtype}; it must be uint8")
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.ndim not in (2, 3):
        raise ValueError(f"the array has the shape {pixels.shape}; it must be height x width x "
                         "channels, or height x width for grey")
    height, width = pixels.shape[:2]
    if height < 1 or width < 1:
        raise ValueError(f"the array has the shape {pixels.shape}: there are no pixels in it")
    if height * width > MAX_PIXELS:
        raise ValueError(f"{width} x {height} pixels are more than 100 megapixels")
    if pixels.ndim == 2:
        grey = np.repeat(pixels[:, :, np.newaxis], 3, axis=2)
        return ImageUtils.convert(grey, "rgb", "rgba" if format == "rgba" else "rgb")
    if pixels.shape[2] != FORMATS[format]:
        raise ValueError(f'the array has {pixels.shape[2]} channels; the format "{format}" has '
                         f"{FORMATS[format]}")
    return np.ascontiguousarray(pixels)


def _read(source: Any) -> bytes:
    read = getattr(source, "read", None)
    if not callable(read):
        raise TypeError("a picture is a path, the bytes of a file, a binary file object, a Pillow "
                        f"image or a numpy array, not {type(source).__name__}")
    data = read()
    if not isinstance(data, (bytes, bytearray)):
        raise TypeError(f"{type(source).__name__}.read() gives {type(data).__name__}; open the "
                        'file with the mode "rb"')
    return bytes(data)


class ImageInputArg:
    """A picture: a file, the bytes of a file, a Pillow image, or an array of pixels.

    source: path of a JPEG, PNG or WebP file, its bytes, a binary file object (read from where it
        is to its end), a Pillow image, or a uint8 array of height x width x channels (height x
        width for grey).
    format: "rgb", "bgr" or "rgba". Of an array it says how the channels are ordered; all else is
        converted to it. It wins over the configuration's input_image_format.
    apply_rotation: turn a file or Pillow image upright as its EXIF orientation says.

    A packed array is not copied: the library reads the caller's memory during an operation, so
    other threads are to leave it alone for so long.
    """

    image_array: Pixels
    width: int
    height: int
    orientation: int
    image_format: str
    path: Optional[Path]

    def __init__(self, source: ImageSource, format: str = "rgb", apply_rotation: bool = True):
        self.image_format = check_format(format)
        self.orientation = 1
        if isinstance(source, np.ndarray):
            self.image_array = _check_array(source, self.image_format)
        else:
            if not isinstance(source, (str, os.PathLike, bytes, bytearray, memoryview,
                                       PillowImage.Image)):
                source = _read(source)
            self.image_array, self.orientation = ImageUtils.decode(source, self.image_format,
                                                                   apply_rotation)
        self.height, self.width = self.image_array.shape[:2]
        self.path = Path(source) if isinstance(source, (str, os.PathLike)) else None

    @property
    def image_data(self) -> bytes:
        """The pixels, tightly packed, row by row."""
        return self.image_array.tobytes()

    def pixels_as(self, format: str) -> Pixels:
        """The pixels in another format; the picture itself stays as it is."""
        return ImageUtils.convert(self.image_array, self.image_format, format)

    def __repr__(self) -> str:
        origin = f" of {self.path}" if self.path else ""
        return f"<ImageInputArg {self.width} x {self.height} {self.image_format}{origin}>"
