#!/usr/bin/env python3
"""Every operation, from a menu or one after the other.

    python samples.py                                  # the menu
    python samples.py --all --person A.jpg --again B.jpg --document ID.jpg

Pictures are asked for where none is given. Results are printed, pictures go into --out (default:
samples/). The backend is that of PRIVID_URL and PRIVID_API_KEY, or a local one that is started for
as long as this runs. Exit status 0 if everything that was run worked.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from backend import LocalServer, make_settings, read_environment
from PIL import Image

from cryptonets_python_sdk import (DocumentTraits, FaceTraitsFlags, FlagUtil, ImageInputArg,
                                   LibraryLoadError, OperationConfig, PrivIDFaceLib, ReturnStatus,
                                   Session, SessionError, draw)


class Samples:
    def __init__(self, options):
        self.options = options
        self.session = None
        self.server = None
        self.puid = None
        options.out.mkdir(parents=True, exist_ok=True)

    # What the operations are given.

    def open(self):
        values = read_environment()
        if not values.get("PRIVID_URL") and self.wants_server():
            self.server = LocalServer()
            values = {"PRIVID_URL": self.server.url, "PRIVID_API_KEY": self.server.key}
            print(f"a server of our own is at {self.server.url}")
        self.session = Session(make_settings(values.get("PRIVID_URL", ""),
                                             values.get("PRIVID_API_KEY", ""),
                                             values.get("PRIVID_COLLECTION", "FACE3_4")))

    def wants_server(self):
        return self.options.all or input(
            "PRIVID_URL is not set. Start a local server for this session? [Y/n] "
        ).strip().lower() in ("", "y", "yes")

    def close(self):
        if self.session:
            self.session.close()
        if self.server:
            self.server.stop()

    def picture(self, name, what):
        """The picture of an option, asked for when there is none."""
        path = getattr(self.options, name)
        while path is None:
            given = Path(input(f"{what}: ").strip())
            path = given if given.is_file() else None
        setattr(self.options, name, path)
        return ImageInputArg(path)

    def person(self):
        return self.picture("person", "picture of a person")

    def again(self):
        return self.picture("again", "another picture of that person")

    def document(self):
        return self.picture("document", "picture of an identity document")

    def save(self, name, pixels, info):
        path = self.options.out / name
        rows = np.frombuffer(pixels, np.uint8).reshape(info.height, info.width, 3)
        Image.fromarray(rows).save(path)
        print(f"  written: {path}")

    # The operations. Each returns whether it did what it is for.

    def validate(self):
        image = self.person()
        result = checked(self.session.validate(image))
        for face in result.faces:
            flags = FlagUtil.get_flag_names(FaceTraitsFlags, face.face_traits_flags)
            print(f"  face, confidence {face.geometry.face_confidence_score:.2f}: "
                  f"{', '.join(flags) or 'nothing is wrong'}")
        if result.user_feedback_message:
            print(f"  {result.user_feedback_message}")
        path = self.options.out / "validate.png"
        draw(image, result).save(path)
        print(f"  written: {path}")
        return bool(result.faces)

    def liveness(self):
        result = checked(self.session.anti_spoofing(self.person()))
        for face in result.faces:
            print(f"  {face.spoof_status.name}")
        return bool(result.faces)

    def age(self):
        result = checked(self.session.estimate_age(self.person()))
        for face in result.faces:
            print(f"  {face.age_data.estimated_age:.0f} years, "
                  f"{face.age_data.age_confidence_score:.0%} sure to within 5")
        return bool(result.faces)

    def compare(self):
        compare = checked(self.session.face_compare_files(self.person(), self.again())).compare
        print(f"  same person: {compare.is_match}, similarity {compare.similarity_score:.3f}")
        return compare.face_detected_a and compare.face_detected_b

    def portrait(self):
        _, result, pixels = self.session.face_iso(self.person())
        checked((_, result))
        if pixels:
            self.save("portrait.png", pixels, result.iso_image.image.info)
        return bool(pixels)

    def scan(self):
        config = OperationConfig(detect_and_recognize_mrz_code=True, document_auto_rotation=True,
                                 calculate_age_from_ocr_text=True)
        image = self.document()
        number, result, page, face = self.session.doc_scan_face(image, config)
        checked((number, result))
        if not result.document:
            print(f"  no document. {result.user_feedback_message}")
            return False
        found = result.document.detected_document
        flags = FlagUtil.get_flag_names(DocumentTraits, found.document_traits)
        print(f"  document, confidence {found.confidence_score:.2f}: "
              f"{', '.join(flags) or 'nothing is wrong'}")
        for line in found.mrz_data:
            print(f"  {line}")
        if found.ocr_age_data.dob:
            print(f"  born {found.ocr_age_data.dob}, {found.ocr_age_data.age:.0f} years")
        self.save("document.png", page, result.document.cropped_document_image_info.info)
        if face:
            self.save("document-face.png", face, result.faces[0].cropped_image_info.info)
        return True

    def enroll(self):
        enroll = checked(self.session.enroll_onefa(self.person())).enroll
        self.puid = enroll.api_response.puid or self.puid
        print(f"  {enroll.message}: {self.puid or 'nobody'}")
        return enroll.enroll_performed

    def predict(self):
        predict = checked(self.session.face_predict_onefa(self.again())).predict
        print(f"  {predict.message}: {predict.api_response.puid or 'nobody'}")
        return predict.predict_performed

    def delete(self):
        if not self.puid:
            print("  nobody was enrolled here yet")
            return False
        deleted = checked(self.session.user_delete(self.puid)).user_delete
        print(f"  {deleted.message}: {deleted.uuid_count} template(s)")
        self.puid = None
        return deleted.uuid_count > 0


ENTRIES = (("validate a face", Samples.validate), ("liveness", Samples.liveness),
           ("age", Samples.age), ("compare two pictures", Samples.compare),
           ("ISO portrait", Samples.portrait), ("scan a document", Samples.scan),
           ("enrol a person", Samples.enroll), ("identify a person", Samples.predict),
           ("delete the person", Samples.delete))


def checked(answer):
    status = answer[1].call_status
    if status.return_code != ReturnStatus.API_NO_ERROR:
        raise RuntimeError(status.return_message)
    return answer[1]


def run(samples, title, operation):
    print(f"== {title}")
    try:
        done = operation(samples)
    except (RuntimeError, ValueError, OSError) as error:
        print(f"  failed: {error}")
        done = False
    print("  ok" if done else "  NOT DONE")
    return done


def menu(samples):
    while True:
        print()
        for number, (title, _) in enumerate(ENTRIES, 1):
            print(f"{number:3}  {title}")
        print("  a  all of them\n  q  quit")
        choice = input("> ").strip().lower()
        if choice in ("q", ""):
            return True
        if choice == "a":
            run_all(samples)
        elif choice.isdigit() and 1 <= int(choice) <= len(ENTRIES):
            run(samples, *ENTRIES[int(choice) - 1])


def run_all(samples):
    done = [run(samples, title, operation) for title, operation in ENTRIES]
    print(f"{sum(done)} of {len(done)} done")
    return all(done)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="run everything, without questions")
    for name in ("person", "again", "document"):
        parser.add_argument(f"--{name}", type=Path, metavar="PICTURE")
    parser.add_argument("--out", type=Path, default=Path("samples"), metavar="DIR")
    options = parser.parse_args()
    missing = [name for name in ("person", "again", "document") if getattr(options, name) is None]
    if options.all and missing:
        parser.error(f"--all needs --{', --'.join(missing)}")
    samples = Samples(options)
    try:
        PrivIDFaceLib.initialize()
        samples.open()
        return 0 if (run_all if options.all else menu)(samples) else 1
    except (LibraryLoadError, SessionError, RuntimeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except (EOFError, KeyboardInterrupt):
        return 130
    finally:
        samples.close()
        PrivIDFaceLib.shutdown()


if __name__ == "__main__":
    sys.exit(main())
