"""Tickets for records that were refused for their data alone (S47): counted until corrected, nobody named."""

from __future__ import annotations

from collections.abc import Iterator

from contracts import keys
from contracts.act import Act, State

Writes = Iterator[tuple[str, State]]
_NONE: State = {"opened": 0, "closed": 0}


def opened(act: Act) -> Writes:
    """A record was refused for its data: its institution has one ticket more."""
    counts = act.state(keys.tickets(act.organisation_code)) or _NONE
    identifier = act.facts.statement_id
    if act.state(keys.ticket(identifier)) is not None:
        return
    yield keys.ticket(identifier), {"organisation": act.organisation_code, "at": act.time_ms}
    yield keys.tickets(act.organisation_code), {**counts, "opened": counts["opened"] + 1}


def closed(act: Act) -> Writes:
    """A committed statement that `corrects` a refused one of the same institution closes its ticket."""
    corrected = str(act.payload.get("corrects", ""))
    ticket = act.state(keys.ticket(corrected)) if corrected else None
    if ticket is None or "closed" in ticket or ticket["organisation"] != act.organisation_code:
        return
    counts = act.state(keys.tickets(act.organisation_code)) or _NONE
    yield keys.ticket(corrected), {**ticket, "closed": act.facts.statement_id}
    yield keys.tickets(act.organisation_code), {**counts, "closed": counts["closed"] + 1}
