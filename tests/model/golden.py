"""The fixed inputs of tests/model/golden.json, and the command that wrote it.

    python3 tests/model/golden.py FOLDER [ID...]

Only the given ids are computed anew. FOLDER holds the files as their packages have them, each
called by its id and its own suffix; weights of our own need none. ONNX Runtime computes the outputs
of the .onnx ones (YuNet's file does not run there, so its prepared one does), the LiteRT
interpreter (`ai-edge-litert`) those of the .tflite ones. Networks that a script builds anew are
prepared ones too; CHECKED says against what each was compared once.
"""

import json
import sys
from pathlib import Path

import numpy

ROOT = Path(__file__).resolve().parents[2]

# id: shape of the input, its (byte - mean) / scale, and that of how many numbers of an output one
# is kept.
NETS = {
    "yunet": ((1, 3, 32, 64), 0, 1, 1),
    "sface": ((1, 3, 112, 112), 0, 1, 1),
    "fr_feature": ((1, 3, 112, 112), 127.5, 127.5, 1),
    "face_landmarks": ((1, 256, 256, 3), 0, 255, 7),
    "face_blendshapes": ((1, 146, 2), 0, 1, 1),
    "fr_pose": ((1, 3, 224, 224), 127.5, 63.75, 1),
    "fr_liveness": ((1, 3, 128, 128), 0, 1, 1),
    "age_v1": ((1, 3, 64, 64), 117, 256, 1),
    "age_xception": ((1, 3, 112, 112), 117, 255, 1),
    "face_mask": ((1, 3, 224, 224), 127.5, 127.5, 1),
    "selfie_segmentation": ((1, 3, 256, 256), 0, 255, 997),
    "glasses": ((1, 3, 48, 96), 127.5, 127.5, 1),
    "recapture": ((1, 3, 128, 128), 0, 1, 1),
    "document_corners": ((1, 3, 256, 256), 0, 255, 61),
    "mrz_read": ((1, 1, 32, 128), 0, 1, 3),
    "text_detect": ((1, 3, 64, 96), 117, 20, 37),
    "text_read": ((1, 3, 48, 160), 127.5, 127.5, 1151),
    "document_fingers": ((1, 3, 64, 96), 0, 255, 7),
}

# Prepared networks whose source no other engine reads: what else ran them on the same pictures, and
# the largest difference of an output.
CHECKED = {
    "age_xception": "the package's own program on its TensorFlow.js, 3 pictures: 8e-6 of 72 years",
    "face_mask": "the package's file in tf-keras 2.21, 8 pictures: 8e-6",
    "selfie_segmentation": "the package's file in MediaPipe 0.10.14, 4 pictures: 5e-5",
}
GOLDEN = Path(__file__).parent / "golden.json"


def rows():
    return {row["id"]: row for row in json.loads(
        (ROOT / "models" / "manifest.json").read_text())["models"]}


def synthetic(id, shape):
    """Bytes that depend on their place alone, (i * 2654435761 mod 2^32) >> 24, scaled."""
    count = int(numpy.prod(shape))
    places = numpy.arange(count, dtype=numpy.uint64)
    values = ((places * 2654435761 % 2**32) >> 24).astype(numpy.float32).reshape(shape)
    _, mean, scale, _ = NETS[id]
    return (values - numpy.float32(mean)) / numpy.float32(scale)


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


def run_litert(path, values):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(path))
    place = interpreter.get_input_details()[0]["index"]
    interpreter.resize_tensor_input(place, values.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(place, values)
    interpreter.invoke()
    return {entry["name"]: interpreter.get_tensor(entry["index"])
            for entry in interpreter.get_output_details()}


def source_path(folder, id):
    row = rows()[id]
    if "weights" in row:
        return ROOT / "models" / row["weights"]
    built = id == "yunet" or id in CHECKED
    return Path(folder) / (id + (".onnx" if built else Path(row["path"]).suffix))


def main():
    golden = json.loads(GOLDEN.read_text()) if sys.argv[2:] else {}
    for id in sys.argv[2:] or NETS:
        shape, mean, scale, every = NETS[id]
        path = source_path(sys.argv[1], id)
        run = run_litert if path.suffix == ".tflite" else run_onnxruntime
        outputs = run(path, synthetic(id, shape))
        golden[id] = {"input": list(shape), "mean": mean, "scale": scale, "every": every,
                      "outputs": {name: [float(f"{value:.7g}") for value in array.ravel()[::every]]
                                  for name, array in outputs.items()}}
    text = json.dumps(golden, separators=(",", ":")).replace('"outputs"', '\n"outputs"')
    GOLDEN.write_text(text.replace("]}},", "]}},\n") + "\n")


if __name__ == "__main__":
    main()
