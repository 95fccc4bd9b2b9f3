"""Each row S1-S70 works, or RULES.md says why it is not ours; each row of the law is accounted for."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping

import pytest

from api.command.main import COMMANDS
from api.screening.registry import SCREENS
from api.screening.tables import SCHEMAS
from contracts.reading import OFFICES
from contracts.rules import RULES
from contracts.rules.catalogue import checks
from contracts.rules.coverage import COVERAGE, OUT, WORKS, Row
from contracts.rules.law import CARRIED, IN_PART, LAW, NO_RULE
from contracts.types import TYPES
from tests.architecture.tree import ROOT, modules

KNOWN = {rule.id for rule in RULES} | {screen.id for screen in SCREENS} | {f"rx {name}" for name in COMMANDS}
PACKS = {f"rulebook {path.stem}" for path in (ROOT / "contracts" / "rulebooks").glob("*.json")}
CITED = {
    **{rule.id: set(rule.sources.split()) for rule in RULES},
    **{screen.id: set(screen.sources.split()) for screen in SCREENS},
}
DEFINED = Counter(
    node.name
    for path, tree in modules("tests")
    if path.name.startswith("test_")
    for node in ast.walk(tree)
    if isinstance(node, ast.FunctionDef)
)


def test_every_row_is_there_once_and_in_order() -> None:
    assert [row.id for row in COVERAGE] == [f"S{number}" for number in range(1, 71)]


@pytest.mark.parametrize("row", COVERAGE, ids=lambda row: row.id)
def test_a_row_names_what_exists_or_why_it_is_not_ours(row: Row) -> None:
    assert row.state in (WORKS, OUT) and row.title
    assert set(row.by) <= KNOWN
    assert row.by if row.state == WORKS else row.beyond


def test_every_row_that_works_has_its_check_once_and_in_order() -> None:
    assert [row["row"] for row in checks()] == [row.id for row in COVERAGE if row.state == WORKS]


@pytest.mark.parametrize("row", checks(), ids=lambda row: row["row"])
def test_a_check_names_tests_that_exist_and_whose_name_is_no_other_tests(row: Mapping[str, str]) -> None:
    named = row["tests"].split()
    assert row["check"] and named and len(set(named)) == len(named)
    assert {name: DEFINED[name] for name in named} == dict.fromkeys(named, 1)


def test_rows_that_are_not_ours_are_those_of_the_mission() -> None:
    assert {row.id for row in COVERAGE if row.state == OUT} == {"S23", "S27", "S28", "S54"}


def test_what_rows_say_is_not_here_is_not_here() -> None:
    """S27 said that visit ids are kept to join, S28 that there are no payments."""
    assert set(OFFICES) == {"health_commission", "drug_administration"}, "S20"
    columns = set(SCHEMAS["prescriptions"])
    assert "diagnosis" in columns and not columns & {"visit", "mdtrtId", "diagnoses"}, "S27"
    assert "settlement.settled" in TYPES, "S28"
    assert not [name for name, one in TYPES.items() if "payee" in str((one.members, one.groups))], "S28"


def test_every_row_of_the_law_is_there_once_and_in_order() -> None:
    law = [f"R{number}" for number in range(1, 29)] + [f"T{number}" for number in range(1, 18)]
    assert [row.id for row in LAW] == law


@pytest.mark.parametrize("row", LAW, ids=lambda row: row.id)
def test_a_row_of_the_law_says_who_carries_it_and_what_is_missing(row: Row) -> None:
    assert row.state in (CARRIED, IN_PART, NO_RULE) and row.title
    assert set(row.by) <= KNOWN | PACKS | {"rx-verify"}
    assert bool(row.by) == (row.state != NO_RULE)
    assert bool(row.beyond) == (row.state != CARRIED)


@pytest.mark.parametrize("row", LAW, ids=lambda row: row.id)
def test_no_rule_that_cites_the_law_is_left_out_of_its_row(row: Row) -> None:
    citing = {id_ for id_, sources in CITED.items() if row.id in sources}
    assert citing <= set(row.by)


def test_no_rule_cites_a_law_that_nobody_knows() -> None:
    cited = {word for sources in CITED.values() for word in sources if word[0] in "RT" and word[1:].isdigit()}
    assert cited <= {row.id for row in LAW}
