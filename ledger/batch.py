"""A batch of judged submissions, and the one transaction that makes it last."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite

from contracts.decision import Decision
from contracts.errors import InvariantError
from contracts.facts import AdmissionRefusal, Facts
from ledger.answers import Answer
from ledger.errors import ContractFault
from ledger.merkle import leaf_hash
from ledger.schema import CHAIN, ENTRY, PRIVATE_STATE, PUBLIC_STATE
from ledger.state import Overlay, State
from ledger.store import PRIVATE_PREFIX, Store, compiled
from ledger.tiles import ENTRY_BYTES_MAX
from ledger.vault import Sealing, seal

HEAD_PREFIX = "pub/head/"
TAKES_ID = ("accepted", "held")


def _upsert(table: Table) -> str:
    insert = sqlite.insert(table)
    newer = {"value": insert.excluded.value}
    return compiled(insert.on_conflict_do_update(index_elements=["key"], set_=newer))


_ADD_ENTRY = compiled(ENTRY.insert())
_ADD_CHAIN = compiled(CHAIN.insert())
_PUT_PUBLIC = _upsert(PUBLIC_STATE)
_PUT_PRIVATE = _upsert(PRIVATE_STATE)


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

    def __init__(self, state: State, first_index: int) -> None:
        self.overlay = Overlay(state)
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
        self.overlay.apply(decision.writes)
        self.judged.append(Judged(work, decision, index))

    def commit(self, store: Store, state: State) -> None:
        """Return once everything is durable and visible to readers.

        Raises StorageFull with nothing stored, StorageFault when that is not known.
        """
        if not self.entries and not self.overlay.writes:
            return
        with store.lock:
            with store.transaction() as connection:
                self._write_entries(connection)
                self._write_state(connection)
                seal(connection, self._sealings())
            state.committed(self.overlay.writes)

    def _write_entries(self, connection: Connection) -> None:
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
        _many(connection, _ADD_ENTRY, entries)
        _many(connection, _ADD_CHAIN, chains)

    def _write_state(self, connection: Connection) -> None:
        writes = self.overlay.writes.items()
        _many(connection, _PUT_PUBLIC, [pair for pair in writes if not pair[0].startswith(PRIVATE_PREFIX)])
        _many(connection, _PUT_PRIVATE, [pair for pair in writes if pair[0].startswith(PRIVATE_PREFIX)])

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


def _chains(decision: Decision) -> list[str]:
    """The chains an entry belongs to: those whose head it becomes, and the one the contract names."""
    heads = {key.removeprefix(HEAD_PREFIX) for key, _ in decision.writes if key.startswith(HEAD_PREFIX)}
    return sorted(heads | ({decision.chain} if decision.chain else set()))


def _many(connection: Connection, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        connection.exec_driver_sql(sql, list(rows))
