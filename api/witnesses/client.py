"""One POST to a witness: bounded in time and size, never redirected. Standard library only."""

from __future__ import annotations

import http.client
import io
import queue
import socket
import threading
import time
from dataclasses import dataclass
from typing import Any
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
    """Return the answer to `body` sent to `url`, or after `timeout_s` that there is none yet.

    Never raises for what the network does.
    """
    replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
    deadline = time.monotonic() + timeout_s
    # A thread, for neither looking up a name nor trying its addresses one by one can be given an end.
    asking = threading.Thread(target=lambda: replies.put(_posted(url, body, deadline)), daemon=True)
    asking.start()
    try:
        return replies.get(timeout=timeout_s)
    except queue.Empty:
        return Reply(0, b"the answer took too long")


def _posted(url: str, body: bytes, deadline: float) -> Reply:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        connection = kind(parts.hostname or "", parts.port, timeout=_remaining_s(deadline))
    except (ValueError, OSError, http.client.HTTPException) as error:
        return Reply(0, str(error).encode())
    try:
        connection.request("POST", parts.path, body, {"Content-Type": "text/plain; charset=utf-8"})
        return _read(connection.sock, deadline)
    except TimeoutError:
        return Reply(0, b"the answer took too long")
    except (OSError, http.client.HTTPException) as error:
        return Reply(0, f"{type(error).__name__}: {error}".encode())
    finally:
        connection.close()


def _read(connected: socket.socket, deadline: float) -> Reply:
    response = http.client.HTTPResponse(connected, method="POST")
    response.fp.close()
    response.fp = io.BufferedReader(_Received(connected, deadline))
    response.begin()
    received = b""
    while chunk := response.read1(_CHUNK_BYTES):
        received += chunk
        if len(received) > BODY_BYTES_MAX:
            return Reply(0, b"the answer is too long")
    content_type = response.headers.get_content_type()
    return Reply(response.status, received, content_type)


class _Received(io.RawIOBase):
    """What a socket receives until a deadline: a time-out for each read alone is never met by a trickle."""

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        self._connected = connected
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connected.settimeout(_remaining_s(self._deadline))
        return self._connected.recv_into(buffer)


def _remaining_s(deadline: float) -> float:
    """Return how long it is until the deadline. Raises TimeoutError once it has passed."""
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise TimeoutError
    return remaining
