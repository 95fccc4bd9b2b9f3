"""The hot calls: submissions one at a time and in batches."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import orjson
import structlog

from api.admission import Admitted
from api.intake import IntakePort, RecordsChanged
from api.limits import JSON, NDJSON, Head, Receive, check_body, read_body
from api.ports import AnswerPort, Fault, fault_of
from api.problems import Problem
from api.replies import NO_STORE, Reply, accepted_body, json_reply
from api.settings import Settings
from contracts.errors import place_of

_log = structlog.get_logger("rx")
# A batch is judged line by line in the thread that serves everybody: after so many lines others have a turn.
_LINES_AT_ONCE = 16
# What it rests on may change while a submission waits; who meets that so often in a row is to come back.
_ADMISSIONS_MAX = 20

Told = tuple[int, dict[str, Any]] | Problem


class Submissions:
    """Answers POST /v1/statements and /v1/statements:batch."""

    def __init__(self, intake: IntakePort, settings: Settings) -> None:
        self._intake = intake
        self._settings = settings

    async def single(self, head: Head, receive: Receive) -> Reply:
        """Answer one submission. Raises Problem."""
        check_body(head, (JSON,), self._settings.body_bytes_max)
        caller = await self._intake.caller(head)
        body = await read_body(receive, self._settings.body_bytes_max, self._settings.body_timeout_s)
        status, told = await self._committed(body, caller.organisation)
        return json_reply(told, status)

    async def batch(self, head: Head, receive: Receive, catalogue: str) -> Reply:
        """Answer a batch with one line for each of its lines, in their order. Raises Problem."""
        check_body(head, (NDJSON,), self._settings.batch_bytes_max)
        caller = await self._intake.caller(head)
        body = await read_body(receive, self._settings.batch_bytes_max, self._settings.body_timeout_s)
        if not body:
            raise Problem("JSON_EMPTY")
        body = body.removesuffix(b"\n")
        if body.count(b"\n") >= self._settings.batch_lines_max:
            raise Problem("BODY_TOO_LARGE")
        lines = body.split(b"\n")
        batch = _Batch(self._intake, self._settings, caller.organisation, len(lines))
        answers = await batch.run(lines)
        told = []
        for place, answer in enumerate(answers):
            told.append(self._line(answer, catalogue, head.request_id))
            await _turn(place)
        headers = NO_STORE if batch.fault is None else batch.fault.headers  # when to send these lines again
        return Reply(200, b"\n".join(told) + b"\n", NDJSON.decode("ascii"), headers)

    async def _committed(self, body: bytes, organisation: str) -> tuple[int, dict[str, Any]]:
        for _ in range(_ADMISSIONS_MAX):
            admitted = await self._intake.admit(body, organisation)
            try:
                answers = await self._intake.commit([admitted])
            except RecordsChanged:
                continue
            return _told(admitted, answers[0])
        raise Problem("OVERLOADED", retry_after_s=1)

    def _line(self, answer: Told, catalogue: str, request_id: str) -> bytes:
        if isinstance(answer, Problem):
            if not answer.findings:
                self._intake.ended(answer.code, answer.status)
            return orjson.dumps(answer.body(catalogue, request_id))
        status, body = answer
        return orjson.dumps({"status": status, **body})


def _told(admitted: Admitted, answer: AnswerPort | Fault) -> tuple[int, dict[str, Any]]:
    """Return status and body of a committed statement. Raises Problem for any other."""
    if isinstance(answer, Fault):
        identifier = admitted.work.statement_id
        raise Problem(answer.code, statement_id=identifier, retry_after_s=answer.retry_after_s)
    if answer.outcome != "refused":
        return accepted_body(answer)
    refusal: dict[str, int | str] | None = None
    if answer.index is not None and answer.leaf is not None:
        refusal = {"index": answer.index, "leaf": answer.leaf}
    raise Problem(
        answer.codes[0],
        answer.codes,
        answer.findings,
        admitted.pointer,
        admitted.facts,
        answer.statement_id,
        refusal,
    )


class _Batch:
    """One batch under way: lines that wait for their common commit, and the answers so far."""

    def __init__(self, intake: IntakePort, settings: Settings, organisation: str, size: int) -> None:
        self._intake = intake
        self._settings = settings
        self._organisation = organisation
        self._waiting: list[tuple[int, bytes, Admitted]] = []
        self._answers: list[Told] = [Problem("DB_UNAVAILABLE")] * size
        # Why a unit was not taken. What stands after it is not judged either: without the opening that the
        # full queue turned away, the close on the next line would accuse its doctor.
        self.fault: Problem | None = None

    async def run(self, lines: Sequence[bytes]) -> list[Told]:
        """Return the answer to each line."""
        for place, line in enumerate(lines):
            if self.fault is not None:
                self._answers[place] = self.fault
                continue
            await self._line(place, line)
            if len(self._waiting) >= self._settings.batch_unit:
                await self._commit()
            else:
                await _turn(place)
        await self._commit()
        return self._answers

    async def _line(self, place: int, line: bytes) -> None:
        admitted = await self._admitted(line)
        if self._waiting and isinstance(admitted, Admitted) and admitted.is_refusal:
            # Perhaps a line before it registers the key or person that it lacks: commit, look again.
            await self._commit()
            admitted = self.fault or await self._admitted(line)
        self._keep(place, line, admitted)

    def _keep(self, place: int, line: bytes, admitted: Admitted | Problem) -> None:
        if isinstance(admitted, Problem):
            self._answers[place] = admitted
        else:
            self._waiting.append((place, line, admitted))

    async def _admitted(self, line: bytes) -> Admitted | Problem:
        if len(line) > self._settings.body_bytes_max:
            return Problem("BODY_TOO_LARGE")
        try:
            return await self._intake.admit(line, self._organisation)
        except Problem as problem:
            return problem
        except Exception as error:
            return _own_mistake(error)

    async def _commit(self) -> None:
        for _ in range(_ADMISSIONS_MAX):
            waiting, self._waiting = self._waiting, []
            if not waiting:
                return
            try:
                self._take(waiting, await self._answered([admitted for _, _, admitted in waiting]))
                return
            except RecordsChanged:
                for place, line, _ in waiting:
                    self._keep(place, line, await self._admitted(line))
                    await _turn(place)
        self.fault = Problem("OVERLOADED", retry_after_s=1)
        for place, _, _ in self._waiting:
            self._answers[place] = self.fault
        self._waiting = []

    def _take(self, waiting: Sequence[tuple[int, bytes, Admitted]], answers: Sequence[Told]) -> None:
        for (place, _, _), answer in zip(waiting, answers, strict=True):
            self._answers[place] = answer

    async def _answered(self, unit: Sequence[Admitted]) -> list[Told]:
        """Commit lines together and return the answer to each; a fault is an answer too."""
        try:
            answers = await self._intake.commit(unit)
        except RecordsChanged:
            raise
        except Exception as error:  # whatever it is, every line is told that it was not taken
            fault = fault_of(error)
            self.fault = Problem(fault.code, retry_after_s=fault.retry_after_s)
            return [self.fault] * len(unit)
        return [_answer(admitted, answer) for admitted, answer in zip(unit, answers, strict=True)]


async def _turn(place: int) -> None:
    if place % _LINES_AT_ONCE == 0:
        await asyncio.sleep(0)


def _answer(admitted: Admitted, answer: AnswerPort | Fault) -> Told:
    try:
        return _told(admitted, answer)
    except Problem as problem:
        return problem
    except Exception as error:  # a receipt that does not hold: the line is committed, and may be sent again
        return _own_mistake(error)


def _own_mistake(error: Exception) -> Problem:
    """Return what one line is told of a mistake of ours: it must not withhold the others' answers."""
    fault = fault_of(error)
    _log.error("fault", code=fault.code, kind=type(error).__name__, at=place_of(error))
    return Problem(fault.code, retry_after_s=fault.retry_after_s)
