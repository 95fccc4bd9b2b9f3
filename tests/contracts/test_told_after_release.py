"""What a shop tells late of its own sale, after it let the prescription go to another shop.

The counter took the pack back at noon and released the prescription; the stock channel reports in the
evening. A trial day of messages showed it accused of reporting on what it does not hold.
"""

from __future__ import annotations

import pytest

from contracts import keys
from contracts.groups import REPORTS
from tests.contracts.fund import FUND, with_fund
from tests.contracts.world import (
    FUND_OFFICER,
    METFORMIN,
    P1,
    P2,
    PATIENT2,
    YS1,
    YS3,
    YS4,
    World,
    code,
)

OURS, THEIRS = code("8990002", 1), code("8990002", 11)


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([OURS])
    made.receive([THEIRS], P2, YS3)
    return with_fund(made)


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
def test_old_stock_without_codes_is_told_of_late_by_its_number(world: World, type_: str) -> None:
    world.put(keys.uncoded(P1, METFORMIN), {"lots": {"L1": {"packs": 2, "valid_to": "2027-01-01"}}})
    pack = {"code": "", "line": 0, "uncoded": True, "lot": "L1"}
    line = {"drug": METFORMIN, "quantity": "1", "unit": "盒"}
    rx = world.ready()
    assert world.sell(rx, [], listed=[pack], lines=[line], settlement="S1").codes == ()
    assert world.give_back(rx, [], listed=[pack], lines=[line]).codes == ()
    assert world.act("prescription.released", P1, (YS1,), {"rx": rx}).codes == ()
    for number, codes in (("S1", ()), ("S9", ("RX_NOT_CLAIMED",))):
        groups = {"identifiers": {"setl_id": number}, "codes": [{**pack, "drug": METFORMIN}]}
        lines = {"lines": [line]} if type_ == "dispensing.reported" else {}
        assert world.act(type_, P1, (YS1,), {"rx": rx}, {**groups, **lines}).codes == codes


@pytest.mark.parametrize("type_", REPORTS)
def test_who_released_tells_of_no_sale_that_never_was(world: World, type_: str) -> None:
    """Another pack, another number, another shop's sale: none of them is the own one."""
    rx = _released(world)
    assert _told(world, type_, rx, "S9")[0] == "RX_NOT_CLAIMED"
    assert _told(world, type_, rx, pack=code("8990002", 2))[0] == "RX_NOT_CLAIMED"
    assert _told(world, type_, rx, shop=P2)[0] == "RX_NOT_CLAIMED"


def _fund_tells(world: World, rx: str) -> tuple[str, ...]:
    groups = {"identifiers": {"setl_id": "S1"}, "codes": [{"code": OURS, "drug": METFORMIN}]}
    return world.act("settlement.reported", FUND, (FUND_OFFICER,), {"rx": rx}, groups).codes


def test_the_funds_late_record_of_the_first_shops_sale_sells_nothing_at_the_next(world: World) -> None:
    """It stood as a sale of the shop that held the prescription by then.

    So the first shop, which sold the pack that had come back, was refused as if it were another's (回流药).
    """
    rx = _released(world)
    assert world.claim(rx, P2, YS3).codes == ()
    assert _fund_tells(world, rx) == ()
    [sale] = world.record(keys.trace_code(f"t.codes.{OURS}"))["sales"]
    assert (sale["shop"], sale["channels"]) == (P1, ["dispensing.dispensed", "settlement.reported"])
    other = world.ready(patient=PATIENT2)
    assert world.sell(other, [OURS], settlement="S3").codes == ()


def test_the_fund_tells_of_a_sale_whose_prescription_nobody_holds_any_more(world: World) -> None:
    """It was refused, and its officer named for a violation."""
    assert _fund_tells(world, _released(world)) == ()
