"""What the hot calls need of a ledger: who calls, what admission reads, and a durable answer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Protocol

import structlog

from api.admission import Admitted, admit
from api.limits import Head
from api.metrics import Metrics
from api.ports import AnswerPort, Fault, LedgerPort, Unit, fault_of, is_alone
from api.tokens import Caller, Tokens
from api.waiting import Waiting
from contracts.errors import place_of

_log = structlog.get_logger("rx")


class RecordsChanged(Exception):
    """Records that admission had read have changed since; nothing was taken: admit again."""


class IntakePort(Protocol):
    """The ledger as the hot calls use it: `api.intake.Intake`, or one in another process."""

    async def caller(self, head: Head) -> Caller:
        """Return whose token came with a request. Raises Problem AUTH_REQUIRED."""

    async def admit(self, body: bytes, organisation: str) -> Admitted:
        """Return the work in a submission. Raises Problem."""

    async def commit(self, admitted: Sequence[Admitted]) -> Sequence[AnswerPort | Fault]:
        """Return the durable answers to work that is committed together, a fault for what failed alone.

        Raises RecordsChanged, and faults of all of it that `fault_of` tells of.
        """

    def ended(self, code: str, status: int) -> None:
        """Count a call, or a line of a batch, that ended without a verdict."""


class Intake:
    """The ledger of this process; `api.processes.distant` asks one in another. Used from one event loop."""

    def __init__(self, ledger: LedgerPort, tokens: Tokens, metrics: Metrics) -> None:
        self._ledger = ledger
        self._tokens = tokens
        self._metrics = metrics
        self._waiting = Waiting()

    async def caller(self, head: Head) -> Caller:
        """Return whose token came with a request. Raises Problem AUTH_REQUIRED."""
        return self._tokens.caller(head)

    async def admit(self, body: bytes, organisation: str) -> Admitted:
        """Return the work in a submission. Raises Problem."""
        return admit(body, organisation, self._ledger.read)

    async def commit(self, admitted: Sequence[Admitted]) -> Sequence[AnswerPort | Fault]:
        """Return the durable answers to work that is committed together. Raises as `taken` does."""
        return await self.taken([(one.work, one.disclosures) for one in admitted])

    async def taken(self, unit: Unit) -> Sequence[AnswerPort | Fault]:
        """Return the durable answers to work that was admitted anywhere.

        A fault stands in the place of what failed alone. Raises the ledger's faults of all of it.
        """
        started = time.perf_counter()
        answers = [_told(one) for one in await self._waiting.results(self._ledger.submit_batch(unit))]
        self._metrics.seconds.observe(time.perf_counter() - started)
        for answer in answers:
            if not isinstance(answer, Fault):
                self._metrics.answered(answer)
        return answers

    def ended(self, code: str, status: int) -> None:
        """Count a call, or a line of a batch, that ended without a verdict."""
        self._metrics.ended(code, status)


def _told(answer: Any) -> AnswerPort | Fault:
    if not isinstance(answer, BaseException):
        told: AnswerPort = answer
        return told
    if is_alone(answer):
        fault = fault_of(answer)
        _log.error("fault", code=fault.code, kind=type(answer).__name__, at=place_of(answer))
        return fault
    raise answer
