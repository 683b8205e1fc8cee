"""Machine readable zones of ICAO Doc 9303 with random contents and right check digits."""

import string

WEIGHTS = (7, 3, 1)
STATES = (
    "UTO",
    "XXA",
    "XPO",
    "D<<",
    "FRA",
    "ESP",
    "POL",
    "SWE",
    "NLD",
    "USA",
    "CAN",
    "BRA",
    "IND",
    "JPN",
    "KEN",
    "AUS",
    "TUR",
    "ITA",
    "PRT",
    "FIN",
)
NAMES = (
    "ANDERSON",
    "NOWAK",
    "SILVA",
    "GARCIA",
    "KOVACS",
    "LARSEN",
    "MEYER",
    "ROSSI",
    "TANAKA",
    "OKAFOR",
    "SINGH",
    "DUBOIS",
    "NGUYEN",
    "HAKIM",
    "PETROV",
    "ANNA",
    "LUCAS",
    "MARIA",
    "JONAS",
    "SOFIA",
    "PETER",
    "AMINA",
    "CHLOE",
    "KENJI",
    "OLGA",
    "IVAN",
    "ELIF",
    "NOAH",
)


def value_of(character):
    if character.isdigit():
        return int(character)
    return 0 if character == "<" else ord(character) - ord("A") + 10


def check_digit(text):
    return str(sum(value_of(c) * WEIGHTS[i % 3] for i, c in enumerate(text)) % 10)


def filled(text, length):
    return text[:length].ljust(length, "<")


def guarded(text):
    return text + check_digit(text)


def random_number(rng, length=9):
    letters = string.ascii_uppercase + string.digits
    return "".join(letters[rng.integers(len(letters))] for _ in range(length))


def random_date(rng, first, last):
    return (
        f"{rng.integers(first, last) % 100:02d}{rng.integers(1, 13):02d}{rng.integers(1, 29):02d}"
    )


def random_zone(rng, kind):
    """The lines of a zone; kind is TD1, TD2, TD3, MRVA or MRVB."""
    state = STATES[rng.integers(len(STATES))]
    family, *given = (NAMES[i] for i in rng.integers(len(NAMES), size=rng.integers(2, 4)))
    name = f"{family}<<{'<'.join(given)}"
    number = guarded(random_number(rng))
    birth = guarded(random_date(rng, 1940, 2008))
    expiry = guarded(random_date(rng, 2022, 2036))
    sex = "MF<"[rng.integers(3)]
    letter = {"TD1": "I", "TD2": "I", "TD3": "P", "MRVA": "V", "MRVB": "V"}[kind]
    head = letter + "<ACP"[rng.integers(2)] + state
    if kind == "TD1":
        optional = filled(random_number(rng, rng.integers(0, 11)), 15)
        first = head + number + optional
        middle = birth + sex + expiry + state
        other = filled("", 11)
        guard = check_digit(first[5:] + birth + expiry + other)
        return [first, middle + other + guard, filled(name, 30)]
    length, optional_length = {"TD2": (36, 7), "TD3": (44, 14), "MRVA": (44, 16), "MRVB": (36, 8)}[
        kind
    ]
    optional = filled(random_number(rng, rng.integers(0, optional_length)), optional_length)
    second = number + state + birth + sex + expiry + optional
    if kind == "TD3":
        optional = guarded(optional)
        second = number + state + birth + sex + expiry + optional
    if kind in ("TD2", "TD3"):
        second += check_digit(number + birth + expiry + optional)
    return [filled(head + name, length), second]
