"""The RFC 6962 tree of the log, in memory: append, root, proofs, tile hashes; and the checks of proofs.

Only the hashes of whole 256-leaf subtrees are kept for good, one byte string per tile level, about 32 MiB
for a million leaves: exactly what C2SP tlog-tiles publishes. The seven binary levels inside a tile are
computed when needed and kept for the tiles used last. The tree is rebuilt at start from the leaf hashes
that the store holds.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import RLock

from contracts.errors import InvariantError

HASH_BYTES = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
TILES_CACHED_MAX = 1024  # about 8 KiB each: 8 MiB, the newest 262,144 leaves' worth of hot tiles
# Receipts of one commit share most of their proofs; leaves never change, so neither does the root of a range.
RANGES_CACHED_MAX = 4096
EMPTY_ROOT = hashlib.sha256(b"").digest()  # RFC 6962 §2.1: MTH({})

_sha256 = hashlib.sha256


class ProofInvalid(Exception):
    """A Merkle proof does not lead to the root it was given for."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the leaf hash of an entry's bytes. RFC 6962 §2.1."""
    return _sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node. RFC 6962 §2.1."""
    return _sha256(b"\x01" + left + right).digest()


class Tree:
    """An append-only RFC 6962 tree that answers for every size up to its own.

    Safe for use by one appender and many readers: each public method holds the tree's lock.
    """

    def __init__(self, leaves: Iterable[bytes] = (), tiles_cached_max: int = TILES_CACHED_MAX) -> None:
        self._levels = [bytearray()]  # _levels[l] holds the root of each whole run of 256^l leaves
        self._inner: OrderedDict[tuple[int, int], list[bytearray]] = OrderedDict()
        self._tiles_cached_max = tiles_cached_max
        self._ranges: dict[tuple[int, int], bytes] = {}
        self._lock = RLock()
        for leaf in leaves:
            self.append(leaf)

    @property
    def size(self) -> int:
        """How many leaves the tree holds."""
        return len(self._levels[0]) // HASH_BYTES

    def append(self, leaf: bytes) -> int:
        """Add a leaf hash and return its index. Raises InvariantError unless it is 32 bytes."""
        if len(leaf) != HASH_BYTES:
            raise InvariantError("a leaf hash has 32 bytes")
        with self._lock:
            index = self.size
            self._levels[0] += leaf
            self._close_tiles()
            return index

    def _close_tiles(self) -> None:
        level = 0
        count = len(self._levels[0]) // HASH_BYTES
        while count % TILE_WIDTH == 0:
            if level + 1 == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level + 1] += self._tile_root(level, count // TILE_WIDTH - 1)
            count //= TILE_WIDTH
            level += 1

    def _tile_root(self, level: int, tile: int) -> bytes:
        row = self._levels[level][tile * TILE_WIDTH * HASH_BYTES : (tile + 1) * TILE_WIDTH * HASH_BYTES]
        while len(row) > HASH_BYTES:
            row = _parents(row, 0, len(row) // (2 * HASH_BYTES))
        return bytes(row)

    def leaf(self, index: int) -> bytes:
        """Return the leaf hash at `index`. Raises InvariantError when there is none."""
        with self._lock:
            self._require(0 <= index < self.size)
            return self._at(0, index)

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the first `size` leaves (of all, by default). RFC 6962 §2.1.

        Raises InvariantError when the tree is smaller than that.
        """
        with self._lock:
            size = self.size if size is None else size
            self._require(0 <= size <= self.size)
            return self._range_root(0, size) if size else EMPTY_ROOT

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """Return the audit path of leaf `index` in the tree of `size`, leaf to root. RFC 6962 §2.1.1.

        Raises InvariantError unless 0 <= index < size <= the tree's size.
        """
        with self._lock:
            self._require(0 <= index < size <= self.size)
            proof: list[bytes] = []
            start, end = 0, size
            while end - start > 1:
                middle = start + _split(end - start)
                if index < middle:
                    proof.append(self._range_root(middle, end))
                    end = middle
                else:
                    proof.append(self._range_root(start, middle))
                    start = middle
            proof.reverse()
            return proof

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """Return the proof that the first `old` leaves are a prefix of the first `new`. RFC 6962 §2.1.2.

        Empty for equal sizes and for old size 0. Raises InvariantError unless 0 <= old <= new <= tree size.
        """
        with self._lock:
            self._require(0 <= old <= new <= self.size)
            if old in (0, new):
                return []
            proof: list[bytes] = []
            start, end = 0, new
            while old != end:
                middle = start + _split(end - start)
                if old <= middle:
                    proof.append(self._range_root(middle, end))
                    end = middle
                else:
                    proof.append(self._range_root(start, middle))
                    start = middle
            if start:  # the last whole part of the old tree; the reader knows it already when it is all of it
                proof.append(self._range_root(start, end))
            proof.reverse()
            return proof

    def tile_hashes(self, level: int, tile: int, width: int) -> bytes:
        """Return the first `width` hashes of tile number `tile` at tile level `level`, as published.

        Raises InvariantError unless 1 <= width <= 256 and the tree has grown that far.
        """
        with self._lock:
            self._require(0 <= level < len(self._levels) and tile >= 0 and 1 <= width <= TILE_WIDTH)
            start = tile * TILE_WIDTH * HASH_BYTES
            hashes = bytes(self._levels[level][start : start + width * HASH_BYTES])
            self._require(len(hashes) == width * HASH_BYTES)
            return hashes

    def _range_root(self, start: int, end: int) -> bytes:
        """The root over leaves [start, end); start is a multiple of the range's largest whole subtree."""
        known = self._ranges.get((start, end))
        if known is None:
            if len(self._ranges) >= RANGES_CACHED_MAX:
                self._ranges.clear()
            known = self._ranges[start, end] = self._range_root_anew(start, end)
        return known

    def _range_root_anew(self, start: int, end: int) -> bytes:
        root = b""
        while end > start:  # from the right: the smallest whole subtree first
            height = _lowest_bit(end - start)
            end -= 1 << height
            subtree = self._subtree(height, end >> height)
            root = node_hash(subtree, root) if root else subtree
        return root

    def _subtree(self, height: int, index: int) -> bytes:
        """The root of the whole subtree number `index` of 2^height leaves."""
        level, inside = divmod(height, TILE_HEIGHT)
        if not inside:
            return self._at(level, index)
        tile, position = divmod(index, TILE_WIDTH >> inside)
        row = self._inner_rows(level, tile, inside, position)[inside]
        return bytes(row[position * HASH_BYTES : (position + 1) * HASH_BYTES])

    def _at(self, level: int, index: int) -> bytes:
        return bytes(self._levels[level][index * HASH_BYTES : (index + 1) * HASH_BYTES])

    def _inner_rows(self, level: int, tile: int, inside: int, position: int) -> list[bytearray]:
        """The binary levels 1..7 inside a tile, extended at least as far as the node asked for."""
        rows = self._inner.get((level, tile))
        if rows is None:
            rows = self._inner[level, tile] = [bytearray() for _ in range(TILE_HEIGHT)]
            if len(self._inner) > self._tiles_cached_max:
                self._inner.popitem(last=False)
        else:
            self._inner.move_to_end((level, tile))
        if len(rows[inside]) <= position * HASH_BYTES:
            self._extend(rows, level, tile)
        return rows

    def _extend(self, rows: list[bytearray], level: int, tile: int) -> None:
        # Whole pairs never change, so rows of the growing last tile are extended and nothing is thrown away.
        start = tile * TILE_WIDTH * HASH_BYTES
        below = self._levels[level][start : start + TILE_WIDTH * HASH_BYTES]
        for inside in range(1, TILE_HEIGHT):
            row = rows[inside]
            row += _parents(below, len(row) // HASH_BYTES, len(below) // (2 * HASH_BYTES))
            below = row

    @staticmethod
    def _require(holds: bool) -> None:
        if not holds:
            raise InvariantError("index or size outside the tree")


def _parents(below: bytearray, first: int, end: int) -> bytearray:
    pair = 2 * HASH_BYTES
    starts = range(first * pair, end * pair, pair)
    return bytearray(b"".join(_sha256(b"\x01" + below[start : start + pair]).digest() for start in starts))


def _split(size: int) -> int:
    """The largest power of two strictly below `size`, for size > 1. RFC 6962 §2.1."""
    return 1 << ((size - 1).bit_length() - 1)


def _lowest_bit(number: int) -> int:
    return (number & -number).bit_length() - 1


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Return only if `proof` shows `leaf` at `index` of the tree of `size` with `root`. RFC 9162 §2.1.3.2.

    Raises ProofInvalid otherwise. Index and size come from the caller, never out of the proof.
    """
    if not 0 <= index < size:
        raise ProofInvalid("index outside the tree")
    _check_lengths(leaf, root, *proof)
    node, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofInvalid("proof too long")
        if node & 1 or node == last:
            current = node_hash(sibling, current)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        node, last = node >> 1, last >> 1
    if last or current != root:
        raise ProofInvalid("proof too short or for another root")


def check_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Return only if `proof` shows tree (old, old_root) to be a prefix of (new, new_root). RFC 9162 §2.1.4.2.

    Raises ProofInvalid otherwise, and for old size 0: every tree continues the empty one.
    """
    if not 0 < old <= new:
        raise ProofInvalid("old size is 0 or above the new one")
    _check_lengths(old_root, new_root, *proof)
    if old == new:
        if proof or old_root != new_root:
            raise ProofInvalid("equal sizes need equal roots and no proof")
        return
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        raise ProofInvalid("proof is empty")
    shift = _lowest_bit(old)
    node, last = (old - 1) >> shift, (new - 1) >> shift
    old_current = new_current = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofInvalid("proof too long")
        if node & 1 or node == last:
            old_current = node_hash(sibling, old_current)
            new_current = node_hash(sibling, new_current)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new_current = node_hash(new_current, sibling)
        node, last = node >> 1, last >> 1
    if last or old_current != old_root or new_current != new_root:
        raise ProofInvalid("proof too short or for other roots")


def _check_lengths(*hashes: bytes) -> None:
    if any(len(value) != HASH_BYTES for value in hashes):
        raise ProofInvalid("a hash has 32 bytes")
