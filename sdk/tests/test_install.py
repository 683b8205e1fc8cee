"""The wheels install into a fresh virtual environment and need nothing else of this tree."""

import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

from sdk_support import PICTURES, ROOT

sys.path.insert(0, str(ROOT / "tests" / "install"))

import wheels as installed  # noqa: E402

# What a wheel may weigh, in bytes. More is a decision, not an accident.
PACKAGE_BYTES = 52_000_000
MODELS_BYTES = 80_000_000
HERE = ROOT / "sdk" / "tests"


@pytest.fixture(scope="module")
def wheels():
    return installed.wheels()


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A fresh environment with both wheels, and variables that lead nowhere else."""
    folder = tmp_path_factory.mktemp("environment")
    shutil.copy(PICTURES / "obama.jpg", folder / "face.jpg")
    shutil.copy(HERE / "installed_face.py", folder)
    (folder / "home").mkdir()
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
    return folder, {**kept, "HOME": str(folder / "home"), "PATH": "/usr/bin:/bin"}


def run(environment, program, *arguments):
    folder, variables = environment
    done = subprocess.run([installed.environment() / "bin" / program, *arguments], cwd=folder,
                          env=variables, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def test_the_name_says_what_it_runs_on(wheels):
    assert re.fullmatch(r"cryptonets_python_sdk-[\d.]+-py3-none-manylinux_2_\d+_(x86_64|aarch64)"
                        r"\.whl", wheels[0].name)
    assert re.fullmatch(r"privid_models-[\d.]+-py3-none-any\.whl", wheels[1].name)


def test_the_wheels_stay_small(wheels):
    assert 10_000_000 < wheels[0].stat().st_size < PACKAGE_BYTES
    assert 10_000_000 < wheels[1].stat().st_size < MODELS_BYTES


def test_every_library_that_is_bundled_comes_with_its_licence(wheels):
    names = zipfile.ZipFile(wheels[0]).namelist()
    bundled = [name for name in names if "/lib/bundled/" in name]
    licences = [name for name in names if "/share/doc/privid/licenses/" in name]
    assert any("libcurl-" in name for name in bundled)
    assert any("libcurl" in name for name in licences) and any("openvino" in name
                                                               for name in licences)
    # One package may bring several libraries, but none comes without.
    assert len(licences) > len(bundled) / 2
    for name in names:
        assert not name.endswith((".c", ".o", ".a", ".jpg")), name


def test_the_first_face_without_a_network_or_a_cache(environment):
    """Models come from privid_models: the home folder is empty and stays so."""
    folder, _ = environment
    models = run(environment, "python", "installed_face.py", "face.jpg")
    assert models.startswith(str(installed.environment())) and "privid_models" in models
    assert list((folder / "home").iterdir()) == []


def test_the_commands(environment):
    assert run(environment, "privid", "--version").startswith("privid ")
    assert run(environment, "privid-server", "--version").startswith("privid-server ")
    assert "face" in run(environment, "privid", "validate", "--draw", "seen.png", "face.jpg")
    assert (environment[0] / "seen.png").stat().st_size > 10_000


# /etc becomes that of another distribution, for the command alone. Arguments: the certificate, its
# place there or "", the command.
OTHER_DISTRIBUTION = """exec 3<"$1"; mount -t tmpfs none /etc
[ -z "$2" ] || { mkdir -p "$(dirname "$2")"; cat <&3 >"$2"; }
shift 2; exec "$@"
"""


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """A certificate and its key."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                    folder / "key.pem", "-out", folder / "certificate.pem"], check=True,
                   capture_output=True)
    return folder / "certificate.pem", folder / "key.pem"


@pytest.mark.parametrize("place", ["/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
                                   "/etc/ssl/cert.pem", ""])
def test_certificates_of_another_distribution(environment, tls, tmp_path, place):
    """The libcurl of the wheel was built for /etc/ssl/certs; "": a system that has none."""
    if subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"],
                      capture_output=True).returncode != 0:
        pytest.skip("no mount of one's own may be made here")
    folder, variables = environment
    programs = installed.environment() / "bin"
    certificate, key = tls
    made = run(environment, "privid-server", "key", "create", "--data", tmp_path / "data")
    server = subprocess.Popen([programs / "privid-server", "--data", tmp_path / "data", "--listen",
                               "127.0.0.1:0", "--tls-certificate", certificate, "--tls-key", key],
                              stdout=subprocess.PIPE, text=True, env=variables)
    url = server.stdout.readline().removeprefix("listening on ").strip()
    try:
        done = subprocess.run(
            ["unshare", "--mount", "bash", "-ec", OTHER_DISTRIBUTION, "-", certificate, place,
             programs / "python", HERE / "installed_verify.py", url, made],
            cwd=folder, env=variables, capture_output=True, text=True, timeout=120)
    finally:
        server.terminate()
        server.wait(timeout=30)
        server.stdout.close()
    assert done.returncode == 0, done.stdout + done.stderr
    if place:
        assert done.stdout.strip() == "API_NO_ERROR"
    else:
        assert "API_INVALID_CONFIGURATION" in done.stdout
        assert "install ca-certificates" in done.stdout
