"""R1: the doctor who wrote a prescription may make it valid for longer, up to three days from its issue."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contracts import Decision, keys
from contracts.facts import Presence
from contracts.quantity import DAY_MS
from tests.contracts.world import (
    DOCTOR,
    DOCTOR2,
    H1,
    H2,
    OFFICERS,
    PHARMACIST,
    REGULATOR,
    World,
    code,
)

PACK = code("8990002", 1)


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([PACK])
    return made


def issued(world: World, days: int = 1) -> str:
    assert world.issue(validity_days=days).codes == ()
    return world.last_id


def renew(world: World, rx: str, days: int, by: str = DOCTOR, at: str = H1, present: bool = True) -> Decision:
    facts = world.facts("prescription.renewed", at, (by,), {"rx": rx, "validity_days": days})
    if present:
        shown = Presence(f"cred-{by}", 0)
        facts = replace(facts, signers=tuple(replace(one, presence=shown) for one in facts.signers))
    return world.run(facts)


def test_a_renewed_prescription_is_sold_on_its_third_day(world: World) -> None:
    rx = world.ready(validity_days=1)
    assert renew(world, rx, 3).codes == ()
    assert world.record(keys.rx(rx))["expires"] == world.record(keys.rx(rx))["issued"] + 3 * DAY_MS
    world.wait(2 * 86_400)
    world.open_duties()
    assert world.sell(rx, [PACK]).codes == ()


def test_without_it_the_prescription_is_over(world: World) -> None:
    rx = world.ready(validity_days=1)
    world.wait(2 * 86_400)
    world.open_duties()
    assert world.sell(rx, [PACK]).codes == ("RX_EXPIRED",)


def test_what_is_over_is_not_renewed(world: World) -> None:
    rx = issued(world)
    world.wait(86_400 + 1)
    assert renew(world, rx, 3).codes == ("RX_EXPIRED",)


@pytest.mark.parametrize(
    ("days", "codes"),
    [
        (0, {"TIME_ORDER", "RX_VALIDITY_LIMIT"}),
        (1, {"TIME_ORDER"}),
        (2, {"TIME_ORDER"}),
        (3, set()),
        (4, {"RX_VALIDITY_LIMIT"}),
    ],
)
def test_it_ends_later_than_before_and_within_three_days_of_the_issue(
    world: World, days: int, codes: set[str]
) -> None:
    rx = issued(world, 2)
    assert set(renew(world, rx, days).codes) == codes


def test_a_renewal_leaves_the_status(world: World) -> None:
    rx = world.ready(validity_days=1)
    before = world.record(keys.rx(rx))["stage"]
    assert renew(world, rx, 2).codes == ()
    assert world.record(keys.rx(rx))["stage"] == before == "PHARMACY_APPROVED"


def test_only_its_prescriber_renews_it(world: World) -> None:
    rx = issued(world)
    assert renew(world, rx, 2, DOCTOR2, H1).codes[0] == "SIGNER_NOT_ATTENDING"
    assert "ORG_SCOPE" in renew(world, rx, 2, DOCTOR2, H2).codes
    assert "ROLE_FORBIDDEN" in renew(world, rx, 2, PHARMACIST).codes


def test_a_renewal_needs_presence(world: World) -> None:
    assert renew(world, issued(world), 2, present=False).codes == ("HUM_ASSERTION_MISSING",)


def test_a_cancelled_or_refused_prescription_is_not_renewed(world: World) -> None:
    rx = issued(world)
    world.act("prescription.cancelled", H1, (DOCTOR,), {"rx": rx})
    assert renew(world, rx, 2).codes == ("RX_CANCELLED",)
    rx = issued(world)
    world.approve(rx, decision="refused")
    assert renew(world, rx, 2).codes == ("REVIEW_REJECTED",)


def test_a_renewal_of_a_cancelled_prescription_is_told_that_and_not_to_name_a_later_day(world: World) -> None:
    rx = issued(world)
    world.act("prescription.cancelled", H1, (DOCTOR,), {"rx": rx})
    assert renew(world, rx, 1).codes == ("RX_CANCELLED",)


def test_who_is_frozen_renews_nothing(world: World) -> None:
    rx = issued(world)
    members: dict[str, Any] = {"subject": DOCTOR, "scope": "all", "reason": "核查"}
    members["until"] = "2026-03-09T00:00:00Z"
    world.act("governance.freeze", REGULATOR, OFFICERS, members)
    assert renew(world, rx, 2).codes == ("STATE_FROZEN",)
