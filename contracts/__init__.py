"""What may be written: statements in, decisions out. The rules stand in `contracts/RULES.md`."""

from __future__ import annotations

from contracts.act import status_of
from contracts.contract import execute, foreseen, record_refusal, repeat_refusal
from contracts.decision import Context, Decision, Finding
from contracts.public_view import campaign_view, standing_view

__all__ = [
    "Context",
    "Decision",
    "Finding",
    "campaign_view",
    "execute",
    "foreseen",
    "record_refusal",
    "repeat_refusal",
    "standing_view",
    "status_of",
]
