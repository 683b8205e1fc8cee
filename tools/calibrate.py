#!/usr/bin/env python3
"""Measure what a comparison score means and write it to models/operating_points.json.

    tools/calibrate.py PAIRS.csv [--write]

PAIRS.csv has the columns same, a, b: two picture files (relative to the table) and 1 or 0 for "the
same person". Pictures that a chain of 1-rows connects, and files NAME_0001.jpg, NAME_0002.jpg of
one NAME, are one person; all other pairs of pictures count as different people.

Templates are made by the library itself: a session's enroll URL points at a small local server that
keeps what the library sends. From all impostor pairs come the cosines at false match rates of 1e-3
and 1e-4 (counted) and of 1e-5 and 1e-6 (a normal tail fitted between 1e-2 and 1e-4, because there
are not enough pairs to count that far). --write also renews src/base/operating_points.inc.
"""

import argparse
import base64
import csv
import json
import re
import statistics
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np

import operating_points

ROOT = Path(__file__).resolve().parent.parent
NAMES = {14: "sface", 19: "sface+fr_feature"}
RATES = (1e-3, 1e-4, 1e-5, 1e-6)
DISTANCES = (0.65, 0.5, None, 0.3)  # as the interface fixes them for these rates


class Keeper(BaseHTTPRequestHandler):
    """Answers as a backend would and keeps the template."""

    received: list[np.ndarray] = []

    def reply(self, body):
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        self.reply({"status": 0})

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.received.append(np.frombuffer(base64.b64decode(request["embedding"]), "<f4"))
        self.reply({"status": 0, "puid": "kept", "guid": "kept", "message": "kept"})

    def log_message(self, *arguments):
        pass


def templates(paths, model):
    """One template a picture, or None where no face was found."""
    from cryptonets_python_sdk import (Collection, ImageInputArg, NamedUrl, OperationConfig,
                                       Session, SessionSettings)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keeper)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    urls = NamedUrl(base_url=base, enroll=base + "/enroll")
    session = Session(SessionSettings(
        collections={"default": Collection(named_urls=urls, embedding_model_id=model)},
        session_token="calibration"))
    # every face counts here, also those that an enrolment would refuse
    config = OperationConfig(face_validations_off=True, anti_spoofing_mode=0)
    result = []
    for number, path in enumerate(paths, 1):
        Keeper.received.clear()
        _, answer = session.enroll_onefa(ImageInputArg(str(path), "rgb"), config)
        if answer.call_status.return_code != 0:
            raise SystemExit(f"{path}: {answer.call_status.return_message}")
        result.append(Keeper.received[0].copy() if Keeper.received else None)
        print(f"\rmodel {model}: {number} of {len(paths)} pictures", end="", file=sys.stderr)
    print(file=sys.stderr)
    server.shutdown()
    return result


def identities(rows, paths):
    """A number for each picture; the same number for the same person."""
    parent = {path: path for path in paths}

    def root(path):
        while parent[path] != path:
            path = parent[path]
        return path

    by_name = {}
    for path in paths:
        match = re.fullmatch(r"(.+)_\d{4}", path.stem)
        if match:
            parent[root(path)] = root(by_name.setdefault(match[1], path))
    for same, a, b in rows:
        if same:
            parent[root(a)] = root(b)
    roots = {}
    return np.array([roots.setdefault(root(path), len(roots)) for path in paths])


def cosines(vectors, person):
    matrix = np.asarray(vectors, np.float64)
    scores = matrix @ matrix.T
    first, second = np.triu_indices(len(matrix), 1)
    same = person[first] == person[second]
    return scores[first, second][same], scores[first, second][~same]


def knots(impostor):
    """Cosines at RATES, counted where possible and from the fitted tail beyond."""
    normal = statistics.NormalDist()
    rates = np.geomspace(1e-2, 1e-4, 9)
    z = np.array([-normal.inv_cdf(rate) for rate in rates])
    slope, offset = np.polyfit(z, np.quantile(impostor, 1 - rates), 1)
    result = []
    for rate in RATES:
        fitted = offset + slope * -normal.inv_cdf(rate)
        counted = np.quantile(impostor, 1 - rate) if rate * len(impostor) >= 9 else fitted
        result.append(float(max(counted, fitted)))
    return [round(value, 4) for value in result]


def distance(cosine, cosine_knots):
    """pv_match_distance() of src/base/matching.c."""
    x = [-1.0, 0.0, cosine_knots[0], cosine_knots[1], cosine_knots[3], 1.0]
    return np.interp(cosine, x, [1.0, 0.9, 0.65, 0.5, 0.3, 0.0])


def logistic(genuine, impostor):
    """Offset and slope of the log-odds over the distance, both classes weighing the same."""
    x = np.concatenate([genuine, impostor])
    y = np.concatenate([np.ones(len(genuine)), np.zeros(len(impostor))])
    weight = np.where(y == 1, 0.5 / len(genuine), 0.5 / len(impostor))
    design = np.stack([np.ones_like(x), x], 1)
    beta = np.array([5.0, -8.0])
    for _ in range(100):
        p = 1 / (1 + np.exp(-design @ beta))
        gradient = design.T @ (weight * (y - p)) - 1e-4 * beta
        curvature = (design * (weight * p * (1 - p))[:, None]).T @ design + 1e-4 * np.eye(2)
        beta += np.linalg.solve(curvature, gradient)
    return [round(float(value), 3) for value in beta]


def measure(model, rows, paths, person):
    vectors = templates(paths, model)
    found = [index for index, vector in enumerate(vectors) if vector is not None]
    index_of = {paths[i]: n for n, i in enumerate(found)}
    matrix = [vectors[i] for i in found]
    genuine, impostor = cosines(matrix, person[found])
    at = knots(impostor)
    offset, slope = logistic(distance(genuine, at), distance(impostor, at))
    listed = {True: [], False: []}
    for same, a, b in rows:
        if a in index_of and b in index_of:
            listed[same].append(float(matrix[index_of[a]] @ matrix[index_of[b]]))
    print(f"model {model}: {len(found)} of {len(paths)} pictures with a face, "
          f"{len(genuine)} genuine and {len(impostor)} impostor pairs")
    for rate, cosine in zip(RATES, at):
        print(f"  FMR {rate:.0e}: cosine {cosine:.4f}, FNMR {np.mean(genuine < cosine):.4f}, "
              f"impostor pairs above {int(np.sum(impostor >= cosine))}")
    print(f"  listed pairs at distance 0.5: {sum(c >= at[1] for c in listed[True])} of "
          f"{len(listed[True])} same match, {sum(c >= at[1] for c in listed[False])} of "
          f"{len(listed[False])} different match")
    return {"embedding_model": model, "name": NAMES[model], "dimension": len(matrix[0]),
            "cosine_at_false_match_rate": dict(zip((f"{r:.0e}" for r in RATES), at)),
            "confidence_logit": {"offset": offset, "slope": slope},
            "measured_on": {"pictures": len(found), "genuine_pairs": len(genuine),
                            "impostor_pairs": len(impostor)}}


def write(points):
    operating_points.update("matching", points)
    lines = ["/* Generated by tools/calibrate.py from models/operating_points.json. */"]
    for row in points["models"]:
        values = ", ".join(str(v) for v in row["cosine_at_false_match_rate"].values())
        logit = row["confidence_logit"]
        lines.append(f'{{{row["embedding_model"]}, "{row["name"]}", {row["dimension"]}, '
                     f'{{{values}}}, {logit["offset"]}, {logit["slope"]}}},')
    (ROOT / "src/base/operating_points.inc").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    folder = arguments.table.parent
    with arguments.table.open(newline="") as file:
        rows = [(row["same"] == "1", folder / row["a"], folder / row["b"])
                for row in csv.DictReader(file)]
    paths = sorted({path for _, a, b in rows for path in (a, b)})
    person = identities(rows, paths)

    from cryptonets_python_sdk import PrivIDFaceLib

    PrivIDFaceLib.initialize()
    measured = [measure(model, rows, paths, person) for model in NAMES]
    PrivIDFaceLib.shutdown()
    if arguments.write:
        write({"made_by": "tools/calibrate.py PAIRS.csv --write", "models": measured})


if __name__ == "__main__":
    main()
