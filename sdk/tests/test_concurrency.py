"""Threads, Ctrl-C, forks and asyncio."""

import asyncio
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

import cryptonets_python_sdk as sdk
from cryptonets_python_sdk import ImageInputArg, OperationConfig

OFFLINE = {"collections": {"default": {"named_urls": {}}}, "session_token": ""}


def seen_during(call):
    """How often another thread of Python got to run while the call did."""
    moments, stop = [], threading.Event()

    def watch():
        while not stop.is_set():
            moments.append(time.perf_counter())
            time.sleep(0.0005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    start = time.perf_counter()
    call()
    end = time.perf_counter()
    stop.set()
    watcher.join()
    return sum(start < moment < end for moment in moments)


@pytest.mark.parametrize("name", ["validate", "estimate_age", "anti_spoofing", "face_iso",
                                  "doc_scan_face", "face_compare_files"])
def test_no_operation_locks_the_interpreter(offline, pictures, name):
    """All of the work is in one native call, in which another thread runs many times. Were the
    interpreter locked, that one would stand still from the call's start to its end."""
    image = ImageInputArg(pictures("obama.jpg"))
    pixels = offline._native._pixels(image, b"")
    native = getattr(offline._native._lib, f"privid_{name}")
    new = offline._native._ffi.new
    extra = {"face_iso": 1, "doc_scan_face": 2}.get(name, 0)
    outputs = [part for _ in range(extra) for part in (new("uint8_t **"), new("int *"))]
    inputs = [*pixels, *pixels] if name == "face_compare_files" else [*pixels]
    json, length = new("char **"), new("int *")

    def call():
        assert native(offline._native._handle, b"", 0, *inputs, *outputs, json, length) > 0

    call()  # models are loaded when first needed
    start = time.perf_counter()
    ticks = seen_during(call)
    took = time.perf_counter() - start
    assert ticks > 3, f"{ticks} in {took * 1000:.0f} ms"


class Meeting(threading.Thread):
    """A backend that answers nobody before two have asked at once."""

    def __init__(self, callers):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.callers, self.met = callers, threading.Event()

    def run(self):
        connections = [self.listener.accept()[0] for _ in range(self.callers)]
        self.met.set()
        for connection in connections:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n"
                               b"Connection: close\r\n\r\n{}")
            connection.close()
        self.listener.close()


def settings_for(url, timeout=20000):
    urls = {"base_url": url, "deleteUser": f"{url}/C/deleteUser"}
    return sdk.SessionSettings(collections={"default": sdk.Collection(named_urls=urls)},
                               session_token="key", request_timeout_ms=timeout)


def test_two_threads_are_in_the_library_at_once(library):
    """Each waits there for the other: one after the other, neither would get an answer."""
    meeting = Meeting(2)
    meeting.start()
    opened = []

    def open_session():
        opened.append(sdk.Session(settings_for(meeting.url)))

    threads = [threading.Thread(target=open_session) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert meeting.met.wait(10)
    for thread in threads:
        thread.join(30)
    for session in opened:
        session.close()


INTERRUPTED = """
import signal, socket, sys, threading, time
import cryptonets_python_sdk as sdk
listener = socket.create_server(("127.0.0.1", 0))
url = f"http://127.0.0.1:{listener.getsockname()[1]}"
urls = {"base_url": url, "deleteUser": url + "/C/deleteUser"}
settings = sdk.SessionSettings(collections={"default": sdk.Collection(named_urls=urls)},
                               session_token="key", request_timeout_ms=8000)
sdk.PrivIDFaceLib.initialize()
def interrupt():
    listener.accept()
    signal.raise_signal(signal.SIGINT)
threading.Thread(target=interrupt, daemon=True).start()
start = time.monotonic()
try:
    sdk.Session(settings)
except KeyboardInterrupt:
    print("interrupted", time.monotonic() - start < 4)
"""


def heed_interrupts():
    """In a child: what was started in the background has inherited that Ctrl-C is ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_ctrl_c_is_not_kept_waiting_by_a_silent_backend():
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True,
                          timeout=60, preexec_fn=heed_interrupts)
    assert done.stdout.strip() == "interrupted True", done.stdout + done.stderr


def test_ctrl_c_stops_the_tool_that_fetches(tmp_path):
    """Ctrl-C of a program that is not in a terminal reaches Python alone."""
    tool = tmp_path / "privid"
    tool.write_text(f"#!/bin/sh\necho $$ >{tmp_path}/pid\nexec sleep 60\n")
    tool.chmod(0o755)
    code = "import cryptonets_python_sdk as sdk; sdk.PrivIDFaceLib.initialize()"
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True,
                               preexec_fn=heed_interrupts,
                               env={**os.environ, "PRIVID_CLI": str(tool),
                                    "PRIVID_MODELS_DIR": str(tmp_path / "none")})
    deadline = time.monotonic() + 30
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert "KeyboardInterrupt" in said
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def in_a_child(function):
    """Runs the function in a forked child; its words, or its exception's."""
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            said = str(function())
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        os.write(sending, said.encode())
        os._exit(0)
    os.close(sending)
    with os.fdopen(receiving, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return said


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_is_told_and_the_parent_goes_on(library, pictures):
    image = ImageInputArg(pictures("obama.jpg"))
    session = sdk.Session.from_dict(OFFLINE)
    expected = session.validate(image)[1].faces
    for call in (lambda: session.validate(image), lambda: sdk.Session.from_dict(OFFLINE),
                 sdk.PrivIDFaceLib.initialize, sdk.PrivIDFaceLib.get_log_level):
        said = in_a_child(call)
        assert "Error: " in said and "spawn" in said and "forked" in said
    for call in (session.close, sdk.PrivIDFaceLib.shutdown, sdk.PrivIDFaceLib.is_initialized):
        assert in_a_child(call) in ("None", "False")
    assert session.validate(image)[1].faces == expected
    session.close()


FRESH = """
import os, sys
import cryptonets_python_sdk as sdk
if os.fork() == 0:
    sdk.PrivIDFaceLib.initialize()
    with sdk.Session.from_dict({"collections": {"default": {"named_urls": {}}},
                                "session_token": ""}) as session:
        faces = session.validate(sdk.ImageInputArg(sys.argv[1]))[1].faces
    sdk.PrivIDFaceLib.shutdown()
    os._exit(len(faces))
print(os.waitstatus_to_exitcode(os.wait()[1]))
"""


def test_a_child_that_was_forked_before_can_initialise(pictures):
    done = subprocess.run([sys.executable, "-c", FRESH, pictures("obama.jpg")], timeout=60,
                          capture_output=True, text=True)
    assert done.stdout.strip() == "1", done.stderr


def faces_in(path):
    sdk.PrivIDFaceLib.initialize()
    with sdk.Session.from_dict(OFFLINE) as session:
        return len(session.validate(ImageInputArg(path))[1].faces)


def test_processes_that_are_spawned_work(library, pictures):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(faces_in, [str(pictures("obama.jpg"))]) == [1]


def test_asyncio(offline, pictures):
    """The recipe of the documentation: the event loop turns while the library works."""
    image = ImageInputArg(pictures("obama.jpg"))

    async def main():
        turns = 0
        work = asyncio.gather(*(asyncio.to_thread(offline.validate, image, OperationConfig())
                                for _ in range(4)))
        while not work.done():
            await asyncio.sleep(0.001)
            turns += 1
        return turns, await work

    turns, answers = asyncio.run(main())
    assert turns > 10 and [len(result.faces) for _, result in answers] == [1] * 4


def test_sessions_and_results_say_what_they_are(library):
    session = sdk.Session.from_dict(OFFLINE)
    assert repr(session) == "<Session open>" and repr(session._native) == "<SessionNative open>"
    session.close()
    assert repr(session) == "<Session closed>"
    assert repr(OperationConfig(neighbors=3)) == "OperationConfig(neighbors=3)"
