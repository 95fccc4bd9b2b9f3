"""Whom a measure concerns is heard, with a key or without; and nobody hears or lightens the own matter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.office import DAY, THIRD, appeal, decided, freeze, officers, open_case, score, step_of
from tests.contracts.test_subjects import DEPARTMENT, INSURED, VENDOR, register_all, tool
from tests.contracts.world import DOCTOR, DOCTOR2, FUND_OFFICER, H1, H2, OFFICERS, P1, REGULATOR, YS1, World

FOURTH = "G990000000004"
OTHERS = (THIRD, FOURTH)
LATER = "2026-04-01T00:00:00Z"


@pytest.fixture
def world() -> World:
    made = World()
    register_all(made)
    tool(made)
    for other in OTHERS:
        made.put(keys.person(other), {"role": "officer"})
    return made


def by_others(world: World, type_: str, **members: Any) -> Decision:
    """Two officers who had nothing to do with it yet."""
    roles = [{"code": code, "role": "officer"} for code in OTHERS]
    facts = world.facts(f"governance.{type_}", REGULATOR, OFFICERS, {"reason": "复核", **members})
    payload = {**facts.payload, "signers": roles}
    signers = tuple(
        replace(one, code=code, kid=f"{code}#0") for one, code in zip(facts.signers, OTHERS, strict=True)
    )
    world.facts_of_last = replace(facts, payload=payload, signers=signers)
    return world.run(world.facts_of_last)


def frozen(world: World, subject: str = DOCTOR) -> str:
    assert freeze(world, subject, until=LATER).codes == ()
    return world.last_id


# -- who speaks for whom ------------------------------------------------------------------------


SPEAKERS = [
    (DOCTOR, DOCTOR, H1),
    (H1, DOCTOR, H1),
    (DEPARTMENT, DOCTOR, H1),
    (INSURED, OFFICERS[0], REGULATOR),
    (VENDOR, OFFICERS[0], REGULATOR),
]
STRANGERS = [
    (INSURED, OFFICERS[0], H1),
    (VENDOR, OFFICERS[0], P1),
    (INSURED, FUND_OFFICER, REGULATOR),
    (DEPARTMENT, DOCTOR2, H2),
    (DEPARTMENT, OFFICERS[0], REGULATOR),
    (INSURED, DOCTOR, H1),
    (INSURED, YS1, P1),
    (VENDOR, DOCTOR, H1),
    (DOCTOR, OFFICERS[0], REGULATOR),
    (H1, OFFICERS[0], REGULATOR),
]


@pytest.mark.parametrize(("subject", "by", "at"), SPEAKERS)
def test_everybody_whom_a_measure_concerns_is_heard(world: World, subject: str, by: str, at: str) -> None:
    """Departments, insured persons and vendors have no key: nobody could appeal or answer for them."""
    assert appeal(world, by, at, freeze=frozen(world, subject)).codes == ()
    assert appeal(world, by, at, case=open_case(world, subject)).codes == ()
    told = {"subject": subject, "reason": "自查"}
    assert world.act("governance.self_report", at, (by,), told).codes == ()
    assert answer(world, remind(world, subject), by, at).codes == ()


@pytest.mark.parametrize(("subject", "by", "at"), STRANGERS)
def test_nobody_speaks_for_another(world: World, subject: str, by: str, at: str) -> None:
    assert appeal(world, by, at, freeze=frozen(world, subject)).codes == ("ORG_SCOPE",)
    assert appeal(world, by, at, case=open_case(world, subject)).codes == ("ORG_SCOPE",)
    told = {"subject": subject, "reason": "自查"}
    assert world.act("governance.self_report", at, (by,), told).codes == ("ORG_SCOPE",)
    assert answer(world, remind(world, subject), by, at).codes == ("ORG_SCOPE",)


def remind(world: World, subject: str) -> str:
    members = {"subject": subject, "due": LATER, "reason": "处方量上升"}
    assert world.act("governance.reminder", REGULATOR, OFFICERS[:1], members).codes == ()
    return world.last_id


def answer(world: World, reminder: str, by: str, at: str) -> Decision:
    return world.act("governance.acknowledgement", at, (by,), {"reminder": reminder, "reason": "已核查"})


def test_a_departments_overdue_reminder_is_shown_at_its_prescriptions(world: World) -> None:
    reminder = remind(world, DEPARTMENT)
    world.wait(40 * DAY)
    world.open_duties()
    decision = world.issue()
    assert (decision.outcome, decision.codes) == ("accepted", ("REMINDER_OVERDUE",))
    assert world.issue(doctor=DOCTOR2, hospital=H2).codes == ()
    answer(world, reminder, DOCTOR, H1)
    assert world.issue().codes == ()


@pytest.mark.parametrize(("subject", "codes"), [(INSURED, ()), (VENDOR, ()), (DEPARTMENT, ())])
def test_who_has_no_key_is_put_down_as_having_reported_itself(
    world: World, subject: str, codes: tuple[str, ...]
) -> None:
    assert step_of(world, open_case(world, subject), "self_reported").codes == codes


@pytest.mark.parametrize("subject", [DOCTOR, H1])
def test_who_has_a_key_reports_itself(world: World, subject: str) -> None:
    assert step_of(world, open_case(world, subject), "self_reported").codes == ("ORG_SCOPE",)


# -- appeals that get an answer -----------------------------------------------------------------


@pytest.mark.parametrize("finding", ["violation", "suspicion"])
def test_an_appeal_against_a_freeze_gets_its_no_from_others(world: World, finding: str) -> None:
    """It could only be granted: left unanswered it was overdue for ever, whatever the office had decided."""
    freeze_ = frozen(world)
    appeal(world, freeze=freeze_)
    world.wait(16 * DAY)
    assert score(world, 1).codes == ("APPEAL_OVERDUE",)
    assert step_of(world, freeze_, "appeal_decided", finding=finding).codes == ("DUTY_SEPARATION",)
    assert by_others(world, "case_step", case=freeze_, step="appeal_decided", finding=finding).codes == ()
    assert score(world, 1).codes == ()
    assert world.issue().codes == ("STATE_FROZEN",)


@pytest.mark.parametrize("finding", ["unfounded", "data_quality"])
def test_a_freeze_found_wrong_is_released_and_not_just_called_so(world: World, finding: str) -> None:
    freeze_ = frozen(world)
    appeal(world, freeze=freeze_)
    decision = by_others(world, "case_step", case=freeze_, step="appeal_decided", finding=finding)
    assert decision.codes == ("MEASURE_UNFOUNDED",)
    assert officers(world, "release", (OFFICERS[0], FUND_OFFICER), freeze=freeze_).codes == ()
    assert world.issue().codes == ()


def test_a_freeze_without_an_appeal_has_no_answer_and_no_other_step(world: World) -> None:
    freeze_ = frozen(world)
    told = {"case": freeze_, "finding": "violation"}
    assert by_others(world, "case_step", step="appeal_decided", **told).codes == ("CASE_STEP_MISSING",)
    appeal(world, freeze=freeze_)
    assert by_others(world, "case_step", step="decided", **told).codes == ("CODE_UNKNOWN",)
    assert by_others(world, "case_step", step="notified", case=freeze_).codes == ("CODE_UNKNOWN",)


def test_an_appeal_that_was_decided_is_not_made_again(world: World) -> None:
    """The second one was taken, and nothing could answer it."""
    case = decided(world)
    assert appeal(world, case=case).codes == ()
    assert by_others(world, "case_step", case=case, step="appeal_decided", finding="violation").codes == ()
    assert appeal(world, case=case).codes == ("CASE_ORDER",)


def test_points_come_while_an_appeal_is_still_possible(world: World) -> None:
    """Points of a closed case met nobody who could appeal against them."""
    case = decided(world)
    world.wait(15 * DAY)
    assert score(world, 4, case=case).codes == ()
    assert step_of(world, case, "closed").codes == ("APPEAL_TIME_RUNS",)
    world.wait(15 * DAY)
    assert step_of(world, case, "closed").codes == ()
    assert score(world, 1, case=case, kind="administrative_penalty").codes == ("CASE_ORDER",)
    assert appeal(world, case=case).codes == ("CASE_ORDER",)


def test_points_after_a_lost_appeal_may_be_appealed_against(world: World) -> None:
    """Decided, appealed, upheld, and then twelve points: suspended at once, with nobody left to hear it."""
    case = decided(world)
    appeal(world, case=case)
    lost = {"case": case, "step": "appeal_decided"}
    assert by_others(world, "case_step", finding="violation", **lost).codes == ()
    assert score(world, 12, case=case).codes == ()
    assert step_of(world, case, "closed").codes == ("APPEAL_TIME_RUNS",)
    assert appeal(world, case=case).codes == ()
    assert step_of(world, case, "appeal_decided", finding="unfounded").codes == ("DUTY_SEPARATION",)
    assert by_others(world, "case_step", finding="unfounded", **lost).codes == ()
    assert world.issue().codes == ()


def test_who_gave_points_does_not_decide_on_the_appeal_against_them(world: World) -> None:
    case = decided(world)
    points = {"subject": DOCTOR, "points": 4, "case": case, "kind": "administrative_penalty"}
    assert by_others(world, "score", responsibility="main", **points).codes == ()
    appeal(world, case=case)
    told = by_others(world, "case_step", case=case, step="appeal_decided", finding="violation")
    assert told.codes == ("DUTY_SEPARATION",)


def test_points_during_an_appeal_are_of_that_appeal(world: World) -> None:
    case = decided(world)
    appeal(world, case=case)
    assert score(world, 4, case=case).codes == ()
    assert step_of(world, case, "closed").codes == ("CASE_STEP_MISSING",)
    told = by_others(world, "case_step", case=case, step="appeal_decided", finding="violation")
    assert told.codes == ()
    assert appeal(world, case=case).codes == ("CASE_ORDER",)


def test_one_appeal_is_made_against_a_freeze(world: World) -> None:
    """Appeals without end, each overdue in its turn, flagged whatever the office did."""
    freeze_ = frozen(world)
    assert appeal(world, freeze=freeze_).codes == ()
    assert appeal(world, freeze=freeze_).codes == ("CASE_ORDER",)
    by_others(world, "case_step", case=freeze_, step="appeal_decided", finding="violation")
    assert appeal(world, freeze=freeze_).codes == ("CASE_ORDER",)
    assert appeal(world, freeze=frozen(world)).codes == ()


def test_a_freeze_of_which_nobody_knows_who_ordered_it_is_released_or_stays(world: World) -> None:
    """A ledger of before remembers none: the same two officers could have answered."""
    freeze_ = frozen(world)
    world.put(keys.freeze_of(freeze_), {"subject": DOCTOR})
    appeal(world, freeze=freeze_)
    told = step_of(world, freeze_, "appeal_decided", finding="violation")
    assert told.codes == ("MEASURE_UNFOUNDED",)
    assert officers(world, "release", (OFFICERS[0], FUND_OFFICER), freeze=freeze_).codes == ()


# -- nobody in the own matter -------------------------------------------------------------------


def test_an_officer_does_not_release_the_own_freeze(world: World) -> None:
    """The release names a freeze and no subject: its subject signed it."""
    given = {"subject": OFFICERS[0], "scope": "all", "until": LATER}
    assert by_others(world, "freeze", **given).codes == ()
    freeze_ = world.last_id
    own = officers(world, "release", (OFFICERS[0], FUND_OFFICER), freeze=freeze_)
    assert "DUTY_SEPARATION" in own.codes
    assert officers(world, "release", (OFFICERS[1], FUND_OFFICER), freeze=freeze_).codes == ()


def test_an_officer_does_not_take_back_the_own_points(world: World) -> None:
    case = decided(world, OFFICERS[0])
    points = {"subject": OFFICERS[0], "points": 1, "case": case, "kind": "agreement_breach"}
    assert by_others(world, "score", responsibility="general", **points).codes == ()
    scored = world.last_id
    assert officers(world, "repair", score=scored, points=1).codes == ("DUTY_SEPARATION",)
    assert by_others(world, "repair", score=scored, points=1).codes == ()
