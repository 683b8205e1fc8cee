"""Fetches missing model files by running the tool that comes with the library."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryFile
from typing import Dict, Optional

from tqdm import tqdm

from .errors import LibraryLoadError
from .library_loader import PACKAGE, checkout_root


def find_tool() -> Optional[str]:
    """Path of the command privid; None if there is none."""
    chosen = os.environ.get("PRIVID_CLI")
    if chosen:
        if not os.access(chosen, os.X_OK):
            raise LibraryLoadError(f"PRIVID_CLI is {chosen}, which cannot be run")
        return chosen
    places = [PACKAGE / "_native" / "bin" / "privid"]
    root = checkout_root()
    if root:
        places.append(root / "build" / "bin" / "privid")
    for place in places:
        if os.access(place, os.X_OK) and Path(place).is_file():
            return str(place)
    return shutil.which("privid")


class _Bars:
    """One progress bar a model; none is drawn where nobody looks at it."""

    def __init__(self) -> None:
        self._bars: Dict[str, tqdm] = {}

    def show(self, line: str) -> None:
        try:
            event = json.loads(line)
            model, stage = str(event["model"]), str(event["stage"])
            done, total = int(event["done"]), int(event["total"])
        except (ValueError, KeyError, TypeError):
            return  # the tool may say more in a later version
        if stage == "cached":
            return
        bar = self._bars.get(model)
        if bar is None:
            bar = self._bars[model] = tqdm(unit="B", unit_scale=True, disable=None)
        bar.set_description(f"{model}: {stage}", refresh=False)
        bar.total = total or None
        bar.n = done
        bar.refresh()

    def close(self) -> None:
        for bar in self._bars.values():
            bar.close()


def fetch_models(reason: str) -> None:
    """Fetches what is missing; reason says why. LibraryLoadError says what went wrong."""
    tool = find_tool()
    if tool is None:
        raise LibraryLoadError(f"{reason} (the command 'privid', which fetches models, is not "
                               "installed: set PRIVID_CLI to it)")
    command = [tool, "models", "fetch", "--progress", "json"]
    bars = _Bars()
    with TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints:
        try:
            with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=complaints, encoding="utf-8", errors="replace") as process:
                for line in process.stdout:
                    bars.show(line)
            status = process.returncode
        except OSError as error:
            raise LibraryLoadError(f"{tool} cannot be run: {error}") from error
        finally:
            bars.close()
        if status != 0:
            complaints.seek(0)
            said = complaints.read()[-2000:].strip() or f"exit status {status}"
            raise LibraryLoadError(f"'{' '.join(command)}' failed: {said}")
