"""OFFICE-17: whoever is measured reads why, in words."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.groups import MEASURES
from contracts.types import TYPES
from tests.contracts.office import decided, freeze, officers, open_case, step_of
from tests.contracts.world import DOCTOR, H1, OFFICERS, REGULATOR, World

NONE, LATER = "0" * 64, "2026-03-09T00:00:00Z"
ABOUT: dict[str, dict[str, Any]] = {
    "governance.freeze": {"subject": DOCTOR, "scope": "all", "until": LATER},
    "governance.release": {"freeze": NONE},
    "governance.score": {
        "subject": DOCTOR,
        "points": 1,
        "kind": "agreement_breach",
        "responsibility": "main",
        "case": NONE,
    },
    "governance.repair": {"score": NONE, "points": 1},
    "governance.case": {"subject": DOCTOR, "rules": ["PACE-1"], "evidence": [], "due": LATER},
    "governance.case_step": {"case": NONE, "step": "notified"},
    "governance.campaign_step": {"campaign": NONE, "stage": "one"},
    "governance.reminder": {"subject": DOCTOR, "due": LATER},
    "governance.acknowledgement": {"reminder": NONE},
    "governance.appeal": {"case": NONE},
    "governance.self_report": {"subject": DOCTOR},
    "governance.referral": {"case": NONE, "to": "police", "package": NONE},
}
BY_ITSELF = ("governance.acknowledgement", "governance.appeal", "governance.self_report")


@pytest.fixture
def world() -> World:
    return World()


def _is_refused_for_its_reason(world: World, type_: str, reason: str) -> bool:
    by, at = ((DOCTOR,), H1) if type_ in BY_ITSELF else (OFFICERS, REGULATOR)
    decision = world.act(type_, at, by, {**ABOUT[type_], "reason": reason})
    found = [one for one in decision.findings if one.rule == "OFFICE-17"]
    assert all((one.class_, one.told["member"]) == ("DATA_QUALITY", "reason") for one in found)
    return decision.outcome == "refused" and bool(found)


def test_every_act_that_wants_a_reason_is_asked_for_one() -> None:
    office = {name: one for name, one in TYPES.items() if name.startswith("governance.")}
    assert {name for name, one in office.items() if "reason" in one.members} == set(ABOUT) == set(MEASURES)


@pytest.mark.parametrize("type_", ABOUT)
@pytest.mark.parametrize("reason", [" ", "\u3000", "-", "——", "无", "不详", "N/A", "。"])
def test_no_act_of_governance_has_a_placeholder_for_a_reason(world: World, type_: str, reason: str) -> None:
    """A case was opened for a blank and decided for 无; a week's freeze had an ideographic space."""
    assert _is_refused_for_its_reason(world, type_, reason)


@pytest.mark.parametrize("type_", ABOUT)
def test_a_short_reason_is_one(world: World, type_: str) -> None:
    assert not _is_refused_for_its_reason(world, type_, "误录")


def test_a_word_for_none_inside_a_reason_is_no_placeholder(world: World) -> None:
    assert freeze(world, reason="无处方售药").codes == ()
    assert freeze(world, H1, reason="none of the reviews was signed").codes == ()


def test_a_case_goes_no_step_for_no_reason(world: World) -> None:
    case = open_case(world)
    assert step_of(world, case, "notified", reason=" ").codes == ("SCHEMA_REQUIRED",)
    assert step_of(world, case, "notified").codes == ()


def test_a_score_for_no_reason_takes_no_points(world: World) -> None:
    given = {**ABOUT["governance.score"], "case": decided(world), "reason": "-"}
    assert officers(world, "score", **given).codes == ("SCHEMA_REQUIRED",)


@pytest.mark.parametrize(("reason", "codes"), [("-", ("SCHEMA_REQUIRED",)), ("群众举报", ())])
def test_each_target_of_an_inspection_has_a_reason(world: World, reason: str, codes: tuple[str, ...]) -> None:
    targets = {"targets": [{"code": DOCTOR, "reason": "抽查"}, {"code": H1, "reason": reason}]}
    members = {"name": "飞检", "opens": LATER}
    assert world.act("governance.inspection", REGULATOR, OFFICERS, members, targets).codes == codes
