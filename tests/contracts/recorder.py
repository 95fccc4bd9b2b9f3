"""A pytest plugin that writes down which rules did not hold during a run (see test_every_rule_speaks.py)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from contracts import contract

SPOKEN: set[str] = set()
_finding = contract._finding


def _recording(act: Any, rule: Any, failed: Any) -> Any:
    SPOKEN.add(rule.id)
    return _finding(act, rule, failed)


contract._finding = _recording


def pytest_sessionfinish() -> None:
    """Write the ids to the file that RECORDED names."""
    Path(os.environ["RECORDED"]).write_text(json.dumps(sorted(SPOKEN)), "utf-8")
