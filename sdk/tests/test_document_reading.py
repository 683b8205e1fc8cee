"""The date of birth that doc_scan_face reads, in a barcode or in print."""

import datetime

import numpy as np
import pytest

from document_pictures import labels, laid

AGE = {"calculate_age_from_ocr_text": True}
LYING = {"doc_validations_off": True, "detect_document_only": True}


def age_at(birth, today):
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


@pytest.mark.parametrize("name,source", [
    ("franklin-back-1-careful", "barcode"), ("permit-front-santoro-careful", "print"),
    ("nordmark-front-mueller-careful", "print"), ("alderay-okafor-careful", "print")])
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
