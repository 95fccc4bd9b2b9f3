"""C2SP signed note and checkpoint: text, keys, the log's Ed25519 signature. Form: `verifier/SPEC.md`.

    ledger.example/rx-2026                          origin, also the name of the log's key
    8                                               size
    XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=    root
                                                    empty line
    — ledger.example/rx-2026 kVi1sIxp…              key id and signature over the three lines above
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contracts.errors import InvariantError

ED25519 = 0x01
COSIGNATURE_V1 = 0x04
SIZE_MAX = (1 << 63) - 1
SIGNATURES_MAX = 64  # readers must take 16; more than this only costs time

_SIGNATURE_START = "\u2014 "
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,255}\Z")
_SIZE = re.compile(r"(?:0|[1-9][0-9]{0,18})\Z")


class NoteInvalid(Exception):
    """A note, a checkpoint or a key text is malformed, or a signature does not hold."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half of a note key, as pinned by readers."""

    name: str
    kind: int
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand before each signature of the key. C2SP signed-note."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public_key).digest()[:4]

    @property
    def text(self) -> str:
        """The key as a vkey: name+id+key."""
        return f"{self.name}+{self.key_id.hex()}+{encode(bytes([self.kind]) + self.public_key)}"


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature of a note, not verified by being here."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def text(self) -> str:
        """The line without its line feed."""
        return f"{_SIGNATURE_START}{self.name} {encode(self.key_id + self.signature)}"


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note; `text` ends in a line feed and is what signatures cover."""

    text: bytes
    signatures: tuple[SignatureLine, ...]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: this many entries, this root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> bytes:
        """The signed text. C2SP tlog-checkpoint, without extension lines."""
        return f"{self.origin}\n{self.size}\n{encode(self.root)}\n".encode()


def encode(data: bytes) -> str:
    """Return standard base64 with padding."""
    return base64.b64encode(data).decode("ascii")


def decode(text: str) -> bytes:
    """Return the bytes. Raises NoteInvalid unless `text` is their one canonical base64 form."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise NoteInvalid("not base64") from error
    if encode(data) != text:  # unused low bits set: a second text for the same bytes
        raise NoteInvalid("base64 is not canonical")
    return data


def parse_verifier_key(text: str) -> VerifierKey:
    """Return the Ed25519 key (note or cosignature) in a vkey. Raises NoteInvalid."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not _NAME.match(parts[0]):
        raise NoteInvalid("not a verifier key")
    data = decode(parts[2])
    if len(data) != 33 or data[0] not in (ED25519, COSIGNATURE_V1):
        raise NoteInvalid("not an Ed25519 verifier key")
    key = VerifierKey(parts[0], data[0], data[1:])
    if key.text != text:
        raise NoteInvalid("key id does not belong to the key")
    return key


def parse_note(data: bytes) -> Note:
    """Return the note's text and signature lines, unverified. Raises NoteInvalid. C2SP signed-note."""
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoteInvalid("not UTF-8") from error
    if any(character < " " and character != "\n" for character in whole):
        raise NoteInvalid("control character")
    text, _, lines = whole.rpartition("\n\n")
    if not text or not lines.endswith("\n"):
        raise NoteInvalid("no signatures")
    signature_lines = lines[:-1].split("\n")
    if len(signature_lines) > SIGNATURES_MAX:
        raise NoteInvalid("too many signatures")
    return Note(f"{text}\n".encode(), tuple(parse_signature_line(line) for line in signature_lines))


def parse_signature_line(line: str) -> SignatureLine:
    """Return one signature line's parts, unverified. Raises NoteInvalid."""
    if not line.startswith(_SIGNATURE_START):
        raise NoteInvalid("not a signature line")
    name, _, payload = line[len(_SIGNATURE_START) :].partition(" ")
    data = decode(payload)
    if not _NAME.match(name) or len(data) < 5:
        raise NoteInvalid("not a signature line")
    return SignatureLine(name, data[:4], data[4:])


def parse_checkpoint_text(text: bytes) -> Checkpoint:
    """Return the checkpoint in a note's text. Raises NoteInvalid, for extension lines too: we write none."""
    lines = text.decode("utf-8", "replace").split("\n")
    if len(lines) != 4 or lines[3] or not _NAME.match(lines[0]) or not _SIZE.match(lines[1]):
        raise NoteInvalid("not a checkpoint")
    root = decode(lines[2])
    if len(root) != 32 or int(lines[1]) > SIZE_MAX:
        raise NoteInvalid("not a checkpoint")
    checkpoint = Checkpoint(lines[0], int(lines[1]), root)
    if checkpoint.text != text:
        raise NoteInvalid("not a checkpoint")
    return checkpoint


def verify_checkpoint(data: bytes, keys: Sequence[VerifierKey]) -> Checkpoint:
    """Return the checkpoint in a note that one of `keys`, named as its origin, has signed.

    Raises NoteInvalid. Unknown signatures are ignored; one failing signature of a known key refuses the note.
    """
    note = parse_note(data)
    checkpoint = parse_checkpoint_text(note.text)
    known = {(key.name, key.key_id): key for key in keys if key.kind == ED25519}
    verified = 0
    for line in note.signatures:
        key = known.get((line.name, line.key_id))
        if key is not None:
            _verify(key.public_key, line.signature, note.text)
            verified += key.name == checkpoint.origin
    if not verified:
        raise NoteInvalid("no signature of a known key")
    return checkpoint


def _verify(public_key: bytes, signature: bytes, message: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise NoteInvalid("signature does not hold") from error


def with_signature_lines(checkpoint: bytes, lines: Sequence[str]) -> bytes:
    """Return the signed note with further signature lines, each once, in the order given.

    The caller has verified them. Raises NoteInvalid when the note or a line is malformed.
    """
    note = parse_note(checkpoint)
    present = {line.text for line in note.signatures}
    fresh = dict.fromkeys(parse_signature_line(line.rstrip("\n")).text for line in lines)
    return checkpoint + "".join(f"{line}\n" for line in fresh if line not in present).encode()


class LogSigner:
    """The log's key. Its name is the log's origin."""

    def __init__(self, origin: str, seed: bytes) -> None:
        """Raises NoteInvalid if the origin cannot name a key, ValueError unless the seed has 32 bytes."""
        if not _NAME.match(origin):
            raise NoteInvalid("origin cannot name a key")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = self._key.public_key()
        self.verifier_key = VerifierKey(origin, ED25519, self._public.public_bytes_raw())

    @property
    def origin(self) -> str:
        """The log's origin line."""
        return self.verifier_key.name

    def sign(self, size: int, root: bytes) -> bytes:
        """Return the signed checkpoint. The signature is verified before it is released.

        Raises InvariantError when it does not hold: a fault in the signer may give the key away.
        """
        if not 0 <= size <= SIZE_MAX or len(root) != 32:
            raise InvariantError("checkpoint of an impossible tree")
        text = Checkpoint(self.origin, size, root).text
        signature = self._key.sign(text)
        try:
            self._public.verify(signature, text)
        except InvalidSignature as error:
            raise InvariantError("the log's own signature does not hold") from error
        line = SignatureLine(self.origin, self.verifier_key.key_id, signature)
        return text + f"\n{line.text}\n".encode()
