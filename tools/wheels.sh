#!/bin/bash
# Makes both wheels, after the build: tools/wheels.sh FOLDER
#
# cryptonets_python_sdk: the package with library, engine and programs; tools/wheel.py adds what they
# link to. privid_models: the prepared model files, for machines that are to fetch nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# = 1 ] || { sed -n '2,6p' "$0" >&2; exit 2; }

python=$PWD/build/venv/bin/python
PATH=$PWD/build/venv/bin:$PATH
mkdir -p "$1"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# Copies: setuptools leaves folders beside the sources.
mkdir "$scratch/tree"
cp -R sdk models "$scratch/tree"
ln -s "$PWD/build" "$scratch/tree/build"
rm -rf "$scratch/tree"/sdk/{,models/}build "$scratch/tree"/sdk/{,models/}src/*.egg-info
for part in sdk sdk/models; do
    "$python" -m pip wheel -q --disable-pip-version-check --no-deps --no-build-isolation \
        --wheel-dir "$scratch/wheels" "$scratch/tree/$part"
done
rm -f "$1"/*.whl
mv "$scratch"/wheels/privid_models-*.whl "$1"
"$python" tools/wheel.py "$scratch"/wheels/cryptonets_python_sdk-*.whl "$1"
