#!/usr/bin/env python3
"""Take the canonical face mesh out of MediaPipe's geometry metadata.

    mesh.py SOURCE DESTINATION

SOURCE is a GeometryPipelineMetadata message; DESTINATION gets its 468 vertices in the order of the
landmarks, each as x, y, z in centimetres: 1,404 little-endian 32-bit floats and nothing else. x
grows to the right of the picture, y upwards, z towards the camera.

Standard library only: the message is read field by field, so no version of protobuf matters.
"""

import sys

VERTICES = 468
# GeometryPipelineMetadata.canonical_mesh; Mesh3d.vertex_type and vertex_buffer.
CANONICAL_MESH, VERTEX_TYPE, VERTEX_BUFFER = 1, 1, 3
# A vertex of this type is x, y, z and two texture coordinates.
VERTEX_PT, VERTEX_SIZE = 0, 5


class Refused(Exception):
    """The message is not what this script knows."""


def read_varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return value, at


def fields(data):
    """(number, value) of each field: an integer, or bytes."""
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = read_varint(data, at)
        else:
            if kind == 2:
                length, at = read_varint(data, at)
            elif kind in (1, 5):
                length = 8 if kind == 1 else 4
            else:
                raise Refused(f"a field of kind {kind}")
            value, at = data[at : at + length], at + length
            if at > len(data):
                raise Refused("a field longer than the message")
        yield key >> 3, value


def canonical_vertices(data):
    meshes = [value for number, value in fields(data) if number == CANONICAL_MESH]
    if len(meshes) != 1:
        raise Refused(f"{len(meshes)} canonical meshes")
    mesh = list(fields(meshes[0]))
    if dict(mesh).get(VERTEX_TYPE, VERTEX_PT) != VERTEX_PT:
        raise Refused("another type of vertex")
    # Whether the floats are packed into one field or have one each, joined they are the same.
    joined = b"".join(value for number, value in mesh if number == VERTEX_BUFFER)
    if len(joined) != 4 * VERTEX_SIZE * VERTICES:
        raise Refused(f"{len(joined)} bytes of vertices")
    return [joined[at : at + 12] for at in range(0, len(joined), 4 * VERTEX_SIZE)]


def main():
    source, destination = sys.argv[1:]
    with open(source, "rb") as file:
        data = file.read()
    try:
        vertices = canonical_vertices(data)
    except (Refused, IndexError) as reason:
        print(f"{source}: cannot be prepared: {reason}", file=sys.stderr)
        return 1
    with open(destination, "wb") as file:
        file.write(b"".join(vertices))
    return 0


if __name__ == "__main__":
    sys.exit(main())
