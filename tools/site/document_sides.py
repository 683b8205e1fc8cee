"""Both sides of the keys that touch a document. Pictures and values are those of the tests
(sdk/tests/test_document_keys.py)."""

import numpy as np
from album import must
from document_pictures import laid, photograph
from PIL import Image
from sides import Side, flags_of, threshold_sides
from test_document_keys import LICENCE, THRESHOLDS, zone_of

from cryptonets_python_sdk import ImageInputArg, draw

PASSPORT = "alderay-okafor-careful"
PERMIT = "permit-front-santoro-careful"
ON_HEAD = "passport-upside-down"
EASY_LICENCE = "franklin-back-2-careful"
FAR = {"width": 0.4}


def pixels_of(desk, picture):
    """Of what test_document_keys.py calls a picture."""
    if callable(picture):
        picture = picture(desk)
    if isinstance(picture, str):
        return photograph(picture)
    return laid(**picture) if isinstance(picture, dict) else picture


def seen(pixels, scan):
    return draw(ImageInputArg(pixels), scan.result)


def threshold(desk, key):
    case = THRESHOLDS[key]
    measured = [(f"{key}-{name}", pixels_of(desk, picture),
                 desk.scan(picture, **case.config).scores[case.measure],
                 lambda config, picture=picture: desk.scan(picture, **case.config, **config).traits)
                for name, picture in (("lower", case.lower), ("higher", case.higher))]
    return threshold_sides(key, case, measured)


def two_scans(desk, key, picture, values=(False, True), **config):
    return [desk.scan(picture, **config, **{key: value}) for value in values]


def document_only(desk):
    whole, only = two_scans(desk, "detect_document_only", PERMIT)
    must(whole.face and not only.face, "detect_document_only")
    return "The same picture with both values", [
        Side("document-and-face", seen(photograph(PERMIT), whole), "document and face",
             "`false`: the document, and the face on it"),
        Side("document-alone", seen(photograph(PERMIT), only), "document alone",
             "`true`: the document alone")]


def rotation(desk):
    lying, upright = two_scans(desk, "document_auto_rotation", ON_HEAD)
    must(not lying.face and upright.face, "document_auto_rotation")
    return "The page that comes back of a passport that lies upside down", [
        Side("page-upside-down", lying.page, "upside down",
             f"`false`: no face; “{lying.result.user_feedback_message}”"),
        Side("page-upright", upright.page, "upright", "`true`: its face is found")]


def validations(desk):
    judged, taken = two_scans(desk, "doc_validations_off", FAR)
    must(judged.traits and not judged.face and not taken.traits and taken.face,
         "doc_validations_off")
    return "A card that is far away, with both values", [
        Side("card-far-judged", seen(laid(**FAR), judged), "judged",
             flags_of("false", judged.traits) + ", and no face"),
        Side("card-far-taken", seen(laid(**FAR), taken), "taken as it is",
             flags_of("true", taken.traits) + ", and its face")]


def fingers(desk):
    without, checked = two_scans(desk, "check_fingers_over_document", "fingers-permit")
    must("DT_FINGERS_DETECTED" in checked.traits and "DT_FINGERS_DETECTED" not in without.traits,
         "check_fingers_over_document")
    pixels = photograph("fingers-permit")
    return "Fingers over a card, with both values", [
        Side("fingers-not-checked", seen(pixels, without), "not looked for",
             flags_of("false", without.traits)),
        Side("fingers-checked", seen(pixels, checked), "looked for",
             flags_of("true", checked.traits))]


def barcode(desk, picture, **config):
    return desk.scan(picture, document_scan_barcode_only=True, **config)


def barcode_only(desk):
    document, code = two_scans(desk, "document_scan_barcode_only", LICENCE)
    must(document.document and not document.result.barcode and code.result.barcode
         and not code.document, "document_scan_barcode_only")
    return "The back of a licence, with both values", [
        Side("licence-document", seen(photograph(LICENCE), document), "the document",
             "`false`: the document"),
        Side("licence-barcode", seen(photograph(LICENCE), code), "the barcode",
             "`true`: the barcode, read")]


def parsing(desk):
    parsed, bare = (barcode(desk, LICENCE, detect_barcode_without_parsing=value)
                    .result.barcode.barcode_data for value in (False, True))
    must(parsed.last_name and not bare.last_name and bare.text == parsed.text,
         "detect_barcode_without_parsing")
    picture = photograph(LICENCE)
    return "The same barcode with both values", [
        Side(LICENCE, picture, "a barcode", f"`false`: `last_name` {parsed.last_name}, "
             f"`date_of_birth` {parsed.date_of_birth}, and so on"),
        Side(LICENCE, picture, "the same", f"`true`: {len(bare.text)} characters of text, "
             "no fields")]


def barcode_confidence(desk):
    pictures = (LICENCE, EASY_LICENCE)
    found = [barcode(desk, name).result.barcode.confidence_score for name in pictures]
    middle = sum(found) / 2
    statuses = [barcode(desk, name, conf_score_thr_barcode=middle)
                .result.barcode.bar_code_detection_status for name in pictures]
    must(statuses == [-1, 0], "conf_score_thr_barcode")
    return f"With `conf_score_thr_barcode` {middle:.3g}", [
        Side(name, photograph(name), what, f"`confidence_score` {value:.3g}: {outcome}")
        for name, what, value, outcome in zip(pictures, ("after some tries", "after fewer"),
                                              found, ("none", "read"), strict=True)]


def margin(desk):
    picture, cut = Image.fromarray(photograph(LICENCE)), []
    for value in (0, 0.5):
        found = barcode(desk, LICENCE, barcode_margin=value).result.barcode.cropped_barcode_box
        points = np.array([(point.x, point.y) for point in
                           (found.top_left, found.top_right, found.bottom_right,
                            found.bottom_left)])
        cut.append(picture.crop((*points.min(0), *points.max(0))))
    must(cut[1].width > 1.2 * cut[0].width, "barcode_margin")
    return "What `cropped_barcode_box` holds", [
        Side(f"barcode-margin-{name}", image, f"a margin of {value}", f"`{value}`")
        for name, value, image in zip(("none", "half"), (0, 0.5), cut, strict=True)]


def lines_in(document):
    return "<br>".join(f"`{line}`" for line in document.mrz_data)


def zone(desk):
    without, read = two_scans(desk, "detect_and_recognize_mrz_code", PASSPORT)
    must(not without.document.mrz_data and read.document.mrz.valid,
         "detect_and_recognize_mrz_code")
    return "The same passport with both values", [
        Side(PASSPORT, photograph(PASSPORT), "a passport", "`false`: no lines"),
        Side(PASSPORT, photograph(PASSPORT), "the same", f"`true`: {lines_in(read.document)}")]


def segmented(desk):
    pixels = zone_of("alderay-okafor")
    whole, alone = (desk.scan(pixels, detect_and_recognize_mrz_code=True,
                              mrz_segmented_input=value) for value in (False, True))
    must(not (whole.document and whole.document.mrz_data) and alone.document.mrz.valid,
         "mrz_segmented_input")
    return "A zone that was cut out, with both values", [
        Side("zone", pixels, "a zone", "`false`: no document, no lines"),
        Side("zone", pixels, "the same", f"`true`: {lines_in(alone.document)}")]


def birth(desk):
    without, read = two_scans(desk, "calculate_age_from_ocr_text", PERMIT)
    must(not without.document.ocr_age_data.dob and read.document.ocr_age_data.dob,
         "calculate_age_from_ocr_text")
    return "The same card with both values", [
        Side(PERMIT, photograph(PERMIT), "a card", "`false`: no date"),
        Side(PERMIT, photograph(PERMIT), "the same",
             f"`true`: `dob` {read.document.ocr_age_data.dob}")]


OTHERS = {
    "detect_document_only": document_only,
    "document_auto_rotation": rotation,
    "doc_validations_off": validations,
    "check_fingers_over_document": fingers,
    "document_scan_barcode_only": barcode_only,
    "detect_barcode_without_parsing": parsing,
    "conf_score_thr_barcode": barcode_confidence,
    "barcode_margin": margin,
    "detect_and_recognize_mrz_code": zone,
    "mrz_segmented_input": segmented,
    "calculate_age_from_ocr_text": birth,
}


def sides_of(desk, key):
    """None for a key of another kind."""
    if key in THRESHOLDS:
        return threshold(desk, key)
    return OTHERS[key](desk) if key in OTHERS else None
