"""RFC 6962 tree hashes and proof checks. Pure: `hashlib` alone, no state.

Index and size always come from the caller, never from the proof: a proof that chooses its own
position proves nothing. Lengths are checked before any hash is computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from verifier.errors import TREE, VerificationError

HASH_SIZE = 32
SIZE_MAX = 2**63 - 1
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the leaf hash of an entry: SHA-256(0x00 || entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def subtree_root(hashes: Sequence[bytes]) -> bytes:
    """Return the RFC 6962 root over `hashes`, which stand for equal complete subtrees but the last."""
    level = list(hashes)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        odd = level[-1] if len(level) % 2 else None
        pairs = iter(level)
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]
        if odd is not None:
            level.append(odd)
    return level[0]


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Return when `proof` shows `leaf` at `index` in the tree of `size` leaves with `root`.

    Raises VerificationError unless 0 <= index < size, every hash has 32 bytes and the proof has
    exactly the length that RFC 9162 §2.1.3.2 gives.
    """
    _sizes(index, size)
    if index >= size:
        raise VerificationError(TREE, f"index {index} is not below size {size}")
    _lengths(leaf, root, *proof)
    position, last, computed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise VerificationError(TREE, "inclusion proof is too long")
        if position & 1 or position == last:
            computed = node_hash(sibling, computed)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            computed = node_hash(computed, sibling)
        position >>= 1
        last >>= 1
    if last != 0:
        raise VerificationError(TREE, "inclusion proof is too short")
    if computed != root:
        raise VerificationError(TREE, "inclusion proof leads to another root")


def check_consistency(
    first_size: int, first_root: bytes, second_size: int, second_root: bytes, proof: Sequence[bytes]
) -> None:
    """Return when `proof` shows that the first tree is a prefix of the second.

    Raises VerificationError otherwise (RFC 9162 §2.1.4.2). Two equal sizes need the same root
    bytes and an empty proof. Size 0 is always refused: nothing can be proven from the empty
    tree, so a caller that allows it must pin the empty root itself.
    """
    _sizes(first_size, second_size)
    if first_size == 0:
        raise VerificationError(TREE, "no proof is possible from the empty tree")
    if first_size > second_size:
        raise VerificationError(TREE, f"size {first_size} is above size {second_size}")
    if first_size == second_size:
        if proof:
            raise VerificationError(TREE, "consistency proof of equal sizes is not empty")
        if first_root != second_root:
            raise VerificationError(TREE, "two roots for one size")
        return
    _lengths(first_root, second_root, *proof)
    _walk_consistency(first_size, first_root, second_size, second_root, proof)


def _walk_consistency(
    first_size: int, first_root: bytes, second_size: int, second_root: bytes, proof: Sequence[bytes]
) -> None:
    if not proof:
        raise VerificationError(TREE, "consistency proof is empty")
    path = list(proof)
    if first_size & (first_size - 1) == 0:
        path.insert(0, first_root)
    position, last = first_size - 1, second_size - 1
    while position & 1:
        position >>= 1
        last >>= 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise VerificationError(TREE, "consistency proof is too long")
        if position & 1 or position == last:
            first = node_hash(sibling, first)
            second = node_hash(sibling, second)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            second = node_hash(second, sibling)
        position >>= 1
        last >>= 1
    if last != 0:
        raise VerificationError(TREE, "consistency proof is too short")
    if first != first_root:
        raise VerificationError(TREE, "consistency proof leads to another first root")
    if second != second_root:
        raise VerificationError(TREE, "consistency proof leads to another second root")


def _sizes(*values: int) -> None:
    for value in values:
        if not 0 <= value <= SIZE_MAX:
            raise VerificationError(TREE, "index or size out of range")


def _lengths(*hashes: bytes) -> None:
    for value in hashes:
        if len(value) != HASH_SIZE:
            raise VerificationError(TREE, "a hash does not have 32 bytes")
