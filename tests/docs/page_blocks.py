"""Code blocks of a page, and what their output is compared with.

A block is run if its language is python, sh or c. Not if the line before it is
`<!-- not run: REASON -->`. A block in text or json that follows directly is what it prints, and one
that prints anything has to be followed so: in text `…` stands for anything; in json numbers may
differ by 5 %, and members and elements that are left out count for nothing.
"""

import json
import math
import re
from dataclasses import dataclass, field

RUN = ("python", "sh", "c")
FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```$", re.M | re.S)
EXCUSE = re.compile(r"<!-- not run: (.+?) -->\s*\Z", re.S)


@dataclass
class Block:
    language: str
    text: str
    line: int
    excuse: str = ""
    expected: list = field(default_factory=list)  # (language, text)

    @property
    def runs(self):
        return self.language in RUN and not self.excuse


def read_blocks(page):
    """The blocks of a page's text, each with the output that follows it."""
    blocks, end = [], None
    for found in FENCE.finditer(page):
        indent, language, text = found.groups()
        text = re.sub(rf"^{indent}", "", text, flags=re.M)
        between = page[end:found.start()] if end is not None else page[:found.start()]
        if language in ("text", "json") and blocks and end is not None and not between.strip():
            blocks[-1].expected.append((language, text))
        else:
            excuse = EXCUSE.search(between)
            blocks.append(Block(language, text, page.count("\n", 0, found.start()) + 1,
                                excuse.group(1) if excuse else ""))
        end = found.end()
    return blocks


def text_fits(expected, printed):
    """Line ends and spaces at them do not count."""
    lines = "\n".join(line.rstrip() for line in printed.strip().splitlines())
    pattern = re.escape("\n".join(line.rstrip() for line in expected.strip().splitlines()))
    return re.fullmatch(pattern.replace("…", "(?:.|\n)*?"), lines) is not None


def json_fits(expected, value):
    if isinstance(expected, dict):
        return isinstance(value, dict) and all(
            name in value and json_fits(member, value[name]) for name, member in expected.items())
    if isinstance(expected, list):
        return isinstance(value, list) and len(expected) <= len(value) and all(
            map(json_fits, expected, value))
    if isinstance(expected, float):
        return isinstance(value, (int, float)) and math.isclose(expected, value, rel_tol=0.05,
                                                                abs_tol=0.02)
    if isinstance(expected, str) and "…" in expected:
        return isinstance(value, str) and text_fits(expected, value)
    return expected == value


def output_fits(language, expected, printed):
    if language == "text":
        return text_fits(expected, printed)
    try:
        return json_fits(json.loads(expected), json.loads(printed))
    except ValueError:
        return False
