"""Screens of the fund and of packs without codes."""

from __future__ import annotations

from typing import Any

import pytest

from api.screening.tables import DAY_MS
from tests.screening.columns import NOON_MS, History
from tests.screening.conftest import Found

_SIGN = {"returned": -1.0, "refunded": -1.0, "wrong": -1.0}


def _sale(history: History, *told: str, rx: str = "rx", code: str | None = "k", **row: Any) -> list[int]:
    """Rows of one prescription, one after the other on its first day; returns their entries."""
    at_ms = row.pop("time_ms", NOON_MS)
    packs = row.pop("packs", 1.0)
    return [
        history.add(
            "sales",
            **{"rx": rx, "code": code, "sale": "s", "channel": channel, "time_ms": at_ms, **row},
            packs=packs * _SIGN.get(channel, 1.0),
        )
        for channel in told
    ]


def _weeks_later(history: History, days: int = 31) -> None:
    history.add("sales", time_ms=NOON_MS + days * DAY_MS)


def test_paid_and_come_back_and_never_refunded(history: History, found: Found) -> None:
    _, _, *entries = _sale(history, "dispensed", "reported", "paid", "returned")
    _weeks_later(history)
    [owed] = found("SCREEN-UNREFUNDED")
    assert (owed.subject, owed.measure, owed.entries) == ("rx", 1.0, tuple(entries))
    assert owed.screen.level == "thing"


def test_a_refund_may_still_come_for_thirty_days(history: History, found: Found) -> None:
    _sale(history, "dispensed", "paid", "returned")
    _weeks_later(history, days=29)
    assert found("SCREEN-UNREFUNDED") == []
    _weeks_later(history, days=30)
    assert len(found("SCREEN-UNREFUNDED")) == 1


def test_the_thirty_days_begin_when_the_pack_comes_back(history: History, found: Found) -> None:
    _sale(history, "dispensed", "paid")
    _sale(history, "returned", time_ms=NOON_MS + 20 * DAY_MS)
    _weeks_later(history, days=49)
    assert found("SCREEN-UNREFUNDED") == []
    _weeks_later(history, days=50)
    assert len(found("SCREEN-UNREFUNDED")) == 1


def test_a_pack_sold_before_the_columns_begin_takes_nothing_from_the_others(
    history: History, found: Found
) -> None:
    _sale(history, "returned", code="sold last year")
    _sale(history, "dispensed", "paid")
    _weeks_later(history)
    assert found("SCREEN-UNREFUNDED") == []


@pytest.mark.parametrize(
    "told",
    [
        ("dispensed", "paid", "returned", "refunded"),
        ("dispensed", "returned"),  # never paid
        ("dispensed", "paid"),  # never came back
        ("dispensed", "paid", "refunded"),
        ("dispensed", "paid", "returned", "refunded", "dispensed", "paid"),  # sold again
        ("dispensed", "paid", "returned", "dispensed"),  # the old payment is for the new sale
    ],
)
def test_what_is_even_is_no_debt(history: History, found: Found, told: tuple[str, ...]) -> None:
    _sale(history, *told)
    _weeks_later(history)
    assert found("SCREEN-UNREFUNDED") == []


def test_one_of_two_packs_came_back_and_both_stay_paid(history: History, found: Found) -> None:
    for code in ("k1", "k2"):
        _sale(history, "dispensed", "paid", code=code)
    _sale(history, "returned", code="k1")
    _sale(history, "dispensed", "paid", rx="other", code="k3")
    _weeks_later(history)
    assert [(one.subject, one.measure) for one in found("SCREEN-UNREFUNDED")] == [("rx", 1.0)]
    _sale(history, "refunded", code="k1")
    assert found("SCREEN-UNREFUNDED") == []


def test_sold_again_and_paid_again_the_first_payment_is_still_owed(history: History, found: Found) -> None:
    _sale(history, "dispensed", "paid", "returned", "dispensed", "paid")
    _weeks_later(history)
    assert [one.measure for one in found("SCREEN-UNREFUNDED")] == [1.0]


def test_a_payment_under_a_code_put_right_later_is_nobodys_debt(history: History, found: Found) -> None:
    """Paid as the code scanned by mistake; the pack that came back is another one of the prescription."""
    _sale(history, "dispensed", "paid", "wrong", code="scanned")
    _sale(history, "corrected", code="right")
    _sale(history, "dispensed", "returned", code="never paid")
    _weeks_later(history)
    assert found("SCREEN-UNREFUNDED") == []
    _sale(history, "returned", code="right")
    assert [one.subject for one in found("SCREEN-UNREFUNDED")] == ["rx"]


def test_a_part_of_a_pack_is_kept_as_the_pack_that_was_paid(history: History, found: Found) -> None:
    _sale(history, "dispensed", packs=0.5)
    _sale(history, "settled", "paid")
    _sale(history, "dispensed", "returned", code="never paid")
    _weeks_later(history)
    assert found("SCREEN-UNREFUNDED") == []
    _sale(history, "returned", packs=0.5)
    assert [one.measure for one in found("SCREEN-UNREFUNDED")] == [1.0]


def test_parts_of_two_packs_are_two_payments(history: History, found: Found) -> None:
    for code in ("k1", "k2"):
        _sale(history, "dispensed", code=code, packs=0.5)
        _sale(history, "paid", code=code)
    _sale(history, "dispensed", "returned", code="never paid")
    _weeks_later(history)
    assert found("SCREEN-UNREFUNDED") == []


def test_two_parts_of_one_pack_are_two_payments_too(history: History, found: Found) -> None:
    for sale in ("s1", "s2"):
        _sale(history, "dispensed", packs=0.5, sale=sale)
        _sale(history, "paid", sale=sale)
    _sale(history, "dispensed", "paid", "returned", "refunded", code="back")
    _weeks_later(history)
    assert found("SCREEN-UNREFUNDED") == []


def test_what_came_back_yesterday_is_no_debt_beside_what_was_refunded_long_ago(
    history: History, found: Found
) -> None:
    _sale(history, "dispensed", "paid", "returned", "refunded")
    _sale(history, "dispensed", "paid", code="k2")
    _weeks_later(history, days=40)
    _sale(history, "returned", code="k2", time_ms=NOON_MS + 39 * DAY_MS)
    assert found("SCREEN-UNREFUNDED") == []


def test_packs_without_codes_are_counted_by_their_prescription(history: History, found: Found) -> None:
    _sale(history, "dispensed", "dispensed", "paid", "paid", "returned", code=None)
    _weeks_later(history)
    assert [one.measure for one in found("SCREEN-UNREFUNDED")] == [1.0]
    _sale(history, "refunded", code=None)
    assert found("SCREEN-UNREFUNDED") == []


def test_what_was_told_by_one_channel_alone_came_back_all_the_same(history: History, found: Found) -> None:
    _sale(history, "settled", "reported", "paid", "returned")
    _sale(history, "reported", "paid", rx="even", code="kept")
    _sale(history, "reported", "paid", "returned", "refunded", rx="even", code="not kept")
    _weeks_later(history)
    assert [one.subject for one in found("SCREEN-UNREFUNDED")] == ["rx"]


def test_a_shop_that_hands_out_every_twentieth_pack_without_a_code(history: History, found: Found) -> None:
    without = [history.add("sales", code=None) for _ in range(10)]
    for _ in range(190):
        history.add("sales")
        history.add("sales", code=None, channel="reported")  # the same packs, told once more
    [shop] = found("SCREEN-UNCODED")
    assert (shop.subject, shop.measure, shop.count) == ("P1", 0.05, 10)
    assert shop.entries == tuple(without)
    history.add("sales")
    assert found("SCREEN-UNCODED") == []


def test_a_few_packs_of_old_stock_are_no_habit(history: History, found: Found) -> None:
    for _ in range(9):
        history.add("sales", code=None)
    assert found("SCREEN-UNCODED") == []
    history.add("sales", code=None)
    assert len(found("SCREEN-UNCODED")) == 1
