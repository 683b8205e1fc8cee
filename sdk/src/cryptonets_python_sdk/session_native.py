"""Sessions with JSON text in and out, straight on the C functions."""

from threading import Lock
from typing import Any, Tuple, Union

import msgspec
import numpy as np

from ._calls import FORKED, Owner, call_interruptibly
from ._native_api import MAX_TEXT, last_error, take_bytes, take_text
from .errors import PrivIDError, SessionError
from .idl.gen.privateid_types import ReturnStatus
from .images import ImageInputArg
from .img_utils import FORMATS
from .library import PrivIDFaceLib

Text = Union[str, bytes, bytearray, memoryview]
Picture = Union[ImageInputArg, bytes, bytearray, memoryview]


class _FormatOnly(msgspec.Struct):
    input_image_format: Any = "rgb"


_format_decoder = msgspec.json.Decoder(_FormatOnly)


def _utf8(text: Any, what: str) -> bytes:
    if text is None:
        return b""
    if isinstance(text, str):
        # A lone surrogate becomes bytes that are no UTF-8: the library says where.
        data = text.encode("utf-8", "surrogatepass")
    elif isinstance(text, (bytes, bytearray, memoryview)):
        data = bytes(text)
    else:
        raise TypeError(f"{what} must be a str or bytes, not {type(text).__name__}")
    if len(data) > MAX_TEXT:
        raise ValueError(f"{what} is longer than 2 GiB")
    return data


def _looks_like_picture(value: Any) -> bool:
    if isinstance(value, (ImageInputArg, np.ndarray)):
        return True
    if not isinstance(value, (bytes, bytearray, memoryview)):
        return False
    start = bytes(value[:12])
    return (start.startswith((b"\xff\xd8", b"\x89PNG"))
            or (start.startswith(b"RIFF") and start.endswith(b"WEBP")))


def _looks_like_config(value: Any) -> bool:
    if value is None:
        return True
    if isinstance(value, str):
        return value.strip() == "" or value.lstrip().startswith("{")
    if isinstance(value, (bytes, bytearray, memoryview)):
        start = bytes(value)
        return start.strip() == b"" or start.lstrip().startswith(b"{")
    return False


def _picture(value: Any) -> ImageInputArg:
    if isinstance(value, ImageInputArg):
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return ImageInputArg(value)
    raise TypeError("the picture must be an ImageInputArg or the bytes of a JPEG, PNG or WebP "
                    f"file, not {type(value).__name__}")


def _config_format(config: bytes) -> str:
    """The format that the library will read from the configuration.

    Where the text is broken or the format unknown, the library refuses it before reading pixels.
    """
    try:
        name = _format_decoder.decode(config).input_image_format if config.strip() else "rgb"
    except (msgspec.DecodeError, RecursionError):
        return "rgb"
    return name if isinstance(name, str) and name in FORMATS else "rgb"


class SessionNative:
    """A session on JSON text. Methods take the picture first; the configuration first works too.

    A configuration is a str or bytes; empty or left out, all defaults count. Pictures are an
    ImageInputArg or the bytes of a JPEG, PNG or WebP file. A picture's own format wins over the
    configuration's input_image_format.
    """

    _handle: Any = None

    def __init__(self, settings_json: Text):
        """Raises SessionError if the session cannot be created, PrivIDError if the library is not
        initialised."""
        self._lock = Lock()
        settings = _utf8(settings_json, "the settings")
        self._lib, self._ffi = PrivIDFaceLib.native()
        self._owner = Owner()
        handle, status, message = call_interruptibly(lambda: self._open(settings))
        if handle is None:
            known = status in ReturnStatus.__members__.values()
            raise SessionError(message or "the session could not be created",
                               ReturnStatus(status) if known else None)
        self._handle = handle

    def _open(self, settings: bytes) -> Tuple[Any, int, str]:
        session = self._ffi.new("void **")
        if self._lib.privid_initialize_session(settings, len(settings), session):
            return session[0], 0, ""
        return (None, *last_error(self._lib, self._ffi))  # of this thread's last call

    def close(self) -> None:
        """Closes the session; later operations answer API_INVALID_SESSION_HANDLER."""
        if not self._owner.is_here():  # it is the parent's, and the lock may be held for ever
            self._handle = None
            return
        with self._lock:
            handle, self._handle = self._handle, None
        if handle is not None:
            self._lib.privid_deinitialize_session(handle)

    def __repr__(self) -> str:
        return f"<SessionNative {'open' if self._handle is not None else 'closed'}>"

    def __enter__(self) -> "SessionNative":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        if self._handle is not None:
            try:
                self.close()
            except Exception:  # the interpreter may be going down
                pass

    def validate(self, image: Picture, config: Text = "") -> Tuple[int, str]:
        """Finds faces and reports what is to be said about each."""
        return self._on_picture(self._lib.privid_validate, image, config)

    def estimate_age(self, image: Picture, config: Text = "") -> Tuple[int, str]:
        """Estimates the age of each face."""
        return self._on_picture(self._lib.privid_estimate_age, image, config)

    def enroll_onefa(self, image: Picture, config: Text = "") -> Tuple[int, str]:
        """Enrols the face in a collection."""
        return self._on_picture(self._lib.privid_enroll_onefa, image, config, online=True)

    def face_predict_onefa(self, image: Picture, config: Text = "") -> Tuple[int, str]:
        """Identifies the face in a collection."""
        return self._on_picture(self._lib.privid_face_predict_onefa, image, config, online=True)

    def anti_spoofing(self, image: Picture, config: Text = "") -> Tuple[int, str]:
        """Tells a live face from a picture of one."""
        return self._on_picture(self._lib.privid_anti_spoofing, image, config)

    def face_compare_files(self, image_a: Picture, image_b: Picture,
                           config: Text = "") -> Tuple[int, str]:
        """Compares the faces of two pictures."""
        given: Any = (image_a, image_b, config)
        if not _looks_like_picture(image_a) and _looks_like_picture(config):
            given = (image_b, config, image_a)
        text = _utf8(given[2], "the configuration")
        pixels = [*self._pixels(given[0], text), *self._pixels(given[1], text)]
        return self._call(self._lib.privid_face_compare_files, text, *pixels)

    def face_iso(self, image: Picture, config: Text = "") -> Tuple[int, str, bytes]:
        """Makes a portrait; its pixels are the third element, empty if there is none."""
        picture, text = self._in_order(image, config)
        out, length = self._ffi.new("uint8_t **"), self._ffi.new("int *")
        operation_id, json = self._call(self._lib.privid_face_iso, text,
                                        *self._pixels(picture, text), out, length)
        return operation_id, json, take_bytes(self._lib, self._ffi, out, length)

    def doc_scan_face(self, image: Picture, config: Text = "") -> Tuple[int, str, bytes, bytes]:
        """Scans a document; the pixels of document and face follow, empty if there are none."""
        picture, text = self._in_order(image, config)
        new = self._ffi.new
        document, face = (new("uint8_t **"), new("int *")), (new("uint8_t **"), new("int *"))
        operation_id, json = self._call(self._lib.privid_doc_scan_face, text,
                                        *self._pixels(picture, text), *document, *face)
        return (operation_id, json, take_bytes(self._lib, self._ffi, *document),
                take_bytes(self._lib, self._ffi, *face))

    def user_delete(self, puid: Text, config: Text = "") -> Tuple[int, str]:
        """Deletes an enrolled person."""
        if _looks_like_config(puid) and not _looks_like_config(config):
            puid, config = config, puid
        text, name = _utf8(config, "the configuration"), _utf8(puid, "the puid")
        return self._call(self._lib.privid_user_delete, text, name, len(name), online=True)

    @staticmethod
    def _in_order(image: Any, config: Any) -> Tuple[Any, bytes]:
        if not _looks_like_picture(image) and _looks_like_picture(config):
            image, config = config, image
        return image, _utf8(config, "the configuration")

    def _pixels(self, image: Any, config: bytes) -> Tuple[Any, int, int]:
        picture = _picture(image)
        pixels = picture.pixels_as(_config_format(config))
        # from_buffer keeps the array alive as long as the pointer.
        return self._ffi.from_buffer("uint8_t[]", pixels), picture.width, picture.height

    def _on_picture(self, function: Any, image: Any, config: Any,
                    online: bool = False) -> Tuple[int, str]:
        image, text = self._in_order(image, config)
        return self._call(function, text, *self._pixels(image, text), online=online)

    def _call(self, function: Any, config: bytes, *arguments: Any,
              online: bool = False) -> Tuple[int, str]:
        if not self._owner.is_here():
            raise PrivIDError(FORKED)
        handle = self._handle if self._handle is not None else self._ffi.NULL

        def call() -> Tuple[int, str]:
            json, length = self._ffi.new("char **"), self._ffi.new("int *")
            operation_id = function(handle, config, len(config), *arguments, json, length)
            return int(operation_id), take_text(self._lib, self._ffi, json, length)

        return call_interruptibly(call) if online else call()
