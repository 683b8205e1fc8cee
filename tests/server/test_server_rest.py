"""What the REST interface answers: keys, collections, enrolment, identification, deletion."""

import base64
import json
import re
import sqlite3
import threading

import pytest
from server_support import Client, Server, create_key, encode, near, run, vector

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def test_health_needs_no_key(server):
    status, answer = Client(server, key="").ask("GET", "/healthz")
    assert status == 200
    assert answer["status"] == "ok"
    assert re.fullmatch(r"\d+\.\d+\.\d+", answer["version"])
    status, body = Client(server, key="").raw("HEAD", "/healthz")
    assert (status, body) == (200, b"")


def test_session_lists_collections(client):
    status, answer = client.ask("GET", "/v1/session")
    assert status == 200
    assert answer["status"] == 0
    assert answer["collections"] == [
        {"name": "FACE3_4", "embedding_model": 14},
        {"name": "RES100", "embedding_model": 14},
        {"name": "RES200", "embedding_model": 19},
    ]


def test_enroll_predict_delete(client):
    person = vector(1)
    status, enrolled = client.enroll(person, identifier="clerk 7 – é")
    assert status == 200
    assert enrolled["status"] == 0
    assert enrolled["enroll_level"] == 1
    assert enrolled["score"] == 1.0
    assert "new person" in enrolled["message"]
    assert UUID.fullmatch(enrolled["puid"]) and UUID.fullmatch(enrolled["guid"])
    assert enrolled["puid"] != enrolled["guid"]

    status, found = client.predict(near(person, 0.8, 2))
    assert status == 200
    assert found["status"] == 0
    assert (found["puid"], found["guid"]) == (enrolled["puid"], enrolled["guid"])
    assert 0.5 < found["score"] < 1.0
    assert found["PI_list"] == [
        {key: found[key] for key in ("guid", "puid", "score", "enroll_level")}
    ]

    status, again = client.enroll(near(person, 0.8, 3))
    assert (again["puid"], again["guid"]) == (enrolled["puid"], enrolled["guid"])
    assert again["enroll_level"] == 2
    assert "already enrolled" in again["message"]

    status, deleted = client.delete(enrolled["puid"])
    assert (status, deleted["status"], deleted["uuid_count"]) == (200, 0, 2)
    status, deleted = client.delete(enrolled["puid"])
    assert (status, deleted["status"], deleted["uuid_count"]) == (200, 1, 0)
    status, found = client.predict(person)
    assert status == 200
    assert found["status"] == 1
    assert found["PI_list"] == []
    assert "puid" not in found and "guid" not in found and "score" not in found
    assert "not enrolled" in found["message"]


def test_lists_and_base64_mean_the_same(client):
    person = vector(4)
    body = {"embedding_model": 14, "embedding": [float(x) for x in person]}
    status, enrolled = client.ask("POST", "/FACE3_4/enroll", body)
    assert status == 200
    _, found = client.predict(person, max_distance=0.001)
    assert found["puid"] == enrolled["puid"]
    assert found["score"] == pytest.approx(1.0, abs=1e-5)


def test_length_within_one_percent_is_normalised(client):
    person = vector(5)
    _, enrolled = client.enroll(person * 1.009)
    _, found = client.predict(person * 0.991)
    assert found["puid"] == enrolled["puid"]
    assert found["score"] == pytest.approx(1.0, abs=1e-5)


def test_callers_threshold_can_only_tighten(client):
    person = vector(6)
    client.enroll(person)
    weak = near(person, 0.44, 7)
    assert client.predict(weak)[1]["status"] == 0
    assert client.predict(weak, max_distance=0.3)[1]["status"] == 1
    stranger = near(person, 0.39, 8)
    assert client.predict(stranger, max_distance=1.0)[1]["status"] == 1
    assert client.predict(weak, max_distance=0)[1]["status"] == 1


def test_neighbors_are_persons(client):
    center = vector(9)
    for i in range(12):
        client.enroll(near(center, 0.62 - 0.01 * i, 100 + i))
    _, found = client.predict(center)
    assert len(found["PI_list"]) == 1
    _, found = client.predict(center, neighbors=100)
    scores = [entry["score"] for entry in found["PI_list"]]
    assert len(scores) >= 10
    assert scores == sorted(scores, reverse=True)
    assert len({entry["puid"] for entry in found["PI_list"]}) == len(scores)
    assert found["PI_list"][0]["puid"] == found["puid"]
    _, found = client.predict(center, neighbors=4)
    assert [entry["score"] for entry in found["PI_list"]] == scores[:4]


def test_other_model_is_a_conflict(client):
    status, answer = client.enroll(vector(10, 640), model=19)
    assert status == 409
    assert answer["error"]["code"] == "model_mismatch"
    assert "19" in answer["error"]["message"] and "14" in answer["error"]["message"]
    status, enrolled = client.enroll(vector(10, 640), collection="RES200", model=19)
    assert status == 200
    status, found = client.predict(vector(10, 640), collection="RES200", model=19)
    assert found["puid"] == enrolled["puid"]
    assert client.predict(vector(10), collection="RES200")[0] == 409


def test_collections_are_separate(client):
    person = vector(11)
    _, here = client.enroll(person)
    assert client.predict(person, collection="RES100")[1]["status"] == 1
    _, there = client.enroll(person, collection="RES100")
    assert there["puid"] != here["puid"]
    assert client.delete(here["puid"], collection="RES100")[1]["uuid_count"] == 0


def test_paths_and_methods(client):
    cases = [
        ("POST", "/NONE/enroll", 404, "unknown_collection"),
        ("POST", "/FACE3_4/nothing", 404, "not_found"),
        ("GET", "/", 404, "not_found"),
        ("GET", "/FACE3_4/predict", 405, "method_not_allowed"),
        ("PUT", "/FACE3_4/predict", 405, "method_not_allowed"),
        ("POST", "/v1/session", 405, "method_not_allowed"),
        ("POST", "/%00/enroll", 404, "not_found"),
        ("POST", "/" + "a" * 3000 + "/enroll", 404, "not_found"),
    ]
    for method, path, expected, code in cases:
        status, answer = client.raw(method, path, b"{}" if method != "GET" else None)
        assert status == expected, path
        assert json.loads(answer)["error"]["code"] == code, path


def test_keys(server, client):
    assert client.ask("GET", "/v1/session")[0] == 200
    for wrong in ("", "nonsense", "pv_" + "0" * 48, client.key[:-1], client.key + "0"):
        status, answer = Client(server, key=wrong).ask("GET", "/v1/session")
        assert (status, answer["error"]["code"]) == (401, "unauthorized")
        assert wrong == "" or wrong not in answer["error"]["message"]

    second = create_key(server.data, "second")
    other = Client(server, key=second)
    assert other.ask("GET", "/v1/session")[0] == 200  # at once, without a restart
    listed = run("key", "list", "--data", server.data)
    assert second[:11] in listed.stdout and "second" in listed.stdout
    assert second not in listed.stdout and client.key not in listed.stdout

    revoked = run("key", "revoke", "--data", server.data, "--name", "second")
    assert revoked.returncode == 0
    assert other.ask("GET", "/v1/session")[0] == 401  # at once, on the same connection
    assert other.enroll(vector(12))[0] == 401
    assert client.ask("GET", "/v1/session")[0] == 200
    again = run("key", "revoke", "--data", server.data, second[:11])
    assert again.returncode == 1
    assert second[:11] in again.stderr
    assert "revoked" in run("key", "list", "--data", server.data).stdout


def test_keys_are_nowhere_in_clear(server, client):
    client.ask("GET", "/v1/session")
    for file in server.data.iterdir():
        assert client.key.encode() not in file.read_bytes(), file


def test_new_collections_are_served_at_once(server, client):
    assert client.enroll(vector(13), collection="STAFF")[0] == 404
    made = run("collection", "create", "--data", server.data, "STAFF", "--embedding-model", 14)
    assert made.returncode == 0, made.stderr
    assert client.enroll(vector(13), collection="STAFF")[0] == 200
    twice = run("collection", "create", "--data", server.data, "STAFF", "--embedding-model", 19)
    assert (twice.returncode, "STAFF exists" in twice.stderr) == (1, True)
    unknown = run("collection", "create", "--data", server.data, "X", "--embedding-model", 7)
    assert (unknown.returncode, "14, 19" in unknown.stderr) == (1, True)
    bad = run("collection", "create", "--data", server.data, "a/b", "--embedding-model", 14)
    assert (bad.returncode, "a/b" in bad.stderr) == (1, True)
    assert "STAFF  embedding model 14" in run("collection", "list", "--data", server.data).stdout
    names = [c["name"] for c in client.ask("GET", "/v1/session")[1]["collections"]]
    assert "STAFF" in names


def test_metrics(server, client):
    client.enroll(vector(14))
    client.predict(vector(14))
    client.ask("GET", "/nothing")
    status, text = client.raw("GET", "/metrics")
    lines = text.decode().splitlines()
    assert status == 200
    assert 'privid_gallery_persons{collection="FACE3_4"} 1' in lines
    assert 'privid_requests_total{endpoint="enroll",code="2xx"} 1' in lines
    assert 'privid_requests_total{endpoint="other",code="4xx"} 1' in lines
    assert 'privid_request_seconds_count{endpoint="predict"} 1' in lines
    assert Client(server, key="").raw("GET", "/metrics")[0] == 401


def test_images_are_kept_only_when_asked_for(data):
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"pixels").decode()
    key = create_key(data)
    for options, kept in (((), 0), (("--keep-images",), 1)):
        with Server(data, *options, key=key) as server:
            client = server.client()
            assert client.enroll(vector(20 + kept), image=png)[0] == 200
            assert client.enroll(vector(30 + kept))[0] == 200
        with sqlite3.connect(data / "privid.db") as database:
            assert database.execute("SELECT count(*) FROM image").fetchone() == (kept,)


def test_big_images_fit_and_bigger_do_not(client):
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(20_000_000)).decode()
    assert client.enroll(vector(40), image=png)[0] == 200
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(26_000_000)).decode()
    status, answer = client.enroll(vector(41), image=png)
    assert (status, answer["error"]["code"]) == (413, "too_large")
    assert client.predict(vector(41))[1]["status"] == 1


def test_sixteen_clients_at_once(server):
    failures = []

    def work(number):
        client = server.client()
        try:
            for i in range(20):
                person = vector(1000 + 100 * number + i)
                status, enrolled = client.enroll(person)
                assert status == 200 and enrolled["enroll_level"] == 1
                status, found = client.predict(near(person, 0.9, i))
                assert status == 200 and found["puid"] == enrolled["puid"]
                if i % 4 == 0:
                    assert client.delete(enrolled["puid"])[1]["uuid_count"] == 1
                    assert client.predict(person)[1]["status"] == 1
        except Exception as error:  # noqa: BLE001 - reported by the main thread
            failures.append((number, repr(error)))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    text = server.client().raw("GET", "/metrics")[1].decode()
    assert 'privid_gallery_persons{collection="FACE3_4"} 240' in text


def test_one_person_from_sixteen_clients_is_one_person(server):
    person = vector(50)
    puids = []
    gate = threading.Barrier(16)

    def work(number):
        client = server.client()
        client.ask("GET", "/healthz")
        gate.wait()
        puids.append(client.enroll(near(person, 0.9, 200 + number))[1]["puid"])

    threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(puids) == 16 and len(set(puids)) == 1
    assert server.client().predict(person)[1]["enroll_level"] == 8


def test_secrets_are_not_in_the_log(data):
    person = vector(60)
    with Server(data, "--log-level", 3) as server:
        client = server.client()
        client.enroll(person, identifier="the identifier")
        client.predict(person)
        client.ask("GET", "/FACE3_4/enroll")
        client.raw("POST", "/FACE3_4/enroll", b'{"embedding": [0.125, broken')
        Client(server, key="pv_" + "1" * 48).ask("GET", "/v1/session")
        key = server.key
    log = "".join(server.log)
    assert "enroll FACE3_4 200" in log
    for secret in (key, "1" * 48, encode(person)[:20], "0.125", "the identifier"):
        assert secret not in log
