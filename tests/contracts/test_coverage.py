"""Each row S1-S70 either works, or RULES.md says what is missing or why it is not a task of ours."""

from __future__ import annotations

import pytest

from api.command.main import COMMANDS
from api.screening.registry import SCREENS
from contracts.rules import RULES
from contracts.rules.coverage import COVERAGE, OUT, WORKS, Row

KNOWN = {rule.id for rule in RULES} | {screen.id for screen in SCREENS} | {f"rx {name}" for name in COMMANDS}


def test_every_row_is_there_once_and_in_order() -> None:
    assert [row.id for row in COVERAGE] == [f"S{number}" for number in range(1, 71)]


@pytest.mark.parametrize("row", COVERAGE, ids=lambda row: row.id)
def test_a_row_names_what_exists_or_why_it_is_not_ours(row: Row) -> None:
    assert row.state in (WORKS, OUT) and row.title
    assert set(row.by) <= KNOWN
    assert row.by if row.state == WORKS else row.beyond


def test_rows_that_are_not_ours_are_those_of_the_mission() -> None:
    assert {row.id for row in COVERAGE if row.state == OUT} == {"S23", "S27", "S28", "S54"}
