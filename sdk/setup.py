"""Puts the native library and tool of this checkout into the package, if they have been built."""

import shutil
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

BUILD = Path(__file__).resolve().parent.parent / "build"
LIBRARY = BUILD / "lib" / "libprivid.so"
ENGINE = BUILD / "lib" / "openvino"
TOOL = BUILD / "bin" / "privid"


def native_files():
    """(file, place in the package) of what there is; nothing without the library."""
    if not LIBRARY.exists():
        return
    yield LIBRARY.resolve(), Path("lib/libprivid.so")
    for path in sorted(ENGINE.glob("*.so*")):
        yield path, Path("lib/openvino") / path.name
    if TOOL.exists():
        yield TOOL, Path("bin/privid")


class BuildWithNative(build_py):
    def run(self):
        super().run()
        if self.editable_mode:  # an editable install finds the build folder itself
            return
        target = Path(self.build_lib) / "cryptonets_python_sdk" / "_native"
        shutil.rmtree(target, ignore_errors=True)
        for source, place in native_files():
            (target / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / place)


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
