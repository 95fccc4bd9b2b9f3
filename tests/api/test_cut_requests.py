"""How TCP cuts a request, and what is sent behind it, changes nothing about its answer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

import pytest
import uvicorn
from uvicorn.server import ServerState

from api.http_protocol import LimitedProtocol, protocol_of
from api.limits import Receive, Scope, Send
from api.settings import Settings

CHUNKED = b"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nX-Request-Id: deadbeefcafe\r\n\r\n"
IN_CHUNKS = CHUNKED + b"5\r\nhello\r\n0;a=b\r\nDEADBEEF0: x\r\n\r\n"
_STATUS = re.compile(rb"HTTP/1\.1 ([0-9]{3}) ")
ABSURD = CHUNKED + b"2\r\nno\r\n0FFFFFFFFF;a=b\r\n"


class _Connection(asyncio.Transport):
    """A connection to a client that reads all; it keeps what it was told to write."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False
        self.protocol: LimitedProtocol | None = None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        """Nothing is lost: the test sends what it wants to."""

    def resume_reading(self) -> None:
        """More would come in while requests wait: with each answer, until there is no room."""
        if self.protocol is not None and self.protocol.pipeline:
            self.written += b"READ ON"


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 201 with the whole body; /slow takes its time, /early does not wait for the body."""
    body, more = b"", scope["path"] != "/early"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message["body"]
        more = message["more_body"]
    if scope["path"] == "/slow":
        await asyncio.sleep(0.05)
    length = b"%d" % len(body)
    await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": body})


def answered(*segments: bytes, answers: int = 1, header_timeout_s: float = 10.0) -> bytes:
    """Return what is written when these segments come, once the connection is closed or so many answered."""
    settings = Settings("http://ledger.example", header_timeout_s=header_timeout_s)
    return asyncio.run(_answered(settings, segments, answers))


async def _answered(settings: Settings, segments: Sequence[bytes], answers: int) -> bytes:
    config = uvicorn.Config(_echo, lifespan="off", log_level="critical")
    config.load()
    protocol: LimitedProtocol = protocol_of(settings)(config, ServerState(), {})
    connection = _Connection()
    connection.protocol = protocol
    protocol.connection_made(connection)
    for segment in segments:
        await asyncio.sleep(0)
        if not connection.closed:
            protocol.data_received(segment)
    async with asyncio.timeout(5):
        while not connection.closed and len(_STATUS.findall(connection.written)) < answers:
            await asyncio.sleep(0)
    protocol.connection_lost(None)
    return connection.written


@pytest.mark.parametrize("place", range(1, len(IN_CHUNKS)))
def test_a_request_in_chunks_is_served_however_it_is_cut(place: int) -> None:
    """Where a head ended in a later segment, its rest was taken for the announcement of an absurd chunk."""
    answer = answered(IN_CHUNKS[:place], IN_CHUNKS[place:])
    assert answer.startswith(b"HTTP/1.1 201 ") and answer.endswith(b"hello"), answer


@pytest.mark.parametrize("place", range(1, len(ABSURD)))
def test_t05_holds_however_the_request_is_cut(place: int) -> None:
    """It was waited for when the head ended in a later segment, and when it was not the first chunk."""
    answer = answered(ABSURD[:place], ABSURD[place:])
    assert answer.startswith(b"HTTP/1.1 400 "), answer


def test_t05_holds_byte_by_byte() -> None:
    assert answered(*[ABSURD[place : place + 1] for place in range(len(ABSURD))]).startswith(b"HTTP/1.1 400 ")


SLOW = b"POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nslow"
NEXT = b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nnext"


@pytest.mark.parametrize("broken", [b"BROKEN\r\n\r\n", b"GET /a HTTP/1.1\r\nX : a\r\n\r\n", ABSURD])
@pytest.mark.parametrize("before", [(SLOW,), (SLOW, NEXT), (SLOW, NEXT, NEXT), (NEXT, SLOW)])
def test_a_broken_request_never_takes_the_answer_of_the_one_before_it(
    before: tuple[bytes, ...], broken: bytes
) -> None:
    """The first one's 201 was lost, and its sender read that it had not been taken."""
    for segments in ((*before, broken), (b"".join(before) + broken,), (*before, broken, NEXT)):
        answer = answered(*segments, answers=len(before) + 2)
        statuses = _STATUS.findall(answer)
        assert statuses == [b"201"] * len(before) + [b"400"], answer


def test_a_head_that_does_not_end_never_takes_the_answer_of_the_request_before_it() -> None:
    answer = answered(SLOW, NEXT[:9], answers=3, header_timeout_s=0.01)
    assert _STATUS.findall(answer) == [b"201", b"408"]


def test_a_request_that_was_answered_already_is_not_answered_again() -> None:
    early = b"POST /early HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"
    answer = answered(early, b"", b"0FFFFFFFFF\r\n", answers=2)
    assert _STATUS.findall(answer) == [b"201"]


UNUSABLE = b"GET http://a:99999/ HTTP/1.1\r\nHost: a\r\n\r\n"


def test_an_address_that_cannot_be_read_never_takes_the_answer_of_the_request_before_it() -> None:
    """Its 400 came in the place of a 201 that was on its way, and on an idle connection nothing came."""
    assert _STATUS.findall(answered(SLOW + UNUSABLE, answers=2)) == [b"201", b"400"]
    assert _STATUS.findall(answered(NEXT, b"", b"", b"", UNUSABLE, answers=2)) == [b"201", b"400"]


def test_so_many_requests_without_waiting_for_an_answer_are_refused() -> None:
    """Each waits as an object: what came in one piece could be thousands."""
    short = b"GET /early HTTP/1.1\r\nHost: a\r\n\r\n"
    assert _STATUS.findall(answered(SLOW + short * 64, answers=65)) == [b"201"] * 65
    refused = _STATUS.findall(answered(SLOW + short * 65, answers=66))
    assert refused == [b"201"] * 65 + [b"400"]


def test_a_trailer_that_never_ends_is_refused_and_a_long_body_is_not() -> None:
    """It was kept whole, and copied anew with each piece."""
    pieces = [b"a" * 100_000] * 3
    refused = answered(CHUNKED + b"0\r\nX: ", *pieces)
    assert refused.startswith(b"HTTP/1.1 431 "), refused
    chunk = b"186a0\r\n" + pieces[0] + b"\r\n"
    assert answered(CHUNKED, chunk, chunk, chunk, b"0\r\nX: a\r\n\r\n").startswith(b"HTTP/1.1 201 ")


def test_nothing_more_is_read_while_requests_wait_for_their_turn() -> None:
    """16 MB of short requests without a pause took a gigabyte; the answers alone were waited for."""
    answer = answered(SLOW + NEXT + SLOW + NEXT, answers=4)
    assert _STATUS.findall(answer) == [b"201"] * 4 and b"READ ON" not in answer
