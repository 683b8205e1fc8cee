"""Face biometrics: compare, enrol, identify and delete people."""

from ._version import __version__
from .batches import BatchItem, process_batch
from .drawing import draw
from .errors import LibraryLoadError, PrivIDError, SessionError
from .flags import FlagUtil
from .idl.gen import privateid_types as _types
from .idl.gen.privateid_types import *  # noqa: F403 - every struct and enum of the interface
from .img_utils import ImageUtils
from .library import PrivIDFaceLib
from .library_loader import DefaultLibraryLoadStrategy, LibraryLoadStrategy
from .session import ImageInputArg, Session, SessionNative

__all__ = [
    "BatchItem",
    "DefaultLibraryLoadStrategy",
    "FlagUtil",
    "ImageInputArg",
    "ImageUtils",
    "LibraryLoadError",
    "LibraryLoadStrategy",
    "PrivIDError",
    "PrivIDFaceLib",
    "Session",
    "SessionError",
    "SessionNative",
    "__version__",
    "draw",
    "process_batch",
]
__all__ += _types.__all__
