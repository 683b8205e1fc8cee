"""Trains the reader of machine readable zones and writes it as ONNX.

    python train.py --output mrz_read.onnx [--minutes 30]
"""

import argparse
import time

import numpy as np
import torch
from torch import nn

import lines

CLASSES = len(lines.ALPHABET) + 1


def layers(inputs, outputs, size, stride=1, padding=None):
    if padding is None:
        padding = tuple(side // 2 for side in size)
    return [
        nn.Conv2d(inputs, outputs, size, stride, padding, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    ]


class Net(nn.Module):
    """Grey strips [batch,1,32,W], 0 to 255 -> probabilities [batch,W/4,38], the blank first."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            *layers(1, 16, (5, 5), 2),
            *layers(16, 32, (3, 3), 2),
            *layers(32, 64, (3, 3)),
            *layers(64, 64, (3, 3), (2, 1)),
            *layers(64, 96, (3, 3)),
            *layers(96, 128, (4, 3), padding=(0, 1)),
            nn.Dropout(0.05),
            *layers(128, 128, (1, 5)),
            nn.Conv2d(128, CLASSES, 1),
        )

    def logits(self, x):
        x = x - x.mean((2, 3), keepdim=True)
        x = x / (x.square().mean((2, 3), keepdim=True) + 1).sqrt()
        return self.body(x).squeeze(2)

    def forward(self, x):
        return self.logits(x).softmax(1).permute(0, 2, 1)


def tensors(pieces):
    pictures, labels = pieces
    return torch.from_numpy(pictures).float().unsqueeze(1), torch.from_numpy(labels)


def collapse(steps):
    """Best class by best class: repeats and blanks go."""
    out, last = [], 0
    for step in steps:
        if step != last and step != 0:
            out.append(int(step))
        last = step
    return out


def evaluate(net, pieces):
    """Pieces that are read without an error, and characters in error."""
    net.eval()
    with torch.no_grad():
        read = net(pieces[0]).argmax(2).numpy()
    exact, wrong, total = 0, 0, 0
    for steps, labels in zip(read, pieces[1].numpy()):
        # Characters that the ends of the piece cut are left out.
        inner = slice(5, -5)
        said, true = collapse(steps[inner]), collapse(labels[inner])
        exact += said == true
        wrong += sum(a != b for a, b in zip(said, true)) + abs(len(said) - len(true))
        total += len(true)
    return exact / len(read), wrong / total


class Pieces:
    """Drawing takes longer than learning, so that each piece is seen a few times."""

    def __init__(self, rng, first=1500, most=6000):
        self.rng, self.most = rng, most
        self.drawn = [lines.piece(rng) for _ in range(first)]

    def batch(self, new, old):
        fresh = [lines.piece(self.rng) for _ in range(new)]
        seen = [self.drawn[i] for i in self.rng.integers(0, len(self.drawn), old)]
        self.drawn = (self.drawn + fresh)[-self.most :]
        return (np.stack([p[0] for p in fresh + seen]), np.stack([p[1] for p in fresh + seen]))


def train(net, minutes, rate, rng, check, save):
    pieces = Pieces(rng)
    optimiser = torch.optim.AdamW(net.parameters(), 3e-3, weight_decay=1e-2)
    start, step, total = time.time(), 0, 0.0
    while (done := (time.time() - start) / (minutes * 60)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, step / 50 + 0.05) * (1 + np.cos(np.pi * done)) / 2 + 1e-5
        pictures, labels = tensors(pieces.batch(10, 22))
        net.train()
        loss = nn.functional.cross_entropy(net.logits(pictures), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        total += loss.item()
        step += 1
        if step % 200 == 0:
            print(
                f"{time.time() - start:5.0f} s  step {step}  loss {total / 200:.4f}  "
                "exact %.3f  errors %.4f" % evaluate(net, check),
                flush=True,
            )
            total = 0.0
            save()


def export(net, path):
    net.eval()
    torch.onnx.export(
        net,
        torch.zeros(1, 1, 32, 320),
        path,
        input_names=["lines"],
        output_names=["probabilities"],
        opset_version=17,
        dynamo=False,
        dynamic_axes={"lines": {0: "batch", 3: "width"}, "probabilities": {0: "batch", 1: "steps"}},
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", required=True)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--start", help="weights to go on from, as a run left them beside its net")
    arguments = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(1)
    net = Net()
    if arguments.start:
        net.load_state_dict(torch.load(arguments.start))
    print(sum(p.numel() for p in net.parameters()), "weights")
    check = tensors(lines.batch(np.random.default_rng(1), 300))

    def save():
        export(net, arguments.output)
        torch.save(net.state_dict(), arguments.output + ".weights")

    train(
        net,
        arguments.minutes,
        arguments.rate,
        np.random.default_rng(arguments.seed),
        check,
        save,
    )
    save()
    print("exact %.3f  errors %.4f" % evaluate(net, check))


if __name__ == "__main__":
    main()
