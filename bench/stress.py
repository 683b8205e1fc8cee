#!/usr/bin/env python3
"""Many threads, each with a session of its own, at work at once: errors, memory and throughput.

    bench/stress.py [OPERATIONS [THREADS]]    default 1000 16

Operations are validate, compare, age, liveness and portrait in turn, on one picture of a face. The
same work is done before by one thread, for a tenth of the operations. Memory is what the process
holds (RSS) when the allocator has given back what is free: after a fifth of the operations by all
threads, twenty by each at least, and again at the end.
"""

import ctypes
import sys
import threading
import time

from start import FACE as PICTURE
from start import SETTINGS, held

from cryptonets_python_sdk import ImageInputArg, PrivIDFaceLib, Session


def resident_bytes():
    ctypes.CDLL(None).malloc_trim(0)
    return held()[1]


def one_operation(session, image, number):
    """Whether it went well: no error, and the face was found."""
    kind = number % 5
    if kind == 0:
        operation_id, result = session.validate(image)
    elif kind == 1:
        operation_id, result = session.face_compare_files(image, image)
        return operation_id > 0 and bool(result.compare.is_match)
    elif kind == 2:
        operation_id, result = session.estimate_age(image)
    elif kind == 3:
        operation_id, result = session.anti_spoofing(image)
    else:
        operation_id, result, _ = session.face_iso(image)
    return operation_id > 0 and len(result.faces) == 1


def work(image, operations, threads):
    """Seconds and failures of so many operations, shared among threads with a session each."""
    numbers, failures, lock = iter(range(operations)), [], threading.Lock()

    def serve():
        try:
            with Session.from_dict(SETTINGS) as session:
                while True:
                    with lock:
                        number = next(numbers, None)
                    if number is None:
                        return
                    if not one_operation(session, image, number):
                        failures.append(number)
        except Exception as error:
            failures.append(error)

    running = [threading.Thread(target=serve) for _ in range(threads)]
    start = time.perf_counter()
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return time.perf_counter() - start, failures


def measure(operations, threads):
    """A dict of figures."""
    image = ImageInputArg(PICTURE)
    PrivIDFaceLib.initialize()
    try:
        # Models are loaded and every thread has its buffers: what is held levels off after some
        # twenty operations of each thread.
        work(image, max(20 * threads, operations // 5), threads)
        single = max(10, operations // 10)
        alone, first = work(image, single, 1)
        before = resident_bytes()
        together, second = work(image, operations, threads)
        after = resident_bytes()
    finally:
        PrivIDFaceLib.shutdown()
    return {"failures": first + second, "alone": single / alone, "together": operations / together,
            "before": before, "after": after}


def main():
    operations = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    threads = int(sys.argv[2]) if len(sys.argv) > 2 else 16
    if operations < 1 or threads < 1:
        print(__doc__, file=sys.stderr)
        return 2
    found = measure(operations, threads)
    print(f"{operations} operations, {threads} threads with a session each")
    print(f"failures            {len(found['failures'])}")
    print(f"one thread          {found['alone']:8.1f} operations a second")
    print(f"{threads:<3} threads         {found['together']:8.1f} operations a second, "
          f"{found['together'] / found['alone']:.2f} times as many")
    before, after = found["before"] / 1e6, found["after"] / 1e6
    print(f"memory              {before:8.1f} MB before, {after:.1f} MB after")
    for failure in found["failures"][:5]:
        print(f"  {failure!r}")
    return 1 if found["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
