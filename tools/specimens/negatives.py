"""Pictures without an identity document, for counting how often one is found all the same: things
that are flat, rectangular or full of print, and parts of pictures of people and things."""

import math
import random
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from PIL import Image, ImageDraw

from . import scenes
from .drawing import PICTURES, font

SIZES = ((1280, 960), (1600, 1200), (960, 1280), (1920, 1080))
WORDS = ("the quarter report invoice total meeting agenda chapter river morning table window and "
         "of with from under seven garden letter paper engine market bridge winter music").split()
ENDINGS = (".jpg", ".jpeg", ".png")


def colour(generator, least=0, most=255):
    return tuple(generator.randint(least, most) for _ in range(3))


def ground(size, generator):
    return generator.choice((scenes.wood, scenes.cloth, scenes.tiles, scenes.desk))(size, generator)


def put(picture, thing, generator, width=(0.4, 0.8), turn=(-30, 30)):
    """Lays a flat thing on the picture, turned."""
    scale = generator.uniform(*width) * min(picture.size) / max(thing.size)
    thing = thing.resize((max(8, round(thing.width * scale)), max(8, round(thing.height * scale))),
                         Image.LANCZOS)
    angle = generator.uniform(*turn)
    shape = Image.new("L", thing.size, 255).rotate(angle, Image.BICUBIC, expand=True)
    thing = thing.rotate(angle, Image.BICUBIC, expand=True)
    at = tuple((picture.size[i] - thing.size[i]) // 2 + round(
        generator.uniform(-0.15, 0.15) * picture.size[i]) for i in (0, 1))
    picture.paste((16, 16, 18), (at[0] + 7, at[1] + 9), shape.point(lambda v: v // 3))
    picture.paste(thing, at, shape)


def lines_of_text(draw, box, generator, size, ink):
    used = font(generator.choice(("Sans", "Serif", "SansMono")), size)
    step = used.size * 1.45
    y = box[1]
    while y + step < box[3]:
        text = ""
        while used.getlength(text) < (box[2] - box[0]) * generator.uniform(0.75, 0.98):
            text += generator.choice(WORDS) + " "
        draw.text((box[0], y), text, fill=ink, font=used)
        y += step * (2 if generator.random() < 0.12 else 1)


def sheet(size, generator):
    """A letter, a form or a table, in the proportions of paper."""
    picture = ground(size, generator)
    width = 1000
    paper = Image.new("RGB", (width, 1414), colour(generator, 228, 255))
    draw = ImageDraw.Draw(paper)
    lines_of_text(draw, (90, 110, 910, 1300), generator, generator.choice((1.2, 1.6, 2.2)),
                  colour(generator, 10, 80))
    if generator.random() < 0.5:
        top = generator.randint(300, 700)
        for row in range(7):
            draw.line((90, top + 60 * row, 910, top + 60 * row), fill=(90, 90, 90), width=3)
    if generator.random() < 0.4:
        draw.rectangle((90, 60, 340, 130), fill=colour(generator))
    put(picture, paper, generator, (0.7, 1.1))
    return picture


def page_of_text(size, generator):
    """Print that fills the picture."""
    picture = Image.new("RGB", size, colour(generator, 225, 255))
    lines_of_text(ImageDraw.Draw(picture), (40, 20, size[0] - 40, size[1]), generator,
                  generator.choice((1.5, 2.2, 3.2)), colour(generator, 0, 70))
    return picture.rotate(generator.uniform(-6, 6), Image.BICUBIC, fillcolor=colour(generator))


def screen(size, generator):
    """A desktop with windows."""
    picture = scenes.screen(size, generator)
    draw = ImageDraw.Draw(picture)
    for _ in range(generator.randint(1, 3)):
        x, y = (generator.uniform(0.08, 0.5) * size[i] for i in (0, 1))
        width, height = (generator.uniform(0.3, 0.45) * size[i] for i in (0, 1))
        draw.rectangle((x, y, x + width, y + height), fill=colour(generator, 200, 255),
                       outline=(60, 60, 66), width=2)
        draw.rectangle((x, y, x + width, y + height * 0.09), fill=colour(generator, 30, 120))
        lines_of_text(draw, (x + 15, y + height * 0.14, x + width - 15, y + height), generator, 1.1,
                      (40, 40, 46))
    return picture


def telephone(size, generator):
    """A hand-held screen with rows of symbols or a text."""
    picture = ground(size, generator)
    device = Image.new("RGB", (500, 1040), (20, 20, 24))
    draw = ImageDraw.Draw(device)
    draw.rectangle((18, 30, 482, 1010), fill=colour(generator))
    if generator.random() < 0.6:
        for row in range(6):
            for column in range(4):
                x, y = 50 + 108 * column, 80 + 140 * row
                draw.rounded_rectangle((x, y, x + 78, y + 78), 18, fill=colour(generator))
    else:
        lines_of_text(draw, (40, 80, 460, 980), generator, 1.5, (250, 250, 250))
    put(picture, device, generator, (0.7, 1.0), (-60, 60))
    return picture


def book(size, generator):
    """A closed book, or an open one."""
    picture = ground(size, generator)
    if generator.random() < 0.5:
        cover = Image.new("RGB", (700, 1000), colour(generator, 20, 200))
        draw = ImageDraw.Draw(cover)
        draw.rectangle((0, 0, 46, 1000), fill=colour(generator, 10, 90))
        draw.text((120, 140), generator.choice(WORDS).upper(), fill=colour(generator, 180, 255),
                  font=font("Serif-Bold", 6))
        draw.text((120, 300), generator.choice(WORDS).title(), fill=colour(generator, 180, 255),
                  font=font("Sans", 3))
        draw.ellipse((200, 460, 560, 820), fill=colour(generator))
    else:
        cover = Image.new("RGB", (1400, 1000), (240, 236, 224))
        draw = ImageDraw.Draw(cover)
        for left in (70, 770):
            lines_of_text(draw, (left, 80, left + 560, 930), generator, 1.3, (40, 36, 34))
        draw.rectangle((694, 0, 706, 1000), fill=(190, 184, 172))
    put(picture, cover, generator, (0.6, 1.1), (-70, 70))
    return picture


def frames(size, generator):
    """Rectangles of one colour: boxes, notes, a keyboard's keys, windows of a house."""
    picture = ground(size, generator)
    draw = ImageDraw.Draw(picture)
    if generator.random() < 0.4:
        step = generator.randint(70, 150)
        fill = colour(generator)
        for x in range(60, size[0] - step, step):
            for y in range(60, size[1] - step, step):
                draw.rounded_rectangle((x, y, x + step * 0.8, y + step * 0.8), 8, fill=fill)
        return picture
    for _ in range(generator.randint(1, 4)):
        note = Image.new("RGB", (600, generator.choice((600, 420, 900))), colour(generator))
        if generator.random() < 0.5:
            ImageDraw.Draw(note).rectangle((20, 20, 580, note.height - 20),
                                           outline=colour(generator), width=10)
        put(picture, note, generator, (0.2, 0.6), (-90, 90))
    return picture


def plain(size, generator):
    """A table, a cloth, tiles: nothing lies there."""
    return ground(size, generator)


def texture(size, generator):
    noise = sum(scenes.smooth_noise(size, (cells, cells), generator.randrange(2 ** 31)) / (i + 1)
                for i, cells in enumerate((5, 23, 140)))
    return scenes.tinted(0.7 * noise, colour(generator, 60, 200))


def photograph_of_photograph(files):
    """A print of a picture on a table, without any writing."""
    def make(size, generator):
        picture = ground(size, generator)
        taken = Image.open(generator.choice(files)).convert("RGB")
        side = min(taken.size)
        left, top = (generator.randint(0, taken.size[i] - side) for i in (0, 1))
        taken = taken.crop((left, top, left + side, top + round(side * 0.7)))
        print_ = Image.new("RGB", (1040, 740), (250, 250, 248))
        print_.paste(taken.resize((1000, 700), Image.LANCZOS), (20, 20))
        put(picture, print_, generator, (0.5, 0.9), (-50, 50))
        return picture

    return make


def part_of_picture(files):
    def make(size, generator):
        picture = Image.open(generator.choice(files)).convert("RGB")
        share = generator.uniform(0.35, 1.0)
        width, height = (max(32, round(n * share)) for n in picture.size)
        left, top = generator.randint(0, picture.width - width), generator.randint(
            0, picture.height - height)
        picture = picture.crop((left, top, left + width, top + height))
        scale = max(size) / max(picture.size)
        picture = picture.resize((math.ceil(width * scale), math.ceil(height * scale)),
                                 Image.BICUBIC)
        return picture.transpose(Image.FLIP_LEFT_RIGHT) if generator.random() < 0.5 else picture

    return make


def real_pictures(folders):
    files = [path for path in sorted(PICTURES.iterdir()) if path.suffix in ENDINGS]
    for folder in folders:
        files += [path for path in sorted(Path(folder).iterdir()) if path.suffix in ENDINGS]
    return files


def draw_one(task):
    index, kind, folder, folders = task
    generator = random.Random(f"negative {index}")
    files = real_pictures(folders)
    made = {**DRAWN, "print": photograph_of_photograph(files), "real": part_of_picture(files)}[kind]
    picture = made(generator.choice(SIZES), generator)
    picture = scenes.shade(picture, generator, generator.uniform(0.0, 0.7))
    picture = scenes.noisy(picture, generator.uniform(0, 4), generator.randrange(2 ** 31))
    name = f"{kind}-{index:04}.jpg"
    picture.save(folder / name, quality=generator.randint(70, 95))
    return name, kind


DRAWN = {"sheet": sheet, "text": page_of_text, "screen": screen, "telephone": telephone,
         "book": book, "frames": frames, "plain": plain, "texture": texture}
# A third are parts of real pictures.
ORDER = (*DRAWN, "real", "print", "real", "real", "real")


def draw(count, folder, folders, workers):
    """Returns names and kinds."""
    folder.mkdir(parents=True, exist_ok=True)
    tasks = [(i, ORDER[i % len(ORDER)], folder, folders) for i in range(count)]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(draw_one, tasks, chunksize=8))
