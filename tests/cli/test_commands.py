"""The real tool on real pictures, alone and against a real server."""

import json
import signal
import socket
import subprocess
import time

import pytest
from cli_support import BUILD, run_program
from PIL import Image

SUCCESS, NEGATIVE, USAGE, ARGUMENT, CONFIGURATION, AUTHORIZATION, NETWORK, FAILURE = range(8)


def test_version_and_help(privid):
    version = privid("version")
    assert version.returncode == SUCCESS and version.stdout.startswith("privid ")
    assert privid("--version").stdout == version.stdout
    number = json.loads(privid("version", "--json").stdout)["version"]
    assert version.stdout == f"privid {number}\n"
    usage = privid("help").stdout
    assert privid("--help").stdout == usage
    for name in ("validate", "age", "liveness", "compare", "enroll", "predict", "delete", "models",
                 "version"):
        assert f"  {name} " in usage
        done = privid(name, "--help")
        assert done.returncode == SUCCESS and "usage: privid " + name in done.stdout
        assert privid("help", name).stdout == done.stdout


@pytest.mark.parametrize("arguments, words", [
    ([], "usage:"), (["frobnicate"], 'unknown command "frobnicate"'),
    (["help", "nothing"], "nothing"),
    (["validate"], "too few arguments"), (["compare", "a"], "too few arguments"),
    (["compare", "a", "b", "c"], "too many arguments"), (["enroll"], "too few arguments"),
    (["delete", "a", "b"], "too many arguments"), (["validate", "--frob", "a"], "--frob"),
    (["validate", "-q", "a"], "-q"), (["validate", "--json=1", "a"], "takes no value"),
    (["validate", "a", "--set"], "--set needs a value"),
    (["validate", "--set", "x", "a"], "KEY=VALUE"),
    (["validate", "--set", "=1", "a"], "KEY=VALUE"),
    (["validate", "--set", b"a=\xff\xfe", "a"], "UTF-8"),
    (["validate", "--log-level", "4", "a"], "0..3"),
    (["validate", "--log-level", "", "a"], "--log-level"),
    (["validate", "--embedding-model", "x", "a"], "--embedding-model"),
    (["validate", "--url", "h" * 3000, "a"], "--url"),
    (["validate", "--key", b"\xff", "a"], "UTF-8"),
    (["enroll", "--collection", "../x", "a"], "--collection"),
    (["enroll", "--collection", "", "a"], "--collection"), (["version", "more"], "no argument")])
def test_wrong_usage(privid, arguments, words):
    done = privid(*arguments)
    assert done.returncode == USAGE
    assert done.stdout == ""
    assert words in done.stderr


def test_validate(privid, picture):
    done = privid("validate", picture("obama.jpg"))
    assert done.returncode == SUCCESS and done.stderr == ""
    assert "obama.jpg: 1 face\n" in done.stdout and "confidence" in done.stdout


def test_json_is_one_raw_answer_a_picture(privid, picture):
    done = privid("validate", "--json", picture("obama.jpg"), picture("astronaut.png"))
    lines = done.stdout.splitlines()
    assert done.returncode == SUCCESS and len(lines) == 2
    for line in lines:
        answer = json.loads(line)
        assert answer["call_status"]["return_code"] == 0
        assert len(answer["faces"]) == 1
    # Order: the numbers of the answers rise.
    assert [json.loads(line)["call_status"]["operation_id"] for line in lines] == [1, 2]


def test_no_face(privid, picture):
    done = privid("validate", picture("coffee.png"))
    assert done.returncode == NEGATIVE and "coffee.png: no face\n" in done.stdout
    done = privid("compare", picture("coffee.png"), picture("obama.jpg"))
    assert done.returncode == NEGATIVE and "no comparison" in done.stdout


def test_one_bad_picture_does_not_stop_the_others(privid, picture, tmp_path):
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    done = privid("validate", picture("coffee.png"), bad, picture("obama.jpg"))
    assert done.returncode == ARGUMENT
    assert f"{bad}: not a JPEG, PNG or WebP picture" in done.stderr
    assert "obama.jpg: 1 face" in done.stdout and "coffee.png: no face" in done.stdout


def box_of(done):
    box = json.loads(done.stdout)["faces"][0]["geometry"]["bounding_box"]
    return [box[corner][axis] for corner in ("top_left", "bottom_right") for axis in "xy"]


def test_turned_picture_gives_the_upright_box(privid, picture, tmp_path):
    upright = Image.open(picture("obama.jpg")).convert("RGB")
    upright.save(tmp_path / "upright.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    upright.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.png", exif=exif)
    assert (privid("validate", "--json", tmp_path / "turned.png").stdout ==
            privid("validate", "--json", tmp_path / "upright.png").stdout)


@pytest.mark.parametrize("form", ["bgr", "rgba"])
def test_channel_order_changes_nothing(privid, picture, form):
    plain = box_of(privid("validate", "--json", picture("obama.jpg")))
    done = privid("validate", "--json", "--set", f"input_image_format={form}", picture("obama.jpg"))
    assert done.returncode == SUCCESS
    assert box_of(done) == pytest.approx(plain, abs=0.01)


def test_compare(privid, picture):
    same = privid("compare", picture("obama.jpg"), picture("obama2.jpg"))
    assert same.returncode == SUCCESS and "same person" in same.stdout
    other = privid("compare", picture("obama.jpg"), picture("biden.jpg"))
    assert other.returncode == NEGATIVE and "different persons" in other.stdout
    done = privid("compare", "--json", picture("obama.jpg"), picture("obama2.jpg"))
    raw = json.loads(done.stdout)
    assert raw["compare"]["is_match"] is True


def test_compare_names_the_bad_one_of_two(privid, picture, tmp_path):
    for pair in ([picture("obama.jpg"), tmp_path / "none.jpg"],
                 [tmp_path / "none.jpg", picture("obama.jpg")]):
        done = privid("compare", *pair)
        assert done.returncode == ARGUMENT and done.stdout == ""
        assert f"{tmp_path / 'none.jpg'}: No such file" in done.stderr


@pytest.mark.parametrize("setting, tag", [
    ("identifier=desk 7", "desk 7"), ("identifier=123", "123"), ("identifier=true", "true"),
    ('identifier="quoted"', "quoted"), ("identifier=a=b", "a=b"), ("identifier={}", "{}")])
def test_set_text(privid, picture, setting, tag):
    done = privid("validate", "--json", "--set", setting, picture("obama.jpg"))
    assert done.returncode == SUCCESS
    assert json.loads(done.stdout)["call_status"]["operation_tag"] == tag


def test_set_number_word_and_bool(privid, picture):
    done = privid("validate", "--set", "conf_score_thr_enroll=0.4", "--set",
                  "face_detection_strategy=0", "--set", "https_verify_peer_cert=true", "--set",
                  "context_string=predict", picture("obama.jpg"))
    assert done.returncode == SUCCESS


def test_last_of_two_settings_counts(privid, picture):
    done = privid("validate", "--set", "conf_score_thr_enroll=7", "--set",
                  "conf_score_thr_enroll=0.5", picture("obama.jpg"))
    assert done.returncode == SUCCESS


@pytest.mark.parametrize("setting, key", [
    ("conf_score_thr_enroll=2", "conf_score_thr_enroll"),
    ("conf_score_thr_enroll=much", "conf_score_thr_enroll"),
    ("neighbors=1.5", "neighbors"), ("neighbors=1e999", "neighbors"),
    ("https_verify_peer_cert=1", "https_verify_peer_cert"),
    ("input_image_format=cmyk", "input_image_format"), ("identifier=" + "x" * 2000, "identifier"),
    ("neighbors=" + "[" * 3000, "neighbors")])
def test_set_wrong(privid, picture, setting, key):
    done = privid("validate", "--set", setting, picture("obama.jpg"))
    assert done.returncode == CONFIGURATION
    assert key in done.stderr


def test_failed_call_prints_its_raw_answer(privid, picture):
    done = privid("validate", "--json", "--set", "neighbors=0", picture("obama.jpg"))
    assert done.returncode == CONFIGURATION
    assert json.loads(done.stdout)["call_status"]["return_code"] == -4
    assert "neighbors" in done.stderr


def test_unknown_key_is_warned_of(privid, picture):
    done = privid("validate", "--set", "neighbours=3", picture("obama.jpg"))
    assert done.returncode == SUCCESS
    assert "neighbours" in done.stderr and '"neighbors"' in done.stderr


def test_missing_models(privid, picture, tmp_path):
    done = privid("validate", picture("obama.jpg"),
                  environment={"PRIVID_MODELS_DIR": str(tmp_path / "none")})
    assert done.returncode == FAILURE
    assert "privid models fetch" in done.stderr and done.stdout == ""


def test_without_server(privid, picture):
    for command in (["enroll", picture("obama.jpg")], ["predict", picture("obama.jpg")],
                    ["delete", "somebody"]):
        done = privid(*command)
        assert done.returncode == CONFIGURATION
        assert "URL" in done.stderr


@pytest.mark.parametrize("url", ["no url", "ftp://host", "://"])
def test_url_that_is_none(privid, picture, url):
    done = privid("predict", "--url", url, picture("obama.jpg"))
    assert done.returncode == CONFIGURATION and done.stdout == ""


@pytest.mark.parametrize("command", ["enroll", "predict", "delete"])
def test_no_server(privid, picture, command):
    done = privid(command, picture("obama.jpg"))
    assert done.returncode == CONFIGURATION and done.stdout == ""
    assert "--url" in done.stderr and "PRIVID_URL" in done.stderr


def test_unknown_embedding_model(privid, picture):
    done = privid("compare", "--embedding-model", "99", picture("obama.jpg"), picture("obama.jpg"))
    assert done.returncode == CONFIGURATION and "embedding_model_id" in done.stderr


def test_unreachable_server(privid, picture):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        done = privid("predict", "--url", url, picture("obama.jpg"))
        assert done.returncode == NETWORK
        # What needs no server works all the same.
        done = privid("validate", picture("obama.jpg"), environment={"PRIVID_URL": url})
        assert done.returncode == SUCCESS and done.stderr == ""


def test_full_disk_is_no_success(picture):
    with open("/dev/full", "w") as full:
        done = subprocess.run([BUILD / "bin" / "privid", "validate", picture("obama.jpg")],
                              stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == FAILURE and b"No space left" in done.stderr


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A real server with a key: what the tool takes from its environment."""
    data = tmp_path_factory.mktemp("server")
    program = BUILD / "bin" / "privid-server"
    created = run_program(program, "key", "create", "--data", data / "data")
    assert created.returncode == 0, created.stderr
    key = created.stdout.decode().split()[-1]
    port_file = data / "port"
    process = subprocess.Popen([program, "--data", data / "data", "--listen", "127.0.0.1:0",
                                "--port-file", port_file], stdout=subprocess.DEVNULL,
                               stderr=open(data / "log", "wb"))
    try:
        end = time.monotonic() + 20
        while not (port_file.exists() and port_file.read_text().strip()):
            assert process.poll() is None and time.monotonic() < end, (data / "log").read_text()
            time.sleep(0.05)
        yield {"PRIVID_URL": f"http://127.0.0.1:{port_file.read_text().strip()}/",
               "PRIVID_API_KEY": key}
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def test_enrol_predict_delete(privid, picture, server):
    enrolled = privid("enroll", "--json", picture("obama.jpg"), environment=server)
    assert enrolled.returncode == SUCCESS, enrolled.stderr
    puid = json.loads(enrolled.stdout)["enroll"]["api_response"]["puid"]

    found = privid("predict", picture("obama2.jpg"), environment=server)
    assert found.returncode == SUCCESS and puid in found.stdout and "found" in found.stdout
    # The same by options.
    found = privid("predict", "--url", server["PRIVID_URL"], "--key", server["PRIVID_API_KEY"],
                   "--collection", "FACE3_4", "--json", picture("obama2.jpg"))
    assert json.loads(found.stdout)["predict"]["api_response"]["puid"] == puid

    stranger = privid("predict", picture("biden.jpg"), environment=server)
    assert stranger.returncode == NEGATIVE and "not found" in stranger.stdout
    for command in ("enroll", "predict"):
        nobody = privid(command, picture("coffee.png"), environment=server)
        assert nobody.returncode == NEGATIVE and "no face" in nobody.stdout
        assert "\nadvice " in nobody.stdout

    deleted = privid("delete", puid, environment=server)
    assert deleted.returncode == SUCCESS and "deleted" in deleted.stdout
    assert privid("delete", puid, environment=server).returncode == NEGATIVE
    assert privid("predict", picture("obama2.jpg"), environment=server).returncode == NEGATIVE


def test_wrong_key(privid, picture, server):
    done = privid("predict", picture("obama.jpg"),
                  environment={**server, "PRIVID_API_KEY": "wrong"})
    assert done.returncode == AUTHORIZATION and done.stdout == ""


@pytest.mark.parametrize("puid", ["", "x" * 300, b"\xff\xfe"], ids=["empty", "long", "not UTF-8"])
def test_bad_puid(privid, server, puid):
    done = privid("delete", puid, environment=server)
    assert done.returncode == ARGUMENT and "puid" in done.stderr


def test_collection_that_does_not_exist(privid, picture, server):
    done = privid("predict", "--collection", "NONE", picture("obama.jpg"), environment=server)
    assert done.returncode not in (SUCCESS, NEGATIVE) and "NONE" in done.stderr
