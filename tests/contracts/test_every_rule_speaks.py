"""Every rule is made to speak by a story here: a rule that no test can make fail may be gone unseen.

What a rule says of a record's data is a ticket: somebody must know which member to correct.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.rules import RULES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What the rules said while every other test of this folder ran."""
    recorded = tmp_path_factory.mktemp("said") / "said.json"
    # Random input is no story: what it happens to break proves nothing about a rule.
    words = ["-q", "-p", "tests.contracts.recorder", "-p", "no:cacheprovider", "tests/contracts"]
    left_out = ["--ignore=tests/contracts/test_hostile.py", f"--ignore={Path(__file__).relative_to(ROOT)}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, *left_out],
        cwd=ROOT,
        env={**os.environ, "RECORDED": str(recorded), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    found: dict[str, list[str]] = json.loads(recorded.read_text("utf-8"))
    return found


def test_no_rule_is_silent(said: dict[str, list[str]]) -> None:
    assert {rule.id for rule in RULES} - set(said["spoken"]) == set()


def test_no_ticket_leaves_open_which_member_is_to_be_corrected(said: dict[str, list[str]]) -> None:
    assert said["vague"] == []
