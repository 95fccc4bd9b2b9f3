"""CREDIT and BREAKER over time: how long points and freezes last, and whom they reach."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys
from contracts.credit import standing
from contracts.parameters import DEFAULTS
from contracts.public_view import standing_view
from contracts.time import from_text
from tests.contracts.test_measures import DAY, PACK, freeze
from tests.contracts.world import DOCTOR, H1, START, World

MORE = {"credit_points_weight": 1}  # points weigh next to nothing: what is seen is no grade


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([PACK])
    return made


def points(*scored: tuple[int, int]) -> dict[str, Any]:
    """The record of points given at (ledger ms, points)."""
    return {"events": [{"id": f"s{at}", "at": at, "points": left, "left": left} for at, left in scored]}


def status_after(days: int, *scored: tuple[int, int]) -> str:
    return standing(points(*scored), START + days * DAY * 1000, 480, DEFAULTS.__getitem__).status


def test_a_suspended_hospital_issues_nothing_though_its_grade_is_good(world: World) -> None:
    world.put(keys.RULEBOOK, {"versions": [{"id": "light", "from": 0}]})
    world.put(keys.rulebook("light"), {"parameters": MORE})
    world.put(keys.scores(H1), points((START, 9)))
    assert (standing_view(H1, world.now_ms, world.read) or {})["grade"] == "A"
    assert world.issue().codes == ("ORG_SUSPENDED",)


@pytest.mark.parametrize(("points_", "days"), [(9, 30), (10, 90), (11, 150)])
def test_each_point_above_nine_suspends_for_sixty_days_more(points_: int, days: int) -> None:
    assert status_after(days - 1, (START, points_)) == "suspended"
    assert status_after(days, (START, points_)) == "normal"


@pytest.mark.parametrize(("scored", "years"), [(((START, 12),), 3), (((START - 1, 9), (START, 3)), 1)])
def test_twelve_points_at_once_end_the_right_for_three_years_and_in_parts_for_one(
    scored: tuple[tuple[int, int], ...], years: int
) -> None:
    assert status_after(years * 365 - 1, *scored) == "terminated"
    assert status_after(years * 365, *scored) == "normal"


@pytest.mark.parametrize(("cases", "years"), [(("c", "c"), 3), (("c", "d"), 1)])
def test_one_case_cut_into_two_scores_is_no_lighter(cases: tuple[str, str], years: int) -> None:
    """A fraud of twelve points, written down as twice six, cost one year instead of three."""
    record = points((START, 6), (START + 1, 6))
    for event, case in zip(record["events"], cases, strict=True):
        event["case"] = case
    told = [
        standing(record, START + 1 + days * DAY * 1000, 480, DEFAULTS.__getitem__).status
        for days in (years * 365 - 1, years * 365)
    ]
    assert told == ["terminated", "normal"]


def test_points_taken_back_after_an_appeal_prolong_nothing() -> None:
    """The year's twelve stand; a later score, found unfounded, still moved the end by half a year."""
    record = points((START, 6), (START + 1, 6), (START + 200 * DAY * 1000, 3))
    record["events"][2]["left"] = 0
    end_ms = START + 1 + 365 * DAY * 1000
    told = [standing(record, at, 480, DEFAULTS.__getitem__).status for at in (end_ms - 1, end_ms)]
    assert told == ["terminated", "normal"]


def test_the_points_of_last_year_are_not_told_as_this_years() -> None:
    new_year = from_text("2026-12-31T16:00:00Z")  # local time is eight hours ahead
    record = points((START, 8), (new_year, 1))
    told = [standing(record, at, 480, DEFAULTS.__getitem__).points_year for at in (new_year - 1, new_year)]
    assert told == [8, 1]


def test_what_a_frozen_hospital_issued_is_not_dispensed(world: World) -> None:
    rx = world.ready()
    freeze(world, H1)
    assert world.sell(rx, [PACK]).codes == ("STATE_FROZEN",)


def test_whom_officers_froze_was_not_frozen_by_a_rule(world: World) -> None:
    freeze(world)
    assert [one["by"] for one in world.record(keys.freezes(DOCTOR))["freezes"]] == ["officers"]
