"""Backends that fail, and what the library tells them: the only tests with a backend of their own,
because a real one does not fail on demand."""

import base64
import contextlib
import json
import socket
import struct
import subprocess
import threading
import time

import cryptonets_python_sdk as sdk
import pytest
from cryptonets_python_sdk import ImageInputArg, OperationConfig, ReturnStatus
from sdk_support import ROOT, SERVER

SESSION_OK = b'{"status":0,"message":"","collections":[]}'


def http(body, status="200 OK", length=None, kind="application/json"):
    head = (f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {len(body) if length is None else length}\r\n\r\n")
    return head.encode() + body


class FaultyBackend:
    """Answers the check of the key rightly and every other request with `fault`."""

    def __init__(self, fault):
        self.fault = fault
        self.bodies = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        with connection, contextlib.suppress(OSError):
            data = b""
            while b"\r\n\r\n" not in data:
                data += connection.recv(65536)
            head, _, body = data.partition(b"\r\n\r\n")
            length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n")
                           if line.lower().startswith(b"content-length:")), 0)
            while len(body) < length:
                body += connection.recv(65536)
            if head.startswith(b"GET"):
                connection.sendall(http(SESSION_OK))
                return
            self.bodies.append(json.loads(body))
            if self.fault is None:
                time.sleep(20)
            elif self.fault == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                      struct.pack("ii", 1, 0))
            else:
                connection.sendall(self.fault)

    def session(self, **collection):
        urls = {"base_url": self.url, **{verb: f"{self.url}/C/{verb}"
                                         for verb in ("enroll", "predict", "deleteUser")}}
        return sdk.Session(sdk.SessionSettings(
            collections={"default": sdk.Collection(named_urls=urls, **collection)},
            session_token="key"))


def error(code, status):
    return http(json.dumps({"error": {"code": code, "message": "because"}}).encode(), status)


ENROLLED = {"status": 0, "message": "", "puid": "p", "guid": "g", "score": 1.0, "enroll_level": 1}
NETWORK, RESPONSE = ReturnStatus.API_NETWORK_ERROR, ReturnStatus.API_MAL_FORMED_AP_RESPONSE
FAULTS = {
    "hangs": (None, NETWORK, "500 ms"),
    "closes": (b"", NETWORK, "cannot be reached"),
    "resets": ("reset", NETWORK, "cannot be reached"),
    "half an answer": (http(b'{"status":', length=500), NETWORK, "cannot be reached"),
    "half a document": (http(b'{"status":'), RESPONSE, "JSON"),
    "html": (http(b"<html>hello</html>", kind="text/html"), RESPONSE, "JSON"),
    "html error": (http(b"<html>gone</html>", "404 Not Found"), RESPONSE, "404"),
    "empty": (http(b""), RESPONSE, "JSON"),
    "a list": (http(b"[]"), RESPONSE, "JSON"),
    "no puid": (http(b'{"status":0}'), RESPONSE, "puid"),
    "no status": (http(b'{"puid":"p"}'), RESPONSE, "status"),
    "text as status": (http(b'{"status":"0","puid":"p"}'), RESPONSE, "status"),
    "not UTF-8": (http(b'{"status":0,"puid":"\xff"}'), RESPONSE, "JSON"),
    "too much": (http(b" " * 2_000_000), RESPONSE, "more than"),
    "deep": (http(b"[" * 500_000), RESPONSE, "JSON"),
    "redirect": (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
                 b"Content-Length: 0\r\n\r\n",
                 RESPONSE, "302"),
    "key refused": (error("unauthorized", "401 Unauthorized"),
                    ReturnStatus.API_AUTHORIZATION_ERROR, "because"),
    "no collection": (error("unknown_collection", "404 Not Found"),
                      ReturnStatus.API_INVALID_CONFIGURATION, "because"),
    "other model": (error("model_mismatch", "409 Conflict"),
                    ReturnStatus.API_INVALID_CONFIGURATION, "because"),
    "unavailable": (http(b"", "503 Service Unavailable"), NETWORK, "503"),
    "internal": (error("internal", "500 Internal Server Error"),
                 ReturnStatus.API_GENERIC_ERROR, "because"),
    "not HTTP": (b"220 mail.example.org ESMTP\r\n", NETWORK, "cannot be reached"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults(library, pictures, fault):
    answer, expected, words = FAULTS[fault]
    backend = FaultyBackend(answer)
    start = time.monotonic()
    with backend.session() as session:
        identifier, result = session.enroll_onefa(ImageInputArg(pictures("obama.jpg")),
                                                  OperationConfig(fetch_timeout_ms=500))
    assert identifier == -1
    assert result.call_status.return_code is expected, result.call_status.return_message
    assert words in result.call_status.return_message
    assert not result.enroll
    assert time.monotonic() - start < 10
    assert len(backend.bodies) >= 1


def test_only_the_template_is_sent_unless_asked(library, pictures):
    backend = FaultyBackend(http(json.dumps(ENROLLED).encode()))
    image = ImageInputArg(pictures("astronaut.png"))
    with backend.session() as session:
        session.enroll_onefa(image, OperationConfig(identifier="visit 7"))
        session.enroll_onefa(image, OperationConfig(send_original_images=True))
    plain, with_image = backend.bodies
    assert set(plain) == {"embedding", "embedding_model", "identifier"}
    assert plain["identifier"] == "visit 7"
    assert base64.b64decode(with_image["image"]).startswith(b"\x89PNG")


def template(session, backend, path):
    backend.bodies.clear()
    session.enroll_onefa(ImageInputArg(path), OperationConfig())
    return struct.unpack("<%df" % (len(base64.b64decode(backend.bodies[0]["embedding"])) // 4),
                         base64.b64decode(backend.bodies[0]["embedding"]))


@pytest.mark.parametrize("model", [14, 19])
def test_golden_templates(library, pictures, model):
    """The first values of the astronaut's template; alignment, colour order and scaling of the
    net's input all move them by more than the tolerance, which is for other processors."""
    golden = json.loads((ROOT / "sdk/tests/golden_templates.json").read_text())
    backend = FaultyBackend(http(json.dumps(ENROLLED).encode()))
    with backend.session(embedding_model_id=model) as session:
        values = template(session, backend, pictures("astronaut.png"))
        other = template(session, backend, pictures("obama.jpg"))
    assert len(values) == {14: 128, 19: 640}[model]
    assert sum(v * v for v in values) == pytest.approx(1, abs=1e-4)
    expected = golden[str(model)]
    step = len(values) // len(expected)
    assert values[::step][:len(expected)] == pytest.approx(expected, abs=2e-3)
    assert sum(a * b for a, b in zip(values, other)) < 0.4


def test_default_is_model_14(library, pictures):
    backend = FaultyBackend(http(json.dumps(ENROLLED).encode()))
    with backend.session() as session:
        session.enroll_onefa(ImageInputArg(pictures("astronaut.png")), OperationConfig())
    assert backend.bodies[0]["embedding_model"] == 14


def test_collection_of_another_model_is_a_conflict(library, backend, pictures):
    urls = backend.named_urls("RES200")
    settings = backend.settings(
        collections={"default": sdk.Collection(named_urls=urls, embedding_model_id=14)})
    with sdk.Session(settings) as session:
        _, result = session.enroll_onefa(ImageInputArg(pictures("obama.jpg")), OperationConfig())
    assert result.call_status.return_code is ReturnStatus.API_INVALID_CONFIGURATION
    assert "19" in result.call_status.return_message


@pytest.fixture
def tls_backend(tmp_path):
    certificate, key, data = tmp_path / "cert.pem", tmp_path / "key.pem", tmp_path / "data"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "2", "-subj", "/CN=127.0.0.1"], check=True, capture_output=True)
    data.mkdir()
    api_key = subprocess.run([SERVER, "key", "create", "--data", data], check=True,
                             capture_output=True, text=True).stdout.strip()
    process = subprocess.Popen([SERVER, "--data", data, "--listen", "127.0.0.1:0",
                                "--tls-certificate", certificate, "--tls-key", key],
                               stdout=subprocess.PIPE, text=True)
    url = process.stdout.readline().removeprefix("listening on ").strip()
    yield url, api_key, certificate
    process.terminate()
    assert process.wait(timeout=30) == 0
    process.stdout.close()


def test_certificate_is_checked_when_asked(library, pictures, tls_backend, capfd):
    url, key, _ = tls_backend
    assert url.startswith("https://")
    urls = {"base_url": url, "enroll": f"{url}/FACE3_4/enroll"}
    settings = sdk.SessionSettings(collections={"default": sdk.Collection(named_urls=urls)},
                                   session_token=key)
    image = ImageInputArg(pictures("obama.jpg"))
    library.set_log_level(1)
    with sdk.Session(settings) as session:
        _, refused = session.enroll_onefa(image, OperationConfig(https_verify_peer_cert=True))
        assert refused.call_status.return_code is ReturnStatus.API_NETWORK_ERROR
        assert "certificate" in refused.call_status.return_message
        for _ in range(2):
            _, accepted = session.enroll_onefa(image,
                                               OperationConfig(https_verify_peer_cert=False))
            assert accepted.enroll.enroll_performed
    library.set_log_level(0)
    assert capfd.readouterr().err.count("is not checked") == 1


def test_certificates_are_checked_with_what_the_environment_names(library, pictures, tls_backend,
                                                                  monkeypatch):
    url, key, certificate = tls_backend
    urls = {"base_url": url, "enroll": f"{url}/FACE3_4/enroll"}
    settings = sdk.SessionSettings(collections={"default": sdk.Collection(named_urls=urls)},
                                   session_token=key)
    image = ImageInputArg(pictures("obama.jpg"))
    checked = OperationConfig(https_verify_peer_cert=True)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    with sdk.Session(settings) as session:
        monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/own.pem")
        _, refused = session.enroll_onefa(image, checked)
        assert refused.call_status.return_code is ReturnStatus.API_INVALID_CONFIGURATION
        assert "SSL_CERT_FILE is /nowhere/own.pem" in refused.call_status.return_message
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        _, accepted = session.enroll_onefa(image, checked)
        assert accepted.enroll.enroll_performed
