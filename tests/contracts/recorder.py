"""A pytest plugin that notes which rules find fault with a record without naming the member to correct."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from contracts import contract
from contracts.decision import Finding

VAGUE: set[str] = set()
_findings = contract._findings


def _recording(act: Any) -> Any:
    findings = _findings(act)
    VAGUE.update(one.rule for one in findings if _is_vague(one))
    return findings


def _is_vague(finding: Finding) -> bool:
    return finding.class_ == "DATA_QUALITY" and not {**finding.facts, **finding.told}.get("member")


contract._findings = _recording


def pytest_sessionfinish() -> None:
    """Write the ids to the file that RECORDED names."""
    Path(os.environ["RECORDED"]).write_text(json.dumps(sorted(VAGUE)), "utf-8")
