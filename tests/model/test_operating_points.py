"""The tables that the tools for calibration write hold what models/operating_points.json says."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
POINTS = json.loads((ROOT / "models/operating_points.json").read_text())


def numbers(path):
    """All numbers of a table, without those in comments, texts and names."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*|\"[^\"]*\"|\[[^\]]*\]", "", (ROOT / path).read_text())
    return [float(number) for number in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?", text)]


def test_every_section_names_its_command():
    assert set(POINTS) == {"matching", "age", "liveness", "measures"}
    for section in POINTS.values():
        for tool in re.findall(r"tools/\w+\.py", section["made_by"]):
            assert (ROOT / tool).is_file()
        assert "tools/" in section["made_by"]


def test_matching():
    expected = []
    for row in POINTS["matching"]["models"]:
        expected += [row["embedding_model"], row["dimension"],
                     *row["cosine_at_false_match_rate"].values(),
                     row["confidence_logit"]["offset"], row["confidence_logit"]["slope"]]
    assert numbers("src/base/operating_points.inc") == expected


def test_age():
    age = POINTS["age"]
    expected = list(age["shift_of_age_v1"].values())
    for row in age["nets"]:
        expected += [row["share_of_age_v1"], *row["by_age"].values(), *row["by_spread"].values()]
    assert numbers("src/face/age_points.inc") == expected


def test_liveness():
    points = POINTS["liveness"]["points"]
    assert numbers("src/face/liveness_points.h") == [
        number for net in ("general", "recapture")
        for number in (points[net]["offset"], points[net]["slope"])]
