"""Rows T and J of the catalogue of bad inputs, over a real socket; the next request always works."""

from __future__ import annotations

import gzip
import resource
from collections.abc import Iterator

import pytest
import uvloop

from api.openapi.calls import CALLS, Call
from api.server import create, process_of
from api.settings import Settings
from tests.api.serving import Site, raw, until_closed

POST = b"POST /v1/statements HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"


@pytest.fixture(autouse=True)
def _nothing_changes(served: Site, hospital: str, request: pytest.FixtureRequest) -> Iterator[None]:
    """No entry, no state; and the next valid submission is served."""
    size = served.ledger.size
    yield
    assert served.ledger.size == size
    visit = f"990000T{abs(hash(request.node.name)) % 10**9}"
    assert served.post("/v1/statements", served.opening(hospital, visit=visit), hospital).status_code == 201


@pytest.mark.parametrize(
    ("row", "data", "status", "code"),
    [
        ("T01", b"GET /healthz HTTP/1.1\r\n\r\n", 400, "HTTP_BAD_REQUEST"),
        ("T01b", b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "HTTP_BAD_REQUEST"),
        (
            "T02",
            POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
            "HTTP_BAD_REQUEST",
        ),
        ("T03", POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400, "HTTP_BAD_REQUEST"),
        ("T04", POST + b"Content-Length: -1\r\n\r\n", 400, "HTTP_BAD_REQUEST"),
        ("T04b", POST + b"Content-Length: +7\r\n\r\nabcdefg", 400, "HTTP_BAD_REQUEST"),
        ("T05", POST + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\na", 400, "HTTP_BAD_REQUEST"),
        ("T06", b"GET /healthz HTTP/1.1\nHost: a\n\n", 400, "HTTP_BAD_REQUEST"),
        ("T07", b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", 431, "HEADERS_TOO_LARGE"),
        (
            "T08",
            b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X%d: 1\r\n" % n for n in range(64)) + b"\r\n",
            431,
            "HEADERS_TOO_LARGE",
        ),
        ("T09", POST + b"Content-Length: 300000\r\n\r\n", 413, "BODY_TOO_LARGE"),
    ],
)
def test_broken_transport_is_refused(served: Site, row: str, data: bytes, status: int, code: str) -> None:
    found, body = raw(served.address, data)
    assert (found, body["code"]) == (status, code), row
    assert set(body["zh"]) == {"title", "detail", "fix"}


def test_two_tokens_are_refused(served: Site, hospital: str) -> None:
    """The second one won in silence: whose token a proxy had looked at was anybody's guess."""
    token = b"Authorization: " + served.bearer(hospital)["authorization"].encode() + b"\r\n"
    head = POST + b"Content-Length: 2\r\n" + token
    assert raw(served.address, head + b"\r\n{}")[1]["code"] == "SCHEMA_REQUIRED"
    assert raw(served.address, head + token + b"\r\n{}")[1]["code"] == "HTTP_BAD_REQUEST"


@pytest.mark.parametrize(
    "data",
    [
        b"GET /healthz HTTP/1.1\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        POST + b"Content-Length: -1\r\n\r\n",
        POST + b"Content-Length: +7\r\n\r\nabcdefg",
        POST + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\na",
        b"GET /healthz HTTP/1.1\nHost: a\n\n",
    ],
)
def test_what_stands_behind_a_refused_request_is_never_taken_for_another(served: Site, data: bytes) -> None:
    """T01 to T06: where the broken one ends nobody knows, so the connection ends with the refusal."""
    smuggled = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
    answer = until_closed(served.address, data + smuggled)
    assert answer.count(b"x-request-id: ") == 1 and answer.startswith(b"HTTP/1.1 400 ")
    assert b"connection: close" in answer.partition(b"\r\n\r\n")[0].lower()


CHUNKED = (
    b"POST /v1/checks HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
)


def test_a_trailer_is_no_header(served: Site, hospital: str) -> None:
    """A token behind the body once counted: a proxy that looked at the head saw a request without one."""
    token = b"Authorization: " + served.bearer(hospital)["authorization"].encode() + b"\r\n"
    body = b"\r\n2\r\n{}\r\n0\r\n"
    assert raw(served.address, CHUNKED + body + token + b"\r\n")[1]["code"] == "AUTH_REQUIRED"
    assert raw(served.address, CHUNKED + token + body + b"Host: b\r\n\r\n")[1]["code"] == "SCHEMA_REQUIRED"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400),  # folded
        (b"GET /healthz HTTP/1.1\r\nHost: a\r\nX : a\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n", 400),
        (CHUNKED.replace(b"chunked", b"xchunked") + b"\r\n2\r\n{}\r\n0\r\n\r\n", 400),
        (CHUNKED + b"\r\n2\n{}\n0\n\n", 400),
        (b"GET /healthz\r\n\r\n", 400),
        (b"\x16\x03\x01\x00\xa5\x01", 400),  # the beginning of TLS
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET /" + b"a" * 60_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 404),
        (b"GET http://elsewhere/healthz HTTP/1.1\r\nHost: a\r\n\r\n", 200),
    ],
)
def test_what_a_proxy_could_read_in_another_way(served: Site, data: bytes, status: int) -> None:
    """PROXY.md tells of these; a change of the parser must not change them unseen."""
    assert raw(served.address, data)[0] == status


def test_the_server_runs_on_the_loop_that_its_figures_were_measured_on(served: Site) -> None:
    process = process_of(create(served.ledger, Settings("https://ledger.example")))
    loop = process.config.get_loop_factory()()  # type: ignore[misc]
    loop.close()
    assert isinstance(loop, uvloop.Loop)


def test_exactly_64_headers_are_read(served: Site) -> None:
    many = b"".join(b"X%d: 1\r\n" % n for n in range(63))
    status, _ = raw(served.address, b"GET /healthz HTTP/1.1\r\nHost: a\r\n" + many + b"\r\n")
    assert status == 200


def test_t10_a_chunked_body_is_refused_in_mid_stream(served: Site, hospital: str) -> None:
    headers = {"content-type": "application/json", **served.bearer(hospital)}
    answer = served.http.post("/v1/statements", content=iter([b" " * 65_536] * 5), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


def test_a_declared_body_that_is_too_large_is_answered_although_it_is_sent(
    served: Site, hospital: str
) -> None:
    answer = served.post("/v1/statements", b" " * 300_000, hospital)
    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize(
    ("row", "header", "value", "code"),
    [
        ("T11", "content-encoding", "gzip", "ENCODING_UNSUPPORTED"),
        ("T11b", "content-encoding", "br", "ENCODING_UNSUPPORTED"),
        ("T13", "content-type", "text/plain", "MEDIA_TYPE_UNSUPPORTED"),
        ("T14", "content-type", "application/json; charset=gbk", "MEDIA_TYPE_UNSUPPORTED"),
        ("T14b", "content-type", "application/x-ndjson", "MEDIA_TYPE_UNSUPPORTED"),
        ("T14c", "content-type", "", "MEDIA_TYPE_UNSUPPORTED"),
    ],
)
def test_other_encodings_and_types_are_refused(
    served: Site, hospital: str, row: str, header: str, value: str, code: str
) -> None:
    answer = served.post("/v1/statements", gzip.compress(b"{}"), hospital, **{header: value})
    assert (answer.status_code, answer.json()["code"]) == (415, code), row


def test_t12_a_compressed_bomb_is_never_opened(served: Site, hospital: str) -> None:
    """200 MB in 200 KB: the process, which is this one, does not grow by a tenth of it."""
    bomb = gzip.compress(b" " * 200_000_000, 9)
    assert len(bomb) < 256 * 1024
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = served.post("/v1/statements", bomb, hospital, **{"content-encoding": "gzip"})
    assert (answer.status_code, answer.json()["code"]) == (415, "ENCODING_UNSUPPORTED")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 20 * 1024


@pytest.mark.parametrize("value", ["application/json; charset=UTF-8", 'Application/JSON;charset="utf-8"'])
def test_utf8_may_be_named(served: Site, hospital: str, value: str) -> None:
    answer = served.post("/v1/statements", b"{}", hospital, **{"content-type": value})
    assert answer.json()["code"] == "SCHEMA_REQUIRED"


@pytest.mark.parametrize(
    ("row", "body", "code"),
    [
        ("J01", b"", "JSON_EMPTY"),
        ("J02", b'{"payload":', "JSON_SYNTAX"),
        ("J03", b'{"payload":""}x', "JSON_TRAILING_DATA"),
        ("J04", b'{"qty":1,"qty":2}', "JSON_DUPLICATE_KEY"),
        ("J05", b'{"a":1,"\\u0061":2}', "JSON_DUPLICATE_KEY"),
        ("J06", b"[" * 33 + b"]" * 33, "JSON_TOO_DEEP"),
        ("J07", b"[" * 100_000, "JSON_TOO_DEEP"),
        ("J08", b'{"a":NaN}', "JSON_NUMBER_INVALID"),
        ("J08b", b'{"a":-Infinity}', "JSON_NUMBER_INVALID"),
        ("J08c", b'{"a":Infinity}', "JSON_NUMBER_INVALID"),
        ("J09", b'{"a":1e400}', "JSON_NUMBER_INVALID"),
        ("J10", b'{"a":1.0}', "JSON_FLOAT_FORBIDDEN"),
        ("J10b", b'{"a":-0}', "JSON_FLOAT_FORBIDDEN"),
        ("J10c", b'{"a":1e2}', "JSON_FLOAT_FORBIDDEN"),
        ("J11", b'{"a":9007199254740992}', "JSON_NUMBER_RANGE"),
        ("J12", b'{"a":' + b"9" * 5000 + b"}", "JSON_NUMBER_RANGE"),
        ("J13", b"\xef\xbb\xbf{}", "JSON_ENCODING"),
        ("J14", '{"a":1}'.encode("utf-16"), "JSON_ENCODING"),
        ("J15", b'{"a":"\xc0\xaf"}', "JSON_ENCODING"),
    ],
)
def test_json_that_can_be_read_in_two_ways_is_refused(
    served: Site, hospital: str, row: str, body: bytes, code: str
) -> None:
    answer = served.post("/v1/statements", body, hospital)
    assert (answer.status_code, answer.json()["code"]) == (400, code), row


def test_a_request_id_is_echoed_and_a_bad_one_is_replaced(served: Site) -> None:
    good = served.http.get("/nowhere", headers={"x-request-id": "desk-7.42"})
    assert good.headers["x-request-id"] == good.json()["request_id"] == "desk-7.42"
    bad = served.http.get("/nowhere", headers={"x-request-id": "a b\x01c"[:3]})
    assert bad.headers["x-request-id"] not in ("", "a b")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/statements", "POST"),
        ("DELETE", "/v1/statements:batch", "POST"),
        ("DELETE", f"/v1/prescriptions/{'a' * 64}", "GET"),
        ("PUT", "/log/tile/0/000.p/1", "GET"),
        ("PATCH", "/log/checkpoint", "GET"),
    ],
)
def test_nobody_changes_or_deletes(served: Site, method: str, path: str, allowed: str) -> None:
    """Row A04: whoever asks, nothing that was written is edited or removed."""
    answer = served.http.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert allowed in answer.headers["allow"]


OWN = [call for call in CALLS if call.path.startswith("/v1/")]


@pytest.mark.parametrize("call", OWN, ids=[call.path for call in OWN])
def test_a_misspelt_query_parameter_is_not_answered_as_if_it_were_not_there(served: Site, call: Call) -> None:
    """?acess=… showed a masked prescription, and nothing said that the statement had not been looked at."""
    path = call.path
    for name, values in call.parameters.items():
        path = path.replace(f"{{{name}}}", values[0])
    answer = served.http.request(call.method, f"{path}?acess=1")
    told = answer.json()
    assert (answer.status_code, told["code"]) == (400, "QUERY_INVALID")
    known = {"one_of": ", ".join(call.query)} if call.query else {}
    assert told["facts"] == {"parameter": "acess", **known}
    assert "张三" not in served.http.request(call.method, f"{path}?张三=1").text
    for name in call.query:
        twice = served.http.request(call.method, f"{path}?{name}=1&{name}=2")
        assert (twice.status_code, twice.json()["code"]) == (400, "QUERY_DUPLICATE_PARAM")
