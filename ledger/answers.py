"""What the ledger answers to a submission."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.decision import Decision, Finding, Outcome


@dataclass(frozen=True, slots=True)
class Located:
    """Where an entry stands in the log."""

    index: int
    leaf: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a submission. What it says is durable.

    `index`, `leaf` and `entry` are None for a refusal that was not recorded; for a replay they are those of
    the first time, and so is `receipt`, to the byte. A recorded refusal has no receipt.
    """

    outcome: Outcome
    codes: tuple[str, ...]
    findings: tuple[Finding, ...]
    statement_id: str
    index: int | None
    leaf: str | None
    entry: bytes | None
    receipt: bytes | None
    decision: Decision
