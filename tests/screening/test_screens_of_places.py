"""Pharmacists, packs and shops: the published shapes of 挂证, codes sold twice, stock and settlement."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.screening.columns import HOUR_MS, NOON_MS, History
from tests.screening.conftest import Found

DAY_MS = 86_400_000
PLACES = {
    "Urumqi": ("65", "6501", 43.82, 87.61),
    "Yantai": ("37", "3706", 37.46, 121.45),
    "Hohhot": ("15", "1501", 40.84, 111.75),
    "Baotou": ("15", "1502", 40.66, 109.84),
    "Jinan-1": ("37", "3701", 36.65, 117.12),
    "Jinan-2": ("37", "3701", 36.66, 117.00),
}


@pytest.fixture(autouse=True)
def _places(history: History) -> None:
    for code, (province, city, latitude, longitude) in PLACES.items():
        history.add(
            "organisations", code=code, province=province, city=city, latitude=latitude, longitude=longitude
        )


def _at(history: History, hour: float, site: str, act: str = "review") -> None:
    history.add("presences", person="Y1", site=site, act=act, time_ms=NOON_MS + int(hour * HOUR_MS))


def _shift(history: History, first: str, opened: float, closed: float) -> None:
    _at(history, opened, first, "opened")
    _at(history, closed, first, "closed")


@pytest.mark.parametrize(
    ("first", "second", "hours", "screen"),
    [
        ("Urumqi", "Yantai", 10.57, "SCREEN-TRAVEL"),  # 00:00 and 10:34
        ("Hohhot", "Baotou", 2 / 60, "SCREEN-TRAVEL"),  # 09:26 and 09:28
        ("Jinan-1", "Jinan-2", 2.32, "SCREEN-SAME-CITY"),  # 18:59 and 21:18
    ],
)
def test_the_three_published_shapes(
    history: History, found: Found, first: str, second: str, hours: float, screen: str
) -> None:
    _shift(history, first, -1, 0)
    _shift(history, second, hours, hours + 1)
    [one] = found(screen)
    assert one.subject == "Y1" and one.count == 2
    assert found("SCREEN-OPEN") == []


@pytest.mark.parametrize(
    ("first", "second", "hours"), [("Jinan-1", "Jinan-2", 1.0), ("Hohhot", "Baotou", 0.1)]
)
def test_a_roster_exempts_when_the_first_duty_was_closed(
    history: History, found: Found, first: str, second: str, hours: float
) -> None:
    for site in (first, second):
        history.add("rosters", person="Y1", site=site)
    _shift(history, first, -1, 0)
    _shift(history, second, hours, hours + 1)
    assert found("SCREEN-TRAVEL") == found("SCREEN-SAME-CITY") == []


def test_a_roster_never_exempts_from_an_open_duty(history: History, found: Found) -> None:
    for site in ("Jinan-1", "Jinan-2"):
        history.add("rosters", person="Y1", site=site)
    _at(history, 0, "Jinan-1", "opened")
    _at(history, 4, "Jinan-2", "review")
    assert [one.subject for one in found("SCREEN-OPEN")] == ["Y1"]


@pytest.mark.parametrize(("hours", "hits"), [(16, 1), (16.01, 0)])
def test_a_duty_that_somebody_forgot_to_close_accuses_nobody(
    history: History, found: Found, hours: float, hits: int
) -> None:
    _at(history, 0, "Jinan-1", "opened")
    _at(history, hours, "Jinan-2", "opened")
    assert len(found("SCREEN-OPEN")) == hits


def test_reviews_alone_open_no_duty(history: History, found: Found) -> None:
    for hour, site in ((0, "Jinan-1"), (4, "Jinan-2"), (8, "Jinan-1")):
        _at(history, hour, site)
    assert found("SCREEN-OPEN") == []


def test_reviews_between_do_not_hide_an_open_duty(history: History, found: Found) -> None:
    opened = 6 + len(PLACES) - 5
    _at(history, 0, "Jinan-1", "opened")
    _at(history, 1, "Jinan-1")
    _at(history, 2, "Jinan-2")
    [one] = found("SCREEN-OPEN")
    assert one.entries == (opened, opened + 2)


@pytest.mark.parametrize(("hours", "hits"), [(1.2, 1), (1.5, 0)])
def test_a_journey_that_people_make_is_no_suspicion(
    history: History, found: Found, hours: float, hits: int
) -> None:
    _shift(history, "Hohhot", -1, 0)
    _shift(history, "Baotou", hours, hours + 1)  # 162 km
    assert len(found("SCREEN-TRAVEL")) == hits


@pytest.mark.parametrize(("hours", "hits"), [(3.0, 1), (3.01, 0)])
def test_two_shops_of_a_city_on_one_day(history: History, found: Found, hours: float, hits: int) -> None:
    _shift(history, "Jinan-1", -1, 0)
    _shift(history, "Jinan-2", hours, hours + 1)
    assert len(found("SCREEN-SAME-CITY")) == hits


def test_one_shop_all_day_is_nothing(history: History, found: Found) -> None:
    _shift(history, "Jinan-1", 0, 8)
    _shift(history, "Jinan-1", 24, 32)
    assert found("SCREEN-OPEN") == found("SCREEN-TRAVEL") == found("SCREEN-SAME-CITY") == []


# -- packs ------------------------------------------------------------------------------------


def _sold(history: History, pharmacy: str, sale: str, channel: str = "dispensed", packs: float = 1.0) -> int:
    return history.add("sales", code="k", pharmacy=pharmacy, sale=sale, channel=channel, packs=packs)


def test_a_code_sold_in_two_provinces_cites_both_rows(history: History, found: Found) -> None:
    both = (_sold(history, "Urumqi", "s1"), _sold(history, "Yantai", "s2", "settled"))
    [one] = found("SCREEN-CODES")
    assert (one.subject, one.entries) == ("k", both)


def test_both_channels_of_a_sale_are_one_sale(history: History, found: Found) -> None:
    for channel in ("dispensed", "reported", "settled"):
        _sold(history, "Yantai", "s1", channel)
    assert found("SCREEN-CODES") == []


def test_a_pack_given_back_and_sold_elsewhere_is_sold_once(history: History, found: Found) -> None:
    _sold(history, "Jinan-1", "s1")
    _sold(history, "Jinan-1", "s1", "returned", -1.0)
    _sold(history, "Jinan-2", "s2")
    assert found("SCREEN-CODES") == []


def test_an_opened_pack_of_one_shop_is_sold_once(history: History, found: Found) -> None:
    for sale in ("s1", "s2", "s3"):
        _sold(history, "Jinan-1", sale, packs=0.4)
    assert found("SCREEN-CODES") == []


def test_sold_and_never_received(history: History, found: Found) -> None:
    missing = history.add("sales", pharmacy="P1", code="a")
    history.add("sales", pharmacy="P1", code="b")
    history.add("stock", pharmacy="P1", code="b")
    history.add("stock", pharmacy="P2", code="a")
    [one] = found("SCREEN-BALANCE")
    assert (one.subject, one.entries) == ("P1", (missing,))


@pytest.mark.parametrize(("packs", "hits"), [(9, 0), (10, 1)])
def test_a_shop_without_any_delivery_is_asked_for_its_books_and_not_suspected(
    history: History, found: Found, packs: int, hits: int
) -> None:
    for number in range(packs):
        history.add("sales", pharmacy="P1", code=f"k{number}")
    assert found("SCREEN-BALANCE") == found("SCREEN-DRUG-RESALE") == []
    assert [one.screen.class_ for one in found("SCREEN-NO-BOOKS")] == ["DATA_QUALITY"] * hits


@pytest.mark.parametrize(("packs", "hits"), [(4, 0), (5, 1)])
def test_reported_and_never_dispensed(history: History, found: Found, packs: int, hits: int) -> None:
    for number in range(packs):
        kind = ("reported", "settled")[number % 2]
        history.add(
            "sales", pharmacy="P1", code=f"y{number}", channel=kind, time_ms=NOON_MS + 3 * DAY_MS
        )
    for channel in ("dispensed", "reported"):
        history.add("sales", pharmacy="P1", code="both", channel=channel)
    assert len(found("SCREEN-CHANNELS")) == hits


def test_what_may_have_been_dispensed_before_the_columns_begin_is_not_missed(
    history: History, found: Found
) -> None:
    history.add("sales", pharmacy="P2")
    for number in range(9):
        at_ms = NOON_MS + 3 * DAY_MS - 1
        history.add("sales", pharmacy="P1", code=f"y{number}", channel="reported", time_ms=at_ms)
    assert found("SCREEN-CHANNELS") == []


def _told(history: History, packs: int, *channels: str, **row: Any) -> None:
    for number in range(packs):
        for channel in channels:
            history.add("sales", pharmacy="P1", code=f"y{number}", channel=channel, **row)


@pytest.mark.parametrize(("packs", "hits"), [(4, 0), (5, 1)])
def test_dispensed_and_never_told(history: History, found: Found, packs: int, hits: int) -> None:
    _told(history, packs, "dispensed")
    history.add("sales", pharmacy="P1", code="z", channel="reported", time_ms=NOON_MS + 3 * DAY_MS)
    assert len(found("SCREEN-UNREPORTED")) == hits


@pytest.mark.parametrize(("others", "hits"), [(45, 1), (46, 0)])
def test_a_few_of_many_packs_are_not_worth_a_question(
    history: History, found: Found, others: int, hits: int
) -> None:
    _told(history, 5, "dispensed")
    for number in range(others):
        for channel in ("dispensed", "reported"):
            history.add("sales", pharmacy="P1", code=f"o{number}", channel=channel)
    history.add("sales", pharmacy="P2", time_ms=NOON_MS + 3 * DAY_MS)
    assert len(found("SCREEN-UNREPORTED")) == hits


@pytest.mark.parametrize("other", ["reported", "settled", "returned"])
def test_what_was_told_under_another_number_or_came_back_is_not_missed(
    history: History, found: Found, other: str
) -> None:
    _told(history, 9, "dispensed", other)
    history.add("sales", pharmacy="P1", code="z", channel="reported", time_ms=NOON_MS + 3 * DAY_MS)
    assert found("SCREEN-UNREPORTED") == []


def test_a_report_may_still_come_and_a_silent_shop_is_another_screens(history: History, found: Found) -> None:
    _told(history, 9, "dispensed", time_ms=NOON_MS + 1)
    history.add("sales", pharmacy="P1", code="z", channel="reported", time_ms=NOON_MS + 3 * DAY_MS)
    for number in range(9):
        history.add("sales", pharmacy="P2", code=f"q{number}")
    assert found("SCREEN-UNREPORTED") == []


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        ({"agreement": "suspended"}, "suspended"),
        ({"licensed_address": "b"}, "moved"),
        ({"licence_to": date(2025, 12, 31)}, "licence"),
        ({"licence_to": date(2026, 1, 1)}, "unexplained"),
        ({}, "unexplained"),
    ],
)
def test_both_causes_of_a_busy_shop_without_settlement(
    history: History, found: Found, facts: dict[str, Any], cause: str
) -> None:
    history.add("organisations", code="Q", **facts)
    history.add("organisations", code="R")
    for number in range(10):
        history.add("sales", pharmacy="Q", sale=f"q{number}")
        history.add("sales", pharmacy="R", sale=f"r{number}")
        history.add("sales", pharmacy="R", sale=f"r{number}", channel="settled")
    [one] = found("SCREEN-UNSETTLED")
    assert (one.subject, one.screen.class_) == (f"Q@{cause}", "NOTICE")


def test_a_shop_without_an_agreement_cannot_settle(history: History, found: Found) -> None:
    history.add("organisations", code="Q", agreement="none")
    for number in range(10):
        history.add("sales", pharmacy="Q", sale=f"q{number}")
    assert found("SCREEN-UNSETTLED") == []


@pytest.mark.parametrize(
    ("delivered", "cause"), [(9, "suspended-stock"), (10, "suspended"), (0, "suspended")]
)
def test_a_suspended_shops_stock_is_looked_at(
    history: History, found: Found, delivered: int, cause: str
) -> None:
    """T14 names both; of a shop without books nothing is known."""
    history.add("organisations", code="Q", agreement="suspended")
    for number in range(10):
        history.add("sales", pharmacy="Q", code=f"q{number}")
    for number in range(delivered):
        history.add("stock", pharmacy="Q", code=f"q{number}", time_ms=NOON_MS - DAY_MS)
    assert [one.subject for one in found("SCREEN-UNSETTLED")] == [f"Q@{cause}"]


@pytest.mark.parametrize(
    ("sold", "hits"),
    [
        ([1.0, 1.0], 1),
        ([1.0, 0.9], 0),  # below the limit of one pack too many
        ([0.1] * 10, 0),  # a split pack, sold whole
        ([0.1] * 20, 1),
        ([1.0, -1.0, 1.0], 0),  # came back and was sold again
    ],
)
def test_more_than_a_pack_under_one_code(
    history: History, found: Found, sold: list[float], hits: int
) -> None:
    for packs in sold:
        channel = "dispensed" if packs > 0 else "returned"
        history.add("sales", pharmacy="P1", code="a", packs=packs, channel=channel)
    history.add("sales", pharmacy="P1", code="a", channel="reported")
    assert [one.subject for one in found("SCREEN-OVERSOLD")] == ["P1@X"] * hits


def test_what_other_shops_sold_or_no_code_stands_for_is_not_oversold(history: History, found: Found) -> None:
    for shop in ("P1", "P2"):
        history.add("sales", pharmacy=shop, code="a")
        history.add("sales", pharmacy="P1", code=None)
    assert found("SCREEN-OVERSOLD") == []
