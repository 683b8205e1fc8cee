#!/bin/bash
# Builds the site: pages with judged pictures, and the reference of the C interface. Every warning is an
# error: a broken link, a missing anchor, an undocumented argument.
set -euo pipefail
cd "$(dirname "$0")/../.."
export NO_MKDOCS_2_WARNING=1

build/venv/bin/python tools/site/prepare.py
rm -rf build/site/c-reference
doxygen tools/site/Doxyfile
# Among the pages, so that links into it are checked too.
cp -r build/site/c-reference build/site/pages/
# With --quiet it counts no warnings.
build/venv/bin/mkdocs build --strict
echo "site: build/site/html/index.html"
