#!/usr/bin/env python3
"""Write a TFLite network that the engine does not read as ONNX.

    tflite.py SOURCE DESTINATION

For the operators of MediaPipe's selfie segmentation, whose transposed convolution with a bias is an
operator of its own. Input and activations become planar. The file is read field by field, so no
version of TensorFlow or FlatBuffers matters.
"""

import struct
import sys

import numpy
from network import Network, Refused, same_pads_of_both

# Builtin operators and kinds of tensors, by their numbers in TensorFlow Lite's schema.
ADD, AVERAGE_POOL_2D, CONV_2D, DEPTHWISE_CONV_2D, DEQUANTIZE = 0, 1, 3, 4, 6
LOGISTIC, MUL, RELU, RESIZE_BILINEAR, CUSTOM, HARD_SWISH = 14, 18, 19, 23, 32, 117
TRANSPOSED = "Convolution2DTransposeBias"
KINDS = {0: "<f4", 1: "<f2", 2: "<i4"}
SAME, VALID = 0, 1
# The custom operator's options: its own numbers for the paddings.
CUSTOM_SAME, CUSTOM_VALID = 1, 2


class Table:
    """A table of a FlatBuffers file; fields by their place in the schema."""

    def __init__(self, data, at):
        self.data, self.at = data, at
        self.fields = at - struct.unpack_from("<i", data, at)[0]
        self.size = struct.unpack_from("<H", data, self.fields)[0]

    def _place(self, field):
        entry = 4 + 2 * field
        offset = 0
        if entry < self.size:
            offset = struct.unpack_from("<H", self.data, self.fields + entry)[0]
        return self.at + offset if offset else None

    def _follow(self, place):
        return place + struct.unpack_from("<I", self.data, place)[0]

    def number(self, field, kind="b", default=0):
        place = self._place(field)
        return default if place is None else struct.unpack_from("<" + kind, self.data, place)[0]

    def table(self, field):
        place = self._place(field)
        return None if place is None else Table(self.data, self._follow(place))

    def _vector(self, field):
        place = self._place(field)
        if place is None:
            return 0, 0
        start = self._follow(place)
        return struct.unpack_from("<I", self.data, start)[0], start + 4

    def bytes(self, field):
        count, start = self._vector(field)
        return self.data[start : start + count]

    def integers(self, field):
        count, start = self._vector(field)
        return list(struct.unpack_from(f"<{count}i", self.data, start))

    def tables(self, field):
        count, start = self._vector(field)
        return [Table(self.data, self._follow(start + 4 * at)) for at in range(count)]


class Reader:
    """Tensors and operators of the one subgraph of a model."""

    def __init__(self, data):
        model = Table(data, struct.unpack_from("<I", data)[0])
        # The second field of a code is for numbers that the first, a byte, cannot hold.
        self.codes = [(max(code.number(0), code.number(3, "i")), code.bytes(1).decode())
                      for code in model.tables(1)]
        graphs = model.tables(2)
        if len(graphs) != 1:
            raise Refused(f"{len(graphs)} subgraphs")
        self.tensors = graphs[0].tables(0)
        self.inputs, self.outputs = graphs[0].integers(1), graphs[0].integers(2)
        self.operators = graphs[0].tables(3)
        self.buffers = model.tables(4)

    def shape(self, tensor):
        return self.tensors[tensor].integers(0)

    def constant(self, tensor):
        """Its numbers, or None where it is computed."""
        entry = self.tensors[tensor]
        data = self.buffers[entry.number(2, "I")].bytes(0)
        if not data:
            return None
        if entry.number(1) not in KINDS:
            raise Refused(f"a constant of kind {entry.number(1)}")
        return numpy.frombuffer(data, KINDS[entry.number(1)]).reshape(self.shape(tensor))


class Builder:
    def __init__(self, reader):
        self.reader = reader
        self.network = Network()
        self.values = {}  # of tensors that are computed: their names
        self.constants = {}

    def constant(self, tensor):
        if tensor not in self.constants:
            values = self.reader.constant(tensor)
            if values is None:
                raise Refused(f"tensor {tensor} is no constant")
            self.constants[tensor] = values
        return self.constants[tensor]

    def size(self, tensor):
        return tuple(self.reader.shape(tensor)[1:3])

    def pads(self, padding, tensor, kernel, stride):
        if padding == VALID:
            return (0,) * 4
        return same_pads_of_both(self.size(tensor), kernel, stride)

    def conv(self, inputs, options, depthwise):
        # Fields: padding, strides across and down, for one kind the multiplier, the activation.
        stride = (options.number(2, "i"), options.number(1, "i"))
        if options.number(4 if depthwise else 3):
            raise Refused("an activation inside a convolution")
        weights = self.constant(inputs[1])
        weights = weights.transpose(3, 0, 1, 2) if depthwise else weights.transpose(0, 3, 1, 2)
        pads = self.pads(options.number(0), inputs[0], weights.shape[2:], stride)
        return self.network.conv(self.values[inputs[0]], weights, self.constant(inputs[2]), stride,
                                 pads, len(weights) if depthwise else 1)

    def transposed(self, inputs, output, options):
        padding, across, down = struct.unpack("<3i", options)
        weights = self.constant(inputs[1]).transpose(3, 0, 1, 2)
        # With a kernel as large as its step no padding is ever needed.
        sizes = [self.size(inputs[0])[side] * (down, across)[side] for side in (0, 1)]
        if (padding not in (CUSTOM_SAME, CUSTOM_VALID) or weights.shape[2:] != (down, across)
                or tuple(sizes) != self.size(output)):
            raise Refused("a transposed convolution with padding")
        return self.network.add(
            "ConvTranspose", [self.values[inputs[0]], weights, self.constant(inputs[2])],
            kernel_shape=[down, across], strides=[down, across])

    def pooled(self, inputs, output):
        if self.size(output) != (1, 1):
            raise Refused("an average over less than everything")
        return self.network.add("GlobalAveragePool", [self.values[inputs[0]]])

    def resized(self, inputs, output, options):
        if options.number(2) or not options.number(3):
            raise Refused("another kind of resizing")
        factors = [to / of for to, of in zip(self.size(output), self.size(inputs[0]))]
        return self.network.add("Resize", [self.values[inputs[0]], "",
                                           numpy.array([1, 1, *factors], numpy.float32)],
                                mode="linear", coordinate_transformation_mode="half_pixel")

    def both(self, operator, inputs, options):
        if options.number(0):
            raise Refused(f"an activation inside {operator}")
        return self.network.add(operator, [self.values[tensor] for tensor in inputs])

    def operator(self, entry):
        code, custom = self.reader.codes[entry.number(0, "I")]
        inputs, (output,) = entry.integers(1), entry.integers(2)
        options = entry.table(4)
        simple = {LOGISTIC: "Sigmoid", RELU: "Relu", HARD_SWISH: "HardSwish"}
        if code == DEQUANTIZE:
            self.constants[output] = self.constant(inputs[0]).astype(numpy.float32)
            return
        if code in simple:
            value = self.network.add(simple[code], [self.values[inputs[0]]])
        elif code in (CONV_2D, DEPTHWISE_CONV_2D):
            value = self.conv(inputs, options, code == DEPTHWISE_CONV_2D)
        elif code in (ADD, MUL):
            value = self.both("Add" if code == ADD else "Mul", inputs, options)
        elif code == AVERAGE_POOL_2D:
            value = self.pooled(inputs, output)
        elif code == RESIZE_BILINEAR:
            value = self.resized(inputs, output, options)
        elif code == CUSTOM and custom == TRANSPOSED:
            value = self.transposed(inputs, output, entry.bytes(5))
        else:
            raise Refused(f"operator {code} {custom}")
        self.values[output] = value

    def build(self):
        (source,), (result,) = self.reader.inputs, self.reader.outputs
        _, height, width, channels = self.reader.shape(source)
        shape = ["batch", channels, height, width]
        self.values[source] = self.network.input("input", shape)
        for entry in self.reader.operators:
            self.operator(entry)
        self.network.add("Identity", [self.values[result]], "output")
        _, height, width, channels = self.reader.shape(result)
        self.network.output("output", ["batch", channels, height, width])
        return self.network


def main():
    source, destination = sys.argv[1:]
    with open(source, "rb") as file:
        data = file.read()
    try:
        Builder(Reader(data)).build().save(destination)
    except (Refused, KeyError, ValueError, struct.error) as reason:
        print(f"{source}: cannot be prepared: {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
