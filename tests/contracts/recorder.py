"""A pytest plugin that writes down what each rule did in each test (see test_every_rule_speaks.py).

What a fixture does is no part of a test, and silence in a refused act proves nothing: another rule ended it.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts import contract
from contracts.decision import Finding
from contracts.rules import RULES_BEFORE_BY_TYPE, RULES_BY_TYPE

SPOKE, SILENT = "spoke", "silent"
VAGUE: set[str] = set()  # rules that found fault with a record without naming its member
DONE: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
_running: list[str] = []
_findings = contract._findings


def _recording(act: Any) -> Any:
    findings = _findings(act)
    VAGUE.update(one.rule for one in findings if _is_vague(one))
    if not _running:
        return findings
    spoke = {one.rule for one in findings}
    done = DONE[_running[0]]
    done[SPOKE] |= spoke
    if not any(one.strength == "refuse" for one in findings):
        by_type = RULES_BEFORE_BY_TYPE if act.context.check else RULES_BY_TYPE
        done[SILENT] |= {rule.id for rule in by_type[act.type]} - spoke
    return findings


def _is_vague(finding: Finding) -> bool:
    return finding.class_ == "DATA_QUALITY" and not {**finding.facts, **finding.told}.get("member")


contract._findings = _recording


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Function) -> Iterator[None]:
    """Note the test that runs, its parameters apart."""
    _running[:] = [item.originalname]
    try:
        return (yield)
    finally:
        _running.clear()


def pytest_sessionfinish() -> None:
    """Write {"vague": [rule], "tests": {test: {"spoke": [rule], "silent": [rule]}}} where RECORDED says."""
    told = {test: {word: sorted(done[word]) for word in (SPOKE, SILENT)} for test, done in DONE.items()}
    Path(os.environ["RECORDED"]).write_text(json.dumps({"vague": sorted(VAGUE), "tests": told}), "utf-8")
