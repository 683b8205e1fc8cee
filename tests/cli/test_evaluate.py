"""`privid evaluate`: the real tool on real pictures, and reports against NumPy."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from statistics import NormalDist

import numpy as np
import pytest
from cli_support import BUILD
from evaluate_support import assert_rate, face, read_page, wilson, write_table
from PIL import Image

SUCCESS, NEGATIVE, USAGE, ARGUMENT, CONFIGURATION, AUTHORIZATION, NETWORK, FAILURE = range(8)


# --- reports, from results that are made up ---


def test_liveness_report(report):
    rng = np.random.default_rng(1)
    rows, results = [], {}
    live = rng.random(300) < 0.5
    attack = np.where(live, "", rng.choice(["print", "screen <b>"], 300))
    score = np.clip(rng.normal(np.where(live, 0.85, 0.3), 0.2), 0, 1).round(3)
    for i in range(300):
        rows.append([f"{i}.jpg", int(live[i]), attack[i], f"s{i % 12}", "fm"[i % 2]])
        results[f"{i}.jpg"] = face({"liveness": score[i]}) if i >= 10 else {"faces": 0}
    made = report("liveness", ["image", "live", "attack", "subject", "gender"], rows, results,
                  "--threshold", "0.7")
    found = np.arange(300) >= 10
    figures = made["figures"]
    assert [row["threshold"] for row in figures["thresholds"]] == [0.5, 0.9, 0.7]
    for row in figures["thresholds"]:
        passed = score >= row["threshold"]
        worst = max(passed[found & (attack == name)].mean() for name in ("print", "screen <b>"))
        chosen = found & (attack == row["attack"])
        assert passed[chosen].mean() == worst
        assert_rate(row["apcer"], passed[chosen].sum(), chosen.sum())
        assert_rate(row["bpcer"], (~passed[found & live]).sum(), (found & live).sum())
        if row["apcer"]["count"] == 0:  # twelve subjects, none of them with an error
            assert row["apcer_by_subject"]["low"] == 0
            assert row["apcer_by_subject"]["high"] == pytest.approx(wilson(0, 12)[1])
        else:
            assert (row["apcer_by_subject"]["low"] <= row["apcer"]["rate"]
                    <= row["apcer_by_subject"]["high"])
    assert any(row["apcer"]["count"] == 0 for row in figures["thresholds"])
    assert_rate(figures["bpnrr"], (~found & live).sum(), live.sum())
    assert_rate(figures["apnrr"], (~found & ~live).sum(), (~live).sum())
    # Equal errors by trying every score.
    best = min((abs((score[found & live] < t).mean() - (score[found & ~live] >= t).mean()),
                ((score[found & live] < t).mean() + (score[found & ~live] >= t).mean()) / 2)
               for t in np.unique(score))
    assert figures["equal_error"]["rate"] == pytest.approx(best[1])
    low, high = (figures["equal_error"]["interval"][end] for end in ("low", "high"))
    assert low < best[1] < high and high - low < 0.2
    # What is shown.
    shown = {table["title"]: table["rows"] for table in made["tables"]}
    assert [row[0] for row in shown["By gender, at threshold 0.9"]] == ["f", "m"]
    for group, (name, attacks, _, lives, _) in enumerate(shown["By gender, at threshold 0.9"]):
        inside = found & (np.arange(300) % 2 == group)
        assert (int(attacks), int(lives)) == ((inside & ~live).sum(), (inside & live).sum())
    assert [chart["title"] for chart in made["charts"]] == [
        "APCER and BPCER against the threshold", "Liveness scores", "DET", "ROC"]
    assert "screen &lt;b&gt;" in made["html"] and "<b>screen" not in made["html"]
    curve = made["charts"][0]["series"][0]["points"]
    for threshold, rate in curve:
        assert rate == pytest.approx((score[found & ~live] >= threshold - 1e-12).mean(), abs=0.01)


def test_liveness_without_scores(report):
    message = report("liveness", ["image", "live"], [["a", 1], ["b", 0]],
                     {"a": face(spoof_status=1), "b": {"faces": 0}})
    assert 'score "liveness": of 2 pictures 1 have a face' in message and "failed for 1" in message


def test_age_report(report):
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 90, 400)
    estimate = (truth + rng.normal(1, 6, 400)).round(2)
    confidence = rng.random(400).round(3)
    rows = [[f"{i}", truth[i], i % 3] for i in range(400)]
    results = {f"{i}": face(age=estimate[i], age_confidence=confidence[i]) if i else {"faces": 0}
               for i in range(400)}
    made = report("age", ["image", "age", "group"], rows, results, "--within", "4")
    truth, estimate, confidence = truth[1:], estimate[1:], confidence[1:]
    figures, error = made["figures"], estimate - truth

    def check(part, chosen):
        assert part["count"] == chosen.sum()
        assert part["mae"] == pytest.approx(abs(error[chosen]).mean())
        assert part["bias"] == pytest.approx(error[chosen].mean())
        assert part["rmse"] == pytest.approx(np.sqrt((error[chosen]**2).mean()))
        assert_rate(part["within"], (abs(error[chosen]) <= 4).sum(), chosen.sum())
        spread = abs(error[chosen]).std() / np.sqrt(chosen.sum())
        assert part["mae_interval"]["low"] == pytest.approx(part["mae"] - 1.96 * spread,
                                                            abs=0.4 * spread)
        assert part["mae_interval"]["high"] == pytest.approx(part["mae"] + 1.96 * spread,
                                                             abs=0.4 * spread)

    check(figures["all"], np.full(399, True))
    check(figures["by_band"]["25–34"], (truth >= 25) & (truth <= 34))
    check(figures["by_band"]["65+"], truth >= 65)
    check(figures["by_group"]["2"], np.arange(1, 400) % 3 == 2)
    limit = figures["limits"][0]
    assert limit["limit"] == 18
    assert_rate(limit["passed"], ((truth < 18) & (estimate >= 18)).sum(), (truth < 18).sum())
    assert_rate(limit["refused"], ((truth >= 18) & (estimate < 18)).sum(), (truth >= 18).sum())
    gap = 0
    for low in np.arange(10) / 10:
        chosen = np.floor(confidence * 10 + 1e-9) == round(low * 10)
        right = (abs(error[chosen]) <= 4).mean()
        gap += abs(confidence[chosen].mean() - right) * chosen.mean()
    assert figures["calibration_error"] == pytest.approx(gap, abs=1e-6)
    assert figures["without_estimate"]["count"] == 1


def templates_of(vectors):
    return [np.asarray(v / np.linalg.norm(v), "<f4").tobytes().hex() for v in vectors]


def people(count, pictures, seed, spread=0.55):
    rng = np.random.default_rng(seed)
    centre = rng.normal(size=(count, 1, 128))
    return (centre + spread * 2 * rng.normal(size=(count, pictures, 128))).reshape(-1, 128)


def test_verification_of_all_pairs(report):
    vectors = people(60, 4, 3)
    names = [f"P{i // 4}_{i % 4 + 1:04}.jpg" for i in range(240)]
    text = templates_of(vectors)
    results = {name: face(template=text[i]) for i, name in enumerate(names)}
    results[names[7]] = {"faces": 0}
    rows = [[int(a // 4 == b // 4), names[a], names[b]]
            for a, b in zip(range(0, 240, 2), range(1, 240, 2))]
    made = report("verification", ["same", "a", "b"], rows, results, "--all-pairs",
                  "--threshold", "0.75", pictures=("a", "b"))
    kept = [i for i in range(240) if i != 7]
    matrix = np.stack([np.frombuffer(bytes.fromhex(text[i]), "<f4") for i in kept]).astype(float)
    person = np.array(kept) // 4
    first, second = np.triu_indices(len(kept), 1)
    cosine = (matrix @ matrix.T)[first, second]
    same = person[first] == person[second]
    figures = made["figures"]
    assert figures["genuine_pairs"] == same.sum() and figures["impostor_pairs"] == (~same).sum()
    assert_rate(figures["failure_to_acquire"], 1, 240)
    for row in figures["at_distance"] + figures["at_false_match_rate"]:
        assert_rate(row["fmr"], (cosine[~same] >= row["cosine"]).sum(), (~same).sum())
        assert_rate(row["fnmr"], (cosine[same] < row["cosine"]).sum(), same.sum())
    assert [row["distance"] for row in figures["at_distance"]] == [0.65, 0.5, 0.3, 0.75]
    # As tools/calibrate.py does it.
    rates = np.geomspace(1e-2, 1e-4, 9)
    z = [-NormalDist().inv_cdf(rate) for rate in rates]
    slope, offset = np.polyfit(z, np.quantile(cosine[~same], 1 - rates), 1)
    for row in figures["at_false_match_rate"]:
        rate = row["nominal_fmr"]
        counted = np.quantile(cosine[~same], 1 - rate)
        fitted = offset - slope * NormalDist().inv_cdf(rate)
        enough = rate * (~same).sum() >= 9
        expected = (fitted if not enough else max(counted, fitted) if rate < 5e-3 else counted)
        assert row["cosine"] == pytest.approx(expected, abs=1e-9)
    assert figures["equal_error"]["rate"] == pytest.approx(
        min((abs((cosine[same] < t).mean() - (cosine[~same] >= t).mean()),
             ((cosine[same] < t).mean() + (cosine[~same] >= t).mean()) / 2)
            for t in cosine[same])[1], abs=1e-3)


def test_verification_by_group(report):
    vectors = people(40, 3, 9) + np.repeat([[0.0], [1.5]], 60, 0)  # the second half is more alike
    text = templates_of(vectors)
    results = {str(i): face(template=text[i]) for i in range(120)}
    rows = [[str(i), f"p{i // 3}", "first" if i < 60 else "second"] for i in range(120)]
    made = report("verification", ["image", "person", "gender"], rows, results, "--all-pairs")
    matrix = np.stack([np.frombuffer(bytes.fromhex(t), "<f4") for t in text]).astype(float)
    cosine = made["figures"]["at_distance"][1]["cosine"]
    first, second = np.triu_indices(120, 1)
    score = (matrix @ matrix.T)[first, second]
    same = first // 3 == second // 3
    for group, inside in (("first", second < 60), ("second", first >= 60)):
        found = made["figures"]["by_gender"][group]
        assert_rate(found["fmr"], (score >= cosine)[inside & ~same].sum(), (inside & ~same).sum())
        assert_rate(found["fnmr"], (score < cosine)[inside & same].sum(), (inside & same).sum())
    rates = [made["figures"]["by_gender"][group]["fmr"]["rate"] for group in ("first", "second")]
    assert rates[1] > rates[0] + 0.05


def test_verification_of_listed_pairs(report):
    vectors = people(40, 2, 4, spread=0.3)
    text = templates_of(vectors)
    results = {str(i): face(template=text[i]) for i in range(80)}
    rows = [[1, str(i), str(i + 1)] for i in range(0, 80, 2)]
    rows += [[0, str(i), str((i + 3) % 80)] for i in range(0, 80, 2)]
    made = report("verification", ["same", "a", "b"], rows, results, pictures=("a", "b"))
    assert made["figures"]["genuine_pairs"] == 40 and made["figures"]["impostor_pairs"] == 40
    # Too few pairs for a tail: those rates are left out rather than made up.
    assert [row["nominal_fmr"] for row in made["figures"]["at_false_match_rate"]] == []
    assert any("too few pairs" in row for row in made["tables"][1]["rows"])


def test_identification_in_an_open_set(report):
    vectors = people(50, 3, 5)
    text = templates_of(vectors)
    names = [f"{i}.jpg" for i in range(150)]
    results = {name: face(template=text[i]) for i, name in enumerate(names)}
    results["5.jpg"] = {"faces": 0}  # a probe of the second person
    # The last fifteen people are strangers.
    rows = [[name, f"person {i // 3}", "gallery" if i % 3 == 0 and i < 105 else "probe"]
            for i, name in enumerate(names)]
    made = report("identification", ["image", "person", "role"], rows, results)
    matrix = np.stack([np.frombuffer(bytes.fromhex(t), "<f4") for t in text]).astype(float)
    gallery = np.arange(0, 105, 3)
    probes = np.array([i for i in range(150) if i not in gallery and i != 5])
    cosine = matrix[probes] @ matrix[gallery].T
    mated = probes < 105
    figures = made["figures"]
    assert figures["enrolled"] == 35 and figures["probes_without_face"] == 1
    assert (figures["mated"], figures["unmated"]) == (mated.sum(), (~mated).sum())
    own = cosine[np.arange(len(probes)), np.minimum(probes // 3, 34)]
    first = cosine.argmax(1) == probes // 3
    for row in figures["thresholds"]:
        top = cosine.max(1) >= row["cosine"]
        assert_rate(row["fpir"], top[~mated].sum(), (~mated).sum())
        missed = ~(first & (own >= row["cosine"]))
        assert_rate(row["fnir"], missed[mated].sum(), mated.sum())
    assert [row["at"] for row in figures["thresholds"]] == [
        "distance 0.65", "distance 0.5", "distance 0.3", "FPIR 0.1"]
    assert figures["thresholds"][3]["fpir"]["count"] == 4  # of 45
    rank = (cosine > own[:, None]).sum(1)[mated]
    assert 0 < (rank > 0).mean() < 0.5, "the case is too easy or too hard to tell anything"
    for place, rate in enumerate(figures["found_by_rank"]):
        assert_rate(rate, (rank <= place).sum(), mated.sum())


def test_identification_without_roles(report):
    vectors = people(6, 2, 6, spread=0.1)
    names = [f"P{i // 2}_000{i % 2 + 1}.jpg" for i in range(12)][:11]  # the last has one picture
    results = {name: face(template=text) for name, text in zip(names, templates_of(vectors))}
    made = report("identification", ["image"], [[name] for name in names], results)
    figures = made["figures"]
    assert (figures["enrolled"], figures["mated"], figures["unmated"]) == (5, 5, 1)
    assert_rate(figures["found_by_rank"][0], 5, 5)


def test_attributes_report(report):
    rng = np.random.default_rng(7)
    mask, open_eyes = rng.random(250) < 0.4, rng.random(250) < 0.7
    score = np.clip(rng.normal(np.where(mask, 0.8, 0.2), 0.2), 0, 1).round(3)
    closed = np.clip(rng.normal(np.where(open_eyes, 0.2, 0.7), 0.2), 0, 1).round(3)
    sharp = rng.normal(np.where(mask, 5, 30), 8).round(2)
    rows, results = [], {}
    for i in range(250):
        labelled = "" if i % 10 == 9 else int(open_eyes[i])
        rows.append([f"{i}", int(mask[i]), labelled, int(mask[i]), int(mask[i]), i % 2])
        flags = 0x100 * int(score[i] > 0.5) + 0x20000 * int(closed[i] > 0.6) + 0x80
        results[f"{i}"] = face({"mask": score[i], "eyes_closed": closed[i], "sharpness": sharp[i],
                                "own": score[i]}, flags=flags) if i % 25 else {"faces": 0}
    columns = ["image", "mask", "open", "FT_IMAGE_BLURR", "own", "gender"]
    made = report("attributes", columns, rows, results, "--threshold", "0.3")
    figures = made["figures"]
    assert sorted(figures) == ["FT_IMAGE_BLURR", "mask", "not open", "own"]
    found = np.arange(250) % 25 != 0
    assert_rate(figures["mask"]["tpr"], (score > 0.5)[found & mask].sum(), (found & mask).sum())
    assert_rate(figures["mask"]["fpr"], (score > 0.5)[found & ~mask].sum(), (found & ~mask).sum())
    assert figures["mask"]["without_face"] == 10
    one = {row["at"]: row for row in figures["mask"]["at_score"]}
    for row in one.values():
        for rate, chosen in (("tpr", found & mask), ("fpr", found & ~mask)):
            assert_rate(row[rate], (score >= row["threshold"])[chosen].sum(), chosen.sum())
    assert one["FPR 1 %"]["fpr"]["rate"] <= 0.01 and one["--threshold"]["threshold"] == 0.3
    pairs = score[found & mask][:, None] - score[found & ~mask][None]
    assert figures["mask"]["area_under_roc"] == pytest.approx(
        (pairs > 0).mean() + (pairs == 0).mean() / 2)
    assert figures["own"]["area_under_roc"] == figures["mask"]["area_under_roc"]
    assert "tpr" not in figures["own"]  # a score has no trait
    # "open" is the opposite of the trait, and some rows are not labelled.
    use = found & (np.arange(250) % 10 != 9)
    assert_rate(figures["not open"]["tpr"], (closed > 0.6)[use & ~open_eyes].sum(),
                (use & ~open_eyes).sum())
    # Less sharp is more blurred.
    for row in figures["FT_IMAGE_BLURR"]["at_score"]:
        assert_rate(row["tpr"], (sharp <= row["threshold"])[found & mask].sum(),
                    (found & mask).sum())
    assert figures["FT_IMAGE_BLURR"]["area_under_roc"] > 0.9
    assert "mask by gender, at the shipped threshold" in [t["title"] for t in made["tables"]]


def test_attributes_without_a_face(report):
    message = report("attributes", ["image", "open"], [["a", 1], ["b", 0]],
                     {"a": {"faces": 0}, "b": {"faces": 0}})
    assert "no picture holds a face" in message


def test_pose_report(report):
    rng = np.random.default_rng(8)
    truth = rng.uniform(-80, 80, 200).round(1)
    estimate = (truth * 0.9 + rng.normal(0, 4, 200)).round(2)
    rows = [[f"{i}", truth[i], "" if i % 2 else -truth[i]] for i in range(200)]
    # A whole turn more is the same angle.
    results = {f"{i}": face({"yaw": estimate[i] + 360 * (i % 3 - 1), "roll": estimate[i]})
               for i in range(200)}
    made = report("pose", ["image", "yaw", "roll"], rows, results)
    yaw, error = made["figures"]["yaw"], estimate - truth
    assert yaw["all"]["mae"] == pytest.approx(abs(error).mean())
    assert_rate(yaw["all"]["within"], (abs(error) <= 5).sum(), 200)
    chosen = (abs(truth) >= 30) & (abs(truth) < 45)
    assert yaw["by_size"]["30–45"]["bias"] == pytest.approx(error[chosen].mean())
    turned = abs(truth) >= 10
    assert_rate(yaw["side"], ((truth > 0) == (estimate > 0))[turned].sum(), turned.sum())
    assert yaw["correlation"] == pytest.approx(np.corrcoef(truth, estimate)[0, 1])
    # The sign of the rolls is the wrong way round, and it shows.
    roll = made["figures"]["roll"]
    assert roll["all"]["count"] == 100 and roll["side"]["rate"] < 0.1 and roll["correlation"] < -0.9


@pytest.mark.parametrize("kind, columns, row, words", [
    ("attributes", ["image", "age"], ["a", "7"], "no column is a label"),
    ("attributes", ["image", "mask"], ["a", "7"], 'column "mask": "7" is neither 1 nor 0'),
    ("pose", ["image"], ["a"], "none of the columns yaw, pitch and roll"),
    ("pose", ["image", "yaw"], ["a", "200"], '"200" is not a number in -180..180'),
    ("identification", ["image", "role"], ["a", "x"], '"x" is neither gallery nor probe'),
    ("liveness", ["image"], ["a"], 'no column "live"'),
    ("liveness", ["live"], ["1"], 'no column "image"'),
    ("liveness", ["image", "live"], ["a", "2"], 'table.csv:2: column "live": "2" is neither'),
    ("age", ["image", "age"], ["a", "old"], 'table.csv:2: column "age": "old" is not a number'),
    ("age", ["image", "age"], ["a", "-1"], '"-1" is not a number in 0..120'),
    ("verification", ["same", "a"], ["1", "x"], 'no column "b"'),
    ("verification", ["same", "a", "b"], ["maybe", "x", "y"], '"maybe" is neither 1 nor 0'),
    ("age", ["image", "age"], ["missing.jpg", "3"], 'column "image": '),
    ("age", ["image", "age"], ["", "3"], "no picture is named"),
])
def test_bad_tables_are_named_by_line_and_column(privid, tmp_path, kind, columns, row, words):
    table = write_table(tmp_path / "table.csv", columns, [row])
    if row[0] == "a":
        (tmp_path / "a").touch()
    done = privid("evaluate", kind, table, "--out", tmp_path / "out")
    assert done.returncode == ARGUMENT and words in done.stderr and done.stdout == ""
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("arguments, words", [
    ([], "kind and a table"), (["frob", "t.csv"], 'unknown kind "frob"'),
    (["age"], "kind and a table"), (["age", "a", "b"], "kind and a table"),
    (["age", "t", "--jobs", "0"], "--jobs"), (["age", "t", "--jobs", "1.5"], "--jobs"),
    (["age", "t", "--pad", "x"], "--pad"), (["age", "t", "--resume", "--overwrite"], "exclude"),
    (["age", "t", "--all-pairs"], "--all-pairs"), (["age", "t", "--out"], "--out needs a value"),
    (["age", "t", "--out", ""], "--out"), (["age", "t", "--threshold", "nan"], "--threshold")])
def test_wrong_usage(privid, arguments, words):
    done = privid("evaluate", *arguments)
    assert done.returncode == USAGE and words in done.stderr and done.stdout == ""


def test_help(privid):
    text = privid("evaluate", "--help").stdout
    for kind in ("verification", "identification", "liveness", "age", "attributes", "pose"):
        assert f"  {kind} " in text
        own = privid("evaluate", kind, "--help").stdout
        assert f"privid evaluate {kind} " in own and "Columns: " in own


# --- the tool itself ---

FACES = ("obama.jpg", "obama2.jpg", "biden.jpg", "astronaut.png")


@pytest.fixture
def pairs(tmp_path, picture):
    """A table of pairs of real pictures, one of them without a face."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in (*FACES, "coffee.png"):
        shutil.copy(picture(name), folder / name)
    rows = [[1, "pictures/obama.jpg", "pictures/obama2.jpg"],
            [0, "pictures/obama.jpg", "pictures/biden.jpg"],
            [0, "pictures/biden.jpg", "pictures/astronaut.png"],
            [0, "pictures/biden.jpg", "pictures/coffee.png"]]
    return write_table(tmp_path / "pairs.csv", ["same", "a", "b"], rows)


def test_real_pictures(privid, pairs, tmp_path):
    out = tmp_path / "deep" / "out"
    done = privid("evaluate", "verification", pairs, "--out", out, "--jobs", "2", "--json")
    assert done.returncode == SUCCESS, done.stderr
    made = json.loads(done.stdout)
    assert made == json.loads((out / "report.json").read_text("utf-8"))
    figures = made["figures"]
    assert (figures["genuine_pairs"], figures["impostor_pairs"]) == (1, 2)
    assert figures["lost_pairs"] == 1 and figures["failure_to_acquire"]["count"] == 1
    assert figures["equal_error"]["rate"] == 0
    assert made["pictures"] == {"total": 5, "without_face": 1, "failed": 0, "failures": []}
    assert "verification: 5 of 5 pictures" in done.stderr
    read_page(out)
    # One line a picture, with the template of it.
    lines = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
    assert sorted(line["picture"] for line in lines) == sorted(
        ["pictures/" + name for name in (*FACES, "coffee.png")])
    vectors = {line["picture"]: np.frombuffer(bytes.fromhex(line["template"]), "<f4")
               for line in lines if line["faces"]}
    cosine = float(vectors["pictures/obama.jpg"] @ vectors["pictures/obama2.jpg"])
    assert 0.5 < cosine < 1 and len(vectors) == 4
    # The text says the same as the page.
    text = privid("evaluate", "verification", pairs, "--out", out, "--resume").stdout
    assert "At the shipped thresholds" in text and str(out / "report.html") in text


def results_of(folder):
    return (folder / "results.jsonl").read_text("utf-8").splitlines()


def test_results_are_kept_reused_and_checked(privid, pairs, tmp_path):
    out = tmp_path / "out"
    arguments = ("evaluate", "verification", pairs, "--out", out, "--json")
    first = privid(*arguments)
    assert first.returncode == SUCCESS
    # Not silently thrown away, nor silently used.
    again = privid(*arguments)
    assert again.returncode == ARGUMENT and "--resume" in again.stderr and len(results_of(out)) == 5
    resumed = privid(*arguments, "--resume")
    assert resumed.returncode == SUCCESS and "5 results are taken over" in resumed.stderr
    assert len(results_of(out)) == 5
    assert json.loads(resumed.stdout)["figures"] == json.loads(first.stdout)["figures"]
    # Other settings: measured anew, and said.
    other = privid(*arguments, "--resume", "--embedding-model", "19")
    assert "5 results were made with other settings" in other.stderr
    assert json.loads(other.stdout)["figures"]["embedding_model"] == 19
    assert len(results_of(out)) == 10
    assert "5 results are taken over" in privid(*arguments, "--resume", "--embedding-model",
                                                "19").stderr
    other = privid(*arguments, "--resume", "--set", "conf_score_thr_enroll=0.4")
    assert "10 results were made with other settings" in other.stderr
    # A changed picture, and one that the table no longer names.
    shutil.copy(pairs.parent / "pictures/obama2.jpg", pairs.parent / "pictures/biden.jpg")
    write_table(pairs, ["same", "a", "b"], [[1, "pictures/obama.jpg", "pictures/obama2.jpg"],
                                            [0, "pictures/biden.jpg", "pictures/astronaut.png"]])
    changed = privid(*arguments, "--resume")
    assert changed.returncode == SUCCESS
    assert "1 results are of pictures that have changed" in changed.stderr
    assert "1 results are of pictures that the table does not name" in changed.stderr
    assert "3 results are taken over" in changed.stderr
    # A line that a killed run left half written.
    with open(out / "results.jsonl", "a", encoding="utf-8") as file:
        file.write('{"picture": "pictures/ob')
    assert privid(*arguments, "--resume").returncode == SUCCESS
    overwritten = privid(*arguments, "--overwrite")
    assert overwritten.returncode == SUCCESS and len(results_of(out)) == 4
    assert "taken over" not in overwritten.stderr


def test_interrupt_and_resume(tmp_path, picture, privid):
    folder = tmp_path / "pictures"
    folder.mkdir()
    rows = []
    source = Image.open(picture("obama.jpg")).convert("RGB")
    other = Image.open(picture("biden.jpg")).convert("RGB")
    for i in range(60):
        (source if i % 2 else other).resize((700 + i, 700)).save(folder / f"{i}.png")
        rows.append([f"pictures/{i}.png", "ob" if i % 2 else "bi"])
    table = write_table(tmp_path / "faces.csv", ["image", "person"], rows)
    out = tmp_path / "out"
    command = [BUILD / "bin" / "privid", "evaluate", "verification", table, "--all-pairs", "--out",
               out, "--jobs", "2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    end = time.monotonic() + 60
    while not (out / "results.jsonl").exists() or len(results_of(out)) < 4:
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.01)
    # While it runs, nobody else writes there.
    rival = privid(*command[1:], "--resume")
    assert rival.returncode == ARGUMENT and "another process" in rival.stderr
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGINT
    assert output == b"" and b"--resume goes on" in errors
    kept = results_of(out)
    assert 4 <= len(kept) < 60
    assert all(json.loads(line)["picture"] for line in kept)
    assert not (out / "report.json").exists()
    done = privid(*command[1:], "--resume", "--json")
    assert done.returncode == SUCCESS, done.stderr
    assert f"{len(kept)} results are taken over" in done.stderr
    lines = results_of(out)
    assert lines[:len(kept)] == kept and len(lines) == 60
    whole = privid(*command[1:], "--overwrite", "--json")
    assert json.loads(whole.stdout)["figures"] == json.loads(done.stdout)["figures"]


def test_unreadable_pictures_are_told_and_do_not_stop_the_rest(privid, pairs, tmp_path):
    (pairs.parent / "pictures/astronaut.png").write_bytes(b"not a picture")
    out = tmp_path / "out"
    done = privid("evaluate", "verification", pairs, "--out", out, "--json")
    assert done.returncode == ARGUMENT and "astronaut.png" in done.stderr
    made = json.loads(done.stdout)
    assert made["pictures"]["failed"] == 1
    assert made["pictures"]["failures"][0]["picture"] == "pictures/astronaut.png"


def test_bad_configuration_stops_at_once(privid, pairs, tmp_path):
    done = privid("evaluate", "verification", pairs, "--out", tmp_path / "out", "--set",
                  "conf_score_thr_enroll=7")
    assert done.returncode == CONFIGURATION and "conf_score_thr_enroll" in done.stderr
    done = privid("evaluate", "verification", pairs, "--out", tmp_path / "out",
                  "--embedding-model", "5")
    assert done.returncode == CONFIGURATION and "5" in done.stderr


def test_padding_lets_a_tight_crop_be_found(privid, picture, tmp_path):
    # What a face fills wholly: the box of a face, cut out.
    answer = json.loads(privid("validate", "--json", picture("obama.jpg")).stdout)
    box = answer["faces"][0]["geometry"]["bounding_box"]
    corners = [box["top_left"]["x"], box["top_left"]["y"], box["bottom_right"]["x"],
               box["bottom_right"]["y"]]
    crop = Image.open(picture("obama.jpg")).convert("RGB").crop([round(c) for c in corners])
    crop.save(tmp_path / "a.png")
    crop.resize((crop.width + 9, crop.height)).save(tmp_path / "b.png")
    shutil.copy(picture("biden.jpg"), tmp_path / "c.jpg")
    table = write_table(tmp_path / "t.csv", ["same", "a", "b"],
                        [[1, "a.png", "b.png"], [0, "a.png", "c.jpg"]])

    def confidence(*options):
        out = tmp_path / f"out{len(options)}"
        assert privid("evaluate", "verification", table, "--out", out, *options).returncode == 0
        lines = [json.loads(line) for line in results_of(out)]
        return {line["picture"]: line.get("confidence", 0) for line in lines}

    assert confidence("--pad", "0.5")["a.png"] >= confidence()["a.png"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_that_cannot_be_written(privid, pairs, tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    done = privid("evaluate", "verification", pairs, "--out", locked / "out")
    assert done.returncode == ARGUMENT and "locked" in done.stderr


def test_progress_on_a_terminal(pairs, tmp_path):
    import pty

    leader, follower = pty.openpty()
    command = [BUILD / "bin" / "privid", "evaluate", "verification", pairs, "--out",
               tmp_path / "out", "--jobs", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=follower)
    os.close(follower)
    shown = b""
    while True:
        try:
            part = os.read(leader, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(leader)
    assert process.wait(timeout=60) == SUCCESS
    assert b"\r\033[K" in shown and b"5 of 5 pictures" in shown
    assert re.search(rb"verification: \[#* *\] \d of 5 pictures", shown)
