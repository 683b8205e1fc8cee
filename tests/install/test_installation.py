"""What `cmake --install` puts in place serves a project that knows nothing of this tree."""

import json
import os
import shlex
import shutil
from pathlib import Path

import pytest
import wheels
from PIL import Image
from wheels import BUILD, ROOT, run

PICTURES = Path(os.environ.get("PRIVID_PICTURES", BUILD / "pictures"))
EXAMPLE = Path(__file__).with_name("example")


@pytest.fixture(scope="module")
def prefix():
    return wheels.prefix()


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    path = tmp_path_factory.mktemp("picture") / "face.ppm"
    Image.open(PICTURES / "obama.jpg").convert("RGB").save(path)
    return path


@pytest.fixture(scope="module")
def programs(prefix, tmp_path_factory):
    """The example project, copied out of this tree and built with find_package()."""
    folder = tmp_path_factory.mktemp("project")
    source = shutil.copytree(EXAMPLE, folder / "source")
    run("cmake", "-S", source, "-B", folder / "build", "-G", "Ninja",
        f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_C_FLAGS=-Wall -Wextra -Werror",
        "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror")
    run("ninja", "-C", folder / "build")
    return folder / "build"


def check_face(printed):
    answer = json.loads(printed)
    assert answer["call_status"]["return_code"] == 0 and len(answer["faces"]) == 1
    assert answer["faces"][0]["geometry"]["face_confidence_score"] > 0.8


def test_find_package_and_the_c_program(programs, picture):
    check_face(run(programs / "example_c", picture))


def test_the_header_for_cpp(programs, picture):
    refused, size, wrong, answer = run(programs / "example_cpp", picture).splitlines()
    assert refused.startswith("refused: -4 ") and "session_token" in refused
    assert int(size) > 100_000 and wrong == "-1"
    assert json.loads(answer)["compare"]["is_match"] is True


def test_pkg_config(prefix, picture, tmp_path):
    environment = {**os.environ, "PKG_CONFIG_PATH": str(prefix / "lib" / "pkgconfig")}
    flags = shlex.split(run("pkg-config", "--cflags", "--libs", "privid", env=environment))
    run("cc", "-std=c99", EXAMPLE / "example.c", "-o", tmp_path / "example", *flags)
    check_face(run(tmp_path / "example", picture,
                   env={**os.environ, "LD_LIBRARY_PATH": str(prefix / "lib")}))
    version = run("pkg-config", "--modversion", "privid", env=environment).strip()
    assert version in run(prefix / "bin" / "privid", "--version")


def test_installed_programs_use_the_installed_library(prefix, picture):
    for name in ("privid", "privid-server"):
        assert run(prefix / "bin" / name, "--help")
        assert str(ROOT) not in run("ldd", prefix / "bin" / name)
    assert str(ROOT) not in run("ldd", prefix / "lib" / "libprivid.so")


def test_the_licences_of_what_is_linked_are_installed(prefix):
    licences = prefix / "share" / "doc" / "privid"
    assert "Apache License" in (licences / "LICENSE").read_text()
    assert "Apache License" in (licences / "licenses" / "zxing-cpp").read_text()
    assert list((licences / "licenses" / "openvino").rglob("*third-party*"))


def test_nothing_else_is_installed(prefix):
    """A file that turns up here by accident would be part of what users rely on."""
    names = {str(path.relative_to(prefix)) for path in prefix.rglob("*") if not path.is_dir()}
    others = {name for name in names
              if not name.startswith(("lib/privid/", "share/doc/privid/licenses/openvino/"))}
    version = next(name for name in names if name.startswith("lib/libprivid.so.0."))
    cmake = {name for name in names if name.startswith("lib/cmake/privid/privid-")}
    assert others - cmake == {
        "bin/privid", "bin/privid-server", "include/privid/privid.h", "include/privid/privid.hpp",
        "lib/libprivid.so", "lib/libprivid.so.0", version, "lib/libprivid_fhe.so",
        "lib/pkgconfig/privid.pc", "share/doc/privid/LICENSE",
        "share/doc/privid/licenses/zxing-cpp"}


def test_the_debian_package_brings_all_that_it_does_not_depend_on(tmp_path):
    run("cpack", "-B", tmp_path, cwd=BUILD)
    package, = tmp_path.glob("privid_*.deb")
    control = run("dpkg-deb", "--field", package)
    depends = control.split("Depends: ")[1].splitlines()[0]
    assert "libcurl4" in depends and "libc6 (>=" in depends and "openvino" not in depends
    run("dpkg-deb", "--extract", package, tmp_path / "root")
    for name in ("privid", "privid-server"):
        assert run(tmp_path / "root" / "usr" / "bin" / name, "--help")
        loaded = run("ldd", tmp_path / "root" / "usr" / "bin" / name)
        assert str(ROOT) not in loaded and "not found" not in loaded
