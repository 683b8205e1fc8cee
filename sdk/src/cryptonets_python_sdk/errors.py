"""The exceptions of the package.

    Exception
      PrivIDError            the library is not initialised, or was before this process forked;
        SessionError         a session could not be opened: settings, key
        LibraryLoadError     no library, no models, or no way to fetch them

What an operation has to say against a picture or a configuration is not an exception: it stands in
`call_status` of the result. Arguments of a wrong type or form raise TypeError and ValueError, files
that are not there FileNotFoundError, and settings as dict or JSON that are not as described
msgspec.ValidationError. Ctrl-C raises KeyboardInterrupt, also while a backend is waited for.
"""

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
