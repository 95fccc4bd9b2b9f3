"""A checkpoint against the reader's trust: the log's signature, then the witnesses'."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors import CHECKPOINT, WITNESSES, VerificationError, harmless
from verifier.note import Checkpoint, NoteKey, SignatureLine, parse, parse_checkpoint, verify
from verifier.trust import Trust

_OF_NO_KEY = "a signature line is of no key in the trust file"
_STRANGE = f"{_OF_NO_KEY}: its policy may name a witness outside the quorum"


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint that the log signed; `witnesses` names those whose cosignature verified.

    `log_lines` are all lines in the log's name. Those by keys that the trust file does not pin are not
    verified yet: the log itself names its later keys (verifier/log_keys.py).
    """

    checkpoint: Checkpoint
    text: bytes
    log_lines: tuple[SignatureLine, ...]
    witnesses: tuple[str, ...]
    unknown: int
    is_quorum: bool


def check_cosigned(data: bytes, trust: Trust, *, unknown_allowed: bool) -> Cosigned:
    """Return the checkpoint in `data` when a pinned log key signed it.

    Every line by a pinned key must verify. A line in the log's name by another key may stand there: while
    the log is handed over, its next key signs too. With `unknown_allowed` any line is passed over if neither
    its name nor its key id is a pinned one: the log may have found new witnesses since the trust file was
    written. Raises VerificationError otherwise.
    """
    note = parse(data)
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != trust.origin:
        own, pinned = harmless(checkpoint.origin), harmless(trust.origin)
        raise VerificationError(
            CHECKPOINT, f"the checkpoint is of another log: of {own}, and the trust file of {pinned}"
        )
    keys = (*trust.log_keys, *trust.policy.witnesses.values())
    signed: list[NoteKey] = []
    unknown = 0
    for line in note.signatures:
        key = _key_of(line, keys)
        if key is None:
            unknown += _stranger(line, trust, unknown_allowed)
            continue
        if key in signed:
            raise VerificationError(WITNESSES, f"{key.name} signed twice")
        _check_line(note.text, line, key, trust)
        signed.append(key)
    if not any(key in signed for key in trust.log_keys):
        raise VerificationError(CHECKPOINT, "no log key of the trust file signed the checkpoint")
    names = tuple(name for name, key in trust.policy.witnesses.items() if key in signed)
    log_lines = tuple(line for line in note.signatures if line.name == trust.origin)
    return Cosigned(checkpoint, note.text, log_lines, names, unknown, trust.policy.is_met(signed))


def _stranger(line: SignatureLine, trust: Trust, unknown_allowed: bool) -> int:
    """Return how many lines nobody here can check, one, when this one may stand there."""
    ids = {key.key_id for key in (*trust.log_keys, *trust.policy.witnesses.values())}
    names = {key.name for key in trust.policy.witnesses.values()}
    if line.key_id in ids or line.name in names:  # half a match is a damaged line, not a stranger's
        raise VerificationError(WITNESSES, _OF_NO_KEY)
    if line.name != trust.origin and not unknown_allowed:
        raise VerificationError(WITNESSES, _STRANGE)
    return 1


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
