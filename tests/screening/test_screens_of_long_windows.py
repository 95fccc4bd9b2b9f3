"""More days than went by: what a doctor wrote for one patient and was bought, and nothing else (S50)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.screening.columns import NOON_MS, History
from tests.screening.conftest import Found

DAY_MS = 86_400_000
_PAIR: dict[str, Any] = {"hospital": "H1", "doctor": "D1", "patient": "p", "drug": "X"}


def _written(history: History, day: int, days: float, is_bought: bool = True, **row: Any) -> str:
    """A prescription of the day; return its id."""
    at_ms, told = NOON_MS + day * DAY_MS, {**_PAIR, **row}
    rx = f"rx{history.add('prescriptions', **told, days=days, time_ms=at_ms)}"
    if is_bought:
        history.add("sales", **told, rx=rx, days=0.0, time_ms=at_ms + 1)
    return rx


def test_two_years_of_nintedanib_in_one(history: History, found: Found) -> None:
    for month in range(12):
        _written(history, month * 30, 60.0, drug="尼达尼布")
        _written(history, month * 30, 30.0, drug="尼达尼布", patient="q")
    assert [one.subject for one in found("SCREEN-LONG")] == ["D1@p"]


@pytest.mark.parametrize(("days", "hits"), [(44.9, 0), (45.0, 1)])
def test_half_as_much_again_as_the_days_that_went_by(
    history: History, found: Found, days: float, hits: int
) -> None:
    """Seven of them, of which the last one's days have not gone by yet: six in 180 days."""
    entries = [_written(history, month * 30, days) for month in range(7)]
    findings = found("SCREEN-LONG")
    assert [one.count for one in findings] == [len(entries)] * hits


@pytest.mark.parametrize("last", [179, 180])
def test_half_a_year_is_long(history: History, found: Found, last: int) -> None:
    for day in (0, 60, 120, last):
        _written(history, day, 120.0)
    assert len(found("SCREEN-LONG")) == (last == 180)


def test_what_ran_out_unused_and_was_written_again_is_no_excess(history: History, found: Found) -> None:
    """Of each pair the first one was refused in review, or was never bought: 2.1 times the days."""
    for month in range(8):
        _written(history, month * 28, 28.0, is_bought=False)
        _written(history, month * 28 + 4, 28.0)
    assert found("SCREEN-LONG") == []


@pytest.mark.parametrize(("back", "hits"), [(-1.0, 0), (-0.5, 1)])
def test_what_came_back_whole_was_not_kept(history: History, found: Found, back: float, hits: int) -> None:
    for month in range(8):
        rx = _written(history, month * 28, 28.0)
        history.add("sales", **_PAIR, rx=rx, packs=back, channel="returned", time_ms=NOON_MS)
        _written(history, month * 28 + 4, 28.0)
    assert len(found("SCREEN-LONG")) == hits


def test_a_line_that_was_not_bought_beside_one_that_was(history: History, found: Found) -> None:
    for day in range(0, 364, 14):
        row = {"rx": _written(history, day, 28.0), "days": 28.0, "time_ms": NOON_MS + day * DAY_MS}
        history.add("prescriptions", **{**_PAIR, "drug": "Y"}, **row)
    [one] = found("SCREEN-LONG")
    assert one.count == 26


def test_a_report_alone_is_no_sale_on_a_prescription(history: History, found: Found) -> None:
    for day in range(0, 364, 14):
        rx = _written(history, day, 28.0, is_bought=False)
        history.add("sales", **_PAIR, rx=rx, channel="reported")
    assert found("SCREEN-LONG") == []


def test_what_was_cancelled_was_not_prescribed_for_long(history: History, found: Found) -> None:
    """The last one's days have not gone by yet; a slip that was cancelled after it is no last one."""
    for month in range(7):
        _written(history, month * 30, 44.0)
    history.add("prescriptions", **_PAIR, days=0.0, time_ms=NOON_MS + 180 * DAY_MS + 1)
    assert found("SCREEN-LONG") == []
