"""Notes and checkpoints: the published vectors, and what they leave open."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

import pytest

from verifier.errors import VerificationError
from verifier.merkle_check import check_inclusion, leaf_hash
from verifier.note import open_note, parse, parse_checkpoint, parse_key, verify
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


MALFORMED = "a verifier key is malformed"
UNSUPPORTED = b64encode(b"\x02" + bytes(32)).decode()


@pytest.mark.parametrize(
    ("vkey", "reason"),
    [
        ("", MALFORMED),
        ("name", MALFORMED),
        (KEY.replace("530d903a", "530D903A"), MALFORMED),
        (KEY.replace("530d903a", "530d903b"), "does not have the id that it states"),
        (KEY.replace("example.com/foo", "example.com/bar"), "does not have the id that it states"),
        (KEY.replace("example.com/foo", "example com"), "a key name is malformed"),
        (KEY.replace("example.com/foo", ""), "a key name is malformed"),
        (KEY[:-4], "a verifier key is of an unsupported type"),
        (f"{KEY[:25]}{UNSUPPORTED}", "a verifier key is of an unsupported type"),
        (KEY + "=", "base64 is not canonical"),
        (KEY[:-1] + "é", "base64 is malformed"),
    ],
)
def test_a_malformed_key_is_refused(vkey: str, reason: str) -> None:
    with pytest.raises(VerificationError, match=reason):
        parse_key(vkey)


def signed(lines: int) -> bytes:
    return b"text\n\n" + f"\u2014 name {b64encode(bytes(5)).decode()}\n".encode() * lines


def test_a_note_has_64_signature_lines_and_64_kib_at_most() -> None:
    assert len(parse(signed(64)).signatures) == 64
    with pytest.raises(VerificationError, match="note has too many signature lines"):
        parse(signed(65))
    full = b"t" * (64 * 1024 - len(signed(1))) + signed(1)
    assert parse(full)
    with pytest.raises(VerificationError, match="note is too long"):
        parse(b"t" + full)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "note has no signature lines"),
        (b"text\n", "note has no signature lines"),
        (signed(1)[:-1], "note has no signature lines"),
        (b"\xff" + signed(1), "note is not UTF-8"),
        (b"a\tb" + signed(1), "note holds a control character"),
        (b"a\r" + signed(1), "note holds a control character"),
        (signed(1).replace("\u2014".encode(), b"-"), "a signature line is malformed"),
        (signed(1).replace(b"name ", b"name"), "a signature line is malformed"),
        (signed(1).replace(b"name", b"na+me"), "a key name is malformed"),
        (signed(1).replace(b"AAAAAAA=", b"AAAAAA=="), "a signature line is too short"),
        (signed(1).replace(b"AAAAAAA=", b"AAAAAAA"), "base64 is malformed"),
    ],
)
def test_a_malformed_note_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(VerificationError, match=reason):
        parse(data)


def test_a_signature_counts_once_by_its_own_key_and_whole() -> None:
    key, text, line = parse_key(KEY), NOTE.encode(), NOTE.splitlines()[-1] + "\n"
    with pytest.raises(VerificationError, match="/foo signed twice"):
        open_note(text + line.encode(), [key])
    with pytest.raises(VerificationError, match="no signature of a known key"):
        open_note(text, [parse_key(LOG_KEY)])
    (one,) = parse(text).signatures
    with pytest.raises(VerificationError, match="a signature line is of another key"):
        verify(b"This is an example message.\n", one, parse_key(LOG_KEY))
    for payload in (one.payload[:-1], one.payload + b"\0"):
        with pytest.raises(VerificationError, match=r"^signature of .* has a wrong length"):
            verify(b"This is an example message.\n", replace(one, payload=payload), key)
    with pytest.raises(VerificationError, match="/foo is wrong"):
        verify(b"This is another message.\n", one, key)


def test_a_cosignature_covers_its_time_and_is_whole() -> None:
    key, note = parse_key(WITNESS_KEY), parse(parse_proof(PROOF.encode()).checkpoint)
    cosigned = note.signatures[1]
    assert verify(note.text, cosigned, key) == 1_700_000_000
    later = (1_700_000_001).to_bytes(8, "big") + cosigned.payload[8:]
    with pytest.raises(VerificationError, match="/w1 is wrong"):
        verify(note.text, replace(cosigned, payload=later), key)
    for payload in (cosigned.payload[:-1], cosigned.payload + b"\0"):
        with pytest.raises(VerificationError, match=r"^cosignature of .* has a wrong length"):
            verify(note.text, replace(cosigned, payload=payload), key)


ROOT = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="
LINES = "checkpoint does not have exactly three lines"


def test_a_checkpoint_is_of_2_to_the_63_less_one_entries_at_most() -> None:
    assert parse_checkpoint(f"o\n9223372036854775807\n{ROOT}\n".encode()).size == 2**63 - 1
    assert parse_checkpoint(f"o\n0\n{ROOT}\n".encode()).size == 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("o\n1\n", LINES),
        (f"o\n1\n{ROOT}\nextension\n", LINES),
        (f"o\n1\n{ROOT}", LINES),
        (f"\n1\n{ROOT}\n", "checkpoint has no origin"),
        (f"o\n01\n{ROOT}\n", "checkpoint size is malformed"),
        (f"o\n-1\n{ROOT}\n", "checkpoint size is malformed"),
        (f"o\n1 \n{ROOT}\n", "checkpoint size is malformed"),
        (f"o\n9223372036854775808\n{ROOT}\n", "checkpoint size is malformed"),
        ("o\n1\nXcna\n", "checkpoint root does not have 32 bytes"),
        (f"o\n1\n{ROOT[:-2]}h=\n", "base64 is not canonical"),
        (f"\udcff\n1\n{ROOT}\n", "checkpoint is not UTF-8"),
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str, reason: str) -> None:
    with pytest.raises(VerificationError, match=reason):
        parse_checkpoint(text.encode("utf-8", "surrogateescape"))


VERSION = "not a tlog-proof of version 1"
INDEX = "receipt has no index"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("tlog-proof@v1", "tlog-proof@v2"), VERSION),
        (("\n\nledger", "\nledger"), "base64 is malformed"),
        (("index 5", "índex 5"), "receipt is malformed"),
        (("index 5", "index 05"), INDEX),
        (("index 5", "index -5"), INDEX),
        (("index 5", "index 9223372036854775808"), INDEX),
        (("index 5\n", ""), INDEX),
        (("index 5", "extra AA==\nextra AA==\nindex 5"), INDEX),
        (("index 5\n", f"index 5\n{(ROOT + chr(10)) * 61}"), INDEX),
        (("vBoG", "vBo="), "base64 is malformed"),
        ((f"{PROOF.splitlines()[2]}", "AAAA"), "a hash in the receipt does not have 32 bytes"),
        (("index 5", f"extra {'A' * 64 * 1024}\nindex 5"), "receipt is too long"),
    ],
)
def test_a_malformed_proof_is_refused(change: tuple[str, str], reason: str) -> None:
    with pytest.raises(VerificationError, match=reason):
        parse_proof(PROOF.replace(*change, 1).encode())


def test_a_proof_has_63_hashes_at_most() -> None:
    longest = PROOF.replace("index 5\n", f"index 5\n{(ROOT + chr(10)) * 60}")
    assert len(parse_proof(longest.encode()).hashes) == 63
