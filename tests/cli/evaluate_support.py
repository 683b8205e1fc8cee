"""What the tests of `privid evaluate` share."""

import csv
import html.parser
import re

import numpy as np
import pytest


def write_table(path, columns, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    return path


class Page(html.parser.HTMLParser):
    """Whether a page is well formed and needs nothing but itself."""

    VOID = {"meta", "br"}

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.text = [], set(), []

    def handle_starttag(self, tag, attributes):
        self.seen.add(tag)
        for name, value in attributes:
            assert name not in ("src", "href") and not name.startswith("on"), (tag, name)
            assert "url(" not in (value or "")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read_page(folder):
    page = Page()
    text = (folder / "report.html").read_text("utf-8")
    page.feed(text)
    assert page.open == []
    assert "script" not in page.seen and "http" not in text.replace("http-equiv", "")
    assert "nan" not in re.findall(r"[a-z]+", " ".join(re.findall(r'<svg.*?</svg>', text, re.S)))
    return page, text


def face(scores=None, **members):
    return {"faces": 1, "scores": scores or {}, **members}


def wilson(hits, count):
    z = 1.959963984540054
    p = hits / count
    centre = (p + z * z / (2 * count)) / (1 + z * z / count)
    half = z * np.sqrt(p * (1 - p) / count + z * z / (4 * count**2)) / (1 + z * z / count)
    return centre - half, centre + half


def assert_rate(rate, hits, count):
    assert (rate["count"], rate["of"]) == (hits, count)
    assert rate["rate"] == pytest.approx(hits / count)
    low, high = wilson(hits, count)
    assert rate["low"] == pytest.approx(low, abs=1e-9)
    assert rate["high"] == pytest.approx(high, abs=1e-9)
