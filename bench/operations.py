#!/usr/bin/env python3
"""Times operations on one picture, one at a time: median and 95th percentile, in milliseconds.

    bench/operations.py [ROUNDS]    default 30
"""

import sys
import time
from pathlib import Path

from cryptonets_python_sdk import ImageInputArg, PrivIDFaceLib, Session

PICTURES = Path(__file__).resolve().parent.parent / "build" / "pictures"
SETTINGS = {"collections": {"default": {"named_urls": {}}}, "session_token": ""}


def measure(name, rounds, operation):
    operation()  # models are loaded when first needed
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        operation_id, result = operation()
        times.append((time.perf_counter() - start) * 1000)
        if operation_id < 0:
            raise RuntimeError(f"{name}: {result.call_status.return_message}")
    times.sort()
    print(f"{name:<44} {times[len(times) // 2]:8.1f} {times[len(times) * 95 // 100]:8.1f}")


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    if rounds < 1:
        print(__doc__, file=sys.stderr)
        return 2
    one, other = (ImageInputArg(PICTURES / name) for name in ("obama.jpg", "obama2.jpg"))
    group = ImageInputArg(PICTURES / "sample5.jpg")
    PrivIDFaceLib.initialize()
    print(f"{f'{rounds} rounds':<44} {'median':>8} {'p95':>8}")
    with Session.from_dict(SETTINGS) as session:
        measure(f"validate, one face, {one.width} x {one.height}", rounds,
                lambda: session.validate(one))
        measure(f"validate, group, {group.width} x {group.height}", rounds,
                lambda: session.validate(group))
        measure("compare, two pictures of one face each", rounds,
                lambda: session.face_compare_files(one, other))
        measure(f"portrait, one face, {one.width} x {one.height}", rounds,
                lambda: session.face_iso(one)[:2])
    PrivIDFaceLib.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
