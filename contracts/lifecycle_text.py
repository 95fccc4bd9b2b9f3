"""The life cycle in Markdown, from the table itself: for `contracts/RULES.md` and the API's description."""

from __future__ import annotations

from collections.abc import Iterator

from contracts import lifecycle, parcels
from contracts.types import TYPES

_PARCELS = (
    "`delivery.handed_over` needs something sold that waits in the shop: not handed over yet, or back from a",
    "parcel that failed. Where nothing waits it tells of a parcel under way, from one courier to the next.",
    "`delivery.received` and `delivery.failed` need a parcel under way, in DELIVERED a further one. In a",
    "status without a row, as after a sale, a return or a cancel meanwhile, they leave the status as it is.",
)


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
    yield from _PARCELS
    yield f"{', '.join(lifecycle.MAY_EXPIRE)} become EXPIRED when the validity is over: then"
    yield "nothing uses the prescription any more, and what does not use it follows the quantities as before:"
    yield f"{', '.join(f'`{type_}`' for type_ in _free_of_validity())}."


def _free_of_validity() -> list[str]:
    """Which statements of the table still come after the validity, as a cancel or a return."""
    events = (event for status, event in lifecycle.TRANSITIONS if status in lifecycle.MAY_EXPIRE)
    types = dict.fromkeys((*(event.partition("/")[0] for event in events), *parcels.ENDS))
    return [type_ for type_ in types if type_ not in lifecycle.USES_VALIDITY]


def _roles(event: str) -> str:
    roles = (role for position in TYPES[event.partition("/")[0]].roles for role in position)
    return ", ".join(dict.fromkeys(roles))
