"""A rule on trial writes what it would have said; the plain bans are never on trial (S66)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contracts.decision import Decision
from contracts.rules.office import MAY_BE_SHADOWED
from tests.contracts.world import OFFICERS, REGULATOR, World


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    return made


def rulebook(world: World, **parameters: Any) -> Decision:
    members = {"version": f"v{world.count}", "parameters": parameters}
    return world.act("governance.rulebook", REGULATOR, OFFICERS, members)


def test_a_rule_on_trial_writes_what_it_would_have_said_and_refuses_nothing(world: World) -> None:
    rulebook(world, shadow_rules=["PACE-5"])
    world.wait(1)
    seen = world.consult()
    for _ in range(3):
        decision = world.issue(*seen)
    assert (decision.outcome, decision.codes) == ("accepted", ("SHADOW",))
    [flag] = json.loads(decision.entry or b"")["verdict"]["flags"]
    assert (flag["rule"], flag["class"], flag["facts"]) == ("PACE-5", "NOTICE", {"code": "SPLIT_RX"})
    rulebook(world, shadow_rules=[])  # two officers sign it off
    world.wait(1)
    assert world.issue(*seen).codes == ("SPLIT_RX",)


@pytest.mark.parametrize("one", ["AUTHOR-1", "TRACE-12", "PRESENCE-1", "NOBODY-1", "CONSULT-1", "FLOW-3"])
def test_the_plain_bans_are_never_on_trial(world: World, one: str) -> None:
    assert rulebook(world, shadow_rules=[one]).codes == ("CODE_UNKNOWN",)
    assert one not in MAY_BE_SHADOWED
