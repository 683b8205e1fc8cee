"""Makes the training chips: packages -> aligned canvases -> glasses or none -> cameras.

The alignment is the product's (docs/occlusion.md): the least-squares similarity of the detector's
five points onto a chip of 96 x 48 in which the eyes are 44 pixels apart at row 20.
"""

import json
import tarfile
from pathlib import Path

import cv2
import numpy as np

import render

CHIP = (96, 48)
CHIP_EYES = 44.0
CHIP_MIDDLE = (47.5, 20.0)
REFERENCE = np.array([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366],
                      [41.5493, 92.3655], [70.7299, 92.2041]])


def alignment(points, eyes, middle):
    """Similarity of the picture onto a canvas, as a 2 x 3 matrix."""
    factor = eyes / (REFERENCE[1, 0] - REFERENCE[0, 0])
    target = (REFERENCE - REFERENCE[:2].mean(0)) * factor + middle
    a, b = points @ [1, 1j], target @ [1, 1j]
    from_middle, to_middle = a - a.mean(), b - b.mean()
    turn = np.vdot(from_middle, to_middle) / np.vdot(from_middle, from_middle).real
    shift = b.mean() - turn * a.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def read_faces(folder):
    """The faces of faces.json out of the packages in folder: canvas, eyes, resolution, label."""
    table = json.loads((Path(__file__).parent / "faces.json").read_text())
    archives, faces = {}, []
    for row in table["faces"]:
        name = row["package"]
        if name not in archives:
            archives[name] = tarfile.open(Path(folder) / (name + ".tgz"))
        data = archives[name].extractfile(row["path"]).read()
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]
        points = np.array(row["points"]).reshape(5, 2)
        m = alignment(points, render.EYES, render.MIDDLE)
        scale = np.hypot(m[0, 0], m[1, 0])
        while scale < .5:  # shrink by averaging first
            size = (picture.shape[1] // 2, picture.shape[0] // 2)
            picture = cv2.resize(picture[:size[1] * 2, :size[0] * 2], size,
                                 interpolation=cv2.INTER_AREA)
            points = (points + .5) / 2 - .5
            m = alignment(points, render.EYES, render.MIDDLE)
            scale *= 2
        canvas = cv2.warpAffine(np.ascontiguousarray(picture), m, render.CANVAS,
                                flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        mapped = points @ m[:, :2].T + m[:, 2]
        faces.append({"canvas": canvas, "eyes": mapped[:2],
                      "nose": mapped[2, 0] - mapped[:2, 0].mean(),
                      "pixels": min(render.EYES / scale, render.EYES), "glasses": row["glasses"],
                      "dark": row.get("dark", 0)})
    return faces


def camera(picture, rng, pixels):
    """Pose noise, resolution, colour, blur, noise and JPEG, then the chip.

    pixels: distance of the eyes in the original, above which nothing is sharp.
    """
    turn, zoom = rng.normal(0, .05), np.exp(rng.normal(0, .05))
    move = rng.normal(0, 2.2, 2)
    resolution = min(pixels * rng.uniform(.8, 1.15), rng.choice([20, 28, 38, 48, 64, 88],
                     p=[.08, .12, .2, .25, .2, .15])) / render.EYES
    # canvas -> camera of that resolution, a little beyond the chip
    half = np.array([56.0, 32.0]) * 2
    size = np.maximum(8, np.round(2 * half * resolution)).astype(int)
    k = resolution * zoom
    c, s = k * np.cos(turn), k * np.sin(turn)
    m = np.array([[c, -s, 0], [s, c, 0]])
    if rng.random() < .3:
        m[:, :2] = m[:, :2] @ np.array([[rng.uniform(.85, 1.02), 0], [rng.normal(0, .04), 1]])
    focus = np.array(render.MIDDLE) + [0, 4] + move
    m[:, 2] = (size - 1) / 2 - m[:, :2] @ focus
    if k < .9:
        picture = cv2.GaussianBlur(picture, (0, 0), .45 / k)
    shot = cv2.warpAffine(picture, m, tuple(int(v) for v in size), flags=cv2.INTER_LINEAR,
                          borderMode=cv2.BORDER_REPLICATE)
    if rng.random() < .3:
        shot = cv2.GaussianBlur(shot, (0, 0), rng.uniform(.3, 1.3))
    shot = colours(shot, rng)
    if rng.random() < .5:
        channels = 1 if rng.random() < .5 else 3
        shot += rng.normal(0, rng.uniform(1, 10), shot.shape[:2] + (channels,))
    shot = np.clip(shot, 0, 255).astype(np.uint8)
    if rng.random() < .7:
        quality = int(rng.uniform(35, 97))
        _, data = cv2.imencode(".jpg", shot, [cv2.IMWRITE_JPEG_QUALITY, quality])
        shot = cv2.imdecode(data, cv2.IMREAD_COLOR)
    back = resolution * render.EYES / CHIP_EYES
    m = np.array([[1 / back, 0, 0], [0, 1 / back, 0]])
    m[:, 2] = np.array(CHIP_MIDDLE) + [0, 2] - (size - 1) / 2 / back
    if back > 1.9:  # as the product does: average first
        half_size = (shot.shape[1] // 2, shot.shape[0] // 2)
        shot = cv2.resize(shot[:half_size[1] * 2, :half_size[0] * 2], half_size,
                          interpolation=cv2.INTER_AREA)
        m[:, :2] *= 2
        m[:, 2] += .5 / back
    return cv2.warpAffine(shot, m, CHIP, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def colours(shot, rng):
    shot = shot.astype(np.float32)
    if rng.random() < .2:
        shot = shot.mean(2, keepdims=True) + np.zeros(3, np.float32)
    else:
        grey = shot.mean(2, keepdims=True)
        shot = grey + (shot - grey) * rng.uniform(.4, 1.3)
        shot *= np.exp(rng.normal(0, .1, 3))
    shot = 255 * np.clip(shot / 255, 0, 1) ** np.exp(rng.normal(0, .3))
    return (shot - 128) * np.exp(rng.normal(0, .22)) + 128 + rng.normal(0, 18)


def make(faces, rng):
    """One chip and its labels: glasses, and dark lenses (0, 1, or -1 where nobody can tell)."""
    real = [f for f in faces if f["glasses"]]
    bare = [f for f in faces if not f["glasses"]]
    label = int(rng.random() < .5)
    genuine = label and rng.random() < .2
    face = (real if genuine else bare)[rng.integers(len(real if genuine else bare))]
    picture = face["canvas"].astype(np.float32)
    eyes, nose = face["eyes"], face["nose"]
    if rng.random() < .5:
        picture = np.ascontiguousarray(picture[:, ::-1])
        eyes = np.stack([render.CANVAS[0] - 1 - eyes[::-1, 0], eyes[::-1, 1]], 1)
        nose = -nose
    after = rng.random() < .3
    if not after:
        render.draw_distractors(picture, rng, eyes)
    dark = face["dark"] if genuine else 0
    if label and not genuine:
        dark = render.draw_glasses(picture, rng, eyes + rng.normal(0, 1.2, (2, 2)), nose)
    if after:
        for chance, draw in ((.25, render.hair), (.25, render.half_light), (.2, render.headgear),
                             (.1, render.scratches), (.1, render.shine)):
            if rng.random() < chance:
                draw(picture, rng)
    return camera(picture, rng, face["pixels"]), (label, float(dark))
