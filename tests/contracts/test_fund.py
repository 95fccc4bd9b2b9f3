"""What the fund says of a sale: it speaks of the shop that sold, never of a sale of its own."""

from __future__ import annotations

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.world import FUND_OFFICER, METFORMIN, P1, World, code

FUND = "F99000000001"
PACK, OTHER = code("8990002", 1), code("8990002", 2)


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([PACK, OTHER])
    made.put(keys.organisation(FUND), {"role": "fund", "service_modes": []})
    return made


def _told(world: World, type_: str, rx: str, number: str = "S1", pack: str = PACK) -> Decision:
    disclosed = {"identifiers": {"setl_id": number}, "codes": [{"code": pack, "drug": METFORMIN}]}
    return world.act(type_, FUND, (FUND_OFFICER,), {"rx": rx}, disclosed)


def _sold(world: World) -> str:
    rx = world.ready()
    world.sell(rx, [PACK], settlement="S1")
    return rx


def test_the_funds_report_of_a_sale_is_that_sale(world: World) -> None:
    """It was refused, and its officer accused, as if the fund had sold the pack a second time."""
    rx = _sold(world)
    assert _told(world, "settlement.reported", rx).codes == ()
    [sale] = world.record(keys.trace_code(f"t.codes.{PACK}"))["sales"]
    assert sale["channels"] == ["dispensing.dispensed", "settlement.reported"]


def test_a_sale_that_the_fund_tells_first_is_the_shops(world: World) -> None:
    rx = world.ready()
    assert _told(world, "settlement.reported", rx).codes == ()
    assert world.record(keys.trace_code(f"t.codes.{PACK}"))["org"] == P1
    assert world.sell(rx, [PACK], settlement="S1").codes == ()


def test_another_sale_of_the_pack_is_a_second_one_whoever_tells_it(world: World) -> None:
    rx = _sold(world)
    assert _told(world, "settlement.reported", rx, "S9").codes == ("TRACE_ALREADY_DISPENSED_HERE",)


def test_the_fund_does_not_settle_for_a_frozen_shop(world: World) -> None:
    """The fund's own statement passed the shop's freeze by."""
    rx = _sold(world)
    freeze = {"id": "f", "scope": "all", "until": world.now_ms + 1000, "by": "officers"}
    world.put(keys.freezes(P1), {"freezes": [freeze]})
    assert _told(world, "settlement.reported", rx).codes == ("STATE_FROZEN",)


def test_of_what_nobody_holds_the_fund_has_nothing_to_tell(world: World) -> None:
    world.issue()
    assert _told(world, "settlement.reported", world.last_id).codes == ("RX_NOT_CLAIMED",)
