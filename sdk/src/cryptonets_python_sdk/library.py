"""The life of the native library in this process."""

import os
import time
from threading import RLock
from typing import Any, List, Optional, Tuple

from ._calls import FORKED, after_fork
from ._models import fetch_models, models_package
from ._native_api import last_error, take_text
from .errors import LibraryLoadError, PrivIDError
from .idl.gen.privateid_types import ReturnStatus
from .library_loader import DefaultLibraryLoadStrategy, LibraryLoadStrategy

__all__ = ["PrivIDError", "PrivIDFaceLib"]

INITIALIZE_SECONDS = 10.0


def _status(number: int) -> Optional[ReturnStatus]:
    return ReturnStatus(number) if number in ReturnStatus.__members__.values() else None


class PrivIDFaceLib:
    """Initialises and shuts down the native library. Every method may be called from any thread."""

    _lock = RLock()
    _lib: Any = None
    _ffi: Any = None
    _forked = False  # this process has a library that only its parent can use
    # Libraries of the caller's own strategies; like ours they are never unloaded.
    _kept: List[Tuple[Any, Any]] = []

    @classmethod
    def initialize(cls, load_strategy: Optional[LibraryLoadStrategy] = None,
                   log_level: int = 0) -> None:
        """Loads the library and makes it ready; fetches missing models. No-op if it is ready.

        log_level: 0 errors, 1 warnings, 2 information, 3 debug.
        Raises LibraryLoadError.
        """
        if not isinstance(log_level, int) or not 0 <= log_level <= 3:
            raise LibraryLoadError(f"log_level must be 0 to 3, not {log_level!r}")
        with cls._lock:
            if cls._forked:
                raise LibraryLoadError(FORKED)
            if cls.is_initialized():
                return
            lib, ffi = cls._load(load_strategy or DefaultLibraryLoadStrategy())
            status, message = cls._start(lib, ffi, log_level)
            if status != 0:
                fetch_models(message)
                status, message = cls._start(lib, ffi, log_level)
            if status != 0:
                raise LibraryLoadError(message, _status(status))
            cls._lib, cls._ffi = lib, ffi

    @classmethod
    def _load(cls, strategy: LibraryLoadStrategy) -> Tuple[Any, Any]:
        try:
            lib, ffi = strategy.load_library()
        except LibraryLoadError:
            raise
        except Exception as error:
            raise LibraryLoadError(f"{type(strategy).__name__}.load_library() failed: "
                                   f"{error}") from error
        if not any(lib is kept for kept, _ in cls._kept):
            cls._kept.append((lib, ffi))
        return lib, ffi

    @staticmethod
    def _start(lib: Any, ffi: Any, log_level: int) -> Tuple[int, str]:
        """(0, "") if the library is ready, else its status and message."""
        folder = models_package()
        directory = os.fsencode(folder) if folder else b""
        lib.privid_initialize_lib(directory, len(directory), log_level)
        status, message = last_error(lib, ffi)
        deadline = time.monotonic() + INITIALIZE_SECONDS
        while not lib.privid_is_library_initialized():
            if status != 0:
                return status, message
            if time.monotonic() > deadline:
                return -1, f"the library was not ready after {INITIALIZE_SECONDS:.0f} seconds"
            time.sleep(0.01)
        return 0, ""

    @classmethod
    def shutdown(cls) -> None:
        """Waits for running operations, closes all sessions and frees the models."""
        with cls._lock:
            if cls._lib is not None:
                cls._lib.privid_shutdown_lib()
            cls._lib = cls._ffi = None

    @classmethod
    def is_initialized(cls) -> bool:
        """Whether the library is ready."""
        with cls._lock:
            return cls._lib is not None and bool(cls._lib.privid_is_library_initialized())

    @classmethod
    def native(cls) -> Tuple[Any, Any]:
        """(lib, ffi) of the initialised library. Raises PrivIDError if it is not initialised."""
        with cls._lock:
            if cls._forked:
                raise PrivIDError(FORKED)
            if not cls.is_initialized():
                raise PrivIDError("the library is not initialised: call "
                                  "PrivIDFaceLib.initialize() first")
            return cls._lib, cls._ffi

    @classmethod
    def get_native_sdk_version(cls) -> str:
        """Version of the native library."""
        lib, ffi = cls.native()
        return str(ffi.string(lib.privid_get_version()).decode("utf-8"))

    @classmethod
    def set_log_level(cls, level: int) -> bool:
        """Sets the log level, 0 to 3. False, and nothing changed, for anything else."""
        lib, _ = cls.native()
        if not isinstance(level, int) or not 0 <= level <= 3:
            return False
        return bool(lib.privid_set_log_level(level))

    @classmethod
    def get_log_level(cls) -> int:
        """The log level, 0 to 3."""
        lib, _ = cls.native()
        return int(lib.privid_get_log_level())

    @classmethod
    def get_models_cache_directory(cls) -> str:
        """Absolute path of the folder that models are read from."""
        lib, ffi = cls.native()
        path, length = ffi.new("char **"), ffi.new("int *")
        found = lib.privid_get_models_cache_directory(path, length)
        if not found:
            status, message = last_error(lib, ffi)
            raise PrivIDError(message or "there is no models directory", _status(status))
        return take_text(lib, ffi, path, length)

    @classmethod
    def free_buffer(cls, buffer_ptr: Any) -> None:
        """Frees a pixel buffer that a native function handed out; only for callers of those."""
        lib, ffi = cls.native()
        lib.privid_free_buffer(ffi.NULL if buffer_ptr is None else buffer_ptr)

    @classmethod
    def free_char_buffer(cls, buffer_ptr: Any) -> None:
        """Frees a text that a native function handed out; only for callers of those."""
        lib, ffi = cls.native()
        lib.privid_free_char_buffer(ffi.NULL if buffer_ptr is None else buffer_ptr)

    @classmethod
    def _forget(cls) -> None:
        """In the child of a fork: the library's threads and locks stayed with the parent."""
        cls._lock = RLock()
        cls._forked = cls._forked or bool(cls._kept)
        cls._lib = cls._ffi = None


after_fork(PrivIDFaceLib._forget)
