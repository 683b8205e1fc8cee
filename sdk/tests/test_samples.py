"""The example programs, run as a newcomer would."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sdk_support import BUILD, PICTURES, ROOT

EXAMPLES = ROOT / "sdk" / "examples"
DOCUMENTS = PICTURES / "documents"
PASSPORT = DOCUMENTS / "photographs" / "alderay-okafor-careful.jpg"


def run(folder, program, *arguments, status=0, **environment):
    """Without a backend in the environment and without a keyboard; returns what was printed."""
    path = f"{Path(sys.executable).parent}:{BUILD / 'bin'}:/usr/bin:/bin"
    home = {"HOME": str(Path.home())}
    kept = {name: value for name, value in os.environ.items()
            if name.startswith(("PRIVID_MODELS", "PRIVID_LIBRARY", "PRIVID_CLI"))}
    command = ([sys.executable, EXAMPLES / program] if program.endswith(".py")
               else ["bash", EXAMPLES / program])
    done = subprocess.run([*command, *arguments], cwd=folder, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=600,
                          env={"PATH": path, **home, **kept, **environment})
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.fixture
def folder(tmp_path, pictures):
    for name, members in (("people", ("obama.jpg", "biden.jpg")),
                          ("taken", ("obama2.jpg", "rocket.jpg", "biden.jpg"))):
        (tmp_path / name).mkdir()
        for member in members:
            shutil.copyfile(pictures(member), tmp_path / name / member)
    return tmp_path


def test_all_samples_run_without_a_keyboard(tmp_path, pictures):
    said = run(tmp_path, "samples.py", "--all", "--person", pictures("obama.jpg"), "--again",
               pictures("obama2.jpg"), "--document", PASSPORT)
    assert "9 of 9 done" in said and "NOT DONE" not in said
    assert "same person: True" in said and "1 template(s)" in said
    assert "RK77301528UTO" in said
    for name in ("validate.png", "portrait.png", "document.png", "document-face.png"):
        assert (tmp_path / "samples" / name).stat().st_size > 5000


def test_a_sample_that_does_not_work_out_says_so(tmp_path, pictures):
    said = run(tmp_path, "samples.py", "--all", "--person", pictures("rocket.jpg"), "--again",
               pictures("obama2.jpg"), "--document", pictures("rocket.jpg"), status=1)
    assert said.count("NOT DONE") >= 6


def test_the_backend_comes_from_a_file_of_settings(tmp_path, backend, pictures):
    (tmp_path / ".env").write_text(f"PRIVID_URL={backend.url}\nPRIVID_API_KEY=\"{backend.key}\"\n")
    said = run(tmp_path, "samples.py", "--all", "--person", pictures("obama.jpg"), "--again",
               pictures("obama2.jpg"), "--document", PASSPORT)
    assert "9 of 9 done" in said and "server of our own" not in said


def test_attendance(folder):
    rows = list(csv.DictReader(run(folder, "attendance.py", "people", "taken").splitlines()))
    found = {(row["picture"], row["person"]) for row in rows}
    assert found == {("obama2.jpg", "obama"), ("biden.jpg", "biden")}


def test_door_opens_for_those_who_are_allowed_only(folder, pictures):
    frames = folder / "frames"
    frames.mkdir()
    for number, source in enumerate(["rocket.jpg"] + ["obama.jpg"] * 4 + ["sample1.jpg"] * 4):
        shutil.copyfile(pictures(source), frames / f"{number:03}.jpg")
    said = run(folder, "door.py", "people", "frames")
    assert "open for obama" in said and said.rstrip().endswith("opened 1 times")
    (folder / "people" / "obama.jpg").unlink()
    assert run(folder, "door.py", "people", "frames").rstrip().endswith("opened 0 times")


def test_duplicates(folder):
    for name in ("obama.jpg", "biden.jpg"):
        shutil.copyfile(folder / "people" / name, folder / "taken" / f"again-{name}")
    lines = run(folder, "duplicates.py", "taken").splitlines()
    assert {frozenset(line.split()) for line in lines} == {
        frozenset({"obama2.jpg", "again-obama.jpg"}), frozenset({"biden.jpg", "again-biden.jpg"})}


def test_rest_alone(tmp_path, backend):
    embedding = tmp_path / "embedding.json"
    embedding.write_text(json.dumps([1.0] + [0.0] * 127))
    said = run(tmp_path, "rest.sh", embedding, PRIVID_URL=backend.url, PRIVID_API_KEY=backend.key)
    enrolled, predicted, deleted = map(json.loads, said.splitlines())
    assert predicted["puid"] == enrolled["puid"] and deleted["uuid_count"] == 1
    run(tmp_path, "rest.sh", embedding, PRIVID_URL=backend.url, PRIVID_API_KEY="wrong", status=22)


def test_onboarding(tmp_path, pictures):
    accepted = run(tmp_path, "onboarding.py", PASSPORT, pictures("obama.jpg"))
    assert "born 1967-03-26" in accepted and accepted.rstrip().endswith("accepted")
    stranger = run(tmp_path, "onboarding.py", PASSPORT, pictures("biden.jpg"), status=1)
    assert "against: the faces do not match" in stranger and "refused" in stranger
    young = run(tmp_path, "onboarding.py", PASSPORT, pictures("obama.jpg"), "--age", "99",
                status=1)
    assert "against: younger than 99" in young
    nothing = run(tmp_path, "onboarding.py", pictures("rocket.jpg"), pictures("obama.jpg"),
                  status=1)
    assert "against: document: no document" in nothing
