#!/usr/bin/env python3
"""Looks at what tools/setup.sh has put into place; standard library only.

    setup_files.py packages REQUIREMENTS...    are these versions installed for this Python?
    setup_files.py engine-check KEY FOLDER     is the engine unpacked, all of it, for this key?
    setup_files.py engine-unpack KEY WHEEL FOLDER
    setup_files.py pinned MANIFEST FOLDER      are all files of the manifest there, as pinned?

Exit status: 0 yes or done, 1 no (what is missing is printed), 2 wrong usage.
"""

import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

STAMP = ".unpacked"
ENGINE_FILES = re.compile(
    r"openvino/(include/.+"
    r"|libs/(libopenvino\.so|libopenvino_c\.so|libopenvino_(intel|arm)_cpu_plugin\.so"
    r"|libopenvino_(ir|onnx|tensorflow_lite)_frontend\.so|libtbb|libhwloc)[^/]*)")
LICENCE_FILES = re.compile(r"openvino-[^/]+\.dist-info/licenses/.+")


def packages(*requirements):
    missing = []
    for name in requirements:
        for line in Path(name).read_text(encoding="utf-8").splitlines():
            package, separator, version = line.strip().partition("==")
            if not separator or line.startswith("#"):
                continue
            try:
                found = importlib.metadata.version(package)
            except importlib.metadata.PackageNotFoundError:
                found = "none"
            if found != version:
                missing.append(f"{package} {version} (found: {found})")
    return missing


def engine_check(key, folder):
    try:
        stamp = json.loads((Path(folder) / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ["nothing unpacked"]
    if stamp["key"] != key:
        return ["another version"]
    return [name for name, size in stamp["files"].items()
            if not (Path(folder) / name).is_file() or (Path(folder) / name).stat().st_size != size]


def engine_unpack(key, wheel, folder):
    """Into a folder beside it, moved into place when complete."""
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".openvino-") as temporary:
        target = Path(temporary) / "openvino"
        files = {}
        with zipfile.ZipFile(wheel) as archive:
            for entry in archive.infolist():
                if entry.is_dir():
                    continue
                if ENGINE_FILES.fullmatch(entry.filename):
                    name = entry.filename.partition("/")[2]
                elif LICENCE_FILES.fullmatch(entry.filename):
                    name = "licenses/" + entry.filename.partition("/licenses/")[2]
                else:
                    continue
                place = target / name
                if target not in Path(os.path.normpath(place)).parents:
                    return [f"{entry.filename}: outside of the folder"]
                place.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as source, place.open("wb") as out:
                    shutil.copyfileobj(source, out, 1 << 20)
                files[name] = entry.file_size
        if "include/openvino/c/openvino.h" not in files:
            return ["the package holds no include/openvino/c/openvino.h"]
        (target / STAMP).write_text(json.dumps({"key": key, "files": files}), encoding="utf-8")
        if folder.exists():
            folder.rename(Path(temporary) / "former")
        target.rename(folder)
    return []


def pinned(manifest, folder):
    wrong = []
    for row in json.loads(Path(manifest).read_text(encoding="utf-8"))["models"]:
        file = row["prepared"]
        path = Path(folder) / file["file"]
        if not path.is_file() or path.stat().st_size != file["size"]:
            wrong.append(file["file"])
            continue
        with path.open("rb") as source:
            if hashlib.sha256(source.read()).hexdigest() != file["sha256"]:
                wrong.append(file["file"])
    return wrong


COMMANDS = {
    "packages": (packages, None),
    "engine-check": (engine_check, 2),
    "engine-unpack": (engine_unpack, 3),
    "pinned": (pinned, 2),
}


def main(arguments):
    if not arguments or arguments[0] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        return 2
    command, count = COMMANDS[arguments[0]]
    if len(arguments) < 2 or count not in (None, len(arguments) - 1):
        print(__doc__, file=sys.stderr)
        return 2
    wrong = command(*arguments[1:])
    for line in wrong:
        print("  " + line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
