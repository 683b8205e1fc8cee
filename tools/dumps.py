"""Asks the programs of build/tests that read pictures from standard input (tests/dump.h)."""

import subprocess

import numpy


class Dump:
    """A running program; with `with`, it has to end well."""

    def __init__(self, program, *arguments):
        self.program = program
        self.process = subprocess.Popen([program, *arguments], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)

    def ask(self, picture, *rest):
        """The line that is said of a picture: height x width x 3 bytes, or of Pillow, mode RGB.
        `rest` goes behind its size."""
        pixels = numpy.ascontiguousarray(picture)
        height, width = pixels.shape[:2]
        header = " ".join(str(value) for value in (width, height, *rest)) + "\n"
        try:
            self.process.stdin.write(header.encode() + pixels.tobytes())
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it has said why on standard error
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"no answer from {self.program}")
        return line.decode()

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        self.process.stdout.close()
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        if self.process.wait() != 0 and failure is None:
            raise RuntimeError(f"{self.program} failed")
