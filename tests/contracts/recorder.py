"""A pytest plugin that writes down what rules said during a run (see test_every_rule_speaks.py).

Which rules did not hold, and which of them found fault with a record without naming its member.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from contracts import contract

SPOKEN: set[str] = set()
VAGUE: set[str] = set()
_finding = contract._finding


def _recording(act: Any, rule: Any, failed: Any) -> Any:
    SPOKEN.add(rule.id)
    found = _finding(act, rule, failed)
    if found.class_ == "DATA_QUALITY" and not {**found.facts, **found.told}.get("member"):
        VAGUE.add(rule.id)
    return found


contract._finding = _recording


def pytest_sessionfinish() -> None:
    """Write the ids to the file that RECORDED names."""
    said = {"spoken": sorted(SPOKEN), "vague": sorted(VAGUE)}
    Path(os.environ["RECORDED"]).write_text(json.dumps(said), "utf-8")
