"""Where the examples find their backend: the environment, a .env file, or a server of their own.

PRIVID_URL and PRIVID_API_KEY name it, PRIVID_COLLECTION the collection on it (default FACE3_4). A
file .env in the working directory may hold them as NAME=VALUE lines; the environment wins.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from cryptonets_python_sdk import Collection, SessionSettings

NAMES = ("PRIVID_URL", "PRIVID_API_KEY", "PRIVID_COLLECTION")


def read_environment():
    values = {}
    file = Path(".env")
    if file.is_file():
        for line in file.read_text().splitlines():
            name, equals, value = line.partition("=")
            if equals and name.strip() in NAMES:
                values[name.strip()] = value.strip().strip("\"'")
    values.update({name: os.environ[name] for name in NAMES if os.environ.get(name)})
    return values


def make_settings(url="", key="", collection="FACE3_4"):
    """Of a session; without a url it can do all that needs no backend."""
    base = url.rstrip("/")
    urls = {"base_url": base, **{verb: f"{base}/{collection}/{verb}"
                                 for verb in ("predict", "enroll", "deleteUser")}} if base else {}
    return SessionSettings(collections={"default": Collection(named_urls=urls)}, session_token=key)


class LocalServer:
    """A privid-server on a free port, with a temporary folder that goes with it."""

    def __init__(self):
        program = shutil.which("privid-server")
        if not program:
            raise RuntimeError("privid-server is not on PATH")
        self._folder = tempfile.TemporaryDirectory(prefix="privid-")
        made = subprocess.run([program, "key", "create", "--data", self._folder.name],
                              capture_output=True, text=True, check=True)
        self.key = made.stdout.strip()
        self._process = subprocess.Popen(
            [program, "--data", self._folder.name, "--listen", "127.0.0.1:0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        if not line.startswith("listening on "):
            self.stop()
            raise RuntimeError("privid-server did not start")
        self.url = line.removeprefix("listening on ").strip()

    def stop(self):
        self._process.terminate()
        self._process.wait()
        self._process.stdout.close()
        self._folder.cleanup()


class Backend:
    """`with Backend() as backend:` gives settings, of a local server where none is named."""

    def __init__(self, output=None):
        self.output = output or sys.stdout
        self.server = None

    def __enter__(self):
        values = read_environment()
        if not values.get("PRIVID_URL"):
            self.server = LocalServer()
            values.update(PRIVID_URL=self.server.url, PRIVID_API_KEY=self.server.key)
            print(f"no PRIVID_URL: a server of our own is at {self.server.url}", file=self.output)
        self.settings = make_settings(values["PRIVID_URL"], values.get("PRIVID_API_KEY", ""),
                                      values.get("PRIVID_COLLECTION", "FACE3_4"))
        return self

    def __exit__(self, *_):
        if self.server:
            self.server.stop()
