"""What the tool says and draws about faces, on real pictures."""

import json
import math

import pytest
from cli_support import BUILD, run_program
from PIL import Image, ImageChops

SUCCESS, NEGATIVE, USAGE, ARGUMENT, CONFIGURATION, AUTHORIZATION, NETWORK, FAILURE = range(8)
ALL_FACES = ("--set", "face_detection_strategy=0")


def validate(*arguments):
    done = run_program(BUILD / "bin" / "privid", "validate", "--json", *arguments)
    assert done.returncode == SUCCESS, done.stderr
    return json.loads(done.stdout)["faces"]


def score(face, name):
    return next(entry["value"] for entry in face["scores"] if entry["name"] == name)


@pytest.fixture
def group(picture, tmp_path):
    """Two persons side by side, far enough apart for labels."""
    whole = Image.new("RGB", (1400, 600), "white")
    for column, name in enumerate(("obama.jpg", "biden.jpg")):
        one = Image.open(picture(name)).convert("RGB")
        whole.paste(one.resize((one.width * 600 // one.height, 600)), (column * 700, 0))
    whole.save(tmp_path / "group.png")
    return tmp_path / "group.png"


def draw(privid, tmp_path, path, *arguments):
    """The drawing, the picture on a canvas of its size, and the faces."""
    out = tmp_path / "out.png"
    done = privid("validate", "--json", "--draw", out, *arguments, path)
    assert done.returncode == SUCCESS, done.stderr
    drawing = Image.open(out).convert("RGB")
    return drawing, Image.open(path).convert("RGB"), json.loads(done.stdout)["faces"]


def changed(drawing, plain, box):
    """Share of the pixels of the box that the drawing changed."""
    box = tuple(round(side) for side in box)
    difference = ImageChops.difference(drawing.crop(box), plain.crop(box)).convert("L")
    histogram = difference.point(lambda value: 255 if value > 12 else 0).histogram()
    return histogram[255] / sum(histogram)


def box_of(face):
    box = face["geometry"]["bounding_box"]
    return [box[corner][axis] for corner in ("top_left", "bottom_right") for axis in "xy"]


def around(point, radius):
    return (point["x"] - radius, point["y"] - radius, point["x"] + radius, point["y"] + radius)


def test_table_says_it_in_words(privid, picture):
    done = privid("validate", "--set", "mouth_opened_threshold=0.5", picture("obama2.jpg"))
    line = next(line for line in done.stdout.splitlines() if line.startswith("  traits"))
    assert "mouth open" in line
    for label in ("liveness", "quality", "yaw", "pitch", "roll", "sharpness", "brightness"):
        assert f"\n  {label} " in done.stdout
    assert "\n  smile " not in done.stdout
    done = privid("validate", "--set", "get_smile_intensity=true", picture("obama.jpg"))
    assert "\n  smile " in done.stdout


def test_table_has_a_block_a_face(privid, group):
    done = privid("validate", *ALL_FACES, group)
    assert "group.png: 2 faces\nface 1\n" in done.stdout and "\nface 2\n" in done.stdout


def test_points_only_where_asked_for(picture):
    plain = validate(picture("obama.jpg"))[0]
    assert "landmarks" not in plain and "nose" not in plain["geometry"]
    face = validate("--set", "get_face_landmarks=true", picture("obama.jpg"))[0]
    assert len(face["landmarks"]) == 478
    assert all(set(point) == {"x", "y", "z"} for point in face["landmarks"])
    # The irises' middles and the tip of the nose, found by another net.
    eyes_apart = score(face, "inter_eye_distance")
    for index, name in ((468, "eye_right"), (473, "eye_left"), (4, "nose")):
        there, here = face["geometry"][name], face["landmarks"][index]
        assert math.hypot(there["x"] - here["x"], there["y"] - here["y"]) < eyes_apart / 6
    # The nose stands out.
    assert face["landmarks"][4]["z"] < face["landmarks"][234]["z"]
    # Points that are not believed are not handed out.
    faces = validate("--set", "get_face_landmarks=true", *ALL_FACES, picture("sample2.jpg"))
    believed = [score(face, "landmark_confidence") >= 0.5 for face in faces]
    assert any(believed) and not all(believed)
    assert ["landmarks" in face for face in faces] == believed
    assert all("nose" in face["geometry"] for face in faces)


def test_drawing_changes_what_it_should(privid, picture, tmp_path):
    drawing, plain, faces = draw(privid, tmp_path, picture("obama.jpg"))
    assert drawing.size == plain.size and len(faces) == 1
    left, top, right, bottom = box_of(faces[0])
    for edge in ((left + 20, top - 1, right - 20, top + 1),
                 (left + 20, bottom - 1, right - 20, bottom + 1),
                 (left - 1, top + 20, left + 1, bottom - 20),
                 (right - 1, top + 20, right + 1, bottom - 20)):
        assert changed(drawing, plain, edge) > 0.9
    for name in ("eye_left", "eye_right", "nose", "mouth_left", "mouth_right"):
        assert changed(drawing, plain, around(faces[0]["geometry"][name], 8)) > 0.1
    dots = sum(changed(drawing, plain, around(point, 1)) > 0 for point in faces[0]["landmarks"])
    assert dots > 450
    # The face stays to be seen, and nothing is drawn where nothing was found.
    assert changed(drawing, plain, (left + 5, top + 5, right - 5, bottom - 5)) < 0.15
    assert changed(drawing, plain, (0, bottom + 300, plain.width, plain.height)) == 0
    # Text beside the box.
    assert changed(drawing, plain, (right + 15, top, right + 150, top + 100)) > 0.5


def axis_end(drawing, plain, face, channel):
    """Where the axis of this pure colour ends, seen from the nose."""
    nose = face["geometry"]["nose"]
    reach = (face["geometry"]["bounding_box"]["bottom_right"]["x"] -
             face["geometry"]["bounding_box"]["top_left"]["x"]) // 2
    best, end = 0, (0, 0)
    for x in range(int(nose["x"] - reach), int(nose["x"] + reach)):
        for y in range(int(nose["y"] - reach), int(nose["y"] + reach)):
            if not (0 <= x < drawing.width and 0 <= y < drawing.height):
                continue
            pixel = drawing.getpixel((x, y))
            others = [value for i, value in enumerate(pixel) if i != channel]
            distance = math.hypot(x - nose["x"], y - nose["y"])
            if pixel[channel] == 255 and max(others) == 0 and distance > best and \
                    plain.getpixel((x, y)) != pixel:
                best, end = distance, (x - nose["x"], y - nose["y"])
    return end


def test_axes_follow_the_head(privid, picture, tmp_path):
    upright = Image.open(picture("obama2.jpg")).convert("RGB")
    mirrored, turned = tmp_path / "mirrored.png", tmp_path / "turned.png"
    upright.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(mirrored)
    upright.rotate(20).save(turned)
    ends = {}
    for name, path in (("plain", picture("obama2.jpg")), ("mirrored", mirrored),
                       ("turned", turned)):
        drawing, plain, faces = draw(privid, tmp_path, path)
        red, green, blue = (axis_end(drawing, plain, faces[0], channel) for channel in range(3))
        ends[name] = (red, green, blue)
        geometry = faces[0]["geometry"]
        # Red lies along the eyes to the person's left, green goes up, both as the head is held.
        eyes = math.atan2(geometry["eye_left"]["y"] - geometry["eye_right"]["y"],
                          geometry["eye_left"]["x"] - geometry["eye_right"]["x"])
        along = math.atan2(red[1], red[0])
        assert abs(math.degrees(along - eyes)) < 12
        assert abs(math.degrees(along) + score(faces[0], "roll")) < 2
        assert green[1] < -40
        # Blue goes where the head looks: positive yaw to the person's left.
        assert blue[0] * score(faces[0], "yaw") > 0
    assert ends["plain"][2][0] < -15 and ends["mirrored"][2][0] > 15
    # Turned counter-clockwise, the crown goes to the left.
    assert ends["turned"][1][0] < ends["plain"][1][0] - 20


def test_drawing_of_several_faces(privid, group, tmp_path):
    drawing, plain, faces = draw(privid, tmp_path, group, *ALL_FACES)
    assert len(faces) == 2
    for face in faces:
        left, top, right, bottom = box_of(face)
        assert changed(drawing, plain, (left + 9, bottom - 1, right - 9, bottom + 1)) > 0.9
    # One face alone is drawn where one is selected.
    drawing, plain, faces = draw(privid, tmp_path, group)
    assert len(faces) == 1
    other = (0, 0, 690, 600) if box_of(faces[0])[0] > 700 else (900, 0, 1400, 600)
    assert changed(drawing, plain, other) < 0.05


def test_small_pictures_are_enlarged_and_tight_ones_get_a_strip(privid, picture, tmp_path):
    whole = Image.open(picture("obama.jpg")).convert("RGB")
    whole.crop((372, 95, 609, 420)).save(tmp_path / "tight.png")
    drawing, plain, _ = draw(privid, tmp_path, tmp_path / "tight.png")
    assert drawing.height >= 2 * plain.height and drawing.width > 2 * plain.width + 50
    strip = drawing.crop((2 * plain.width + 1, 0, drawing.width, drawing.height))
    assert len(strip.getcolors(1 << 20)) > 10


@pytest.mark.parametrize("form", ["bgr", "rgba"])
def test_drawing_keeps_the_colours(privid, picture, tmp_path, form):
    plain, _, _ = draw(privid, tmp_path, picture("obama.jpg"))
    other, _, _ = draw(privid, tmp_path, picture("obama.jpg"), "--set",
                       f"input_image_format={form}")
    assert changed(other, plain, (0, 0, *plain.size)) < 0.001


def test_drawing_without_a_face(privid, picture, tmp_path):
    done = privid("validate", "--draw", tmp_path / "out.png", picture("coffee.png"))
    assert done.returncode == NEGATIVE and "no face" in done.stdout
    assert Image.open(tmp_path / "out.png").width > 1200  # enlarged twice, with a strip


def test_drawing_that_cannot_be(privid, picture, tmp_path):
    done = privid("validate", "--draw", tmp_path / "none" / "out.png", picture("obama.jpg"))
    assert done.returncode == ARGUMENT
    assert "none/out.png: No such file or directory" in done.stderr
    done = privid("validate", "--draw", "/dev/full", picture("obama.jpg"))
    assert done.returncode == FAILURE and "/dev/full: No space left" in done.stderr
    done = privid("validate", "--draw", tmp_path / "o.png", picture("obama.jpg"),
                  picture("biden.jpg"))
    assert done.returncode == USAGE and "one picture" in done.stderr
    copy = tmp_path / "copy.jpg"
    copy.write_bytes(picture("obama.jpg").read_bytes())
    (tmp_path / "link.png").symlink_to(copy)
    done = privid("validate", "--draw", tmp_path / "link.png", copy)
    assert done.returncode == USAGE and "picture itself" in done.stderr
    assert copy.read_bytes() == picture("obama.jpg").read_bytes()
    assert privid("validate", "--draw", "", copy).returncode == USAGE


def test_age(privid, picture):
    done = privid("age", picture("obama.jpg"), picture("biden.jpg"))
    assert done.returncode == SUCCESS and done.stderr == ""
    assert "obama.jpg: 1 face" in done.stdout and "biden.jpg: 1 face" in done.stdout
    ages = []
    for name in ("obama.jpg", "biden.jpg"):
        face = json.loads(privid("age", "--json", picture(name)).stdout)["faces"][0]
        ages.append(face["age_data"]["estimated_age"])
        confidence = face["age_data"]["age_confidence_score"]
        assert f"  1 {ages[-1]:6.1f} {confidence:10.2f}" in done.stdout
    assert ages[0] < ages[1]
    done = privid("age", picture("obama.jpg"), picture("coffee.png"))
    assert done.returncode == NEGATIVE and "coffee.png: no face" in done.stdout


def test_liveness(privid, picture):
    done = privid("liveness", picture("obama.jpg"))
    face = json.loads(privid("liveness", "--json", picture("obama.jpg")).stdout)["faces"][0]
    assert done.returncode == (SUCCESS if face["spoof_status"] == 0 else NEGATIVE)
    assert f"{score(face, 'liveness'):.3f}" in done.stdout
    # The threshold decides, in words and in the exit status.
    easy = privid("liveness", "--set", "anti_spoofing_threshold=0", picture("obama.jpg"))
    assert easy.returncode == SUCCESS and "  1 live " in easy.stdout
    hard = privid("liveness", "--set", "anti_spoofing_threshold=1", picture("obama.jpg"))
    assert hard.returncode == NEGATIVE and "  1 not live " in hard.stdout
    # What was not checked is not live.
    off = privid("liveness", "--set", "anti_spoofing_mode=0", picture("obama.jpg"))
    assert off.returncode == NEGATIVE and "not checked" in off.stdout
    assert privid("liveness", picture("coffee.png")).returncode == NEGATIVE


def test_liveness_of_several(privid, group):
    done = privid("liveness", *ALL_FACES, "--set", "anti_spoofing_threshold=0", group)
    assert done.returncode == SUCCESS and "2 faces" in done.stdout and "\n  2 live" in done.stdout


def test_verdict_is_drawn(privid, picture, tmp_path):
    """The colour of the box says what the verdict is."""
    colours = {}
    for name, settings in (
            ("live", ["anti_spoofing_threshold=0", "face_validations_off=true"]),
            ("spoof", ["anti_spoofing_threshold=1", "face_validations_off=true"]),
            ("trait", ["anti_spoofing_threshold=0", "face_too_bright=0"])):
        arguments = [word for setting in settings for word in ("--set", setting)]
        drawing, _, faces = draw(privid, tmp_path, picture("obama.jpg"), *arguments)
        left, top, right, bottom = box_of(faces[0])
        colours[name] = drawing.getpixel((round(left), round((top + bottom) / 2)))
    assert colours["live"][1] > 200 > colours["live"][0]
    assert colours["spoof"][0] > 200 and colours["spoof"][1] < 120
    assert colours["trait"][0] > 200 and 150 < colours["trait"][1] < 230
