"""A rule on trial writes what it would have said; the plain bans are never on trial (S66)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from contracts.act import Act
from contracts.decision import Decision
from contracts.rules import RULES_BY_TYPE
from contracts.rules.base import Failed
from contracts.rules.office import MAY_BE_SHADOWED
from tests.contracts.world import OFFICERS, REGULATOR, World, code

PACK = code("8990002", 1)
CHILD = {"age": "4.0", "identity": {"guardian": {"name": "白芷", "relation": "mother"}}}
CHINESE = {"tcm_classes": ["ordinary"]}
# A plain ban stands in these beside what a rulebook switches on.
SHARED = ["AUTHOR-9", "CONSULT-11", "CONSULT-12", "CLINICAL-8"]


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


def _says_always(act: Act) -> None:
    raise Failed


@pytest.mark.parametrize("identifier", sorted(MAY_BE_SHADOWED))
def test_no_rule_on_trial_stops_anything(
    world: World, monkeypatch: pytest.MonkeyPatch, identifier: str
) -> None:
    """S66: the one rule that was tried here refuses nothing off its trial either; others refuse or hold."""
    for type_, rules in RULES_BY_TYPE.items():
        tried = (replace(one, check=_says_always) if one.id == identifier else one for one in rules)
        monkeypatch.setitem(RULES_BY_TYPE, type_, tuple(tried))
    rulebook(world, shadow_rules=[identifier])
    world.wait(1)
    world.receive([PACK])
    acts = [world.issue()]
    rx = world.last_id
    world.wait(60)
    acts += [world.approve(rx), world.claim(rx), world.review(rx), world.sell(rx, [PACK])]
    assert {one.outcome for one in acts} == {"accepted"}
    assert {code for one in acts for code in one.codes} == {"SHADOW"}


@pytest.mark.parametrize(
    ("identifier", "switch", "changed", "code"),
    [
        ("LICENCE-7", {"centre_number_required": 1}, {"number": "无"}, "CENTRE_NUMBER_MISSING"),
        ("LICENCE-8", {**CHINESE, "tcm_pharmacist_scopes": ["dispensing"]}, {}, "LICENCE_SCOPE"),
        ("LICENCE-9", {**CHINESE, "tcm_departments": ["内分泌科"]}, {}, "LICENCE_SCOPE"),
        ("CONSULT-14", {"departments_children": ["儿科"]}, CHILD, "PEDIATRIC_SPECIALIST_MISSING"),
        ("CONSULT-15", {"prior_record_required": 1}, {}, "PRIOR_RECORD_MISSING"),
    ],
)
def test_what_an_area_switches_on_may_be_tried_first(
    world: World, identifier: str, switch: dict[str, Any], changed: dict[str, Any], code: str
) -> None:
    """A new rule of an area was in force at once: only what is on by default could be tried (S66)."""
    assert _story(world, {}, changed) == set()
    assert _story(world, {**switch, "shadow_rules": [identifier]}, changed) == {"SHADOW"}
    assert _story(world, switch, changed) >= {code}


def _story(world: World, parameters: dict[str, Any], changed: dict[str, Any]) -> set[str]:
    """Return the codes of a follow-up without an earlier record, from its opening to its review."""
    assert rulebook(world, **parameters).codes == ()
    world.wait(60)
    opened = world.open_consultation(prior_record="")
    told = set(world.last.codes if world.last else ())
    world.wait(360)
    after = world.close_consultation(opened)
    issued = world.issue(opened, after, **changed)
    world.wait(60)
    reviewed = world.approve(world.last_id) if issued.outcome == "accepted" else issued
    return told | {*issued.codes, *reviewed.codes}


@pytest.mark.parametrize(
    "one", ["AUTHOR-1", "TRACE-12", "PRESENCE-1", "NOBODY-1", "CONSULT-1", "FLOW-3", "CLINICAL-9", *SHARED]
)
def test_the_plain_bans_are_never_on_trial(world: World, one: str) -> None:
    assert rulebook(world, shadow_rules=[one]).codes == ("CODE_UNKNOWN",)
    assert one not in MAY_BE_SHADOWED
