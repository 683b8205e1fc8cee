"""Life of the library: loading, initialising, log levels, shutting down."""

import fcntl
import json
import os
import pathlib
import pty
import struct
import subprocess
import sys
import termios
import threading

import pytest
from cffi import FFI

import cryptonets_python_sdk as sdk
from sdk_support import BUILD
from cryptonets_python_sdk import library_loader
from cryptonets_python_sdk._native_api import C_DECLARATIONS

Lib = sdk.PrivIDFaceLib


class OwnStrategy(sdk.LibraryLoadStrategy):
    def __init__(self):
        self.calls = 0

    def load_library(self):
        self.calls += 1
        ffi = FFI()
        ffi.cdef(C_DECLARATIONS)
        return ffi.dlopen(str(BUILD / "lib" / "libprivid_fhe.so")), ffi


@pytest.fixture(autouse=True)
def shut_down():
    yield
    Lib.shutdown()


def run_python(code, **environment):
    """A fresh interpreter: standard output, or AssertionError with what it said."""
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, **environment},
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_initialize_is_idempotent_and_repeatable():
    for _ in range(3):
        assert not Lib.is_initialized()
        Lib.initialize()
        Lib.initialize()
        assert Lib.is_initialized()
        Lib.shutdown()
        Lib.shutdown()
    assert not Lib.is_initialized()


def test_version_models_directory_and_log_levels(library):
    version = library.get_native_sdk_version()
    assert version[0].isdigit() and "-" in version
    assert pathlib.Path(library.get_models_cache_directory()).is_absolute()
    for level in (3, 2, 1, 0):
        assert library.set_log_level(level) is True
        assert library.get_log_level() == level
    for level in (-1, 4, 2**40, "1", None, 1.5):
        assert library.set_log_level(level) is False
        assert library.get_log_level() == 0


@pytest.mark.parametrize("level", range(4))
def test_initialize_sets_the_log_level(level):
    Lib.initialize(log_level=level)
    assert Lib.get_log_level() == level


@pytest.mark.parametrize("level", [-1, 4, "1", None])
def test_initialize_refuses_other_log_levels(level):
    with pytest.raises(sdk.LibraryLoadError, match="log_level"):
        Lib.initialize(log_level=level)
    assert not Lib.is_initialized()


@pytest.mark.parametrize("call", [
    Lib.get_native_sdk_version, Lib.get_log_level, Lib.get_models_cache_directory,
    lambda: Lib.set_log_level(1), lambda: Lib.free_buffer(None),
    lambda: Lib.free_char_buffer(None), lambda: sdk.SessionNative("{}")])
def test_nothing_works_before_initialize(call):
    with pytest.raises(sdk.PrivIDError, match="initialize"):
        call()


def test_free_functions_take_none_and_buffers(library):
    library.free_buffer(None)
    library.free_char_buffer(None)
    lib, ffi = library.native()
    path, length = ffi.new("char **"), ffi.new("int *")
    assert lib.privid_get_models_cache_directory(path, length)
    library.free_char_buffer(path[0])


def test_own_strategy_is_used_for_everything():
    strategy = OwnStrategy()
    Lib.initialize(strategy, log_level=1)
    Lib.initialize(strategy)
    assert strategy.calls == 1
    assert Lib.get_native_sdk_version()
    settings = {"collections": {"default": {"named_urls": {}}}, "session_token": ""}
    with sdk.Session.from_dict(settings) as session:
        assert session.user_delete("x")[0] == -1


def test_default_strategy_loads_once():
    strategy = sdk.DefaultLibraryLoadStrategy()
    first, second = strategy.load_library(), strategy.load_library()
    assert first[0] is second[0] and first[1] is second[1]
    assert first[1].string(first[0].privid_get_version())


@pytest.mark.parametrize("result", [None, (), (1, 2, 3)])
def test_strategies_that_return_something_else(result):
    class Wrong(sdk.LibraryLoadStrategy):
        def load_library(self):
            return result
    with pytest.raises(sdk.LibraryLoadError, match="Wrong"):
        Lib.initialize(Wrong())


def test_error_of_a_strategy_is_kept():
    class Failing(sdk.LibraryLoadStrategy):
        def load_library(self):
            raise RuntimeError("the disk is on fire")
    with pytest.raises(sdk.LibraryLoadError, match="on fire") as caught:
        Lib.initialize(Failing())
    assert isinstance(caught.value.__cause__, RuntimeError)


def test_strategy_is_abstract():
    with pytest.raises(TypeError):
        sdk.LibraryLoadStrategy()


def test_chosen_library_that_is_none(monkeypatch, tmp_path):
    monkeypatch.setenv("PRIVID_LIBRARY", str(tmp_path / "none.so"))
    with pytest.raises(sdk.LibraryLoadError, match="PRIVID_LIBRARY"):
        Lib.initialize()
    text = tmp_path / "text.so"
    text.write_text("no library")
    monkeypatch.setenv("PRIVID_LIBRARY", str(text))
    with pytest.raises(sdk.LibraryLoadError, match="cannot be loaded"):
        Lib.initialize()


def test_missing_library_names_the_command(monkeypatch, tmp_path):
    monkeypatch.delenv("PRIVID_LIBRARY", raising=False)
    monkeypatch.setattr(library_loader, "PACKAGE", tmp_path)
    monkeypatch.setattr(library_loader, "SYSTEM_NAMES", ("libprivid_that_is_not_there.so",))
    with pytest.raises(sdk.LibraryLoadError, match="make build"):
        Lib.initialize()


def test_missing_models_without_the_tool(tmp_path):
    code = """
import cryptonets_python_sdk as sdk
from cryptonets_python_sdk import _models
_models.find_tool = lambda: None
try:
    sdk.PrivIDFaceLib.initialize()
except sdk.LibraryLoadError as error:
    print(error, sdk.PrivIDFaceLib.is_initialized())
"""
    said = run_python(code, PRIVID_MODELS_DIR=str(tmp_path / "empty"))
    assert "PRIVID_CLI" in said and "yunet" in said and said.endswith("False")


def tool(path, body):
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


INITIALIZE = """
import cryptonets_python_sdk as sdk
try:
    sdk.PrivIDFaceLib.initialize()
    print("ready", sdk.PrivIDFaceLib.get_models_cache_directory())
except sdk.LibraryLoadError as error:
    print(error)
"""


def test_missing_models_are_fetched_by_the_tool(tmp_path, library):
    """A tool that copies from the cache: what matters here is that it is called and believed."""
    cache, target = library.get_models_cache_directory(), tmp_path / "models"
    line = json.dumps({"model": "yunet", "stage": "download", "done": 5, "total": 10})
    script = tool(tmp_path / "privid", f"""
[ "$*" = "models fetch --progress json" ] || exit 9
echo '{line}'; echo 'not json'; echo '{{"model": 1}}'
mkdir -p "$PRIVID_MODELS_DIR" && cp {cache}/*.* "$PRIVID_MODELS_DIR"
""")
    said = run_python(INITIALIZE, PRIVID_MODELS_DIR=str(target), PRIVID_CLI=script)
    assert said == f"ready {target}"


def test_failing_fetch_is_reported(tmp_path):
    script = tool(tmp_path / "privid", "echo 'yunet: no network' >&2; exit 3")
    said = run_python(INITIALIZE, PRIVID_MODELS_DIR=str(tmp_path / "m"), PRIVID_CLI=script)
    assert "models fetch" in said and "yunet: no network" in said
    said = run_python(INITIALIZE, PRIVID_MODELS_DIR=str(tmp_path / "m"),
                      PRIVID_CLI=str(tmp_path / "nothing"))
    assert "PRIVID_CLI" in said


def test_fetch_that_fetches_nothing_is_reported(tmp_path):
    said = run_python(INITIALIZE, PRIVID_MODELS_DIR=str(tmp_path / "m"), PRIVID_CLI="/bin/true")
    assert "yunet" in said and "ready" not in said


def test_eight_threads_initialize_and_shut_down():
    errors = []

    def work():
        try:
            for _ in range(5):
                Lib.initialize()
                Lib.is_initialized()
                Lib.shutdown()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert not Lib.is_initialized()


def test_progress_is_drawn_on_a_terminal():
    """Two models, one of them not known to be how large, and lines that are no progress."""
    code = """
from cryptonets_python_sdk._models import _Bars
bars = _Bars()
for line in ('{"model": "yunet", "stage": "download", "done": 50, "total": 100}', "noise",
             '{"model": "sface", "stage": "prepare", "done": 0, "total": 0}',
             '{"model": "other", "stage": "cached", "done": 9, "total": 9}'):
    bars.show(line)
bars.close()
"""
    master, slave = pty.openpty()
    try:
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        subprocess.run([sys.executable, "-c", code], stderr=slave, check=True, timeout=60)
        shown = os.read(master, 65536).decode()
    finally:
        os.close(slave)
        os.close(master)
    assert "yunet: download:  50%" in shown and "sface: prepare" in shown
    assert "other" not in shown
