"""A rule on trial writes what it would have said; the plain bans are never on trial (S66)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from contracts import keys
from contracts.act import Act
from contracts.decision import Decision
from contracts.parameters import is_switch
from contracts.rules import RULES, RULES_BY_TYPE
from contracts.rules.base import DECLARED, Failed
from contracts.rules.trial import FREE, NEVER, may_be_tried
from tests.contracts.world import H1, METFORMIN, OFFICERS, REGULATOR, SEMAGLUTIDE, World, code

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


@pytest.mark.parametrize("identifier", sorted(may_be_tried()))
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
    acts = [enrol(world)]
    opened = world.open_consultation()
    acts += [world.last] if world.last else []
    world.wait(360)
    acts.append(world.issue(opened, world.close_consultation(opened)))
    rx = world.last_id
    world.wait(60)
    acts += [world.approve(rx), world.claim(rx), world.review(rx), world.sell(rx, [PACK])]
    acts.append(world.give_back(rx, [PACK], left_shop=True))
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


def enrol(world: World) -> Decision:
    """One officer alone registers another."""
    members = {"code": "G990000000009", "role": "officer"}
    return world.act("registry.person", REGULATOR, OFFICERS[:1], members, {"identity": {"name": "苏木"}})


def unnamed_record(world: World) -> Decision:
    world.open_consultation(prior_record="")
    assert world.last is not None
    return world.last


def left_out_province(world: World) -> Decision:
    world.put(keys.organisation(H1), {**world.record(keys.organisation(H1)), "regions": ["51"]})
    return world.issue()


def reviewed_before_it_was_written(world: World) -> Decision:
    world.issue()
    rx = world.last_id
    world.wait(60)
    return world.approve(rx, iat=world.now_ms // 1000 - 3600)


def given_back(world: World, drug: str, pack: str, **said: Any) -> Decision:
    rx = world.ready(line={"drug": drug, "days": "7"})
    world.receive([pack], drug=drug)
    assert world.sell(rx, [pack], drug=drug).outcome == "accepted"
    return world.give_back(rx, [pack], drug=drug, left_shop=True, **said)


INJECTION = code("8990003", 1)
WHY = {"clinical": {"reason": "rash, stopped by the doctor"}}
# What each rule says of, that a rulebook switches on and that nothing else rests on.
SWITCHED: dict[str, tuple[dict[str, Any], Callable[[World], Decision], str]] = {
    "AUTHOR-12": (
        {"identity_age_years_max": 2},
        lambda world: world.issue(age="50.0"),
        "IDENTITY_CONTRADICTS",
    ),
    "CONSULT-17": ({"prior_record_required": 1}, unnamed_record, "PRIOR_RECORD_UNNAMED"),
    "FLOW-17": ({"claimed_order": 1}, reviewed_before_it_was_written, "TIME_ORDER"),
    "LICENCE-11": ({"online_region_required": 1}, left_out_province, "SCHEMA_REQUIRED"),
    "SEPARATION-5": ({"officials_by_two": 1}, enrol, "DUAL_CONTROL_REQUIRED"),
    "TRACE-33": (
        {"returns_explained": 1},
        lambda world: given_back(world, METFORMIN, PACK),
        "SCHEMA_REQUIRED",
    ),
    "TRACE-34": (
        {"returns_explained": 1},
        lambda world: given_back(world, SEMAGLUTIDE, INJECTION, **WHY),
        "RETURN_MONITORED",
    ),
}


@pytest.mark.parametrize("identifier", SWITCHED)
def test_a_switch_of_a_rule_may_be_tried_first(identifier: str) -> None:
    """It went in force at once for the whole ledger, and nobody knew before what it would stop (S66)."""
    switch, act, told = SWITCHED[identifier]
    tried = {**switch, "shadow_rules": [identifier]}
    for parameters, expected in (({}, ()), (tried, ("SHADOW",)), (switch, (told,))):
        world = World()
        world.open_duties()
        assert rulebook(world, **parameters).codes == ()
        assert act(world).codes == expected


def test_no_rule_with_a_switch_of_its_own_is_forgotten() -> None:
    """A further rule with a switch is tried, or a reason is given; outside the families it has its story."""
    own = {one.id for one in RULES if any(is_switch(name) for name in one.parameters)}
    assert own <= may_be_tried() | NEVER.keys()
    assert may_be_tried().isdisjoint(NEVER) and NEVER.keys() <= DECLARED.keys() and all(NEVER.values())
    free = {one.id for family in FREE for one in family.RULES}
    assert own - NEVER.keys() - free == {*SWITCHED, "CONSULT-14", "CONSULT-15"}


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
    assert one not in may_be_tried()
