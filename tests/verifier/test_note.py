"""Notes and checkpoints: the published vectors, and what they leave open."""

from __future__ import annotations

import pytest

from verifier.errors import VerificationError
from verifier.merkle_check import check_inclusion, leaf_hash
from verifier.note import open_note, parse, parse_checkpoint, parse_key
from verifier.proof import parse_proof

KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n\n\u2014 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
LOG_KEY = "ledger.example/rx-2026+9158b5b0+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
WITNESS_KEY = "witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"
PROOF = """c2sp.org/tlog-proof@v1
index 5
vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=
yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=
037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=

ledger.example/rx-2026
8
XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=

\u2014 ledger.example/rx-2026 kVi1sIxpgI5cPFQTFk4oN5lVIqoTk6JLTdpU2REzRuj0nvhObxFVTHTrT4S4D06/z3dyYTNk3s78J0AJB01ABvOV6gQ=
\u2014 witness.example/w1 3xwKNQAAAABlU/EACpR7zHsLZwlz9wR1OjAMQMroQc1twQKhfVFpcJ9isgo+/L1pF8xFb/qrQHfhBY/d5a4vaQ3nI3iPA+A/ob4tCg==
"""  # noqa: E501


def test_the_published_note_verifies() -> None:
    note, keys = open_note(NOTE.encode(), [parse_key(KEY)])
    assert note.text == b"This is an example message.\n"
    assert keys[0].text == KEY


def test_the_published_proof_verifies_with_its_cosignature() -> None:
    proof = parse_proof(PROOF.encode())
    note, keys = open_note(proof.checkpoint, [parse_key(LOG_KEY), parse_key(WITNESS_KEY)])
    checkpoint = parse_checkpoint(note.text)
    assert len(keys) == 2
    leaf = leaf_hash(bytes.fromhex("40414243"))
    check_inclusion(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root)


def test_no_changed_byte_of_a_note_verifies() -> None:
    for at in range(len(NOTE.encode())):
        data = bytearray(NOTE.encode())
        data[at] ^= 1
        with pytest.raises(VerificationError):
            open_note(bytes(data), [parse_key(KEY)])


def test_unused_bits_of_base64_are_refused() -> None:
    """Go's own package accepts this second spelling of the same signature."""
    with pytest.raises(VerificationError, match="canonical"):
        parse(NOTE.replace("aQM=", "aQN=").encode())


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        KEY.replace("530d903a", "530d903b"),
        KEY.replace("530d903a", "530D903A"),
        KEY.replace("example.com/foo", "example.com/bar"),
        KEY.replace("example.com/foo", "example com"),
        KEY[:-4],
        KEY + "=",
    ],
)
def test_a_malformed_key_is_refused(vkey: str) -> None:
    with pytest.raises(VerificationError):
        parse_key(vkey)


@pytest.mark.parametrize(
    "text",
    [
        "o\n1\n",
        "o\n01\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
        "o\n-1\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
        "o\n1\nXcna\n",
        "o\n1\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\nextension\n",
        "\n1\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
        "o\n9223372036854775808\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
        "o\n1\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=",
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(VerificationError):
        parse_checkpoint(text.encode())


@pytest.mark.parametrize(
    "change",
    [
        ("tlog-proof@v1", "tlog-proof@v2"),
        ("index 5", "index 05"),
        ("index 5\n", ""),
        ("index 5", "extra AA==\nextra AA==\nindex 5"),
        ("vBoG", "vBo="),
        ("\n\nledger", "\nledger"),
    ],
)
def test_a_malformed_proof_is_refused(change: tuple[str, str]) -> None:
    with pytest.raises(VerificationError):
        parsed = parse_proof(PROOF.replace(*change).encode())
        open_note(parsed.checkpoint, [parse_key(LOG_KEY)])
