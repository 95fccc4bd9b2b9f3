"""C2SP signed notes, checkpoints, Ed25519 log signatures and `cosignature/v1` lines.

Formats: C2SP signed-note v1.0.0, tlog-checkpoint v1.0.0, tlog-cosignature v1.0.1. Stricter than
they ask: base64 must be canonical (decode, re-encode, compare), else two files would have one
meaning; a checkpoint has no extension lines.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as BinasciiError
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from verifier.errors import CHECKPOINT, TRUST, VerificationError
from verifier.merkle_check import HASH_SIZE, SIZE_MAX

ED25519 = 0x01
COSIGNATURE_V1 = 0x04
NOTE_BYTES_MAX = 64 * 1024
SIGNATURES_MAX = 64
_KEY_ID_HEX = re.compile(r"[0-9a-f]{8}")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_DASH = "\u2014 "


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A verifier key; its 4-byte `key_id` was recomputed from the other members."""

    name: str
    key_id: bytes
    algorithm: int  # ED25519 or COSIGNATURE_V1
    public_key: bytes

    @property
    def text(self) -> str:
        """The key as a vkey: `<name>+<key id>+<base64 of type and key>`."""
        packed = b64encode(bytes([self.algorithm]) + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{packed}"


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One line under a note: who claims to have signed, and the bytes after the key id."""

    name: str
    key_id: bytes
    payload: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A well-formed note none of whose signatures was checked yet; `text` ends in LF."""

    text: bytes
    signatures: tuple[SignatureLine, ...]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The three lines of a checkpoint body."""

    origin: str
    size: int
    root: bytes


def decode_base64(text: str) -> bytes:
    """Return the bytes of canonical, padded base64. Raises VerificationError otherwise."""
    try:
        data = b64decode(text.encode("ascii"), validate=True)
    except (BinasciiError, ValueError):
        raise VerificationError(CHECKPOINT, "base64 is malformed") from None
    if b64encode(data).decode() != text:
        raise VerificationError(CHECKPOINT, "base64 is not canonical")
    return data


def key_id(name: str, algorithm: int, public_key: bytes) -> bytes:
    """Return SHA-256(name LF type key)[:4], the id of an Ed25519 or cosignature key."""
    return sha256(name.encode() + b"\n" + bytes([algorithm]) + public_key).digest()[:4]


def parse_key(vkey: str) -> NoteKey:
    """Return the key that a vkey text holds. Raises VerificationError unless all of it fits."""
    parts = vkey.split("+", 2)
    if len(parts) != 3 or not _KEY_ID_HEX.fullmatch(parts[1]):
        raise VerificationError(TRUST, "a verifier key is malformed")
    name = parts[0]
    _check_name(name)
    packed = decode_base64(parts[2])
    if len(packed) != 33 or packed[0] not in (ED25519, COSIGNATURE_V1):
        raise VerificationError(TRUST, "a verifier key is of an unsupported type")
    identifier = key_id(name, packed[0], packed[1:])
    if identifier.hex() != parts[1]:
        raise VerificationError(TRUST, "a verifier key does not have the id that it states")
    return NoteKey(name, identifier, packed[0], packed[1:])


def parse(data: bytes) -> Note:
    """Return the note in `data`, its signatures not yet checked.

    Raises VerificationError unless the text is UTF-8 without control characters other than LF,
    and a blank line and 1 to 64 well-formed signature lines follow.
    """
    if len(data) > NOTE_BYTES_MAX:
        raise VerificationError(CHECKPOINT, "note is too long")
    text, blank, tail = data.rpartition(b"\n\n")
    if not blank or not tail.endswith(b"\n"):
        raise VerificationError(CHECKPOINT, "note has no signature lines")
    try:
        decoded = data.decode("utf-8")
    except UnicodeDecodeError:
        raise VerificationError(CHECKPOINT, "note is not UTF-8") from None
    if any(character < " " and character != "\n" for character in decoded):
        raise VerificationError(CHECKPOINT, "note holds a control character")
    lines = tail.decode("utf-8")[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise VerificationError(CHECKPOINT, "note has too many signature lines")
    return Note(text + b"\n", tuple(parse_signature_line(line) for line in lines))


def parse_signature_line(line: str) -> SignatureLine:
    """Return the parts of `— <name> <base64>`. Raises VerificationError if it is malformed."""
    name, space, packed = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise VerificationError(CHECKPOINT, "a signature line is malformed")
    _check_name(name)
    payload = decode_base64(packed)
    if len(payload) < 5:
        raise VerificationError(CHECKPOINT, "a signature line is too short")
    return SignatureLine(name, payload[:4], payload[4:])


def parse_checkpoint(text: bytes) -> Checkpoint:
    """Return origin, size and root of a checkpoint body.

    Raises VerificationError unless it is exactly three lines: extension lines are refused,
    because cosigners disagree about whether they sign them.
    """
    try:
        lines = text.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise VerificationError(CHECKPOINT, "checkpoint is not UTF-8") from None
    if len(lines) != 4 or lines[3]:
        raise VerificationError(CHECKPOINT, "checkpoint does not have exactly three lines")
    if not lines[0]:
        raise VerificationError(CHECKPOINT, "checkpoint has no origin")
    if not _DECIMAL.fullmatch(lines[1]) or int(lines[1]) > SIZE_MAX:
        raise VerificationError(CHECKPOINT, "checkpoint size is malformed")
    root = decode_base64(lines[2])
    if len(root) != HASH_SIZE:
        raise VerificationError(CHECKPOINT, "checkpoint root does not have 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root)


def verify(text: bytes, line: SignatureLine, key: NoteKey) -> int | None:
    """Return when `line` is `key`'s signature over `text`: a cosignature's time, else None.

    Raises VerificationError if name, key id, length or signature do not fit.
    """
    if (line.name, line.key_id) != (key.name, key.key_id):
        raise VerificationError(CHECKPOINT, "a signature line is of another key")
    if key.algorithm == ED25519:
        _ed25519(key, line.payload, text)
        return None
    if len(line.payload) != 72:
        raise VerificationError(CHECKPOINT, f"cosignature of {key.name} has a wrong length")
    time = int.from_bytes(line.payload[:8], "big")
    _ed25519(key, line.payload[8:], cosigned_message(text, time))
    return time


def cosigned_message(text: bytes, time: int) -> bytes:
    """Return the bytes that a `cosignature/v1` made at `time` (Unix seconds) signs."""
    return b"cosignature/v1\ntime %d\n" % time + text


def open_note(data: bytes, keys: Iterable[NoteKey]) -> tuple[Note, tuple[NoteKey, ...]]:
    """Return the note and those of `keys` whose signature verified, at least one.

    Unknown lines are ignored, as signed-note says. Raises VerificationError if the note is
    malformed, a known key's signature fails or stands twice, or no known key signed.
    """
    note = parse(data)
    known = {(key.name, key.key_id): key for key in keys}
    verified: list[NoteKey] = []
    for line in note.signatures:
        key = known.get((line.name, line.key_id))
        if key is None:
            continue
        if key in verified:
            raise VerificationError(CHECKPOINT, f"{key.name} signed twice")
        verify(note.text, line, key)
        verified.append(key)
    if not verified:
        raise VerificationError(CHECKPOINT, "no signature of a known key")
    return note, tuple(verified)


def _ed25519(key: NoteKey, signature: bytes, message: bytes) -> None:
    if len(signature) != 64:
        raise VerificationError(CHECKPOINT, f"signature of {key.name} has a wrong length")
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise VerificationError(CHECKPOINT, f"signature of {key.name} is wrong") from None


def _check_name(name: str) -> None:
    # str.isspace is Unicode's White_Space plus the separators U+001C to U+001F.
    # A lone surrogate, which JSON can spell, has no bytes to sign.
    if not name or "+" in name or any(one.isspace() or "\ud800" <= one <= "\udfff" for one in name):
        raise VerificationError(CHECKPOINT, "a key name is malformed")
