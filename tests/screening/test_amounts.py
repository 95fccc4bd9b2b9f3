"""Amounts in the columns are what PROFILE-3 counts of the same acts: one month's money, said once (S40)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from api.screening.report import screened
from api.screening.tables import Tables
from contracts import keys
from tests.contracts.office import rulebook
from tests.contracts.world import METFORMIN, PATIENT, YS1, code
from tests.screening.told import Told

PACKS = [code("8990002", number) for number in range(1, 8)]
BOX = {"drug": METFORMIN, "quantity": "1", "unit": "盒"}
TABLETS = {"drug": METFORMIN, "quantity": "60", "unit": "片"}
HALF = {"drug": METFORMIN, "quantity": "30", "unit": "片", "split": True}


class Month(Told):
    """Whose rulebook watches months."""

    def __init__(self) -> None:
        super().__init__()
        rulebook(self, profile_spent_month_yuan=8000)
        self.open_duties()
        self.receive(PACKS)

    def counted(self, folder: Path) -> tuple[int, list[int]]:
        """What the rule counts in the patient's month, and the rows of the columns, in micro yuan."""
        self.writer.write(folder)
        rows = pl.read_parquet(folder / "sales.parquet")["amount"]
        month = self.record(keys.month(f"t.people.{PATIENT}", 202603))
        return month["spent"], [round(amount * 1e6) for amount in rows]


@pytest.fixture
def told() -> Month:
    return Month()


def priced(line: dict[str, Any], price: str) -> list[dict[str, Any]]:
    return [{**line, "price": price}]


@pytest.mark.parametrize(
    ("line", "price", "yuan"),
    [
        (BOX, "150", 150),
        (TABLETS, "150", 9000),
        (HALF, "300", 9000),
        (BOX, "-20", 0),
        (BOX, "20.0000019", 20.000001),
    ],
)
def test_a_sale_costs_its_price_times_its_quantity(
    told: Month, tmp_path: Path, line: dict[str, Any], price: str, yuan: float
) -> None:
    """60 tablets at 150 yuan each were 150 yuan in the columns and 9,000 to the rule."""
    listed = [{"code": PACKS[0], "line": 0}]
    told.sell(told.ready(), PACKS[:1], lines=priced(line, price), listed=listed)
    spent, rows = told.counted(tmp_path)
    assert (spent, rows) == (round(yuan * 1_000_000), [spent])


@pytest.mark.parametrize("back", [{}, {"price": "7777.77"}])
def test_who_gave_a_pack_back_spent_nothing_and_is_not_named(
    told: Month, tmp_path: Path, back: dict[str, str]
) -> None:
    """A return that tells no price took nothing off: SCREEN-SPENDING named the patient."""
    rx = told.ready()
    told.sell(rx, PACKS[:1], lines=priced(BOX, "9000"))
    told.give_back(rx, PACKS[:1], lines=[{**BOX, **back}])
    assert told.counted(tmp_path) == (0, [9_000_000_000, -9_000_000_000])
    [(_, found)] = list(screened(Tables(tmp_path), ["SCREEN-SPENDING"]))
    assert found == []


def test_packs_of_one_drug_paid_differently_come_back_for_their_share(told: Month, tmp_path: Path) -> None:
    rx = told.ready(line={"quantity": "3"})
    for pack, price in zip(PACKS, ("10", "20", "0.0001"), strict=False):
        told.sell(rx, [pack], lines=priced(BOX, price))
    for pack in PACKS[:2]:
        told.give_back(rx, [pack])
        spent, rows = told.counted(tmp_path)
        assert spent == sum(rows)
    told.give_back(rx, PACKS[2:3])
    assert told.counted(tmp_path)[0] == 0


def test_the_packs_of_a_drug_share_what_it_cost_and_nothing_is_lost(told: Month, tmp_path: Path) -> None:
    lines = [{**BOX, "price": "10.000001"}, {**BOX, "quantity": "2", "price": "10"}]
    listed = [{"code": pack, "line": min(place, 1)} for place, pack in enumerate(PACKS[:3])]
    told.sell(told.ready(line={"quantity": "3"}), PACKS[:3], lines=lines, listed=listed)
    assert told.counted(tmp_path) == (30_000_001, [10_000_000, 10_000_000, 10_000_001])


def test_a_wrong_scan_put_right_moves_what_was_paid_and_changes_no_month(told: Month, tmp_path: Path) -> None:
    rx = told.ready()
    told.sell(rx, PACKS[:1], lines=priced(BOX, "30"))
    listed = [{"wrong": PACKS[0], "code": PACKS[1], "line": 0}]
    opened = {"lines": [{**BOX, "price": "99"}], "codes": listed, "clinical": {"reason": "扫错"}}
    told.act("dispensing.corrected", "P99000000001", (YS1,), {"rx": rx, "sale": told.last_id}, opened)
    assert told.counted(tmp_path) == (30_000_000, [30_000_000, 30_000_000, -30_000_000])
