"""An ssh-agent that holds one Ed25519 key, for litewitness to sign with (draft-miller-ssh-agent)."""

from __future__ import annotations

import hashlib
import socketserver
import threading
from base64 import b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

REQUEST_IDENTITIES, IDENTITIES_ANSWER = 11, 12
SIGN_REQUEST, SIGN_RESPONSE = 13, 14
FAILURE = 5
ALGORITHM = b"ssh-ed25519"


def _string(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def _split(data: bytes) -> tuple[bytes, bytes]:
    size = int.from_bytes(data[:4], "big")
    return data[4 : 4 + size], data[4 + size :]


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        while header := self.rfile.read(4):
            request = self.rfile.read(int.from_bytes(header, "big"))
            self.wfile.write(_string(self.server.answer(request)))


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path, key: Ed25519PrivateKey) -> None:
        self.key = key
        self.blob = _string(ALGORITHM) + _string(key.public_key().public_bytes_raw())
        super().__init__(str(path), _Handler)

    def answer(self, request: bytes) -> bytes:
        """Return the answer to one request; what is neither of the two known ones fails."""
        if request[0] == REQUEST_IDENTITIES:
            identity = _string(self.blob) + _string(b"witness")
            return bytes([IDENTITIES_ANSWER]) + (1).to_bytes(4, "big") + identity
        blob, rest = _split(request[1:])
        if request[0] != SIGN_REQUEST or blob != self.blob:
            return bytes([FAILURE])
        message, _ = _split(rest)
        return bytes([SIGN_RESPONSE]) + _string(_string(ALGORITHM) + _string(self.key.sign(message)))


class SshAgent:
    """The agent, listening on `path` from construction until `close`."""

    def __init__(self, path: Path, key: Ed25519PrivateKey) -> None:
        self._server = _Server(path, key)
        digest = hashlib.sha256(self._server.blob).digest()
        self.fingerprint = "SHA256:" + b64encode(digest).decode().rstrip("=")
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Return once the agent no longer listens."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
