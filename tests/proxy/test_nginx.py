"""What PROXY.md says of nginx is what nginx does with the example of that page."""

from __future__ import annotations

import json

import pytest

from tests.proxy.conftest import Proxy

GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
POST = b"POST /v1/checks HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n"
BODY = b"\r\n2\r\n{}\r\n0\r\n"


def told(answer: bytes) -> tuple[int, str]:
    """Status and code of an answer; the code is empty where nginx answered by itself."""
    head, _, body = answer.partition(b"\r\n\r\n")
    is_problem = b"application/problem+json" in head
    return int(answer[9:12]), json.loads(body)["code"] if is_problem else ""


@pytest.mark.parametrize(
    ("row", "data", "status"),
    [
        ("T01", b"GET /healthz HTTP/1.1\r\n\r\n", 400),
        ("T01b", GET + b"Host: b\r\n\r\n", 400),
        ("T02", CHUNKED + b"Content-Length: 3\r\n\r\n0\r\n\r\n", 400),
        ("T03", POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
        ("T04", POST + b"Content-Length: -1\r\n\r\n", 400),
        ("T04b", POST + b"Content-Length: +7\r\n\r\nabcdefg", 400),
        ("T05", CHUNKED + b"\r\nFFFFFFFFFFFFFFFF\r\na", 400),
        ("T07", GET + b"X: " + b"a" * 100_000 + b"\r\n\r\n", 400),
        ("folded", GET + b"X: a\r\n b\r\n\r\n", 400),
        ("NUL", GET + b"X: a\x00b\r\n\r\n", 400),
        ("bare CR", GET + b"X: a\rb\r\n\r\n", 400),
        ("request line", b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        ("coding", POST + b"Transfer-Encoding: xchunked\r\n" + BODY + b"\r\n", 501),
        ("9 MiB", POST + b"Content-Length: 9437184\r\n\r\n", 413),
    ],
)
def test_it_refuses_itself_and_without_a_code(proxy: Proxy, row: str, data: bytes, status: int) -> None:
    assert told(proxy.ask(data)) == (status, ""), row


@pytest.mark.parametrize("path", ["metrics", "readyz", "sandbox/clock", "%73andbox/clock", "/sandbox/clock"])
def test_what_belongs_inside_stays_there(proxy: Proxy, path: str) -> None:
    clock = proxy.site.clock.now_ms()
    request = f"PUT /{path} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{{}}"
    assert told(proxy.ask(request.encode())) == (404, "")
    assert proxy.site.clock.now_ms() == clock


@pytest.mark.parametrize(
    ("row", "head", "body", "expected"),
    [
        ("T08", b"".join(b"X%d: 1\r\n" % n for n in range(64)), b"{}", (431, "HEADERS_TOO_LARGE")),
        ("T09", b"", b" " * 300_000, (413, "BODY_TOO_LARGE")),
        ("T11", b"Content-Encoding: gzip\r\n", b"{}", (415, "ENCODING_UNSUPPORTED")),
        ("J01", b"", b"", (400, "JSON_EMPTY")),
        ("J02", b"", b"{", (400, "JSON_SYNTAX")),
    ],
)
def test_the_rest_is_answered_by_the_server_with_its_codes(
    proxy: Proxy, row: str, head: bytes, body: bytes, expected: tuple[int, str]
) -> None:
    length = b"Content-Length: %d\r\n\r\n" % len(body)
    assert told(proxy.ask(POST + _token(proxy) + head + length + body)) == expected, row


@pytest.mark.parametrize("media", ["text/plain", "application/json; charset=gbk"])
def test_media_types_are_the_servers_matter(proxy: Proxy, media: str) -> None:
    post = POST.replace(b"application/json", media.encode()) + _token(proxy)
    assert told(proxy.ask(post + b"Content-Length: 2\r\n\r\n{}")) == (415, "MEDIA_TYPE_UNSUPPORTED")


def test_line_ends_are_made_anew(proxy: Proxy) -> None:
    assert told(proxy.ask(b"GET /healthz HTTP/1.1\nHost: a\n\n")) == (200, "")
    answer = proxy.ask(CHUNKED + _token(proxy) + b"\r\n2\n{}\n0\n\n")
    assert told(answer) == (422, "SCHEMA_REQUIRED")


def test_a_chunked_body_arrives_whole_and_its_trailers_do_not(proxy: Proxy) -> None:
    token = _token(proxy)
    assert told(proxy.ask(CHUNKED + token + BODY + b"\r\n")) == (422, "SCHEMA_REQUIRED")
    assert told(proxy.ask(CHUNKED + BODY + token + b"\r\n")) == (401, "AUTH_REQUIRED")


@pytest.mark.parametrize("data", [GET, POST + b"Content-Length: 100\r\n\r\n{"])
def test_a_slow_client_gets_no_answer(proxy: Proxy, data: bytes) -> None:
    assert proxy.ask(data) == b""


def _token(proxy: Proxy) -> bytes:
    hospital = proxy.site.of_role("hospital")
    return f"Authorization: {proxy.site.bearer(hospital)['authorization']}\r\n".encode()
