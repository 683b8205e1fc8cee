"""Fixtures: the real library, the real server and real pictures."""

import json
import pathlib
import shutil
import subprocess
import sys

import pytest

import cryptonets_python_sdk as sdk

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from document_pictures import open_desk  # noqa: E402
from face_pictures import open_gallery  # noqa: E402
from sdk_support import BUILD, PICTURES, ROOT, Backend  # noqa: E402


@pytest.fixture
def backend(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    running = Backend(data)
    yield running
    if running.process.poll() is None:
        running.stop()


@pytest.fixture
def library():
    sdk.PrivIDFaceLib.initialize()
    yield sdk.PrivIDFaceLib
    sdk.PrivIDFaceLib.shutdown()


@pytest.fixture
def offline(library):
    """A session without a backend."""
    with sdk.Session.from_dict({"collections": {"default": {"named_urls": {}}},
                                "session_token": ""}) as session:
        yield session


@pytest.fixture(scope="session")
def pictures():
    listed = json.loads((ROOT / "tests" / "pictures.json").read_text())["models"]
    if not all((PICTURES / row["prepared"]["file"]).is_file() for row in listed):
        tool = BUILD / "bin" / "privid"
        assert shutil.which(str(tool)), f"{tool} is not built"
        subprocess.run([tool, "models", "fetch", "--manifest", ROOT / "tests" / "pictures.json",
                        "--dir", PICTURES], check=True)
    return lambda name: PICTURES / name


@pytest.fixture(scope="module")
def gallery(pictures):
    yield from open_gallery(pictures)


@pytest.fixture(scope="module")
def desk():
    yield from open_desk()
