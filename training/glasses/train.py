"""Trains the glasses net and writes it as ONNX.

    python train.py --packages FOLDER --output glasses.onnx [--chips N] [--epochs N]

FOLDER holds the archives named in faces.json (`npm pack NAME@VERSION`).
"""

import argparse
import time

import cv2
import numpy as np
import torch
from torch import nn

import chips


def layers(inputs, outputs, size=3, stride=1):
    return [nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False),
            nn.BatchNorm2d(outputs), nn.ReLU()]


LOSS_WEIGHTS = torch.tensor([1.0, .3])


class Net(nn.Module):
    """RGB chip, (x - 127.5) / 127.5 -> two logits: glasses, and lenses that hide the eyes."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            *layers(3, 16, 5, 2), *layers(16, 20), nn.MaxPool2d(2),
            *layers(20, 32), *layers(32, 32), nn.MaxPool2d(2),
            *layers(32, 48), *layers(48, 48), nn.MaxPool2d(2))
        self.head = nn.Sequential(nn.Flatten(), nn.Dropout(.3), nn.Linear(48 * 3 * 6, 32),
                                  nn.ReLU(), nn.Linear(32, 2))

    def forward(self, x):
        return self.head(self.body(x))


def normalised(pictures):
    x = torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float()
    return ((x - 127.5) / 127.5).contiguous(memory_format=torch.channels_last)


def jitter(x):
    """What is cheap enough to be different in each epoch."""
    count = len(x)
    if torch.rand(()) < .5:
        x = x.flip(3)
    x = x * (1 + .2 * torch.randn(count, 1, 1, 1)) + .12 * torch.randn(count, 1, 1, 1)
    x = x + .03 * torch.rand(count, 1, 1, 1) * torch.randn_like(x)
    dy, dx = int(torch.randint(-1, 2, ())), int(torch.randint(-2, 3, ()))
    return torch.roll(x, (dy, dx), (2, 3))


def make_chips(folder, count, seed):
    faces = chips.read_faces(folder)
    rng = np.random.default_rng(seed)
    pictures = np.empty((count, chips.CHIP[1], chips.CHIP[0], 3), np.uint8)
    labels = np.empty((count, 2), np.float32)
    for i in range(count):
        pictures[i], labels[i] = chips.make(faces, rng)
    return pictures, labels


def train(net, pictures, labels, epochs, after_epoch):
    batch, count = 64, len(labels)
    steps = epochs * (count // batch)
    optimiser = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=2e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, steps, pct_start=.15)
    for epoch in range(epochs):
        net.train()
        total = 0.0
        order = np.random.permutation(count)
        for at in range(0, count - batch + 1, batch):
            rows = order[at:at + batch]
            x, y = jitter(normalised(pictures[rows])), torch.from_numpy(labels[rows])
            # A few glasses are drawn too faintly to be seen, so no label is quite sure.
            losses = nn.functional.binary_cross_entropy_with_logits(
                net(x), y.clamp(min=0) * .96 + .02, reduction="none")
            loss = (losses * (y >= 0) * LOSS_WEIGHTS).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        net.eval()
        print(f"epoch {epoch + 1}: loss {total / (count // batch):.4f}", flush=True)
        after_epoch(net)


def export(net, path):
    net = net.eval().to(memory_format=torch.contiguous_format)
    example = torch.zeros(1, 3, chips.CHIP[1], chips.CHIP[0])
    torch.onnx.export(net, (example,), path, input_names=["chip"], output_names=["answers"],
                      dynamic_axes={"chip": {0: "batch"}, "answers": {0: "batch"}},
                      opset_version=13, dynamo=False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--packages", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--chips", type=int, default=60000)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(options.seed)
    np.random.seed(options.seed)
    start = time.time()
    pictures, labels = make_chips(options.packages, options.chips, options.seed)
    print(f"{options.chips} chips in {time.time() - start:.0f} s", flush=True)
    net = Net().to(memory_format=torch.channels_last)
    train(net, pictures, labels, options.epochs, lambda _: None)
    export(net, options.output)
    print(f"{sum(p.numel() for p in net.parameters())} weights, {time.time() - start:.0f} s")


if __name__ == "__main__":
    main()
