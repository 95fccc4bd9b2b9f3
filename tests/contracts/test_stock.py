"""What leaves a shop's stock without a sale is not sold there, and what is sold is not lost as well."""

from __future__ import annotations

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.world import (
    METFORMIN,
    OSELTAMIVIR,
    P1,
    P2,
    PATIENT2,
    YS1,
    YS2,
    YS3,
    World,
    code,
)

PACK, OTHER = code("8990002", 1), code("8990002", 2)
LEAVING = ("lost", "destroyed", "expired", "returned_to_supplier", "transferred_out")
IN_HAND = ("found", "destroyed", "expired")


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([PACK, OTHER])
    return made


def adjust(world: World, reason: str, codes: list[str], pharmacy: str = P1, by: str = YS1) -> Decision:
    """The shop says that packs left its stock, or are there again."""
    listed = [{"code": one, "drug": METFORMIN} for one in codes]
    return world.act("stock.adjusted", pharmacy, (by,), {"reason": reason}, {"codes": listed})


def _sell(world: World, pharmacy: str = P1) -> tuple[str, ...]:
    rx = world.ready(pharmacy)
    return world.sell(rx, [PACK], pharmacy, settlement="S1").codes


@pytest.mark.parametrize("reason", LEAVING)
def test_what_left_the_stock_is_not_sold_there_until_it_is_found(world: World, reason: str) -> None:
    assert adjust(world, reason, [PACK]).codes == ()
    assert _sell(world) == ("TRACE_NOT_RESALABLE",)
    assert adjust(world, "found", [PACK]).codes == ()
    assert _sell(world) == ()


@pytest.mark.parametrize(
    ("reason", "codes"), [("transferred_out", ()), ("destroyed", ("TRACE_NOT_RESALABLE",))]
)
def test_what_was_handed_on_is_sold_where_it_went(world: World, reason: str, codes: tuple[str, ...]) -> None:
    """What was destroyed is sold nowhere."""
    adjust(world, reason, [PACK])
    world.receive([PACK], P2, YS3)
    assert _sell(world, P2) == codes


@pytest.mark.parametrize(("delivered", "codes"), [(True, ()), (False, ("TRACE_NOT_RESALABLE",))])
def test_a_shop_does_not_take_anothers_pack_off_the_shelf_by_a_slip_of_the_pen(
    world: World, delivered: bool, codes: tuple[str, ...]
) -> None:
    """It wrote down as destroyed what it never had: whoever had it was refused, and could not mend it."""
    pack = code("8990002", 50)
    if delivered:
        world.receive([pack], P2, YS3)
    assert adjust(world, "destroyed", [pack]).codes == ("NO_INBOUND",)
    sold = world.sell(world.ready(P2), [pack], P2)
    assert tuple(one.code for one in sold.findings if one.strength == "refuse") == codes


@pytest.mark.parametrize(("reason", "codes"), [("lost", ()), ("destroyed", ("TRACE_NOT_RESALABLE",))])
def test_a_new_delivery_brings_back_all_but_what_was_destroyed(
    world: World, reason: str, codes: tuple[str, ...]
) -> None:
    """Nor does another word for it."""
    adjust(world, reason, [PACK])
    adjust(world, "transferred_out", [PACK])
    world.receive([PACK])
    assert _sell(world) == codes


def test_a_pack_that_left_is_neither_reported_nor_put_right_as_sold(world: World) -> None:
    adjust(world, "lost", [PACK])
    rx = world.ready()
    listed = {"identifiers": {"setl_id": "S1"}, "codes": [{"code": PACK, "drug": METFORMIN}]}
    told = world.act("settlement.reported", P1, (YS1,), {"rx": rx}, listed)
    assert told.codes == ("TRACE_NOT_RESALABLE",)
    world.sell(rx, [OTHER], settlement="S2")
    swap = {
        "lines": [{"drug": METFORMIN, "quantity": "1", "unit": "盒"}],
        "codes": [{"wrong": OTHER, "code": PACK, "line": 0}],
    }
    members = {"rx": rx, "sale": world.last_id}
    assert world.act("dispensing.corrected", P1, (YS1,), members, swap).codes == ("TRACE_NOT_RESALABLE",)


def test_a_late_report_of_a_sale_is_none_of_a_pack_that_left_since(world: World) -> None:
    """It came back from its customer and was destroyed before the shop's other system told of its sale."""
    rx = world.ready()
    world.sell(rx, [PACK], settlement="S1")
    world.give_back(rx, [PACK], left_shop=True)
    adjust(world, "destroyed", [PACK])
    listed = {"identifiers": {"setl_id": "S1"}, "codes": [{"code": PACK, "drug": METFORMIN}]}
    assert world.act("settlement.reported", P1, (YS1,), {"rx": rx}, listed).codes == ()


@pytest.mark.parametrize("reason", [*LEAVING, "found"])
def test_what_was_sold_and_not_returned_is_not_adjusted(world: World, reason: str) -> None:
    _sell(world)
    assert adjust(world, reason, [PACK]).codes == ("TRACE_ALREADY_DISPENSED_HERE",)


def test_what_came_back_from_a_customer_is_destroyed(world: World) -> None:
    rx = world.ready()
    world.sell(rx, [PACK])
    world.give_back(rx, [PACK], left_shop=True)
    assert adjust(world, "destroyed", [PACK]).codes == ()


def test_the_rest_of_an_opened_pack_is_put_aside(world: World) -> None:
    sachets = code("8990007", 1)
    world.receive([sachets])
    lines = [{"drug": OSELTAMIVIR, "quantity": "6", "unit": "粒", "split": True}]
    line = {"drug": OSELTAMIVIR, "quantity": "6", "unit": "粒", "days": "2"}
    world.sell(world.ready(line=line), [sachets], lines=lines)
    assert adjust(world, "expired", [sachets]).codes == ()
    lines[0]["quantity"] = line["quantity"] = "4"
    other = world.ready(patient=PATIENT2, line=line)
    assert world.sell(other, [sachets], lines=lines).codes == ("TRACE_NOT_RESALABLE",)


@pytest.mark.parametrize("reason", IN_HAND)
def test_what_is_in_hand_was_not_sold_elsewhere(world: World, reason: str) -> None:
    world.receive([PACK], P2, YS3)
    _sell(world, P2)
    decision = adjust(world, reason, [PACK])
    assert decision.codes == ("TRACE_ALREADY_DISPENSED",)
    assert decision.findings[0].facts["sold_by"] == P2


@pytest.mark.parametrize("reason", IN_HAND)
def test_a_pack_opened_elsewhere_is_not_taken_out_of_its_shops_hand(world: World, reason: str) -> None:
    """It was written down as destroyed where it once had been, and its shop could not sell the rest."""
    sachets = code("8990007", 1)
    for pharmacy, by in ((P1, YS1), (P2, YS3)):
        world.receive([sachets], pharmacy, by)
    line = {"drug": OSELTAMIVIR, "quantity": "6", "unit": "粒", "days": "2"}
    lines = [{"drug": OSELTAMIVIR, "quantity": "6", "unit": "粒", "split": True}]
    world.sell(world.ready(P2, line=line), [sachets], P2, lines=lines)
    assert adjust(world, reason, [sachets]).codes == ("TRACE_ALREADY_DISPENSED",)


@pytest.mark.parametrize("reason", sorted({*LEAVING} - {*IN_HAND}))
def test_what_was_lost_or_handed_on_may_be_sold_before_it_is_written_down(world: World, reason: str) -> None:
    """A shop that writes down late is no accomplice of whoever sold its pack."""
    world.receive([PACK], P2, YS3)
    _sell(world, P2)
    assert adjust(world, reason, [PACK]).codes == ()


@pytest.mark.parametrize("reason", ["lost", "found"])
def test_what_never_came_in_is_adjusted_and_flagged(world: World, reason: str) -> None:
    decision = adjust(world, reason, [code("8990002", 99)])
    assert (decision.outcome, decision.codes) == ("accepted", ("NO_INBOUND",))


def test_an_adjustment_has_codes_once_each_and_by_the_shops_own(world: World) -> None:
    assert adjust(world, "lost", [PACK, PACK]).codes == ("TRACE_DUPLICATE_IN_EVENT",)
    assert adjust(world, "lost", ["69"]).codes == ("TRACE_FORMAT",)
    uncoded = {"codes": [{"code": "", "uncoded": True, "drug": METFORMIN, "lot": "L1"}]}
    decision = world.act("stock.adjusted", P1, (YS1,), {"reason": "lost"}, uncoded)
    assert decision.codes == ("TRACE_NOT_LISTED",)
    assert adjust(world, "lost", [PACK], P2, YS2).codes == ("LICENCE_SITE",)


def test_the_state_says_who_booked_it_out_and_why(world: World) -> None:
    world.receive([PACK], P2, YS3)
    adjust(world, "lost", [PACK])
    adjust(world, "transferred_out", [PACK], P2, YS3)
    gone = world.record(keys.trace_code(f"t.codes.{PACK}"))["gone"]
    assert gone == {P1: "lost", P2: "transferred_out"}
    adjust(world, "found", [PACK])
    assert world.record(keys.trace_code(f"t.codes.{PACK}"))["gone"] == {P2: "transferred_out"}


def _sold_at_the_first(world: World, left: bool = False) -> None:
    rx = world.ready()
    assert world.sell(rx, [PACK], settlement="S9").codes == ()
    if left:
        world.give_back(rx, [PACK], left_shop=True)


@pytest.mark.parametrize("left", [False, True])
def test_who_is_delivered_a_pack_that_was_sold_before_is_told_at_the_door(world: World, left: bool) -> None:
    """A resold pack went on the shelf without a word, and the next patient stood at the counter in vain."""
    _sold_at_the_first(world, left)
    found = world.receive([OTHER, PACK], P2, YS3)
    assert (found.outcome, found.codes) == ("accepted", ("STOCK_SOLD_BEFORE",))
    assert found.findings[0].class_ == "NOTICE"


def test_a_pack_opened_elsewhere_is_told_at_the_door_too(world: World) -> None:
    lines = [{"drug": METFORMIN, "quantity": "10", "unit": "片", "split": True}]
    listed = [{"code": PACK, "line": 0, "split": True}]
    rx = world.ready()
    assert world.sell(rx, [PACK], settlement="S1", lines=lines, listed=listed).outcome == "accepted"
    assert world.record(keys.trace_code(f"t.codes.{PACK}"))["state"] == "opened"
    assert world.receive([PACK], P2, YS3).codes == ("STOCK_SOLD_BEFORE",)


def test_a_delivery_written_down_late_or_a_pack_that_never_left_is_nothing(world: World) -> None:
    _sold_at_the_first(world)
    assert world.receive([PACK]).codes == ()
    rx = world.ready(patient=PATIENT2)
    assert world.sell(rx, [OTHER], settlement="S8").codes == ()
    world.give_back(rx, [OTHER])
    assert world.receive([OTHER], P2, YS3).codes == ()
