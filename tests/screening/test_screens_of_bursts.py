"""Very many patients of one drug within days at one shop, where that is neither usual nor a wave (S15)."""

from __future__ import annotations

import pytest

from tests.screening.columns import MINUTE_MS, NOON_MS, History
from tests.screening.conftest import Found

DAY_MS = 86_400_000


def test_three_hundred_and_fifty_of_albumin_in_four_days(history: History, found: Found) -> None:
    for number in range(350):
        at_ms = NOON_MS + number * 12 * MINUTE_MS
        history.add("sales", pharmacy="P1", drug="人血白蛋白", time_ms=at_ms)
    for shop in range(2, 9):
        for week in range(6):
            history.add("sales", pharmacy=f"P{shop}", drug="人血白蛋白", time_ms=NOON_MS + week * 7 * DAY_MS)
    assert {one.subject for one in found("SCREEN-BURST")} == {"P1@人血白蛋白"}
    history.add("sales", pharmacy="P2", drug="人血白蛋白")
    assert {one.subject for one in found("SCREEN-BURST")} == {"P1@人血白蛋白"}


def test_a_burst_is_not_cut_by_the_calendar(history: History, found: Found) -> None:
    """Four days that straddle two fixed windows: thirty packs in each of them were too few."""
    for day in range(4):
        for number in range(15):
            history.add("sales", pharmacy="P1", code=f"{day}-{number}", time_ms=NOON_MS + (day + 1) * DAY_MS)
    for shop in range(2, 9):
        history.add("sales", pharmacy=f"P{shop}")
    history.add("sales", pharmacy="P1", drug="Y", time_ms=NOON_MS - 30 * DAY_MS)
    assert {one.subject for one in found("SCREEN-BURST")} == {"P1@X"}


@pytest.mark.parametrize(("before", "hits"), [(150, 1), (151, 0)])
def test_a_shop_that_always_sells_as_much_has_no_burst(
    history: History, found: Found, before: int, hits: int
) -> None:
    """Sixty days of past are fifteen windows: fifty packs are five times ten."""
    for number in range(before):
        history.add("sales", pharmacy="P1", time_ms=NOON_MS + (number % 60) * DAY_MS)
    for number in range(50):
        history.add("sales", pharmacy="P1", time_ms=NOON_MS + (60 + number % 4) * DAY_MS)
    for shop in range(2, 9):
        history.add("sales", pharmacy=f"P{shop}")
    assert len(found("SCREEN-BURST")) == hits


def _steady(history: History, shop_from: int, days: int) -> None:
    """Twenty a day at one shop, one a day at five others of its city."""
    for shop in range(6):
        history.add("organisations", code=f"P{shop}", city="A")
        for day in range(shop_from if shop == 0 else 0, days):
            for _ in range(20 if shop == 0 else 1):
                history.add("sales", pharmacy=f"P{shop}", time_ms=NOON_MS + day * DAY_MS)


@pytest.mark.parametrize(("shop_from", "days"), [(0, 100), (65, 100), (0, 4), (96, 100), (80, 100)])
def test_a_shop_without_a_past_is_compared_with_what_follows(
    history: History, found: Found, shop_from: int, days: int
) -> None:
    """The first days of the columns, and of a shop that opened, were a burst: no past was a past of zero."""
    _steady(history, shop_from, days)
    assert found("SCREEN-BURST") == []


@pytest.mark.parametrize(("known", "hits"), [(19, 0), (20, 1)])
@pytest.mark.parametrize("later", [0, 7])
def test_a_burst_needs_some_other_days_to_be_seen(
    history: History, found: Found, known: int, hits: int, later: int
) -> None:
    """`ratio_min` windows of them (20 days), before it or after it."""
    history.add("sales", pharmacy="P1", drug="Y", time_ms=NOON_MS - (known - later) * DAY_MS)
    for number in range(60):
        history.add("sales", pharmacy="P1", time_ms=NOON_MS + number % 4 * DAY_MS)
    history.add("sales", pharmacy="P2", drug="Y", time_ms=NOON_MS + (3 + later) * DAY_MS)
    assert len(found("SCREEN-BURST")) == hits


def test_what_followed_excuses_no_burst_of_a_shop_with_a_past(history: History, found: Found) -> None:
    """Sixty days before it are enough: who goes on for weeks is named for how it began."""
    history.add("sales", pharmacy="P1", drug="Y")
    for day in range(60, 100):
        for _ in range(20):
            history.add("sales", pharmacy="P1", time_ms=NOON_MS + day * DAY_MS)
    assert [one.subject for one in found("SCREEN-BURST")] == ["P1@X"]


def test_a_burst_of_a_drug_that_nobody_else_sells_does_not_excuse_itself(
    history: History, found: Found
) -> None:
    """Its own two blocks of days were the drug's usual ones, and twice them is not five times."""
    history.add("sales", pharmacy="P1", drug="Y")
    for day in (90, 91, 92, 93):
        for _ in range(14):
            history.add("sales", pharmacy="P1", time_ms=NOON_MS + day * DAY_MS)
    history.add("sales", pharmacy="P2")
    assert [one.subject for one in found("SCREEN-BURST")] == ["P1@X"]


@pytest.mark.parametrize(("bursting", "named"), [(5, 0), (4, 0), (2, 2), (1, 1)])
def test_an_influenza_makes_no_shop_of_its_city_suspect(
    history: History, found: Found, bursting: int, named: int
) -> None:
    """What most shops of a city sell in the same days is nobody's burst; two of five are found."""
    for shop in range(12):
        history.add("organisations", code=f"P{shop}", city="A" if shop < 5 else "B")
        history.add("sales", pharmacy=f"P{shop}", time_ms=NOON_MS)
    for shop in range(bursting):
        for number in range(60):
            history.add("sales", pharmacy=f"P{shop}", time_ms=NOON_MS + (90 + number % 4) * DAY_MS)
    assert {one.subject for one in found("SCREEN-BURST")} == {f"P{shop}@X" for shop in range(named)}
