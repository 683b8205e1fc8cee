"""What doc_scan_face reads: machine readable zones, and the date of birth in zone, barcode or
print."""

import datetime

import numpy as np
import pytest
from msgspec import UNSET

from document_pictures import (BACK, box, flat, labels, laid, leaned, put, table)

ZONE = {"detect_and_recognize_mrz_code": True}
AGE = {"calculate_age_from_ocr_text": True}
LYING = {"doc_validations_off": True, "detect_document_only": True}


def lines_of(name):
    return labels()[name]["mrz"].split("|")


def age_at(birth, today):
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


@pytest.mark.parametrize("name,kind,page", [
    ("alderay-okafor-careful", "TD3", "ID-3"), ("santelmo-walker-careful", "TD3", "ID-3"),
    ("nordmark-back-mueller-careful", "TD1", "ID-1"), ("permit-back-demir-careful", "TD1", "ID-1"),
    ("fjelland-haugen-careful", "TD2", "ID-2"), ("mrv-a-fontaine-careful", "MRV-A", "ID-3"),
    ("mrv-b-nowak-careful", "MRV-B", "ID-2")])
def test_zones_of_every_format(desk, name, kind, page):
    """The lines as they were drawn; the page has the format that its zone tells."""
    scan = desk.scan(name, **ZONE, **LYING)
    zone = scan.document.mrz
    assert scan.document.mrz_data == lines_of(name)
    assert zone.format == kind and zone.valid and 0 < zone.confidence <= 1
    assert {check.name for check in zone.check_digits} >= {"document_number", "date_of_birth",
                                                           "expiration_date"}
    assert all(check.valid for check in zone.check_digits)
    assert zone.fields.date_of_birth == labels()[name]["birth_date"]
    assert scan.document.document_format == page
    assert max(scan.page.shape[:2]) == {"ID-1": 1011, "ID-2": 1240, "ID-3": 1476}[page]
    corners = box(scan.document)
    for corner in (zone.box.top_left, zone.box.top_right, zone.box.bottom_right,
                   zone.box.bottom_left):
        for i in range(4):
            side = corners[(i + 1) % 4] - corners[i]
            there = (corner.x, corner.y) - corners[i]
            assert side[0] * there[1] - side[1] * there[0] > -0.02 * np.dot(side, side)


def test_no_zone(desk):
    scan = desk.scan({"width": 0.75}, **ZONE)
    assert scan.document.mrz_data == [] and scan.document.mrz is UNSET
    assert scan.face is not None


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_the_zone_tells_which_way_up(desk, turn):
    picture = table((1200, 1200))
    corners = put(picture, flat(BACK), 0.7, turn)
    pixels = np.asarray(picture)
    for rotation in (False, True):
        scan = desk.scan(pixels, document_auto_rotation=rotation, **ZONE, **LYING)
        assert scan.document.mrz_data == lines_of("nordmark-back-mueller")
        upright = np.linalg.norm(box(scan.document)[0] - corners[0]) < 30
        assert upright == rotation


def test_a_zone_that_leans_away(desk):
    pixels, _ = leaned("alderay-okafor", 25, 20, 15)
    scan = desk.scan(pixels, **ZONE, **LYING)
    assert scan.document.mrz_data == lines_of("alderay-okafor")


@pytest.mark.parametrize("name,source", [
    ("alderay-okafor-careful", "zone"), ("nordmark-back-mueller-careful", "zone"),
    ("franklin-back-1-careful", "barcode"), ("permit-front-santoro-careful", "print"),
    ("nordmark-front-mueller-careful", "print")])
def test_birth_and_age(desk, name, source):
    read = desk.scan(name, **AGE, **LYING).document.ocr_age_data
    assert read.dob == labels()[name]["birth_date"], source
    today = datetime.date.today()
    assert read.age in {age_at(datetime.date.fromisoformat(read.dob), day) for day in
                        (today, today + datetime.timedelta(days=1))}


def test_no_birth_date_is_guessed(desk):
    """A sheet without one, and a page too blurred to be read."""
    blank = np.full_like(laid(), 230)
    assert desk.scan(blank, **AGE).document is None
    blurred = desk.scan({"width": 0.75, "blur": 6.0}, **AGE, **LYING).document
    assert (blurred.ocr_age_data.dob, blurred.ocr_age_data.age) == ("", -1)


def test_a_zone_that_is_none(desk):
    """A segmented zone without lines: no document, and advice."""
    scan = desk.scan(np.full((200, 900, 3), 210, np.uint8), mrz_segmented_input=True)
    assert scan.document is None and scan.page is None
    assert scan.result.user_feedback_message == \
        "Show the whole machine readable zone, sharp and flat."
