"""What comes from outside and is wrong: each gets the right status and a message with the cause."""

import json
import socket
import time

import pytest
from server_support import Client, encode, vector

GOOD = {"embedding_model": 14, "embedding": encode(vector(1))}
LIST = [float(x) for x in vector(1)]


def text_of(**changes):
    return json.dumps({**GOOD, **changes}).encode()


def without(name):
    return json.dumps({key: value for key, value in GOOD.items() if key != name}).encode()


def list_with(value):
    """An embedding whose last number is the given text, which need not be JSON."""
    numbers = ",".join(map(repr, LIST[:-1]))
    return f'{{"embedding_model":14,"embedding":[{numbers},{value}]}}'.encode()


BAD = {
    "empty": (b"", "line 1, column 1"),
    "html": (b"<!DOCTYPE html><html><body>no</body></html>", "line 1"),
    "second line": (b'{"embedding_model":14,\n  "embedding":}', "line 2, column"),
    "cut off": (text_of()[:-5], "line 1"),
    "list": (b"[1,2,3]", "a JSON object"),
    "deep": (b"[" * 60000, "nested deeper than 16"),
    "deep object": (b'{"a":' * 9000, "nested deeper than 16"),
    "wide": (b'{"a":[' + b"0," * 40000 + b"0]}", "bytes outside texts"),
    "not utf-8": (b'{"embedding_model":14,"identifier":"\xff\xfe"}', "line 1"),
    "nul": (b'{"embedding_model":14}\x00', "line 1"),
    "twice": (b'{"embedding_model":14,"embedding_model":14}', "duplicate"),
    "nan": (list_with("NaN"), "line 1"),
    "infinity": (list_with("Infinity"), "line 1"),
    "minus infinity": (list_with("-Infinity"), "line 1"),
    "overflow": (list_with("1e999"), "line 1"),
    "huge number": (list_with("1e200"), "embedding: its length"),
    "text in list": (list_with('"0"'), "embedding: element 127"),
    "null in list": (list_with("null"), "embedding: element 127"),
    "short": (text_of(embedding=LIST[:-1]), "embedding: 127 numbers, 128"),
    "long": (text_of(embedding=LIST + [0.0]), "embedding: 129 numbers, 128"),
    "zero": (text_of(embedding=[0] * 128), "embedding: its length is 0"),
    "not unit": (text_of(embedding=[2 * x for x in LIST]), "embedding: its length is 2"),
    "base64 short": (text_of(embedding=encode(vector(1)[:-1])), "embedding: base64"),
    "base64 broken": (text_of(embedding="*" + GOOD["embedding"][1:]), "embedding: base64"),
    "base64 nan": (text_of(embedding=encode([float("nan")] * 128)), "embedding: its length"),
    "base64 zero": (text_of(embedding=encode([0.0] * 128)), "embedding: its length is 0"),
    "embedding object": (text_of(embedding={}), "embedding: a list"),
    "embedding null": (text_of(embedding=None), "embedding: a list"),
    "no embedding": (without("embedding"), "embedding: missing"),
    "no model": (without("embedding_model"), "embedding_model: missing"),
    "model text": (text_of(embedding_model="14"), "embedding_model: a whole number"),
    "model real": (text_of(embedding_model=14.0), "embedding_model: a whole number"),
    "model bool": (text_of(embedding_model=True), "embedding_model: a whole number"),
}

BAD_PREDICT = {
    "max_distance high": (text_of(max_distance=1.1), "max_distance: 1.1"),
    "max_distance low": (text_of(max_distance=-0.1), "max_distance"),
    "max_distance text": (text_of(max_distance="0.5"), "max_distance: a number"),
    "neighbors 0": (text_of(neighbors=0), "neighbors: 0 is not in 1..100"),
    "neighbors 101": (text_of(neighbors=101), "neighbors: 101"),
    "neighbors real": (text_of(neighbors=1.5), "neighbors: a whole number"),
}

BAD_ENROLL = {
    "identifier number": (text_of(identifier=1), "identifier: a text"),
    "identifier long": (text_of(identifier="x" * 257), "identifier: 257 bytes"),
    "identifier control": (text_of(identifier="a\nb"), "identifier: control"),
    "image number": (text_of(image=1), "image: base64"),
    "image jpeg": (text_of(image="/9j/4AAQSkZJRg=="), "image: base64 of a PNG"),
    "image broken": (text_of(image="iVBOR*"), "image: base64"),
}

BAD_DELETE = {
    "no puid": (b"{}", "puid: missing"),
    "puid number": (b'{"puid":1}', "puid: a text"),
    "puid empty": (b'{"puid":""}', "puid: empty"),
    "puid long": (json.dumps({"puid": "x" * 37}).encode(), "puid: 37 bytes"),
}


def cases():
    for verb, table in (
        ("enroll", {**BAD, **BAD_ENROLL}),
        ("predict", {**BAD, **BAD_PREDICT}),
        ("deleteUser", BAD_DELETE),
    ):
        for name, (body, part) in table.items():
            yield verb, name, body, part


def test_every_bad_body_is_told_why(client):
    for verb, name, body, part in cases():
        status, answer = client.raw("POST", f"/FACE3_4/{verb}", body)
        error = json.loads(answer)["error"]
        if name == "wide" and verb == "predict":  # whose limit is that of the structure
            assert status == 413
            continue
        assert status == 400, (verb, name, answer)
        assert error["code"] == "bad_request", (verb, name)
        assert part in error["message"], (verb, name, error["message"])
    assert client.predict(vector(1))[1]["status"] == 1  # nothing of all this was enrolled


@pytest.mark.parametrize("verb", ["predict", "deleteUser"])
def test_a_megabyte_is_too_large(client, verb):
    for body in (b"[" * 1_000_000, b'"' + b"a" * 1_000_000, json.dumps("x" * 1_000_000).encode()):
        status, answer = client.raw("POST", f"/FACE3_4/{verb}", body)
        assert status == 413
        assert json.loads(answer)["error"]["code"] == "too_large"
    assert client.enroll(vector(2))[0] == 200  # on the same connection


def test_a_megabyte_without_an_image_is_too_large_for_enroll(client):
    status, answer = client.raw("POST", "/FACE3_4/enroll", text_of(identifier="x" * 1_000_000))
    assert (status, json.loads(answer)["error"]["code"]) == (413, "too_large")
    status, answer = client.raw("POST", "/FACE3_4/enroll", b"[" * 1_000_000)
    assert (status, "nested deeper" in json.loads(answer)["error"]["message"]) == (400, True)


def test_chunked_bodies_have_the_same_limit(client):
    def pieces(count):
        for _ in range(count):
            yield b" " * 10_000

    client.connection.request(
        "POST", "/FACE3_4/predict", body=pieces(20), headers={"x-api-key": client.key}
    )
    response = client.connection.getresponse()
    assert (response.status, json.loads(response.read())["error"]["code"]) == (413, "too_large")
    client.connection.request(
        "POST",
        "/FACE3_4/predict",
        body=iter([text_of()[:100], text_of()[100:]]),
        headers={"x-api-key": client.key},
    )
    response = client.connection.getresponse()
    assert (response.status, json.loads(response.read())["status"]) == (200, 1)


def test_refused_bodies_are_read_so_that_the_answer_arrives(server):
    stranger = Client(server, key="pv_wrong")
    status, _ = stranger.raw("POST", "/FACE3_4/enroll", b"x" * 5_000_000)
    assert status == 401
    assert stranger.raw("GET", "/healthz")[0] == 200


def test_absurd_length_is_refused_at_once(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as raw:
        raw.sendall(
            b"POST /FACE3_4/enroll HTTP/1.1\r\nHost: x\r\nx-api-key: "
            + server.key.encode()
            + b"\r\nContent-Length: 99999999999\r\n\r\n"
        )
        assert b" 413 " in raw.recv(4096)


def test_headers_are_bounded(server, client):
    many = {f"x-header-{i}": "1" for i in range(150)}
    status, answer = client.raw("GET", "/v1/session", headers=many)
    assert (status, "100 headers" in json.loads(answer)["error"]["message"]) == (400, True)
    status, _ = server.client().raw("GET", "/healthz", headers={"x-large": "a" * 100_000})
    assert 400 <= status < 500
    assert server.client().ask("GET", "/healthz")[0] == 200


RAW = {
    "nothing": b"",
    "noise": bytes(range(256)) * 20,
    "no version": b"GET /healthz\r\n\r\n",
    "bad length": b"POST /FACE3_4/enroll HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 9\r\n\r\nx",
    "bad chunk": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "half a body": b"POST /FACE3_4/enroll HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
    "long line": b"GET /" + b"a" * 200_000,
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
}


def test_broken_http_harms_nobody(server):
    for name, sent in RAW.items():
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw:
            try:
                raw.sendall(sent)
                raw.shutdown(socket.SHUT_WR)
                while raw.recv(65536):
                    pass
            except OSError:  # the server may close first
                pass
        assert Client(server, key="").ask("GET", "/healthz")[0] == 200, name


def test_many_idle_connections_do_not_block_others(server):
    idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
    for connection in idle:
        connection.sendall(b"POST /FACE3_4/enroll HTTP/1.1\r\n")
    started = time.monotonic()
    assert server.client().enroll(vector(3))[0] == 200
    assert time.monotonic() - started < 5
    for connection in idle:
        connection.close()


def test_unknown_fields_are_ignored_but_logged(server, client):
    body = {**GOOD, "nonsense": 1, "more": 2}
    assert client.ask("POST", "/FACE3_4/enroll", body)[0] == 200
    server.stop()
    assert "2 unknown fields" in "".join(server.log)
