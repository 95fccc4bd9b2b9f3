"""Every rule has tests that turn red without it, and tests that turn red when it speaks too soon.

What a rule says of a record's data is a ticket: somebody must know which member to correct. And a rule names
every parameter that it reads and none besides: whoever sets one sees whom it moves.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contracts.rules import RULES
from contracts.rules.base import Rule
from contracts.rules.catalogue import KINDS, needed, proofs
from tests.contracts.changed_rules import ALWAYS, GONE

ROOT = Path(__file__).parents[2]
# What a rule reads in the rulebook that it judges, and not in the one that is in force.
_JUDGED = {("OFFICE-9", "shadow_rules")}
# Under which change of its rule a test of each kind turns red.
PROOF = {"refused": (GONE,), "allowed": (ALWAYS,), "boundary": (GONE, ALWAYS), "look_alike": (ALWAYS,)}


def seen_by(plugin: str, written: Path) -> Any:
    """Return what a plugin wrote down in a run of this folder's stories; random input is none."""
    words = ["-q", "-p", f"tests.contracts.{plugin}", "-p", "no:cacheprovider", "--tb=no", "tests/contracts"]
    left_out = [f"--ignore=tests/contracts/{name}" for name in ("test_hostile.py", Path(__file__).name)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, *left_out],
        cwd=ROOT,
        env={**os.environ, "RECORDED": str(written), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert written.exists(), done.stdout[-2000:] + done.stderr[-2000:]
    return json.loads(written.read_text("utf-8"))


def test_each_rules_tests_turn_red_without_it_and_when_it_speaks_too_soon(tmp_path: Path) -> None:
    found = {tuple(one) for one in seen_by("changed_rules", tmp_path / "red.json")}
    missing = [told for rule in RULES for told in faults(found, rule)]
    assert not missing, "in contracts/rules/proofs.csv:\n" + "\n".join(missing)


def faults(found: set[tuple[str, ...]], rule: Rule) -> Iterator[str]:
    """Which kinds of test a rule has not, and which named ones stay green whatever the rule does."""
    named = proofs().get(rule.id, {})
    for kind in KINDS:
        name = named.get(kind, "")
        if not name and kind in needed(rule):
            yield f"{rule.id} has no {kind} test"
        green = [change for change in PROOF[kind] if (name, rule.id, change) not in found]
        if name and green:
            yield f"{rule.id} {', '.join(green)}: its {kind} test {name} stays green"


def test_the_table_names_no_rule_that_is_gone() -> None:
    assert set(proofs()) <= {rule.id for rule in RULES}


def test_no_ticket_leaves_open_which_member_is_to_be_corrected(tmp_path: Path) -> None:
    assert seen_by("recorder", tmp_path / "vague.json") == []


def test_each_rule_declares_what_it_reads_and_nothing_that_nobody_reads(tmp_path: Path) -> None:
    """What effects keep (for how long, how many) a rule may name that judges by it."""
    found = {reader: set(names) for reader, names in seen_by("parameter_reads", tmp_path / "r.json").items()}
    declared = {(rule.id, name) for rule in RULES for name in rule.parameters}
    read = {(rule.id, name) for rule in RULES for name in found.get(rule.id, ())}
    assert sorted(read - declared) == []
    assert {one for one in declared - read if one[1] not in found[""]} == _JUDGED
