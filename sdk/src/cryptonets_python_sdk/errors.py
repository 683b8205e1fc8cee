"""The exceptions of the package."""

from typing import Optional

from .idl.gen.privateid_types import ReturnStatus


class PrivIDError(Exception):
    """Base of every error of this package.

    `status` is the library's own status where it gave one, else None.
    """

    def __init__(self, message: str, status: Optional[ReturnStatus] = None):
        super().__init__(message)
        self.status = status


class SessionError(PrivIDError):
    """A session could not be created."""


class LibraryLoadError(PrivIDError):
    """The native library could not be loaded or initialised."""
