"""Two sides of a configuration key: what the library makes of pictures with one value and with
another. Nothing is shown that it did not say while the page was made."""

from dataclasses import dataclass

from album import flag_list, must


@dataclass
class Side:
    name: str  # of the picture's file
    picture: object
    what: str  # is to be seen
    caption: str


def show(album, intro, sides):
    return intro + ":\n\n" + album.row([(side.name, side.picture, side.what) for side in sides],
                                       [side.caption for side in sides])


def file_name(name, alteration):
    return f"{name}-{alteration or 'as-it-is'}"


def threshold_sides(key, case, measured):
    """measured: of both pictures of the key's test their name, their pixels, their measure, and a
    function that tells the flags with a value of the key."""
    values = [measure for _, _, measure, _ in measured]
    middle = getattr(case, "sign", 1) * sum(values) / 2
    flags = [judge({key: middle}) for _, _, _, judge in measured]
    must((case.flag in flags[0]) != (case.flag in flags[1]), key)
    return f"With `{key}` {middle:.3g}", [
        Side(name, picture, what, f"`{case.measure}` {value:.3g}: "
             + (f"`{case.flag}`" if case.flag in found else "not flagged"))
        for (name, picture, value, _), found, what in zip(measured, flags,
                                                         ("one side", "the other side"),
                                                         strict=True)]


def flags_of(value, flags):
    return f"`{value}`: {flag_list(flags)}"
