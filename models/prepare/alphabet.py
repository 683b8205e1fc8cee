#!/usr/bin/env python3
"""Turn a recogniser's list of characters into plain numbers.

    alphabet.py COUNT SOURCE DESTINATION

SOURCE is a UTF-8 text with one character a line, COUNT of them; DESTINATION gets their Unicode code
points in the same order as little-endian 32-bit floats, which hold them exactly, and nothing else.

Standard library only.
"""

import struct
import sys


class Refused(Exception):
    """The text is not what this script knows."""


def code_points(data, count):
    lines = data.decode("utf-8").split("\n")
    if lines.pop() != "":
        raise Refused("the last line has no end")
    characters = [line.removesuffix("\r") for line in lines]
    odd = [number for number, text in enumerate(characters, 1) if len(text) != 1]
    if odd:
        raise Refused(f"line {odd[0]} is not one character")
    if len(characters) != count or len(set(characters)) != count:
        raise Refused(f"{len(set(characters))} characters in {len(characters)} lines")
    return [ord(text) for text in characters]


def main():
    count, source, destination = sys.argv[1:]
    with open(source, "rb") as file:
        data = file.read()
    try:
        points = code_points(data, int(count))
    except (Refused, UnicodeDecodeError) as reason:
        print(f"{source}: cannot be prepared: {reason}", file=sys.stderr)
        return 1
    with open(destination, "wb") as file:
        file.write(struct.pack(f"<{len(points)}f", *points))
    return 0


if __name__ == "__main__":
    sys.exit(main())
