"""One POST to a witness: bounded in time and size, never redirected. Standard library only."""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

BODY_BYTES_MAX = 65_536
_CHUNK_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Reply:
    """A witness's answer; `content_type` is without parameters. Status 0: no answer, `body` says why."""

    status: int
    body: bytes
    content_type: str = ""


def post(url: str, body: bytes, timeout_s: float) -> Reply:
    """Return the answer to `body` sent to `url`. Never raises for what the network does."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        connection = kind(parts.hostname or "", parts.port, timeout=timeout_s)
    except (ValueError, http.client.HTTPException) as error:
        return Reply(0, str(error).encode())
    try:
        connection.request("POST", parts.path, body, {"Content-Type": "text/plain; charset=utf-8"})
        return _read(connection.getresponse(), time.monotonic() + timeout_s)
    except (OSError, http.client.HTTPException) as error:
        return Reply(0, f"{type(error).__name__}: {error}".encode())
    finally:
        connection.close()


def _read(response: http.client.HTTPResponse, deadline: float) -> Reply:
    received = b""
    while chunk := response.read1(_CHUNK_BYTES):
        received += chunk
        if len(received) > BODY_BYTES_MAX:
            return Reply(0, b"the answer is too long")
        if time.monotonic() > deadline:
            return Reply(0, b"the answer took too long")
    content_type = response.headers.get_content_type()
    return Reply(response.status, received, content_type)
