"""The log's keys: which of them sign a checkpoint, and the seeds that this folder holds.

Genesis names the first key, each `governance.log_key` the next. A checkpoint of size n is signed by the
newest key named below n, and by the one before it while the time of entry n-1 is not after `overlap_until`:
whoever holds the entries knows which signatures must stand there. `verifier/SPEC.md` §7.

    log.key               seed of the key that genesis names
    log.key.<key id>      seed of a later one, made by `rx log-key`
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from contracts import keys
from contracts.facts import Read
from ledger.answers import Located
from ledger.errors import LogKeyMissing
from ledger.folder import LOG_KEY, read_seed
from ledger.note import LogSigner, NoteInvalid, VerifierKey, parse_verifier_key, with_signature_lines

Locate = Callable[[str], "tuple[Located, int] | None"]


@dataclass(frozen=True, slots=True)
class Term:
    """A key signs from the tree of `first_size` on; the one before it too until `until_ms`, if at all."""

    vkey: str
    first_size: int
    until_ms: int | None = None


class LogKeys:
    """The terms of the log's keys so far. The writer's thread adds to them; any thread signs."""

    def __init__(self, folder: Path, origin: str) -> None:
        """Hold the seeds in `folder`; before genesis is stored the key of `log.key` is the log's."""
        self._folder = folder
        self.origin = origin
        self._signers: dict[str, LogSigner] = {}
        self.terms: Sequence[Term] = ()

    def load(self, read: Read, locate: Locate) -> None:
        """Take up what the ledger's state says. Raises LogKeyMissing if nothing names the first key."""
        genesis = read(keys.GENESIS)
        first = json.loads(genesis)["log_vkey"] if genesis else self._signer_in(LOG_KEY).verifier_key.text
        self.terms = (Term(first, 0), *_handovers(read, locate))

    @property
    def verifier_keys(self) -> list[VerifierKey]:
        """Every key that the log has had."""
        return [parse_verifier_key(term.vkey) for term in self.terms]

    @property
    def handed_over(self) -> bool:
        """Whether the log has had more than one key."""
        return len(self.terms) > 1

    def in_force(self, size: int, time_ms: int) -> list[str]:
        """Return the vkeys that sign a checkpoint of `size`, its last entry of `time_ms`, oldest first."""
        begun = [term for term in self.terms if term.first_size <= size]
        newest = begun[-1]
        overlaps = newest.until_ms is not None and time_ms <= newest.until_ms
        return [term.vkey for term in (begun[-2:] if overlaps else [newest])]

    def sign(self, size: int, root: bytes, time_ms: int) -> bytes:
        """Return the checkpoint with the signature of every key in force. Raises LogKeyMissing."""
        notes = [self.signer(vkey).sign(size, root) for vkey in self.in_force(size, time_ms)]
        return with_signature_lines(notes[0], [_line(note) for note in notes[1:]]) if notes[1:] else notes[0]

    def signer(self, vkey: str) -> LogSigner:
        """Return the signer of a key whose seed the folder holds. Raises LogKeyMissing."""
        if vkey not in self._signers:
            key_id = vkey.removeprefix(self.origin).split("+")[1]
            for name in (f"{LOG_KEY}.{key_id}", LOG_KEY):
                if (self._folder / name).exists() and self._signer_in(name).verifier_key.text == vkey:
                    break
            else:
                raise LogKeyMissing(f"{LOG_KEY}.{key_id}, or {LOG_KEY} with that key, is missing: restore it")
        return self._signers[vkey]

    def retire(self, size: int, time_ms: int) -> list[str]:
        """Delete the files of earlier keys that sign no checkpoint from this one on; return their names."""
        over = {term.vkey for term in self.terms} - set(self.in_force(size, time_ms))
        files = sorted(self._folder.glob(f"{LOG_KEY}*"))
        found = [path for path in files if self._signer_in(path.name).verifier_key.text in over]
        for path in found:
            path.unlink()
        for vkey in over:
            self._signers.pop(vkey, None)
        return [path.name for path in found]

    def _signer_in(self, name: str) -> LogSigner:
        try:
            signer = LogSigner(self.origin, read_seed(self._folder / name))
        except NoteInvalid as error:
            raise LogKeyMissing(f"{name}: {error}") from error
        self._signers[signer.verifier_key.text] = signer
        return signer


def _line(note: bytes) -> str:
    return note.rpartition(b"\n\n")[2].decode()


def _handovers(read: Read, locate: Locate) -> list[Term]:
    """The later keys; none where the statement that names one is not stored: it is being judged just now."""
    found = []
    for one in json.loads(read(keys.LOG_KEYS) or b'{"keys":[]}')["keys"]:
        located = locate(one["id"])
        if located is not None:
            found.append(Term(one["vkey"], located[0].index + 1, one.get("until")))
    return found
