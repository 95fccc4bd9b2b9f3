"""One online identity check is one patient's (S5, S50); a guardian's children are look-alikes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.world import DOCTOR, DOCTOR2, H1, H2, PATIENT, PATIENT2, PATIENT3, World

SHARED = ("CREDENTIAL_SHARED",)


@pytest.fixture
def world() -> World:
    return World()


def checked(world: World, patient: str = PATIENT, check: str = "A1", **given: Any) -> Decision:
    world.wait(3600)
    numbers = {"identifiers": {"hiRxno": f"9{world.count}", "authNo": check}}
    return world.issue(patient=patient, disclosures=numbers, **given)


def test_one_patients_check_stands_behind_several_prescriptions_of_that_patient(world: World) -> None:
    assert checked(world).codes == ()
    assert checked(world).codes == ()


def test_a_check_that_stands_behind_another_patients_prescription_is_told(world: World) -> None:
    """S5 and S50: somebody buys on another's credential; the drug is not refused, the use is asked about."""
    checked(world)
    found = checked(world, PATIENT2)
    assert (found.outcome, found.codes) == ("accepted", SHARED)
    assert [(one.rule, one.class_) for one in found.findings] == [("CONSULT-13", "SUSPICION")]


def test_a_shared_check_stays_shared_for_both(world: World) -> None:
    checked(world)
    checked(world, PATIENT2)
    assert checked(world).codes == SHARED
    assert checked(world, PATIENT2).codes == SHARED


def test_a_shared_check_is_seen_in_another_hospital(world: World) -> None:
    checked(world)
    assert checked(world, PATIENT2, doctor=DOCTOR2, hospital=H2).codes == SHARED


def test_every_patient_has_a_check_of_their_own(world: World) -> None:
    checked(world)
    assert checked(world, PATIENT2, "A2").codes == ()


def test_children_of_one_guardian_are_look_alikes(world: World) -> None:
    guardian = {"name": "白小", "guardian": {"name": "白芷若", "relation": "母"}}
    assert checked(world).codes == ()  # the mother herself
    assert checked(world, PATIENT2, age="4", identity=guardian).codes == ()
    assert checked(world, PATIENT3, age="2", identity=guardian).codes == ()
    assert checked(world).codes == ()


@pytest.mark.parametrize("guardian", [{"name": "无"}, {"relation": "母"}, {"certificate_number": PATIENT2}])
def test_a_guardian_who_is_nobody_hides_no_borrowed_check(world: World, guardian: dict[str, str]) -> None:
    checked(world)
    assert checked(world, PATIENT2, identity={"guardian": guardian}).codes == ("CREDENTIAL_SHARED",)


@pytest.mark.parametrize("word", ["", "无", "未知", " 0 ", "null"])
def test_a_placeholder_is_nobodys_check(world: World, word: str) -> None:
    checked(world, check=word)
    assert checked(world, PATIENT2, word).codes == ()


def test_a_patient_without_a_number_is_no_other_patient(world: World) -> None:
    checked(world)
    unnamed = checked(world, "")
    assert unnamed.codes[0] == "PLACEHOLDER_IDENTITY"
    assert "CREDENTIAL_SHARED" not in [one.code for one in unnamed.findings]
    assert checked(world).codes == ()


def test_a_prescription_for_the_wrong_patient_that_was_taken_back_shares_nothing(world: World) -> None:
    checked(world, PATIENT2)
    wrong = world.last_id
    assert checked(world).codes == SHARED
    cancel = {"clinical": {"reason": "患者选错"}}
    assert world.act("prescription.cancelled", H1, (DOCTOR,), {"rx": wrong}, cancel).codes == ()
    assert checked(world).codes == ()
    assert checked(world, PATIENT3).codes == SHARED


def test_a_refused_prescription_stands_on_no_check(world: World) -> None:
    assert checked(world, clinical={"first_visit": True}).outcome == "refused"
    assert checked(world, PATIENT2).codes == ()


def test_what_is_remembered_on_a_check_is_bounded(world: World) -> None:
    key = keys.credential("t.codes.A1")
    world.put(key, {"prescriptions": [[f"{n:064x}", ["t.people.other"]] for n in range(32)]})
    assert checked(world).codes == SHARED
    kept = world.record(key)["prescriptions"]
    assert len(kept) == 32 and kept[-1] == [world.last_id, [f"t.people.{PATIENT}"]]


@pytest.mark.parametrize(("patient", "codes"), [(PATIENT, ()), (PATIENT2, SHARED)])
def test_a_new_tag_key_does_not_hide_whose_check_it_was(
    world: World, patient: str, codes: tuple[str, ...]
) -> None:
    """After a rotation a value has two tags, and what was written under the old one is still found (D7)."""
    checked(world)
    for count in (2, 3):
        world.wait(3600)
        consultation, after = world.consult(patient)
        numbers = {"identifiers": {"hiRxno": f"9{world.count}", "authNo": "A1"}}
        facts = world.issue_facts(consultation, after, patient=patient, disclosures=numbers)
        tags = {pair: (f"new.{pair[1]}", *old) for pair, old in facts.tags.items()}
        assert world.run(replace(facts, tags=tags)).codes == codes
        assert len(world.record(keys.credential("new.A1"))["prescriptions"]) == count
