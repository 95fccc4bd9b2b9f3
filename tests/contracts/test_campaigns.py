"""A joint campaign of three stages with its cases (S25)."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.decision import Decision
from contracts.public_view import campaign_view
from contracts.time import to_text
from tests.contracts.world import DOCTOR, OFFICERS, REGULATOR, World

STAGES = ["排查", "处理", "总结"]
DAY = 86_400


@pytest.fixture
def world() -> World:
    return World()


def begin(
    world: World,
    days: float = 100,
    stages: list[str] = STAGES,
    rules: tuple[str, ...] = ("SUPPLY-1", "SUPPLY-3"),
    regions: tuple[str, ...] = ("990000",),
) -> Decision:
    due = to_text(world.now_ms + int(days * DAY * 1000))
    filters = {"rules": list(rules), "regions": list(regions)}
    members = {"name": "百日行动", **filters, "stages": stages, "due": due}
    return world.act("governance.campaign", REGULATOR, OFFICERS, members)


def step(world: World, campaign: str, stage: str) -> Decision:
    members = {"campaign": campaign, "stage": stage, "reason": "按计划"}
    return world.act("governance.campaign_step", REGULATOR, OFFICERS, members)


def case(world: World, campaign: str, subject: str = DOCTOR) -> Decision:
    due = to_text(world.now_ms + DAY * 1000)
    members = {"subject": subject, "rules": ["SUPPLY-1"], "evidence": [], "due": due, "reason": "x"}
    return world.act("governance.case", REGULATOR, OFFICERS, {**members, "campaign": campaign})


def close(world: World, identifier: str) -> None:
    for name in ("notified", "heard", "decided", "closed"):
        found = {"finding": "unfounded"} if name == "decided" else {}
        members = {"case": identifier, "step": name, "reason": "x", **found}
        assert world.act("governance.case_step", REGULATOR, OFFICERS, members).codes == ()


def told(world: World, campaign: str) -> dict[str, Any]:
    found = campaign_view(campaign, world.now_ms, world.read)
    assert found is not None
    return found


def test_a_campaign_of_three_stages_reports_its_progress(world: World) -> None:
    assert begin(world).codes == ()
    campaign = world.last_id
    assert (told(world, campaign)["next"], told(world, campaign)["cases"]) == ("排查", 0)
    assert step(world, campaign, "排查").codes == ()
    assert case(world, campaign).codes == ()
    opened = world.last_id
    assert step(world, campaign, "处理").codes == ()
    assert step(world, campaign, "总结").codes == ("CASE_STEP_MISSING",)
    close(world, opened)
    assert step(world, campaign, "总结").codes == ()
    end = told(world, campaign)
    assert (end["done"], end["cases"], end["closed"], end.get("next")) == (STAGES, 1, 1, None)
    assert case(world, campaign).codes == ("CASE_ORDER",)


@pytest.mark.parametrize(
    ("rules", "regions", "told"),
    [
        (("SUPPLY-1",), (), None),
        (("TRACE-12", "SUPPLY-1"), ("310000", "990000"), None),
        (("SUPPLY-1",), ("99",), None),
        (("SUPPLY-1",), ("990001",), "/subject"),
        (("SUPPLY-1",), ("310000",), "/subject"),
        (("TRACE-12",), ("990000",), "/rules"),
    ],
)
def test_a_campaign_against_one_thing_counts_no_cases_of_another(
    world: World, rules: tuple[str, ...], regions: tuple[str, ...], told: str | None
) -> None:
    assert begin(world, rules=rules, regions=regions).codes == ()
    decision = case(world, world.last_id)
    assert decision.codes == (("CAMPAIGN_OUTSIDE",) if told else ())
    assert [one.told for one in decision.findings] == ([{"pointer": told}] if told else [])


def test_whose_code_names_no_region_is_kept_out_of_no_campaign(world: World) -> None:
    begin(world, regions=("310000",))
    assert "CAMPAIGN_OUTSIDE" not in case(world, world.last_id, subject="VENDOR-7").codes


@pytest.mark.parametrize("stage", ["处理", "总结", "庆功"])
def test_a_stage_is_not_skipped(world: World, stage: str) -> None:
    begin(world)
    assert step(world, world.last_id, stage).codes[0] == "CASE_ORDER"


def test_a_stage_is_done_once(world: World) -> None:
    begin(world)
    campaign = world.last_id
    step(world, campaign, "排查")
    assert step(world, campaign, "排查").codes == ("CASE_ORDER",)


@pytest.mark.parametrize(("days", "codes"), [(0, ("TIME_ORDER",)), (1, ())])
def test_a_campaign_is_due_ahead_and_overdue_afterwards(
    world: World, days: float, codes: tuple[str, ...]
) -> None:
    assert begin(world, days).codes == codes
    if not codes:
        campaign = world.last_id
        world.wait(days * DAY)
        assert told(world, campaign)["overdue"] is False
        world.wait(0.001)
        assert told(world, campaign)["overdue"] is True


def test_stages_have_names_of_their_own(world: World) -> None:
    assert begin(world, stages=["排查", "排查"]).codes == ("TIME_ORDER",)


def test_a_step_or_case_of_no_campaign(world: World) -> None:
    assert step(world, "0" * 64, "排查").codes == ("CODE_UNKNOWN",)
    assert case(world, "0" * 64).codes == ("CODE_UNKNOWN",)
    assert campaign_view("0" * 64, world.now_ms, world.read) is None


@pytest.mark.parametrize(
    ("rules", "place"),
    [
        (["SUPPLY-1", "SCREEN-RING"], None),
        (["FLOW-6", "SCREEN-SAME-CITY"], None),  # a rule made by a factory, a screen of two words
        (["SUPPLY-1", "SUPPLY-99"], "/rules/1"),
        (["PACE_TOO_FAST"], "/rules/0"),  # a code is no rule
        (["supply-1"], "/rules/0"),
        (["SCREEN-"], "/rules/0"),
        (["XSCREEN-RING"], "/rules/0"),
    ],
)
def test_nobody_is_charged_under_a_rule_that_does_not_exist(
    world: World, rules: list[str], place: str | None
) -> None:
    due = to_text(world.now_ms + DAY * 1000)
    charged = {"subject": DOCTOR, "evidence": [], "due": due, "reason": "x"}
    joint = {"name": "百日行动", "regions": ["990000"], "stages": STAGES, "due": due}
    for type_, members in (("governance.case", charged), ("governance.campaign", joint)):
        decision = world.act(type_, REGULATOR, OFFICERS, {**members, "rules": rules})
        told = [(one.rule, one.code, one.told) for one in decision.findings]
        where: dict[str, object] = {"member": "rules", "pointer": place}
        where |= {"proposed": "SUPPLY-1"} if rules == ["supply-1"] else {}
        assert told == ([] if place is None else [("OFFICE-12", "CODE_UNKNOWN", where)])
