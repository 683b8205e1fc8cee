"""What the tests of the command line tool share."""

import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PRIVID_BUILD_DIR", ROOT / "build"))
PICTURES = pathlib.Path(os.environ.get("PRIVID_PICTURES_DIR", ROOT / "build" / "pictures"))


def run_program(path, *arguments, environment=None, timeout=120):
    if not path.exists():
        pytest.fail(f"{path} is not there: run 'make setup' and 'make build' first")
    clean = {k: v for k, v in os.environ.items()
             if k not in ("PRIVID_URL", "PRIVID_API_KEY", "PRIVID_COLLECTION")}
    return subprocess.run([path, *arguments], capture_output=True, timeout=timeout,
                          env={**clean, **(environment or {})})
