"""The programs `privid` and `privid-server` of an environment: they become the native ones."""

import os
import sys
from pathlib import Path
from typing import NoReturn

from ._models import find_program, models_package, program_environment


def _become(name: str) -> NoReturn:
    program = find_program(name)
    # Of this very script on PATH, nothing better is known.
    if program is None or Path(program).resolve() == Path(sys.argv[0]).resolve():
        sys.exit(f"{name}: the native program is missing; this package was installed without it")
    environment = program_environment()
    folder = models_package()
    # `privid models` looks after the folder of the cache, which can be written to.
    if folder and sys.argv[1:2] != ["models"]:
        environment["PRIVID_MODELS_DIR"] = str(folder)
    os.execve(program, [name, *sys.argv[1:]], environment)


def privid() -> NoReturn:
    """Runs the command privid."""
    _become("privid")


def privid_server() -> NoReturn:
    """Runs the backend."""
    _become("privid-server")
