"""Screens of what follows a sale: a wrong scan put right leaves both packs where they are."""

from __future__ import annotations

import pytest

from api.screening.tables import DAY_MS
from tests.screening.columns import NOON_MS, History
from tests.screening.conftest import Found


def _put_right(history: History, pharmacy: str, wrong: str, right: str, rx: str = "rx") -> None:
    row = {"rx": rx, "pharmacy": pharmacy, "sale": None, "time_ms": NOON_MS + DAY_MS}
    history.add("sales", code=right, channel="corrected", **row)
    history.add("sales", code=wrong, channel="wrong", packs=-1.0, days=-7.0, amount=-20.0, **row)


def test_a_wrong_scan_put_right_leaves_its_own_shop_the_pack(history: History, found: Found) -> None:
    """Scanned by mistake at one shop, sold at the one that has it: sold once, and both stocks agree."""
    history.add("sales", rx="rx", pharmacy="P1", code="k", sale="s1")
    history.add("sales", pharmacy="P2", code="k", sale="s2", time_ms=NOON_MS + DAY_MS)
    for pharmacy, code in (("P1", "right"), ("P2", "k")):
        history.add("stock", pharmacy=pharmacy, code=code)
    assert len(found("SCREEN-CODES")) == len(found("SCREEN-BALANCE")) == 1
    _put_right(history, "P1", "k", "right")
    for screen in ("SCREEN-CODES", "SCREEN-BALANCE", "SCREEN-OVERSOLD"):
        assert found(screen) == []


def test_a_pack_that_came_back_after_a_correction_is_not_sold_twice(history: History, found: Found) -> None:
    """Put right, reported and given back unsold, then sold by another shop: it seemed to be at both."""
    row = {"rx": "rx", "pharmacy": "P1", "sale": "s1"}
    history.add("sales", code="k", **row)
    history.add("sales", code="k", channel="wrong", packs=-1.0, **row)
    for channel, packs in (("corrected", 1.0), ("settled", 1.0), ("returned", -1.0)):
        history.add("sales", code="right", channel=channel, packs=packs, **row)
    history.add("sales", pharmacy="P2", code="right", sale="s2")
    history.add("sales", pharmacy="P2", code="k", sale="s3")
    assert found("SCREEN-CODES") == []
    history.add("sales", code="k", channel="corrected", **row)  # it had been right after all
    assert [one.subject for one in found("SCREEN-CODES")] == ["k"]


@pytest.mark.parametrize("reason", ["lost", "transferred_out", "destroyed"])
@pytest.mark.parametrize(("moves", "hits"), [([0], 1), ([2], 0), ([0, 1], 0)])
def test_a_pack_that_had_left_the_stock_is_missed_where_it_is_sold(
    history: History, found: Found, reason: str, moves: list[int], hits: int
) -> None:
    """Booked out before the sale; afterwards, as when it came back and was destroyed; or found again."""
    history.add("stock", pharmacy="P1", code="k", time_ms=NOON_MS - DAY_MS)
    for day, said in zip(moves, (reason, "found"), strict=False):
        history.add("adjustments", pharmacy="P1", code="k", reason=said, time_ms=NOON_MS + day * DAY_MS)
    history.add("adjustments", pharmacy="P2", code="k", reason=reason)
    sold = history.add("sales", pharmacy="P1", code="k", time_ms=NOON_MS + DAY_MS)
    assert [one.entries for one in found("SCREEN-BALANCE")] == [(sold,)] * hits


def test_a_pack_delivered_again_after_it_left_is_there(history: History, found: Found) -> None:
    history.add("stock", pharmacy="P1", code="k", time_ms=NOON_MS)
    history.add("adjustments", pharmacy="P1", code="k", reason="returned_to_supplier", time_ms=NOON_MS + 1)
    history.add("stock", pharmacy="P1", code="k", time_ms=NOON_MS + 2)
    history.add("sales", pharmacy="P1", code="k", time_ms=NOON_MS + 3)
    assert found("SCREEN-BALANCE") == []


def test_the_packs_told_as_missing_are_those_injected(history: History, found: Found) -> None:
    """S68: with one honest pack in the list nobody trusts the rest of it."""
    for number in range(9):
        history.add("stock", code=f"k{number}", pharmacy="P1", time_ms=NOON_MS - DAY_MS)
        history.add("sales", code=f"k{number}", sale=f"s{number}")
    for channel, packs, sale in (("returned", -1.0, "s1"), ("dispensed", 1.0, "again")):
        history.add("sales", code="k1", channel=channel, packs=packs, sale=sale, time_ms=NOON_MS + 1)
    history.add("adjustments", pharmacy="P1", code="k2", reason="destroyed", time_ms=NOON_MS + 1)
    for reason, at_ms in (("lost", NOON_MS - 2), ("found", NOON_MS - 1)):
        history.add("adjustments", pharmacy="P1", code="k3", reason=reason, time_ms=at_ms)
    history.add("adjustments", pharmacy="P1", code="k4", reason="lost", time_ms=NOON_MS - 1)
    history.add("stock", code="n1", pharmacy="P2", time_ms=NOON_MS - DAY_MS)
    booked_out = next(row["entry"] for row in history.rows["sales"] if row["code"] == "k4")
    never_came = [history.add("sales", code=f"n{number}") for number in range(4)]
    [missing] = found("SCREEN-BALANCE")
    assert (missing.subject, missing.count) == ("P1", 5)
    assert missing.entries == (booked_out, *never_came)
    twice = history.add("sales", code="k5", sale="more")
    [over] = found("SCREEN-OVERSOLD")
    assert (over.subject, over.measure, over.entries[-1]) == ("P1@X", 1.0, twice)


def test_what_the_fund_did_moves_no_pack(history: History, found: Found) -> None:
    """A refund is no return: the code is still sold at two shops. A payment is no second sale."""
    for pharmacy in ("P1", "P2"):
        history.add("sales", code="k", pharmacy=pharmacy, sale=pharmacy)
    history.add("sales", code="k", pharmacy="P1", sale="P1", channel="paid", amount=0.0)
    history.add("sales", code="k", pharmacy="P1", sale="P1", channel="refunded", packs=-1.0, amount=0.0)
    history.add("sales", code="once", pharmacy="P1", sale="s1")
    history.add("sales", code="once", pharmacy="P1", sale="s1", channel="paid")
    assert [one.subject for one in found("SCREEN-CODES")] == ["k"]


def test_a_shop_that_is_paid_settles(history: History, found: Found) -> None:
    history.add("organisations", code="P1")
    for number in range(10):
        history.add("sales", code=f"k{number}", pharmacy="P1")
    assert len(found("SCREEN-UNSETTLED")) == 1
    history.add("sales", code="k1", pharmacy="P1", channel="paid")
    assert found("SCREEN-UNSETTLED") == []


def test_a_right_code_that_nobody_delivered_is_missed(history: History, found: Found) -> None:
    history.add("sales", rx="rx", pharmacy="P1", code="k", sale="s1")
    history.add("stock", pharmacy="P1", code="k")
    assert found("SCREEN-BALANCE") == []
    _put_right(history, "P1", "k", "right")
    assert [one.subject for one in found("SCREEN-BALANCE")] == ["P1"]


def test_a_wrong_code_put_right_need_not_be_told_and_its_right_one_may(
    history: History, found: Found
) -> None:
    for number in range(9):
        history.add("sales", rx=f"r{number}", pharmacy="P1", code=f"w{number}")
        _put_right(history, "P1", f"w{number}", f"y{number}", f"r{number}")
        late_ms = NOON_MS + 3 * DAY_MS
        history.add("sales", pharmacy="P1", code=f"y{number}", channel="reported", time_ms=late_ms)
    assert found("SCREEN-UNREPORTED") == found("SCREEN-CHANNELS") == []
