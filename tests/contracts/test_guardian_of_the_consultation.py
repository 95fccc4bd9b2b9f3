"""A guardian named when the consultation was opened took part in it, whatever the prescription repeats."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.world import DOCTOR, H1, PATIENT, PATIENT2, PATIENT3, World

MOTHER = {"name": "白母", "relation": "mother"}
CHILD_OF_TEN = "990000201601010010"


@pytest.fixture
def world() -> World:
    return World()


def _visit(world: World, patient: str, guardian: dict[str, str] | None, **given: Any) -> Decision:
    """A prescription that names no guardian, from a consultation that was opened with this one."""
    world.wait(3600)
    identity = {"name": "白小", "certificate_number": patient, **({"guardian": guardian} if guardian else {})}
    disclosed = {
        "identity": identity,
        "identifiers": {"mdtrtId": f"M{world.count}", "prior_record": "990000EMR1"},
        "clinical": {"first_visit": False},
    }
    members = {"doctor": DOCTOR, "mode": "video"}
    assert world.act("consultation.opened", H1, (DOCTOR,), members, disclosed).outcome == "accepted"
    opened = world.last_id
    world.wait(360)
    leaf = world.close_consultation(opened)
    numbers = {"identifiers": {"hiRxno": f"9{world.count}", "authNo": "A1"}}
    return world.issue(opened, leaf, patient=patient, disclosures=numbers, **given)


def test_a_guardian_who_was_named_at_the_opening_is_not_missing(world: World) -> None:
    """D001 has no field for a guardian: the doctor of a child whose mother was named was accused."""
    assert _visit(world, PATIENT, MOTHER, age="4.0").codes == ()


@pytest.mark.parametrize(
    "guardian", [None, {"name": "未知"}, {"relation": "mother"}, {"certificate_number": CHILD_OF_TEN}]
)
def test_nobody_at_the_opening_is_nobody_at_the_prescription(
    world: World, guardian: dict[str, str] | None
) -> None:
    assert "PEDIATRIC_GUARDIAN_MISSING" in _visit(world, PATIENT, guardian, age="4.0").codes


def test_another_childs_guardian_does_not_count(world: World) -> None:
    decision = _visit(world, PATIENT, MOTHER, age="4.0", identity={"certificate_number": PATIENT2})
    assert decision.codes[0] == "CONSULT_BINDING"


def test_children_whom_the_consultations_mother_brings_share_her_check(world: World) -> None:
    """The screen knew her from the opening, CONSULT-13 did not and flagged her second child."""
    for patient in (PATIENT2, PATIENT3):
        assert _visit(world, patient, MOTHER, age="4.0").codes == ()


def test_the_state_tells_that_there_was_a_guardian_and_not_who(world: World) -> None:
    _visit(world, PATIENT, MOTHER, age="4.0")
    opened = str(world.facts_of_last.payload["consultation"])
    assert world.record(keys.consultation_content(opened))["guardian"] is True
