"""The people of the test documents, who do not exist, and what is written about them: zones for
machines as ICAO 9303 lays them out, and dates as different countries print them."""

import string

# Where a head and shoulders are in the set-up's test pictures: left, top, right, bottom.
PORTRAITS = {
    "obama": ("obama.jpg", (318, 0, 677, 461)),
    "biden": ("biden.jpg", (298, 30, 840, 727)),
    "astronaut": ("astronaut.png", (131, 0, 319, 242)),
    "obama3": ("obama3.jpg", (523, 150, 1035, 808)),
    "sample6": ("sample6.jpg", (1438, 110, 1816, 596)),
}

# family, given, the same in a zone for machines, sex, birth, expiry, number, place, portrait
HOLDERS = {
    "mueller": ("Müller-Groß", "Jörg Andreas", "MUELLER<GROSS<<JOERG<ANDREAS", "M",
                (1961, 8, 4), (2031, 5, 17), "L8TZ4K913", "Oberwiesen", "obama"),
    "haugen": ("Haugen", "Ingrid Åse", "HAUGEN<<INGRID<AASE", "F",
               (1978, 11, 29), (2029, 2, 3), "N40718356", "Trollvik", "astronaut"),
    "fontaine": ("Fontaine", "Hélène Marguerite", "FONTAINE<<HELENE<MARGUERITE", "F",
                 (1990, 2, 14), (2033, 12, 30), "19FV52288", "Clairval", "sample6"),
    "ibanez": ("Ibáñez Soler", "Tomás", "IBANEZ<SOLER<<TOMAS", "M",
               (1955, 12, 1), (2028, 7, 21), "PQ0163947", "Peñaalta", "obama3"),
    "okafor": ("Okafor", "Daniel Chukwuemeka", "OKAFOR<<DANIEL<CHUKWUEMEKA", "M",
               (1967, 3, 26), (2027, 9, 9), "RK7730152", "Umuoji", "obama"),
    "walker": ("Walker", "Joseph Henry", "WALKER<<JOSEPH<HENRY", "M",
               (1942, 11, 20), (2030, 10, 8), "C03005988", "Millbrook", "biden"),
    "lindqvist": ("Lindqvist", "Maja", "LINDQVIST<<MAJA", "F",
                  (2004, 6, 18), (2032, 1, 25), "85501127X", "Björkås", "sample6"),
    "santoro": ("Santoro", "Giulia Vittoria", "SANTORO<<GIULIA<VITTORIA", "F",
                (1984, 9, 7), (2034, 4, 2), "CA91534GT", "Monteluce", "astronaut"),
    "demir": ("Demir", "Emre", "DEMIR<<EMRE", "M",
              (1999, 10, 31), (2029, 8, 12), "U22915604", "Yeniköy", "obama"),
    "nowak": ("Nowak", "Aleksander", "NOWAK<<ALEKSANDER", "M",
              (1972, 5, 23), (2030, 3, 14), "ZGH845120", "Zielonka", "biden"),
}

MONTHS = {
    "en": "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(),
    "fr": "JAN FÉV MARS AVR MAI JUIN JUIL AOÛT SEPT OCT NOV DÉC".split(),
    "es": "ENE FEB MAR ABR MAY JUN JUL AGO SEP OCT NOV DIC".split(),
}


class Holder:
    def __init__(self, key):
        (self.family, self.given, self.names, self.sex, self.birth, self.expiry, self.number,
         self.place, self.portrait) = HOLDERS[key]
        self.key = key


def iso(date):
    return "%04d-%02d-%02d" % date


def printed(date, style):
    """A date as a document of some country shows it."""
    year, month, day = date
    if style == "dots":
        return f"{day:02}.{month:02}.{year}"
    if style == "spaces":
        return f"{day:02} {month:02} {year}"
    if style == "slashes":
        return f"{day:02}/{month:02}/{year}"
    if style == "american":
        return f"{month:02}/{day:02}/{year}"
    if style == "iso":
        return iso(date)
    first, _, second = style.partition("/")
    months = MONTHS[first][month - 1]
    if second and MONTHS[second][month - 1] != months:
        months += "/" + MONTHS[second][month - 1]
    return f"{day:02} {months} {year}"


def check_digit(text):
    values = {c: i for i, c in enumerate(string.digits + string.ascii_uppercase)}
    return str(sum(values.get(c, 0) * (7, 3, 1)[i % 3] for i, c in enumerate(text)) % 10)


def checked(text):
    return text + check_digit(text)


def fill(text, length):
    return text[:length].ljust(length, "<")


def short(date):
    return "%02d%02d%02d" % (date[0] % 100, date[1], date[2])


def zone_td1(holder, code, state, nationality, optional="", optional_2="", number=None):
    """A number of more than nine characters goes on in the optional data, its digit after it."""
    number = number or holder.number
    if len(number) > 9:
        rest = number[9:] + check_digit(number)
        first = number[:9] + "<" + fill(rest + "<" + optional, 15)
    else:
        first = checked(fill(number, 9)) + fill(optional, 15)
    second = (checked(short(holder.birth)) + holder.sex + checked(short(holder.expiry)) +
              nationality + fill(optional_2, 11))
    composite = first + second[:7] + second[8:15] + second[18:29]
    return [fill(code, 2) + state + first, second + check_digit(composite),
            fill(holder.names, 30)]


def line_two(holder, nationality, optional):
    return (checked(fill(holder.number, 9)) + nationality + checked(short(holder.birth)) +
            holder.sex + checked(short(holder.expiry)) + optional)


def zone_td2(holder, code, state, nationality, optional=""):
    second = line_two(holder, nationality, fill(optional, 7))
    composite = second[:10] + second[13:20] + second[21:35]
    return [fill(code, 2) + state + fill(holder.names, 31), second + check_digit(composite)]


def zone_td3(holder, state, nationality, personal=""):
    digit = check_digit(fill(personal, 14)) if personal else "<"
    second = line_two(holder, nationality, fill(personal, 14) + digit)
    composite = second[:10] + second[13:20] + second[21:43]
    return ["P<" + state + fill(holder.names, 39), second + check_digit(composite)]


def zone_visa(holder, state, nationality, width, optional=""):
    """MRV-A is 44 characters wide, MRV-B 36; neither has a digit over everything."""
    return ["V<" + state + fill(holder.names, width - 5),
            line_two(holder, nationality, fill(optional, width - 28))]
