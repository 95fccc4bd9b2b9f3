"""A batch of judged submissions, and the one change of the store that makes it last."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field

from contracts.decision import Decision
from contracts.errors import InvariantError
from contracts.facts import AdmissionRefusal, Facts
from ledger.answers import Answer
from ledger.changes import Changes, Writes, compiled, upsert
from ledger.errors import ContractFault
from ledger.merkle import leaf_hash
from ledger.schema import CHAIN, ENTRY, PUBLIC_STATE
from ledger.state import Overlay, State
from ledger.store import LEAF_PREFIX, PRIVATE_PREFIX, Store, leaf_value
from ledger.tiles import ENTRY_BYTES_MAX
from ledger.vault import Sealing, seal

HEAD_PREFIX = "pub/head/"
TAKES_ID = ("accepted", "held")

_ADD_ENTRY = compiled(ENTRY.insert())
_ADD_CHAIN = compiled(CHAIN.insert())
_PUT_PUBLIC = upsert(PUBLIC_STATE)


@dataclass(slots=True)
class Work:
    """A submission on its way through the writer."""

    item: Facts | AdmissionRefusal
    disclosures: tuple[str, ...]
    future: Future[Answer] = field(default_factory=Future)


@dataclass(slots=True)
class Judged:
    """A submission with its decision, and the index its entry gets, if it gets one."""

    work: Work
    decision: Decision
    index: int | None


class Batch:
    """Decisions that are committed together. Each sees what those before it have written."""

    def __init__(self, state: State, first_index: int, absent: frozenset[str] = frozenset()) -> None:
        self.overlay = Overlay(state, absent)
        self.judged: list[Judged] = []
        self.first_index = first_index
        self.entries: list[bytes] = []
        self.leaves: list[bytes] = []

    def add(self, work: Work, decision: Decision) -> None:
        """Take a decision in.

        Raises ContractFault for an entry too long for the log, which concerns this submission alone, and
        InvariantError for a decision that contradicts itself, which puts everything in doubt.
        """
        index = None
        if decision.entry is not None:
            if len(decision.entry) > ENTRY_BYTES_MAX:
                raise ContractFault(f"the entry would be longer than {ENTRY_BYTES_MAX} bytes")
            leaf = leaf_hash(decision.entry)
            if decision.leaf != leaf.hex():
                raise InvariantError("a contract's entry does not fit its leaf")
            index = self.first_index + len(self.entries)
            self.entries.append(decision.entry)
            self.leaves.append(leaf)
        elif decision.outcome in TAKES_ID:
            raise InvariantError("a contract accepted a statement without an entry")
        _require_own_leaf(work, decision)
        self.overlay.apply(decision.writes)
        self.judged.append(Judged(work, decision, index))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be stored: replays, and refusals without an entry."""
        return not self.entries and not self.overlay.writes

    def commit(self, store: Store, state: State) -> None:
        """Return once everything is durable and visible to readers.

        Raises StorageFull with nothing stored, StorageFault when that is not known.
        """
        if self.is_empty:
            return
        with store.lock:
            sealed = seal(store, self._sealings())
            writes = self.overlay.writes.items()
            private = {key: value for key, value in writes if key.startswith(PRIVATE_PREFIX)}
            public = [pair for pair in writes if not pair[0].startswith((PRIVATE_PREFIX, LEAF_PREFIX))]
            store.commit(Changes([*self._entries(), (_PUT_PUBLIC, public)], [sealed], private))
            state.committed(self.overlay.writes, self.overlay.absent)

    def _entries(self) -> Writes:
        signed_size = self.first_index + len(self.entries)
        entries = []
        chains = []
        for judged in self.judged:
            if judged.index is None:
                continue
            takes_id = judged.decision.outcome in TAKES_ID
            statement_id = bytes.fromhex(judged.work.item.statement_id) if takes_id else None
            at = judged.index - self.first_index
            entries.append((judged.index, self.entries[at], self.leaves[at], statement_id, signed_size))
            chains += [(chain, judged.index) for chain in _chains(judged.decision)]
        return [(_ADD_ENTRY, entries), (_ADD_CHAIN, chains)]

    def _sealings(self) -> list[Sealing]:
        return [
            Sealing(
                judged.index,
                judged.work.item.statement_id,
                judged.decision.data_key or judged.work.item.statement_id,
                judged.work.disclosures,
            )
            for judged in self.judged
            if judged.index is not None and judged.work.disclosures
        ]


def _require_own_leaf(work: Work, decision: Decision) -> None:
    """A leaf is kept with its entry alone, so what is written of leaves must be just that."""
    own = []
    if decision.outcome in TAKES_ID and decision.leaf is not None:
        own = [(LEAF_PREFIX + work.item.statement_id, leaf_value(decision.leaf))]
    if [write for write in decision.writes if write[0].startswith(LEAF_PREFIX)] != own:
        raise InvariantError("a contract wrote a leaf that is not its entry's")


def _chains(decision: Decision) -> list[str]:
    """The chains an entry belongs to: those whose head it becomes, and the one the contract names."""
    heads = {key.removeprefix(HEAD_PREFIX) for key, _ in decision.writes if key.startswith(HEAD_PREFIX)}
    return sorted(heads | ({decision.chain} if decision.chain else set()))
