"""Where documents lie when they are photographed: real pictures, and tables, cloths and screens
that are drawn."""

import math

import numpy
from PIL import Image, ImageDraw, ImageFilter

from .drawing import PICTURES, font


def picture(file):
    def make(size, generator):
        """A part of a real picture that fills the size."""
        image = Image.open(PICTURES / file).convert("RGB")
        scale = max(size[0] / image.width, size[1] / image.height) * generator.uniform(1.0, 1.4)
        image = image.resize((math.ceil(image.width * scale), math.ceil(image.height * scale)),
                             Image.BICUBIC)
        left = generator.randint(0, image.width - size[0])
        top = generator.randint(0, image.height - size[1])
        return image.crop((left, top, left + size[0], top + size[1]))

    return make


def smooth_noise(size, cells, seed):
    """Values around 0 that change slowly: `cells` across and down."""
    values = numpy.random.default_rng(seed).normal(0, 50, (cells[1], cells[0])) + 128
    small = Image.fromarray(values.clip(0, 255).astype("uint8"))
    return numpy.asarray(small.resize(size, Image.BICUBIC), numpy.float32) - 128


def tinted(grey, colour):
    """A picture of one colour, lighter and darker by `grey`."""
    values = numpy.asarray(colour, numpy.float32) + grey[..., None]
    return Image.fromarray(values.clip(0, 255).astype("uint8"))


def wood(size, generator):
    seed = generator.randrange(2 ** 31)
    grain = 0.4 * smooth_noise(size, (6, 160), seed) + 0.3 * smooth_noise(size, (3, 30), seed + 1)
    image = tinted(grain, generator.choice([(150, 106, 66), (96, 66, 44), (190, 158, 118)]))
    draw = ImageDraw.Draw(image)
    for y in range(generator.randint(40, 200), size[1], generator.randint(220, 420)):
        draw.line((0, y, size[0], y), fill=(52, 36, 26), width=3)
    return image


def cloth(size, generator):
    y, x = numpy.mgrid[0:size[1], 0:size[0]].astype(numpy.float32)
    weave = 9 * numpy.sin(x * 1.1) + 9 * numpy.sin(y * 1.1)
    folds = 0.5 * smooth_noise(size, (7, 5), generator.randrange(2 ** 31))
    return tinted(weave + folds, generator.choice([(58, 78, 120), (140, 40, 50), (196, 190, 176)]))


def tiles(size, generator):
    image = tinted(0.15 * smooth_noise(size, (90, 70), generator.randrange(2 ** 31)),
                   generator.choice([(188, 188, 182), (120, 128, 132)]))
    draw = ImageDraw.Draw(image)
    step = generator.randint(150, 260)
    for at in range(step // 2, max(size), step):
        draw.line((at, 0, at, size[1]), fill=(90, 88, 84), width=5)
        draw.line((0, at, size[0], at), fill=(90, 88, 84), width=5)
    return image


def desk(size, generator):
    """A plain top with a sheet of text and a pen at its edges."""
    light = 0.2 * smooth_noise(size, (4, 3), generator.randrange(2 ** 31))
    image = tinted(light, generator.choice([(214, 212, 206), (70, 74, 78), (168, 150, 130)]))
    paper = sheet((size[0] // 2, size[1] // 2), generator)
    angle = generator.uniform(-12, 12)
    shape = Image.new("L", paper.size, 255).rotate(angle, Image.BICUBIC, expand=True)
    image.paste(paper.rotate(angle, Image.BICUBIC, expand=True),
                (-size[0] // 5, -size[1] // 5), shape)
    draw = ImageDraw.Draw(image)
    x, y = size[0] * 0.86, size[1] * 0.1
    draw.line((x, y, x + size[0] * 0.07, y + size[1] * 0.5), fill=(28, 30, 60), width=14)
    return image


def sheet(size, generator):
    """Black on white: lines of words that say nothing."""
    image = Image.new("RGB", size, (244, 243, 238))
    draw = ImageDraw.Draw(image)
    used = font("Serif", 1.2)
    words = "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor".split()
    for y in range(30, size[1] - 30, 26):
        line = " ".join(generator.choice(words) for _ in range(size[0] // 90))
        draw.text((34, y), line, fill=(50, 50, 54), font=used)
    return image


def screen(size, generator):
    """A desktop with a window whose inside is bare; what is shown there is put on top."""
    image = tinted(0.3 * smooth_noise(size, (3, 2), generator.randrange(2 ** 31)), (36, 62, 108))
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.rectangle((width * .06, height * .06, width * .94, height * .88), fill=(236, 238, 240))
    draw.rectangle((width * .06, height * .06, width * .94, height * .11), fill=(70, 76, 88))
    for i, colour in enumerate(((230, 90, 80), (230, 190, 70), (90, 190, 90))):
        draw.ellipse((width * (.075 + .02 * i), height * .075, width * (.088 + .02 * i),
                      height * .075 + width * .013), fill=colour)
    draw.rectangle((0, height * .94, width, height), fill=(22, 24, 30))
    return image


def tablet(size, generator):
    """A hand-held screen on a dark table."""
    image = wood(size, generator)
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.rounded_rectangle((width * .1, height * .08, width * .9, height * .92), 60,
                           fill=(18, 18, 20))
    draw.rectangle((width * .13, height * .12, width * .87, height * .88), fill=(250, 250, 252))
    return image


SCENES = {"coffee": picture("coffee.png"), "rocket": picture("rocket.jpg"),
          "cat": picture("chelsea.png"), "people": picture("sample4.jpg"), "wood": wood,
          "cloth": cloth, "tiles": tiles, "desk": desk, "screen": screen, "tablet": tablet}


def shade(image, generator, strength):
    """Light that falls off to one side, and a soft shadow across the picture."""
    width, height = image.size
    y, x = numpy.mgrid[0:48, 0:64].astype(numpy.float32)
    angle = generator.uniform(0, 2 * math.pi)
    along = (x / 63 - 0.5) * math.cos(angle) + (y / 47 - 0.5) * math.sin(angle)
    light = 1 + strength * 0.5 * along
    if strength > 0.5:
        edge = generator.uniform(-0.15, 0.25)
        light *= 1 - 0.5 * strength / (1 + numpy.exp(-(along - edge) * 40))
    grid = Image.fromarray((light * 100).clip(0, 255).astype("uint8"))
    grid = numpy.asarray(grid.resize((width, height), Image.BICUBIC), numpy.float32) / 100
    values = numpy.asarray(image, numpy.float32) * grid[..., None]
    return Image.fromarray(values.clip(0, 255).astype("uint8"))


def noisy(image, amount, seed):
    values = numpy.asarray(image, numpy.float32)
    noise = numpy.random.default_rng(seed).standard_normal(values.shape, numpy.float32)
    return Image.fromarray((values + amount * noise).clip(0, 255).astype("uint8"))


def blurred(image, radius):
    return image.filter(ImageFilter.GaussianBlur(radius)) if radius else image
