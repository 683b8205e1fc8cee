"""The faces of tests/face/age_golden.json, and the command that wrote it.

    python3 tests/face/age_golden.py MODELS PICTURES > tests/face/age_golden.json

An account of src/face/age.c in other words: NumPy samples the views and ONNX Runtime runs the nets.
MODELS is the model store's folder, PICTURES that of the test pictures.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

# Box and five points, as the detector gives them, in whole pixels.
FACES = {
    "astronaut.png": [178, 63, 269, 174, 202, 105, 245, 105, 221, 127, 204, 145, 242, 145],
    "obama.jpg": [370, 91, 611, 422, 440, 214, 556, 214, 497, 268, 441, 319, 547, 321],
    "biden.jpg": [427, 177, 716, 578, 521, 329, 670, 334, 604, 412, 512, 466, 640, 473],
    "obama_partial_face.jpg": [1, 85, 194, 417, 30, 211, 141, 210, 85, 275, 30, 322, 135, 322],
}
MEAN_FACE = np.array([[0.2255, 0.2159], [0.7546, 0.2159], [0.4901, 0.5156], [0.2541, 0.7802],
                      [0.7261, 0.7802]])
CHANNEL_MEAN = np.array([122.782, 117.001, 104.298])
GRID = (np.arange(16) + 0.5) / 16


def similarity(source, target):
    """Least squares, as one complex line: target = a * source + b."""
    z, w = source @ [1, 1j], target @ [1, 1j]
    z0, w0 = z.mean(), w.mean()
    a = np.vdot(z - z0, w - w0) / np.vdot(z - z0, z - z0).real
    return a, w0 - a * z0


def level(picture, step):
    """The picture halved until a pixel of it is nearest to one of the view, and how often."""
    halved = 0
    while step >= 1.9 * 2**halved:
        picture = np.pad(picture, ((0, picture.shape[0] % 2), (0, picture.shape[1] % 2), (0, 0)),
                         mode="edge")
        quarters = picture.reshape(picture.shape[0] // 2, 2, picture.shape[1] // 2, 2, 3)
        picture = (quarters.sum((1, 3)) + 2) // 4
        halved += 1
    return picture, 2**halved


def sample(picture, a, b, side):
    """The view whose pixel z shows the point a * z + b, bilinear, the border going on."""
    place = a * (np.arange(side)[None, :] + 1j * np.arange(side)[:, None]) + b
    picture, shrink = level(picture.astype(int), abs(a))
    x = np.clip((place.real + 0.5) / shrink - 0.5, 0, picture.shape[1] - 1)
    y = np.clip((place.imag + 0.5) / shrink - 0.5, 0, picture.shape[0] - 1)
    left, top = x.astype(int), y.astype(int)
    right = np.minimum(left + 1, picture.shape[1] - 1)
    bottom = np.minimum(top + 1, picture.shape[0] - 1)
    fx, fy = (x - left)[..., None], (y - top)[..., None]
    upper = picture[top, left] * (1 - fx) + picture[top, right] * fx
    lower = picture[bottom, left] * (1 - fx) + picture[bottom, right] * fx
    return upper * (1 - fy) + lower * fy


class Net:
    def __init__(self, path, divisor):
        self.session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        self.divisor = divisor

    def __call__(self, view):
        value = ((view - CHANNEL_MEAN) / self.divisor).transpose(2, 0, 1)[None].astype(np.float32)
        return self.session.run(None, {self.session.get_inputs()[0].name: value})[0][0]


def look(picture, face, v1, xception):
    points = np.array(face[4:]).reshape(5, 2)
    to_chip, shift = similarity(points, (MEAN_FACE + 0.2) / 1.4 * 64 - 0.5)
    chip = sample(picture, 1 / to_chip, -shift / to_chip, 64)
    ages = np.arange(81.0)
    ages[0] = 0.25
    classes = [v1(view) for view in (chip, chip[:, ::-1])]
    means = [float(share @ ages) for share in classes]
    spreads = [float(share @ ages**2 - mean**2) ** 0.5 for share, mean in zip(classes, means)]

    z = points @ [1, 1j]
    eyes, mouth = z[:2].mean(), z[3:].mean()
    size = max(abs(eyes - mouth), abs(z[0] - z[1]))
    turn = similarity(MEAN_FACE, points)[0]
    views = []
    for side in (2.5, 2.7):
        a = turn / abs(turn) * side * size / 112
        b = (eyes + mouth) / 2 - a * 55.5 * (1 + 1j)
        views.append(sample(picture, a, b, 112))
    place = a * 112 * (GRID[None, :] + 1j * GRID[:, None]) + b
    height, width = picture.shape[:2]
    inside = ((place.real >= -0.5) & (place.imag >= -0.5) & (place.real < width)
              & (place.imag < height))
    return {"face": face, "age_v1": means, "class_spread": float(np.mean(spreads)),
            "age_xception": [float(np.ravel(xception(views[0]))[0]),
                             float(np.ravel(xception(views[1][:, ::-1]))[0])],
            "size": float(size), "outside": float(1 - inside.mean())}


def main():
    models, pictures = map(Path, sys.argv[1:])
    v1 = Net(next(models.glob("age_v1*.onnx")), 256)
    xception = Net(next(models.glob("age_xception*.onnx")), 255)
    rows = {}
    for name, face in FACES.items():
        picture = np.asarray(Image.open(pictures / name).convert("RGB"))
        facts = look(picture, face, v1, xception)
        rows[name] = {key: value if key == "face" else np.round(value, 3).tolist()
                      for key, value in facts.items()}
    print("{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}"
                             for name, row in rows.items()) + "\n}")


if __name__ == "__main__":
    main()
