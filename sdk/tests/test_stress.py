"""Sixteen threads with a session each: no error. And memory stays as it is.

bench/stress.py does the same a thousand times, and measures.
"""

import json
import subprocess
import sys

from sdk_support import ROOT

# Forty operations that each forgot the picture's pixels would hold 124 MB more.
GROWTH_BYTES = 30_000_000

PROGRAM = """
import json, sys
sys.path.insert(0, sys.argv[1])
import stress
image = stress.ImageInputArg(stress.PICTURE)
stress.PrivIDFaceLib.initialize()
_, failures = stress.work(image, 48, 16)
_, warm = stress.work(image, 10, 1)
before = stress.resident_bytes()
_, steady = stress.work(image, 40, 1)
after = stress.resident_bytes()
print(json.dumps({"failures": list(map(repr, failures + warm + steady)), "growth": after - before}))
"""


def test_sixteen_threads_and_sessions():
    done = subprocess.run([sys.executable, "-c", PROGRAM, ROOT / "bench"], capture_output=True,
                          text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["failures"] == []
    assert found["growth"] < GROWTH_BYTES
