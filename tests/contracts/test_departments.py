"""A department's freeze goes with what it prescribed, as a doctor's does (S11); points stop renewal (S29)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from contracts.facts import Presence
from tests.contracts.office import HOUR, freeze, officers, score
from tests.contracts.world import (
    DOCTOR,
    FUND_OFFICER,
    H1,
    H2,
    METFORMIN,
    OFFICERS,
    P1,
    PATIENT,
    PATIENT2,
    PATIENT3,
    PHARMACIST,
    REGULATOR,
    SEMAGLUTIDE,
    YS1,
    World,
    code,
)

PACK, DEPARTMENT = code("8990002", 1), "K990000000001"


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([PACK])
    register(made)
    return made


def register(world: World, at: str = H1, department: str = DEPARTMENT) -> None:
    members = {"code": department, "organisation": at, "name": "内分泌科"}
    assert world.act("registry.department", REGULATOR, OFFICERS[:1], members).codes == ()


def frozen(world: World, *scope: str, **named: str) -> None:
    assert freeze(world, DEPARTMENT, *scope, **named).codes == ()


def renew(world: World, rx: str) -> Decision:
    facts = world.facts("prescription.renewed", H1, (DOCTOR,), {"rx": rx, "validity_days": 3})
    shown = Presence(f"cred-{DOCTOR}", 0)
    return world.run(replace(facts, signers=(replace(facts.signers[0], presence=shown),)))


# -- what a freeze stops ----------------------------------------------------------------------------


def test_what_a_frozen_department_prescribed_goes_no_further(world: World) -> None:
    """It was reviewed, claimed and handed out as if nobody had stopped the department that wrote it."""
    rx = world.ready(validity_days=1)
    world.issue(patient=PATIENT2)
    unread = world.last_id
    world.issue(patient=PATIENT3)
    reviewed = world.last_id
    world.wait(60)
    assert world.approve(reviewed).codes == ()
    frozen(world)
    refused = world.sell(rx, [PACK])
    assert refused.codes == ("STATE_FROZEN",)
    assert refused.findings[0].told["subject"] == DEPARTMENT
    assert world.approve(unread).codes == ("STATE_FROZEN",)
    assert world.claim(reviewed).codes == ("STATE_FROZEN",)
    assert world.review(rx).codes[0] == "STATE_FROZEN"
    assert renew(world, rx).codes == ("STATE_FROZEN",)


def test_a_frozen_departments_hold_is_not_lifted(world: World) -> None:
    line = world.line(drug=SEMAGLUTIDE, quantity="1", unit="支", days="7")
    waiting = [(patient, world.consult(patient)) for patient in (PATIENT, PATIENT2, PATIENT3)]
    for patient, consultation in waiting:
        world.wait(60)
        decision = world.issue(*consultation, patient=patient, lines=[line])
    assert decision.outcome == "held"
    members = {"rx": world.last_id, "reviewer": PHARMACIST, "decision": "approved"}
    frozen(world)
    assert world.act("review.hold", H1, (PHARMACIST,), members).codes == ("STATE_FROZEN",)


def test_a_departments_freeze_ends_with_its_release(world: World) -> None:
    rx = world.ready()
    frozen(world)
    assert officers(world, "release", (OFFICERS[0], FUND_OFFICER), freeze=world.last_id).codes == ()
    assert world.sell(rx, [PACK]).codes == ()


@pytest.mark.parametrize(("drug", "codes"), [(METFORMIN, ("STATE_FROZEN",)), (SEMAGLUTIDE, ())])
def test_a_department_frozen_for_one_drug_is_stopped_for_that_alone(
    world: World, drug: str, codes: tuple[str, ...]
) -> None:
    rx = world.ready()
    frozen(world, "drug", drug=drug)
    assert world.sell(rx, [PACK]).codes == codes


# -- what goes on -----------------------------------------------------------------------------------


def test_a_frozen_departments_patient_goes_elsewhere_and_its_doctor_withdraws_what_is_wrong(
    world: World,
) -> None:
    rx = world.ready()
    frozen(world)
    assert world.act("prescription.released", P1, (YS1,), {"rx": rx}).codes == ()
    reason = {"clinical": {"reason": "用药有误"}}
    assert world.act("prescription.cancelled", H1, (DOCTOR,), {"rx": rx}, reason).codes == ()


def test_what_was_sold_before_its_department_was_frozen_is_paid_and_taken_back(world: World) -> None:
    rx = world.ready()
    assert world.sell(rx, [PACK], settlement="S1").codes == ()
    frozen(world)
    told: dict[str, Any] = {"identifiers": {"setl_id": "S1"}, "codes": [{"code": PACK, "line": 0}]}
    sold = {**told, "lines": [{"drug": METFORMIN, "quantity": "1", "unit": "盒"}]}
    assert world.act("dispensing.reported", P1, (YS1,), {"rx": rx}, sold).codes == ()
    assert world.act("settlement.reported", P1, (YS1,), {"rx": rx}, told).codes == ()
    assert world.give_back(rx, [PACK]).codes == ()


def test_a_department_of_the_same_name_elsewhere_stops_nobodys_patient(world: World) -> None:
    register(world, H2, "K990000000002")
    rx = world.ready()
    assert freeze(world, "K990000000002").codes == ()
    assert world.sell(rx, [PACK]).codes == ()


def test_a_prescription_that_kept_no_department_is_judged_as_before(world: World) -> None:
    rx = world.ready(validity_days=1)
    content = {name: one for name, one in world.record(keys.rx_content(rx)).items() if name != "department"}
    world.put(keys.rx_content(rx), content)
    frozen(world)
    score(world, 9, DEPARTMENT)
    assert renew(world, rx).codes == ()
    assert world.sell(rx, [PACK]).codes == ()


def test_which_department_prescribed_is_not_public(world: World) -> None:
    world.issue()
    assert world.record(keys.rx_content(world.last_id))["department"] == DEPARTMENT
    assert "department" not in world.record(keys.rx(world.last_id))


# -- points -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("points", "codes"), [(8, ()), (9, ("DEPARTMENT_SUSPENDED",))])
def test_a_suspended_department_renews_nothing(world: World, points: int, codes: tuple[str, ...]) -> None:
    """It wrote no new prescription and made its old ones valid for longer."""
    rx = world.ready(validity_days=1)
    score(world, points, DEPARTMENT)
    assert renew(world, rx).codes == codes


def test_what_a_suspended_department_prescribed_before_is_handed_out(world: World) -> None:
    """Its right to prescribe is suspended, as a doctor's is; the patient has a prescription."""
    rx = world.ready()
    score(world, 9, DEPARTMENT)
    assert world.sell(rx, [PACK]).codes == ()


def test_a_shop_is_not_told_of_a_departments_reminder(world: World) -> None:
    rx = world.ready()
    given = {"subject": DEPARTMENT, "due": "2026-03-02T01:00:00Z"}
    assert officers(world, "reminder", OFFICERS[:1], **given).codes == ()
    world.wait(2 * HOUR)
    assert world.sell(rx, [PACK]).codes == ()
