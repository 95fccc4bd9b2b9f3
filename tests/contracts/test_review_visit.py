"""REVIEW-4: a record with two patients' numbers approves a prescription that nobody read (S47)."""

from __future__ import annotations

import pytest

from contracts.decision import Decision
from tests.contracts.office import rulebook
from tests.contracts.world import H1, PHARMACIST, World


@pytest.fixture
def world() -> World:
    made = World()
    assert rulebook(made, review_visit_compared=1).codes == ()
    return made


def issued(world: World, visit: str) -> str:
    consultation = world.open_consultation(mdtrtId=visit)
    world.wait(360)
    assert world.issue(consultation, world.close_consultation(consultation)).codes == ()
    return world.last_id


def approve(world: World, rx: str, **numbers: str) -> Decision:
    members = {"rx": rx, "reviewer": PHARMACIST, "decision": "approved"}
    told = {"clinical": {"opinion": "适宜"}, **({"identifiers": numbers} if numbers else {})}
    return world.act("review.hospital", H1, (PHARMACIST,), members, told)


def test_an_approval_does_not_land_on_a_prescription_that_nobody_read(world: World) -> None:
    found = approve(world, issued(world, "V1"), mdtrtId="V2")
    assert found.codes == ("REVIEW_CONTRADICTS",)
    assert (found.findings[0].class_, found.findings[0].told) == ("DATA_QUALITY", {"member": "mdtrtId"})


def test_a_review_names_its_own_visit(world: World) -> None:
    assert approve(world, issued(world, "V1"), mdtrtId="V1").codes == ()


@pytest.mark.parametrize("numbers", [{}, {"mdtrtId": "无"}, {"rxTraceCode": "1"}])
def test_a_review_without_a_visit_or_with_a_word_for_none(world: World, numbers: dict[str, str]) -> None:
    assert approve(world, issued(world, "V1"), **numbers).codes == ()


def test_where_the_consultation_had_no_number_nothing_is_compared(world: World) -> None:
    assert approve(world, issued(world, "无"), mdtrtId="V2").codes == ()


def test_where_no_rulebook_asks_the_review_is_taken() -> None:
    world = World()
    assert approve(world, issued(world, "V1"), mdtrtId="V2").codes == ()
