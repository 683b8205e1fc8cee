"""The corner net: a small encoder and a decoder that says where a document is, cell by cell.

Without any order of corners there is nothing that a turned document could confuse.
"""

import torch
from torch import nn
from torch.nn import functional as F

CHANNELS = (16, 24, 40, 64, 80, 96)  # at a half, a quarter ... a sixty-fourth of the side
BLOCKS = (0, 1, 1, 1, 1, 1)
WIDTH = 32  # of the decoder


def conv(before, after, size=3, stride=1):
    return nn.Sequential(
        nn.Conv2d(before, after, size, stride, size // 2, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.first = conv(channels, channels)
        self.second = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)
        )

    def forward(self, x):
        return F.relu(x + self.second(self.first(x)))


class CornerNet(nn.Module):
    """[batch, 3, 256, 256] RGB in 0..1 to logits [batch, 3, 64, 64]: inside, outline, corners."""

    def __init__(self):
        super().__init__()
        stages, before = [], 3
        for channels, blocks in zip(CHANNELS, BLOCKS, strict=True):
            stages.append(
                nn.Sequential(
                    conv(before, channels, stride=2), *[Block(channels) for _ in range(blocks)]
                )
            )
            before = channels
        self.stages = nn.ModuleList(stages)
        self.sides = nn.ModuleList([conv(channels, WIDTH, 1) for channels in CHANNELS[1:]])
        self.merges = nn.ModuleList([conv(WIDTH, WIDTH) for _ in CHANNELS[1:-1]])
        self.head = nn.Conv2d(WIDTH, 3, 1)
        nn.init.constant_(self.head.bias, -2.0)

    def forward(self, x):
        x = (x - 0.45) * 4
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        y = self.sides[-1](maps[-1])
        for k in range(len(self.merges) - 1, -1, -1):
            y = F.interpolate(y, scale_factor=2, mode="nearest")
            y = self.merges[k](y + self.sides[k](maps[k + 1]))
        return self.head(y)


class Exported(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, picture):
        return torch.sigmoid(self.net(picture))


def loss_of(logits, maps):
    """Cross-entropy for inside and outline, Dice for inside, weighted squares for corners."""
    inside, outline, corners = (logits[:, k].float() for k in range(3))
    wanted = [maps[:, k] for k in range(3)]
    entropy = F.binary_cross_entropy_with_logits(inside, wanted[0])
    overlap = torch.sigmoid(inside)
    dice = 1 - (2 * (overlap * wanted[0]).sum((1, 2)) + 8) / (
        overlap.sum((1, 2)) + wanted[0].sum((1, 2)) + 8
    )
    line = F.binary_cross_entropy_with_logits(outline, wanted[1], weight=1 + 4 * wanted[1])
    point = F.binary_cross_entropy_with_logits(corners, wanted[2], weight=1 + 20 * wanted[2])
    return entropy + 0.5 * dice.mean() + 0.7 * line + 0.5 * point


def export(net, path):
    import onnx

    net = Exported(net).eval()
    torch.onnx.export(
        net,
        (torch.zeros(1, 3, 256, 256),),
        path,
        input_names=["picture"],
        output_names=["maps"],
        dynamic_axes={"picture": {0: "batch"}, "maps": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
    onnx.checker.check_model(path)
