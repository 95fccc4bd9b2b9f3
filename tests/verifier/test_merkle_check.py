"""Tree hashes and proofs against a naive model, every size to 40 and every lie of one bit."""

from __future__ import annotations

from hashlib import sha256

import pytest

from tests.verifier.builder import inclusion, root_hash
from verifier.errors import VerificationError
from verifier.merkle_check import check_consistency, check_inclusion, leaf_hash, subtree_root

DATA = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a98",
    "fac54203e7cc696c",
    "aeb6bcfe274b70a1",
    "d37ee418976dd957",
    "4e3bbb1f7b478dcf",
    "76e67dadbcdf1e10",
    "ddb89be403809e32",
    "5dc9da79a70659a9",
]
LEAVES = [sha256(b"\x00" + bytes([number])).digest() for number in range(40)]


def consistency(first: int, leaves: list[bytes], complete: bool = True) -> list[bytes]:
    """RFC 6962 §2.1.2, SUBPROOF."""
    if first == len(leaves):
        return [] if complete else [root_hash(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if first <= split:
        return [*consistency(first, leaves[:split], complete), root_hash(leaves[split:])]
    return [*consistency(first - split, leaves[split:], False), root_hash(leaves[:split])]


def test_the_published_roots() -> None:
    leaves = [leaf_hash(bytes.fromhex(text)) for text in DATA]
    assert [subtree_root(leaves[: size + 1]).hex()[:16] for size in range(8)] == ROOTS


def test_every_inclusion_proof_holds_and_no_other_position_does() -> None:
    for size in range(1, 41):
        leaves = LEAVES[:size]
        root = root_hash(leaves)
        assert subtree_root(leaves) == root
        for index in range(size):
            proof = inclusion(leaves, index)
            check_inclusion(leaves[index], index, size, proof, root)
            for lie in (index + 1, index - 1):
                with pytest.raises(VerificationError):
                    check_inclusion(leaves[index], lie, size, proof, root)
            for wrong in (proof[:-1], [*proof, root], [root, *proof]):
                if wrong != proof:
                    with pytest.raises(VerificationError):
                        check_inclusion(leaves[index], index, size, wrong, root)


def test_every_consistency_proof_holds_and_no_changed_one_does() -> None:
    for second in range(1, 33):
        for first in range(1, second + 1):
            roots = root_hash(LEAVES[:first]), root_hash(LEAVES[:second])
            proof = consistency(first, LEAVES[:second])
            check_consistency(first, roots[0], second, roots[1], proof)
            for place in range(len(proof)):
                changed = [*proof]
                changed[place] = LEAVES[39]
                with pytest.raises(VerificationError):
                    check_consistency(first, roots[0], second, roots[1], changed)
            with pytest.raises(VerificationError):
                check_consistency(first, roots[0], second, roots[1], [*proof, roots[0]])


@pytest.mark.parametrize(
    "arguments",
    [
        (b"", 0, 1, [], b""),
        (b"\0" * 31, 0, 1, [], b"\0" * 31),
        (b"\0" * 32, 0, 0, [], b"\0" * 32),
        (b"\0" * 32, -1, 1, [], b"\0" * 32),
        (b"\0" * 32, 0, 2, [b""], b"\0" * 32),
    ],
)
def test_hashes_of_a_wrong_length_and_impossible_places_are_refused(arguments: tuple[object, ...]) -> None:
    with pytest.raises(VerificationError):
        check_inclusion(*arguments)  # type: ignore[arg-type]


def test_nothing_is_proven_from_the_empty_tree() -> None:
    empty = sha256(b"").digest()
    for second in (0, 1):
        with pytest.raises(VerificationError):
            check_consistency(0, empty, second, empty, [])


def test_two_roots_of_one_size_are_refused() -> None:
    with pytest.raises(VerificationError, match="two roots"):
        check_consistency(3, LEAVES[0], 3, LEAVES[1], [])


R3, R5 = root_hash(LEAVES[:3]), root_hash(LEAVES[:5])
GROWN = consistency(3, LEAVES[:5])
REASONS = {
    "a smaller tree after a larger one": ((5, R5, 3, R3, GROWN), "size 5 is above size 3"),
    "the empty tree": ((0, R3, 5, R5, GROWN), "no proof is possible from the empty tree"),
    "a size below nothing": ((-1, R3, 5, R5, GROWN), "index or size out of range"),
    "no proof": ((3, R3, 5, R5, []), "consistency proof is empty"),
    "a proof for one size": ((5, R5, 5, R5, [R3]), "consistency proof of equal sizes is not empty"),
    "too little": ((3, R3, 5, R5, GROWN[:-1]), "consistency proof is too short"),
    "too much": ((3, R3, 5, R5, [*GROWN, R3]), "consistency proof is too long"),
    "another first root": ((3, R5, 5, R5, GROWN), "consistency proof leads to another first root"),
    "another second root": ((3, R3, 5, R3, GROWN), "consistency proof leads to another second root"),
    "half a hash": ((3, R3, 5, R5, [*GROWN[:-1], R3[:16]]), "a hash does not have 32 bytes"),
}


@pytest.mark.parametrize(("arguments", "reason"), REASONS.values(), ids=REASONS.keys())
def test_a_rewritten_log_is_refused_for_what_is_wrong_with_its_proof(
    arguments: tuple[int, bytes, int, bytes, list[bytes]], reason: str
) -> None:
    with pytest.raises(VerificationError, match=reason):
        check_consistency(*arguments)


@pytest.mark.parametrize(
    ("index", "more", "reason"),
    [
        (5, [], "index 5 is not below size 5"),
        (4, [R3], "inclusion proof is too long"),
        (0, None, "inclusion proof is too short"),
        (1, [], "inclusion proof leads to another root"),
    ],
)
def test_an_entry_is_nowhere_else_in_the_log(index: int, more: list[bytes] | None, reason: str) -> None:
    of = {5: 0, 4: 4, 0: 0, 1: 0}[index]
    proof = inclusion(LEAVES[:5], of)
    given = proof[:-1] if more is None else [*proof, *more]
    with pytest.raises(VerificationError, match=reason):
        check_inclusion(LEAVES[of], index, 5, given, R5)
