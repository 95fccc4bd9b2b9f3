"""A checkpoint against the reader's trust: the log's signature, then the witnesses'."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors import CHECKPOINT, WITNESSES, VerificationError
from verifier.note import Checkpoint, NoteKey, SignatureLine, parse, parse_checkpoint, verify
from verifier.trust import Trust


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint that the log signed; `witnesses` names those whose cosignature verified."""

    checkpoint: Checkpoint
    witnesses: tuple[str, ...]
    unknown: int
    is_quorum: bool


def check_cosigned(data: bytes, trust: Trust, *, unknown_allowed: bool) -> Cosigned:
    """Return the checkpoint in `data` when the pinned log key signed it.

    Every line must be by a pinned key and verify. With `unknown_allowed` a line is passed over
    if neither its name nor its key id is a pinned one: the log may have found new witnesses
    since the trust file was written. Raises VerificationError otherwise.
    """
    note = parse(data)
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != trust.origin:
        raise VerificationError(CHECKPOINT, "the checkpoint is of another log")
    keys = (*trust.log_keys, *trust.policy.witnesses.values())
    signed: list[NoteKey] = []
    unknown = 0
    for line in note.signatures:
        key = _key_of(line, keys)
        if key is None:
            if not unknown_allowed or _resembles(line, keys):
                raise VerificationError(WITNESSES, "a signature line is of no key in the trust file")
            unknown += 1
            continue
        if key in signed:
            raise VerificationError(WITNESSES, f"{key.name} signed twice")
        _check_line(note.text, line, key, trust)
        signed.append(key)
    if not any(key in signed for key in trust.log_keys):
        raise VerificationError(CHECKPOINT, "the log did not sign the checkpoint")
    names = tuple(name for name, key in trust.policy.witnesses.items() if key in signed)
    return Cosigned(checkpoint, names, unknown, trust.policy.is_met(signed))


def _check_line(text: bytes, line: SignatureLine, key: NoteKey, trust: Trust) -> None:
    try:
        verify(text, line, key)
    except VerificationError as error:
        step = CHECKPOINT if key in trust.log_keys else WITNESSES
        raise VerificationError(step, error.message) from None


def _key_of(line: SignatureLine, keys: tuple[NoteKey, ...]) -> NoteKey | None:
    for key in keys:
        if (key.name, key.key_id) == (line.name, line.key_id):
            return key
    return None


def _resembles(line: SignatureLine, keys: tuple[NoteKey, ...]) -> bool:
    """Half a match is a damaged line, not a stranger's."""
    return any(key.name == line.name or key.key_id == line.key_id for key in keys)
