"""The pictures of the page of concepts, each judged while the page is made."""

import re

from album import flag_list, must
from document_pictures import photograph
from document_sides import seen
from gallery import PICTURES, open_documents, open_faces
from PIL import Image
from sides import file_name

from cryptonets_python_sdk import ImageInputArg, OperationConfig, draw

PLACE = re.compile(r"^<!-- pictures: (\w+) -->$", re.M)
PASSPORT = "alderay-okafor-careful"


def open_picture(name):
    return Image.open(PICTURES / name).convert("RGB")


def found(album, gallery):
    """A group as it comes, and what is found in it."""
    picture = open_picture("sample5.jpg")
    _, result = gallery.session.validate(ImageInputArg(picture),
                                         OperationConfig(face_detection_strategy=0))
    must(len(result.faces) > 1, "found")
    return album.row([("group", picture, "a picture"),
                      ("group-found", draw(ImageInputArg(picture), result), "faces and flags")],
                     ["a picture", f"its {len(result.faces)} faces, and the flags of each"])


def distance(album, gallery):
    """One person twice, and somebody else."""
    names = ("obama.jpg", "obama2.jpg", "biden.jpg")
    pictures = [open_picture(name) for name in names]
    answers = [gallery.session.face_compare_files(ImageInputArg(pictures[0]),
                                                  ImageInputArg(other))[1].compare
               for other in pictures[1:]]
    must([bool(answer.is_match) for answer in answers] == [True, False], "distance")
    captions = ["compared with this one:"] + [
        f"distance {answer.distance_mean:.2f}: {said}"
        for answer, said in zip(answers, ("the same person", "somebody else"), strict=True)]
    return album.row([(name.removesuffix(".jpg"), picture, "a person")
                      for name, picture in zip(names, pictures, strict=True)], captions)


def sides(album, gallery):
    shown = [("portrait", "shifted_right"), ("portrait", "shifted_left")]
    flags = [gallery.flags(*one) for one in shown]
    must("FT_FACE_RIGHT" in flags[0] and "FT_FACE_LEFT" in flags[1], "sides")
    return album.row([(file_name(*one), gallery.picture(*one), "at the border") for one in shown],
                     [flag_list(one) for one in flags])


def page(album, desk):
    scan = desk.scan(PASSPORT)
    must(scan.page is not None and scan.portrait is not None, "page")
    return album.row([("passport-found", seen(photograph(PASSPORT), scan), "a passport, found"),
                      ("passport-page", scan.page, "drawn flat"),
                      ("passport-face", scan.portrait, "its face")],
                     ["found in a photograph", "drawn flat", "the face on it"])


def place_pictures(album, path):
    """Puts the rows where the page has places for them."""
    rows = {}
    with open_faces() as gallery:
        rows |= {make.__name__: make(album, gallery) for make in (found, distance, sides)}
    with open_documents() as desk:
        rows["page"] = page(album, desk)
    text = path.read_text()
    must(set(PLACE.findall(text)) == set(rows), path.name)
    path.write_text(PLACE.sub(lambda place: rows[place.group(1)], text))
