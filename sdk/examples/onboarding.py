#!/usr/bin/env python3
"""Does the selfie show the holder of the document, and is the holder old enough?

    python onboarding.py DOCUMENT SELFIE [--age 18]

Exit status 0: accepted; 1: refused, or a person has to look. Nothing leaves the machine.
"""

import argparse
import sys

import numpy as np
from backend import make_settings

from cryptonets_python_sdk import (DocumentTraits, FlagUtil, ImageInputArg, OperationConfig,
                                   PrivIDFaceLib, Session, SpoofStatus)

SCAN = OperationConfig(document_auto_rotation=True, detect_and_recognize_mrz_code=True,
                       calculate_age_from_ocr_text=True)


def scan(session, image):
    """The document's data and the picture on it, or why there is none."""
    _, result, _, face = session.doc_scan_face(image, SCAN)
    if not result.document:
        reason = result.user_feedback_message or result.call_status.return_message
        return None, None, f"no document: {reason}"
    found = result.document.detected_document
    if not face:
        flags = FlagUtil.get_flag_names(DocumentTraits, found.document_traits)
        reason = ", ".join(flags) or result.user_feedback_message
        return found, None, f"no usable face on it: {reason}"
    size = result.faces[0].cropped_image_info.info
    pixels = np.frombuffer(face, np.uint8).reshape(size.height, size.width, 3)
    return found, ImageInputArg(pixels, "rgb"), None


def decide(session, options):
    """Yields each reason against."""
    found, portrait, problem = scan(session, ImageInputArg(options.document))
    if problem:
        yield f"document: {problem}"
    selfie = ImageInputArg(options.selfie)
    _, live = session.anti_spoofing(selfie)
    if not live.faces or live.faces[0].spoof_status != SpoofStatus.AS_NO_SPOOF_DETECTED:
        yield "selfie: not taken for a live face"
    if portrait:
        _, result = session.face_compare_files(portrait, selfie)
        print(f"similarity {result.compare.similarity_score:.3f}")
        if not result.compare.is_match:
            yield "the faces do not match"
    if found is not None:
        if not found.ocr_age_data.dob:
            yield "no date of birth could be read for sure"
        else:
            print(f"born {found.ocr_age_data.dob}, {found.ocr_age_data.age} years")
            if found.ocr_age_data.age < options.age:
                yield f"younger than {options.age}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("document")
    parser.add_argument("selfie")
    parser.add_argument("--age", type=int, default=18)
    options = parser.parse_args()
    PrivIDFaceLib.initialize()
    with Session(make_settings()) as session:
        reasons = list(decide(session, options))
    PrivIDFaceLib.shutdown()
    for reason in reasons:
        print(f"against: {reason}")
    print("refused" if reasons else "accepted")
    return 1 if reasons else 0


if __name__ == "__main__":
    sys.exit(main())
