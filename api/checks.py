"""Checks before the act: the verdict that a submission would get, with nothing written (S53)."""

from __future__ import annotations

import asyncio

from api.admission import admit_unsigned
from api.limits import JSON, Head, Receive, check_body, read_body
from api.ports import LedgerPort
from api.problems import told
from api.replies import Reply, json_reply
from api.settings import Settings
from api.tokens import Tokens

NOT_CHECKED = ("signature", "presence")


class Checks:
    """Answers POST /v1/checks."""

    def __init__(self, ledger: LedgerPort, tokens: Tokens, settings: Settings) -> None:
        self._ledger = ledger
        self._tokens = tokens
        self._settings = settings

    async def answer(self, head: Head, receive: Receive) -> Reply:
        """Answer with the verdict that a submission would get. Raises Problem."""
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
