"""The contracts beside the server: what its next leaf will be, and what deciding costs.

A prescription names the leaf of its consultation's close. A load generator that waited for it
could sign nothing in advance, so it runs the same contracts on the same statements at the same
(standing) time, and knows the leaf before the server does.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, replace

import contracts
from contracts.statements import submission
from contracts.statements.authenticate import authenticate
from contracts.tagging import tagged_values
from ledger.tags import KINDS, TagKeys


class ShadowRefused(Exception):
    """The contracts refuse a statement of the benchmark, which would then measure refusals."""


@dataclass(slots=True)
class Cost:
    """Processor seconds spent so far, and statements."""

    statements: int = 0
    authentication_s: float = 0.0
    contract_s: float = 0.0


class Shadow:
    """State without log or disk. Its tags differ from the server's, which no leaf shows."""

    def __init__(self) -> None:
        self._state: dict[str, bytes] = {}
        self._tags = TagKeys({kind: (secrets.token_bytes(32),) for kind in KINDS})
        self._kept: dict[str, bytes] = {}
        self.time_ms = 0
        self.cost = Cost()

    def keep(self) -> None:
        """Remember the state as it is: what every round begins with."""
        self._kept = dict(self._state)

    def forget(self) -> None:
        """Return to the kept state: lives of different rounds know nothing of each other."""
        self._state = dict(self._kept)

    def decide(self, body: bytes) -> tuple[str, str]:
        """Return id and leaf of the statement's entry. Raises ShadowRefused unless it is accepted."""
        started = time.thread_time()
        facts = authenticate(submission.parse(body), self._state.get)
        authenticated = time.thread_time()
        tagged = replace(facts, tags=self._tags.tags(tagged_values(facts.disclosures)))
        decision = contracts.execute(tagged, contracts.Context(self.time_ms), self._state.get)
        decided = time.thread_time()
        if decision.outcome != "accepted" or decision.leaf is None:
            raise ShadowRefused(f"{facts.type}: {decision.outcome} {', '.join(decision.codes)}")
        self._state.update(decision.writes)
        self.cost.statements += 1
        self.cost.authentication_s += authenticated - started
        self.cost.contract_s += decided - authenticated
        return facts.statement_id, decision.leaf
