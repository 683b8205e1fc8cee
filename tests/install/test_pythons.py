"""The wheels serve a newcomer: a fresh environment, all samples, nothing of this tree in reach.

PRIVID_PYTHONS names the versions to do that with ("3.10 3.12"; `make pythons`: all that the package
serves). Those that are not on this machine are skipped. Default: the one that runs the tests.
"""

import os
import shutil
import sys
from pathlib import Path

import pytest

from wheels import BUILD, ROOT, apart, environment, find_interpreter, run

RUNNING = "{}.{}".format(*sys.version_info[:2])
VERSIONS = os.environ.get("PRIVID_PYTHONS", RUNNING).split()
PICTURES = Path(os.environ.get("PRIVID_PICTURES", BUILD / "pictures"))
SHOWN = {"person": "obama.jpg", "again": "obama2.jpg",
         "document": "documents/photographs/alderay-okafor-careful.jpg"}


@pytest.fixture(params=VERSIONS)
def installed(request):
    python = sys.executable if request.param == RUNNING else find_interpreter(request.param)
    if python is None:
        pytest.skip(f"no Python {request.param} on this machine")
    return environment(python)


def test_all_samples_are_green(installed, tmp_path):
    shutil.copytree(ROOT / "sdk" / "examples", tmp_path / "examples")
    arguments = []
    for option, picture in SHOWN.items():
        shutil.copy(PICTURES / picture, tmp_path / f"{option}.jpg")
        arguments += [f"--{option}", f"{option}.jpg"]
    (tmp_path / "home").mkdir()
    variables = {**apart(installed / "bin"), "HOME": str(tmp_path / "home")}
    for name in ("PRIVID_URL", "PRIVID_API_KEY", "PRIVID_COLLECTION"):
        variables.pop(name, None)
    said = run(installed / "bin" / "python", "examples/samples.py", "--all", *arguments,
               cwd=tmp_path, env=variables)
    assert "a server of our own is at" in said
    assert "9 of 9 done" in said and "NOT DONE" not in said
    assert "same person: True" in said and "RK77301528UTO" in said
    for name in ("validate.png", "portrait.png", "document.png", "document-face.png"):
        assert (tmp_path / "samples" / name).stat().st_size > 5000
    assert list((tmp_path / "home").iterdir()) == []  # models came from the second wheel


def test_what_it_depends_on_is_there(installed):
    python = installed / "bin" / "python"
    assert "No broken requirements" in run(python, "-m", "pip", "check", env=apart())
    place = run(python, "-I", "-c", "import cryptonets_python_sdk as sdk; print(sdk.__file__)",
                env=apart(), cwd="/")
    assert Path(place.strip()).is_relative_to(installed.resolve())
