"""A network that is written node by node, for the scripts beside this one.

The bytes depend on what is added and on its order alone, not on the versions of Python, onnx,
protobuf or NumPy: no names of tools, no dates, attributes in the order of their names,
little-endian weights.
"""

import numpy
import onnx

PRODUCER = "privid"
OPSET = 17
# The IR version that came with this operator set.
IR_VERSION = 8
TYPES = {
    onnx.TensorProto.FLOAT: numpy.dtype("<f4"),
    onnx.TensorProto.INT8: numpy.dtype("i1"),
    onnx.TensorProto.UINT8: numpy.dtype("u1"),
    onnx.TensorProto.INT32: numpy.dtype("<i4"),
    onnx.TensorProto.INT64: numpy.dtype("<i8"),
}


class Refused(Exception):
    """The file has something that the script doesn't know."""


def tensor_type(array):
    for number, dtype in TYPES.items():
        if array.dtype == dtype:
            return number
    raise Refused(f"a constant of type {array.dtype}")


def write_constant(entry, name, array):
    entry.dims.extend(array.shape)
    entry.data_type = tensor_type(array)
    entry.name = name
    entry.raw_data = numpy.ascontiguousarray(array, TYPES[entry.data_type]).tobytes()


def write_attribute(entry, name, value):
    entry.name = name
    if isinstance(value, str):
        entry.type, entry.s = onnx.AttributeProto.STRING, value.encode()
    elif isinstance(value, float):
        entry.type, entry.f = onnx.AttributeProto.FLOAT, value
    elif isinstance(value, int):
        entry.type, entry.i = onnx.AttributeProto.INT, value
    else:
        entry.type = onnx.AttributeProto.INTS
        entry.ints.extend(value)


def write_value(entry, name, shape):
    entry.name = name
    tensor = entry.type.tensor_type
    tensor.elem_type = onnx.TensorProto.FLOAT
    for side in shape:
        dimension = tensor.shape.dim.add()
        if isinstance(side, str):
            dimension.dim_param = side
        else:
            dimension.dim_value = side


class Network:
    def __init__(self):
        self.model = onnx.ModelProto()
        self.model.ir_version = IR_VERSION
        self.model.producer_name = PRODUCER
        self.model.graph.name = "model"
        self.model.opset_import.add().version = OPSET
        self.count = 0

    def _name(self, word):
        self.count += 1
        return f"{word}_{self.count}"

    def input(self, name, shape):
        write_value(self.model.graph.input.add(), name, shape)
        return name

    def constant(self, array, dtype=numpy.float32):
        name = self._name("constant")
        write_constant(self.model.graph.initializer.add(), name, numpy.asarray(array, dtype))
        return name

    def add(self, operator, inputs, output=None, **attributes):
        """Returns the name of its output; inputs are names of outputs, or arrays."""
        output = output or self._name("value")
        node = self.model.graph.node.add()
        node.input.extend(name if isinstance(name, str) else self.constant(name) for name in inputs)
        node.output.append(output)
        node.name = output
        node.op_type = operator
        for name in sorted(attributes):
            write_attribute(node.attribute.add(), name, attributes[name])
        return output

    def conv(self, value, weights, bias, stride, pads, groups=1):
        """weights: out, in, height, width; bias or None; pads: top, left, bottom, right."""
        inputs = [value, weights] if bias is None else [value, weights, bias]
        return self.add("Conv", inputs, group=groups, pads=list(pads), strides=list(stride),
                        kernel_shape=list(weights.shape[2:]))

    def output(self, name, shape):
        write_value(self.model.graph.output.add(), name, shape)

    def save(self, path):
        onnx.checker.check_model(self.model)
        with open(path, "wb") as file:
            file.write(self.model.SerializeToString(deterministic=True))


def same_pads(size, kernel, stride):
    """TensorFlow's padding SAME of one side: (before, after); what is odd goes behind."""
    total = max(0, (-(-size // stride) - 1) * stride + kernel - size)
    return total // 2, total - total // 2


def same_pads_of_both(size, kernel, stride):
    """top, left, bottom, right, for (height, width) each."""
    top, bottom = same_pads(size[0], kernel[0], stride[0])
    left, right = same_pads(size[1], kernel[1], stride[1])
    return top, left, bottom, right
