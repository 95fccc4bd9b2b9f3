"""The log's keys as the log itself names them: genesis the first, each `governance.log_key` the next.

A checkpoint of size n is signed by the newest key named below n, and by the one before it while the time of
entry n-1 is not after `overlap_until`. SPEC §7.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from verifier import base64url
from verifier.cosigned import Cosigned
from verifier.errors import AUTHORITY, CHECKPOINT, VerificationError
from verifier.members import Object, get_text, get_time_ms
from verifier.note import ED25519, NoteKey, parse_key, verify


@dataclass(slots=True)
class LogKeys:
    """Every key so far, oldest first, and until when the last but one still signs."""

    named: list[NoteKey] = field(default_factory=list)
    until: int = -1

    def begin(self, payload: Object) -> None:
        """Take genesis' key. Raises VerificationError if it is none of the log that genesis names."""
        self.named.append(_key(payload))

    def hand_over(self, payload: Object, time: int) -> None:
        """Take the next key at ledger time `time`.

        Raises VerificationError if it is not new, nobody proved to hold it, or two overlaps would meet.
        """
        key = _key(payload)
        overlaps = "overlap_until" in payload
        if key in self.named or (overlaps and time <= self.until):
            raise VerificationError(AUTHORITY, "the log's key was named before, or its handover runs still")
        _check_possession(key, payload)
        self.until = get_time_ms(payload, "overlap_until") if overlaps else -1
        self.named.append(key)

    def in_force(self, time: int) -> list[NoteKey]:
        """Return the keys that sign a checkpoint whose last entry bears `time`."""
        return self.named[-2:] if time <= self.until else self.named[-1:]

    def check(self, cosigned: Cosigned, time: int) -> None:
        """Return when the keys in force, and no other of the log's name, signed this log's checkpoint.

        Raises VerificationError.
        """
        lines = {line.key_id: line for line in cosigned.log_lines}
        keys = self.in_force(time)
        if len(lines) != len(cosigned.log_lines) or set(lines) != {key.key_id for key in keys}:
            raise VerificationError(
                CHECKPOINT, "the checkpoint is not signed by exactly the keys that the log names"
            )
        for key in keys:
            verify(cosigned.text, lines[key.key_id], key)


def _key(payload: Object) -> NoteKey:
    key = parse_key(get_text(payload, "log_vkey"))
    if key.algorithm != ED25519 or key.name != get_text(payload, "aud"):
        raise VerificationError(AUTHORITY, "the log's key is not an Ed25519 key in the log's name")
    return key


def _check_possession(key: NoteKey, payload: Object) -> None:
    message = f"rx-log-key/v1\0{key.name}\0{key.text}".encode()
    try:
        signature = base64url.decode(get_text(payload, "possession"))
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise VerificationError(AUTHORITY, "nobody proved to hold the log's next key") from None
