"""The real library, the real server and real pictures.

PRIVID_BUILD_DIR is the build folder, PRIVID_PICTURES the folder of test pictures.
"""

import os
import pathlib
import subprocess

import cryptonets_python_sdk as sdk

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PRIVID_BUILD_DIR", ROOT / "build"))
PICTURES = pathlib.Path(os.environ.get("PRIVID_PICTURES", BUILD / "pictures"))
SERVER = BUILD / "bin" / "privid-server"


class Backend:
    """A running privid-server with one API key."""

    def __init__(self, data, server=SERVER):
        self.data = data
        self.server = server
        self.key = self.manage("key", "create").strip()
        self.process = subprocess.Popen(
            [server, "--data", data, "--listen", "127.0.0.1:0"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=open(data / "server.log", "w"), text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening on "), (data / "server.log").read_text()
        self.url = line.removeprefix("listening on ").strip()

    def manage(self, *command):
        done = subprocess.run([self.server, *command, "--data", self.data], check=True,
                              capture_output=True, text=True, timeout=60)
        return done.stdout

    def named_urls(self, path="FACE3_4"):
        urls = {verb: f"{self.url}/{path}/{verb}" for verb in ("predict", "enroll", "deleteUser")}
        return {"base_url": self.url, **urls}

    def settings(self, **changes):
        values = {"collections": {"default": sdk.Collection(named_urls=self.named_urls())},
                  "session_token": self.key, **changes}
        return sdk.SessionSettings(**values)

    def stop(self):
        self.process.terminate()
        assert self.process.wait(timeout=30) == 0
        self.process.stdout.close()
