"""Starts the real privid-server and talks to it over real sockets."""

import base64
import http.client
import json
import os
import pathlib
import signal
import ssl
import subprocess
import threading

import numpy

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PRIVID_BUILD_DIR", REPOSITORY / "build"))
BINARY = BUILD / "bin" / "privid-server"
START_TIMEOUT_S = 60


def run(*arguments, timeout=60):
    """One administrative command; output, errors and exit code are in the result."""
    return subprocess.run(
        [str(BINARY), *map(str, arguments)], capture_output=True, text=True, timeout=timeout
    )


def create_key(data, name=None):
    result = run("key", "create", "--data", data, *(["--name", name] if name else []))
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def vector(seed, dimension=128):
    """A unit vector in the direction that belongs to seed."""
    values = numpy.random.default_rng(seed).standard_normal(dimension)
    return values / numpy.linalg.norm(values)


def near(base, cosine, seed):
    """A unit vector whose cosine to base is cosine; seed is not the one that base came from."""
    rest = numpy.random.default_rng(seed).standard_normal(len(base))
    rest -= rest.dot(base) * base
    assert numpy.linalg.norm(rest) > 1e-6
    rest /= numpy.linalg.norm(rest)
    return cosine * base + numpy.sqrt(1.0 - cosine * cosine) * rest


def encode(values):
    return base64.b64encode(numpy.asarray(values, dtype="<f4").tobytes()).decode()


class Client:
    """One connection that is kept alive; not for several threads."""

    def __init__(self, server, key=None, timeout=60):
        self.key = server.key if key is None else key
        if server.tls:
            context = ssl._create_unverified_context()
            self.connection = http.client.HTTPSConnection(
                "127.0.0.1", server.port, timeout=timeout, context=context
            )
        else:
            self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout)

    def raw(self, method, path, body=None, headers=None):
        """Status and the bytes of the answer."""
        headers = dict(headers or {})
        if self.key:
            headers.setdefault("x-api-key", self.key)
        self.connection.request(method, path, body=body, headers=headers)
        response = self.connection.getresponse()
        return response.status, response.read()

    def ask(self, method, path, body=None):
        """Status and the parsed answer; body is made JSON."""
        text = None if body is None else json.dumps(body)
        status, answer = self.raw(method, path, text)
        return status, json.loads(answer)

    def enroll(self, values, collection="FACE3_4", model=14, **more):
        body = {"embedding_model": model, "embedding": encode(values), **more}
        return self.ask("POST", f"/{collection}/enroll", body)

    def predict(self, values, collection="FACE3_4", model=14, **more):
        body = {"embedding_model": model, "embedding": encode(values), **more}
        return self.ask("POST", f"/{collection}/predict", body)

    def delete(self, puid, collection="FACE3_4"):
        return self.ask("POST", f"/{collection}/deleteUser", {"puid": puid})

    def close(self):
        self.connection.close()


class Server:
    """A server process on a free port; as a context manager it is stopped and must end well."""

    def __init__(self, data, *options, key=None, listen="127.0.0.1:0"):
        self.data = data
        self.key = key if key is not None else create_key(data)
        self.tls = "--tls-certificate" in options
        self.ended = False  # by stop or kill, not of its own
        self.process = subprocess.Popen(
            [str(BINARY), "--data", str(data), "--listen", listen, *map(str, options)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.log = []
        self.reader = threading.Thread(target=self._read_log, daemon=True)
        self.reader.start()
        timer = threading.Timer(START_TIMEOUT_S, self.process.kill)
        timer.start()
        self.line = self.process.stdout.readline()
        timer.cancel()
        scheme = "https" if self.tls else "http"
        if not self.line.startswith(f"listening on {scheme}://"):
            self.process.kill()
            self.process.wait()
            self.reader.join()
            raise AssertionError(f"the server did not start: {''.join(self.log)}")
        self.port = int(self.line.rsplit(":", 1)[1])

    def _read_log(self):
        for line in self.process.stderr:
            self.log.append(line)

    def client(self, **options):
        return Client(self, **options)

    def stop(self, number=signal.SIGTERM):
        """Sends the signal and returns what else was written to standard output."""
        self.ended = True
        self.process.send_signal(number)
        rest = self.process.stdout.read()
        code = self.process.wait(timeout=30)
        self.reader.join()
        log = "".join(self.log)
        assert code == 0, f"exit code {code}: {log}"
        assert "Sanitizer" not in log, log
        return rest

    def kill(self):
        self.ended = True
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.reader.join()
        assert "Sanitizer" not in "".join(self.log), "".join(self.log)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            self.stop()
        elif kind is None and not self.ended:
            raise AssertionError(f"the server ended: {self.process.returncode} {self.log}")
