"""Every rule is made to speak and kept silent by stories here: one that no test asks may be gone unseen.

What a rule says of a record's data is a ticket: somebody must know which member to correct.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.rules import RULES
from contracts.rules.base import Rule
from contracts.rules.catalogue import KINDS, needed, proofs
from tests.contracts.recorder import SILENT, SPOKE

ROOT = Path(__file__).parents[2]
# Random input is no story: what it happens to break proves nothing about a rule. The page is no story.
NO_STORIES = ("test_hostile.py", "test_catalogue.py")
PROOF = {"refused": (SPOKE,), "allowed": (SILENT,), "boundary": (SPOKE, SILENT), "look_alike": (SILENT,)}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each rule did in each test of this folder, as the recorder writes it."""
    written = tmp_path_factory.mktemp("said") / "rules.json"
    words = ["-q", "-p", "tests.contracts.recorder", "-p", "no:cacheprovider", "tests/contracts"]
    left_out = [f"--ignore=tests/contracts/{name}" for name in (*NO_STORIES, Path(__file__).name)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, *left_out],
        cwd=ROOT,
        env={**os.environ, "RECORDED": str(written), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    found: dict[str, Any] = json.loads(written.read_text("utf-8"))
    return found


def test_each_rule_did_in_its_tests_what_the_table_says(recorded: dict[str, Any]) -> None:
    missing = [told for rule in RULES for told in faults(recorded["tests"], rule)]
    assert not missing, "in contracts/rules/proofs.csv:\n" + "\n".join(missing)


def faults(tests: dict[str, dict[str, list[str]]], rule: Rule) -> Iterator[str]:
    """Which kinds of test a rule has not, or names wrongly, each with the tests that would do."""
    named = proofs().get(rule.id, {})
    for kind in KINDS:
        fit = [test for test, done in tests.items() if all(rule.id in done[word] for word in PROOF[kind])]
        name = named.get(kind, "")
        if (name or kind in needed(rule)) and name not in fit:
            yield f"{rule.id}: {name or 'no test'} is no {kind} test; fit are {fit[:9]}"


def test_the_table_names_no_rule_that_is_gone() -> None:
    assert set(proofs()) <= {rule.id for rule in RULES}


def test_no_ticket_leaves_open_which_member_is_to_be_corrected(recorded: dict[str, Any]) -> None:
    assert recorded["vague"] == []
