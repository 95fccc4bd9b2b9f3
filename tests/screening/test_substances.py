"""T2, T8: another maker's pack is no other drug, in history as at the counter."""

from __future__ import annotations

import pytest

from api.knowledge.table import drugs, shipped
from api.screening.substances import shared, substance
from contracts import substance as rules
from tests.screening.columns import NOON_MS, History
from tests.screening.conftest import Found

DAY_MS = 86_400_000
ONE, OTHER, THIRD = "XA10BAA001A001010199990", "XA10BAA001A001010288888", "XA10BAB001A001010199990"
ODD = [
    *("", "X", "XSLY-2025-0001", "XA10BAA001", "XA10BAA00", "xa10baa001a001010199990", "未知"),
    *("ZC01AAA0039010199990", "ZC01AAA0039", "ZC01AAA003"),
    *("XA10BAA001" + "1" * 13, "XA10BAA001" + "1" * 14, ONE + "\n"),
]


@pytest.mark.parametrize("code", [ONE, OTHER, THIRD, *ODD, *sorted(one["code"] for one in drugs(shipped()))])
def test_the_screens_know_substances_as_the_rules_do(code: str) -> None:
    assert substance(code) == rules.substance(code)


def test_only_codes_that_share_a_substance_get_its_name() -> None:
    assert shared([ONE, OTHER, THIRD, "own", "own"]) == {ONE: "XA10BAA001", OTHER: "XA10BAA001"}


def test_a_stockpile_of_two_makers_is_a_stockpile(history: History, found: Found) -> None:
    """Half of the packs from each maker stayed below every limit."""
    for number in range(6):
        code = (ONE, OTHER)[number % 2]
        history.add("sales", patient="p", drug=code, days=60.0, time_ms=NOON_MS + number * DAY_MS)
        history.add("sales", patient="q", drug=THIRD, days=20.0, time_ms=NOON_MS + number * DAY_MS)
    assert [one.subject for one in found("SCREEN-STOCKPILE")] == ["p@XA10BAA001"]


def test_a_code_that_stands_alone_keeps_its_name(history: History, found: Found) -> None:
    for number in range(6):
        history.add("sales", patient="p", drug=ONE, days=60.0, time_ms=NOON_MS + number * DAY_MS)
    assert [one.subject for one in found("SCREEN-STOCKPILE")] == [f"p@{ONE}"]


def test_cases_about_two_makers_packs_are_about_one_drug(history: History, found: Found) -> None:
    for number, code in enumerate((ONE, OTHER, ONE)):
        history.add("cases", case=f"c{number}", drug=code)
    assert [one.subject for one in found("SCREEN-DRUG-CASES")] == ["XA10BAA001"]
