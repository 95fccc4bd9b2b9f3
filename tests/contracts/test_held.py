"""A burst that waits: held, looked at by one pharmacist, reviewed by another, or ended (S15, S45)."""

from __future__ import annotations

import json

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.world import (
    DOCTOR,
    H1,
    H2,
    OFFICERS,
    PATIENT,
    PATIENT2,
    PATIENT3,
    PHARMACIST,
    REGULATOR,
    SEMAGLUTIDE,
    World,
    code,
)

SECOND = "HY990000000002"


@pytest.fixture
def world() -> World:
    made = World()
    made.put(keys.person(SECOND), {"role": "hospital_pharmacist"})
    made.put(keys.licence(SECOND), made.record(keys.licence(PHARMACIST)))
    return made


def burst(world: World) -> list[Decision]:
    """One monitored drug for three patients, three minutes apart."""
    found = []
    for patient in (PATIENT, PATIENT2, PATIENT3):
        seen = world.consult(patient, seconds=150)
        line = {"drug": SEMAGLUTIDE, "unit": "盒", "days": "14"}
        found.append(world.issue(*seen, patient=patient, line=line))
        world.wait(60)
    return found


def decide(world: World, rx: str, decision: str = "approved", by: str = SECOND, at: str = H1) -> Decision:
    members = {"rx": rx, "reviewer": by, "decision": decision, "reason": "已电话核实"}
    facts = world.facts("review.hold", at, (by,), members)
    payload = {**facts.payload, "signers": [{"code": by, "role": "hospital_pharmacist"}]}
    object.__setattr__(facts, "payload", payload)
    for signer in facts.signers:
        object.__setattr__(signer, "role", "hospital_pharmacist")
    return world.run(facts)


def test_the_third_of_a_burst_is_held_and_on_the_log(world: World) -> None:
    first, second, third = burst(world)
    assert (first.outcome, second.outcome) == ("accepted", "accepted")
    assert (third.outcome, third.codes) == ("held", ("SAME_DRUG_BURST",))
    verdict = json.loads(third.entry or b"")["verdict"]
    assert verdict["outcome"] == "held" and verdict["flags"][0]["rule"] == "PACE-7"
    assert world.record(keys.rx(world.last_id))["stage"] == "HELD"


def test_who_did_not_know_of_the_hold_is_not_accused_and_it_goes_nowhere(world: World) -> None:
    """A hospital's system sends the review right after the prescription: its pharmacist was a violator."""
    burst(world)
    rx = world.last_id
    assert world.approve(rx).codes == ("RX_HELD",)
    assert world.claim(rx).codes == ("RX_HELD",)
    assert decide(world, rx).codes == ()
    assert decide(world, rx).codes == ("FLOW_ORDER",)
    assert world.approve(rx).codes == ()


def test_what_is_held_is_sold_to_nobody(world: World) -> None:
    burst(world)
    sold = world.sell(world.last_id, [code("8990003", 1)], drug=SEMAGLUTIDE)
    assert "FLOW_ORDER" in sold.codes and "RX_HELD" not in sold.codes
    assert sold.findings[0].class_ == "VIOLATION"


def test_who_looked_at_the_hold_does_not_review_too(world: World) -> None:
    burst(world)
    rx = world.last_id
    assert decide(world, rx, by=PHARMACIST).codes == ()
    assert world.approve(rx).codes == ("DUTY_SEPARATION",)


def test_a_hold_may_end_the_prescription(world: World) -> None:
    burst(world)
    rx = world.last_id
    assert decide(world, rx, "refused").codes == ()
    assert world.approve(rx).codes == ("REVIEW_REJECTED",)


def test_a_held_prescription_is_cancelled_or_runs_out(world: World) -> None:
    burst(world)
    rx = world.last_id
    world.wait(3 * 86_400)
    assert decide(world, rx).codes == ("RX_EXPIRED",)
    reason = {"clinical": {"reason": "x"}}
    assert world.act("prescription.cancelled", H1, (DOCTOR,), {"rx": rx}, reason).codes == ()


def test_neither_the_doctor_nor_another_hospital_lifts_the_hold(world: World) -> None:
    burst(world)
    rx = world.last_id
    assert "DUTY_SEPARATION" in decide(world, rx, by=DOCTOR).codes
    assert "ORG_SCOPE" in decide(world, rx, at=H2).codes


def test_a_check_before_says_that_it_would_be_held(world: World) -> None:
    for patient in (PATIENT, PATIENT2):
        seen = world.consult(patient, seconds=150)
        world.issue(*seen, patient=patient, line={"drug": SEMAGLUTIDE, "unit": "盒", "days": "14"})
        world.wait(60)
    seen = world.consult(PATIENT3, seconds=150)
    line = {"drug": SEMAGLUTIDE, "unit": "盒", "days": "14"}
    decision = world.run(world.issue_facts(*seen, patient=PATIENT3, line=line), check=True)
    assert (decision.outcome, decision.codes) == ("held", ("SAME_DRUG_BURST",))


def test_where_the_rulebook_only_flags_nothing_is_held(world: World) -> None:
    flag = {"version": "flag", "parameters": {"burst_hold": 0}}
    assert world.act("governance.rulebook", REGULATOR, OFFICERS, flag).codes == ()
    world.wait(1)
    found = burst(world)
    assert [one.outcome for one in found] == ["accepted"] * 3
    assert [one.codes for one in found] == [(), (), ("SAME_DRUG_BURST",)]
