"""Copies the prepared files of models/manifest.json, with their cards, into the package.

They are taken from the folder that PRIVID_MODELS_DIR names, else that of `privid models path`, and
each has to be as pinned.
"""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parents[2]


def models_folder():
    chosen = os.environ.get("PRIVID_MODELS_DIR")
    return Path(chosen or subprocess.run([ROOT / "build" / "bin" / "privid", "models", "path"],
                                         check=True, capture_output=True, text=True).stdout.strip())


class BuildWithFiles(build_py):
    def run(self):
        super().run()
        source, target = models_folder(), Path(self.build_lib) / "privid_models" / "files"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(ROOT / "models" / "cards", target / "cards")
        rows = json.loads((ROOT / "models" / "manifest.json").read_text(encoding="utf-8"))["models"]
        for row in rows:
            prepared = row["prepared"]
            data = (source / prepared["file"]).read_bytes()
            if hashlib.sha256(data).hexdigest() != prepared["sha256"]:
                raise RuntimeError(f"{source / prepared['file']} is not as pinned: "
                                   "'privid models fetch' mends that")
            (target / prepared["file"]).write_bytes(data)
        licences = "".join(f"{row['prepared']['file']}: {row['licence']}; {row['origin']}\n"
                           for row in rows)
        (target / "LICENCES").write_text(licences, encoding="utf-8")


setup(cmdclass={"build_py": BuildWithFiles})
