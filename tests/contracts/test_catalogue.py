"""What must be said of each rule is said, once, and in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from contracts import lifecycle
from contracts.codes import CODES
from contracts.effects import EFFECTS
from contracts.parameters import DEFAULTS
from contracts.rules import FAMILIES, RULES
from contracts.rules.base import Rule
from contracts.rules.catalogue import lines
from contracts.types import TYPES

ROOT = Path(__file__).parents[2]
TESTS = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
# From the text: compiled functions keep none.
DOCSTRINGS = {
    node.name: ast.get_docstring(node)
    for path in (ROOT / "contracts" / "rules").glob("*.py")
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.FunctionDef)
}
HOST_PARAMETERS = {
    "consultations_open_max",
    "monitored_stages",
    "refusals_per_day_max",
    "screen_thresholds",
}


def test_the_page_is_made_from_the_rules() -> None:
    page = (ROOT / "contracts" / "RULES.md").read_text("utf-8")
    assert page == "\n".join(lines()) + "\n", "run python -m contracts.rules.catalogue > contracts/RULES.md"


def test_ids_are_unique_and_named_after_their_family() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    for family, rules in FAMILIES:
        numbers = [int(rule.id.rpartition("-")[2]) for rule in rules]
        assert all(rule.id.startswith(f"{family}-") for rule in rules)
        assert sorted(numbers) == list(range(1, len(rules) + 1))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_complete(rule: Rule) -> None:
    assert rule.code in CODES
    assert DOCSTRINGS[rule.check.__name__]
    assert rule.sources and rule.en.endswith(".") and rule.zh.endswith("。")
    assert re.search("[一-鿿]", rule.zh) and not re.search("[一-鿿]", rule.en)
    assert set(rule.on) <= set(TYPES)
    assert set(rule.parameters) <= set(DEFAULTS)
    assert f'"{rule.code}"' in TESTS, f"no test names {rule.code}"


def test_every_parameter_has_a_rule() -> None:
    used = {name for rule in RULES for name in rule.parameters}
    assert set(DEFAULTS) == used | HOST_PARAMETERS


def test_every_type_has_an_effect_and_a_rule() -> None:
    assert set(EFFECTS) == set(TYPES)
    assert {type_ for rule in RULES for type_ in rule.on} == set(TYPES)


def test_every_statement_of_the_table_is_a_type() -> None:
    events = {event.partition("/")[0] for _, event in lifecycle.TRANSITIONS}
    assert events | set(lifecycle.MARKS) <= set(TYPES)
