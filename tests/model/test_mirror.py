"""`privid models fetch --mirror` over real sockets."""

import random
import resource
import shutil
import signal
import subprocess
import time

import pytest
from conftest import Registry

DATA = random.Random(3).randbytes(2_000_000)
BLOCK = 65536


@pytest.fixture
def mirrored(world):
    """A row that only the mirror has."""
    package = {"registry": "pypi", "name": "none", "version": "1", "archive": "none-1.whl",
               "sha256": "0" * 64, "size": 1}
    world.row("one", package, "none", DATA)
    world.registry.files["/base/one.bin"] = DATA
    world.mirror = world.registry.url + "/base"
    world.part = world.models / "one.bin.part"
    return world


def fetch(world, *words, **options):
    return world.run("fetch", "--mirror", world.mirror, *words, **options)


def ranges(world):
    return [wanted for path, wanted in world.registry.requests if path == "/base/one.bin"]


def test_a_mirror_serves_without_python_or_npm(mirrored):
    mirrored.environment.update(PATH="/nonexistent", PRIVID_PYTHON="/nonexistent")
    mirrored.environment["PRIVID_MODELS_MIRROR"] = mirrored.mirror + "//"
    done = mirrored.run("fetch")
    assert done.returncode == 0, done.stderr
    assert mirrored.content("one") == DATA
    assert not mirrored.part.exists() and mirrored.leftovers() == []
    assert ranges(mirrored) == [None]


def test_resuming(mirrored):
    mirrored.models.mkdir()
    mirrored.part.write_bytes(DATA[:700_000])
    assert fetch(mirrored).returncode == 0
    assert mirrored.content("one") == DATA
    assert ranges(mirrored) == ["bytes=700000-"]


def test_a_connection_that_breaks_is_resumed_by_the_next_run(mirrored):
    mirrored.registry.cut_after = 10 * BLOCK
    done = fetch(mirrored)
    assert done.returncode == 1
    assert "/base/one.bin" in done.stderr
    assert mirrored.part.stat().st_size == 10 * BLOCK
    mirrored.registry.cut_after = None
    assert fetch(mirrored).returncode == 0
    assert ranges(mirrored) == [None, f"bytes={10 * BLOCK}-"]
    assert mirrored.content("one") == DATA


@pytest.mark.parametrize("part", [b"wrong" * 1000, b"x" * len(DATA), DATA + b"more",
                                  DATA[:-1] + b"!"])
def test_a_wrong_part_starts_over(mirrored, part):
    mirrored.models.mkdir()
    mirrored.part.write_bytes(part)
    done = fetch(mirrored)
    assert done.returncode == 0, done.stderr
    assert "starting over" in done.stderr
    assert mirrored.content("one") == DATA
    assert ranges(mirrored)[-1] is None


def test_a_whole_part_needs_no_download(mirrored):
    mirrored.models.mkdir()
    mirrored.part.write_bytes(DATA)
    assert fetch(mirrored).returncode == 0
    assert ranges(mirrored) == []
    assert mirrored.content("one") == DATA


def test_a_mirror_that_cannot_resume(mirrored):
    mirrored.registry.ranges = False
    mirrored.models.mkdir()
    mirrored.part.write_bytes(DATA[:700_000])
    assert fetch(mirrored).returncode == 0
    assert ranges(mirrored) == ["bytes=700000-", None]
    assert mirrored.content("one") == DATA


@pytest.mark.parametrize("data, said", [
    (DATA[:-1], "has 1999999 of the 2000000 bytes that are pinned"),
    (DATA[:-1] + b"!", "is not the file that is pinned"),
    (DATA + b"!", "is larger than the 2000000 bytes that are pinned"),
    (b"<html>please log in</html>", "has 26 of the 2000000 bytes"),
    (None, "404"),
])
def test_another_file_is_refused(mirrored, data, said):
    if data is None:
        del mirrored.registry.files["/base/one.bin"]
    else:
        mirrored.registry.files["/base/one.bin"] = data
    done = fetch(mirrored)
    assert done.returncode == 1
    assert said in done.stderr
    assert not (mirrored.models / "one.bin").exists()
    # The right file comes next time, whatever was left behind.
    mirrored.registry.files["/base/one.bin"] = DATA
    assert fetch(mirrored).returncode == 0
    assert mirrored.content("one") == DATA


def test_interrupted_and_resumed(mirrored):
    mirrored.registry.delay = 0.2
    process = subprocess.Popen(mirrored.command("fetch", "--mirror", mirrored.mirror),
                               stderr=subprocess.PIPE, text=True, env=mirrored.environment)
    limit = time.monotonic() + 20
    while not (mirrored.part.exists() and mirrored.part.stat().st_size):
        assert time.monotonic() < limit
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode == 130
    assert 0 < mirrored.part.stat().st_size < len(DATA)
    mirrored.registry.delay = 0
    assert fetch(mirrored).returncode == 0
    assert ranges(mirrored)[-1].startswith("bytes=")
    assert mirrored.content("one") == DATA


def test_a_mirror_that_hangs(mirrored):
    mirrored.registry.hang = True
    started = time.monotonic()
    done = fetch(mirrored, "--timeout", "2")
    assert done.returncode == 1
    assert time.monotonic() - started < 10
    assert "too slow" in done.stderr or "timed out" in done.stderr.lower()


def test_a_full_disk_is_told(mirrored):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))

    done = fetch(mirrored, preexec_fn=limit)
    assert done.returncode == 1
    assert "cannot write" in done.stderr
    assert not (mirrored.models / "one.bin").exists()


@pytest.mark.parametrize("url, said", [
    ("http://mirror.invalid/x", "must be https://"),
    ("http://127.0.0.1.mirror.invalid/x", "must be https://"),
    ("http://localhost.invalid/", "must be https://"),
    ("http://user@10.0.0.1/", "must be https://"),
    ("ftp://127.0.0.1/", "must be https://"),
    ("file:///etc", "is no URL"),
    ("https://mirror.invalid/?a=b", "must have no query"),
    ("http://user:secret@mirror.invalid/", "must be https://"),
    ("no url", "is no URL"),
])
def test_unsafe_mirrors_are_refused(mirrored, url, said):
    done = mirrored.run("fetch", "--mirror", url)
    assert done.returncode == 2
    assert said in done.stderr
    assert "secret" not in done.stderr


def test_a_password_in_the_url_is_sent_but_never_shown(mirrored):
    mirrored.mirror = mirrored.mirror.replace("http://", "http://user:secret@")
    assert fetch(mirrored).returncode == 0
    (mirrored.models / "one.bin").unlink()
    del mirrored.registry.files["/base/one.bin"]
    done = fetch(mirrored)
    assert done.returncode == 1
    assert "/base/one.bin" in done.stderr and "secret" not in done.stderr


def test_a_redirect_to_plain_http_is_refused(mirrored):
    mirrored.registry.files["/other/one.bin"] = DATA
    mirrored.registry.answers["/base/one.bin"] = (
        302, {"Location": mirrored.registry.url + "/other/one.bin"})
    done = fetch(mirrored)
    assert done.returncode == 1
    assert mirrored.registry.count("/other/one.bin") == 0
    assert not (mirrored.models / "one.bin").exists()


@pytest.fixture
def secure(tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed: mirrors over TLS are not tested")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", key, "-out", certificate], check=True, capture_output=True)
    server = Registry((certificate, key))
    server.files["/one.bin"] = DATA
    server.certificate = str(certificate)
    yield server
    server.shutdown()
    server.server_close()


def test_certificates_are_verified(mirrored, secure):
    mirrored.mirror = secure.url
    done = fetch(mirrored)
    assert done.returncode == 1
    assert "certificate" in done.stderr
    assert secure.requests == []
    mirrored.environment["CURL_CA_BUNDLE"] = secure.certificate
    assert fetch(mirrored).returncode == 0
    assert mirrored.content("one") == DATA


def test_a_redirect_to_https_is_followed(mirrored, secure):
    mirrored.registry.answers["/base/one.bin"] = (302, {"Location": secure.url + "/one.bin"})
    mirrored.environment["SSL_CERT_FILE"] = secure.certificate
    assert fetch(mirrored).returncode == 0
    assert mirrored.content("one") == DATA


def test_two_processes_share_a_mirror_download(mirrored):
    mirrored.registry.delay = 0.03
    both = [subprocess.Popen(mirrored.command("fetch", "--mirror", mirrored.mirror),
                             stderr=subprocess.PIPE, text=True, env=mirrored.environment)
            for _ in range(2)]
    for process in both:
        process.communicate(timeout=60)
    assert [process.returncode for process in both] == [0, 0]
    assert ranges(mirrored) == [None]
