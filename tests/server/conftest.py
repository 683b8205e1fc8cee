import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import server_support  # noqa: E402


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def server(data):
    with server_support.Server(data) as running:
        yield running


@pytest.fixture
def client(server):
    connected = server.client()
    yield connected
    connected.close()
