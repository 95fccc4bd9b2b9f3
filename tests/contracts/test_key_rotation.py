"""A person's keys one after the other: what a new one ends stays ended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts import keys
from contracts.effects.registry import kid_of
from contracts.quantity import DAY_MS
from contracts.time import from_text
from tests.contracts.world import DOCTOR, H1, YS1, World


@pytest.fixture
def world() -> World:
    return World()


def test_a_person_rotates_the_own_key_with_the_old_one(world: World) -> None:
    members = {
        "subject": DOCTOR,
        "role": "doctor",
        "key": {"alg": "ES256", "spki": "AAAA"},
        "retires": {"kid": f"{DOCTOR}#0"},
    }
    facts = world.facts("registry.key", H1, (DOCTOR, DOCTOR), members)
    signers = (replace(facts.signers[0], kid=kid_of(DOCTOR, "AAAA")), facts.signers[1])
    assert world.run(replace(facts, signers=signers)).codes == ()
    world.wait(1)
    assert world.issue().codes[0] == "KEY_RETIRED"  # the world's doctor still signs with the old key


def _rotated(world: World, spki: str, retires: dict[str, str], old: str = "0") -> tuple[str, ...]:
    """The doctor's key `spki`, which the doctor's key `old` vouches for."""
    members = {"subject": DOCTOR, "role": "doctor", "key": {"alg": "ES256", "spki": spki}, "retires": retires}
    facts = world.facts("registry.key", H1, (DOCTOR, DOCTOR), members)
    kids = (kid_of(DOCTOR, spki), f"{DOCTOR}#{old}" if old == "0" else kid_of(DOCTOR, old))
    signers = tuple(replace(one, kid=kid) for one, kid in zip(facts.signers, kids, strict=True))
    return world.run(replace(facts, signers=signers)).codes


@pytest.mark.parametrize("kid", [f"{DOCTOR}#9", f"{YS1}#0"])
def test_who_mistypes_the_key_to_retire_is_told(world: World, kid: str) -> None:
    """It was passed over in silence: the old key went on signing, and its owner believed it ended."""
    assert _rotated(world, "AAAA", {"kid": kid}) == ("CODE_UNKNOWN",)
    assert world.issue().codes == ()


def test_a_key_that_ended_does_not_sign_again_because_a_later_one_retires_it_later(world: World) -> None:
    """Two newer keys of a person gave the first, which had ended, another year."""
    assert _rotated(world, "AAAA", {"kid": f"{DOCTOR}#0"}) == ()
    ended = world.record(keys.key(f"{DOCTOR}#0"))["to"]
    world.wait(60)
    later = {"kid": f"{DOCTOR}#0", "at": "2027-01-01T00:00:00Z"}
    assert _rotated(world, "BBBB", later, old="AAAA") == ()
    assert world.record(keys.key(f"{DOCTOR}#0"))["to"] == ended
    assert world.issue().codes[0] == "KEY_RETIRED"


def test_an_announced_end_may_be_moved_before_it_comes(world: World) -> None:
    """A retirement put off was refused by nobody, and logs in which the old key went on signing were."""
    world.put(keys.key(f"{DOCTOR}#0"), {**world.record(keys.key(f"{DOCTOR}#0")), "limit": None})
    assert _rotated(world, "AAAA", {"kid": f"{DOCTOR}#0", "at": "2026-03-02T00:01:00Z"}) == ()
    later = {"kid": f"{DOCTOR}#0", "at": "2027-01-01T00:00:00Z"}
    assert _rotated(world, "BBBB", later, old="AAAA") == ()
    world.wait(3600)
    assert world.issue().codes == ()


@pytest.mark.parametrize(("at", "ends"), [("2026-03-20T00:00:00Z", "at"), ("2026-06-01T00:00:00Z", "limit")])
def test_no_later_key_lengthens_the_validity_that_a_key_was_registered_with(
    world: World, at: str, ends: str
) -> None:
    limit = world.now_ms + 30 * DAY_MS
    kid = f"{DOCTOR}#0"
    world.put(keys.key(kid), {**world.record(keys.key(kid)), "to": limit, "limit": limit})
    assert _rotated(world, "AAAA", {"kid": kid, "at": at}) == ()
    assert world.record(keys.key(kid))["to"] == {"at": from_text(at), "limit": limit}[ends]


def test_a_key_of_older_software_is_never_lengthened(world: World) -> None:
    """It did not keep apart what limits a key and what retires it."""
    kid, end = f"{DOCTOR}#0", world.now_ms + DAY_MS
    record = {name: value for name, value in world.record(keys.key(kid)).items() if name != "limit"}
    world.put(keys.key(kid), {**record, "to": end})
    assert _rotated(world, "AAAA", {"kid": kid, "at": "2026-06-01T00:00:00Z"}) == ()
    assert world.record(keys.key(kid))["to"] == end


def test_a_key_may_be_retired_earlier_than_announced(world: World) -> None:
    assert _rotated(world, "AAAA", {"kid": f"{DOCTOR}#0", "at": "2027-01-01T00:00:00Z"}) == ()
    world.wait(60)
    assert _rotated(world, "BBBB", {"kid": f"{DOCTOR}#0"}, old="AAAA") == ()
    assert world.record(keys.key(f"{DOCTOR}#0"))["to"] == world.now_ms
