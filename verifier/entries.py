"""Steps 5 to 9 over the entries of a log, in order, each judged by what stood before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from verifier.acts import ACTS
from verifier.acts import GENESIS as GENESIS_TYPE
from verifier.authority import Task, authorise
from verifier.chains import Chains
from verifier.entry import Accepted, Entry, Heads, Refused, parse_entry
from verifier.errors import AUTHORITY, FORM, GENESIS, REFUSAL, VerificationError
from verifier.registry import Registry
from verifier.trust import Trust


@dataclass(slots=True)
class Entries:
    """State after `count` entries; `take` the next one. Counters hold codes and type names only."""

    trust: Trust
    count: int = 0
    accepted: int = 0
    held: int = 0
    refused: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    not_interpreted: Counter[str] = field(default_factory=Counter)
    registry: Registry = field(default_factory=Registry)
    chains: Chains = field(default_factory=Chains)

    def take(self, data: bytes, leaf: bytes) -> list[Task]:
        """Judge the next entry and return its signatures, which remain to be checked.

        Raises VerificationError, with the entry's index, at the first thing that is wrong.
        """
        with _at(self.count):
            entry = parse_entry(data)
            if self.count == 0:
                self._check_genesis(entry, leaf)
            tasks = self._judge(entry, leaf)
        self.count += 1
        return tasks

    def _check_genesis(self, entry: Entry, leaf: bytes) -> None:
        if leaf != self.trust.genesis:
            raise VerificationError(GENESIS, "genesis is not the one that the trust file pins")
        if not isinstance(entry, Accepted) or entry.statement.type != GENESIS_TYPE:
            raise VerificationError(GENESIS, "the first entry is not a genesis")
        payload = entry.statement.payload
        if payload.get("profile") != self.trust.profile:
            raise VerificationError(GENESIS, "genesis is of another profile than the trust file")

    def _judge(self, entry: Entry, leaf: bytes) -> list[Task]:
        self.chains.advance(entry.time)
        if isinstance(entry, Refused):
            self._refusal(entry)
            return []
        if isinstance(entry, Heads):
            if entry.size != self.count:
                raise VerificationError(FORM, "heads are of another size")
            return []
        return self._statement(entry, leaf)

    def _statement(self, entry: Accepted, leaf: bytes) -> list[Task]:
        statement = entry.statement
        if statement.payload["aud"] != self.trust.origin:
            raise VerificationError(AUTHORITY, "a statement addressed to another log")
        if (statement.type == GENESIS_TYPE) != (self.count == 0):
            raise VerificationError(GENESIS, "a second genesis")
        self._pinned_rules(entry.verdict.rulebook, entry.verdict.knowledge, AUTHORITY)
        tasks = authorise(statement, entry.time, self.registry)
        self.chains.link(entry, leaf)
        self.registry.apply(statement, entry.time)
        self._note_use(entry)
        return tasks

    def _note_use(self, entry: Accepted) -> None:
        for item in entry.statement.signatures:
            key = self.registry.keys.get(item.kid)
            if key is not None:
                key.use_indices.append(self.count)
                key.use_times.append(entry.time)
        self.accepted += 1
        self.held += entry.verdict.outcome == "held"
        self.flags.update(entry.verdict.flags)
        if entry.statement.type not in ACTS:
            self.not_interpreted[entry.statement.type] += 1

    def _refusal(self, entry: Refused) -> None:
        if entry.actor not in self.registry.organisations:
            raise VerificationError(REFUSAL, "a refusal of an organisation that is not registered")
        if not set(entry.signers) <= self.registry.holders:
            raise VerificationError(REFUSAL, "a refusal accuses somebody who has no key")
        if self.chains.holds(entry.digest):
            raise VerificationError(REFUSAL, "a refusal of a statement that was committed before")
        self._pinned_rules(entry.rulebook, entry.knowledge, REFUSAL)
        self.refused += 1
        self.refusals.update(entry.codes)

    def _pinned_rules(self, rulebook: str | None, knowledge: str | None, step: str) -> None:
        if rulebook is not None and rulebook not in self.registry.rulebooks:
            raise VerificationError(step, "judged by a rulebook that no earlier entry is")
        if knowledge is not None and knowledge not in self.registry.knowledge:
            raise VerificationError(step, "judged by knowledge that no earlier entry is")


@contextmanager
def _at(index: int) -> Iterator[None]:
    """Name the entry in every fault, and turn what nobody foresaw into one."""
    try:
        yield
    except VerificationError as error:
        raise VerificationError(error.step, error.message, index) from error
    except Exception as error:
        raise VerificationError(FORM, f"not understood ({type(error).__name__})", index) from error
