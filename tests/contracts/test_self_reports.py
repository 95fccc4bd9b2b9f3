"""Who reports the own fault before the notice gets fewer points, and has a receipt for it (S26)."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.office import officers, open_case, score, step_of
from tests.contracts.world import DOCTOR, DOCTOR2, H1, H2, OFFICERS, World

DUE = "2026-06-01T00:00:00Z"


@pytest.fixture
def world() -> World:
    return World()


def report(world: World, subject: str = DOCTOR, by: str = DOCTOR, at: str = H1, **members: Any) -> Decision:
    said = {"subject": subject, "reason": "自查发现重复结算", **members}
    return world.act("governance.self_report", at, (by,), said)


def case_on(world: World, *evidence: str, subject: str = DOCTOR) -> str:
    given = {"subject": subject, "rules": ["TRACE-13"], "due": DUE}
    assert officers(world, "case", evidence=list(evidence), **given).codes == ()
    return world.last_id


def found_guilty(world: World, case: str) -> None:
    for step in ("notified", "heard", "decided"):
        assert step_of(world, case, step).codes == ()


def points_of(world: World, case: str) -> tuple[str, ...]:
    """What four points for an offence of the band of four to six come to."""
    return score(world, 4, case=case).codes


def test_a_report_of_before_the_case_lowers_its_points(world: World) -> None:
    assert report(world).codes == ()
    case = case_on(world, world.last_id)
    found_guilty(world, case)
    assert points_of(world, case) == ("SCORE_BAND",)
    assert score(world, 3, case=case, kind="administrative_penalty").codes == ()


TOLD = ("SELF_REPORT_UNNAMED",)


def test_who_reported_itself_is_not_scored_in_full_for_officers_forgetting_it(world: World) -> None:
    """Six points although the doctor had reported himself: officers had not named it, and heard nothing."""
    report(world)
    reported = world.last_id
    world.wait(3600)
    opened = officers(world, "case", subject=DOCTOR, rules=["TRACE-13"], evidence=[], due=DUE)
    case = world.last_id
    assert (opened.outcome, opened.codes) == ("accepted", TOLD)
    assert opened.findings[0].class_ == "NOTICE"
    assert opened.findings[0].facts == {"report": reported, "reports": 1}
    assert [step_of(world, case, step).codes for step in ("notified", "heard")] == [(), ()]
    assert step_of(world, case, "decided").findings[0].facts["report"] == reported
    full = score(world, 6, case=case)
    assert (full.outcome, full.codes) == ("accepted", TOLD), "only a person can tell what a report is about"
    assert full.findings[0].facts["report"] == reported


def test_officers_who_forgot_a_report_may_still_give_fewer_points(world: World) -> None:
    report(world)
    case = forgotten(world)
    assert score(world, 3, case=case, kind="fraud").codes == TOLD


def test_without_a_report_fewer_points_are_none_of_the_band(world: World) -> None:
    case = case_on(world)
    found_guilty(world, case)
    assert score(world, 3, case=case, kind="fraud").codes == ("SCORE_BAND",)


def test_a_report_that_the_case_names_is_told_of_no_more(world: World) -> None:
    report(world)
    case = case_on(world, world.last_id)
    found_guilty(world, case)
    assert score(world, 3, case=case).codes == ()


def test_a_report_that_another_case_named_is_told_of_no_more(world: World) -> None:
    """It is that case's: a report of one fault is none of every fault."""
    report(world)
    case_on(world, world.last_id)
    other = case_on(world)
    found_guilty(world, other)
    assert points_of(world, other) == ()


def test_a_report_in_another_case_is_that_cases_own(world: World) -> None:
    assert report(world, case=open_case(world)).codes == ()
    case_on(world)


@pytest.mark.parametrize(("after_s", "codes"), [(-1, TOLD), (1, ())])
def test_a_report_of_after_the_case_is_told_of_by_nobody(
    world: World, after_s: int, codes: tuple[str, ...]
) -> None:
    """Who hears that a case is open reports in it, before the notice, or not at all."""
    if after_s < 0:
        report(world)
    case = forgotten(world, "notified", "heard")
    if after_s > 0:
        world.wait(after_s)
        report(world)
    assert step_of(world, case, "decided").codes == codes


@pytest.mark.parametrize("finding", ["suspicion", "data_quality", "unfounded"])
def test_where_no_points_can_follow_nobody_is_told(world: World, finding: str) -> None:
    report(world)
    case = forgotten(world, "notified", "heard")
    assert step_of(world, case, "decided", finding=finding).codes == ()
    assert "SELF_REPORT_UNNAMED" not in step_of(world, case, "closed").codes


def test_another_subjects_report_is_not_told_of(world: World) -> None:
    report(world, H1)
    report(world, DOCTOR2, DOCTOR2, H2)
    case = case_on(world)
    found_guilty(world, case)
    assert points_of(world, case) == ()


def test_the_last_of_several_reports_is_named_and_all_are_counted(world: World) -> None:
    for _ in range(3):
        report(world)
    last = world.last_id
    named = officers(world, "case", subject=DOCTOR, rules=["TRACE-13"], evidence=[], due=DUE)
    assert named.findings[0].facts == {"report": last, "reports": 3}


def test_a_hundred_reports_of_a_subject_are_kept_and_the_oldest_goes(world: World) -> None:
    for _ in range(101):
        report(world)
    kept = world.record(keys.self_reports(DOCTOR))["unnamed"]
    assert len(kept) == 100 and kept[-1][0] == world.last_id


def forgotten(world: World, *steps: str) -> str:
    """A case against the doctor that names no report, after these steps; its decision if none is named."""
    officers(world, "case", subject=DOCTOR, rules=["TRACE-13"], evidence=[], due=DUE)
    case = world.last_id
    for step in steps or ("notified", "heard", "decided"):
        step_of(world, case, step)
    return case


def test_of_several_reports_the_first_is_the_step(world: World) -> None:
    report(world)
    first, at_ms = world.last_id, world.now_ms
    world.wait(3600)
    report(world)
    case = case_on(world, world.last_id, first)
    assert world.record(keys.case(case))["steps"] == {"self_reported": at_ms}


def test_a_report_in_an_open_case_lowers_its_points_before_the_notice(world: World) -> None:
    case = open_case(world)
    assert report(world, case=case).codes == ()
    found_guilty(world, case)
    assert points_of(world, case) == ("SCORE_BAND",)


def test_a_report_after_the_notice_lowers_nothing(world: World) -> None:
    case = open_case(world)
    step_of(world, case, "notified")
    assert report(world, case=case).codes == ("CASE_ORDER",)
    step_of(world, case, "heard")
    step_of(world, case, "decided")
    assert points_of(world, case) == ()


def test_who_reported_is_not_reported_again_by_the_officers(world: World) -> None:
    case = open_case(world)
    report(world, case=case)
    assert report(world, case=case).codes == ("CASE_ORDER",)
    assert step_of(world, case, "self_reported").codes == ("CASE_ORDER", "ORG_SCOPE")


def test_two_officers_do_not_lighten_a_case_by_a_report_that_nobody_made(world: World) -> None:
    """The step capped a fraud at three points, and the subject had signed nothing."""
    case = open_case(world)
    assert step_of(world, case, "self_reported").codes == ("ORG_SCOPE",)
    found_guilty(world, case)
    assert score(world, 3, case=case, kind="fraud").codes == ("SCORE_BAND",)


def test_somebody_of_the_institution_reports_the_institution(world: World) -> None:
    assert report(world, H1).codes == ()
    case = case_on(world, world.last_id, subject=H1)
    assert "self_reported" in world.record(keys.case(case))["steps"]


@pytest.mark.parametrize(
    ("subject", "by", "at"), [(DOCTOR, DOCTOR2, H2), (H1, DOCTOR2, H2), (DOCTOR, OFFICERS[0], H1)]
)
def test_nobody_reports_another_as_if_it_were_that_one(
    world: World, subject: str, by: str, at: str
) -> None:
    assert report(world, subject, by, at).codes == ("ORG_SCOPE",)


def test_a_report_of_the_own_fault_is_no_step_in_anothers_case(world: World) -> None:
    case = open_case(world, DOCTOR2)
    assert report(world, case=case).codes == ("ORG_SCOPE",)
    assert world.record(keys.case(case))["steps"] == {}


def test_anothers_report_lowers_nobodys_points(world: World) -> None:
    report(world, DOCTOR2, DOCTOR2, H2)
    case = case_on(world, world.last_id)
    found_guilty(world, case)
    assert points_of(world, case) == ()


@pytest.mark.parametrize("named", [{"case": "0" * 64}, {"evidence": ["0" * 64]}, {"subject": "D1"}])
def test_a_report_of_what_is_not_there_is_refused(world: World, named: dict[str, Any]) -> None:
    assert report(world, **named).codes[0] in ("CODE_UNKNOWN", "ORG_SCOPE")
