"""BREAKER and CASE: what officers may do to somebody, what follows, and what nobody may do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contracts import keys
from contracts.decision import Decision
from contracts.time import from_text
from tests.contracts.office import (
    DAY,
    HOUR,
    THIRD,
    appeal,
    freeze,
    officers,
    open_case,
    score,
    step_of,
)
from tests.contracts.world import (
    DOCTOR,
    DOCTOR2,
    FUND_OFFICER,
    H1,
    H2,
    METFORMIN,
    OFFICERS,
    OSELTAMIVIR,
    P1,
    P2,
    PATIENT,
    PATIENT2,
    PATIENT3,
    YS1,
    YS3,
    World,
    code,
)

PACK = code("8990002", 1)
PATIENTS = (PATIENT, PATIENT2, PATIENT3)


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([PACK])
    return made


# -- freezes ----------------------------------------------------------------------------------


def test_a_frozen_doctor_issues_nothing_and_is_told_which_freeze(world: World) -> None:
    assert freeze(world).codes == ()
    frozen = world.last_id
    decision = world.issue()
    assert decision.codes == ("STATE_FROZEN",)
    assert decision.findings[0].facts["freeze"] == frozen
    assert decision.findings[0].told == {"subject": DOCTOR, "by": "officers", "reason": "数据核查"}
    assert world.issue(doctor=DOCTOR2).outcome == "accepted"


def test_who_is_frozen_for_a_case_is_told_which(world: World) -> None:
    """Freeze and end alone said nothing of the why: an appeal has to know what it is against."""
    world.issue(origin={"authorship": "ai"})
    refused, case = world.last_id, open_case(world)
    freeze(world, evidence=[refused, case], scope="drug", drug=METFORMIN)
    told = world.issue().findings[0].told
    assert told["case"] == case and told["drug"] == METFORMIN


def test_a_case_of_somebody_else_among_the_evidence_is_not_told_of_this_one(world: World) -> None:
    """Another doctor's case stood in the public standing of whoever was frozen."""
    world.issue(origin={"authorship": "ai"})
    refused = world.last_id
    other, own = open_case(world, subject=DOCTOR2), open_case(world)
    freeze(world, evidence=[refused, other, own])
    assert world.issue().findings[0].told["case"] == own
    freeze(world, subject=DOCTOR2, evidence=[refused, own])
    assert "case" not in world.issue(doctor=DOCTOR2).findings[0].told


def test_a_freeze_of_before_reasons_were_kept_is_told_without(world: World) -> None:
    old = {"id": "a", "scope": "all", "until": world.now_ms + DAY * 1000, "by": "officers"}
    world.put(keys.freezes(DOCTOR), {"freezes": [old]})
    assert world.issue().findings[0].told == {"subject": DOCTOR, "by": "officers"}


def test_a_frozen_doctors_prescription_is_not_dispensed(world: World) -> None:
    rx = world.ready()
    freeze(world)
    assert world.sell(rx, [PACK]).codes == ("STATE_FROZEN",)


def test_what_was_sold_before_its_doctor_was_frozen_is_still_settled(world: World) -> None:
    """The settlement of an honest sale was refused, and the record of it lost."""
    rx = world.ready()
    world.sell(rx, [PACK], settlement="S1")
    freeze(world)
    told = {"identifiers": {"setl_id": "S1"}, "codes": [{"code": PACK}]}
    assert world.act("settlement.reported", P1, (YS1,), {"rx": rx}, told).codes == ()
    freeze(world, P1)
    assert world.act("settlement.reported", P1, (YS1,), {"rx": rx}, told).codes == ("STATE_FROZEN",)


def test_a_frozen_pharmacy_sells_nothing_but_takes_back(world: World) -> None:
    rx = world.ready()
    world.sell(rx, [PACK])
    other = world.ready(patient=PATIENT2)
    freeze(world, P1)
    assert world.sell(other, [PACK]).codes[0] == "STATE_FROZEN"
    assert world.give_back(rx, [PACK]).codes == ()


@pytest.mark.parametrize(("drug", "codes"), [(METFORMIN, ("STATE_FROZEN",)), (OSELTAMIVIR, ())])
def test_a_freeze_for_one_drug_stops_that_drug(world: World, drug: str, codes: tuple[str, ...]) -> None:
    assert freeze(world, scope="drug", drug=drug).codes == ()
    assert world.issue().codes == codes


@pytest.mark.parametrize(("class_", "codes"), [("ordinary", ("STATE_FROZEN",)), ("psychotropic_2", ())])
def test_a_freeze_for_a_class_of_drugs_stops_that_class(
    world: World, class_: str, codes: tuple[str, ...]
) -> None:
    assert freeze(world, scope="drug_class", drug_class=class_).codes == ()
    assert world.issue().codes == codes


def test_a_freeze_ends_by_itself_at_its_time(world: World) -> None:
    consultation, after = world.consult()
    freeze(world, until="2026-03-02T01:00:00Z")
    world.now_ms = from_text("2026-03-02T01:00:00Z") - 1
    assert world.issue(consultation, after).codes == ("STATE_FROZEN",)
    world.now_ms += 1
    assert world.issue(consultation, after).codes == ()


@pytest.mark.parametrize(
    ("until", "codes"),
    [
        ("2026-03-02T00:00:00Z", ("TIME_ORDER",)),
        ("2026-03-02T00:00:01Z", ()),
        ("2026-04-01T00:00:00Z", ()),
        ("2026-04-01T00:00:01Z", ("TIME_ORDER",)),
    ],
)
def test_a_freeze_lies_ahead_and_is_no_longer_than_allowed(until: str, codes: tuple[str, ...]) -> None:
    world = World()
    assert freeze(world, until=until).codes == codes


@pytest.mark.parametrize(
    "members",
    [
        {"scope": "drug"},
        {"scope": "drug_class"},
        {"scope": "all", "drug": METFORMIN},
        {"scope": "all", "drug_class": "ordinary"},
        {"scope": "drug", "drug": METFORMIN, "drug_class": "ordinary"},
    ],
)
def test_a_freeze_says_what_it_covers(world: World, members: dict[str, str]) -> None:
    assert freeze(world, **members).codes == ("SCHEMA_REQUIRED",)


def test_one_officer_freezes_nobody(world: World) -> None:
    assert freeze(world, by=OFFICERS[:1]).codes == ("DUAL_CONTROL_REQUIRED",)
    assert freeze(world, by=(OFFICERS[0], OFFICERS[0])).codes == ("DUAL_CONTROL_REQUIRED",)


def test_a_freeze_of_nobody_or_on_evidence_that_is_not_there_is_refused(world: World) -> None:
    assert freeze(world, "D999999999999").codes == ("CODE_UNKNOWN",)
    assert freeze(world, evidence=["0" * 64]).codes == ("CODE_UNKNOWN",)


def test_a_refused_submission_is_evidence_too(world: World) -> None:
    world.issue(origin={"authorship": "ai"})
    refused = world.facts_of_last.statement_id
    assert freeze(world, evidence=[refused]).codes == ()


def mistyped(world: World) -> str:
    """A prescription refused for its data, and for its doctor's missing origin too; returns its id."""
    refused = world.issue(*world.consult(), patient=PATIENT[:-1] + "0", origin=None)
    assert refused.codes == ("ID_CHECKSUM", "ORIGIN_MISSING")
    return world.last_id


@pytest.mark.parametrize("measure", [freeze, lambda world, **more: score(world, 9, **more)])
def test_nobody_is_frozen_or_scored_for_a_typing_error(
    world: World, measure: Callable[..., Decision]
) -> None:
    refused = mistyped(world)
    assert measure(world, evidence=[refused]).codes == ("MEASURE_UNFOUNDED",)
    assert world.issue().codes == ()


def test_evidence_that_accuses_stands_beside_a_typing_error(world: World) -> None:
    refused = mistyped(world)
    world.issue(origin={"authorship": "ai"})
    assert freeze(world, evidence=[refused, world.last_id]).codes == ()


def test_a_wrong_letter_in_a_record_does_not_keep_it_from_being_evidence(world: World) -> None:
    """A flag of bad data would else shield whoever puts one into every record."""
    assert world.issue(identity={"name": "白芷а"}).codes == ("NAME_CONFUSABLE",)
    assert freeze(world, evidence=[world.last_id]).codes == ()


def test_a_record_that_was_corrected_is_evidence_like_any_other(world: World) -> None:
    """Its first sending was refused for its data; what was committed is what it says."""
    consultation, after = world.consult()
    facts = world.issue_facts(consultation, after)
    world.put(keys.refused(facts.statement_id), {"codes": [["ID_CHECKSUM"]]})
    assert world.run(facts).codes == ()
    assert freeze(world, evidence=[facts.statement_id]).codes == ()


@pytest.mark.parametrize(
    ("finding", "codes"),
    [
        ("violation", ()),
        ("suspicion", ()),
        ("data_quality", ("MEASURE_UNFOUNDED",)),
        ("unfounded", ("MEASURE_UNFOUNDED",)),
    ],
)
def test_a_case_that_cleared_somebody_freezes_nobody(
    world: World, finding: str, codes: tuple[str, ...]
) -> None:
    case = open_case(world)
    assert freeze(world, evidence=[case]).codes == ()
    for step in ("notified", "heard"):
        step_of(world, case, step)
    step_of(world, case, "decided", finding=finding)
    assert freeze(world, evidence=[case]).codes == codes


def test_two_roles_release(world: World) -> None:
    freeze(world)
    frozen = world.last_id
    assert officers(world, "release", (OFFICERS[0], FUND_OFFICER), freeze=frozen).codes == ()
    assert world.issue().codes == ()
    again = officers(world, "release", (OFFICERS[0], FUND_OFFICER), freeze=frozen)
    assert again.codes == ("STATE_NOT_FROZEN",)


def test_two_officers_of_one_role_do_not_release(world: World) -> None:
    freeze(world)
    assert officers(world, "release", OFFICERS, freeze=world.last_id).codes == ("ROLE_FORBIDDEN",)


def _too_fast(world: World, turn: int) -> Decision:
    """Two patients in one second: the second's prescription is refused for its pace."""
    one, other = PATIENTS[turn % 3], PATIENTS[(turn + 1) % 3]
    first, second = world.consult(one), world.consult(other)
    world.issue(*first, patient=one)
    world.wait(1)
    return world.issue(*second, patient=other)


def test_the_third_refusal_for_pace_within_an_hour_freezes_the_doctor(world: World) -> None:
    for turn in range(3):
        assert _too_fast(world, turn).codes == ("PACE_TOO_FAST",)
        world.wait(60)
    decision = world.issue()
    assert decision.codes == ("STATE_FROZEN",)
    assert decision.findings[0].told == {"subject": DOCTOR, "by": "rule", "code": "PACE_TOO_FAST"}
    world.wait(DAY)
    assert world.issue().codes == ()


def test_three_refusals_spread_over_more_than_an_hour_freeze_nobody(world: World) -> None:
    for turn in range(3):
        assert _too_fast(world, turn).codes == ("PACE_TOO_FAST",)
        world.wait(HOUR / 2)
    assert world.issue().codes == ()


def test_other_refusals_never_freeze(world: World) -> None:
    for _ in range(5):
        assert world.issue(origin={"authorship": "ai"}).codes == ("ORIGIN_AI_GENERATED",)
        world.wait(60)
    assert world.issue().codes == ()


def test_a_freeze_by_rule_is_released_by_its_refusals_digest(world: World) -> None:
    for turn in range(3):
        _too_fast(world, turn)
        world.wait(60)
    [frozen] = world.record(keys.freezes(DOCTOR))["freezes"]
    assert frozen["by"] == "rule"
    assert officers(world, "release", (OFFICERS[0], FUND_OFFICER), freeze=frozen["id"]).codes == ()
    assert world.issue().codes == ()


# -- cases ----------------------------------------------------------------------------------------


def test_a_case_goes_its_steps(world: World) -> None:
    case = open_case(world)
    for step in ("notified", "heard", "decided"):
        assert step_of(world, case, step).codes == ()
    world.wait(15 * DAY)
    assert step_of(world, case, "closed").codes == ()
    assert step_of(world, case, "heard").codes == ("CASE_ORDER",)


@pytest.mark.parametrize(
    ("taken", "step"),
    [((), "heard"), (("notified",), "decided"), (("notified", "heard"), "closed"), ((), "closed")],
)
def test_nobody_is_decided_about_unheard(world: World, taken: tuple[str, ...], step: str) -> None:
    case = open_case(world)
    for earlier in taken:
        step_of(world, case, earlier)
    assert step_of(world, case, step).codes == ("CASE_STEP_MISSING",)


def test_a_step_is_taken_once(world: World) -> None:
    case = open_case(world)
    step_of(world, case, "notified")
    assert step_of(world, case, "notified").codes == ("CASE_ORDER",)


def test_an_appeal_keeps_the_case_open_until_others_answer_it(world: World) -> None:
    world.put(keys.person(THIRD), {"role": "officer"})
    case = open_case(world)
    for step in ("notified", "heard", "decided"):
        step_of(world, case, step)
    assert step_of(world, case, "appeal_decided").codes == ("CASE_STEP_MISSING", "DUTY_SEPARATION")
    assert appeal(world, case=case).codes == ()
    assert step_of(world, case, "closed").codes == ("CASE_STEP_MISSING",)
    assert step_of(world, case, "appeal_decided").codes == ("DUTY_SEPARATION",)
    world.put(keys.case(case), {**world.record(keys.case(case)), "deciders": [THIRD]})
    assert step_of(world, case, "appeal_decided", finding="unfounded").codes == ()
    assert step_of(world, case, "closed").codes == ()


def test_only_the_person_or_institution_concerned_appeals(world: World) -> None:
    case = open_case(world)
    assert appeal(world, DOCTOR2, H2, case=case).codes == ("ORG_SCOPE",)
    assert appeal(world, YS3, P2, case=case).codes == ("ORG_SCOPE",)
    freeze(world)
    assert appeal(world, freeze=world.last_id).codes == ()
    assert appeal(world).codes == ("ORG_SCOPE",)


def test_an_officer_does_not_handle_the_own_case(world: World) -> None:
    given = {"subject": OFFICERS[0], "rules": ["OFFICE-1"], "evidence": [], "due": "2026-06-01T00:00:00Z"}
    assert officers(world, "case", **given).codes == ("DUTY_SEPARATION",)
    assert freeze(world, OFFICERS[1]).codes == ("DUTY_SEPARATION",)


def test_a_decision_says_what_was_found_and_another_step_does_not(world: World) -> None:
    case = open_case(world)
    assert step_of(world, case, "notified", finding="violation").codes == ("SCHEMA_REQUIRED",)
    step_of(world, case, "notified")
    step_of(world, case, "heard")
    assert officers(world, "case_step", case=case, step="decided").codes == ("SCHEMA_REQUIRED",)


def test_a_self_report_comes_before_the_notice(world: World) -> None:
    case = open_case(world)
    reported = {"subject": DOCTOR, "case": case, "reason": "自查"}
    assert world.act("governance.self_report", H1, (DOCTOR,), reported).codes == ()
    late = open_case(world)
    step_of(world, late, "notified")
    told = world.act("governance.self_report", H1, (DOCTOR,), {**reported, "case": late})
    assert told.codes == ("CASE_ORDER",)


def test_a_case_is_due_ahead_and_flagged_when_late(world: World) -> None:
    given = {"subject": DOCTOR, "rules": ["PACE-1"], "evidence": []}
    assert officers(world, "case", due="2026-03-02T00:00:00Z", **given).codes == ("TIME_ORDER",)
    case = open_case(world, due="2026-03-02T00:00:01Z")
    world.wait(1)
    assert step_of(world, case, "notified").codes == ()
    world.wait(1)
    late = step_of(world, case, "heard")
    assert (late.outcome, late.codes) == ("accepted", ("CASE_OVERDUE",))
