#!/bin/bash
# Line coverage of the C code by all tests: build/coverage/report.html, and a table here.
set -euo pipefail
cd "$(dirname "$0")/.."
BUILD=build/coverage
PYTHON=$PWD/build/venv/bin/python

tools/setup.sh python tools/requirements-coverage.txt
if [ ! -f $BUILD/build.ninja ]; then
    cmake -S . -B $BUILD -G Ninja -DPython3_EXECUTABLE="$PYTHON" -DPRIVID_COVERAGE=ON -DCMAKE_BUILD_TYPE=Debug
fi
ninja -C $BUILD -j "${JOBS:-$(nproc)}"
find $BUILD -name '*.gcda' -delete
ctest --test-dir $BUILD --output-on-failure --no-tests=error
PATH="$PWD/build/venv/bin:$PATH" PRIVID_LIBRARY=$PWD/$BUILD/lib/libprivid.so \
    PRIVID_CLI=$PWD/$BUILD/bin/privid PRIVID_BUILD_DIR=$PWD/$BUILD \
    "$PYTHON" -m pytest -q sdk/tests tests --ignore=tests/model --ignore=tests/cli
"$PYTHON" -m gcovr --root . --object-directory $BUILD --filter src/ --filter server/ --filter cli/ \
    --print-summary --txt - --html-details $BUILD/report.html $BUILD
