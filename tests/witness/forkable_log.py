"""A log that can fork, and the requests it sends to a witness."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.merkle import Tree, leaf_hash
from ledger.note import LogSigner, encode

ORIGIN = "ledger.example/rx-2026"


class Log:
    def __init__(self, size: int = 0, origin: str = ORIGIN, seed: bytes = b"\1" * 32) -> None:
        self.signer = LogSigner(origin, seed)
        self.tree = Tree()
        self.grow(size)

    def grow(self, count: int, mark: str = "entry") -> None:
        for _ in range(count):
            self.tree.append(leaf_hash(f"{mark} {self.tree.size}".encode()))

    def fork(self, at: int, size: int) -> Log:
        """The history of somebody who holds the log's key: the same up to `at`, then another."""
        other = Log()
        other.signer = self.signer
        for index in range(at):
            other.tree.append(self.tree.leaf(index))
        other.grow(size - at, "forged")
        return other

    def checkpoint(self, size: int | None = None) -> bytes:
        size = self.tree.size if size is None else size
        return self.signer.sign(size, self.tree.root(size))

    def request(self, old: int, size: int | None = None, signed: bytes | None = None) -> bytes:
        size = self.tree.size if size is None else size
        proof = self.tree.consistency_proof(old, size) if old <= size else []
        return request_body(old, proof, self.checkpoint(size) if signed is None else signed)


def request_body(old: int | str, proof: Sequence[bytes], signed: bytes) -> bytes:
    lines = "".join(f"{encode(item)}\n" for item in proof)
    return f"old {old}\n{lines}\n".encode() + signed
