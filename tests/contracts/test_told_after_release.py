"""What a shop tells late of its own sale, after it let the prescription go to another shop.

The counter took the pack back at noon and released the prescription; the stock channel reports in the
evening. A trial day of messages showed it accused of reporting on what it does not hold.
"""

from __future__ import annotations

import pytest

from contracts import keys
from contracts.groups import REPORTS
from tests.contracts.world import METFORMIN, P1, P2, PATIENT2, YS1, YS3, YS4, World, code

OURS, THEIRS = code("8990002", 1), code("8990002", 11)


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([OURS])
    made.receive([THEIRS], P2, YS3)
    return made


def _released(world: World) -> str:
    rx = world.ready()
    assert world.sell(rx, [OURS], settlement="S1").codes == ()
    assert world.give_back(rx, [OURS]).codes == ()
    assert world.act("prescription.released", P1, (YS1,), {"rx": rx}).codes == ()
    return rx


def _told(
    world: World, type_: str, rx: str, sale: str = "S1", shop: str = P1, pack: str = OURS
) -> tuple[str, ...]:
    groups: dict[str, object] = {"identifiers": {"setl_id": sale}, "codes": [{"code": pack, "line": 0}]}
    if type_ == "dispensing.reported":
        groups["lines"] = [{"drug": METFORMIN, "quantity": "1", "unit": "盒"}]
    return world.act(type_, shop, (YS1 if shop == P1 else YS3,), {"rx": rx}, groups).codes


@pytest.mark.parametrize("claimed", [False, True])
@pytest.mark.parametrize("type_", REPORTS)
def test_a_shop_is_not_accused_for_telling_late_of_what_it_sold_before_it_released(
    world: World, type_: str, claimed: bool
) -> None:
    """RX_NOT_CLAIMED, a violation, for the other channel of a sale that is on the ledger."""
    rx = _released(world)
    if claimed:
        assert world.claim(rx, P2, YS3).codes == ()
    assert _told(world, type_, rx) == ()
    assert world.record(keys.trace_code(f"t.codes.{OURS}"))["state"] == "stocked"


def test_what_is_told_after_the_release_sells_nothing(world: World) -> None:
    """The pack is sold to the next patient, and the next shop serves the prescription in full."""
    rx = _released(world)
    assert _told(world, "settlement.reported", rx) == ()
    assert world.claim(rx, P2, YS3).codes == ()
    assert world.review(rx, P2, (YS3, YS4)).codes == ()
    assert world.sell(rx, [THEIRS], P2, settlement="S2").codes == ()
    assert _told(world, "dispensing.reported", rx) == ()
    assert _told(world, "dispensing.reported", rx, "S2", P2, THEIRS) == ()
    other = world.ready(patient=PATIENT2)
    assert world.sell(other, [OURS], settlement="S3").codes == ()


@pytest.mark.parametrize("type_", REPORTS)
def test_who_released_tells_of_no_sale_that_never_was(world: World, type_: str) -> None:
    """Another pack, another number, another shop's sale: none of them is the own one."""
    rx = _released(world)
    assert _told(world, type_, rx, "S9")[0] == "RX_NOT_CLAIMED"
    assert _told(world, type_, rx, pack=code("8990002", 2))[0] == "RX_NOT_CLAIMED"
    assert _told(world, type_, rx, shop=P2)[0] == "RX_NOT_CLAIMED"
