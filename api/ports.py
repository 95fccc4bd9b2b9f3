"""What the HTTP side needs from a ledger: any host of the contracts that offers this can be served."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol

from contracts.codes import CODES
from contracts.decision import Decision, Finding, Outcome
from contracts.facts import AdmissionRefusal, Facts, Json

FAULT_STATUS_MIN = 500


class LocatedPort(Protocol):
    """Where an entry stands."""

    @property
    def index(self) -> int:
        """Its place in the tree."""

    @property
    def leaf(self) -> str:
        """Its leaf hash in hex."""


class ProofPort(Protocol):
    """What a receipt says. It can be told to another process, which then writes the receipt out."""

    def receipt(self) -> bytes:
        """Return the receipt, checked. Raises InvariantError when it does not hold."""


class AnswerPort(Protocol):
    """The durable outcome of a submission; see `ledger.answers.Answer`."""

    @property
    def outcome(self) -> Outcome:
        """accepted, held, refused or replayed."""

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the verdict, the decisive one first."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every rule that did not hold."""

    @property
    def statement_id(self) -> str:
        """SHA-256 of the payload."""

    @property
    def index(self) -> int | None:
        """Place of the entry, None where nothing was appended."""

    @property
    def leaf(self) -> str | None:
        """Leaf hash of the entry, None where nothing was appended."""

    @property
    def entry(self) -> bytes | None:
        """The entry's bytes, None where nothing was appended."""

    @property
    def proof(self) -> ProofPort | None:
        """What the receipt says, of an accepted entry."""

    @property
    def receipt(self) -> bytes | None:
        """The tlog-proof of an accepted entry, checked and written out each time it is asked for."""


Work = Facts | AdmissionRefusal
Unit = Sequence[tuple[Work, tuple[str, ...]]]
"""Work of one request, each with its disclosures as received: judged in turn, committed together."""


class LedgerPort(Protocol):
    """A ledger as the server calls it, from any thread. Faults are told by `fault_of`."""

    def submit_batch(self, batch: Unit) -> Sequence[Future[Any]]:
        """Queue submissions as one unit; each future gives an AnswerPort."""

    def watch(self, told: Callable[[Sequence[str]], None]) -> None:
        """Have `told` called from any thread with keys of records that admission reads, once they were
        written: after reads see them, before the statement is answered."""

    def check(self, facts: Facts) -> Decision:
        """Return what the contracts would decide now; nothing is written."""

    def read(self, key: str) -> bytes | None:
        """Return a committed state value."""

    def tag(self, kind: str, value: str) -> tuple[str, ...]:
        """Return the keyed tags of a value, newest first."""

    @property
    def size(self) -> int:
        """How many entries are signed."""

    @property
    def time_ms(self) -> int:
        """Ledger time now."""

    @property
    def fault(self) -> Exception | None:
        """Why the writer has stopped, or None."""

    @property
    def queued(self) -> int:
        """How many submissions wait."""

    def find(self, statement_id: str) -> LocatedPort | None:
        """Return where a committed statement stands."""

    def entry(self, index: int) -> bytes:
        """Return an entry."""

    def history(self, chain: str) -> Sequence[LocatedPort]:
        """Return a chain's entries, oldest first."""

    def disclosures(self, statement_id: str) -> Mapping[str, Json]:
        """Return a statement's opened disclosures."""

    def receipt(self, statement_id: str) -> bytes | None:
        """Return a statement's tlog-proof."""

    def tile(self, path: str) -> bytes | None:
        """Return a tlog-tiles file."""

    def published_checkpoint(self) -> bytes:
        """Return the newest published checkpoint."""

    @property
    def cosigned_size(self) -> int:
        """How many entries the newest cosigned checkpoint covers, 0 where there is none."""

    def publish(self, force: bool = False) -> None:
        """Publish what was signed since."""


class CosignerPort(Protocol):
    """Asks the witnesses; see `api.witnesses.cosigning.Cosigner`."""

    @property
    def failures(self) -> Mapping[str, int]:
        """How many requests in a row brought no cosignature, by witness."""

    @property
    def conflicts(self) -> Mapping[str, bool]:
        """Whether this log does not hold what the witness has cosigned, by witness."""

    def collect(self) -> object:
        """Ask those that have not cosigned the newest published checkpoint."""


class ClockPort(Protocol):
    """The standing clock of a sandbox."""

    def now_ms(self) -> int:
        """Return the present time."""

    def set(self, time_ms: int) -> None:
        """Move it. Raises ValueError for an earlier time."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of the ledger as the caller is told of it."""

    code: str
    retry_after_s: int


def is_alone(error: BaseException) -> bool:
    """Return whether a host says that a fault concerns one submission of a unit, and no other."""
    return bool(getattr(error, "is_alone", False))


def is_erased(error: BaseException) -> bool:
    """Return whether a host says that what was asked for has been erased."""
    return getattr(error, "code", None) == "ERASED"


def fault_of(error: BaseException) -> Fault:
    """Return how to tell a caller of an exception that is no refusal.

    A host's faults carry a `code` of the table and perhaps `retry_after_s`. Everything else is our
    own mistake: the caller learns that the ledger cannot answer, the log learns what it was.
    """
    code = getattr(error, "code", None)
    row = CODES.get(code) if isinstance(code, str) else None
    if row is None or row.status < FAULT_STATUS_MIN:
        return Fault("DB_UNAVAILABLE", 5)
    return Fault(row.code, int(getattr(error, "retry_after_s", None) or 5))
