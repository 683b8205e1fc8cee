"""The package installs into a fresh virtual environment and finds the library in itself."""

import os
import shutil
import subprocess
import venv

from sdk_support import BUILD, ROOT

PROGRAM = """
import pathlib, sys
import cryptonets_python_sdk as sdk
from cryptonets_python_sdk._models import find_tool
lib, ffi = sdk.DefaultLibraryLoadStrategy().load_library()
package = pathlib.Path(sdk.__file__).parent
loaded = [line.split()[-1] for line in open("/proc/self/maps") if "libprivid" in line]
assert loaded and all(path.startswith(str(package / "_native")) for path in loaded), loaded
assert (package / "idl" / "json_schemas.json").is_file() and (package / "py.typed").is_file()
sdk.PrivIDFaceLib.initialize()
tool = pathlib.Path(find_tool())
assert tool == package / "_native" / "bin" / "privid", tool
print(sdk.PrivIDFaceLib.get_native_sdk_version())
sdk.PrivIDFaceLib.shutdown()
"""


def test_install_into_a_fresh_environment(tmp_path):
    # A copy: installing leaves a build folder beside the sources.
    checkout = tmp_path / "checkout"
    ignored = shutil.ignore_patterns("build", "*.egg-info", "__pycache__", "_native")
    shutil.copytree(ROOT / "sdk", checkout / "sdk", ignore=ignored)
    (checkout / "build").symlink_to(BUILD)
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check",
                    checkout / "sdk"], check=True, timeout=500)
    shutil.rmtree(checkout)
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("PRIVID_LIBRARY", "PRIVID_CLI", "PYTHONPATH")}
    done = subprocess.run([python, "-c", PROGRAM], cwd=tmp_path, env=environment,
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()[0].isdigit()
