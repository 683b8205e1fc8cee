"""Flat things as a camera sees them, for Pillow."""

import math

import numpy


def leaning(width, height, turn, yaw, pitch, distance):
    """Corners of a rectangle around (0, 0), its own top left first, as a pinhole camera sees it
    from `distance`: turned in its plane, then leaning to the side and upwards, in degrees."""
    turn, yaw, pitch = (math.radians(angle) for angle in (turn, yaw, pitch))
    corners = []
    for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        x, y = u * width / 2, v * height / 2
        x, y = x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)
        x, z = x * math.cos(yaw), x * math.sin(yaw)
        y, z = y * math.cos(pitch) - z * math.sin(pitch), y * math.sin(pitch) + z * math.cos(pitch)
        near = distance / (distance + z)
        corners.append((x * near, y * near))
    return corners


def coefficients(target, source):
    """Of Image.transform(…, Image.PERSPECTIVE, …), which asks where a target's point comes from:
    four corners of the target, (x, y) each, and those of the source."""
    rows, values = [], []
    for (x, y), (u, v) in zip(target, source):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return tuple(numpy.linalg.solve(numpy.array(rows, float), numpy.array(values, float)))
