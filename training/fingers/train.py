"""Trains the fingers net and writes it as ONNX.

    python train.py SAMPLES.npz... --output document_fingers.onnx [--minutes N]

Samples are those of generate.py.
"""

import argparse
import time

import cv2
import numpy as np
import onnx
import torch
from torch import nn

import pages


def layers(inputs, outputs, size=3, stride=1):
    return [nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False),
            nn.BatchNorm2d(outputs), nn.ReLU()]


class Net(nn.Module):
    """RGB page, 0 to 1 -> logits: the covered share of each cell of 2 x 2 pixels."""

    def __init__(self):
        super().__init__()
        self.fine = nn.Sequential(*layers(3, 16, 5, 2), *layers(16, 16))
        self.middle = nn.Sequential(*layers(16, 32, 3, 2), *layers(32, 32))
        self.coarse = nn.Sequential(*layers(32, 64, 3, 2), *layers(64, 64), *layers(64, 64))
        self.whole = nn.Sequential(*layers(64, 80, 3, 2), *layers(80, 80))
        self.from_whole = nn.Sequential(*layers(80, 64, 1))
        self.from_coarse = nn.Sequential(*layers(64, 32, 1))
        self.join_middle = nn.Sequential(*layers(32, 32))
        self.from_middle = nn.Sequential(*layers(32, 16, 1))
        self.join_fine = nn.Sequential(*layers(16, 16))
        self.answer = nn.Conv2d(16, 1, 1)
        nn.init.constant_(self.answer.bias, -2.5)  # little is covered, on average

    def forward(self, x):
        def up(y):
            return nn.functional.interpolate(y, scale_factor=2.0, mode="bilinear",
                                             align_corners=False)
        fine = self.fine((x - .5) * 4)
        middle = self.middle(fine)
        coarse = self.coarse(middle)
        coarse = coarse + up(self.from_whole(self.whole(coarse)))
        middle = self.join_middle(middle + up(self.from_coarse(coarse)))
        return self.answer(self.join_fine(fine + up(self.from_middle(middle))))


class Product(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x):
        return torch.sigmoid(self.net(x))[:, 0]


def jitter(x, y):
    """What is cheap enough to be different in each epoch."""
    for axis in (2, 3):
        if torch.rand(()) < .5:
            x, y = x.flip(axis), y.flip(axis)
    count = len(x)
    x = x * (1 + .12 * torch.randn(count, 1, 1, 1)) + .06 * torch.randn(count, 1, 1, 1)
    x = x * (1 + .04 * torch.randn(count, 3, 1, 1))
    x = x + .03 * torch.rand(count, 1, 1, 1) * torch.randn_like(x)
    return x.clamp(0, 1), y


def train(net, pictures, covered, minutes, rate):
    batch, count = 32, len(pictures)
    optimiser = torch.optim.AdamW(net.parameters(), rate, weight_decay=1e-2)
    net.train()
    start, steps, total = time.time(), 0, 0.0
    while (done := (time.time() - start) / 60 / minutes) < 1:
        # Up over the first tenth, then down along a cosine.
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, done * 10 + .05) * (np.cos(np.pi * done) * .5 + .505)
        rows = np.random.randint(0, count, batch)
        x = torch.from_numpy(pictures[rows]).permute(0, 3, 1, 2).float() / 255
        y = torch.from_numpy(covered[rows]).float()[:, None] / 255
        x, y = jitter(x, y)
        x = x.contiguous(memory_format=torch.channels_last)
        loss = nn.functional.binary_cross_entropy_with_logits(net(x), y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        steps, total = steps + 1, total + loss.item()
        if steps % 250 == 0:
            print(f"{steps} steps, {done:.0%}: loss {total / 250:.4f}", flush=True)
            total = 0.0


def start_from(net, path, pictures):
    """Goes on from an exported net, in which each normalisation is part of its convolution."""
    stored = [onnx.numpy_helper.to_array(t) for t in onnx.load(path).graph.initializer]
    weights = [t for t in stored if t.ndim == 4]
    biases = [t for t in stored if t.ndim == 1 and t.dtype == np.float32 and t.size < 100
              and not (t.size == 4 and t[0] == 1)]
    convolutions = [m for m in net.modules() if isinstance(m, nn.Conv2d)]
    assert len(weights) == len(biases) == len(convolutions), (len(weights), len(biases))
    left = [(w, b) for w, b in zip(weights, biases)]
    for convolution in convolutions:
        place = next(i for i, (w, _) in enumerate(left)
                     if w.shape == tuple(convolution.weight.shape))
        w, b = left.pop(place)
        convolution.weight.data = torch.tensor(w)
        convolution.folded_bias = torch.tensor(b)
    net.answer.bias.data = net.answer.folded_bias

    def restore(norm, inputs, bias):
        mean, spread = inputs[0].mean((0, 2, 3)), inputs[0].var((0, 2, 3))
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(spread)
        norm.weight.data = (spread + norm.eps).sqrt()
        norm.bias.data = mean + bias

    hooks = []
    for part in net.modules():
        for before, norm in zip(list(part.children()), list(part.children())[1:]):
            if isinstance(norm, nn.BatchNorm2d):
                hooks.append(norm.register_forward_pre_hook(
                    lambda m, inputs, bias=before.folded_bias: restore(m, inputs, bias)))
    net.eval()
    with torch.no_grad():
        net(torch.from_numpy(pictures[:512]).permute(0, 3, 1, 2).float() / 255)
    for hook in hooks:
        hook.remove()


def halve(pictures):
    """The samples are drawn at twice the net's size."""
    return np.stack([cv2.resize(picture, pages.INPUT, interpolation=cv2.INTER_AREA)
                     for picture in pictures])


def export(net, path):
    product = Product(net.eval().to(memory_format=torch.contiguous_format))
    example = torch.zeros(1, 3, pages.INPUT[1], pages.INPUT[0])
    torch.onnx.export(product, (example,), path, input_names=["page"], output_names=["covered"],
                      dynamic_axes={"page": {0: "batch"}, "covered": {0: "batch"}},
                      opset_version=13, dynamo=False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("samples", nargs="+")
    parser.add_argument("--output", required=True)
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", help="an exported net to go on from")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(options.seed)
    np.random.seed(options.seed)
    files = [np.load(path) for path in options.samples]
    pictures = np.concatenate([halve(file["pictures"]) for file in files])
    covered = np.concatenate([file["covered"] for file in files])
    net = Net().to(memory_format=torch.channels_last)
    if options.start:
        start_from(net, options.start, pictures)
    print(f"{sum(p.numel() for p in net.parameters())} weights, {len(pictures)} samples")
    train(net, pictures, covered, options.minutes, options.rate)
    export(net, options.output)


if __name__ == "__main__":
    main()
