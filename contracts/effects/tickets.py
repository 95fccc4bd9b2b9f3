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
    """A committed statement closes its own ticket, and that of the refused one which it `corrects`.

    Its own where it was refused before, say until its drug was in the knowledge base; the other's where that
    is of the same institution and type. Whose record it was the ledger does not know: a refusal for bad
    data names nobody, and so does its ticket.
    """
    identifier = act.facts.statement_id
    answered = dict.fromkeys((identifier, str(act.payload.get("corrects", identifier))))
    known = ((keys.ticket(one), act.state(keys.ticket(one))) for one in answered)
    closing = [(key, one) for key, one in known if one and "closed" not in one and _is_of(act, one)]
    if not closing:
        return
    for key, ticket in closing:
        yield key, {**ticket, "closed": identifier}
    counts = act.state(keys.tickets(act.organisation_code)) or _NONE
    yield keys.tickets(act.organisation_code), {**counts, "closed": counts["closed"] + len(closing)}


def _is_of(act: Act, ticket: State) -> bool:
    """Whether the act is of the institution and the type that the ticket names; older ones name no type."""
    same_type = ticket.get("type", act.type) == act.type
    return same_type and bool(ticket["organisation"] == act.organisation_code)
