"""A client that sends slowly, or nothing, does not hold a connection."""

from __future__ import annotations

import asyncio
import io
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from api.client.http import Client
from api.limits import read_body
from api.problems import Problem
from api.server import create
from api.settings import Settings
from tests.api.serving import Site, serving


@pytest.fixture
def impatient(served: Site) -> Iterator[str]:
    """The same ledger behind a server with short time limits."""
    settings = Settings(
        "https://ledger.example", sandbox=True, header_timeout_s=0.3, body_timeout_s=0.3, idle_timeout_s=1
    )
    with serving(create(served.ledger, settings, clock=served.clock)) as address:
        yield address


def answered(address: str, *parts: bytes) -> bytes:
    """Send parts with pauses; return everything until the server closes."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        for part in parts:
            connection.sendall(part)
            time.sleep(0.05)
        found = b""
        while chunk := connection.recv(65536):
            found += chunk
        return found


def test_a_head_that_does_not_end_is_answered_with_408(impatient: str) -> None:
    found = answered(impatient, b"GET /healthz HTTP/1.1\r\n", b"Host: a\r\n")
    assert found.startswith(b"HTTP/1.1 408") and b"REQUEST_TIMEOUT" in found


def test_a_connection_without_a_request_is_closed(impatient: str) -> None:
    assert answered(impatient) == b""


def test_an_idle_connection_is_closed_after_its_answer(impatient: str) -> None:
    assert answered(impatient, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("first", [b"GET", b"POST"])
def test_a_stray_line_or_late_body_behind_an_answer_does_not_keep_the_connection(
    impatient: str, first: bytes
) -> None:
    """Whatever came stopped the wait for a next request, and nothing began it again."""
    late = {b"GET": b"\r\n", b"POST": b"{}"}[first]
    path = {b"GET": b"/healthz", b"POST": b"/v1/statements"}[first]
    head = first + b" " + path + b" HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    length = b"" if first == b"GET" else b"Content-Length: 2\r\n"
    found = answered(impatient, head + length + b"\r\n", late)
    assert found.startswith(b"HTTP/1.1 200" if first == b"GET" else b"HTTP/1.1 401")


def test_a_body_that_does_not_come_is_answered_with_408(impatient: str, served: Site, hospital: str) -> None:
    client: Client = served.ring.client(impatient, hospital)
    head = (
        "POST /v1/statements HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {client._bearer()}\r\nContent-Length: 100\r\n\r\n{{"
    )
    found = answered(impatient, head.encode())
    assert found.startswith(b"HTTP/1.1 408") and b"REQUEST_TIMEOUT" in found


def _too_much(address: str, served: Site, hospital: str, seconds: float) -> tuple[bytes, float]:
    """Announce 9 MiB, send it for so long and read only then; return what came, and after how long."""
    client: Client = served.ring.client(address, hospital)
    head = (
        "POST /v1/statements:batch HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\n"
        f"Authorization: Bearer {client._bearer()}\r\nContent-Length: {9 * 1024 * 1024}\r\n\r\n"
    )
    host, port = address.removeprefix("http://").split(":")
    pieces = 18
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        begun = time.monotonic()
        connection.sendall(head.encode())
        for _ in range(pieces):
            time.sleep(seconds / pieces)
            connection.sendall(b" " * (512 * 1024))
        return connection.recv(65536), time.monotonic() - begun


def test_who_sends_too_much_over_a_slow_line_and_reads_only_then_sees_why(
    served: Site, hospital: str
) -> None:
    """After five seconds the connection was reset: a batch that was too large looked like a broken line."""
    found, took = _too_much(served.address, served, hospital, 5.5)
    assert took > 5
    assert found.startswith(b"HTTP/1.1 413") and b"BODY_TOO_LARGE" in found


def test_what_is_dropped_has_no_more_time_than_a_body(impatient: str, served: Site, hospital: str) -> None:
    with pytest.raises(ConnectionError):
        _too_much(impatient, served, hospital, 2)


def test_a_body_in_pieces_has_no_more_time_than_one_in_one_piece() -> None:
    """The first piece had all the time, and those behind it as much again."""
    more = iter((True, False))

    async def slowly() -> dict[str, Any]:
        await asyncio.sleep(0.08)
        return {"type": "http.request", "body": b" ", "more_body": next(more)}

    with pytest.raises(Problem) as raised:
        asyncio.run(read_body(slowly, 100, timeout_s=0.1))
    assert raised.value.code == "REQUEST_TIMEOUT"


def test_a_trailer_that_does_not_end_is_answered_with_408(
    impatient: str, served: Site, hospital: str
) -> None:
    client: Client = served.ring.client(impatient, hospital)
    head = (
        "POST /v1/statements HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {client._bearer()}\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    found = answered(impatient, head.encode(), b"2\r\n{}\r\n0\r\n", b"X: ")
    assert found.startswith(b"HTTP/1.1 408") and b"REQUEST_TIMEOUT" in found


def test_requests_in_one_packet_are_answered_in_turn(impatient: str) -> None:
    one = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    last = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    assert answered(impatient, one * 20 + last).count(b"HTTP/1.1 200") == 21


def test_a_client_that_leaves_amid_its_requests_is_no_exception(impatient: str, log: io.StringIO) -> None:
    """Anybody could fill the log with traces: the last of the requests was taken for the one under way."""
    host, port = impatient.removeprefix("http://").split(":")
    for turn in range(20):
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n" * 40)
            time.sleep(0.01 * (turn % 3))
    time.sleep(0.3)
    assert "Exception" not in log.getvalue()
