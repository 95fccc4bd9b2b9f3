"""HTTP around the protocol: standard library only, small limits, one thread per connection.

It is meant for a few logs that call it a few times a minute. In public it stands behind a reverse proxy that
ends TLS and cuts off clients that send slowly; here a connection may be silent for `SILENCE_S_MAX` and no
longer.
"""

from __future__ import annotations

import logging
import socket
import sqlite3
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore, Thread
from typing import Any

from network.witness.key import KeyFault
from network.witness.protocol import Answer, Witness
from network.witness.store import StoreFault

BODY_BYTES_MAX = 128 * 1024  # 63 proof lines and a note of 64 KiB, rounded up
SILENCE_S_MAX = 10.0
CONNECTIONS_MAX = 64

_log = logging.getLogger("rx.witness")
_INTERNAL = Answer(500, b"internal fault, nothing was cosigned\n")
_BUSY = Answer(503, b"busy, try again\n")


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness. `fault` is set when it stopped because store or key can no longer be trusted."""

    # An idle connection must not delay the end. A request that is writing is safe: the store closes after it,
    # and what is cut off before its answer was not cosigned for anybody.
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], witness: Witness, prefix: str = "") -> None:
        """Listen on the address; port 0 takes a free one. Raises OSError."""
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Handler)
        self.witness = witness
        self.prefix = prefix.rstrip("/")
        self.fault: str | None = None
        self._places = BoundedSemaphore(CONNECTIONS_MAX)

    @property
    def url(self) -> str:
        """The submission prefix, which is the monitoring prefix too."""
        host, port = self.server_address[:2]
        name = f"[{host!s}]" if self.address_family == socket.AF_INET6 else str(host)
        return f"http://{name}:{port}{self.prefix}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give the connection a thread, or close it at once when too many are open."""
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve the connection to its end and give its place back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Note a broken connection; it concerns nobody else."""
        _log.info("connection ended early")

    def stop_on_fault(self) -> None:
        """Stop serving if there was a fault: nobody knows what the disk holds; starting again reads it."""
        if self.fault is not None:
            Thread(target=self.shutdown).start()


class _Handler(BaseHTTPRequestHandler):
    server: WitnessServer
    protocol_version = "HTTP/1.1"
    server_version = "rx-witness"
    sys_version = ""
    timeout = SILENCE_S_MAX
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        if self.path != f"{self.server.prefix}/add-checkpoint":
            self.close_connection = True  # its body was not read
            self._send(Answer(404, b"not found\n"))
            return
        body = self._body()
        if body is not None:
            self._send(self._answer(body))

    def do_GET(self) -> None:
        head, _, last = self.path.removeprefix(f"{self.server.prefix}/").partition("/")
        if not self.path.startswith(f"{self.server.prefix}/") or last != "checkpoint":
            self._send(Answer(404, b"not found\n"))
            return
        try:
            self._send(self.server.witness.checkpoint(head))
        except (sqlite3.Error, StoreFault) as error:
            self._send(self._fault(error))

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        refusal = None
        if "Transfer-Encoding" in self.headers or not length.isascii() or not length.isdigit():
            refusal = Answer(411, b"a Content-Length is required\n")
        elif len(length) > 9 or int(length) > BODY_BYTES_MAX:
            refusal = Answer(413, b"request too large\n")
        if refusal is not None:
            self.close_connection = True
            self._send(refusal)
            return None
        body = self.rfile.read(int(length))
        if len(body) != int(length):
            self.close_connection = True
            return None
        return body

    def _answer(self, body: bytes) -> Answer:
        if self.server.fault is not None:
            return _INTERNAL
        try:
            answer = self.server.witness.add_checkpoint(body)
        except (sqlite3.Error, StoreFault, KeyFault) as error:
            return self._fault(error)
        except Exception:
            _log.exception("a request was not understood by the witness itself")
            return _INTERNAL
        _log.info("add-checkpoint answered %d", answer.status)
        return answer

    def _fault(self, error: Exception) -> Answer:
        code = getattr(error, "sqlite_errorcode", None)
        if code is not None and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return _BUSY  # another process holds the file; nothing was written
        _log.error("stopping: %s", error)
        self.server.fault = str(error)
        self.close_connection = True
        return _INTERNAL

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        try:
            self.wfile.write(answer.body)
        finally:
            self.server.stop_on_fault()  # after the answer, because the process may end at once

    def log_message(self, format: str, *args: Any) -> None:
        _log.debug(format, *args)
