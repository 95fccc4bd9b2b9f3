"""SCREEN-UNSETTLED over time: who stopped settling is named, who settles seldom or by the month is not."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from api.screening.report import screened
from api.screening.tables import Tables
from tests.screening.columns import NOON_MS, History
from tests.screening.conftest import Found

DAY_MS = 86_400_000


def _days(history: History, days: range, settles_every: int = 0, **row: object) -> None:
    """A pack a day; every so many-th one is settled, none where 0."""
    for day in days:
        at_ms = NOON_MS + day * DAY_MS
        history.add("sales", sale=f"s{day}", code=f"c{day}", time_ms=at_ms, **row)
        if settles_every and day % settles_every == 0:
            history.add("sales", sale=f"s{day}", code=f"c{day}", time_ms=at_ms, channel="settled", **row)


@pytest.mark.parametrize(
    ("settled", "sold"),
    [(range(1), 241), (range(5, 60), 240), (range(0, 60, 3), 240)],  # of the first the stray one counts too
)
def test_a_shop_whose_agreement_was_suspended_later_is_named(
    history: History, found: Found, settled: range, sold: int
) -> None:
    """One settlement ever hid a shop, though the published cause leaves just this trace."""
    history.add("organisations", code="P1", agreement="suspended")
    _days(history, settled, 1)
    since = len(history.rows["sales"])
    _days(history, range(60, 300))
    [one] = found("SCREEN-UNSETTLED")
    assert (one.subject, one.measure, one.count) == ("P1@suspended", sold, sold)
    assert history.rows["sales"][since]["entry"] in one.entries


def test_a_stray_settlement_makes_no_shop_one_that_settles(history: History, found: Found) -> None:
    history.add("organisations", code="P1")
    _days(history, range(100))
    history.add("sales", sale="s98", code="c98", time_ms=NOON_MS + 99 * DAY_MS, channel="settled")
    assert [one.subject for one in found("SCREEN-UNSETTLED")] == ["P1@unexplained"]


@pytest.mark.parametrize(("quiet", "hits"), [(39, 0), (40, 1)])
def test_what_is_settled_by_the_month_is_not_missed(
    history: History, found: Found, quiet: int, hits: int
) -> None:
    history.add("organisations", code="P1")
    _days(history, range(100), 1)
    _days(history, range(100, 100 + quiet))
    assert len(found("SCREEN-UNSETTLED")) == hits


@pytest.mark.parametrize(("quiet", "hits"), [(99, 0), (100, 1)])
def test_a_shop_whose_customers_mostly_pay_themselves_is_given_longer(
    history: History, found: Found, quiet: int, hits: int
) -> None:
    """One pack of ten was settled: a hundred without one are ten that are missing."""
    history.add("organisations", code="P1")
    _days(history, range(1, 111), 10)
    _days(history, range(111, 111 + quiet))
    assert len(found("SCREEN-UNSETTLED")) == hits


@pytest.mark.parametrize("channel", ["settled", "paid"])
def test_what_the_fund_paid_is_settled_too(history: History, found: Found, channel: str) -> None:
    """Some shops tell nothing of settlements, and the fund tells of each payment."""
    history.add("organisations", code="P1")
    for day in range(100):
        sale = {"sale": f"s{day}", "code": f"c{day}", "time_ms": NOON_MS + day * DAY_MS}
        history.add("sales", **sale)
        history.add("sales", channel=channel, **sale)
    assert found("SCREEN-UNSETTLED") == []


def test_columns_that_do_not_know_when_an_agreement_began_are_screened(
    history: History, tmp_path: Path
) -> None:
    """Folders of older software have no such column."""
    history.add("organisations", code="P1", agreement="suspended")
    _days(history, range(100))
    folder = history.write(tmp_path)
    pl.read_parquet(folder / "organisations.parquet").drop("agreement_from").write_parquet(
        folder / "organisations.parquet"
    )
    [(_, [one])] = list(screened(Tables(folder), ["SCREEN-UNSETTLED"]))
    assert one.subject == "P1@suspended"
