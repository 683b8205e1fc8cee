"""Where the native library comes from."""

import os
from abc import ABC, abstractmethod
from pathlib import Path
from threading import Lock
from typing import Any, Dict, List, Optional, Tuple

from cffi import FFI

from ._native_api import C_DECLARATIONS
from .errors import LibraryLoadError

__all__ = ["DefaultLibraryLoadStrategy", "LibraryLoadError", "LibraryLoadStrategy"]

PACKAGE = Path(__file__).resolve().parent
SYSTEM_NAMES = ("libprivid.so", "libprivid_fhe.so")
HOW_TO_GET_IT = ("build it with 'make build' in a checkout of privid and install the package again "
                 "from there, or set PRIVID_LIBRARY to the file libprivid.so")

# A loaded library is never unloaded: sessions and threads of its own may still be using it.
_loaded: Dict[str, Tuple[Any, Any]] = {}
_loaded_lock = Lock()


def checkout_root() -> Optional[Path]:
    """The checkout that the package runs from; None for an ordinary install."""
    parents = PACKAGE.parents
    if len(parents) > 2 and (parents[2] / "include" / "privid" / "privid.h").is_file():
        return parents[2]
    return None


class LibraryLoadStrategy(ABC):
    """A way to find and load the native library."""

    @abstractmethod
    def load_library(self) -> Tuple[Any, Any]:
        """The loaded library and the cffi FFI that it was loaded with, as (lib, ffi).

        Raises LibraryLoadError if there is none.
        """


class DefaultLibraryLoadStrategy(LibraryLoadStrategy):
    """Looks at PRIVID_LIBRARY, then in the package, the checkout and the system's library folders.

    PRIVID_LIBRARY is the path of the file; if it is set, nothing else is tried.
    """

    def load_library(self) -> Tuple[Any, Any]:
        chosen = os.environ.get("PRIVID_LIBRARY")
        if chosen:
            if not Path(chosen).is_file():
                raise LibraryLoadError(f"PRIVID_LIBRARY is {chosen}, which is not a file")
            return self._open(chosen)
        tried: List[str] = []
        for path in self._places():
            if path.is_file():
                return self._open(str(path))
            tried.append(str(path))
        for name in SYSTEM_NAMES:
            try:
                return self._open(name)
            except LibraryLoadError:
                tried.append(f"{name} in the system's library folders")
        raise LibraryLoadError(f"the native library is missing: {HOW_TO_GET_IT} (looked for "
                               f"{', '.join(tried)})")

    @staticmethod
    def _places() -> List[Path]:
        places = [PACKAGE / "_native" / "lib" / "libprivid.so"]
        root = checkout_root()
        if root:
            places.append(root / "build" / "lib" / "libprivid.so")
        return places

    @staticmethod
    def _open(name: str) -> Tuple[Any, Any]:
        with _loaded_lock:
            if name not in _loaded:
                ffi = FFI()
                ffi.cdef(C_DECLARATIONS)
                try:
                    lib: Any = ffi.dlopen(name)
                    lib.privid_get_version  # noqa: B018 - is it the right library?
                except (OSError, AttributeError) as error:
                    raise LibraryLoadError(f"{name} cannot be loaded: {error}") from error
                _loaded[name] = (lib, ffi)
            return _loaded[name]
