"""Who never rests, and who acts in a duty that was opened days ago: a name that others use (T11, S38)."""

from __future__ import annotations

import pytest

from tests.screening.columns import HOUR_MS, NOON_MS, History
from tests.screening.conftest import Found


def _act(history: History, hour: float, act: str = "review", site: str = "P1") -> int:
    at_ms = NOON_MS + int(hour * HOUR_MS)
    if act in ("dispensed", "returned", "reported"):
        return history.add("sales", pharmacist="Y1", pharmacy=site, channel=act, time_ms=at_ms)
    return history.add("presences", person="Y1", site=site, act=act, time_ms=at_ms)


@pytest.mark.parametrize("acts", [("review",), ("dispensed",), ("dispensed", "review", "returned")])
def test_acts_around_the_clock_are_named_with_their_entries(
    history: History, found: Found, acts: tuple[str, ...]
) -> None:
    """One duty stayed open for days, and the name reviewed and sold at every hour: nothing said so."""
    entries = [_act(history, 0, "opened")]
    entries += [_act(history, hour, acts[hour % len(acts)]) for hour in range(3, 132, 3)]
    [one] = found("SCREEN-REST")
    assert (one.subject, one.measure, one.entries) == ("Y1", 129.0, tuple(entries))


@pytest.mark.parametrize(
    ("hours", "hits"),
    [
        ([0, 3.99, 7.9, 11.8, 15.7, 19.6, 22, 24], 1),
        ([0, 3.9, 7.8, 11.7, 15.6, 19.5, 23.4, 23.9], 0),  # less than a day
        ([0, 3.9, 7.8, 11.7, 15.6, 19.6, 23.6, 24], 0),  # four hours' sleep
        ([4 * turn for turn in range(20)], 0),
    ],
)
def test_where_a_rest_begins(history: History, found: Found, hours: list[float], hits: int) -> None:
    for hour in hours:
        _act(history, hour)
    assert len(found("SCREEN-REST")) == hits


def test_weeks_of_long_shifts_at_several_shops_are_honest(history: History, found: Found) -> None:
    """Sixteen hours a day, the morning at one shop and the evening at another; a night shift now and then."""
    for day in range(30):
        begins = 24 * day + (6 if day % 7 == 6 else 0)
        for hour in range(begins, begins + (12 if day % 7 == 6 else 16)):
            _act(history, hour, "review" if hour % 2 else "dispensed", f"P{hour % 2}")
    assert found("SCREEN-REST") == []


def test_what_a_machine_reports_at_night_is_nobody_awake(history: History, found: Found) -> None:
    for hour in range(200):
        _act(history, hour, "reported")
    assert found("SCREEN-REST") == []


def test_acts_of_several_pharmacists_are_not_added_up(history: History, found: Found) -> None:
    for hour in range(100):
        history.add("presences", person=f"Y{hour % 5}", site="P1", time_ms=NOON_MS + hour * HOUR_MS)
    assert found("SCREEN-REST") == []


@pytest.mark.parametrize(
    ("acts", "entries"),
    [
        ([(0, "opened"), (130, "review"), (130.1, "dispensed")], [2, 3]),
        ([(0, "opened"), (16, "review")], []),
        ([(0, "opened"), (16.1, "review")], [2]),
        ([(0, "opened"), (20, "closed"), (20.1, "opened"), (21, "review")], []),  # forgotten, and put right
        ([(0, "opened"), (20, "opened"), (21, "review")], []),
        ([(0, "opened"), (9, "closed"), (30, "dispensed")], []),  # the rule's to refuse
        ([(0, "opened"), (30, "reported")], []),
    ],
)
def test_a_duty_that_stays_open_for_days_proves_no_presence(
    history: History, found: Found, acts: list[tuple[float, str]], entries: list[int]
) -> None:
    for hour, act in acts:
        _act(history, hour, act)
    told = found("SCREEN-LEFT-OPEN")
    assert [one.entries for one in told] == ([tuple(entries)] if entries else [])
    assert all((one.subject, one.screen.class_) == ("Y1", "NOTICE") for one in told)


def _reviews(
    history: History, count: int, seconds: float, person: str = "Y1", from_s: int = 0
) -> list[int]:
    times = [NOON_MS + from_s * 1000 + int(turn * seconds * 1000) for turn in range(count)]
    told = {"person": person, "act": "review"}
    return [history.add("presences", **told, site=f"P{at % 3}", time_ms=at) for at in times]


def test_who_reviews_faster_than_anybody_reads_is_looked_at(history: History, found: Found) -> None:
    """A review every twenty seconds all day long, at three shops, and nothing said so (T11)."""
    entries = _reviews(history, 200, 20)
    [one] = found("SCREEN-REVIEWS")
    assert (one.subject, one.measure) == ("Y1", 180.0)
    assert set(one.entries) <= set(entries) and len(one.entries) == 180


@pytest.mark.parametrize(
    ("count", "seconds", "hits"), [(60, 61, 1), (60, 61.02, 0), (59, 1, 0), (300, 61.02, 0)]
)
def test_where_an_hour_is_too_full(
    history: History, found: Found, count: int, seconds: float, hits: int
) -> None:
    """Sixty within less than an hour; sixty-one minutes are nobody's haste."""
    _reviews(history, count, seconds)
    assert len(found("SCREEN-REVIEWS")) == hits


@pytest.mark.parametrize("from_s", [900, 1_800, 2_700])
def test_an_hour_begins_when_it_begins_and_not_with_the_clocks(
    history: History, found: Found, from_s: int
) -> None:
    """Thirty before one o'clock and thirty after it are sixty within an hour."""
    _reviews(history, 60, 60, from_s=from_s)
    assert [one.measure for one in found("SCREEN-REVIEWS")] == [60.0]


def test_two_pharmacists_review_twice_as_much(history: History, found: Found) -> None:
    for who in ("Y1", "Y2"):
        _reviews(history, 55, 30, who)
    assert found("SCREEN-REVIEWS") == []


def test_duties_and_sales_are_no_reviews(history: History, found: Found) -> None:
    for turn in range(80):
        _act(history, turn / 100, "opened" if turn % 2 else "dispensed")
    assert found("SCREEN-REVIEWS") == []
