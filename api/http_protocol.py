"""HTTP/1.1 below the application: what the parser refuses or never finishes reading is answered here.

uvicorn's parser refuses broken framing but answers in plain text, reads a head without end, and
waits for ever for a first request. Security reference 5.2, rows T01 to T08.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from typing import Any

import orjson
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from api.problems import MEDIA_TYPE, Problem
from api.settings import Settings

# The exact limit is judged on whole heads; this one stops a head that never ends.
_HEAD_BYTES_MAX = 256 * 1024
_CHUNK_LINE = re.compile(rb"0*([0-9A-Fa-f]*)(?:;[^\n]*)?\r\n")
_CHUNK_DIGITS_MAX = 8
# So much of what came before is kept, for a line that comes in pieces; a longer one waits for the time-out.
_CHUNK_LINE_BYTES = 64
# So many requests may wait behind one that is not answered yet: each is kept in memory, whole.
_PIPELINED_MAX = 64


class _Flow(FlowControl):
    """Reads no further while requests wait for their turn: each answer would let more of them in."""

    def __init__(self, protocol: LimitedProtocol) -> None:
        super().__init__(protocol.transport)
        self._protocol = protocol

    def resume_reading(self) -> None:
        if not self._protocol.pipeline:
            super().resume_reading()


class LimitedProtocol(HttpToolsProtocol):
    """A connection whose head must come complete, in time and within bounds."""

    settings: Settings

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a first request, but not for ever."""
        super().connection_made(transport)
        self.flow = _Flow(self)
        self._in_head = True
        self._begun_in_chunk = False
        self._chunk_begun = False
        self._chunk_bytes = 0
        self._last_bytes = b""
        self._in_body = False
        self._took_body = False
        self._bodiless_bytes = 0
        self._refusal: Problem | None = None
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._dropping_timer: asyncio.TimerHandle | None = None
        self._under_way: RequestResponseCycle | None = None
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timers and the requests with the connection."""
        self._head_done()
        self._dropping_done()
        self.pipeline.clear()
        if self._under_way is not None:  # uvicorn tells the last request that came, which may only wait
            self._under_way.disconnected = True
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, then look whether a head is still incomplete."""
        if self._refusal is not None:  # where a request begins is no longer known
            return
        self._begun_in_chunk = self._chunk_begun = self._took_body = False
        super().data_received(data)
        if self.transport.is_closing() or self._refusal is not None:
            return
        if self._chunk_begun:
            self._check_chunk(data)
        self._last_bytes = (self._last_bytes + data[-_CHUNK_LINE_BYTES:])[-_CHUNK_LINE_BYTES:]
        if self._in_head:
            self._count_head(data)
        elif self._in_body:
            self._count_bodiless(data)
        elif not self.pipeline and self.cycle.response_complete:
            self._await_next()

    def _count_head(self, data: bytes) -> None:
        self._await_head()
        if not self._begun_in_chunk:  # else the chunk may be mostly an earlier request's body
            self._head_bytes += len(data)
            if self._head_bytes > _HEAD_BYTES_MAX:
                self._refuse(Problem("HEADERS_TOO_LARGE"))

    def _count_bodiless(self, data: bytes) -> None:
        """Refuse a trailer, or whatever else stands in a body and is none of it, that never ends."""
        self._bodiless_bytes = 0 if self._took_body else self._bodiless_bytes + len(data)
        if self._bodiless_bytes > _HEAD_BYTES_MAX:
            self._refuse(Problem("HEADERS_TOO_LARGE"))

    def _await_next(self) -> None:
        """Wait for a next request as after an answer: uvicorn stops to when anything comes."""
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head = self._begun_in_chunk = True
        self._head_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what stands behind the body (a trailer) is dropped, RFC 9110 §6.5.1."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is complete; its body has a time limit of its own."""
        self._head_done()
        if len(self.pipeline) >= _PIPELINED_MAX:
            raise ValueError("too many requests wait for their turn")  # to the parser, which refuses
        super().on_headers_complete()
        # Only now, for it may refuse the address: the answer must not be taken for the request's before.
        self._in_head, self._in_body, self._bodiless_bytes = False, True, 0

    def on_chunk_header(self) -> None:
        """A chunk of the body is announced."""
        self._chunk_begun = True
        self._chunk_bytes = 0

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._chunk_bytes = len(body)
        self._took_body = True
        super().on_body(body)

    def on_chunk_complete(self) -> None:
        """A chunk came whole."""
        self._chunk_begun = False

    def on_message_complete(self) -> None:
        """The body is complete."""
        self._in_body = False
        self._dropping_done()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """An answer is out; what is still coming of its request is dropped, for as long as a body may take.

        Closing sooner would reset the connection: who sends first and reads then would never see why.
        """
        super().on_response_complete()
        if self.cycle.more_body and self.cycle.response_complete and self._dropping_timer is None:
            self._dropping_timer = self.loop.call_later(self.settings.body_timeout_s, self._close)
        if self._refusal is not None:
            self._refuse(self._refusal)

    def send_400_response(self, msg: str) -> None:
        """Answer what the parser refused."""
        self._refuse(Problem("HTTP_BAD_REQUEST"))

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._under_way = cycle
        super()._start_asgi_task(cycle, app)

    def _check_chunk(self, data: bytes) -> None:
        """Refuse a body that announces a chunk beyond all reason, before waiting for it (row T05).

        The chunk is not complete: what came of it ends `data`, and before that its announcement ends.
        """
        before = self._last_bytes + data[: len(data) - self._chunk_bytes]
        line = _CHUNK_LINE.fullmatch(before[before.rfind(b"\n", 0, -1) + 1 :])
        if line and len(line[1]) > _CHUNK_DIGITS_MAX:
            self._refuse(Problem("HTTP_BAD_REQUEST"))

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.settings.header_timeout_s, self._too_slow)

    def _head_done(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _dropping_done(self) -> None:
        if self._dropping_timer is not None:
            self._dropping_timer.cancel()
            self._dropping_timer = None

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()

    def _too_slow(self) -> None:
        self._head_timer = None
        if not self._in_head or self.transport.is_closing():
            return
        if self._head_bytes or self._begun_in_chunk:
            self._refuse(Problem("REQUEST_TIMEOUT"))
        else:
            self._close()

    def _refuse(self, problem: Problem) -> None:
        """Answer the request that cannot be read to its end when its turn has come, and close."""
        read = self.cycle if self._in_body else None  # the refused one's own, where its head was complete
        under_way = self._under_way
        if under_way is not None and under_way is not read and not under_way.response_complete:
            self._refusal = problem  # an answer now would be taken for that of the request before it
            self._head_done()
            self.flow.pause_reading()
            return
        if not self.transport.is_closing() and (read is None or not read.response_started):
            self._write(problem)
        self._close()

    def _write(self, problem: Problem) -> None:
        request_id = uuid.uuid4().hex
        body = orjson.dumps(problem.body(self.settings.catalogue_address(""), request_id))
        headers: dict[str, Any] = {
            "content-type": MEDIA_TYPE,
            "content-length": len(body),
            "x-request-id": request_id,
            **problem.headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.transport.write(STATUS_LINE[problem.status] + lines.encode("ascii") + b"\r\n" + body)


def protocol_of(settings: Settings) -> type[LimitedProtocol]:
    """Return the protocol class for a server with these settings."""
    return type("BoundProtocol", (LimitedProtocol,), {"settings": settings})
