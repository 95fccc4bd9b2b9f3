"""Whether an institution may settle with the insurance on a day, from its registered agreements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contracts.time import day_of

Agreement = Mapping[str, Any]


def standing(agreements: Sequence[Agreement], today: int) -> tuple[str, int | None]:
    """Return "active", "suspended" or "none", and of an active one since which day nothing interrupted it.

    One that runs is enough. Whose last one ran out while it was suspended stays suspended. Days are counted
    from 1970-01-01.
    """
    since = until = -2  # before any day, and the day before too
    for first, last in sorted(span for one in agreements for span in _running(one)):
        if first <= today:
            since, until = (since if first <= until + 1 else first), max(until, last)
    if since >= 0 and until >= today:
        return "active", since
    begun = [one for one in agreements if day_of(one["valid_from"]) <= today]
    newest = max(begun, key=lambda one: day_of(one["valid_from"]), default=None)
    return ("suspended" if newest is not None and _is_suspended(newest, today) else "none"), None


def _running(one: Agreement) -> Iterator[tuple[int, int]]:
    """Yield the first and the last day of each time in which it runs."""
    first, last = max(0, day_of(one["valid_from"])), day_of(one["valid_to"])
    spans = [(first, last)]
    if "suspended" in one:
        spans = [(first, min(last, day_of(one["suspended"]["from"]) - 1))]
        if "to" in one["suspended"]:
            spans.append((max(first, day_of(one["suspended"]["to"]) + 1), last))
    yield from (span for span in spans if span[0] <= span[1])


def _is_suspended(one: Agreement, today: int) -> bool:
    """Whether it is suspended today, or was on its last day."""
    last = min(today, day_of(one["valid_to"]))
    if "suspended" not in one or day_of(one["suspended"]["from"]) > last:
        return False
    return "to" not in one["suspended"] or last <= day_of(one["suspended"]["to"])
