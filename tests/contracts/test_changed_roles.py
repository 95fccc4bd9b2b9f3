"""Who is registered in another role since: the old key signs as neither, but in the own matters (S18)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts import keys
from contracts.decision import Decision
from contracts.effects.registry import kid_of
from contracts.facts import Signer
from tests.contracts.office import appeal, freeze, open_case
from tests.contracts.world import (
    DOCTOR,
    H1,
    OFFICERS,
    P1,
    PATIENT3,
    PHARMACIST,
    REGULATOR,
    YS1,
    World,
)


@pytest.fixture
def world() -> World:
    return World()


def register(world: World, code: str, role: str, **members: str) -> None:
    """The other officer registers somebody, anew."""
    named = {"identity": {"name": "甲", "certificate_number": PATIENT3}}
    given = {"code": code, "role": role, **members}
    assert world.act("registry.person", REGULATOR, OFFICERS[1:], given, named).codes == ()


def new_key(world: World, role: str, voucher: Signer, subject: str = DOCTOR) -> Decision:
    """A key in a role, for which somebody vouches."""
    members = {"subject": subject, "role": role, "key": {"alg": "ES256", "spki": "AAAA"}}
    named = [{"code": subject, "role": role}, {"code": voucher.code, "role": voucher.role}]
    facts = world.facts("registry.key", H1, (subject, voucher.code), {**members, "signers": named})
    return world.run(replace(facts, signers=(Signer(subject, role, kid_of(subject, "AAAA")), voucher)))


def test_who_is_registered_as_a_pharmacist_now_issues_nothing_with_the_doctors_key(world: World) -> None:
    """The registry said pharmacist, and the key went on prescribing, for as long as nobody revoked it."""
    issued = world.consult()
    register(world, DOCTOR, "hospital_pharmacist")
    refused = world.issue(*issued)
    assert refused.codes == ("ROLE_FORBIDDEN",)
    told = {"signer": 1, "claimed": "doctor", "registered": "hospital_pharmacist", "required": "doctor"}
    assert refused.findings[0].told == told
    register(world, DOCTOR, "doctor")
    assert world.issue(*issued).codes == ()


def test_the_doctors_key_reads_nothing_more_for_who_is_a_courier_now(world: World) -> None:
    """Any role may read, each what is for it: what it could before its role changed says nothing."""
    world.issue()
    asked = {"rx": world.last_id, "purpose": "treatment", "groups": ["lines"]}
    assert world.act("access.read", H1, (DOCTOR,), asked).codes == ()
    register(world, DOCTOR, "courier")
    assert world.act("access.read", H1, (DOCTOR,), asked).codes == ("ROLE_FORBIDDEN",)


def test_who_is_an_officer_no_more_freezes_nobody_and_vouches_for_no_key(world: World) -> None:
    past = Signer(OFFICERS[0], "officer", f"{OFFICERS[0]}#0")
    register(world, OFFICERS[0], "doctor")
    assert freeze(world).codes == ("ROLE_FORBIDDEN",)
    assert new_key(world, "doctor", past).codes == ("ROLE_FORBIDDEN",)
    assert new_key(world, "doctor", replace(past, code=OFFICERS[1], kid=f"{OFFICERS[1]}#0")).codes == ()


def test_another_department_or_the_same_role_again_changes_nothing(world: World) -> None:
    register(world, DOCTOR, "doctor", department="心内科")
    assert world.issue().codes == ()


def test_whose_role_changed_still_appeals_and_brings_the_next_key(world: World) -> None:
    """Who was registered wrongly is not without a word; the old key is still the person's own."""
    case = open_case(world)
    register(world, DOCTOR, "hospital_pharmacist")
    assert appeal(world, case=case).codes == ()
    old = Signer(DOCTOR, "doctor", f"{DOCTOR}#0")
    assert new_key(world, "hospital_pharmacist", old).codes == ()
    assert world.record(keys.key(kid_of(DOCTOR, "AAAA")))["role"] == "hospital_pharmacist"


def test_what_was_open_when_a_role_changed_is_closed_and_nothing_is_opened(world: World) -> None:
    """A duty that nobody can end would have stood open for ever."""
    world.open_duties()
    seen = world.open_consultation()
    for code in (DOCTOR, YS1):
        register(world, code, "courier")
    world.wait(360)
    world.close_consultation(seen)
    assert world.last is not None and world.last.codes == ()
    assert world.act("duty.closed", P1, (YS1,), {"site": P1}).codes == ()
    assert world.open_duty(YS1, P1).codes == ("ROLE_FORBIDDEN",)
    world.open_consultation()
    assert world.last.codes == ("ROLE_FORBIDDEN",)


def test_an_institution_signs_though_a_person_is_registered_by_its_code(world: World) -> None:
    world.issue()
    rx = world.last_id
    register(world, H1, "courier")
    asked = {"rx": rx, "purpose": "treatment", "groups": ["lines"]}
    assert world.act("access.read", H1, (H1,), asked).codes == ()


def test_nobody_elses_role_changes_with_one(world: World) -> None:
    register(world, PHARMACIST, "pharmacist")
    world.open_duties()
    world.issue()
    assert world.approve(world.last_id).codes == ("ROLE_FORBIDDEN",)
    assert world.act("duty.closed", P1, (YS1,), {"site": P1}).codes == ()
