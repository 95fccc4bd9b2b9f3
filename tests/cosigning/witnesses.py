"""A log that grows, and witnesses that tell the truth or lie, for the tests of cosigning."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.witnesses.client import Reply
from api.witnesses.policy import COSIGNATURE_V1, NoteKey, Witness
from ledger.merkle import Tree
from ledger.note import LogSigner, with_signature_lines

ORIGIN = "ledger.example/rx-2026"


class GrowingLog:
    """A log of made-up entries whose published checkpoint is always its newest."""

    def __init__(self, seed: bytes = b"\x01" * 32, entry: str = "entry") -> None:
        self.signer = LogSigner(ORIGIN, seed)
        self.tree = Tree()
        self.added: list[tuple[int, list[str]]] = []
        self.entry = entry
        self._published = b""

    @property
    def key(self) -> NoteKey:
        """The log's key as the policy names it."""
        return NoteKey(ORIGIN, 1, self.signer.verifier_key.public_key)

    def grow_to(self, size: int) -> None:
        """Append entries until there are `size`, and publish."""
        for index in range(self.tree.size, size):
            self.tree.append(sha256(f"{self.entry} {index}".encode()).digest())
        self._published = self.signer.sign(size, self.tree.root(size))

    def published_checkpoint(self) -> bytes:
        """Return the newest checkpoint with the cosignatures kept so far."""
        return self._published

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """Return the proof between two sizes."""
        return self.tree.consistency_proof(old, new)

    def add_cosignatures(self, size: int, lines: list[str]) -> None:
        """Keep the lines."""
        self.added.append((size, lines))
        if size == self.tree.size:
            self._published = with_signature_lines(self._published, lines)


class WitnessDouble:
    """Cosigns whatever it is sent; `answer`, where given, replaces the honest reply."""

    def __init__(self, name: str, seed: int, answer: Callable[[bytes], Reply] | None = None) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        public = self._private.public_key().public_bytes_raw()
        self.key = NoteKey(f"{name}.example/w1", COSIGNATURE_V1, public)
        self.witness = Witness(name, self.key, f"http://{name}.example")
        self.requests: list[bytes] = []
        self.answer = answer

    def reply(self, body: bytes) -> Reply:
        """Answer one add-checkpoint request."""
        self.requests.append(body)
        if self.answer is not None:
            return self.answer(body)
        return Reply(200, self.line(body).encode(), "text/plain")

    def line(self, body: bytes, time_s: int = 1_700_000_000) -> str:
        """Return the cosignature line for the checkpoint in a request."""
        note = body.split(b"\n\n", 1)[1]
        text = note.rpartition(b"\n\n")[0] + b"\n"
        signature = self._private.sign(f"cosignature/v1\ntime {time_s}\n".encode() + text)
        payload = self.key.key_id + time_s.to_bytes(8, "big") + signature
        return f"\u2014 {self.key.name} {b64encode(payload).decode()}\n"


def deliver(*doubles: WitnessDouble) -> Callable[[str, bytes, float], Reply]:
    """Return a sender that hands each request to the double whose address it bears."""
    by_address = {f"{one.witness.url}/add-checkpoint": one for one in doubles}
    return lambda url, body, timeout_s: by_address[url].reply(body)
