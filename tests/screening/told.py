"""One story for the rules and for the columns: what both say of the same acts is compared."""

from __future__ import annotations

from typing import Any

from api.screening.writer import ColumnsWriter
from contracts import Decision
from contracts.facts import Facts
from contracts.quantity import smallest_level
from tests.contracts.world import DRUGS, World


class Told(World):
    """A world whose acts are all accepted and written into columns too."""

    def __init__(self) -> None:
        super().__init__()
        levels = {one["code"]: smallest_level(one) for one in DRUGS}
        self.writer = ColumnsWriter(
            lambda kind, value: f"t.{kind}.{value}",
            lambda _: 0.0,
            lambda drug: levels.get(drug, (1, "")),
            lambda _: (),
        )

    def run(self, facts: Facts, check: bool = False) -> Decision:
        """Judge, and write down what was accepted."""
        decision = super().run(facts, check)
        assert decision.outcome == "accepted", decision.codes
        act: dict[str, Any] = {**facts.payload, "members": facts.payload, "disclosures": facts.disclosures}
        self.writer.act(self.count, self.now_ms, facts.statement_id, act)
        return decision
