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
    assert rule.sources and rule.en.endswith(".") and rule.zh.endswith("。")
    assert re.search("[一-鿿]", rule.zh) and not re.search("[一-鿿]", rule.en)
    assert set(rule.on) <= set(TYPES)
    assert set(rule.parameters) <= set(DEFAULTS)
    assert f'"{rule.code}"' in TESTS, f"no test names {rule.code}"


def test_every_rule_says_what_it_checks() -> None:
    # From the text: compiled functions keep neither docstring nor, all of them, name.
    trees = [ast.parse(path.read_text("utf-8")) for path in (ROOT / "contracts" / "rules").glob("*.py")]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    checks = [
        one for one in functions if any(ast.unparse(by).startswith("rule(") for by in one.decorator_list)
    ]
    assert [one.name for one in checks if not ast.get_docstring(one)] == []
    assert len(checks) > 150  # some are made by functions, for several rules


def test_every_parameter_has_a_rule() -> None:
    used = {name for rule in RULES for name in rule.parameters}
    assert set(DEFAULTS) == used | HOST_PARAMETERS


def test_every_type_has_an_effect_and_a_rule() -> None:
    assert set(EFFECTS) == set(TYPES)
    assert {type_ for rule in RULES for type_ in rule.on} == set(TYPES)


def test_every_statement_of_the_table_is_a_type() -> None:
    events = {event.partition("/")[0] for _, event in lifecycle.TRANSITIONS}
    assert events | set(lifecycle.MARKS) <= set(TYPES)
