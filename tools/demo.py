#!/usr/bin/env python3
"""The main job on real pictures: judge faces, enrol, identify, compare and delete people; and read
an identity document.

Starts a server of its own on a free port with a temporary folder, works with it through the Python
package, and stops it. Then scans a drawn passport and compares its portrait with a photograph.
Prints what was expected of each step, what came out and how long it took; draws the faces found
into build/demo/annotated.png, a portrait into build/demo/portrait.png, and what was found of the
passport into build/demo/document/.
Exit status 0 only if every step came out as expected.
"""

import re
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cryptonets_python_sdk import (FaceDetectionStrategy, FaceTraitsFlags, FlagUtil,
                                   ImageInputArg, OperationConfig, PrivIDFaceLib, Session,
                                   SpoofStatus)
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

ROOT = Path(__file__).resolve().parent.parent
SERVER = ROOT / "build" / "bin" / "privid-server"
TOOL = ROOT / "build" / "bin" / "privid"
PICTURES = ROOT / "build" / "pictures"
OUTPUT = ROOT / "build" / "demo"
START_SECONDS = 20
GROUP = ("sample5.jpg", 5)  # picture, faces in it
# A passport of no country and nobody; its portrait is obama.jpg.
PASSPORT = PICTURES / "documents" / "photographs" / "alderay-okafor-careful.jpg"
BIRTH = "1967-03-26"
# Flags that the demonstration does not ask about: they fail no enrolment.
ALLOWED = FaceTraitsFlags.FT_INVALID_FACE_BACKGROUND
KEY = re.compile(r"^[0-9A-Za-z_.\-]{20,}$")


class Server:
    """A server process of our own."""

    def __init__(self, data):
        self.key = self._create_key(data)
        self._process = subprocess.Popen(
            [SERVER, "--data", data, "--listen", "127.0.0.1:0"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, text=True)
        try:
            self.url = self._read_address()
        except BaseException:
            self.stop()
            raise

    @staticmethod
    def _create_key(data):
        made = subprocess.run([SERVER, "key", "create", "--data", data, "--name", "demo"],
                              capture_output=True, text=True, timeout=30)
        if made.returncode != 0:
            raise RuntimeError(f"no key could be made: {made.stderr.strip()}")
        keys = [word for word in made.stdout.split() if KEY.match(word)]
        if not keys:
            raise RuntimeError("the server printed no key")
        return keys[0]

    def _read_address(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            if not selector.select(START_SECONDS):
                raise RuntimeError(f"the server was not ready after {START_SECONDS} seconds")
        line = self._process.stdout.readline()
        found = re.search(r"listening on (http://\S+)", line)
        if not found:
            raise RuntimeError(f"the server did not start: {line.strip() or 'it said nothing'}")
        return found.group(1)

    def stop(self):
        """Returns the exit status."""
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
        finally:
            self._process.stdout.close()


class Table:
    """One line a step, printed as it is done."""

    WIDTHS = (58, 22, 42, 9)

    def __init__(self):
        self.failures = 0
        self.steps = 0
        self._print("step", "expected", "came out", "time", "")

    def _print(self, *cells):
        text = "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, self.WIDTHS))
        print(f"{text}  {cells[-1]}".rstrip(), flush=True)

    def step(self, name, expected, run):
        """run() returns (as expected?, what came out, value); the value is returned."""
        start = time.monotonic()
        good, outcome, value = run()
        milliseconds = (time.monotonic() - start) * 1000
        self.steps += 1
        self.failures += not good
        self._print(name, expected, outcome, f"{milliseconds:6.0f} ms", "ok" if good else "WRONG")
        return value


def check(operation_id, result):
    status = result.call_status
    if operation_id < 0 or status.return_status != 0:
        raise RuntimeError(f"operation failed with {status.return_status}: "
                           f"{status.return_message}")
    return result


def altered(name):
    """The picture cropped, mirrored, darkened, made smaller and stored as JPEG of quality 60."""
    path = OUTPUT / f"altered_{name}"
    with Image.open(PICTURES / name) as picture:
        width, height = picture.size
        cut = picture.convert("RGB").crop((width // 12, 0, width, height * 9 // 10))
        changed = ImageOps.mirror(cut).point(lambda value: value * 4 // 5)
        changed.resize((changed.width * 3 // 5, changed.height * 3 // 5)).save(path, quality=60)
    return path


def blurred(name):
    path = OUTPUT / f"blurred_{name}"
    with Image.open(PICTURES / name) as picture:
        picture.convert("RGB").filter(ImageFilter.GaussianBlur(picture.width / 100)).save(path)
    return path


class Demo:
    def __init__(self, session, table):
        self.session = session
        self.table = table
        self.puids = {}
        self.drawn = []

    def judge(self, path, expected):
        """expected: the raised flags among those that fail an enrolment; a live face."""
        def run():
            face = check(*self.session.validate(ImageInputArg(path))).faces[0]
            flags = FlagUtil.get_flag_names(FaceTraitsFlags, face.face_traits_flags & ~ALLOWED)
            live = face.spoof_status == SpoofStatus.AS_NO_SPOOF_DETECTED
            outcome = f"{', '.join(flags) or 'good'}, {'live' if live else 'not live'}"
            return flags == expected, outcome, None

        self.table.step(f"judge {path.name}", ", ".join(expected) or "good", run)

    def refuse(self, path):
        def run():
            result = check(*self.session.enroll_onefa(ImageInputArg(path)))
            refused = not result.enroll.enroll_performed
            return refused, f"refused: {result.user_feedback_message}", None

        self.table.step(f"enrol {path.name}", "refused, with advice", run)

    def estimate_age(self, path, least, most):
        def run():
            age = check(*self.session.estimate_age(ImageInputArg(path))).faces[0].age_data
            outcome = f"{age.estimated_age:.0f} years, confidence {age.age_confidence_score:.2f}"
            return least <= age.estimated_age <= most, outcome, None

        self.table.step(f"estimate the age in {path.name}", f"{least} to {most} years", run)

    def portray(self, path):
        def run():
            operation_id, result, pixels = self.session.face_iso(ImageInputArg(path))
            check(operation_id, result)
            info = result.iso_image.image.info
            Image.frombytes("RGB", (info.width, info.height), pixels).save(OUTPUT / "portrait.png")
            ratio = info.width / info.height
            return result.iso_image.success and 0.74 <= ratio <= 0.80, \
                f"{info.width} x {info.height}", None

        self.table.step(f"make a portrait of {path.name}", "as the standard asks", run)

    def enrol(self, name, path):
        def run():
            image = ImageInputArg(path)
            enroll = check(*self.session.enroll_onefa(image)).enroll
            answer = enroll.api_response
            good = bool(enroll.enroll_performed and answer.status == 0 and answer.puid)
            return good, f"puid {str(answer.puid)[:13]}…", answer.puid

        self.puids[name] = self.table.step(f"enrol {name}: {path.name}", "a new person", run)

    def identify(self, what, path, name=None):
        """name: the person to be found; None: nobody."""
        def run():
            image = ImageInputArg(path)
            result = check(*self.session.face_predict_onefa(image))
            answer = result.predict.api_response
            found = answer.status == 0
            puid = answer.puid if found else None
            known = {puid: name for name, puid in self.puids.items()}
            outcome = f"{known.get(puid, 'somebody else')}, score {answer.score:.3f}" if found \
                else "not enrolled"
            self.drawn.append((path, result.faces, [outcome]))
            good = puid == self.puids[name] if name else not found
            return bool(result.predict.predict_performed and good), outcome, None

        self.table.step(f"identify {what}: {path.name}", name or "not enrolled", run)

    def compare(self, what, path_a, path_b, same):
        def run():
            pictures = ImageInputArg(path_a), ImageInputArg(path_b)
            compare = check(*self.session.face_compare_files(*pictures)).compare
            matched = bool(compare.is_match)
            outcome = f"{'match' if matched else 'no match'}, " \
                      f"distance {compare.distance_mean:.3f}"
            return matched == same, outcome, None

        self.table.step(f"compare {what}: {path_a.name}, {path_b.name}",
                        "match" if same else "no match", run)

    def find_group(self):
        name, count = GROUP

        def run():
            config = OperationConfig(face_detection_strategy=FaceDetectionStrategy
                                     .FDS_MULTIPLE_FACES)
            path = PICTURES / name
            faces = check(*self.session.validate(ImageInputArg(path), config)).faces
            self.drawn.append((path, faces, []))
            return len(faces) == count, f"{len(faces)} faces", None

        self.table.step(f"find every face of a group: {name}", f"{count} faces", run)

    def delete(self, name):
        def run():
            _, result = self.session.user_delete(self.puids[name])
            deleted = result.user_delete
            good = deleted.status == 0 and deleted.uuid_count == 1
            return good, f"{deleted.uuid_count} template deleted", None

        self.table.step(f"delete {name}", "1 template deleted", run)

    def scan(self, path, birth):
        """Returns the portrait of the document as a file."""
        def run():
            config = OperationConfig(document_auto_rotation=True, calculate_age_from_ocr_text=True,
                                     detect_and_recognize_mrz_code=True)
            image = ImageInputArg(path)
            operation_id, result, _, pixels = self.session.doc_scan_face(image, config)
            check(operation_id, result)
            document = result.document.detected_document
            born = document.ocr_age_data
            info = result.faces[0].cropped_image_info.info
            portrait = OUTPUT / "document_portrait.png"
            Image.frombytes("RGB", (info.width, info.height), pixels).save(portrait)
            zone = document.mrz
            outcome = f"zone {'valid' if zone.valid else 'not valid'}, " \
                      f"born {born.dob}, age {born.age:.0f}"
            good = len(result.faces) == 1 and born.dob == birth and zone.valid
            return good, f"{document.document_format}, {outcome}", portrait

        return self.table.step(f"scan {path.name}", f"zone, born {birth}", run)

    def draw_document(self, path):
        def run():
            command = [TOOL, "document", "--mrz", "--age", "--out", OUTPUT / "document", path]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120)
            made = sorted(file.name for file in (OUTPUT / "document").glob("*.png"))
            good = done.returncode == 0 and len(made) == 3
            return good, ", ".join(made) or done.stderr.strip(), None

        self.table.step(f"draw what was found in {path.name}", "three pictures", run)

    def run(self):
        obama, biden = PICTURES / "obama.jpg", PICTURES / "biden.jpg"
        biden_altered = altered("biden.jpg")
        stranger = PICTURES / "astronaut.png"
        self.judge(obama, [])
        self.judge(blurred("obama.jpg"), ["FT_IMAGE_BLURR"])
        self.refuse(OUTPUT / "blurred_obama.jpg")
        self.estimate_age(obama, 40, 60)
        self.portray(obama)
        self.enrol("Obama", obama)
        self.enrol("Biden", biden)
        self.identify("Obama in another photograph", PICTURES / "obama2.jpg", "Obama")
        self.identify("Biden in an altered copy", biden_altered, "Biden")
        self.identify("a stranger", stranger)
        self.compare("two of Obama", obama, PICTURES / "obama2.jpg", True)
        self.compare("two people", obama, biden, False)
        self.find_group()
        self.delete("Obama")
        self.identify("Obama, who was deleted", PICTURES / "obama2.jpg")
        self.identify("Biden, who was not", biden_altered, "Biden")
        portrait = self.scan(PASSPORT, BIRTH)
        self.compare("document and person", portrait, PICTURES / "obama2.jpg", True)
        self.draw_document(PASSPORT)


def font_of(size):
    return ImageFont.load_default(size)


def draw_faces(path, faces, names, height=480):
    """The picture with box, eyes and name of each face."""
    with Image.open(path) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    scale = height / picture.height
    picture = picture.resize((round(picture.width * scale), height))
    pen = ImageDraw.Draw(picture)
    for at, face in enumerate(faces):
        geometry = face.geometry
        box = geometry.bounding_box
        left, top = box.top_left.x * scale, box.top_left.y * scale
        pen.rectangle((left, top, box.bottom_right.x * scale, box.bottom_right.y * scale),
                      outline=(0, 255, 0), width=2)
        for eye in (geometry.eye_left, geometry.eye_right):
            x, y = eye.x * scale, eye.y * scale
            pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=(255, 255, 0))
        text = names[at] if at < len(names) else f"{geometry.face_confidence_score:.2f}"
        where = (max(left, 2), max(top - 20, 2))
        font = font_of(16)
        pen.rectangle(pen.textbbox(where, text, font=font), fill=(0, 0, 0))
        pen.text(where, text, fill=(255, 255, 255), font=font)
    return picture


def write_annotated(drawn):
    """The pictures in rows of at most three, one file."""
    pictures = [draw_faces(*entry) for entry in drawn]
    rows = [pictures[at:at + 3] for at in range(0, len(pictures), 3)]
    width = max(sum(picture.width for picture in row) for row in rows)
    sheet = Image.new("RGB", (width, sum(row[0].height for row in rows)))
    top = 0
    for row in rows:
        left = 0
        for picture in row:
            sheet.paste(picture, (left, top))
            left += picture.width
        top += row[0].height
    path = OUTPUT / "annotated.png"
    sheet.save(path)
    return path


def settings(server):
    urls = {"base_url": server.url, **{verb: f"{server.url}/FACE3_4/{verb}"
                                       for verb in ("enroll", "predict", "deleteUser")}}
    return {"collections": {"default": {"named_urls": urls}}, "session_token": server.key}


def main():
    OUTPUT.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    print("Obama and Biden are enrolled. Of Obama there are several photographs. Of Biden there\n"
          "is one: the second is that one cropped, mirrored, darkened, shrunk and saved again.\n"
          "The stranger is an astronaut who is never enrolled.\n")
    with tempfile.TemporaryDirectory(prefix="privid-demo-") as data:
        server = Server(str(Path(data) / "data"))
        try:
            print(f"server: {server.url}")
            PrivIDFaceLib.initialize()
            print(f"library: {PrivIDFaceLib.get_native_sdk_version()}\n")
            table = Table()
            with Session.from_dict(settings(server)) as session:
                demo = Demo(session, table)
                demo.run()
            PrivIDFaceLib.shutdown()
            annotated = write_annotated(demo.drawn)
        finally:
            status = server.stop()
    table.failures += status != 0
    print(f"\nserver stopped with exit status {status}"
          f"\nfaces drawn into {annotated.relative_to(ROOT)}"
          f"\n{table.steps - table.failures} of {table.steps} steps as expected, "
          f"{time.monotonic() - start:.1f} s")
    return 1 if table.failures else 0


if __name__ == "__main__":
    sys.exit(main())
