#!/usr/bin/env python3
"""Trains the corner net on photographs that are composed on the fly.

    train.py PICTURES OUT.onnx [--minutes N] [--threads N] [--makers N] [--rate R] [--check]

PICTURES is a folder with photos/ (grounds, and scenes without a document) and portraits/, as
sources.py leaves it. --check trains for three minutes and fails unless the loss falls.
"""

import argparse
import copy
import os
import sys
import time
from pathlib import Path

import numpy as np
import torch
from net import CornerNet, export, loss_of
from PIL import Image
from torch.utils.data import DataLoader, IterableDataset

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "documents"))

import compose  # noqa: E402

SEED = 1  # of the designs, things and grounds
BATCH = 32
BEST_RATE = 3e-3
DECAY = 0.998  # of the running mean of the weights


def read_pictures(folder, longest):
    pictures = []
    for path in sorted(folder.glob("*.jpg")):
        picture = Image.open(path).convert("RGB")
        picture.thumbnail((longest, longest))
        pictures.append(picture)
    return pictures


class Photographs(IterableDataset):
    def __init__(self, bank, seed):
        self.bank = bank
        self.seed = seed

    def __iter__(self):
        worker = torch.utils.data.get_worker_info()
        rng = np.random.default_rng([self.seed, worker.id if worker else 0])
        while True:
            sample = compose.random_sample(rng, self.bank)
            yield (
                torch.from_numpy(sample.pixels.transpose(2, 0, 1).copy()),
                torch.from_numpy(sample.maps),
            )


def validate(net, batches):
    """Mean overlap of inside on pictures with a document, and its share on those without."""
    net.eval()
    overlaps, false = [], []
    with torch.no_grad():
        for pixels, maps in batches:
            found = torch.sigmoid(net(pixels.float() / 255))[:, 0] > 0.5
            wanted = maps[:, 0] > 0.5
            for one, other in zip(found, wanted, strict=True):
                if other.any():
                    overlaps.append(float((one & other).sum() / (one | other).sum()))
                else:
                    false.append(float(one.float().mean()) > 0.01)
    net.train()
    return np.mean(overlaps), np.mean(false) if false else 0.0


def rate_at(share, best):
    """Warms up over the first 3 %, then falls as half a cosine."""
    return best * (
        share / 0.03 if share < 0.03 else 0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * min(1.0, share)))
    )


def blend(mean, net, decay):
    with torch.no_grad():
        for kept, now in zip(mean.state_dict().values(), net.state_dict().values(), strict=True):
            if kept.dtype.is_floating_point:
                kept.mul_(decay).add_(now, alpha=1 - decay)
            else:
                kept.copy_(now)


def save(net, path):
    """Whole or not at all."""
    partial = f"{path}.partial"
    export(copy.deepcopy(net), partial)
    os.replace(partial, path)


def train(options):
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    rng = np.random.default_rng(SEED)
    photographs = [
        np.asarray(picture) for picture in read_pictures(options.pictures / "photos", 700)
    ]
    portraits = read_pictures(options.pictures / "portraits", 300)
    small = options.check
    bank = compose.make_bank(
        rng,
        150 if small else 1800,
        80 if small else 500,
        40 if small else 400,
        photographs,
        portraits,
    )
    # Other designs and things for validation; the photographs are the same.
    other = compose.make_bank(
        np.random.default_rng(99), 150, 100, 60, photographs[::3], portraits[:3]
    )
    held = iter(DataLoader(Photographs(other, 7), batch_size=BATCH))
    held = [next(held) for _ in range(4 if small else 12)]
    source = iter(
        DataLoader(
            Photographs(bank, 1), batch_size=BATCH, num_workers=options.makers, prefetch_factor=6
        )
    )
    net = CornerNet().to(memory_format=torch.channels_last)
    if options.start:
        net.load_state_dict(torch.load(options.start))
    print(f"{sum(p.numel() for p in net.parameters())} weights", flush=True)
    mean = copy.deepcopy(net)
    optimiser = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=1e-4)
    start, step, losses, shown = time.time(), 0, [], time.time()
    while (elapsed := time.time() - start) < options.minutes * 60:
        for group in optimiser.param_groups:
            group["lr"] = rate_at(elapsed / (options.minutes * 60), options.rate)
        pixels, maps = next(source)
        pixels = pixels.float().div_(255).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.half):
            logits = net(pixels)
        loss = loss_of(logits, maps)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        step += 1
        blend(mean, net, min(DECAY, 1 - 1 / (step + 1)))
        losses.append(loss.item())
        if time.time() - shown > (60 if small else 180):
            shown = time.time()
            overlap, false = validate(mean, held)
            print(
                f"{elapsed / 60:6.1f} min  step {step}  loss {np.mean(losses[-200:]):.4f}  "
                f"overlap {overlap:.4f}  false {false:.3f}",
                flush=True,
            )
            save(mean, options.out)
            torch.save(mean.state_dict(), f"{options.out}.pt")
    overlap, false = validate(mean, held)
    print(f"end: step {step}  overlap {overlap:.4f}  false {false:.3f}", flush=True)
    save(mean, options.out)
    if small and np.mean(losses[-20:]) > 0.7 * np.mean(losses[:20]):
        sys.exit("the loss did not fall")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pictures", type=Path)
    parser.add_argument("out")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--makers", type=int, default=1)
    parser.add_argument("--half", action="store_true", help="bfloat16, where the processor has it")
    parser.add_argument("--start", help="weights to go on from: OUT.onnx.pt of an earlier run")
    parser.add_argument("--rate", type=float, default=BEST_RATE, help="of learning, at its best")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.check:
        options.minutes = 3
    train(options)


if __name__ == "__main__":
    main()
