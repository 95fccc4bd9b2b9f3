"""SEPARATION-5: one officer who made a second one, or took a colleague's name, signed for two (S11, A01)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.office import rulebook
from tests.contracts.world import DOCTOR, OFFICERS, REGULATOR, World

ALONE, NEW = OFFICERS[:1], "G990000000009"
REFUSED = ("DUAL_CONTROL_REQUIRED",)
PERSON = {"identity": {"name": "苏木"}}


@pytest.fixture
def world() -> World:
    made = World()
    assert rulebook(made, officials_by_two=1).codes == ()
    return made


def enrol(world: World, by: tuple[str, ...], code: str = NEW, role: str = "officer") -> Decision:
    return world.act("registry.person", REGULATOR, by, {"code": code, "role": role}, PERSON)


def bring_key(
    world: World, subject: str, by: tuple[str, ...], role: str = "officer", own: tuple[str, ...] = ("#7",)
) -> Decision:
    """`subject` proves possession with each of its `own` keys, of which #7 is new; others vouch."""
    members = {"subject": subject, "role": role, "key": {"alg": "ES256", "spki": "AAAA"}}
    people = (*[subject] * len(own), *by)
    told = [{"code": code, "role": role if code == subject else "officer"} for code in people]
    facts = world.facts("registry.key", REGULATOR, people, members)
    shown = [replace(one, kid=subject + kid, role=role) for one, kid in zip(facts.signers, own, strict=False)]
    signers = (*shown, *facts.signers[len(own) :])
    return world.run(replace(facts, payload={**facts.payload, "signers": told}, signers=signers))


@pytest.mark.parametrize("role", ["officer", "fund_officer"])
def test_one_officer_makes_no_second_officer(world: World, role: str) -> None:
    assert enrol(world, ALONE, role=role).codes == REFUSED
    assert enrol(world, (OFFICERS[0], OFFICERS[0]), role=role).codes == REFUSED
    assert world.record(keys.GENESIS) and world.state.get(keys.person(NEW)) is None


def test_one_officer_brings_no_key_in_a_colleagues_name(world: World) -> None:
    assert bring_key(world, OFFICERS[1], ALONE).codes == REFUSED


def test_two_officers_make_a_third(world: World) -> None:
    assert enrol(world, OFFICERS).codes == ()
    assert bring_key(world, NEW, ALONE).codes == ()


def test_two_signatures_make_room_for_one_key(world: World) -> None:
    assert enrol(world, OFFICERS).codes == ()
    assert bring_key(world, NEW, ALONE).codes == ()
    assert bring_key(world, NEW, ALONE, own=("#8",)).codes == REFUSED


def test_who_lost_the_key_is_registered_again_by_two(world: World) -> None:
    assert enrol(world, OFFICERS, code=OFFICERS[1]).codes == ()
    assert bring_key(world, OFFICERS[1], ALONE).codes == ()


def test_who_was_registered_by_one_before_the_rulebook_asked_gets_no_key_by_one() -> None:
    world = World()
    assert enrol(world, ALONE).codes == ()
    assert rulebook(world, officials_by_two=1).codes == ()
    assert bring_key(world, NEW, ALONE).codes == REFUSED


def test_who_has_the_old_key_renews_it_alone(world: World) -> None:
    assert bring_key(world, OFFICERS[1], (), own=("#7", "#0")).codes == ()


def test_a_doctor_is_registered_by_one_officer(world: World) -> None:
    assert enrol(world, ALONE, "D990000000009", "doctor").codes == ()
    assert bring_key(world, DOCTOR, ALONE, "doctor").codes == ()


def test_an_officer_who_leaves_the_office_is_registered_by_one(world: World) -> None:
    assert enrol(world, ALONE, OFFICERS[1], "courier").codes == ()


def test_where_no_rulebook_asks_one_officer_is_enough() -> None:
    assert enrol(World(), ALONE).codes == ()
