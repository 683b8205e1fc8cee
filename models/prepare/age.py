#!/usr/bin/env python3
"""Write the age network of face-api as ONNX.

    age.py WEIGHTS LIST DESTINATION

WEIGHTS holds the bare numbers of a small Xception of 14 layers, LIST (JSON) their names, shapes and
ranges; the network itself is only in the package's program. The part that guesses a person's sex is
left out.
"""

import json
import sys

import numpy
from network import Network, Refused, same_pads_of_both

SIZE = 112
MAIN_BLOCKS = 2


def read_weights(data, listing):
    """Arrays by name. Bytes stand for a range of 256 steps."""
    if len(listing) != 1:
        raise Refused(f"{len(listing)} groups of weights")
    weights, at = {}, 0
    for entry in listing[0]["weights"]:
        shape = entry["shape"]
        count = int(numpy.prod(shape))
        range_of = entry.get("quantization")
        if entry["dtype"] != "float32" or (range_of and range_of["dtype"] != "uint8"):
            raise Refused(f"{entry['name']}: another type")
        kind = numpy.dtype("u1" if range_of else "<f4")
        values = numpy.frombuffer(data, kind, count, at)
        at += count * kind.itemsize
        if range_of:  # rounded to 32 bits once, at the end
            values = values.astype(numpy.float64) * range_of["scale"] + range_of["min"]
        weights[entry["name"]] = values.astype(numpy.float32).reshape(shape)
    if at != len(data):
        raise Refused(f"{len(data)} bytes of weights instead of {at}")
    return weights


class Builder:
    def __init__(self, weights):
        self.weights = weights
        self.network = Network()
        self.value = self.network.input("input", ["batch", 3, SIZE, SIZE])
        self.size = (SIZE, SIZE)

    def pads(self, kernel, stride):
        return same_pads_of_both(self.size, kernel, stride)

    def conv(self, value, name, stride):
        filters = self.weights[name + "/filters"].transpose(3, 2, 0, 1)
        pads = self.pads(filters.shape[2:], stride)
        return self.network.conv(value, filters, self.weights[name + "/bias"], stride, pads)

    def separable(self, value, name):
        depthwise = self.weights[name + "/depthwise_filter"].transpose(2, 3, 0, 1)
        pointwise = self.weights[name + "/pointwise_filter"].transpose(3, 2, 0, 1)
        pads = self.pads(depthwise.shape[2:], (1, 1))
        value = self.network.conv(value, depthwise, None, (1, 1), pads, len(depthwise))
        return self.network.conv(value, pointwise, self.weights[name + "/bias"], (1, 1), (0,) * 4)

    def relu(self, value):
        return self.network.add("Relu", [value])

    def halved(self):
        self.size = tuple(-(-side // 2) for side in self.size)

    def reduction(self, name, activate):
        out = self.relu(self.value) if activate else self.value
        out = self.separable(out, name + "/separable_conv0")
        out = self.separable(self.relu(out), name + "/separable_conv1")
        out = self.network.add("MaxPool", [out], kernel_shape=[3, 3], strides=[2, 2],
                               pads=list(self.pads((3, 3), (2, 2))))
        side = self.conv(self.value, name + "/expansion_conv", (2, 2))
        self.value = self.network.add("Add", [out, side])
        self.halved()

    def main_block(self, name):
        out = self.value
        for number in range(3):
            out = self.separable(self.relu(out), f"{name}/separable_conv{number}")
        self.value = self.network.add("Add", [out, self.value])

    def build(self):
        self.value = self.relu(self.conv(self.value, "entry_flow/conv_in", (2, 2)))
        self.halved()
        self.reduction("entry_flow/reduction_block_0", activate=False)
        self.reduction("entry_flow/reduction_block_1", activate=True)
        for number in range(MAIN_BLOCKS):
            self.main_block(f"middle_flow/main_block_{number}")
        self.reduction("exit_flow/reduction_block", activate=True)
        self.value = self.relu(self.separable(self.value, "exit_flow/separable_conv"))
        # Its window of 7 x 7 is all that is left.
        if self.size != (7, 7):
            raise Refused(f"{self.size} instead of 7 x 7 cells")
        self.value = self.network.add("GlobalAveragePool", [self.value])
        self.value = self.network.add("Flatten", [self.value], axis=1)
        self.network.add("Gemm", [self.value, self.weights["fc/age/weights"],
                                  self.weights["fc/age/bias"]], "output")
        self.network.output("output", ["batch", 1])
        return self.network


def main():
    source, listing, destination = sys.argv[1:]
    try:
        with open(source, "rb") as file, open(listing, encoding="utf-8") as list_file:
            weights = read_weights(file.read(), json.load(list_file))
        Builder(weights).build().save(destination)
    except (Refused, KeyError, ValueError) as reason:
        print(f"{source}: cannot be prepared: {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
