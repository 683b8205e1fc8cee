"""What the pages of all designs are drawn with. A page is measured in millimetres from its top left
corner."""

import functools
import math
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from .holders import PORTRAITS

FONTS = Path("/usr/share/fonts/truetype/dejavu")
ZONE_FONT = Path("/usr/share/fonts/opentype/ocr-b/OCRB.otf")
PICTURES = Path(__file__).resolve().parents[2] / "build" / "pictures"
SCALE = 16  # pixels for a millimetre: 406 dots per inch
# Widths and heights in millimetres, ISO/IEC 7810; MRV-A of ICAO 9303-7.
SIZES = {"ID-1": (85.6, 53.98), "ID-2": (105, 74), "ID-3": (125, 88), "MRV-A": (120, 80),
         "MRV-B": (105, 74)}
ZONE_PITCH = 2.54  # millimetres between characters, as ICAO 9303-3 has it
ZONE_SIZE = 3.53  # millimetres to the em


@functools.cache
def font(name, millimetres):
    path = ZONE_FONT if name == "zone" else FONTS / f"DejaVu{name}.ttf"
    return ImageFont.truetype(str(path), max(6, round(millimetres * SCALE)),
                              layout_engine=ImageFont.Layout.BASIC)


@functools.cache
def portrait(name):
    file, box = PORTRAITS[name]
    return Image.open(PICTURES / file).convert("RGB").crop(box)


class Page:
    """design: its name; format: a key of SIZES."""

    def __init__(self, format, ground):
        self.format = format
        self.width, self.height = SIZES[format]
        self.image = Image.new("RGB", (round(self.width * SCALE), round(self.height * SCALE)),
                               ground)
        self.draw = ImageDraw.Draw(self.image)

    def gradient(self, left, right):
        """From one colour at the left edge to another at the right."""
        ramp = Image.linear_gradient("L").rotate(90).resize(self.image.size)
        self.image.paste(Image.composite(Image.new("RGB", self.image.size, right),
                                         Image.new("RGB", self.image.size, left), ramp))
        self.draw = ImageDraw.Draw(self.image)

    def waves(self, colour, count, height, length, slope=0.0, phase=0.37):
        """Fine lines of a security print, over the whole page."""
        for k in range(count):
            base = self.height * (k - count * 0.1) / (count * 0.8)
            points = []
            for i in range(0, round(self.width) + 3, 1):
                y = base + slope * i + height * math.sin(2 * math.pi * i / length + k * phase)
                points.append((i * SCALE, y * SCALE))
            self.draw.line(points, fill=colour, width=2)

    def rosette(self, x, y, radius, petals, colour, rings=9):
        for ring in range(rings):
            part = radius * (0.35 + 0.65 * ring / rings)
            points = []
            for i in range(241):
                angle = 2 * math.pi * i / 240
                r = part * (1 + 0.16 * math.sin(petals * angle + ring * 0.5))
                points.append(((x + r * math.cos(angle)) * SCALE,
                               (y + r * math.sin(angle)) * SCALE))
            self.draw.line(points, fill=colour, width=2)

    def box(self, x, y, width, height, **colours):
        self.draw.rectangle((x * SCALE, y * SCALE, (x + width) * SCALE, (y + height) * SCALE),
                            **colours)

    def oval(self, x, y, width, height, **colours):
        self.draw.ellipse((x * SCALE, y * SCALE, (x + width) * SCALE, (y + height) * SCALE),
                          **colours)

    def text(self, x, y, text, size, colour, name="Sans"):
        """From its top left corner."""
        self.draw.text((x * SCALE, y * SCALE), text, fill=colour, font=font(name, size))

    def field(self, x, y, label, value, style):
        """A label above its value; style: sizes, colours and fonts of both."""
        self.text(x, y, label, style["label"], style["label_colour"])
        self.text(x, y + style["label"] * 1.25, value, style["value"], style["value_colour"],
                  style.get("value_font", "Sans"))

    def face(self, holder, x, y, width, height, grey=False, oval=False, faint=1.0):
        taken = portrait(holder.portrait).resize((round(width * SCALE), round(height * SCALE)),
                                                 Image.LANCZOS)
        if grey:
            taken = taken.convert("L").convert("RGB")
        mask = Image.new("L", taken.size, 0 if oval else round(255 * faint))
        if oval:
            ImageDraw.Draw(mask).ellipse((0, 0, *taken.size), fill=round(255 * faint))
            mask = mask.filter(ImageFilter.GaussianBlur(6))
        self.image.paste(taken, (round(x * SCALE), round(y * SCALE)), mask)

    def signature(self, x, y, width, name, colour):
        """A scrawl that is different for each name."""
        points, turn = [], sum(map(ord, name))
        for i in range(120):
            u = i / 119
            swing = math.sin(u * (17 + turn % 9)) * (1.6 - u) + 0.7 * math.sin(u * 41 + turn)
            points.append(((x + width * u + 0.9 * math.cos(u * 33)) * SCALE, (y - swing) * SCALE))
        self.draw.line(points, fill=colour, width=round(0.22 * SCALE), joint="curve")

    def zone(self, lines, bottom, colour=(24, 24, 26)):
        """The zone for machines in OCR-B, ten characters to the inch; `bottom` millimetres from the
        lower edge to the foot of the last line."""
        used = font("zone", ZONE_SIZE)
        left = (self.width - ZONE_PITCH * len(lines[0])) / 2
        for row, line in enumerate(lines):
            y = self.height - bottom - 4.23 * (len(lines) - 1 - row)
            for i, character in enumerate(line):
                self.draw.text(((left + ZONE_PITCH * (i + 0.5)) * SCALE, y * SCALE), character,
                               fill=colour, font=used, anchor="ms")

    def chip(self, x, y):
        self.box(x, y, 12, 9.5, fill=(202, 172, 96), outline=(120, 96, 40))
        for part in (3.1, 6.3):
            self.draw.line((x * SCALE, (y + part) * SCALE, (x + 12) * SCALE, (y + part) * SCALE),
                           fill=(120, 96, 40), width=3)
        self.draw.line(((x + 4.5) * SCALE, y * SCALE, (x + 4.5) * SCALE, (y + 9.5) * SCALE),
                       fill=(120, 96, 40), width=3)
        self.draw.line(((x + 7.5) * SCALE, y * SCALE, (x + 7.5) * SCALE, (y + 9.5) * SCALE),
                       fill=(120, 96, 40), width=3)

    def code(self, modules, x, y, width, height):
        """A barcode given as a picture of one pixel a module."""
        self.box(x - 1, y - 1, width + 2, height + 2, fill=(250, 250, 250))
        scaled = modules.resize((round(width * SCALE), round(height * SCALE)), Image.NEAREST)
        self.image.paste(scaled, (round(x * SCALE), round(y * SCALE)))
