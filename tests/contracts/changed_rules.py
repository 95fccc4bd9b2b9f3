"""A pytest plugin that runs the tests named for a rule with the rule gone, and with it speaking always.

Which of them turned red is written to the file that RECORDED names (see test_every_rule_speaks.py).
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.act import Act
from contracts.rules import RULES, RULES_BEFORE_BY_TYPE, RULES_BY_TYPE
from contracts.rules.base import Failed, Rule
from contracts.rules.catalogue import KINDS, proofs

GONE, ALWAYS = "gone", "always"
Change = tuple[str, str]  # rule id, GONE or ALWAYS
RED: set[tuple[str, str, str]] = set()
_RULES = {rule.id: rule for rule in RULES}


def _holds(act: Act) -> None:
    pass


def _fails(act: Act) -> None:
    raise Failed


def _changes() -> dict[str, list[Change]]:
    """Return by test name the changes under which it is run."""
    found: dict[str, set[Change]] = defaultdict(set)
    for rule, named in proofs().items():
        for kind in KINDS if rule in _RULES else ():
            found[named[kind]] |= {(rule, GONE), (rule, ALWAYS)}
    return {name: sorted(changes) for name, changes in found.items() if name}


CHANGES = _changes()


@pytest.fixture(autouse=True)
def changed_rule(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the changed rule in the place of the rule, for one run of one test."""
    identifier, change = request.param
    rule = _RULES[identifier]
    changed = replace(rule, check=_holds if change == GONE else _fails)
    for by_type in (RULES_BY_TYPE, RULES_BEFORE_BY_TYPE):
        for type_ in set(rule.on) & set(by_type):
            monkeypatch.setitem(by_type, type_, _with(by_type[type_], changed))


def _with(rules: tuple[Rule, ...], changed: Rule) -> tuple[Rule, ...]:
    return tuple(changed if rule.id == changed.id else rule for rule in rules)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each change; one that no rule names has no run at all."""
    metafunc.parametrize("changed_rule", CHANGES.get(metafunc.function.__name__, []), indirect=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Iterator[None]:
    """Note a test that turned red, under which change."""
    report = yield
    if report.failed:  # type: ignore[attr-defined]
        RED.add((item.originalname, *item.callspec.params["changed_rule"]))
    return report


def pytest_sessionfinish() -> None:
    """Write [[test, rule, "gone" or "always"], …]."""
    Path(os.environ["RECORDED"]).write_text(json.dumps(sorted(RED)), "utf-8")
