#!/usr/bin/env python3
"""Print the manifest's row for weights of our own.

    model_row.py NAME --role ROLE --version VERSION --origin SENTENCE [--licence LICENCE]

NAME.onnx lies in models/weights/. What input and outputs mean is left to be filled in.
"""

import argparse
import hashlib
import json
from pathlib import Path

import onnx

WEIGHTS = Path(__file__).resolve().parents[1] / "models" / "weights"
TO_FILL_IN = "FILL IN"


def tensors(values):
    for value in values:
        kind = value.type.tensor_type
        if kind.elem_type != onnx.TensorProto.FLOAT:
            raise SystemExit(f"{value.name} is not of 32-bit floats")
        shape = [side.dim_param or side.dim_value for side in kind.shape.dim]
        yield {"name": value.name, "type": "float32", "shape": shape, "content": TO_FILL_IN}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name")
    parser.add_argument("--role", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--origin", required=True)
    parser.add_argument("--licence", default="Apache-2.0")
    options = parser.parse_args()

    path = WEIGHTS / f"{options.name}.onnx"
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    graph = onnx.load(path).graph
    row = {
        "id": options.name, "role": options.role, "version": options.version,
        "weights": f"weights/{path.name}",
        "prepared": {"file": f"{options.name}-{options.version}-{digest[:8]}.onnx",
                     "sha256": digest, "size": len(data)},
        "licence": options.licence, "origin_documented": True, "origin": options.origin,
        "inputs": list(tensors(graph.input)), "outputs": list(tensors(graph.output)),
        "card": f"cards/{options.name}.md",
    }
    print(json.dumps(row, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
