"""Puts the native library, its engine and the programs of this checkout into the package, if they
have been built. `make wheel` then makes the wheel independent of this machine."""

import shutil
import subprocess
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

BUILD = Path(__file__).resolve().parent.parent / "build"
LIBRARY = BUILD / "lib" / "libprivid.so"


def install_native(target):
    """bin, lib and share, as `make install` puts them, without links: a wheel has none."""
    shutil.rmtree(target, ignore_errors=True)
    if not LIBRARY.exists():
        return
    subprocess.run(["cmake", "--install", BUILD, "--component", "runtime", "--prefix", target],
                   check=True, stdout=subprocess.DEVNULL)
    for path in (target / "lib").glob("libprivid.so.*"):
        if path.is_symlink():
            path.unlink()
        else:
            path.rename(target / "lib" / "libprivid.so")


class BuildWithNative(build_py):
    def run(self):
        super().run()
        if not self.editable_mode:  # an editable install finds the build folder itself
            install_native(Path(self.build_lib) / "cryptonets_python_sdk" / "_native")


class PlatformWheel(bdist_wheel):
    """One wheel serves every Python, but with native files only this platform."""

    def get_tag(self):
        platform = super().get_tag()[2]
        return ("py3", "none", platform if LIBRARY.exists() else "any")


class MaybeBinaryDistribution(Distribution):
    def has_ext_modules(self):
        return LIBRARY.exists()


setup(distclass=MaybeBinaryDistribution,
      cmdclass={"build_py": BuildWithNative, "bdist_wheel": PlatformWheel})
