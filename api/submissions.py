"""The hot calls: submissions one at a time, in batches, and checks before the act."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import orjson

from api.admission import Admitted, admit, admit_unsigned
from api.limits import JSON, NDJSON, Head, Receive, check_body, read_body
from api.metrics import Metrics
from api.ports import AnswerPort, LedgerPort, fault_of
from api.problems import Problem, told
from api.replies import Reply, accepted_body, json_reply
from api.settings import Settings
from api.tokens import Tokens
from api.waiting import Waiting

NOT_CHECKED = ("signature", "presence")
# A batch is judged line by line in the thread that serves everybody: after so many lines others have a turn.
_LINES_AT_ONCE = 16


class Submissions:
    """Answers POST /v1/statements, /v1/statements:batch and /v1/checks."""

    def __init__(self, ledger: LedgerPort, tokens: Tokens, settings: Settings, metrics: Metrics) -> None:
        self._ledger = ledger
        self._tokens = tokens
        self._settings = settings
        self._metrics = metrics
        self._waiting = Waiting()

    async def single(self, head: Head, receive: Receive) -> Reply:
        """Answer one submission. Raises Problem."""
        started = time.perf_counter()
        check_body(head, (JSON,), self._settings.body_bytes_max)
        caller = self._tokens.caller(head)
        body = await read_body(receive, self._settings.body_bytes_max, self._settings.body_timeout_s)
        admitted = admit(body, caller.organisation, self._ledger.read)
        answers = await self._submit([admitted])
        status, told_ = self._told(admitted, answers[0])
        self._metrics.seconds.observe(time.perf_counter() - started)
        return json_reply(told_, status)

    async def check(self, head: Head, receive: Receive) -> Reply:
        """Answer with the verdict that a submission would get; nothing is written. Raises Problem."""
        check_body(head, (JSON,), self._settings.body_bytes_max)
        caller = self._tokens.caller(head)
        body = await read_body(receive, self._settings.body_bytes_max, self._settings.body_timeout_s)
        facts = admit_unsigned(body, caller.organisation, self._ledger.read)
        decision = await asyncio.to_thread(self._ledger.check, facts)
        return json_reply(
            {
                "id": facts.statement_id,
                "outcome": decision.outcome,
                "codes": list(decision.codes),
                "findings": told(decision.findings),
                "outlook": [dict(one) for one in decision.outlook],
                "not_checked": list(NOT_CHECKED),
            }
        )

    async def batch(self, head: Head, receive: Receive, catalogue: str) -> Reply:
        """Answer a batch with one line for each of its lines, in their order. Raises Problem."""
        check_body(head, (NDJSON,), self._settings.batch_bytes_max)
        caller = self._tokens.caller(head)
        body = await read_body(receive, self._settings.batch_bytes_max, self._settings.body_timeout_s)
        lines = body.removesuffix(b"\n").split(b"\n")
        if not body:
            raise Problem("JSON_EMPTY")
        answers = await _Batch(self, caller.organisation, len(lines)).run(lines)
        told_ = [self._line(answer, catalogue, head.request_id) for answer in answers]
        return Reply(200, b"\n".join(told_) + b"\n", NDJSON.decode("ascii"))

    def admit_line(self, line: bytes, organisation: str) -> Admitted:
        """Return the work in one line of a batch. Raises Problem."""
        if len(line) > self._settings.body_bytes_max:
            raise Problem("BODY_TOO_LARGE")
        return admit(line, organisation, self._ledger.read)

    async def commit_line_unit(self, unit: Sequence[Admitted]) -> list[tuple[int, dict[str, Any]] | Problem]:
        """Commit lines together and return the answer to each; a fault is an answer too."""
        try:
            answers = await self._submit(unit)
        except Exception as error:  # whatever it is, every line is told that it was not taken
            fault = fault_of(error)
            return [Problem(fault.code, retry_after_s=fault.retry_after_s) for _ in unit]
        return [self._answer(admitted, answer) for admitted, answer in zip(unit, answers, strict=True)]

    @property
    def unit_max(self) -> int:
        """How many lines are committed together at most."""
        return self._settings.batch_unit

    def _answer(self, admitted: Admitted, answer: AnswerPort) -> tuple[int, dict[str, Any]] | Problem:
        try:
            return self._told(admitted, answer)
        except Problem as problem:
            return problem

    async def _submit(self, unit: Sequence[Admitted]) -> list[AnswerPort]:
        futures: Sequence[Future[Any]] = self._ledger.submit_batch(
            [(admitted.work, admitted.disclosures) for admitted in unit]
        )
        return await self._waiting.results(futures)

    def _told(self, admitted: Admitted, answer: AnswerPort) -> tuple[int, dict[str, Any]]:
        """Return status and body of a committed statement. Raises Problem for a refused one."""
        self._metrics.answered(answer)
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

    def _line(self, answer: tuple[int, dict[str, Any]] | Problem, catalogue: str, request_id: str) -> bytes:
        if isinstance(answer, Problem):
            if not answer.findings:
                self._metrics.ended(answer.code, answer.status)
            return orjson.dumps(answer.body(catalogue, request_id))
        status, body = answer
        return orjson.dumps({"status": status, **body})


class _Batch:
    """One batch under way: lines that wait for their common commit, and the answers so far."""

    def __init__(self, submissions: Submissions, organisation: str, size: int) -> None:
        self._submissions = submissions
        self._organisation = organisation
        self._waiting: list[tuple[int, Admitted]] = []
        self._answers: list[tuple[int, dict[str, Any]] | Problem] = [Problem("DB_UNAVAILABLE")] * size

    async def run(self, lines: Sequence[bytes]) -> list[tuple[int, dict[str, Any]] | Problem]:
        """Return the answer to each line."""
        for place, line in enumerate(lines):
            await self._line(place, line)
            if len(self._waiting) >= self._submissions.unit_max:
                await self._commit()
            elif place % _LINES_AT_ONCE == 0:
                await asyncio.sleep(0)
        await self._commit()
        return self._answers

    async def _line(self, place: int, line: bytes) -> None:
        admitted = self._admitted(line)
        if self._waiting and isinstance(admitted, Admitted) and admitted.is_refusal:
            # Perhaps a line before it registers the key or person that it lacks: commit, look again.
            await self._commit()
            admitted = self._admitted(line)
        if isinstance(admitted, Problem):
            self._answers[place] = admitted
        else:
            self._waiting.append((place, admitted))

    def _admitted(self, line: bytes) -> Admitted | Problem:
        try:
            return self._submissions.admit_line(line, self._organisation)
        except Problem as problem:
            return problem

    async def _commit(self) -> None:
        if not self._waiting:
            return
        places, unit = zip(*self._waiting, strict=True)
        self._waiting = []
        for place, answer in zip(places, await self._submissions.commit_line_unit(unit), strict=True):
            self._answers[place] = answer
