"""RFC 6962 §2.1 as the RFC writes it, recursive over ranges; shares no line with ledger or verifier."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache


class Model:
    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.leaves = list(leaves)
        self._root = lru_cache(maxsize=None)(self._range_root)

    def root(self, size: int) -> bytes:
        return self._root(0, size) if size else hashlib.sha256(b"").digest()

    def path(self, index: int, size: int) -> list[bytes]:
        return self._path(index, 0, size)

    def proof(self, old: int, new: int) -> list[bytes]:
        return self._subproof(old, 0, new, True)

    def _range_root(self, start: int, end: int) -> bytes:
        if end - start == 1:
            return self.leaves[start]
        middle = start + _split(end - start)
        return hashlib.sha256(b"\x01" + self._root(start, middle) + self._root(middle, end)).digest()

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        middle = start + _split(end - start)
        if index < middle:
            return [*self._path(index, start, middle), self._root(middle, end)]
        return [*self._path(index, middle, end), self._root(start, middle)]

    def _subproof(self, old: int, start: int, end: int, whole: bool) -> list[bytes]:
        if old == end:
            return [] if whole else [self._root(start, end)]
        middle = start + _split(end - start)
        if old <= middle:
            return [*self._subproof(old, start, middle, whole), self._root(middle, end)]
        return [*self._subproof(old, middle, end, False), self._root(start, middle)]


def _split(size: int) -> int:
    power = 1
    while power * 2 < size:
        power *= 2
    return power
