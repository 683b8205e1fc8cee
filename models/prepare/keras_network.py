#!/usr/bin/env python3
"""Write a Keras network (HDF5, a graph of layers) as ONNX.

    keras_network.py SOURCE DESTINATION

For the layers of a MobileNetV2 with a small head. Input and activations become planar, batch
normalisation is computed into the weights before it, and what does nothing at inference is left
out.
"""

import json
import sys

import h5py
import numpy
from network import Network, Refused, same_pads_of_both


def read_layers(file):
    """The layers in order, and a function from a layer and a word to its weights or None."""
    model = json.loads(file.attrs["model_config"])
    if model["class_name"] not in ("Model", "Functional"):
        raise Refused(f"a {model['class_name']}")

    def weights(layer, word):
        group = file["model_weights"][layer]
        for name in group.attrs["weight_names"]:
            name = name.decode() if isinstance(name, bytes) else name
            if name.split("/")[-1] == word + ":0":
                return numpy.asarray(group[name], numpy.float32)
        return None

    return model["config"]["layers"], weights


def check(layer, **expected):
    for name, value in expected.items():
        if layer["config"].get(name, value) != value:
            raise Refused(f"{layer['config']['name']}: {name} {layer['config'][name]}")


class Builder:
    def __init__(self, layers, weights):
        self.layers = layers
        self.weights = weights
        self.network = Network()
        self.values = {}  # by layer: name, (height, width)
        self.pads = {}  # by layer: what a ZeroPadding2D before it adds
        self.scaled = {}  # by convolution: the batch normalisation that alone follows it

    def find_normalisations(self):
        users = {}
        for layer in self.layers:
            for name in inputs_of(layer):
                users.setdefault(name, []).append(layer)
        for name, list_of_users in users.items():
            if len(list_of_users) == 1 and list_of_users[0]["class_name"] == "BatchNormalization":
                self.scaled[name] = list_of_users[0]

    def normalised(self, layer, kernel):
        """Weights (out first) and bias with the normalisation behind them computed in."""
        name = layer["config"]["name"]
        bias = self.weights(name, "bias")
        if name not in self.scaled:
            return kernel, bias
        after = self.scaled[name]
        check(after, axis=[3], center=True, scale=True)
        gamma, beta, mean, variance = (
            self.weights(after["config"]["name"], word).astype(numpy.float64)
            for word in ("gamma", "beta", "moving_mean", "moving_variance"))
        factor = gamma / numpy.sqrt(variance + after["config"]["epsilon"])
        bias = beta - mean * factor if bias is None else beta + (bias - mean) * factor
        return kernel.astype(numpy.float64) * factor.reshape(-1, 1, 1, 1), bias

    def conv(self, layer, value, size, depthwise):
        config = layer["config"]
        check(layer, data_format="channels_last", dilation_rate=[1, 1], activation="linear",
              depth_multiplier=1)
        kernel = self.weights(config["name"], "depthwise_kernel" if depthwise else "kernel")
        kernel = kernel.transpose(2, 3, 0, 1) if depthwise else kernel.transpose(3, 2, 0, 1)
        kernel, bias = self.normalised(layer, kernel)
        stride, shape = config["strides"], kernel.shape[2:]
        pads = self.pads.get(inputs_of(layer)[0], (0,) * 4)
        if config["padding"] == "same":
            pads = same_pads_of_both(size, shape, stride)
        groups = len(kernel) if depthwise else 1
        out = self.network.conv(value, kernel.astype(numpy.float32), bias, stride, pads, groups)
        return out, tuple((size[side] + pads[side] + pads[side + 2] - shape[side]) // stride[side]
                          + 1 for side in (0, 1))

    def dense(self, layer, value):
        config = layer["config"]
        value = self.network.add("Gemm", [value, self.weights(config["name"], "kernel"),
                                          self.weights(config["name"], "bias")])
        activations = {"linear": None, "relu": "Relu", "softmax": "Softmax"}
        operator = activations[config["activation"]]
        words = {"axis": 1} if operator == "Softmax" else {}
        return self.network.add(operator, [value], **words) if operator else value

    def layer(self, layer):
        kind, config = layer["class_name"], layer["config"]
        if kind == "InputLayer":
            _, height, width, channels = config["batch_input_shape"]
            return self.network.input("input", ["batch", channels, height, width]), (height, width)
        inputs = inputs_of(layer)
        value, size = self.values[inputs[0]]
        if kind in ("Conv2D", "DepthwiseConv2D"):
            return self.conv(layer, value, size, kind == "DepthwiseConv2D")
        if kind == "ZeroPadding2D":
            (top, bottom), (left, right) = config["padding"]
            self.pads[config["name"]] = (top, left, bottom, right)
        elif kind == "BatchNormalization":
            if inputs[0] not in self.scaled:
                raise Refused(f"{config['name']}: not behind a convolution alone")
        elif kind == "ReLU":
            check(layer, max_value=6.0, negative_slope=0.0, threshold=0.0)
            value = self.network.add("Clip", [value, numpy.float32(0), numpy.float32(6)])
        elif kind == "Add":
            value = self.network.add("Add", [value, self.values[inputs[1]][0]])
        elif kind == "AveragePooling2D":
            if tuple(config["pool_size"]) != size:
                raise Refused(f"{config['name']}: not over all that is left")
            value, size = self.network.add("GlobalAveragePool", [value]), (1, 1)
        elif kind == "Flatten":
            if size != (1, 1):  # the order of planar values would be another
                raise Refused(f"{config['name']}: of {size}")
            value = self.network.add("Flatten", [value], axis=1)
        elif kind == "Dense":
            value = self.dense(layer, value)
        elif kind != "Dropout":
            raise Refused(f"{config['name']}: a {kind}")
        return value, size

    def build(self):
        self.find_normalisations()
        for layer in self.layers:
            self.values[layer["config"]["name"]] = self.layer(layer)
        last = self.layers[-1]
        value, _ = self.values[last["config"]["name"]]
        self.network.add("Identity", [value], "output")
        self.network.output("output", ["batch", last["config"]["units"]])
        return self.network


def inputs_of(layer):
    nodes = layer["inbound_nodes"]
    return [entry[0] for entry in nodes[0]] if nodes else []


def main():
    source, destination = sys.argv[1:]
    try:
        with h5py.File(source, "r") as file:
            Builder(*read_layers(file)).build().save(destination)
    except (Refused, KeyError, OSError) as reason:
        print(f"{source}: cannot be prepared: {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
