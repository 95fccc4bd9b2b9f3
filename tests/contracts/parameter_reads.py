"""A pytest plugin that notes which parameters each rule reads, and which the effects.

A rule is judged by itself on an act of its own: what another rule looked up before it hides nothing.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contracts import contract
from contracts.act import Act
from contracts.rules import RULES_BEFORE_BY_TYPE, RULES_BY_TYPE
from contracts.rules.base import Failed

READ: dict[str, set[str]] = defaultdict(set)  # by rule id, and under "" what effects read
_reader: list[str] = [""]
_findings = contract._findings


def _noting(original: Callable[[Act, str], Any]) -> Callable[[Act, str], Any]:
    def parameter(act: Act, name: str) -> Any:
        READ[_reader[-1]].add(name)
        return original(act, name)

    return parameter


def _each_by_itself(act: Act) -> Any:
    by_type = RULES_BEFORE_BY_TYPE if act.context.check else RULES_BY_TYPE
    for rule in by_type[act.type]:
        _reader.append(rule.id)
        try:
            rule.check(Act(act.facts, act.context, act._read))
        except Failed:
            pass
        finally:
            _reader.pop()
    _reader.append("all")
    try:
        return _findings(act)
    finally:
        _reader.pop()


Act.parameter = _noting(Act.parameter)  # type: ignore[method-assign]
Act.parameter_then = _noting(Act.parameter_then)  # type: ignore[method-assign]
contract._findings = _each_by_itself


def pytest_sessionfinish() -> None:
    """Write {rule id or "" for effects: [name, …]} to the file that RECORDED names."""
    found = {reader: sorted(names) for reader, names in READ.items()}
    Path(os.environ["RECORDED"]).write_text(json.dumps(found), "utf-8")
