"""The model files: cryptonets_python_sdk finds them here when this package is installed."""

from pathlib import Path

__version__ = "0.1.0"


def directory() -> Path:
    """The folder that holds the files, with `cards/` saying whose each is, and its licence."""
    return Path(__file__).resolve().parent / "files"
