#!/usr/bin/env python3
"""What the first answer of each operation costs a new process: time, memory and models.

    bench/start.py [ROUNDS]         default 3

Each round is a process of its own: it imports the package, makes the library ready, opens a session
and runs the operation, then 20 times more, on two processors at most, so that machines can be
compared. Told are medians: milliseconds until the import is done, the library is ready and the
first answer is there, of which `work` is what the processors did for it (a busy machine takes
longer); in MB (a million bytes) the most memory that was held and what is held in the end (VmHWM
and VmRSS); and the models that were loaded. The start of Python itself is left out.
"""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

PICTURES = Path(__file__).resolve().parent.parent / "build" / "pictures"
SETTINGS = {"collections": {"default": {"named_urls": {}}}, "session_token": ""}
FACE = PICTURES / "obama.jpg"
DOCUMENT = PICTURES / "documents" / "photographs" / "alderay-fontaine-careful.jpg"
LOADED = re.compile(r"model (\w+) loaded")
# Name: picture, call of a session, a picture and the configuration's class.
OPERATIONS = {
    "validate": (FACE, lambda session, image, config: session.validate(image)),
    "liveness": (FACE, lambda session, image, config: session.anti_spoofing(image)),
    "age": (FACE, lambda session, image, config: session.estimate_age(image)),
    "compare": (FACE, lambda session, image, config: session.face_compare_files(image, image)),
    "portrait": (FACE, lambda session, image, config: session.face_iso(image)),
    "document": (DOCUMENT, lambda session, image, config: session.doc_scan_face(image)),
    "document, zone read": (DOCUMENT, lambda session, image, config: session.doc_scan_face(
        image, config(detect_and_recognize_mrz_code=True))),
}


def held():
    """(most, now) in bytes."""
    found = dict(re.findall(r"^(Vm\w+):\s+(\d+) kB", Path("/proc/self/status").read_text(), re.M))
    return int(found["VmHWM"]) * 1024, int(found["VmRSS"]) * 1024


def one_process(name):
    """In the process that is measured: prints its figures, the log tells the models."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    picture, operation = OPERATIONS[name]
    begun = time.process_time()
    times = [time.perf_counter()]
    from cryptonets_python_sdk import ImageInputArg, OperationConfig, PrivIDFaceLib, Session
    times.append(time.perf_counter())
    PrivIDFaceLib.initialize(log_level=2)
    times.append(time.perf_counter())
    with Session.from_dict(SETTINGS) as session:
        image = ImageInputArg(picture)
        answer = operation(session, image, OperationConfig)
        times.append(time.perf_counter())
        work = time.process_time() - begun
        if answer[0] < 0:
            raise RuntimeError(f"{name}: {answer[1].call_status.return_message}")
        for _ in range(20):
            operation(session, image, OperationConfig)
        most, now = held()
    PrivIDFaceLib.shutdown()
    print(json.dumps({"times": times, "work": work, "most": most, "now": now}))


def measure(name, rounds):
    """Medians of so many processes, as a dict, with the names of the models that were loaded."""
    found = []
    for _ in range(rounds):
        done = subprocess.run([sys.executable, __file__, "--process", name], check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        one = json.loads(done.stdout)
        start, imported, ready, first = one["times"]
        found.append({"import": imported - start, "ready": ready - start, "first": first - start,
                      "work": one["work"], "most": one["most"], "now": one["now"]})
    middle = {key: sorted(one[key] for one in found)[rounds // 2] for key in found[0]}
    return {**middle, "models": LOADED.findall(done.stderr)}


def main():
    if sys.argv[1:2] == ["--process"]:
        one_process(sys.argv[2])
        return 0
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    if rounds < 1:
        print(__doc__, file=sys.stderr)
        return 2
    heads = " ".join(f"{word:>7}" for word in ("import", "ready", "answer", "work"))
    print(f"{f'a new process, {rounds} rounds':<22} {heads} {'MB most':>8} {'MB held':>8}  models",
          flush=True)
    for name in OPERATIONS:
        one = measure(name, rounds)
        times = " ".join(f"{one[key] * 1000:7.0f}" for key in ("import", "ready", "first", "work"))
        print(f"{name:<22} {times} {one['most'] / 1e6:8.0f} {one['now'] / 1e6:8.0f}  "
              f"{' '.join(one['models'])}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
