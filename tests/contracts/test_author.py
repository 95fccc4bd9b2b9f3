"""AUTHOR and SEPARATION: who is named, who signs, how the text came about."""

from __future__ import annotations

import pytest

from contracts import keys
from tests.contracts.world import (
    DOCTOR,
    DOCTOR2,
    H1,
    H2,
    OFFICERS,
    PATIENT,
    PATIENT2,
    PHARMACIST,
    REGULATOR,
    SEMAGLUTIDE,
    YS1,
    YS2,
    YS3,
    World,
    code,
)


@pytest.fixture
def world() -> World:
    return World()


def test_a_doctors_own_prescription_is_accepted_without_flags(world: World) -> None:
    decision = world.issue()
    assert (decision.outcome, decision.codes) == ("accepted", ())


@pytest.mark.parametrize("prescriber", ["", "未知", "UNKNOWN", "  "])
def test_a_placeholder_doctor_is_a_data_fault_that_names_nobody(world: World, prescriber: str) -> None:
    decision = world.issue(prescriber=prescriber, signers=(DOCTOR,))
    assert decision.codes[0] == "PLACEHOLDER_IDENTITY"
    assert "SIGNER_NOT_ATTENDING" not in decision.codes
    assert b'"signers"' not in (decision.entry or b"")


@pytest.mark.parametrize(
    "prescriber",
    ["暂无", "不明", "未填写", "NA", "N/A", "00", "0000", "D000000000000", "dr000"],
)
def test_a_code_that_stands_in_for_a_doctor_accuses_nobody_beside(world: World, prescriber: str) -> None:
    """0000 as the prescriber was a doctor who let another sign, and a consultation of somebody else's."""
    decision = world.issue(prescriber=prescriber, signers=(DOCTOR,))
    assert decision.codes == ("PLACEHOLDER_IDENTITY",)
    assert b'"signers"' not in (decision.entry or b"")


@pytest.mark.parametrize("prescriber", ["D990000000009", "0001", "D0", "abc00", "D00000000000O"])
def test_a_code_of_somebody_else_is_no_placeholder(world: World, prescriber: str) -> None:
    codes = world.issue(prescriber=prescriber, signers=(DOCTOR,)).codes
    assert codes[0] == "SIGNER_NOT_ATTENDING" and "PLACEHOLDER_IDENTITY" not in codes


@pytest.mark.parametrize("name", ["安娜", "Na Li", "吴无忌", "无尘", "明不", "Null Na", "测试"])
def test_a_name_that_holds_such_a_word_is_a_name(world: World, name: str) -> None:
    assert world.issue(identity={"name": name}).codes == ()


@pytest.mark.parametrize("identity", [{"name": "未知"}, {"name": ""}, {"prescriber_name": "未知"}])
def test_a_placeholder_name_is_a_data_fault(world: World, identity: dict[str, str]) -> None:
    assert world.issue(identity=identity).codes[0] == "PLACEHOLDER_IDENTITY"


def test_a_missing_certificate_number_is_a_data_fault(world: World) -> None:
    assert world.issue(identity={"certificate_number": ""}).codes[0] == "PLACEHOLDER_IDENTITY"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (PATIENT[:-1] + ("2" if PATIENT[-1] != "2" else "3"), "ID_CHECKSUM"),
        ("未知", "PLACEHOLDER_IDENTITY"),
        ("", "PLACEHOLDER_IDENTITY"),
    ],
)
def test_a_mistyped_patient_number_names_no_doctor(world: World, number: str, code: str) -> None:
    """One wrong digit made the consultation look like another patient's, and the log accused the doctor."""
    world.issue(patient=PATIENT2)
    consultation, after = world.consult()
    decision = world.issue(consultation, after, patient=number)
    assert decision.codes == (code,)
    assert b'"signers"' not in (decision.entry or b"")
    assert keys.tickets(H1) in world.state


def test_a_mistyped_number_is_nobody_to_be_too_fast_with(world: World) -> None:
    consultation, after = world.consult()
    world.issue(consultation, after)
    mistyped = world.issue(consultation, after, patient=PATIENT[:-1] + "0", number="2")
    assert mistyped.codes == ("ID_CHECKSUM",)


def test_a_mistyped_number_is_no_further_patient_of_a_drug(world: World) -> None:
    limits = {"pace_drug_daily_patients_max": 1, "burst_patients": 2}
    world.act("governance.rulebook", REGULATOR, OFFICERS, {"version": "1", "parameters": limits})
    line = world.line(drug=SEMAGLUTIDE, quantity="1", unit="支", days="7", dose="1", dose_unit="mg")
    consultation, after = world.consult()
    assert world.issue(consultation, after, lines=[line]).codes == ()
    world.wait(60)
    mistyped = world.issue(consultation, after, lines=[line], patient=PATIENT[:-1] + "0", number="2")
    assert [one.code for one in mistyped.findings] == ["ID_CHECKSUM"]
    other = world.issue(*world.consult(PATIENT2), patient=PATIENT2, lines=[line], number="3")
    assert [one.code for one in other.findings] == ["PACE_DAILY_CAP", "SAME_DRUG_BURST"]


def test_a_well_typed_number_of_another_patient_still_breaks_the_binding(world: World) -> None:
    """The look-alike of a typing error: a whole number, of somebody who was not consulted."""
    consultation, after = world.consult()
    decision = world.issue(consultation, after, patient=PATIENT2)
    assert decision.codes == ("CONSULT_BINDING",)
    assert b'"signers"' in (decision.entry or b"")


def test_a_passport_number_has_no_check_digit(world: World) -> None:
    assert world.issue(patient="E12345678").outcome == "accepted"


def test_an_organisation_never_prescribes(world: World) -> None:
    decision = world.issue(signers=(H1,), prescriber=DOCTOR)
    assert decision.codes[0] == "ACTOR_NOT_NATURAL_PERSON"


def test_only_the_attending_doctor_signs(world: World) -> None:
    assert world.issue(signers=(DOCTOR2,), prescriber=DOCTOR).codes[0] == "SIGNER_NOT_ATTENDING"


@pytest.mark.parametrize("authorship", ["ai", "AI", "AI_AUTO"])
def test_a_machines_prescription_is_refused(world: World, authorship: str) -> None:
    assert world.issue(origin={"authorship": authorship}).codes == ("ORIGIN_AI_GENERATED",)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        {},
        {"authorship": "doctor"},
        {"authorship": "human_with_assist"},
        {"authorship": "human_with_assist", "assist": []},
    ],
)
def test_an_undeclared_origin_is_refused(world: World, origin: dict[str, object] | None) -> None:
    assert world.issue(origin=origin).codes == ("ORIGIN_MISSING",)


@pytest.mark.parametrize("number", [{}, {"device_registration": ""}, {"device_registration": "未知"}])
def test_a_tool_without_its_registration_is_refused(world: World, number: dict[str, str]) -> None:
    origin = {"authorship": "human_with_assist", "assist": [{"kind": "dose_check", **number}]}
    assert world.issue(origin=origin).codes == ("ORIGIN_MISSING",)


def test_that_a_tool_drafted_weighs_more_than_its_number_and_less_than_an_undeclared_origin(
    world: World,
) -> None:
    """Who let a machine write was told to hand in a number."""
    tools = [{"kind": "draft_prescription"}]
    with_help = world.issue(origin={"authorship": "human_with_assist", "assist": tools})
    assert with_help.codes == ("ORIGIN_AI_DRAFT_FORBIDDEN", "ORIGIN_MISSING")
    undeclared = world.issue(origin={"assist": tools})
    assert undeclared.codes == ("ORIGIN_MISSING", "ORIGIN_AI_DRAFT_FORBIDDEN")


@pytest.mark.parametrize("kind", ["draft_prescription", "write_all"])
def test_a_drafting_tool_is_refused_even_when_registered(world: World, kind: str) -> None:
    origin = {"authorship": "human_with_assist", "assist": [{"kind": kind, "device_registration": "R1"}]}
    assert world.issue(origin=origin).codes == ("ORIGIN_AI_DRAFT_FORBIDDEN",)


def test_declared_assistance_is_a_notice(world: World) -> None:
    assist = [{"kind": "dose_check", "tool": "T", "version": "1", "device_registration": "R1"}]
    decision = world.issue(origin={"authorship": "human_with_assist", "assist": assist})
    assert (decision.outcome, decision.codes) == ("accepted", ("ASSIST_DECLARED",))
    assert decision.findings[0].class_ == "NOTICE"


def test_a_machine_mark_in_the_file_is_refused_at_issue_and_at_review(world: World) -> None:
    file = {"size": 10, "digest": "0" * 64, "aigc": "{}"}
    assert world.issue(disclosures={"file": file}).codes == ("ORIGIN_AI_GENERATED",)
    world.issue()
    members = {"rx": world.last_id, "reviewer": PHARMACIST, "decision": "approved"}
    disclosed = {"clinical": {"opinion": "同意"}, "file": file}
    assert world.act("review.hospital", H1, (PHARMACIST,), members, disclosed).codes == (
        "ORIGIN_AI_GENERATED",
    )


def test_the_prescriber_does_not_review_the_own_prescription(world: World) -> None:
    world.issue()
    decision = world.approve(world.last_id, reviewer=DOCTOR, signers=(DOCTOR,))
    assert decision.codes[0] == "DUTY_SEPARATION"
    assert "ROLE_FORBIDDEN" in decision.codes


def test_a_review_that_names_the_prescriber_is_refused_whoever_signs(world: World) -> None:
    world.issue()
    assert world.approve(world.last_id, reviewer=DOCTOR).codes[0] == "DUTY_SEPARATION"


def _claimed(world: World) -> str:
    world.open_duties()
    world.issue()
    rx = world.last_id
    world.approve(rx)
    world.claim(rx)
    return rx


def test_one_pharmacist_is_not_both_reviewers(world: World) -> None:
    assert world.review(_claimed(world), pair=(YS1, YS1)).codes == ("DUTY_SEPARATION",)


@pytest.mark.parametrize("named", [DOCTOR, PHARMACIST, "HY990000000009"])
def test_a_sale_names_nobody_of_the_hospital_as_its_reviewer(world: World, named: str) -> None:
    """The prescriber stood on the till's receipt as the one who had checked the prescription."""
    pack = code("8990002", 1)
    world.open_duties()
    world.receive([pack])
    rx = world.ready()
    world.put(keys.rx(rx), {**world.record(keys.rx(rx)), "hold_reviewer": "HY990000000009"})
    assert world.sell(rx, [pack], reviewer=named).codes == ("DUTY_SEPARATION",)
    assert world.sell(rx, [pack]).codes == ()


def test_one_signature_is_not_a_review_by_two(world: World) -> None:
    rx = _claimed(world)
    decision = world.review(rx, pair=(YS1,), second_reviewer=YS2)
    assert decision.codes[0] == "DUTY_SEPARATION"


def test_a_named_reviewer_who_did_not_sign_is_refused(world: World) -> None:
    rx = _claimed(world)
    decision = world.review(rx, pair=(YS1, YS3), second_reviewer=YS2)
    assert "SIGNER_NOT_ATTENDING" in decision.codes


def test_who_prepares_does_not_check(world: World) -> None:
    world.open_duties()
    rx = world.ready()
    decision = world.sell(rx, [code("8990002", 1)], pair=(YS1,))
    assert decision.codes[0] == "DUTY_SEPARATION"


def test_two_different_pharmacists_review(world: World) -> None:
    assert world.review(_claimed(world), pair=(YS1, YS2)).outcome == "accepted"


def test_another_hospitals_cancel_says_nothing_about_the_doctor(world: World) -> None:
    world.issue()
    members = {"rx": world.last_id}
    decision = world.act("prescription.cancelled", H2, (DOCTOR2,), members)
    assert decision.codes == ("ORG_SCOPE",)


def test_only_the_prescriber_cancels(world: World) -> None:
    world.issue()
    rx = world.last_id
    assert world.act("prescription.cancelled", H1, (DOCTOR2,), {"rx": rx}).codes[0] == "SIGNER_NOT_ATTENDING"
    assert world.act("prescription.cancelled", H1, (DOCTOR,), {"rx": rx}).outcome == "accepted"
