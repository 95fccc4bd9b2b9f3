"""What a stolen key or authenticator signed is not dispensed, whatever it was (security §4, C06)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from contracts.facts import Presence, Signer
from contracts.time import to_text
from tests.contracts.world import (
    DOCTOR,
    H1,
    OFFICERS,
    P1,
    P2,
    PHARMACIST,
    REGULATOR,
    YS1,
    YS2,
    YS3,
    YS4,
    World,
    code,
)

PACK, OTHER, STOLEN = code("8990002", 1), code("8990002", 2), ("KEY_COMPROMISE_WINDOW",)
LONG_AGO = "2026-03-01T00:00:00Z"


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([PACK, OTHER])
    return made


def _report_stolen(world: World, since: str = LONG_AGO, **named: str) -> None:
    given = {"reason": "compromise", "compromised_from": since, **named}
    assert world.act("registry.revocation", REGULATOR, OFFICERS[:1], given).codes == ()


def _colleague(world: World) -> None:
    """Somebody else stands at the first pharmacy's counter."""
    world.act("duty.closed", P2, (YS3,), {"site": P2})
    world.open_duty(YS3, P1)


@pytest.mark.parametrize(
    "named",
    [
        {"kid": f"{DOCTOR}#0"},
        {"kid": f"{PHARMACIST}#0"},
        {"kid": f"{YS2}#0"},
        {"credential_id": f"cred-{DOCTOR}"},
    ],
)
def test_nothing_is_dispensed_that_stolen_keys_brought_this_far(world: World, named: dict[str, str]) -> None:
    """Only the doctor's key counted: a stolen pharmacist's key approved, and colleagues sold."""
    rx = world.ready()
    _report_stolen(world, **named)
    _colleague(world)
    assert world.sell(rx, [PACK], pair=(YS1, YS3)).codes == STOLEN


@pytest.mark.parametrize(("seconds", "codes"), [(-1, STOLEN), (0, STOLEN), (1, ())])
def test_a_key_counts_as_stolen_from_its_time_on(world: World, seconds: int, codes: tuple[str, ...]) -> None:
    world.issue()
    rx = world.last_id
    world.wait(60)
    reviewed_ms = world.now_ms
    world.approve(rx)
    world.claim(rx)
    world.review(rx)
    world.wait(3_600)
    _report_stolen(world, to_text(reviewed_ms + seconds * 1000), kid=f"{PHARMACIST}#0")
    assert world.sell(rx, [PACK]).codes == codes


def test_what_was_signed_before_the_theft_is_dispensed(world: World) -> None:
    rx = world.ready()
    world.wait(60)
    _report_stolen(world, to_text(world.now_ms - 1000), kid=f"{PHARMACIST}#0")
    assert world.sell(rx, [PACK]).codes == ()


def test_reviewed_again_by_others_it_is_dispensed(world: World) -> None:
    """A release voids the pharmacy's review, and with it what its stolen key said."""
    rx = world.ready()
    _report_stolen(world, kid=f"{YS2}#0")
    assert world.act("prescription.released", P1, (YS1,), {"rx": rx}).codes == ()
    assert world.claim(rx, P2, YS3).codes == ()
    assert world.review(rx, P2, (YS3, YS4)).codes == ()
    world.receive([OTHER], P2, YS3)
    assert world.sell(rx, [OTHER], P2).codes == ()


def _renew(world: World, rx: str, days: int, kid: str) -> Decision:
    disclosed = {"clinical": {"reason": "r"}}
    made = world.facts("prescription.renewed", H1, (DOCTOR,), {"rx": rx, "validity_days": days}, disclosed)
    return world.run(replace(made, signers=(Signer(DOCTOR, "doctor", kid, Presence(f"cred-{DOCTOR}", 0)),)))


def test_a_stolen_key_lengthens_no_prescription(world: World) -> None:
    """One day became three with a second key of the doctor's, which a thief had."""
    world.put(keys.key(f"{DOCTOR}#1"), {"subject": DOCTOR, "role": "doctor", "from": 0})
    rx = world.ready(validity_days=1)
    assert _renew(world, rx, 3, f"{DOCTOR}#1").codes == ()
    _report_stolen(world, to_text(world.now_ms - 1000), kid=f"{DOCTOR}#1")
    assert world.sell(rx, [PACK]).codes == STOLEN


@pytest.mark.parametrize(
    ("named", "codes"), [({"kid": f"{DOCTOR}#0"}, STOLEN), ({"kid": f"{PHARMACIST}#0"}, ())]
)
def test_of_a_prescription_of_before_the_issue_alone_is_known(
    world: World, named: dict[str, str], codes: tuple[str, ...]
) -> None:
    rx = world.ready()
    record: dict[str, Any] = world.record(keys.rx(rx))
    del record["signed"]
    world.put(keys.rx(rx), record)
    _report_stolen(world, **named)
    assert world.sell(rx, [PACK]).codes == codes


# -- since when it counts as stolen ----------------------------------------------------------------


def _moved(world: World, since: str | None, by: tuple[str, ...], **named: str) -> tuple[str, ...]:
    """The codes of another report of the same theft."""
    given = {"reason": "compromise", **({"compromised_from": since} if since else {}), **named}
    return world.act("registry.revocation", REGULATOR, by, given).codes


@pytest.mark.parametrize("named", [{"kid": f"{DOCTOR}#0"}, {"credential_id": f"cred-{DOCTOR}"}])
@pytest.mark.parametrize("reason", ["compromise", "lost"])
def test_one_officer_makes_nothing_forged_count_again(
    world: World, named: dict[str, str], reason: str
) -> None:
    """A later start of the same theft, and the thief's prescription was dispensed."""
    rx = world.ready()
    _report_stolen(world, **named)
    later = to_text(world.now_ms)
    assert _moved(world, later, OFFICERS[:1], reason=reason, **named) == ("DUAL_CONTROL_REQUIRED",)
    assert world.act("registry.revocation", REGULATOR, OFFICERS[:1], {"reason": "left", **named}).codes == ()
    assert world.sell(rx, [PACK]).codes == STOLEN


def test_one_officer_twice_are_not_two(world: World) -> None:
    _report_stolen(world, kid=f"{DOCTOR}#0")
    twice = (OFFICERS[0], OFFICERS[0])
    assert _moved(world, to_text(world.now_ms), twice, kid=f"{DOCTOR}#0") == ("DUAL_CONTROL_REQUIRED",)


def test_two_officers_put_a_mistyped_start_right(world: World) -> None:
    """An honest prescription of before the theft is not lost for ever by a wrong date."""
    rx = world.ready()
    world.wait(60)
    _report_stolen(world, kid=f"{DOCTOR}#0")
    assert world.sell(rx, [PACK]).codes == STOLEN
    assert _moved(world, to_text(world.now_ms), OFFICERS, kid=f"{DOCTOR}#0") == ()
    assert world.sell(rx, [PACK]).codes == ()


@pytest.mark.parametrize(("seconds", "codes"), [(-1, ()), (0, ()), (1, ("DUAL_CONTROL_REQUIRED",))])
def test_one_officer_moves_the_start_back_and_never_forward(
    world: World, seconds: int, codes: tuple[str, ...]
) -> None:
    _report_stolen(world, "2026-03-01T00:00:10Z", kid=f"{DOCTOR}#0")
    moved = f"2026-03-01T00:00:{10 + seconds:02}Z"
    assert _moved(world, moved, OFFICERS[:1], kid=f"{DOCTOR}#0") == codes
    assert _moved(world, None, OFFICERS[:1], kid=f"{DOCTOR}#0") == (), "always is the widest"


def test_who_first_calls_a_lost_key_stolen_needs_no_second_officer(world: World) -> None:
    """It was revoked as lost before: nothing counted as forged yet, and every hour counts."""
    lost = {"kid": f"{DOCTOR}#0", "reason": "lost"}
    assert world.act("registry.revocation", REGULATOR, OFFICERS[:1], lost).codes == ()
    assert _moved(world, LONG_AGO, OFFICERS[:1], kid=f"{DOCTOR}#0") == ()


def test_of_key_and_authenticator_together_neither_is_narrowed(world: World) -> None:
    _report_stolen(world, credential_id=f"cred-{DOCTOR}")
    both = {"kid": f"{DOCTOR}#0", "credential_id": f"cred-{DOCTOR}"}
    assert _moved(world, to_text(world.now_ms), OFFICERS[:1], **both) == ("DUAL_CONTROL_REQUIRED",)
