"""What is held before a camera like a document, and is none.

Each of these lacks what makes a document: the format, or the fields together with a portrait, a
zone or a code. Like everything here they are drawn by lot, and after nothing that is measured.
Bank cards are not among them: they were not trained on either way.
"""

from dataclasses import dataclass

import devices
import numpy as np
import printed
from PIL import Image

DEVICES = 0.34  # the share of telephones and their like


@dataclass
class Sources:
    photographs: list  # pixels, RGB
    portraits: list  # PIL pictures


def random_lookalike(rng, sources):
    """RGB pixels and cover."""
    kinds = devices.KINDS if rng.random() < DEVICES else printed.KINDS
    made = kinds[rng.integers(len(kinds))](rng, sources)
    image, cover = made if isinstance(made, tuple) else (made, Image.new("L", made.size, 255))
    return np.asarray(image), np.asarray(cover)
