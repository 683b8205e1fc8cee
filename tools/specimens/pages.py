"""The designs: documents of no country, each a function that draws one side for one holder."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from . import holders
from .drawing import Page
from .holders import Holder, printed

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "document"))
from licence_pictures import code, licence  # noqa: E402


@dataclass
class Specimen:
    name: str
    kind: str
    page: Page
    face: bool = False
    mrz: list = field(default_factory=list)
    birth: str = ""  # as it can be read of this side: printed, in the zone or in the barcode
    barcode_text: str = ""
    barcode_fields: dict = field(default_factory=dict)


def two_lines(labels, values, ink, pale, value=2.9):
    return {"label": labels, "value": value, "label_colour": pale, "value_colour": ink,
            "value_font": values}


def nordmark_front(key):
    """A national card: portrait at the left, labels in three languages."""
    holder = Holder(key)
    page = Page("ID-1", (226, 236, 240))
    page.gradient((214, 229, 241), (240, 232, 219))
    page.waves((172, 196, 214), 46, 1.7, 21)
    page.rosette(62, 30, 17, 9, (196, 182, 170))
    page.box(0, 0, 85.6, 8.2, fill=(38, 72, 118))
    page.text(3.5, 1.6, "NORDMARK", 4.1, (250, 250, 250), "Sans-Bold")
    page.text(40, 1.5, "PERSONALAUSWEIS", 2.2, (235, 240, 250), "Sans-Bold")
    page.text(40, 4.6, "IDENTITY CARD / CARTE D'IDENTITÉ", 1.9, (215, 225, 240))
    page.face(holder, 4, 12.5, 26, 33.5)
    style = two_lines(1.55, "Sans-Bold", (20, 22, 30), (60, 84, 120))
    page.field(34, 11, "Name / Surname / Nom", holder.family.upper(), style)
    page.field(34, 17.6, "Vornamen / Given names / Prénoms", holder.given.upper(), style)
    page.field(34, 24.2, "Geburtsdatum / Date of birth / Date de naissance",
               printed(holder.birth, "dots"), style)
    page.field(34, 30.8, "Geburtsort / Place of birth / Lieu de naissance",
               holder.place.upper(), style)
    page.field(34, 37.4, "Gültig bis / Date of expiry", printed(holder.expiry, "dots"), style)
    page.field(63, 37.4, "Geschlecht / Sex", holder.sex, style)
    page.text(55, 46, holder.number, 3.1, (120, 24, 30), "SansMono-Bold")
    page.signature(8, 50, 20, holder.names, (30, 34, 60))
    page.face(holder, 70.5, 15, 11, 14, grey=True, faint=0.45)
    return Specimen(f"nordmark-front-{key}", "id_card", page, True, [], holders.iso(holder.birth))


def nordmark_back(key):
    holder = Holder(key)
    page = Page("ID-1", (232, 236, 232))
    page.gradient((236, 232, 222), (216, 230, 238))
    page.waves((186, 204, 208), 40, 2.2, 16, 0.12)
    style = two_lines(1.5, "Sans", (24, 26, 34), (70, 90, 120), 2.3)
    page.field(5, 3.5, "Anschrift / Address / Adresse",
               f"{holder.place.upper()}, LINDENWEG {len(key) * 7}", style)
    page.field(5, 9.6, "Größe / Height / Taille", f"1{60 + len(key) * 3} cm", style)
    page.field(5, 15.7, "Behörde / Authority / Autorité", "MELDEAMT NORDMARK", style)
    page.field(38, 9.6, "Ausstellungsdatum / Date of issue", printed((2021, 5, 18), "dots"), style)
    page.rosette(72, 16, 9, 11, (150, 170, 186))
    page.box(0, 29.5, 85.6, 24.5, fill=(240, 241, 238))
    zone = holders.zone_td1(holder, "ID", "UTO", "UTO")
    page.zone(zone, 5.2)
    return Specimen(f"nordmark-back-{key}", "id_card", page, False, zone,
                    holders.iso(holder.birth))


def permit_front(key):
    """A residence permit: portrait at the right under the title, chip, labels in Italian."""
    holder = Holder(key)
    page = Page("ID-1", (244, 226, 226))
    page.gradient((244, 214, 222), (222, 226, 246))
    page.waves((224, 186, 200), 60, 1.1, 12, -0.1)
    page.rosette(24, 33, 13, 6, (190, 170, 210))
    page.text(4, 2.6, "PERMESSO DI SOGGIORNO", 3.3, (110, 20, 60), "Serif-Bold")
    page.text(4, 7, "RESIDENCE PERMIT", 2.0, (110, 20, 60), "Serif")
    page.text(60, 3, holder.number, 2.9, (20, 20, 24), "SansMono-Bold")
    style = two_lines(1.5, "Serif-Bold", (22, 20, 24), (120, 60, 90), 2.7)
    page.field(4, 11, "Cognome / Surname", holder.family.upper(), style)
    page.field(4, 17, "Nome / Name", holder.given.upper(), style)
    page.field(4, 23, "Sesso / Sex", holder.sex, style)
    page.field(18, 23, "Cittadinanza / Nationality", "UTO", style)
    page.field(4, 29, "Data di nascita / Date of birth", printed(holder.birth, "slashes"), style)
    page.field(4, 35, "Scadenza / Valid until", printed(holder.expiry, "slashes"), style)
    page.field(4, 41, "Tipo di permesso / Type of permit", "LAVORO SUBORDINATO", style)
    page.chip(39, 30)
    page.face(holder, 56, 9.5, 26, 33)
    page.signature(57, 48.5, 22, holder.names, (40, 30, 50))
    return Specimen(f"permit-front-{key}", "residence_permit", page, True, [],
                    holders.iso(holder.birth))


def permit_back(key):
    """Its number is longer than its field, so it goes on in the optional data."""
    holder = Holder(key)
    page = Page("ID-1", (238, 232, 242))
    page.waves((216, 200, 220), 52, 1.4, 27, 0.05)
    style = two_lines(1.5, "Serif", (22, 20, 24), (120, 60, 90), 2.3)
    page.field(4, 3, "Luogo di nascita / Place of birth", holder.place.upper(), style)
    page.field(4, 8.6, "Annotazioni / Remarks", "VALIDO PER 5 ANNI", style)
    page.field(4, 14.2, "Rilasciato da / Issued by", "QUESTURA DI MONTELUCE", style)
    page.chip(66, 5)
    zone = holders.zone_td1(holder, "IR", "UTO", "UTO", number=holder.number + "442")
    page.zone(zone, 6.0, (40, 30, 44))
    return Specimen(f"permit-back-{key}", "residence_permit", page, False, zone,
                    holders.iso(holder.birth))


def card_td2(key):
    """An older card of the size ID-2 with its zone on the front, in Swedish and English."""
    holder = Holder(key)
    page = Page("ID-2", (236, 240, 224))
    page.gradient((228, 238, 214), (244, 240, 220))
    page.waves((196, 212, 176), 54, 2.0, 30)
    page.rosette(84, 24, 14, 14, (190, 200, 150))
    page.text(36, 4, "FJELLAND", 5.2, (26, 86, 52), "Serif-Bold")
    page.text(36, 11, "IDENTITETSKORT · IDENTITY CARD", 2.3, (26, 86, 52), "Serif")
    page.face(holder, 5, 6, 27, 35, grey=True)
    style = two_lines(1.8, "Sans", (16, 20, 18), (70, 104, 80), 3.2)
    page.field(36, 16.5, "Efternamn / Surname", holder.family, style)
    page.field(36, 23.5, "Förnamn / Given names", holder.given, style)
    page.field(36, 30.5, "Födelsedatum / Date of birth", printed(holder.birth, "iso"), style)
    page.field(72, 30.5, "Kön / Sex", holder.sex, style)
    page.field(36, 37.5, "Giltigt t.o.m. / Expires", printed(holder.expiry, "iso"), style)
    page.field(72, 37.5, "Nr / No.", holder.number, style)
    page.signature(38, 50, 30, holder.names, (20, 30, 60))
    zone = holders.zone_td2(holder, "I<", "UTO", "UTO")
    page.box(0, 54, 105, 20, fill=(246, 247, 240))
    page.zone(zone, 6.5)
    return Specimen(f"fjelland-{key}", "id_card", page, True, zone, holders.iso(holder.birth))


def passport_blue(key):
    """A data page with labels in English and French and months in both."""
    holder = Holder(key)
    page = Page("ID-3", (222, 230, 242))
    page.gradient((208, 222, 242), (238, 224, 232))
    page.waves((184, 200, 226), 60, 2.6, 38)
    page.rosette(80, 40, 24, 12, (202, 186, 206))
    page.text(5, 3, "PASSPORT / PASSEPORT", 3.0, (40, 44, 90), "Sans-Bold")
    page.text(63, 3, "REPUBLIC OF ALDERAY", 3.4, (40, 44, 90), "Serif-Bold")
    style = two_lines(1.7, "SansMono-Bold", (18, 18, 22), (76, 80, 130), 3.0)
    page.field(43, 9.5, "Type / Type", "P", style)
    page.field(58, 9.5, "Country code / Code du pays", "UTO", style)
    page.field(93, 9.5, "Passport No. / N° de passeport", holder.number, style)
    page.face(holder, 5, 13, 34, 43.5)
    page.field(43, 16.5, "Surname / Nom (1)", holder.family.upper(), style)
    page.field(43, 23.5, "Given names / Prénoms (2)", holder.given.upper(), style)
    page.field(43, 30.5, "Nationality / Nationalité (3)", "ALDERAYAN", style)
    page.field(43, 37.5, "Date of birth / Date de naissance (4)", printed(holder.birth, "en/fr"),
               style)
    page.field(43, 44.5, "Sex / Sexe (5)", holder.sex, style)
    page.field(66, 44.5, "Place of birth / Lieu de naissance (6)", holder.place.upper(), style)
    page.field(43, 51.5, "Date of expiry / Date d'expiration (8)", printed(holder.expiry, "en/fr"),
               style)
    page.signature(90, 60, 26, holder.names, (30, 30, 50))
    zone = holders.zone_td3(holder, "UTO", "UTO", "7314928" if key != "okafor" else "")
    page.zone(zone, 8.2)
    return Specimen(f"alderay-{key}", "passport", page, True, zone, holders.iso(holder.birth))


def passport_sand(key):
    """Another, in Spanish and English; the portrait has no frame, and a second one is a ghost."""
    holder = Holder(key)
    page = Page("ID-3", (244, 236, 214))
    page.gradient((246, 238, 208), (226, 236, 220))
    page.waves((226, 208, 160), 80, 1.2, 17, -0.06)
    page.rosette(27, 36, 21, 5, (216, 190, 140), rings=14)
    page.text(42, 4, "PASAPORTE", 4.6, (124, 44, 24), "Sans-Bold")
    page.text(42, 10.2, "SAN TELMO · PASSPORT", 2.2, (124, 44, 24))
    page.face(holder, 6, 14, 31, 40, oval=True)
    style = two_lines(1.6, "Sans", (24, 20, 16), (150, 90, 60), 3.1)
    page.field(42, 15, "Apellidos / Surname", holder.family.upper(), style)
    page.field(42, 22.2, "Nombre / Given names", holder.given.upper(), style)
    page.field(42, 29.4, "Nacionalidad / Nationality", "SANTELMEÑA", style)
    page.field(92, 15, "Pasaporte N.º", holder.number, style)
    page.field(42, 36.6, "Fecha de nacimiento / Date of birth", printed(holder.birth, "spaces"),
               style)
    page.field(42, 43.8, "Lugar de nacimiento / Place of birth", holder.place.upper(), style)
    page.field(42, 51, "Fecha de caducidad / Date of expiry", printed(holder.expiry, "spaces"),
               style)
    page.field(92, 36.6, "Sexo / Sex", holder.sex, style)
    page.face(holder, 100, 44, 15, 19, grey=True, oval=True, faint=0.5)
    zone = holders.zone_td3(holder, "UTO", "UTO")
    page.box(0, 64.5, 125, 23.5, fill=(247, 243, 230))
    page.zone(zone, 7.4, (30, 26, 24))
    return Specimen(f"santelmo-{key}", "passport", page, True, zone, holders.iso(holder.birth))


def visa(key, format):
    """A sticker of either size, MRV-A or MRV-B. The date of birth is in its zone alone."""
    holder = Holder(key)
    page = Page(format, (230, 240, 232))
    page.gradient((214, 236, 226), (236, 226, 240))
    page.waves((190, 220, 204), 56, 1.8, 24, 0.08)
    page.rosette(page.width - 24, 24, 15, 8, (196, 200, 170))
    page.text(38, 3.5, "VISA", 6, (20, 96, 88), "Serif-Bold")
    page.text(58, 5.2, "NORDMARK", 3.4, (20, 96, 88), "Serif")
    page.face(holder, 4, 7, 29, 37)
    style = two_lines(1.7, "SansMono", (20, 24, 24), (60, 120, 110), 2.8)
    page.field(38, 13, "Gültig für / Valid for", "NORDMARK", style)
    page.field(38, 19.4, "Vom / From", printed((2025, 3, 1), "dots"), style)
    page.field(66, 19.4, "Bis / Until", printed(holder.expiry, "dots"), style)
    page.field(38, 25.8, "Einreisen / Entries", "MULT", style)
    page.field(66, 25.8, "Passnummer / Passport No.", holder.number, style)
    page.field(38, 32.2, "Name / Surname, name", f"{holder.family}, {holder.given[:14]}", style)
    zone = holders.zone_visa(holder, "UTO", "UTO", 44 if format == "MRV-A" else 36)
    page.box(0, page.height - 22, page.width, 22, fill=(244, 246, 244))
    page.zone(zone, 7.0)
    return Specimen(f"{format.lower()}-{key}", "visa", page, True, zone, holders.iso(holder.birth))


def licence_front(seed):
    """A North American licence; what it says is what the barcode of its back says."""
    _, data = licence(8, seed)
    page = Page("ID-1", (240, 236, 224))
    page.gradient((250, 236, 206), (208, 228, 242))
    page.waves((226, 206, 170), 44, 2.4, 34, 0.2)
    page.rosette(44, 26, 18, 16, (214, 200, 170), rings=12)
    page.text(4, 2, "FRANKLIN", 5.2, (140, 30, 30), "Serif-Bold")
    page.text(41, 3.4, "DRIVER LICENSE", 3.0, (30, 50, 100), "Sans-Bold")
    page.text(72, 3, "USA", 3.4, (30, 50, 100), "Serif-Bold")
    holder = Holder("walker" if data["gender"] == "M" else "santoro")
    page.face(holder, 4, 11, 24, 31)
    ink, pale = (20, 20, 24), (60, 80, 140)
    rows = (("4d", "DLN", data["customer_id"]), ("4b", "EXP", american(data["expiration_date"])),
            ("3", "DOB", american(data["date_of_birth"])), ("1", "", data["last_name"]),
            ("2", "", f"{data['first_name']} {data['middle_name']}"),
            ("8", "", data["street_address1"]), ("", "", f"{data['city']}, {data['state']} 22117"),
            ("4a", "ISS", american(data["issue_date"])))
    for i, (number, label, value) in enumerate(rows):
        y = 10.5 + 4.1 * i
        page.text(31, y + 0.9, number, 1.5, pale)
        page.text(34.5, y + 0.6, label, 1.9, pale, "Sans-Bold")
        page.text(41 if label else 34.5, y, value, 2.7, ink, "Sans-Bold" if label else "Sans")
    page.text(34.5, 44, f"15 SEX {data['gender']}   16 HGT {data['height']}   18 EYES BRO", 1.9,
              ink)
    page.signature(6, 48.5, 24, data["last_name"], (20, 20, 30))
    page.face(holder, 69, 28, 13, 17, grey=True, faint=0.4)
    return Specimen(f"franklin-front-{seed}", "licence", page, True, [], data["date_of_birth"])


def american(date):
    year, month, day = date.split("-")
    return f"{month}/{day}/{year}"


def licence_back(seed):
    text, data = licence(8, seed)
    page = Page("ID-1", (236, 236, 236))
    page.waves((214, 214, 222), 36, 2.0, 40, 0.1)
    page.box(0, 3, 85.6, 9, fill=(34, 34, 38))
    modules = code(text)
    width = 74.0
    page.code(modules, 5.8, 16, width, width * modules.height / modules.width)
    page.text(5.8, 45, "CLASS D   RESTRICTIONS NONE   ENDORSEMENTS NONE", 1.9, (40, 40, 48))
    bars = code(data["customer_id"], "Code128")
    page.code(bars.resize((bars.width, 1), Image.NEAREST, (0, 0, bars.width, 1)), 46, 48.5, 34, 3.6)
    page.text(5.8, 49, "FRANKLIN DEPARTMENT OF ROADS", 1.7, (60, 60, 70))
    return Specimen(f"franklin-back-{seed}", "licence", page, False, [], data["date_of_birth"],
                    text, data)


def all_specimens():
    return [nordmark_front("mueller"), nordmark_back("mueller"), nordmark_back("lindqvist"),
            permit_front("santoro"), permit_back("demir"), permit_front("demir"),
            card_td2("haugen"), card_td2("nowak"), passport_blue("okafor"),
            passport_blue("fontaine"), passport_sand("ibanez"), passport_sand("walker"),
            visa("fontaine", "MRV-A"), visa("nowak", "MRV-B"), licence_front(1), licence_back(1),
            licence_back(2), licence_front(2)]
