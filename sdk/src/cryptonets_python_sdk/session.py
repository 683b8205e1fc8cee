"""Sessions with typed settings, configurations and answers."""

import math
from typing import Any, Dict, Optional, Tuple, Union

import msgspec
import numpy as np

from .errors import PrivIDError, SessionError
from .idl.gen.privateid_types import CallResult, OperationConfig, SessionSettings
from .images import ImageInputArg
from .img_utils import FORMATS
from .session_native import SessionNative

__all__ = ["ImageInputArg", "Session", "SessionError", "SessionNative"]


def _plain(value: Any) -> Any:
    """Numbers of numpy as numbers of Python."""
    if isinstance(value, np.generic):
        return _finite(value.item())
    raise TypeError(f"{type(value).__name__} is not a value of a configuration")


def _finite(value: Any) -> Any:
    """JSON has no NaN and msgspec would write null: a text, which the library refuses by name."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


_encoder = msgspec.json.Encoder(enc_hook=_plain)
_decoder = msgspec.json.Decoder(CallResult)


def _config_json(config: Optional[OperationConfig], image: Optional[ImageInputArg] = None) -> bytes:
    """The configuration as JSON; the picture's own format wins over the one that it names."""
    if config is None:
        config = OperationConfig()
    if not isinstance(config, OperationConfig):
        raise TypeError(f"the configuration must be an OperationConfig, not "
                        f"{type(config).__name__}")
    values = {name: _finite(value) for name, value in msgspec.structs.asdict(config).items()
              if value is not msgspec.UNSET and value is not None}
    # A format that is none stays, so that the library refuses it.
    if image is not None and values.get("input_image_format", "rgb") in FORMATS:
        values["input_image_format"] = image.image_format
    return _encoder.encode(values)


def _check_image(image: Any) -> ImageInputArg:
    if not isinstance(image, ImageInputArg):
        raise TypeError(f"the picture must be an ImageInputArg, not {type(image).__name__}")
    return image


def _result(json: str) -> CallResult:
    try:
        return _decoder.decode(json)
    except msgspec.DecodeError as error:
        raise PrivIDError(f"the library's answer is not as described: {error}") from error


class Session:
    """A session: operations with typed configurations and answers.

    Any number of threads may use one session. It is closed by close(), at the end of a with block,
    or when it is no longer used.
    """

    def __init__(self, settings: SessionSettings):
        """Raises SessionError if the session cannot be created, PrivIDError if the library is not
        initialised."""
        if not isinstance(settings, SessionSettings):
            raise TypeError(f"the settings must be SessionSettings, not {type(settings).__name__}")
        self._native = SessionNative(_encoder.encode(settings))

    @classmethod
    def from_json(cls, settings_json: Union[str, bytes]) -> "Session":
        """A session from JSON text. Raises msgspec.ValidationError if it is not as described."""
        return cls(msgspec.json.decode(settings_json, type=SessionSettings))

    @classmethod
    def from_dict(cls, settings: Dict[str, Any]) -> "Session":
        """A session from a dict. Raises msgspec.ValidationError if it is not as described."""
        return cls(msgspec.convert(settings, SessionSettings))

    def close(self) -> None:
        """Closes the session; later operations answer API_INVALID_SESSION_HANDLER."""
        self._native.close()

    def __repr__(self) -> str:
        return repr(self._native).replace("SessionNative", "Session")

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def validate(self, image: ImageInputArg,
                 config: Optional[OperationConfig] = None) -> Tuple[int, CallResult]:
        """Finds faces and reports what is to be said about each."""
        return self._on_picture("validate", image, config)

    def estimate_age(self, image: ImageInputArg,
                     config: Optional[OperationConfig] = None) -> Tuple[int, CallResult]:
        """Estimates the age of each face."""
        return self._on_picture("estimate_age", image, config)

    def enroll_onefa(self, image: ImageInputArg,
                     config: Optional[OperationConfig] = None) -> Tuple[int, CallResult]:
        """Enrols the face in a collection."""
        return self._on_picture("enroll_onefa", image, config)

    def face_predict_onefa(self, image: ImageInputArg,
                           config: Optional[OperationConfig] = None) -> Tuple[int, CallResult]:
        """Identifies the face in a collection."""
        return self._on_picture("face_predict_onefa", image, config)

    def anti_spoofing(self, image: ImageInputArg,
                      config: Optional[OperationConfig] = None) -> Tuple[int, CallResult]:
        """Tells a live face from a picture of one."""
        return self._on_picture("anti_spoofing", image, config)

    def face_compare_files(self, image_a: ImageInputArg, image_b: ImageInputArg,
                           config: Optional[OperationConfig] = None) -> Tuple[int, CallResult]:
        """Compares the faces of two pictures."""
        _check_image(image_a)
        _check_image(image_b)
        operation_id, json = self._native.face_compare_files(image_a, image_b,
                                                             _config_json(config, image_a))
        return operation_id, _result(json)

    def face_iso(self, image: ImageInputArg,
                 config: Optional[OperationConfig] = None) -> Tuple[int, CallResult, bytes]:
        """Makes a portrait; its pixels are the third element, empty if there is none."""
        json_config = _config_json(config, _check_image(image))
        operation_id, json, pixels = self._native.face_iso(image, json_config)
        return operation_id, _result(json), pixels

    def doc_scan_face(self, image: ImageInputArg, config: Optional[OperationConfig] = None
                      ) -> Tuple[int, CallResult, bytes, bytes]:
        """Scans a document; the pixels of document and face follow, empty if there are none."""
        json_config = _config_json(config, _check_image(image))
        operation_id, json, document, face = self._native.doc_scan_face(image, json_config)
        return operation_id, _result(json), document, face

    def user_delete(self, puid: str,
                    config: Optional[OperationConfig] = None) -> Tuple[int, CallResult]:
        """Deletes an enrolled person."""
        if not isinstance(puid, str):
            raise TypeError(f"the puid must be a str, not {type(puid).__name__}")
        operation_id, json = self._native.user_delete(puid, _config_json(config))
        return operation_id, _result(json)

    def _on_picture(self, operation: str, image: ImageInputArg,
                    config: Optional[OperationConfig]) -> Tuple[int, CallResult]:
        json_config = _config_json(config, _check_image(image))
        operation_id, json = getattr(self._native, operation)(image, json_config)
        return operation_id, _result(json)
