"""A hospital's own prescription number: one prescription at a time, so that a look-up means what it says."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import Decision, keys
from tests.contracts.world import (
    DOCTOR,
    DOCTOR2,
    H1,
    H2,
    PATIENT2,
    PHARMACIST,
    World,
    code,
)


def write(world: World, number: str = "RX1", patient: str = PATIENT2, **given: Any) -> Decision:
    """Issue under a hospital's number and a national one of its own, well after the one before."""
    world.wait(300)
    numbers = {"hiRxno": f"{world.count:026d}", **({"hospRxno": number} if number else {})}
    return world.issue(patient=patient, disclosures={"identifiers": numbers}, **given)


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([code("8990002", 1)])
    assert write(made).codes == ()
    return made


def test_a_look_up_by_hospital_number_cannot_silently_mean_another_patients_prescription(
    world: World,
) -> None:
    first = world.last_id
    second = write(world, patient="990000196805300446")
    assert (second.codes, [one.rule for one in second.findings]) == (("ID_CONFLICT",), ["FLOW-14"])
    assert second.findings[0].told == {"number": "hospRxno", "rx": first}
    assert second.findings[0].facts == {}, "the log tells nothing of a number"


def test_the_same_prescription_signed_anew_is_no_second_one(world: World) -> None:
    assert write(world).codes == ("ID_CONFLICT",)


def test_a_cancelled_prescription_is_written_again_under_its_number(world: World) -> None:
    world.act("prescription.cancelled", H1, (DOCTOR,), {"rx": world.last_id})
    assert write(world).codes == ()
    assert write(world).codes == ("ID_CONFLICT",), "the one written again holds the number now"


def test_what_a_pharmacist_sent_back_is_written_again_under_its_number(world: World) -> None:
    refused = {"rx": world.last_id, "reviewer": PHARMACIST, "decision": "refused"}
    world.act("review.hospital", H1, (PHARMACIST,), refused, {"clinical": {"opinion": "剂量过大"}})
    assert write(world).codes == ()


@pytest.mark.parametrize("days", [2, 4], ids=["valid", "run out"])
def test_the_number_stays_when_the_validity_is_over(world: World, days: int) -> None:
    world.wait(days * 86_400)
    assert write(world).codes == ("ID_CONFLICT",)


def test_the_number_of_a_sold_prescription_stays(world: World) -> None:
    world.issue(disclosures={"identifiers": {"hiRxno": "9" * 26, "hospRxno": "RX2"}})
    rx = world.last_id
    world.approve(rx)
    world.claim(rx)
    world.review(rx)
    assert world.sell(rx, [code("8990002", 1)]).codes == ()
    assert write(world, "RX2").codes == ("ID_CONFLICT",)


def test_equal_numbers_of_two_hospitals_and_prescriptions_without_one_are_apart(world: World) -> None:
    assert write(world, hospital=H2, doctor=DOCTOR2).codes == ()
    assert write(world, "").codes == ()
    assert write(world, "").codes == ()
    assert write(world, "RX2").codes == ()
    assert [write(world, "无").codes for _ in range(2)] == [(), ()], "who writes that there is none has none"


def test_consultations_that_have_no_number_share_none() -> None:
    """All that were opened with 无 stood under one key, and a look-up of it found the newest of anybody."""
    world = World()
    opened = world.open_consultation(mdtrtId="无")
    assert not [key for key in world.state if key.startswith("pvt/number/mdtrtId/")]
    assert world.record(keys.consultation_content(opened))["number"] == ""
    world.open_consultation(mdtrtId="M1")
    assert len([key for key in world.state if key.startswith("pvt/number/mdtrtId/")]) == 1
