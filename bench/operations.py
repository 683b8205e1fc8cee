#!/usr/bin/env python3
"""Times every operation on one picture, one at a time, in milliseconds.

    bench/operations.py [ROUNDS]    default 30

median and p95 are of the time that the caller waits; processor is the processor time of a call in
the mean, which other work on the machine changes less. People are enrolled, identified and deleted
on a server of this machine that holds nobody else: its processor time is counted too.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from start import SETTINGS

from cryptonets_python_sdk import ImageInputArg, OperationConfig, PrivIDFaceLib, Session

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "sdk" / "tests"))
from sdk_support import PICTURES, Backend  # noqa: E402

PHOTOGRAPHS = PICTURES / "documents" / "photographs"
TICKS = os.sysconf("SC_CLK_TCK")


class Stopwatch:
    """Calls of one kind."""

    def __init__(self, name, served_by=None):
        self.name = name
        self.served_by = served_by  # a process whose work counts too
        self.times = []
        self.processor = 0.0

    def spent(self):
        own = time.process_time()
        if self.served_by is None:
            return own
        fields = Path(f"/proc/{self.served_by}/stat").read_text().rsplit(")", 1)[1].split()
        return own + (int(fields[11]) + int(fields[12])) / TICKS

    def call(self, operation):
        spent, start = self.spent(), time.perf_counter()
        operation_id, result = operation()[:2]
        self.times.append((time.perf_counter() - start) * 1000)
        self.processor += (self.spent() - spent) * 1000
        if operation_id < 0:
            raise RuntimeError(f"{self.name}: {result.call_status.return_message}")
        return result

    def report(self):
        times = sorted(self.times)
        print(f"{self.name:<44} {times[len(times) // 2]:8.1f} {times[len(times) * 95 // 100]:8.1f}"
              f" {self.processor / len(times):10.1f}")


def measure(name, rounds, operation):
    Stopwatch(name).call(operation)  # models are loaded when first needed
    watch = Stopwatch(name)
    for _ in range(rounds):
        watch.call(operation)
    watch.report()


def size_of(image):
    return f"{image.width} x {image.height}"


def measure_alone(session, rounds):
    """What needs no server."""
    one, other = (ImageInputArg(PICTURES / name) for name in ("obama.jpg", "obama2.jpg"))
    group = ImageInputArg(PICTURES / "sample5.jpg")
    passport, licence = (ImageInputArg(PHOTOGRAPHS / f"{name}-careful.jpg")
                         for name in ("alderay-fontaine", "franklin-back-1"))
    zone = OperationConfig(detect_and_recognize_mrz_code=True)
    birth = OperationConfig(calculate_age_from_ocr_text=True)
    barcode = OperationConfig(document_scan_barcode_only=True)
    for name, operation in (
            (f"validate, one face, {size_of(one)}", lambda: session.validate(one)),
            (f"validate, group, {size_of(group)}", lambda: session.validate(group)),
            ("liveness, one face", lambda: session.anti_spoofing(one)),
            ("age, one face", lambda: session.estimate_age(one)),
            ("compare, two pictures of one face each",
             lambda: session.face_compare_files(one, other)),
            ("portrait, one face", lambda: session.face_iso(one)),
            (f"document, passport, {size_of(passport)}", lambda: session.doc_scan_face(passport)),
            ("document, with its zone", lambda: session.doc_scan_face(passport, zone)),
            ("document, with the date of birth", lambda: session.doc_scan_face(passport, birth)),
            (f"document, barcode alone, {size_of(licence)}",
             lambda: session.doc_scan_face(licence, barcode))):
        measure(name, rounds, operation)


def measure_served(session, server, rounds):
    """A person comes, is recognised and goes."""
    one, other = (ImageInputArg(PICTURES / name) for name in ("obama.jpg", "obama2.jpg"))
    watches = [Stopwatch(name, server) for name in ("enrol, a new person", "identify", "delete")]
    for _ in range(rounds):
        puid = watches[0].call(lambda: session.enroll_onefa(one)).enroll.api_response.puid
        found = watches[1].call(lambda: session.face_predict_onefa(other))
        if found.predict.api_response.puid != puid:
            raise RuntimeError("identify: nobody was found")
        watches[2].call(lambda puid=puid: session.user_delete(puid))
    for watch in watches:
        watch.report()


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    if rounds < 1:
        print(__doc__, file=sys.stderr)
        return 2
    PrivIDFaceLib.initialize()
    print(f"{f'{rounds} rounds':<44} {'median':>8} {'p95':>8} {'processor':>10}")
    with Session.from_dict(SETTINGS) as session:
        measure_alone(session, rounds)
    with tempfile.TemporaryDirectory() as folder:
        backend = Backend(Path(folder))
        try:
            with Session(backend.settings()) as session:
                measure_served(session, backend.process.pid, rounds)
        finally:
            backend.stop()
    PrivIDFaceLib.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
