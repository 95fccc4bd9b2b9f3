"""The witness's key: made once, kept in one file, used for `cosignature/v1` only."""

from __future__ import annotations

import os
import secrets
from base64 import b64encode
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier.note import COSIGNATURE_V1, NoteKey, cosigned_message, key_id, parse_key

KEY_FILE = "witness.key"
SEED_BYTES = 32
_RESTORE = "restore witness.key from its backup"


class KeyFault(Exception):
    """The key file is missing, malformed or already there; `fix` says what to do."""

    def __init__(self, cause: str, fix: str) -> None:
        super().__init__(cause)
        self.fix = fix


class Cosigner:
    """A named Ed25519 key that makes cosignatures. C2SP tlog-cosignature."""

    def __init__(self, name: str, seed: bytes) -> None:
        """Raises KeyFault unless name and seed make a key."""
        if len(seed) != SEED_BYTES:
            raise KeyFault("the seed of a witness key has 32 bytes", _RESTORE)
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        public = self._key.public_key().public_bytes_raw()
        self.key = NoteKey(name, key_id(name, COSIGNATURE_V1, public), COSIGNATURE_V1, public)
        try:
            parse_key(self.key.text)
        except Exception as error:
            raise KeyFault(
                "a witness name has no space and no plus sign", "for instance --name witness.example/w1"
            ) from error

    def line(self, checkpoint_text: bytes, time_s: int) -> str:
        """Return the cosignature line over a checkpoint's text, line feed included.

        The signature is verified before it is released. Raises KeyFault when it does not hold.
        """
        message = cosigned_message(checkpoint_text, time_s)
        signature = self._key.sign(message)
        try:
            self._key.public_key().verify(signature, message)
        except InvalidSignature as error:
            raise KeyFault("the witness's own signature does not hold", _RESTORE) from error
        payload = self.key.key_id + time_s.to_bytes(8, "big") + signature
        return f"\u2014 {self.key.name} {b64encode(payload).decode()}\n"


def generate(folder: Path, name: str) -> Cosigner:
    """Make a key and keep it durably in `folder`. Raises KeyFault when there is one already, OSError."""
    seed = secrets.token_bytes(SEED_BYTES)
    cosigner = Cosigner(name, seed)
    try:
        descriptor = os.open(folder / KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyFault(
            "there is a witness key in this folder already", "name another folder: a key is never replaced"
        ) from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{name}\n{seed.hex()}\n")
        file.flush()
        os.fsync(file.fileno())
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return cosigner


def load(folder: Path) -> Cosigner:
    """Return the key kept in `folder`. Raises KeyFault."""
    try:
        name, seed_hex, end = (folder / KEY_FILE).read_text("utf-8").split("\n")
        seed = bytes.fromhex(seed_hex)
    except (OSError, ValueError) as error:
        raise KeyFault("no usable witness key in this folder", "make one with: rx-witness keygen") from error
    if end:
        raise KeyFault("the witness key file has more than two lines", _RESTORE)
    return Cosigner(name, seed)
