"""Keyed tags: what state may say of people and packs instead of their numbers (D7).

A tag is `<key id>.<hex HMAC-SHA-256(key, kind 00 value)>`, the value as `contracts.tagging` tells it apart.
The keys never reach a contract.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from contracts.tagging import told_apart
from ledger.errors import NotALedger

KINDS = ("people", "codes")
KEY_BYTES_MIN = 32


def key_id(key: bytes) -> str:
    """Return the eight digits that name a tag key."""
    return hashlib.sha256(b"rx-tag-key/v1\x00" + key).hexdigest()[:8]


class TagKeys:
    """The tag keys in use by kind, the newest first. A replaced key is kept until its windows have passed."""

    def __init__(self, keys: Mapping[str, Iterable[bytes]]) -> None:
        """Raises NotALedger unless each kind has a key, each of at least 32 bytes."""
        self._keys = {kind: tuple((key_id(key), key) for key in keys.get(kind, ())) for kind in KINDS}
        for kind, known in self._keys.items():
            if not known or any(len(key) < KEY_BYTES_MIN for _, key in known):
                raise NotALedger(f"the tag keys for {kind} are missing or shorter than 32 bytes")
        # Keyed once and copied for each value: hmac.digest would give other threads the interpreter lock for
        # a microsecond's work, and the writer would then wait to get it back.
        self._keyed = {
            kind: tuple((name, hmac.new(key, digestmod="sha256")) for name, key in known)
            for kind, known in self._keys.items()
        }

    def newest_id(self, kind: str) -> str:
        """Return the id of the key that new tags of `kind` are made with."""
        return self._keys[kind][0][0]

    def tag(self, kind: str, value: str) -> tuple[str, ...]:
        """Return the tags of a value: of each of its forms, the newest key's first."""
        messages = [f"{kind}\x00{form}".encode() for form in told_apart(kind, value)]
        return tuple(f"{name}.{_digest(keyed, one)}" for one in messages for name, keyed in self._keyed[kind])

    def tags(self, values: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, ...]]:
        """Return the tags of many (kind, value) pairs."""
        return {(kind, value): self.tag(kind, value) for kind, value in values}

    def dump(self) -> bytes:
        """Return the content of tag-keys.json."""
        keys = {kind: [key.hex() for _, key in known] for kind, known in self._keys.items()}
        return json.dumps({"format": "rx-tag-keys/v1", **keys}, indent=1).encode() + b"\n"

    @classmethod
    def load(cls, path: Path) -> TagKeys:
        """Return the keys in a tag-keys.json. Raises NotALedger when there is none to be read."""
        try:
            read = json.loads(path.read_bytes())
            return cls({kind: [bytes.fromhex(key) for key in read[kind]] for kind in KINDS})
        except PermissionError as error:
            raise NotALedger(
                f"{path.name} is not readable by this user: run as the folder's owner"
            ) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NotALedger(f"{path.name} cannot be read: restore it from its backup") from error


def _digest(keyed: hmac.HMAC, message: bytes) -> str:
    copy = keyed.copy()
    copy.update(message)
    return copy.hexdigest()
