"""Limits of the transport: the head of a request, its body, and how often unknown ids are asked for.

Security reference 5.2. The parser below us (`api.http_protocol`) refuses broken framing first.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from api.problems import Problem
from api.settings import Settings

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

JSON = b"application/json"
NDJSON = b"application/x-ndjson"
FORM = b"application/x-www-form-urlencoded"

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,64}")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_PARAMETER = re.compile(r"[A-Za-z_]{1,32}")
_BEARER = re.compile(rb"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/-]{1,256}=*)")


@dataclass(slots=True)
class Head:
    """The headers that we read, and whose token it turned out to be (for the operator's log)."""

    request_id: str
    organisation: str = ""
    host: str = ""
    token: str = ""
    content_type: bytes = b""
    content_encoding: bytes = b""
    content_length: int | None = None
    accept: bytes = b""
    fault: Problem | None = None


def read_head(scope: Scope, settings: Settings) -> Head:
    """Return the head of a request; `fault` is set where it breaks a limit of the transport."""
    head = Head("")
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    size, hosts, lengths, tokens = 0, 0, 0, 0
    for name, value in headers:
        size += len(name) + len(value) + 4
        if name == b"host":
            hosts += 1
            head.host = value.decode("latin-1")
        elif name == b"content-length":
            lengths += 1
            head.content_length = int(value) if _LENGTH.fullmatch(value) else -1
        elif name == b"authorization":
            tokens += 1
            match = _BEARER.fullmatch(value)
            head.token = match[1].decode("ascii") if match else ""
        elif name == b"content-type":
            head.content_type = value
        elif name == b"content-encoding":
            head.content_encoding = value
        elif name == b"accept":
            head.accept = value
        elif name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            head.request_id = value.decode("ascii")
    head.request_id = head.request_id or _fresh_id()
    if size > settings.header_bytes_max or len(headers) > settings.header_fields_max:
        head.fault = Problem("HEADERS_TOO_LARGE")
    elif hosts != 1 or lengths > 1 or tokens > 1 or head.content_length == -1:
        head.fault = Problem("HTTP_BAD_REQUEST")
    return head


def _fresh_id() -> str:
    # It is quoted to an operator and protects nothing. Asking the kernel for randomness gives the interpreter
    # lock away with each request, and under load the event loop waits a quarter of a millisecond for it.
    return f"{random.getrandbits(128):032x}"


def check_body(head: Head, media_types: Iterable[bytes], bytes_max: int) -> None:
    """Return when the announced body may be read.

    Raises Problem: BODY_TOO_LARGE, ENCODING_UNSUPPORTED, MEDIA_TYPE_UNSUPPORTED.
    """
    if head.content_length is not None and head.content_length > bytes_max:
        raise Problem("BODY_TOO_LARGE")
    if head.content_encoding and head.content_encoding.strip().lower() != b"identity":
        raise Problem("ENCODING_UNSUPPORTED")
    if head.content_type in media_types:
        return
    media_type, _, parameters = head.content_type.partition(b";")
    charset = parameters.strip().lower().replace(b'"', b"")
    if media_type.strip().lower() not in media_types or charset not in (b"", b"charset=utf-8"):
        raise Problem("MEDIA_TYPE_UNSUPPORTED")


def check_query(scope: Scope, known: Collection[str]) -> None:
    """Return when the address has no query parameter but `known` ones, each once.

    A misspelt one would be answered as if it had not been there. Raises Problem: QUERY_INVALID with the
    parameter, where its name is no text that could be personal, and QUERY_DUPLICATE_PARAM.
    """
    given = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    for name, _ in given:
        if name not in known:
            told = {"parameter": name if _PARAMETER.fullmatch(name) else "", "one_of": ", ".join(known)}
            raise Problem("QUERY_INVALID", facts={key: value for key, value in told.items() if value})
    if len(dict(given)) < len(given):
        raise Problem("QUERY_DUPLICATE_PARAM")


async def read_body(receive: Receive, bytes_max: int, timeout_s: float) -> bytes:
    """Return the body, counted while it comes, all of it within the time.

    Raises Problem: BODY_TOO_LARGE, REQUEST_TIMEOUT, HTTP_BAD_REQUEST (the client left).
    """
    parts, size, more = [], 0, True
    try:
        async with asyncio.timeout(timeout_s):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Problem("HTTP_BAD_REQUEST")
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > bytes_max:
                    raise Problem("BODY_TOO_LARGE")
                more = bool(message.get("more_body", False))
    except TimeoutError:
        raise Problem("REQUEST_TIMEOUT") from None
    return b"".join(parts)


@dataclass(slots=True)
class UnknownReads:
    """Counts, per organisation and minute, the reads that found nothing; used from one thread."""

    per_minute_max: int
    clock: Callable[[], float] = time.monotonic
    _minute: int = -1
    _counts: dict[str, int] = field(default_factory=dict)

    def check(self, organisation: str) -> None:
        """Return when the organisation may read. Raises Problem RATE_LIMITED."""
        now = self.clock()
        if int(now // 60) != self._minute:
            self._minute = int(now // 60)
            self._counts.clear()
        if self._counts.get(organisation, 0) >= self.per_minute_max:
            raise Problem("RATE_LIMITED", retry_after_s=60 - int(now % 60))

    def count(self, organisation: str) -> None:
        """Count one read that found nothing."""
        self._counts[organisation] = self._counts.get(organisation, 0) + 1
