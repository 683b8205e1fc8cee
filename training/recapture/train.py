#!/usr/bin/env python3
"""Train the recapture net and write models/weights/recapture.onnx.

    train.py TRAIN.npz HELD.npz OUT.onnx [--epochs 16] [--seed 1]

The net sees a face with its surroundings, 128 x 128, and answers three logits: the thing itself, a
screen, a print. README.md says how long it takes and what it reached.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

KINDS = ("scene", "screen", "print")


def block(inside, outside, stride):
    """A 3 x 3 convolution of each channel, then a mix of the channels."""
    return nn.Sequential(
        nn.Conv2d(inside, inside, 3, stride, 1, groups=inside, bias=False),
        nn.BatchNorm2d(inside),
        nn.ReLU(inplace=True),
        nn.Conv2d(inside, outside, 1, bias=False),
        nn.BatchNorm2d(outside),
        nn.ReLU(inplace=True),
    )


class Recapture(nn.Module):
    """Small on purpose: what it looks for is fine texture, which needs few layers."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 16, 5, 2, 2, bias=False), nn.BatchNorm2d(16), nn.ReLU(inplace=True)
        )
        self.body = nn.Sequential(
            block(16, 32, 1),
            block(32, 48, 2),
            block(48, 48, 1),
            block(48, 80, 2),
            block(80, 80, 1),
            block(80, 112, 2),
            block(112, 128, 1),
        )
        self.head = nn.Linear(128, len(KINDS))

    def forward(self, pictures):
        x = self.body(self.stem(pictures / 127.5 - 1.0))
        return self.head(nn.functional.dropout(x.mean(dim=(2, 3)), 0.2, self.training))


def batches(pictures, kinds, size, generator):
    """Shuffled, mirrored, and shifted in colour: light and cameras differ more than ours."""
    order = generator.permutation(len(pictures))
    for start in range(0, len(order) - size + 1, size):
        chosen = order[start : start + size]
        batch = pictures[chosen].astype(np.float32)
        mirrored = generator.random(size) < 0.5
        batch[mirrored] = batch[mirrored, :, ::-1]
        gains = generator.normal(1.0, 0.08, (size, 1, 1, 3)).astype(np.float32)
        batch = np.clip(batch * gains, 0, 255)
        yield (
            torch.from_numpy(batch.transpose(0, 3, 1, 2).copy()),
            torch.from_numpy(kinds[chosen].astype(np.int64)),
        )


def answers(net, pictures):
    net.eval()
    out = []
    with torch.no_grad():
        for start in range(0, len(pictures), 64):
            batch = pictures[start : start + 64].astype(np.float32).transpose(0, 3, 1, 2)
            out.append(torch.softmax(net(torch.from_numpy(batch.copy())), 1).numpy())
    net.train()
    return np.concatenate(out)


def report(net, pictures, kinds):
    live = answers(net, pictures)[:, 0]
    refused = (live[kinds == 0] < 0.5).mean()
    missed = [(live[kinds == kind] >= 0.5).mean() for kind in (1, 2)]
    return f"BPCER {refused:.3f} APCER screen {missed[0]:.3f} print {missed[1]:.3f} (at 0.5)"


def export(net, path):
    net.eval()
    torch.onnx.export(
        net,
        torch.zeros(1, 3, 128, 128),
        str(path),
        input_names=["input"],
        output_names=["logits"],
        dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}},
        opset_version=13,
        do_constant_folding=True,
        dynamo=False,
    )
    model = onnx.load(str(path))
    model.producer_name, model.producer_version = "", ""
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("train", type=Path)
    parser.add_argument("held", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    generator = np.random.default_rng(options.seed)
    train, held = np.load(options.train), np.load(options.held)
    pictures, kinds = train["pictures"], train["kinds"]
    held_pictures, held_kinds = held["pictures"], held["kinds"]
    net = Recapture()
    print(sum(weight.numel() for weight in net.parameters()), "weights")
    size = 64
    steps = options.epochs * (len(pictures) // size)
    optimiser = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    started = time.monotonic()
    for epoch in range(options.epochs):
        total = 0.0
        for batch, labels in batches(pictures, kinds, size, generator):
            loss = loss_of(net(batch), labels)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(
            f"{epoch + 1}: loss {total / (len(pictures) // size):.3f}",
            report(net, held_pictures, held_kinds),
            f"{time.monotonic() - started:.0f} s",
            flush=True,
        )
        export(net, options.out)
        net.train()


if __name__ == "__main__":
    main()
