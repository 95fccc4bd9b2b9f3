"""All plans: cases that no single act shows, and the look-alikes beside each."""

from __future__ import annotations

from collections.abc import Iterator

from api.province import desks, district, hearings, outside, rings, shelves
from api.province.cast import Cast
from api.province.life import Life
from api.province.plan import Plan, Scene, Start

PLANS: tuple[Plan, ...] = (
    *rings.PLANS,
    *desks.PLANS,
    *shelves.PLANS,
    *hearings.PLANS,
    *outside.PLANS,
    *district.PLANS,
)


def _copies(plan: Plan, cast: Cast) -> int:
    return 1 if plan.once else cast.copies


def lives(cast: Cast) -> int:
    """Return about how many lives of the year belong to plans."""
    return sum(plan.lives * _copies(plan, cast) for plan in PLANS)


def of_day(cast: Cast, day: int, start: Start) -> Iterator[Life]:
    """Yield the lives of the day that belong to a plan."""
    for plan in PLANS:
        if day in plan.days:
            for copy in range(_copies(plan, cast)):
                cast.begin(f"{plan.name} {copy} {day}")
                yield from plan.play(Scene(cast, plan, copy, day, start))
