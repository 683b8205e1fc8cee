"""Synthetic packages, a registry on this machine, and the tool under test."""

import hashlib
import http.server
import io
import json
import os
import shutil
import ssl
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OFFLINE = os.environ.get("PRIVID_TEST_OFFLINE") == "1"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def pin(data):
    return {"sha256": sha256(data), "size": len(data)}


@pytest.fixture(scope="session")
def tool():
    path = os.environ.get("PRIVID_MODELS_TOOL")
    if not path:
        pytest.fail("PRIVID_MODELS_TOOL is not set: run this through ctest")
    return path


class Registry(http.server.ThreadingHTTPServer):
    """Serves bytes by path; counts requests; can be slow, short, moody."""

    daemon_threads = True

    def __init__(self, certificate=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = {}
        self.requests = []  # (path, Range header)
        self.answers = {}  # path -> (status, headers)
        self.ranges = True
        self.delay = 0.0  # seconds between blocks
        self.cut_after = None  # bytes after which the connection is closed
        self.hang = False
        scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, request, address):
        pass  # clients that go away are part of the tests

    def count(self, path):
        return sum(1 for known, _ in self.requests if known == path)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        server = self.server
        path = self.path.split("?")[0]
        wanted = self.headers.get("Range")
        server.requests.append((path, wanted))
        if server.hang:
            time.sleep(30)
            self.close_connection = True
            return
        if path in server.answers:
            status, headers = server.answers[path]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        data = server.files.get(path)
        if data is None:
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        start = 0
        if wanted and server.ranges:
            start = int(wanted.split("=")[1].split("-")[0])
            if start >= len(data):
                self.send_response(416)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        kinds = {".json": "application/json", ".html": "text/html"}
        self.send_header("Content-Type", kinds.get(Path(path).suffix, "application/octet-stream")
                         if not path.endswith("/") else "text/html")
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        block = 64 * 1024
        for at in range(start, len(data), block):
            if server.cut_after is not None and at - start >= server.cut_after:
                self.close_connection = True
                return
            self.wfile.write(data[at : at + block])
            if server.delay:
                time.sleep(server.delay)


@pytest.fixture
def registry():
    server = Registry()
    yield server
    server.shutdown()
    server.server_close()


class World:
    """A folder of its own with a manifest, packages in the registry, and an environment."""

    def __init__(self, tool, folder, registry):
        self.tool = tool
        self.folder = folder
        self.registry = registry
        self.models = folder / "models"
        self.rows = []
        kept = ("PATH", "LANG", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS",
                "PYENV_ROOT")
        self.environment = {name: os.environ[name] for name in kept if name in os.environ}
        self.environment.update(
            HOME=str(folder),
            PIP_CONFIG_FILE="/dev/null",
            PIP_INDEX_URL=registry.url + "/simple",
            PIP_RETRIES="0",
            PIP_NO_CACHE_DIR="1",
            PRIVID_PYTHON=sys.executable,
            npm_config_registry=registry.url + "/npm/",
            npm_config_fetch_retries="0",
            npm_config_update_notifier="false",
        )

    # --- packages ---

    def wheel(self, name, members, version="1.0", tag="py3-none-any"):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, data in members.items():
                archive.writestr(path, data)
            archive.writestr(f"{name}-{version}.dist-info/METADATA",
                             f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
            archive.writestr(f"{name}-{version}.dist-info/WHEEL",
                             f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
            archive.writestr(f"{name}-{version}.dist-info/RECORD", "")
        return self.publish_pypi(name, version, f"{name}-{version}-{tag}.whl", buffer.getvalue())

    def zip(self, members):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, data in members.items():
                archive.writestr(path, data)
        return buffer.getvalue()

    def tar(self, members):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            for path, data in members.items():
                entry = tarfile.TarInfo(path)
                if isinstance(data, str):
                    entry.type, entry.linkname = tarfile.SYMTYPE, data
                    archive.addfile(entry)
                else:
                    entry.size = len(data)
                    archive.addfile(entry, io.BytesIO(data))
        return buffer.getvalue()

    def publish_pypi(self, name, version, file, data):
        page = f"/simple/{name}/"
        self.registry.files[f"/files/{file}"] = data
        link = f'<a href="/files/{file}">{file}</a>'.encode()
        self.registry.files[page] = (
            self.registry.files.get(page, b"<!DOCTYPE html><html><body>") + link)
        return {"registry": "pypi", "name": name, "version": version, "archive": file, **pin(data)}

    def npm(self, name, members, version="1.0.0"):
        members = {"package/package.json": json.dumps(
            {"name": name, "version": version}).encode(), **members}
        data = self.tar(members)
        file = f"{name}-{version}.tgz"
        self.registry.files[f"/files/{file}"] = data
        self.registry.files[f"/npm/{name}"] = json.dumps({
            "name": name, "dist-tags": {"latest": version},
            "versions": {version: {"name": name, "version": version, "dist": {
                "tarball": f"{self.registry.url}/files/{file}",
                "shasum": hashlib.sha1(data).hexdigest()}}}}).encode()
        return {"registry": "npm", "name": name, "version": version, "archive": file, **pin(data)}

    # --- the manifest ---

    def row(self, id, package, path, source, prepared=None, script=None, documented=True,
            container=None, companion=None):
        prepared = source if prepared is None else prepared
        entry = {"file": f"{id}.bin", **pin(prepared)}
        if script:
            entry.update(script=script, arguments=["--word", "a b"])
        self.rows.append({
            "id": id, "role": "part", "version": "1", "package": package, "path": path,
            "source": pin(source), "prepared": entry, "licence": "MIT",
            "origin_documented": documented, "origin": "Made by a test.", "inputs": [],
            "outputs": []})
        if container:
            self.rows[-1]["container"] = container
        if companion:
            self.rows[-1]["companion"] = companion
        return self.rows[-1]

    def own(self, id, data, committed=None):
        """A row of weights of our own; committed: what lies there, if not the pinned bytes."""
        (self.folder / "weights").mkdir(exist_ok=True)
        committed = data if committed is None else committed
        (self.folder / "weights" / f"{id}.onnx").write_bytes(committed)
        self.rows.append({
            "id": id, "role": "part", "version": "1", "weights": f"weights/{id}.onnx",
            "prepared": {"file": f"{id}.bin", **pin(data)}, "licence": "MIT",
            "origin_documented": True, "origin": "Made by a test.", "inputs": [], "outputs": []})

    def script(self, text):
        (self.folder / "prepare").mkdir(exist_ok=True)
        (self.folder / "prepare" / "script.py").write_text(text)
        return "prepare/script.py"

    def command(self, *words, manifest=True):
        arguments = [self.tool, "models", *words]
        if manifest:
            path = self.folder / "manifest.json"
            path.write_text(json.dumps({"schema": 1, "models": self.rows}))
            arguments += ["--manifest", str(path), "--dir", str(self.models)]
        return arguments

    def run(self, *words, manifest=True, **options):
        return subprocess.run(self.command(*words, manifest=manifest), capture_output=True,
                              text=True, timeout=240, env=self.environment, **options)

    def start(self, *words):
        return subprocess.Popen(self.command(*words), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env=self.environment)

    def content(self, id):
        return (self.models / f"{id}.bin").read_bytes()

    def leftovers(self):
        return sorted(path.name for path in self.models.glob(".fetch-*"))

    def running(self):
        """Processes that still work in the folder."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if any(str(self.models) in word for word in words):
                found.append(words)
        return found


@pytest.fixture
def world(tool, tmp_path, registry):
    return World(tool, tmp_path, registry)


@pytest.fixture
def npm():
    if not shutil.which("npm"):
        pytest.skip("npm is not installed: the npm registry client is not tested")
