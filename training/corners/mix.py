#!/usr/bin/env python3
"""Mixes the weights of a net with those of one that was trained on from it.

    mix.py OLD.onnx.pt NEW.onnx.pt SHARE OUT.onnx

SHARE is that of NEW. The mixture keeps most of what both can do: the new net knows what is no
document, the old one forgot no odd design for it.
"""

import sys

import torch
from net import CornerNet, export


def main():
    old, new = (torch.load(path) for path in sys.argv[1:3])
    share, out = float(sys.argv[3]), sys.argv[4]
    mixed = {
        name: torch.lerp(old[name], value, share) if value.dtype.is_floating_point else value
        for name, value in new.items()
    }
    net = CornerNet()
    net.load_state_dict(mixed)
    torch.save(mixed, f"{out}.pt")
    export(net, out)


if __name__ == "__main__":
    main()
