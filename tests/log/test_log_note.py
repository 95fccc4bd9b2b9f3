"""Signed notes, checkpoints and receipts against the published vectors, and every changed byte refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import InvariantError
from ledger import note, receipts
from ledger.merkle import Tree, leaf_hash
from ledger.note import LogSigner, NoteInvalid, parse_note, parse_verifier_key, verify_checkpoint

SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n\n\u2014 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()
LOG_KEY = "ledger.example/rx-2026+9158b5b0+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
WITNESS_KEY = "witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"
ORIGIN = "ledger.example/rx-2026"
LEAVES = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
LOG_LINE = (
    "\u2014 ledger.example/rx-2026 "
    "kVi1sIxpgI5cPFQTFk4oN5lVIqoTk6JLTdpU2REzRuj0nvhObxFVTHTrT4S4D06/z3dyYTNk3s78J0AJB01ABvOV6gQ="
)
WITNESS_LINE = (
    "\u2014 witness.example/w1 "
    "3xwKNQAAAABlU/EACpR7zHsLZwlz9wR1OjAMQMroQc1twQKhfVFpcJ9isgo+/L1pF8xFb/qrQHfhBY/d5a4vaQ3nI3iPA+A/ob4tCg=="
)
PROOF_FILE = f"""c2sp.org/tlog-proof@v1
index 5
vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=
yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=
037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=

ledger.example/rx-2026
8
XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=

{LOG_LINE}
{WITNESS_LINE}
"""


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree(leaf_hash(bytes.fromhex(text)) for text in LEAVES)


@pytest.fixture(scope="module")
def signer() -> LogSigner:
    return LogSigner(ORIGIN, b"\1" * 32)


def test_the_specifications_note_verifies_with_its_key() -> None:
    key = parse_verifier_key(SPEC_KEY)
    parsed = parse_note(SPEC_NOTE)
    assert parsed.text == b"This is an example message.\n"
    assert parsed.signatures[0].key_id == key.key_id
    note._verify(key.public_key, parsed.signatures[0].signature, parsed.text)


def test_keys_have_the_published_texts(signer: LogSigner) -> None:
    assert signer.verifier_key.text == LOG_KEY
    public = Ed25519PrivateKey.from_private_bytes(b"\2" * 32).public_key().public_bytes_raw()
    assert note.VerifierKey("witness.example/w1", note.COSIGNATURE_V1, public).text == WITNESS_KEY
    assert parse_verifier_key(WITNESS_KEY).public_key == public


def test_the_published_proof_file_is_written_byte_for_byte(tree: Tree, signer: LogSigner) -> None:
    checkpoint = note.with_signature_lines(signer.sign(8, tree.root(8)), [WITNESS_LINE])
    receipt = receipts.for_index(tree, 5, checkpoint)
    extra = f"extra {note.encode(tree.leaf(5))}\n"
    assert receipt.decode() == PROOF_FILE.replace("index 5\n", f"{extra}index 5\n")


def test_a_receipt_of_the_only_entry_has_no_hash_lines(signer: LogSigner) -> None:
    single = Tree([leaf_hash(b"only")])
    receipt = receipts.for_index(single, 0, signer.sign(1, single.root()))
    head = f"c2sp.org/tlog-proof@v1\nextra {note.encode(single.leaf(0))}\nindex 0\n\n"
    assert receipt.startswith(head.encode())


def test_a_receipt_that_would_not_hold_is_not_released(tree: Tree, signer: LogSigner) -> None:
    for size, root in ((8, b"\0" * 32), (5, tree.root(5)), (9, tree.root(8))):
        with pytest.raises(InvariantError):
            receipts.for_index(tree, 5, signer.sign(size, root))


def test_a_proof_that_was_changed_on_its_way_gives_no_receipt(tree: Tree, signer: LogSigner) -> None:
    proof = receipts.proof_of(tree, 5, signer.sign(8, tree.root(8)))
    assert proof.receipt() == receipts.for_index(tree, 5, proof.checkpoint)
    flipped = bytes([proof.hashes[0] ^ 1]) + proof.hashes[1:]
    wrong: list[dict[str, Any]] = [{"index": 4}, {"leaf": tree.leaf(4)}, {"hashes": flipped}]
    wrong += [{"hashes": proof.hashes[:-1]}, {"hashes": proof.hashes[32:]}]
    for change in (*wrong, {"checkpoint": signer.sign(8, tree.root(7))}):
        with pytest.raises(InvariantError):
            replace(proof, **change).receipt()


def test_a_receipt_at_a_million_entries_fits_a_qr_code(signer: LogSigner) -> None:
    hashes = [bytes([level]) * 32 for level in range(20)]
    size = sum(len(note.encode(item)) + 1 for item in hashes)
    checkpoint = note.with_signature_lines(signer.sign(1_000_000, b"\0" * 32), [WITNESS_LINE])
    head = len(f"c2sp.org/tlog-proof@v1\nextra {note.encode(hashes[0])}\nindex 999999\n\n")
    assert head + size + len(checkpoint) < 1_600


def test_a_signed_checkpoint_verifies_and_names_the_tree(tree: Tree, signer: LogSigner) -> None:
    signed = signer.sign(8, tree.root(8))
    assert signed.decode() == PROOF_FILE.split("\n\n", 1)[1].replace(WITNESS_LINE + "\n", "")
    checkpoint = verify_checkpoint(signed, [signer.verifier_key])
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (ORIGIN, 8, tree.root(8))


def test_every_changed_bit_of_a_signed_checkpoint_is_refused(tree: Tree, signer: LogSigner) -> None:
    signed = signer.sign(8, tree.root(8))
    for place in range(len(signed)):
        for bit in range(8):
            changed = bytearray(signed)
            changed[place] ^= 1 << bit
            with pytest.raises(NoteInvalid):
                verify_checkpoint(bytes(changed), [signer.verifier_key])


def test_the_key_must_be_named_as_the_origin(tree: Tree) -> None:
    other = LogSigner("other.example/log", b"\3" * 32)
    text = note.Checkpoint(ORIGIN, 8, tree.root(8)).text
    key = Ed25519PrivateKey.from_private_bytes(b"\3" * 32)
    line = note.SignatureLine(other.origin, other.verifier_key.key_id, key.sign(text)).text
    with pytest.raises(NoteInvalid, match="no signature"):
        verify_checkpoint(text + f"\n{line}\n".encode(), [other.verifier_key])


def test_a_failing_signature_of_a_known_key_refuses_the_note(tree: Tree, signer: LogSigner) -> None:
    signed = signer.sign(8, tree.root(8))
    forged = parse_note(signer.sign(7, tree.root(7))).signatures[0].text
    with pytest.raises(NoteInvalid, match="hold"):
        verify_checkpoint(note.with_signature_lines(signed, [forged]), [signer.verifier_key])


def test_cosignature_lines_are_added_once_and_in_order(tree: Tree, signer: LogSigner) -> None:
    signed = signer.sign(8, tree.root(8))
    twice = note.with_signature_lines(signed, [WITNESS_LINE + "\n", WITNESS_LINE])
    assert twice == signed + f"{WITNESS_LINE}\n".encode()
    assert note.with_signature_lines(twice, [WITNESS_LINE]) == twice
    with pytest.raises(NoteInvalid):
        note.with_signature_lines(signed, ["not a line"])
    with pytest.raises(NoteInvalid):
        note.with_signature_lines(signed, [WITNESS_LINE + "\n" + LOG_LINE])


@pytest.mark.parametrize(
    "text",
    [
        b"", b"\n", b"a\n1\n", b"a\n01\nAAAA\n", b"o\n1\nAAAA\n",
        f"o\n1\n{note.encode(bytes(32))}\nextension\n".encode(), f"o\n1\n{note.encode(bytes(32))}".encode(),
        f"o o\n1\n{note.encode(bytes(32))}\n".encode(), f"\n1\n{note.encode(bytes(32))}\n".encode(),
        f"o\n-1\n{note.encode(bytes(32))}\n".encode(), f"o\n+1\n{note.encode(bytes(32))}\n".encode(),
        f"o\n00\n{note.encode(bytes(32))}\n".encode(),
        f"o\n9223372036854775808\n{note.encode(bytes(32))}\n".encode(),
        f"o\n\u0661\n{note.encode(bytes(32))}\n".encode(), f"o\r\n1\n{note.encode(bytes(32))}\n".encode(),
        b"\xff" + f"o\n1\n{note.encode(bytes(32))}\n".encode(),
        f"o\n1\n{note.encode(bytes(31))}\n".encode(), f"o\n1\n{note.encode(bytes(32))[:-2]}B=\n".encode(),
    ],
)  # fmt: skip
def test_a_malformed_checkpoint_is_refused(text: bytes) -> None:
    with pytest.raises(NoteInvalid):
        note.parse_checkpoint_text(text)


_FIVE = note.encode(bytes(5))


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "\n\n", f"\n\n\u2014 a {_FIVE}\n", f"text\n\u2014 a {_FIVE}\n", f"text\n\n\u2014 a {_FIVE}",
        f"text\n\n\u2014 a {_FIVE}\n\n", f"text\n\n- a {_FIVE}\n", f"text\n\n\u2014a {_FIVE}\n",
        f"te\tt\n\n\u2014 a {_FIVE}\n", f"te\0t\n\n\u2014 a {_FIVE}\n", f"text\n\n\u2014 a {_FIVE}\r\n",
        "text\n\n\u2014 a\n", "text\n\n\u2014 a \n", f"text\n\n\u2014  {_FIVE}\n",
        f"text\n\n\u2014 a+b {_FIVE}\n",
        f"text\n\n\u2014 a\u00a0b {_FIVE}\n", f"text\n\n\u2014 a {note.encode(bytes(4))}\n",
        f"text\n\n\u2014 a {_FIVE[:-2]}B=\n", f"text\n\n\u2014 {'a' * 256} {_FIVE}\n",
    ],
)  # fmt: skip
def test_a_malformed_note_is_refused(text: str) -> None:
    """A second text for one note: whoever compares notes by their bytes takes it for another."""
    assert parse_note(f"text\n\n\u2014 a {_FIVE}\n".encode()).text == b"text\n"
    with pytest.raises(NoteInvalid):
        parse_note(text.encode())


@pytest.mark.parametrize(
    "vkey",
    [
        "", "a", "a+b", LOG_KEY.replace("9158b5b0", "9158b5b1"), LOG_KEY.replace("9158b5b0", "9158B5B0"),
        LOG_KEY[:-1], LOG_KEY + "=", LOG_KEY.replace("ledger.example", "ledger example"), "+" + LOG_KEY,
        LOG_KEY + "\n",
        "a+00000000+" + note.encode(b"\2" + bytes(32)), LOG_KEY[:-4] + "D29d", "a+00000000+",
        note.VerifierKey("a name", note.ED25519, bytes(32)).text, note.VerifierKey("", 1, bytes(32)).text,
        *(note.VerifierKey("a", note.ED25519, bytes(length)).text for length in (0, 31, 33)),
        note.VerifierKey("a", 2, bytes(32)).text,
    ],
)  # fmt: skip
def test_a_malformed_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(NoteInvalid):
        parse_verifier_key(vkey)


@pytest.mark.parametrize("origin", ["", "has space", "has+plus", "line\nfeed", "no\u00a0break", "nul\0"])
def test_an_origin_that_cannot_name_a_key_is_refused(origin: str) -> None:
    with pytest.raises(NoteInvalid):
        LogSigner(origin, bytes(32))


def test_a_signature_that_does_not_hold_is_not_released(tree: Tree) -> None:
    """A machine that computes wrongly: of a wrong signature beside a right one the key can be told."""

    class Faulty:
        def sign(self, text: bytes) -> bytes:
            return Ed25519PrivateKey.from_private_bytes(b"\1" * 32).sign(text + b" ")

    faulty = LogSigner(ORIGIN, b"\1" * 32)
    faulty._key = Faulty()  # type: ignore[assignment]
    with pytest.raises(InvariantError, match="own signature"):
        faulty.sign(8, tree.root(8))


def test_a_note_of_thousands_of_signatures_is_not_looked_at(tree: Tree, signer: LogSigner) -> None:
    """Any of them may cost a verification, and all of them memory."""
    lines = [note.SignatureLine("w", number.to_bytes(4, "big"), bytes(64)).text for number in range(64)]
    signed = signer.sign(8, tree.root(8))
    most = note.with_signature_lines(signed, lines[:63])
    assert verify_checkpoint(most, [signer.verifier_key]).size == 8
    for refused in (note.with_signature_lines(signed, lines), most + f"{lines[63]}\n".encode()):
        with pytest.raises(NoteInvalid, match="too many"):
            parse_note(refused)


def test_an_impossible_tree_is_not_signed(signer: LogSigner) -> None:
    for size, root in ((-1, bytes(32)), (2**63, bytes(32)), (1, bytes(31))):
        with pytest.raises(InvariantError):
            signer.sign(size, root)


@given(st.binary(max_size=300))
def test_parsing_noise_raises_only_the_declared_error(data: bytes) -> None:
    for candidate in (data, SPEC_NOTE[: len(data)] + data, data + SPEC_NOTE):
        try:
            parsed = parse_note(candidate)
        except NoteInvalid:
            continue
        lines = "".join(f"{line.text}\n" for line in parsed.signatures)
        assert parsed.text + f"\n{lines}".encode() == candidate  # accepted input has one form
