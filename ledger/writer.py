"""The one writer: takes what waits, judges it in order, commits it as a group, reads it back, signs, answers.

Nothing is answered before the commit is durable and its entries were read back and hashed again.
"""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Condition, Thread

from contracts.decision import Context, Decision
from contracts.errors import InvariantError, place_of
from contracts.facts import AdmissionRefusal, Facts, Read
from contracts.keys import LOG_KEYS, READ_AT_ADMISSION
from ledger.answers import Answer
from ledger.batch import Batch, Judged, Work
from ledger.clock import Clock
from ledger.contract import Contract
from ledger.errors import (
    ClockBackwards,
    ContractFault,
    DataDamaged,
    LedgerError,
    LogKeyMissing,
    Overloaded,
    Stopped,
    StorageFull,
)
from ledger.log import Log
from ledger.state import State
from ledger.store import Store
from ledger.tags import TagKeys

GROUP_MAX = 500  # statements in one commit: more adds latency and no throughput
CLOCK_TOLERANCE_MS = 2_000  # a clock this far behind the last entry is being corrected, not broken

Watch = Callable[[Sequence[str]], None]
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the writer works with."""

    store: Store
    state: State
    log: Log
    tag_keys: TagKeys
    clock: Clock
    contract: Contract


class Writer:
    """Owns the order of entries. Submissions wait in a queue of limited size."""

    def __init__(self, parts: Parts, last_time_ms: int, queue_size_max: int) -> None:
        self._parts = parts
        self._queue: deque[list[Work]] = deque()
        self._queued = 0
        self._queue_size_max = queue_size_max
        self._wakeup = Condition()
        self._closing = False
        self.last_time_ms = last_time_ms
        self.fault: LedgerError | InvariantError | None = None
        self.full: StorageFull | None = None  # the last group that had something to store found no room
        self.watch: Watch = lambda _: None
        self._thread = Thread(target=self._run, name="ledger-writer", daemon=True)

    def start(self) -> None:
        """Begin to take submissions."""
        self._thread.start()

    @property
    def queued(self) -> int:
        """How many submissions wait."""
        return self._queued

    def enqueue(self, unit: list[Work]) -> None:
        """Queue submissions that belong to one request, to be judged one after the other.

        Raises Overloaded when there is no room for all of them, Stopped.
        """
        with self._wakeup:
            if self.fault is not None or self._closing:
                raise Stopped(self.fault)
            if self._queued + len(unit) > self._queue_size_max:
                raise Overloaded("too many submissions are waiting: send again in a second")
            if not unit:  # answered as it is: a group without a submission tells the thread to end
                return
            self._queue.append(unit)
            self._queued += len(unit)
            self._wakeup.notify()

    def close(self) -> None:
        """Return once everything queued is answered and the thread has ended."""
        with self._wakeup:
            self._closing = True
            self._wakeup.notify()
        if self._thread.ident is not None:
            self._thread.join()

    def judge(self, item: Facts | AdmissionRefusal, context: Context, read: Read) -> Decision:
        """Return the contracts' decision. Writes nothing.

        Raises ContractFault for a contract's own failure, InvariantError.
        """
        contract = self._parts.contract
        try:
            if isinstance(item, AdmissionRefusal):
                return contract.record_refusal(item, context, read)
            tags = self._parts.tag_keys.tags(contract.tagged_values(item.disclosures))
            return contract.execute(replace(item, tags=tags), context, read)
        except (InvariantError, LedgerError):
            raise
        except Exception as error:
            # Contracts are pure: one that failed has written nothing, so only its own submission suffers.
            # The exception's text could quote the input: its class and its place in our code must do.
            kind, at = type(error).__name__, place_of(error)
            _logger.error("a contract failed: %s at %s, statement %s", kind, at, item.statement_id)
            raise ContractFault("a contract failed: report the request id to the operator") from error

    def time_ms(self) -> int:
        """Return ledger time: the clock, never before the last entry. Raises ClockBackwards."""
        now_ms = self._parts.clock.now_ms()
        if now_ms < self.last_time_ms - CLOCK_TOLERANCE_MS:
            raise ClockBackwards("the clock is behind the last entry: set the clock of this machine right")
        return max(now_ms, self.last_time_ms)

    def read_time_ms(self) -> int:
        """Return the time at which reads are answered: a clock that is behind stops writing alone."""
        return max(self._parts.clock.now_ms(), self.last_time_ms)

    def clock_fault(self) -> ClockBackwards | None:
        """Return the fault of a clock that is behind the last entry, or None."""
        try:
            self.time_ms()
        except ClockBackwards as fault:
            return fault
        return None

    # -- the thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        while group := self._take():
            try:
                self._process(group)
            except StorageFull as error:
                self.full = error
                _fail(group, error)  # known to have stored nothing: the next group may find room
            except (LedgerError, InvariantError) as error:
                self._stop(error, group)
            except BaseException as error:  # no way of failing may leave callers waiting
                # Not raised: Python would print the text, which could quote the input.
                told = f"the writer failed: {type(error).__name__} at {place_of(error)}"
                self._stop(InvariantError(told), group)

    def _take(self) -> list[Work]:
        """Wait for submissions and take whole requests up to a group; empty when the writer is to end."""
        with self._wakeup:
            while not self._queue and not self._closing and self.fault is None:
                self._wakeup.wait()
            group: list[Work] = []
            while self._queue and len(group) < GROUP_MAX:
                group += self._queue.popleft()
            self._queued -= len(group)
            return group

    def _process(self, group: list[Work]) -> None:
        parts = self._parts
        # From here on nobody can cancel: a submission is either dropped unjudged or answered.
        group = [work for work in group if work.future.set_running_or_notify_cancel()]
        time_before_ms = self.last_time_ms
        absent = parts.state.absent(key for work in group for key in self._foreseen(work))
        batch = Batch(parts.state, parts.log.size, absent)
        try:
            for work in group:
                self._judge_into(batch, work)
            batch.commit(parts.store, parts.state)
        except StorageFull:
            self.last_time_ms = time_before_ms  # nothing was stored, so no entry bears the later time
            raise
        if not batch.is_empty:  # a replay is answered on a full disk too
            self.full = None
        self._tell_watch(batch)
        # A crash from here on has committed without answering; a client's retry finds its first entry.
        self._read_back(batch)
        if LOG_KEYS in batch.overlay.writes:
            parts.log.keys.load(parts.state.read, parts.store.locate)
        parts.log.extend(batch.leaves, self.last_time_ms)
        for judged in batch.judged:
            self._tell(judged)
        if batch.entries:  # told once for all of them, after the answers: it costs no statement anything
            first, count = batch.first_index, len(batch.entries)
            _logger.info("committed", extra={"first": first, "last": first + count - 1, "count": count})

    def _foreseen(self, work: Work) -> Iterable[str]:
        try:
            return self._parts.contract.foreseen(work.item)
        except Exception:  # judging it will fail alike, and its own submission alone suffers
            return ()

    def _judge_into(self, batch: Batch, work: Work) -> None:
        try:
            context = Context(self.time_ms())
            decision = self.judge(work.item, context, batch.overlay.read)
            decision = self._with_log_key(decision)
            batch.add(work, decision)
        except (ClockBackwards, ContractFault) as error:
            work.future.set_exception(error)
            return
        if decision.entry is not None:
            self.last_time_ms = context.time_ms

    def _with_log_key(self, decision: Decision) -> Decision:
        """Refuse, without an entry, to go over to a key that is not here: the log could never sign again."""
        try:
            for key, value in decision.writes:
                if key == LOG_KEYS:
                    self._parts.log.keys.signer(json.loads(value)["keys"][-1]["vkey"])
        except LogKeyMissing as error:
            return Decision("refused", (error.code,))
        return decision

    def _tell_watch(self, batch: Batch) -> None:
        changed = [key for key in batch.overlay.writes if key.startswith(READ_AT_ADMISSION)]
        if changed:
            self.watch(changed)

    def _read_back(self, batch: Batch) -> None:
        first = batch.first_index
        stored = self._parts.store.entries(first, first + len(batch.entries)) if batch.entries else []
        if stored != batch.entries:
            raise DataDamaged(f"entries from {first} on were not stored as committed")

    def _tell(self, judged: Judged) -> None:
        future = judged.work.future
        try:
            answer = self._answer(judged)
        except DataDamaged as error:  # of an earlier entry, which a replay alone reads: nobody else suffers
            _logger.error("a replay has no answer: %s", error)
            future.set_exception(error)
        else:
            future.set_result(answer)

    def _answer(self, judged: Judged) -> Answer:
        """Return what the submitter is told. Raises DataDamaged for a replay's entry, InvariantError."""
        decision, statement_id = judged.decision, judged.work.item.statement_id
        index, leaf, entry, proof = judged.index, decision.leaf, decision.entry, None
        if decision.outcome == "replayed":
            found = self._parts.store.locate(statement_id)
            if found is None:
                raise InvariantError("a statement counts as committed but has no entry")
            located, signed_size = found
            index, leaf = located.index, located.leaf
            entry = self._parts.store.entries(index, index + 1)[0]
            proof = self._parts.log.proof(index, signed_size)
        elif decision.outcome != "refused" and index is not None:
            proof = self._parts.log.proof(index, self._parts.log.size)
        findings = decision.findings
        return Answer(
            decision.outcome, decision.codes, findings, statement_id, index, leaf, entry, proof, decision
        )

    def _stop(self, fault: LedgerError | InvariantError, group: Sequence[Work]) -> None:
        _logger.critical("the writer stops: %s", fault)
        with self._wakeup:
            self.fault = fault
            waiting = [work for unit in self._queue for work in unit]
            self._queue.clear()
            self._queued = 0
        _fail([*group, *waiting], Stopped(fault))


def _fail(group: Sequence[Work], error: LedgerError) -> None:
    for work in group:
        if not work.future.done():
            with suppress(InvalidStateError):  # cancelled by its caller this very moment
                work.future.set_exception(error)
