#!/usr/bin/env python3
"""Fold block-quantised weights of an ONNX model into plain ones and free its input size.

    fold.py [--free batch|size] SOURCE DESTINATION

The model keeps its answers: only constants are computed beforehand (DequantizeLinear and Reshape of
constants) and what does nothing at inference (Dropout) is left out. --free batch makes the first
dimension of input and outputs free, --free size height and width of the input.

The bytes written depend on SOURCE and the options alone, not on the versions of Python, onnx,
protobuf or NumPy: the manifest pins their SHA-256. So the file is built field by field, in a fixed
order, with raw little-endian weights and nothing that names a tool's version or a date.
"""

import argparse
import sys

import numpy
import onnx
from network import PRODUCER, Refused, write_constant

# The first IR version that may hold operator set 21.
IR_FOR_OPSET_21 = 10


def attribute(node, name, default):
    for entry in node.attribute:
        if entry.name == name:
            return onnx.helper.get_attribute_value(entry)
    return default


def along_axis(values, axis, rank, length, block):
    """One scale or zero point for each element of the axis, or as it is where it is a scalar."""
    if values.ndim == 0:
        return values
    if block:
        return numpy.take(numpy.repeat(values, block, axis=axis), range(length), axis=axis)
    shape = [1] * rank
    shape[axis] = values.size
    return values.reshape(shape)


def dequantise(node, inputs):
    quantised, scale = inputs[0], inputs[1]
    zero = inputs[2] if len(inputs) > 2 else numpy.zeros((), quantised.dtype)
    if scale.dtype != numpy.float32 or quantised.dtype.itemsize != 1:
        raise Refused(f"{node.output[0]}: {quantised.dtype} with scales of {scale.dtype}")
    axis = attribute(node, "axis", 1)
    block = attribute(node, "block_size", 0)
    axis = axis + quantised.ndim if axis < 0 else axis
    length = quantised.shape[axis] if quantised.ndim else 1
    scale = along_axis(scale, axis, quantised.ndim, length, block)
    zero = along_axis(zero, axis, quantised.ndim, length, block)
    # Integers of nine bits are exact in float32, so this rounds once, like every runtime.
    levels = quantised.astype(numpy.float32) - zero.astype(numpy.float32)
    return levels * scale


def reshape(node, inputs):
    data, target = inputs
    sizes = [data.shape[at] if size == 0 else int(size) for at, size in enumerate(target)]
    return data.reshape(sizes)


FOLDED = {"DequantizeLinear": dequantise, "Reshape": reshape}


def fold(graph):
    """Returns (constants by name, the nodes that remain with their inputs renamed)."""
    constants = {
        entry.name: numpy.asarray(onnx.numpy_helper.to_array(entry)) for entry in graph.initializer
    }
    renamed = {}
    nodes = []
    for node in graph.node:
        inputs = [renamed.get(name, name) for name in node.input]
        if node.op_type in FOLDED and all(name in constants for name in inputs):
            values = [constants[name] for name in inputs]
            constants[node.output[0]] = FOLDED[node.op_type](node, values)
        elif node.op_type == "Constant" and node.attribute[0].name == "value":
            constants[node.output[0]] = onnx.numpy_helper.to_array(node.attribute[0].t)
        elif node.op_type == "Dropout":
            if any(node.output[1:]):
                raise Refused(f"{node.name}: a Dropout whose mask is used")
            renamed[node.output[0]] = inputs[0]
        else:
            nodes.append((node, inputs))
    outputs = {entry.name for entry in graph.output}
    if outputs & (set(constants) | set(renamed)):
        raise Refused("an output that is constant")
    return constants, nodes


def drop_dead(nodes, outputs):
    needed = set(outputs)
    kept = []
    for node, inputs in reversed(nodes):
        if needed.intersection(node.output):
            kept.append((node, inputs))
            needed.update(inputs)
    return kept[::-1], needed


def free_batch_reshapes(nodes, constants):
    """A Reshape to [1, ...] would mix a batch's pictures: let it keep the first dimension.

    Targets that the model itself computes from a Shape, as x.view(x.size(0), -1) does, keep it.
    """
    from_shape = set()
    for node, inputs in nodes:
        if node.op_type == "Shape" or from_shape.intersection(inputs):
            from_shape.update(node.output)
        if node.op_type == "Transpose" and attribute(node, "perm", [1])[0] != 0:
            raise Refused(f"{node.name}: a Transpose in the way of a free batch")
        if node.op_type != "Reshape":
            continue
        from_shape.difference_update(node.output)
        if inputs[1] in from_shape:
            continue
        target = constants.get(inputs[1])
        if target is None or target.size < 2 or target[0] not in (0, 1):
            raise Refused(f"{node.name}: a Reshape in the way of a free batch")
        constants[inputs[1]] = numpy.array([0, *target[1:]], "<i8")


def write_value(entry, source, free):
    entry.name = source.name
    tensor = entry.type.tensor_type
    tensor.elem_type = source.type.tensor_type.elem_type
    for at, dimension in enumerate(source.type.tensor_type.shape.dim):
        target = tensor.shape.dim.add()
        if at in free:
            target.dim_param = free[at]
        elif dimension.HasField("dim_value"):
            target.dim_value = dimension.dim_value
        else:
            raise Refused(f"{source.name}: dimension {at} without a size")


def write_node(entry, node, inputs):
    entry.input.extend(inputs)
    entry.output.extend(node.output)
    entry.name = node.name
    entry.op_type = node.op_type
    if node.domain:
        entry.domain = node.domain
    for source in sorted(node.attribute, key=lambda item: item.name):
        if source.type not in (
            onnx.AttributeProto.FLOAT,
            onnx.AttributeProto.INT,
            onnx.AttributeProto.STRING,
            onnx.AttributeProto.FLOATS,
            onnx.AttributeProto.INTS,
        ):
            raise Refused(f"{node.name}: attribute {source.name}")
        target = entry.attribute.add()
        target.CopyFrom(source)
        target.ClearField("doc_string")


def build(source, free):
    if source.functions or source.graph.sparse_initializer:
        raise Refused("functions or sparse constants")
    graph = source.graph
    constants, nodes = fold(graph)
    outputs = [entry.name for entry in graph.output]
    nodes, needed = drop_dead(nodes, outputs)
    if free == "batch":
        free_batch_reshapes(nodes, constants)
        free_input, free_output = {0: "batch"}, {0: "batch"}
    elif free == "size":
        free_input = {2: "height", 3: "width"}
        # Every output of a detector has one row a cell.
        free_output = {1: "cells"}
    else:
        free_input, free_output = {}, {}

    model = onnx.ModelProto()
    versions = [entry.version for entry in source.opset_import if not entry.domain]
    model.ir_version = max(source.ir_version, IR_FOR_OPSET_21 if max(versions) >= 21 else 0)
    model.producer_name = PRODUCER
    model.graph.name = "model"
    for node, inputs in nodes:
        write_node(model.graph.node.add(), node, inputs)
    for name in sorted(needed.intersection(constants)):
        write_constant(model.graph.initializer.add(), name, constants[name])
    for entry in graph.input:
        # Files of old list their weights as inputs too; those that were folded have no user left.
        if entry.name in needed and entry.name not in constants:
            write_value(model.graph.input.add(), entry, free_input)
    for entry in graph.output:
        cells = {at: f"{text}_{entry.name}" if text == "cells" else text
                 for at, text in free_output.items()}
        write_value(model.graph.output.add(), entry, cells)
    for version in versions:
        model.opset_import.add().version = version
    onnx.checker.check_model(model)
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--free", choices=["batch", "size"])
    parser.add_argument("source")
    parser.add_argument("destination")
    options = parser.parse_args()
    try:
        model = build(onnx.load(options.source), options.free)
    except Refused as reason:
        print(f"{options.source}: cannot be prepared: {reason}", file=sys.stderr)
        return 1
    with open(options.destination, "wb") as file:
        file.write(model.SerializeToString(deterministic=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
