"""The life cycle in Markdown, from the table itself: for `contracts/RULES.md` and the API's description."""

from __future__ import annotations

from collections.abc import Iterator

from contracts import lifecycle
from contracts.types import TYPES


def lines() -> Iterator[str]:
    """Yield the table, status and statement and who signs it to the next status, and what it leaves open."""
    yield from ("| status | statement | signed by | next |", "| --- | --- | --- | --- |")
    for (status, event), following in lifecycle.TRANSITIONS.items():
        after = "by the quantities" if following == lifecycle.COUNTED else following
        yield f"| {status} | `{event}` | {_roles(event)} | {after} |"
    yield ""
    yield "By the quantities: nothing left is DISPENSED, everything left PHARMACY_APPROVED,"
    yield "anything between PARTLY_DISPENSED."
    for type_, mark in lifecycle.MARKS.items():
        left = f", it leaves the mark {mark}" if mark else ""
        yield f"`{type_}` ({_roles(type_)}) changes no status{left}."
    yield f"{', '.join(lifecycle.MAY_EXPIRE)} become EXPIRED when the validity is over."


def _roles(event: str) -> str:
    roles = (role for position in TYPES[event.partition("/")[0]].roles for role in position)
    return ", ".join(dict.fromkeys(roles))
