"""CREDIT: what points come to, what they may rest on, and which band they stay in."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys, standing_view
from contracts.credit import band, standing
from contracts.parameters import DEFAULTS
from contracts.time import from_text
from tests.contracts.office import (
    DAY,
    EMERGENCY,
    KIND_BY_BAND,
    THIRD,
    appeal,
    decided,
    officers,
    open_case,
    score,
    step_of,
)
from tests.contracts.world import DOCTOR, H1, P1, START, YS1, World, code

PACK = code("8990002", 1)


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([PACK])
    return made


# -- points and credit --------------------------------------------------------------------------


@pytest.mark.parametrize(("points", "codes"), [(8, ()), (9, ("SIGNER_SUSPENDED",))])
def test_nine_points_in_a_year_suspend(world: World, points: int, codes: tuple[str, ...]) -> None:
    for _ in range(points):
        score(world, 1)
    assert world.issue().codes == codes


def test_nine_points_suspend_for_thirty_days_and_twelve_for_a_year() -> None:
    world = World()
    score(world, 9)
    world.wait(30 * DAY)
    assert world.issue().codes == ()
    world = World()
    score(world, 9)
    score(world, 3)
    world.wait(364 * DAY)
    assert world.issue().codes == ("SIGNER_SUSPENDED",)
    world.wait(DAY)
    assert world.issue().codes == ()


def test_points_count_within_their_calendar_year(world: World) -> None:
    score(world, 8)
    world.now_ms = from_text("2026-12-31T16:00:00Z")  # the local new year
    score(world, 1)
    assert world.issue().codes == ()


def test_an_emergency_is_excepted(world: World) -> None:
    for points, codes in ((8, ()), (1, ("SUSPENDED_EMERGENCY",))):
        score(world, points)
        decision = world.issue(**EMERGENCY)
        assert (decision.outcome, decision.codes) == ("accepted", codes)
        assert all(finding.class_ == "NOTICE" for finding in decision.findings)


def test_a_terminated_doctor_writes_no_long_prescription_by_calling_it_an_emergency(world: World) -> None:
    """The word alone gave every right back, and nobody was told."""
    score(world, 12)
    long = world.issue(clinical={"medical_type": "13", "long_term": True})
    assert (long.outcome, long.codes) == ("refused", ("SIGNER_SUSPENDED",))
    assert world.issue(clinical={"medical_type": "11"}).codes == ("SIGNER_SUSPENDED",)


def test_a_suspended_pharmacist_does_not_review(world: World) -> None:
    world.issue()
    rx = world.last_id
    world.approve(rx)
    world.claim(rx)
    score(world, 9, YS1)
    assert world.review(rx).codes == ("SIGNER_SUSPENDED",)


def test_an_institution_of_the_lowest_grade_is_suspended(world: World) -> None:
    for _ in range(8):
        score(world, 1, H1)
    assert world.issue().codes == ()
    old = {"id": "x", "at": START - 200 * DAY * 1000, "points": 8, "left": 8}
    now = {"id": "y", "at": START, "points": 3, "left": 3}
    world.put(keys.scores(H1), {"events": [old, now]})
    assert world.issue().codes == ()
    world.put(keys.scores(H1), {"events": [old, {**now, "points": 4, "left": 4}]})
    decision = world.issue()
    assert decision.codes == ("ORG_SUSPENDED",)
    assert decision.findings[0].facts == {"points": 4, "until_ms": 0, "score": 400}


@pytest.mark.parametrize(("points", "days"), [(9, 30), (10, 90), (11, 150)])
def test_no_suspension_lasts_longer_than_the_law_says(world: World, points: int, days: int) -> None:
    """Eleven points are 150 days; the lowest grade made a year of them."""
    score(world, points)
    world.wait((days - 1) * DAY)
    assert world.issue().codes == ("SIGNER_SUSPENDED",)
    world.wait(DAY)
    assert world.issue().codes == ()


@pytest.mark.parametrize(("further", "codes"), [(3, ()), (4, ("SIGNER_SUSPENDED",))])
def test_who_is_of_the_lowest_grade_prescribes_nothing_but_emergencies(
    world: World, further: int, codes: tuple[str, ...]
) -> None:
    """Grade E stood in the public view, and the doctor issued as if it were A."""
    world.now_ms -= 200 * DAY * 1000
    score(world, 8)
    world.now_ms += 200 * DAY * 1000
    score(world, further)
    shown = standing_view(DOCTOR, world.now_ms, world.read)
    assert shown is not None
    assert (shown["status"], shown["grade"]) == ("normal", "E" if codes else "D")
    assert world.issue().codes == codes
    assert world.issue(**EMERGENCY).outcome == "accepted"


def test_one_suspension_is_over_when_it_is_over(world: World) -> None:
    """Nine points alone are no lowest grade: a month of suspension would have lasted a year."""
    score(world, 9)
    world.wait(30 * DAY)
    shown = standing_view(DOCTOR, world.now_ms, world.read)
    assert shown is not None and (shown["status"], shown["grade"]) == ("normal", "D")
    assert world.issue().codes == ()


def test_points_that_were_repaired_no_longer_count(world: World) -> None:
    score(world, 9)
    scored = world.last_id
    assert officers(world, "repair", score=scored, points=1).codes == ()
    assert world.issue().codes == ()
    assert officers(world, "repair", score=scored, points=9).codes == ("SCORE_REPAIR",)
    assert officers(world, "repair", score=scored, points=8).codes == ()


def test_grades_fall_with_points_and_rise_with_time() -> None:
    record = {"events": [{"id": "x", "at": START, "points": 8, "left": 8}]}

    def grade(days: int) -> tuple[str, int]:
        found = standing(record, START + days * DAY * 1000, 480, DEFAULTS.__getitem__)
        return found.grade, found.score

    assert grade(0) == ("D", 600)
    assert grade(365) == ("B", 800)
    assert grade(730) == ("A", 900)
    assert standing(None, START, 480, DEFAULTS.__getitem__).grade == "A"


# -- what points rest on ------------------------------------------------------------------------


def unfounded(world: World, points: int, **members: Any) -> bool:
    """Whether the score is refused for want of a finding, and leaves the doctor's rights alone."""
    refused = score(world, points, **members).codes == ("MEASURE_UNFOUNDED",)
    return refused and world.issue().codes == ()


@pytest.mark.parametrize("finding", ["suspicion", "data_quality", "unfounded"])
def test_a_typing_error_or_a_mere_suspicion_suspends_nobody(world: World, finding: str) -> None:
    assert unfounded(world, 9, case=decided(world, finding=finding))


def test_a_case_of_the_same_person_in_which_a_violation_was_found_suspends(world: World) -> None:
    assert score(world, 9, case=decided(world)).codes == ()
    assert world.issue().codes == ("SIGNER_SUSPENDED",)


def test_nobody_gets_points_from_another_subjects_case(world: World) -> None:
    """A doctor was suspended for a case against a pharmacy that she has nothing to do with."""
    assert unfounded(world, 9, case=decided(world, P1))


def test_nobody_gets_points_before_the_decision(world: World) -> None:
    case = open_case(world)
    assert unfounded(world, 9, case=case)
    for step in ("notified", "heard"):
        step_of(world, case, step)
    assert unfounded(world, 9, case=case)
    step_of(world, case, "decided")
    assert score(world, 9, case=case).codes == ()


def test_who_wins_the_appeal_has_the_rights_back(world: World) -> None:
    world.put(keys.person(THIRD), {"role": "officer"})
    case = decided(world)
    score(world, 9, case=case)
    assert appeal(world, case=case).codes == ()
    world.put(keys.case(case), {**world.record(keys.case(case)), "deciders": [THIRD]})
    assert step_of(world, case, "appeal_decided", finding="data_quality").codes == ()
    assert unfounded(world, 1, case=case)


def test_who_loses_the_appeal_keeps_the_points(world: World) -> None:
    case = decided(world)
    score(world, 9, case=case)
    appeal(world, case=case)
    world.put(keys.case(case), {**world.record(keys.case(case)), "deciders": [THIRD]})
    assert step_of(world, case, "appeal_decided").codes == ()
    assert world.issue().codes == ("SIGNER_SUSPENDED",)


def test_points_that_an_appeal_gave_back_are_only_those_of_its_case(world: World) -> None:
    score(world, 9)
    case = decided(world)
    score(world, 3, case=case)
    appeal(world, case=case)
    world.put(keys.case(case), {**world.record(keys.case(case)), "deciders": [THIRD]})
    step_of(world, case, "appeal_decided", finding="unfounded")
    assert [event["left"] for event in world.record(keys.scores(DOCTOR))["events"]] == [9, 0]


# -- bands and responsibility ---------------------------------------------------------------------


@pytest.mark.parametrize(("place", "lowest", "highest"), [(0, 1, 3), (1, 4, 6), (2, 7, 9), (3, 10, 12)])
def test_an_offence_brings_points_of_its_band_alone(
    world: World, place: int, lowest: int, highest: int
) -> None:
    """A breach of an agreement ended a career: nine points for what is worth three."""
    for points in range(1, 13):
        found = score(world, points, kind=KIND_BY_BAND[place]).codes
        assert found == (() if lowest <= points <= highest else ("SCORE_BAND",))


@pytest.mark.parametrize(("responsibility", "most"), [("general", 7), ("important", 8), ("main", 9)])
def test_who_bears_little_responsibility_gets_few_points_of_the_band(
    world: World, responsibility: str, most: int
) -> None:
    for points in (7, 8, 9):
        found = score(world, points, responsibility=responsibility)
        assert found.codes == (() if points <= most else ("SCORE_BAND",))
        assert points <= most or found.findings[0].facts == {"points_min": 7, "points_max": most}


def test_small_scores_of_one_case_do_not_add_up_beyond_its_band(world: World) -> None:
    case = decided(world)
    assert score(world, 2, case=case).codes == ()
    assert score(world, 2, case=case).codes == ("SCORE_BAND",)
    assert score(world, 1, case=case).codes == ()


def test_a_wrong_score_that_was_repaired_is_given_anew(world: World) -> None:
    case = decided(world)
    score(world, 9, case=case)
    officers(world, "repair", score=world.last_id, points=9)
    assert score(world, 7, case=case).codes == ()


def test_a_breach_is_repeated_only_by_who_had_points_this_year(world: World) -> None:
    assert score(world, 7, kind="repeated_breach").codes == ("SCORE_BAND",)
    score(world, 1)
    assert score(world, 7, kind="repeated_breach").codes == ()
    world.now_ms = from_text("2026-12-31T16:00:00Z")  # the local new year
    assert score(world, 7, kind="repeated_breach").codes == ("SCORE_BAND",)


def test_what_was_taken_back_or_is_of_the_same_case_is_no_earlier_breach(world: World) -> None:
    case = decided(world)
    score(world, 1, case=case)
    assert score(world, 6, case=case, kind="repeated_breach").codes == ("SCORE_BAND",)
    officers(world, "repair", score=world.record(keys.scores(DOCTOR))["events"][0]["id"], points=1)
    assert score(world, 7, kind="repeated_breach").codes == ("SCORE_BAND",)


@pytest.mark.parametrize("highest", [[], ["x"], ["3", "2"], ["9" * 12]])
def test_a_band_that_cannot_be_read_gives_nobody_points(highest: list[str]) -> None:
    assert band("administrative_penalty", "main", highest) == (1, 0)


def test_a_band_of_another_width_is_shared_in_thirds() -> None:
    reached = [band("fraud", share, ["1", "2", "3", "8"]) for share in ("general", "important", "main")]
    assert reached == [(4, 5), (4, 7), (4, 8)]


def test_a_self_report_keeps_the_points_low_and_the_audit_does_not(world: World) -> None:
    case = open_case(world)
    reported = {"subject": DOCTOR, "case": case, "reason": "自查"}
    assert world.act("governance.self_report", H1, (DOCTOR,), reported).codes == ()
    for step in ("notified", "heard", "decided"):
        assert step_of(world, case, step).codes == ()
    assert score(world, 4, case=case).codes == ("SCORE_BAND",)
    assert score(world, 2, case=case, kind="fraud").codes == ()
    assert score(world, 2, case=case, kind="fraud").codes == ("SCORE_BAND",)
    assert score(world, 2, kind="fraud").codes == ("SCORE_BAND",)


def test_what_brought_points_is_public_and_names_no_patient(world: World) -> None:
    score(world, 4, responsibility="general")
    shown = standing_view(DOCTOR, world.now_ms, world.read)
    assert shown is not None
    [told] = shown["scores"]
    assert (told["kind"], told["responsibility"], told["points"]) == ("administrative_penalty", "general", 4)
    assert set(told) == {"id", "case", "kind", "responsibility", "points", "left", "at"}
    world.now_ms = from_text("2026-12-31T16:00:00Z")
    shown = standing_view(DOCTOR, world.now_ms, world.read)
    assert shown is not None and shown["scores"] == []
