"""A frozen officer acts for the office no more, and is heard; whoever froze can always act (S11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from contracts.decision import Decision
from contracts.effects.registry import kid_of
from contracts.facts import Signer
from tests.contracts.office import THIRD, WHY, appeal, freeze, officers, open_case, rulebook, score, step_of
from tests.contracts.world import (
    DOCTOR,
    DOCTOR2,
    FUND_OFFICER,
    METFORMIN,
    OFFICERS,
    PATIENT3,
    REGULATOR,
    ROLES,
    World,
)

FOURTH = "G990000000004"
FREE = (OFFICERS[1], THIRD)
FROZEN = ("STATE_FROZEN",)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """With four officers."""
    for officer in (THIRD, FOURTH):
        monkeypatch.setitem(ROLES, officer, "officer")
    return World()


def stop(world: World, officer: str = OFFICERS[0], by: tuple[str, ...] = FREE, scope: str = "all") -> str:
    named = {"drug": METFORMIN} if scope == "drug" else {}
    assert freeze(world, officer, scope, by=by, **named).codes == ()
    return world.last_id


def register(world: World, by: str) -> Decision:
    named = {"identity": {"name": "甲", "certificate_number": PATIENT3}}
    return world.act("registry.person", REGULATOR, (by,), {"code": DOCTOR2, "role": "doctor"}, named)


def revoke(world: World, by: str) -> Decision:
    return world.act("registry.revocation", REGULATOR, (by,), {"kid": f"{DOCTOR2}#0", "reason": "lost"})


def key_of(world: World, subject: str, voucher: str) -> Decision:
    """A new key of `subject`, for which an officer vouches."""
    role = ROLES[subject]
    members = {"subject": subject, "role": role, "key": {"alg": "ES256", "spki": "AAAA"}}
    named = [{"code": subject, "role": role}, {"code": voucher, "role": "officer"}]
    facts = world.facts("registry.key", REGULATOR, (subject, voucher), {**members, "signers": named})
    own = Signer(subject, role, kid_of(subject, "AAAA"))
    return world.run(replace(facts, signers=(own, Signer(voucher, "officer", f"{voucher}#0"))))


ACTS: tuple[Callable[[World, str], Decision], ...] = (
    lambda world, by: freeze(world, by=(by, THIRD)),
    lambda world, by: officers(
        world, "case", (by, THIRD), subject=DOCTOR, rules=["PACE-1"], evidence=[], due="2026-06-01T00:00:00Z"
    ),
    lambda world, by: officers(world, "knowledge_part", (by,), drugs=[], recalls=[]),
    register,
    revoke,
    lambda world, by: key_of(world, DOCTOR2, by),
)


@pytest.mark.parametrize("act", ACTS)
def test_a_frozen_officer_freezes_releases_registers_and_revokes_nothing(
    world: World, act: Callable[[World, str], Decision]
) -> None:
    """Two colleagues had frozen the officer, who froze, registered and revoked all the same."""
    frozen = stop(world)
    decision = act(world, OFFICERS[0])
    assert "STATE_FROZEN" in decision.codes
    [found] = [one for one in decision.findings if one.code == "STATE_FROZEN"]
    assert found.facts["freeze"] == frozen and found.told["subject"] == OFFICERS[0]
    assert "STATE_FROZEN" not in act(world, OFFICERS[1]).codes


def test_nobody_is_released_by_a_frozen_officer_or_fund_officer(world: World) -> None:
    freeze(world)
    doctors = world.last_id
    for signer in (OFFICERS[0], FUND_OFFICER):
        stop(world, signer)
    for pair in ((OFFICERS[0], FUND_OFFICER), (OFFICERS[1], FUND_OFFICER)):
        assert officers(world, "release", pair, freeze=doctors).codes == FROZEN


def test_a_frozen_officer_acts_again_from_the_end_of_the_freeze(world: World) -> None:
    stop(world)  # until the ninth of March
    world.wait(7 * 86_400 - 0.001)
    assert rulebook(world).codes == FROZEN
    world.wait(0.001)
    assert rulebook(world).codes == ()


def test_a_frozen_officer_acts_again_when_two_roles_released_it(world: World) -> None:
    frozen = stop(world)
    assert officers(world, "release", (OFFICERS[1], FUND_OFFICER), freeze=frozen).codes == ()
    assert rulebook(world).codes == ()


def test_a_frozen_officer_is_heard_and_brings_the_own_key(world: World) -> None:
    frozen = stop(world)
    assert appeal(world, OFFICERS[0], REGULATOR, freeze=frozen).codes == ()
    told = {**WHY, "subject": OFFICERS[0]}
    assert world.act("governance.self_report", REGULATOR, OFFICERS[:1], told).codes == ()
    assert key_of(world, OFFICERS[0], OFFICERS[1]).codes == ()


def test_a_frozen_officer_registers_not_even_the_own_person(world: World) -> None:
    """The own key is a key; another role or licence for oneself is an act of the office."""
    stop(world)
    named = {"identity": {"name": "甲", "certificate_number": PATIENT3}}
    own = {"code": OFFICERS[0], "role": "officer"}
    assert world.act("registry.person", REGULATOR, OFFICERS[:1], own, named).codes == FROZEN
    days = {"valid_from": "2026-01-01", "valid_to": "2027-01-01"}
    licence = {"person": OFFICERS[0], "licence": "L1", "sites": [REGULATOR], "scope": [], **days}
    assert world.act("registry.licence", REGULATOR, OFFICERS[:1], licence).codes == FROZEN


def test_who_freezes_can_always_act(world: World) -> None:
    """However officers freeze each other, two of them are left."""
    stop(world, OFFICERS[0])
    stop(world, FOURTH)
    assert freeze(world, FREE[0], by=(FREE[1], FOURTH)).codes == FROZEN
    assert rulebook(world).codes == FROZEN
    members = {"version": "2", "parameters": {}}
    assert world.act("governance.rulebook", REGULATOR, FREE, members).codes == ()


def test_an_officer_frozen_for_one_drug_or_with_points_stays_in_office(world: World) -> None:
    """Points are about what the fund pays for: the office decides who is an officer."""
    stop(world, scope="drug")
    assert rulebook(world).codes == ()
    assert score(world, 12, OFFICERS[1], by=(THIRD, FOURTH)).codes == ()
    assert rulebook(world).codes == ()


def test_the_case_of_a_frozen_doctor_goes_its_steps(world: World) -> None:
    """Whom a measure concerns stops nobody who decides about it."""
    case = open_case(world)
    freeze(world)
    assert step_of(world, case, "notified").codes == ()
