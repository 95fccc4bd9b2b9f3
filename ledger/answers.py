"""What the ledger answers to a submission."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.decision import Decision, Finding, Outcome
from ledger.receipts import Proof


@dataclass(frozen=True, slots=True)
class Located:
    """Where an entry stands in the log."""

    index: int
    leaf: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a submission. What it says is durable.

    `index`, `leaf` and `entry` are None for a refusal that was not recorded; for a replay they are those of
    the first time, and so is `receipt`, to the byte. A recorded refusal has no receipt, and so no `proof`.
    """

    outcome: Outcome
    codes: tuple[str, ...]
    findings: tuple[Finding, ...]
    statement_id: str
    index: int | None
    leaf: str | None
    entry: bytes | None
    proof: Proof | None
    decision: Decision

    @property
    def receipt(self) -> bytes | None:
        """The receipt, worked out each time it is asked for. Raises InvariantError when it does not hold."""
        return self.proof.receipt() if self.proof else None
