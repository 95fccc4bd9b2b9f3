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
    yield keys.ticket(identifier), _ticket(act)
    yield keys.tickets(act.organisation_code), {**counts, "opened": counts["opened"] + 1}


def _ticket(act: Act) -> State:
    return {"organisation": act.organisation_code, "type": act.type, "at": act.time_ms}


def closed(act: Act) -> Writes:
    """A committed statement that `corrects` a refused one of the same institution and type closes its ticket.

    Whose record it was the ledger does not know: a refusal for bad data names nobody, and so does its ticket.
    """
    corrected = str(act.payload.get("corrects", ""))
    ticket = act.state(keys.ticket(corrected)) if corrected else None
    if ticket is None or "closed" in ticket or not _is_of(act, ticket):
        return
    counts = act.state(keys.tickets(act.organisation_code)) or _NONE
    yield keys.ticket(corrected), {**ticket, "closed": act.facts.statement_id}
    yield keys.tickets(act.organisation_code), {**counts, "closed": counts["closed"] + 1}


def _is_of(act: Act, ticket: State) -> bool:
    """Whether the act is of the institution and the type that the ticket names; older ones name no type."""
    same_type = ticket.get("type", act.type) == act.type
    return same_type and bool(ticket["organisation"] == act.organisation_code)
