"""The fixed inputs of tests/model/golden.json, and the command that wrote it.

    python3 tests/model/golden.py FOLDER > tests/model/golden.json

FOLDER holds the files as their packages have them; ONNX Runtime computes the outputs (YuNet's file
does not run there, so its prepared one does).
"""

import json
import sys
from pathlib import Path

import numpy

ROOT = Path(__file__).resolve().parents[2]
SHAPES = {"yunet": (1, 3, 32, 64), "sface": (1, 3, 112, 112), "fr_feature": (1, 3, 112, 112)}


def rows():
    return {row["id"]: row for row in json.loads(
        (ROOT / "models" / "manifest.json").read_text())["models"]}


def synthetic(id, shape):
    """Bytes that depend on their place alone: (i * 2654435761 mod 2^32) >> 24."""
    count = int(numpy.prod(shape))
    places = numpy.arange(count, dtype=numpy.uint64)
    values = ((places * 2654435761 % 2**32) >> 24).astype(numpy.float32).reshape(shape)
    return (values - 127.5) / 127.5 if id == "fr_feature" else values


def run_onnxruntime(path, values):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])
    # SFace's file lists its weights as inputs too, under names that nothing uses any more.
    feed = {entry.name: numpy.zeros(entry.shape, numpy.float32) for entry in
            session.get_inputs()[1:]}
    feed[session.get_inputs()[0].name] = values
    names = [entry.name for entry in session.get_outputs()]
    return dict(zip(names, session.run(names, feed)))


def main():
    folder = Path(sys.argv[1])
    golden = {}
    for id, shape in SHAPES.items():
        outputs = run_onnxruntime(folder / f"{id}.onnx", synthetic(id, shape))
        golden[id] = {"input": list(shape), "outputs": {
            name: [float(f"{value:.7g}") for value in array.ravel()]
            for name, array in outputs.items()}}
    print(json.dumps(golden, separators=(",", ":")).replace('"outputs"', '\n"outputs"')
          .replace('"},', '"},\n').replace("]},", "]},\n"))


if __name__ == "__main__":
    main()
