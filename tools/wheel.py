#!/usr/bin/env python3
"""Makes a wheel with native files independent of the machine that it was built on.

    tools/wheel.py WHEEL FOLDER

Shared libraries that the wheel's programs and libraries need are copied into it, under names that
no other package uses, with their licences; fonts for the texts in drawn pictures too. Left to the
system are the C library and the runtime of the compiler. The name of the result, in FOLDER, says
which glibc it needs: the newest symbol that anything in it asks for (PEP 600).
"""

import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGE = "cryptonets_python_sdk/_native"
BUNDLED = "lib/bundled"
# Every Linux with a glibc has them, and two copies of these in one process do harm.
SYSTEM = re.compile(r"(linux-vdso|ld-linux.*|libc|libm|libdl|libpthread|librt|libutil|libresolv"
                    r"|libanl|libnss_.*|libgcc_s|libstdc\+\+)\.so(\..*)?")
FONTS = ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
         "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf")
FONT_SETTINGS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir prefix="relative">.</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
"""


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def is_elf(path):
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def linked(path):
    """{name: place} of every library that the file needs, and that those need."""
    found = dict(re.findall(r"^\s*(\S+) => (/\S+)", run("ldd", path), re.M))
    missing = re.findall(r"^\s*(\S+) => not found", run("ldd", path), re.M)
    if missing:
        raise RuntimeError(f"{path.name} needs {', '.join(missing)}, which is not here")
    return {name: Path(place).resolve() for name, place in found.items()}


def unique_name(name, place):
    """libx.so.1 becomes libx-0a1b2c3d.so.1: another package's libx is another file."""
    digest = hashlib.sha256(place.read_bytes()).hexdigest()[:8]
    stem, separator, rest = name.partition(".so")
    return f"{stem}-{digest}{separator}{rest}"


def bundle_libraries(native):
    """Copies what is needed and makes everything look for the copies. {name: its place here}."""
    own = [path for path in sorted(native.rglob("*")) if path.is_file() and is_elf(path)]
    own_names = {path.name for path in own}
    needed = {}
    for path in own:
        for name, place in linked(path).items():
            if name not in own_names and not SYSTEM.fullmatch(name):
                needed[name] = place
    folder = native / BUNDLED
    folder.mkdir(parents=True)
    renamed = {name: unique_name(name, place) for name, place in needed.items()}
    copies = []
    for name, place in needed.items():
        copy = folder / renamed[name]
        shutil.copyfile(place, copy)
        copy.chmod(0o755)
        run("patchelf", "--set-soname", copy.name, "--set-rpath", "$ORIGIN", copy)
        copies.append(copy)
    for path in own + copies:
        wanted = run("patchelf", "--print-needed", path).split()
        changes = [part for name in wanted if name in renamed
                   for part in ("--replace-needed", name, renamed[name])]
        if changes:
            run("patchelf", *changes, path)
        if path in own and "privid/" not in str(path.relative_to(native)):
            up = "$ORIGIN" if path.parent.name == "lib" else "$ORIGIN/../lib"
            run("patchelf", "--set-rpath", f"{up}/privid:{up}/bundled", path)
            run("strip", "--strip-unneeded", path)
    return needed


def licence_files(place):
    """(package, files) of what the system's package manager says about the library."""
    if shutil.which("dpkg-query"):
        for path in (place, Path(str(place).removeprefix("/usr"))):
            found = subprocess.run(["dpkg-query", "--search", path], capture_output=True, text=True)
            if found.returncode == 0:
                package = found.stdout.split(":")[0]
                return package, [Path("/usr/share/doc") / package / "copyright"]
    if shutil.which("rpm"):
        package = run("rpm", "--query", "--file", "--queryformat", "%{NAME}", place)
        return package, sorted(Path("/usr/share/licenses", package).glob("*"))
    raise RuntimeError(f"no package manager knows whose {place} is")


def bundle_licences(native, places):
    for place in places:
        package, files = licence_files(place)
        files = [file for file in files if file.is_file()]
        if not files:
            raise RuntimeError(f"the package {package} ({place}) comes without a licence text")
        folder = native / "share" / "doc" / "privid" / "licenses" / package
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.copyfile(file, folder / file.name)


def bundle_fonts(native):
    font = next((Path(name) for name in FONTS if Path(name).is_file()), None)
    if font is None:
        raise RuntimeError("DejaVuSans.ttf is not here (Debian: fonts-dejavu-core)")
    folder = native / "share" / "fonts"
    folder.mkdir(parents=True)
    shutil.copyfile(font, folder / font.name)
    (folder / "fonts.conf").write_text(FONT_SETTINGS, encoding="utf-8")
    bundle_licences(native, [font])


def glibc_needed(folder):
    """The newest (major, minor) of glibc that a symbol in any file of the folder asks for."""
    newest = (2, 17)  # the least that PEP 600 gives a name
    for path in folder.rglob("*"):
        if path.is_file() and is_elf(path):
            for version in re.findall(r"\bGLIBC_(\d+)\.(\d+)", run("objdump", "-p", path)):
                newest = max(newest, (int(version[0]), int(version[1])))
    return newest


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    wheel, out = Path(arguments[0]), Path(arguments[1])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".wheel-") as temporary:
        run(sys.executable, "-m", "wheel", "unpack", "--dest", temporary, wheel)
        tree, = Path(temporary).iterdir()
        native = tree / PACKAGE
        if not (native / "lib" / "libprivid.so").is_file():
            raise RuntimeError(f"{wheel.name} has no native library in it: make build first")
        needed = bundle_libraries(native)
        bundle_licences(native, needed.values())
        bundle_fonts(native)
        major, minor = glibc_needed(native)
        tag = f"manylinux_{major}_{minor}_{platform.machine()}"
        settings, = tree.glob("*.dist-info/WHEEL")
        text = settings.read_text(encoding="utf-8")
        settings.write_text(re.sub(r"^Tag: .*$", f"Tag: py3-none-{tag}", text, flags=re.M))
        run(sys.executable, "-m", "wheel", "pack", "--dest-dir", out, tree)
        name, version = tree.name.split("-")
        result = out / f"{name}-{version}-py3-none-{tag}.whl"
        print(f"{result}: {result.stat().st_size:,} bytes, {len(needed)} libraries bundled")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as error:
        sys.exit(f"wheel: {' '.join(map(str, error.cmd))}: {error.stderr.strip()}")
    except (RuntimeError, OSError) as error:
        sys.exit(f"wheel: {error}")
