"""Checks before the act: the verdict that a submission would get, with nothing written (S53)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from api.admission import admit_unsigned
from api.limits import JSON, Head, Receive, check_body, read_body
from api.ports import LedgerPort
from api.problems import Problem, told
from api.replies import Reply, json_reply
from api.settings import Settings
from api.tokens import Tokens
from contracts.decision import Decision, Finding

NOT_CHECKED = ("signature", "presence")


class Checks:
    """Answers POST /v1/checks."""

    def __init__(self, ledger: LedgerPort, tokens: Tokens, settings: Settings) -> None:
        self._ledger = ledger
        self._tokens = tokens
        self._settings = settings

    async def answer(self, head: Head, receive: Receive) -> Reply:
        """Answer with the verdict that a submission would get. Raises Problem.

        A committed payload has its verdict: whoever sends it again is answered with that.
        """
        check_body(head, (JSON,), self._settings.body_bytes_max)
        caller = self._tokens.caller(head)
        body = await read_body(receive, self._settings.body_bytes_max, self._settings.body_timeout_s)
        facts = admit_unsigned(body, caller.organisation, self._ledger.read)
        decision = await asyncio.to_thread(self._ledger.check, facts)
        if decision.outcome == "replayed":
            return json_reply(self._committed(facts.statement_id))
        return json_reply(_told(facts.statement_id, decision))

    def _committed(self, statement_id: str) -> dict[str, Any]:
        located = self._ledger.find(statement_id)
        if located is None or located.index >= self._ledger.size:  # committed this instant, not yet signed
            raise Problem("OVERLOADED", retry_after_s=1)
        decision = _of_entry(json.loads(self._ledger.entry(located.index))["verdict"])
        committed = {"index": located.index, "leaf": located.leaf}
        return {**_told(statement_id, decision), "committed": committed}


def _of_entry(verdict: dict[str, Any]) -> Decision:
    findings = tuple(
        Finding(one["rule"], one["version"], one["code"], one["class"], "flag", one["facts"])
        for one in verdict["flags"]
    )
    return Decision(verdict["outcome"], tuple(dict.fromkeys(one.code for one in findings)), findings)


def _told(statement_id: str, decision: Decision) -> dict[str, Any]:
    return {
        "id": statement_id,
        "outcome": decision.outcome,
        "codes": list(decision.codes),
        "findings": told(decision.findings),
        "outlook": [dict(one) for one in decision.outlook],
        "not_checked": list(NOT_CHECKED),
    }
