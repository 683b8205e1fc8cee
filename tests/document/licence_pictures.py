"""Licences and other codes as pictures: AAMVA texts of every version of the standard, drawn as
PDF417 on a card, turned, tilted and at the size of a module that is asked for."""

import math
import random
import sys
from pathlib import Path

import numpy
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from perspective import coefficients  # noqa: E402

NAMES = ["MARIE", "JOHN", "ANA", "WILLIAM", "ZOE", "MICHAEL", "SOFIA", "LIAM"]
FAMILIES = ["SAMPLE", "O'NEILL", "VAN DYKE", "GARCIA-LOPEZ", "SMITH", "TREMBLAY"]
STREETS = ["2345 ANYPLACE AVE", "17 MAIN ST", "789 E OAK ST", "1 RUE PRINCIPALE"]
STATES = ["VA", "CA", "NY", "TX", "ON", "QC"]


def header(version, subfiles, issuer="636000", separators=True, own_version=1):
    """subfiles: pairs of type and body; the body ends where the next begins."""
    start = "@\n\x1e\rANSI " if separators else "@ANSI "
    head = f"{start}{issuer}{version:02}"
    head += f"{own_version:02}" if version >= 2 else ""
    head += f"{len(subfiles):02}"
    offset = len(head) + 10 * len(subfiles)
    for kind, body in subfiles:
        head += f"{kind}{offset:04}{len(body):04}"
        offset += len(body)
    return head + "".join(body for _, body in subfiles)


def date_of(generator, first, last):
    return (generator.randint(first, last), generator.randint(1, 12), generator.randint(1, 28))


def iso(date):
    return "%04d-%02d-%02d" % date


def licence(version, seed=0, canada=False, separators=True):
    """The text of a barcode, and the fields that it has to give."""
    generator = random.Random(1000 * version + seed)
    pick = generator.choice
    first, middle, last = pick(NAMES), pick(NAMES), pick(FAMILIES)
    birth, issue, expiry = (date_of(generator, *years) for years in
                            ((1930, 2008), (2015, 2024), (2025, 2035)))
    year_first = canada or version <= 1

    def date(value):
        year, month, day = value
        return (f"{year:04}{month:02}{day:02}" if year_first else f"{month:02}{day:02}{year:04}")

    number = "T%08d" % generator.randrange(10 ** 8)
    document = "%023d" % generator.randrange(10 ** 20)
    state = STATES[4 + seed % 2] if canada else STATES[seed % 4]
    postal = "K1A 0B1" if canada else "221170000"
    sex = generator.randint(1, 2)
    inches = generator.randint(58, 78)
    street, city = pick(STREETS), pick(["ANYTOWN", "SPRINGFIELD", "BOIS-DES-FILION"])
    kind = "ID" if seed % 5 == 4 else "DL"
    elements = {"DAQ": number, "DBA": date(expiry), "DBB": date(birth), "DBD": date(issue),
                "DAG": street, "DAI": city, "DAJ": state, "DAK": postal.ljust(11),
                "DAY": "BRO", "DAZ": "BLK"}
    expected = {
        "customer_id": number, "expiration_date": iso(expiry), "date_of_birth": iso(birth),
        "issue_date": iso(issue), "street_address1": street, "city": city, "state": state,
        "postal_code": postal, "eye_color": "BRO", "hair_color": "BLK", "gender": "MF"[sex - 1],
        "first_name": first, "last_name": last, "middle_name": middle, "document_type": kind,
        "type": "AAMVA", "format": "PDF417"}
    if version <= 1:
        elements.update({"DAA": f"{last},{first},{middle},JR", "DBC": "MF"[sex - 1],
                         "DAU": f"{inches // 12}{inches % 12:02}"})
        expected.update({"name_suffix": "JR", "height": f"{inches:03} in"})
    else:
        elements.update({"DCS": last, "DBC": str(sex), "DAU": f"{inches:03} in", "DCF": document,
                         "DCG": "CAN" if canada else "USA", "DCK": "0123456789", "DCU": "III",
                         "DBN": "OTHER", "DBG": "NAME", "DBS": "SR", "DCI": "NORFOLK, VA",
                         "DCJ": "AUDIT7", "DAH": "APT 4"})
        expected.update({"height": f"{inches:03} in", "document_id": document,
                         "issuing_country": elements["DCG"], "name_suffix": "III",
                         "inventory_control_number": "0123456789", "last_name_alias": "OTHER",
                         "first_name_alias": "NAME", "suffix_alias": "SR",
                         "street_address2": "APT 4", "place_of_birth": "NORFOLK, VA",
                         "audit_information": "AUDIT7"})
    if version in (2, 3):
        elements["DCT"] = f"{first},{middle}"
    if version >= 4:
        elements.update({"DAC": first, "DAD": middle, "DDE": "N", "DDF": "T", "DDG": "U"})
        expected.update({"last_name_truncation": "N", "first_name_truncation": "T",
                         "middle_name_truncation": "U"})
    end, stop = ("\n", "\r") if separators else ("", "")
    body = kind + end.join(k + v for k, v in elements.items()) + stop
    subfiles = [(kind, body), ("ZV", "ZVZVA01" + stop)]
    return header(version, subfiles, separators=separators), expected


def code(text, kind="PDF417", **options):
    """The modules as a picture, one pixel each, dark is 0."""
    made = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind), **options)
    modules = numpy.array(zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=False))
    return Image.fromarray(modules)


def quadrilateral(width, height, degrees, perspective):
    """Corners around 0 of a rectangle that is turned in the plane and leans away."""
    turn = math.radians(degrees)
    corners = []
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        far = 1 + perspective * (0.6 * x + 0.4 * y)
        px, py = x * width / 2 / far, y * height / 2 / far
        corners.append((px * math.cos(turn) - py * math.sin(turn),
                        px * math.sin(turn) + py * math.cos(turn)))
    return corners


def photograph(modules, pixels, degrees=0.0, perspective=0.0, seed=0, noise=3.0, blur=0.0):
    """A card with the code, taken by a camera: `pixels` for a module, on average. Returns the
    picture and the corners of the code in it."""
    generator = random.Random(seed)
    fine = 6  # pixels for a module before it is photographed
    width, height = modules.size
    card = Image.new("L", (fine * (width + 60), fine * (height + 90)), 225)
    draw = ImageDraw.Draw(card)
    for i in range(6):
        draw.text((fine * 30, fine * (height + 40) + 40 * i),
                  "RESTRICTIONS NONE  CLASS D  0123456789", fill=60)
    left, top = fine * 30, fine * 20
    draw.rectangle((left - 4 * fine, top - 4 * fine, left + fine * (width + 4),
                    top + fine * (height + 4)), fill=245)
    card.paste(modules.resize((fine * width, fine * height), Image.NEAREST).point(
        lambda v: 30 if v < 128 else 245), (left, top))
    shrink = pixels / fine
    corners = quadrilateral(card.width * shrink, card.height * shrink, degrees, perspective)
    room = 30
    least = [min(c[i] for c in corners) - room for i in (0, 1)]
    most = [max(c[i] for c in corners) + room for i in (0, 1)]
    over = 3  # samples for a pixel: a camera averages over its pixels
    target = [((x - least[0]) * over, (y - least[1]) * over) for x, y in corners]
    source = [(0, 0), (card.width, 0), (card.width, card.height), (0, card.height)]
    size = tuple(int((most[i] - least[i]) * over) // over * over for i in (0, 1))
    back = coefficients(target, source)
    taken = card.transform(size, Image.PERSPECTIVE, tuple(back), Image.BILINEAR, fillcolor=110)
    if blur:
        taken = taken.filter(ImageFilter.GaussianBlur(blur * over))
    taken = taken.resize((size[0] // over, size[1] // over), Image.BOX)
    grey = numpy.asarray(taken, float)
    random_state = numpy.random.default_rng(generator.randrange(2 ** 32))
    grey = grey + random_state.normal(0, noise, grey.shape)
    picture = Image.fromarray(grey.clip(0, 255).astype("uint8")).convert("RGB")
    there = coefficients(source, target)
    code_corners = [(left, top), (left + fine * width, top), (left + fine * width,
                    top + fine * height), (left, top + fine * height)]
    a, b, c, d, e, f, g, h = there
    where = [((a * x + b * y + c) / (g * x + h * y + 1) / over,
              (d * x + e * y + f) / (g * x + h * y + 1) / over) for x, y in code_corners]
    return picture, where
