"""One sale in several parcels: each has a number of its own, and there are no more of them than packs."""

from __future__ import annotations

import pytest

from contracts import keys, status_of
from tests.contracts.world import P1, P2, PATIENT2, YS1, YS3, YS4, World, code

PACK, OTHER, THIRD = code("8990002", 1), code("8990002", 2), code("8990002", 3)
LATE = ("FLOW_ORDER",)
Step = tuple[str, str]


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([PACK, OTHER, THIRD])
    return made


def told(world: World, rx: str, *steps: Step, shop: str = P1, by: str = YS1) -> list[tuple[str, ...]]:
    """The codes of each step of the parcel with this number ("" for none), a minute apart."""
    found = []
    for step, number in steps:
        world.wait(60)
        named = {"identifiers": {"delv_no": number}} if number else None
        found.append(world.act(f"delivery.{step}", shop, (by,), {"rx": rx}, named).codes)
    return found


def sold(world: World, *packs: str, quantity: str = "2") -> str:
    rx = world.ready(line={"quantity": quantity})
    world.wait(60)
    assert world.sell(rx, list(packs), settlement="S1").codes == ()
    return rx


def status(world: World, rx: str) -> str:
    return status_of(world.record(keys.rx(rx)), world.record(keys.rx_content(rx)), world.now_ms)


def test_the_second_parcel_of_a_sale_is_sent_after_the_first_one_arrived(world: World) -> None:
    """Two boxes were sold, one went today and one tomorrow: the second was a violation of the order."""
    rx = sold(world, PACK, OTHER)
    assert told(world, rx, ("handed_over", "N1"), ("received", "N1"), ("handed_over", "N2")) == [()] * 3
    assert status(world, rx) == "IN_DELIVERY"
    assert told(world, rx, ("received", "N2")) == [()]
    assert status(world, rx) == "DELIVERED"


def test_both_parcels_of_a_sale_arrive_that_went_together(world: World) -> None:
    """The second was taken for the first one's next courier, and its arrival refused."""
    rx = sold(world, PACK, OTHER)
    steps = (("handed_over", "N1"), ("handed_over", "N2"), ("received", "N2"), ("received", "N1"))
    assert told(world, rx, *steps, ("received", "N1")) == [()] * 4 + [LATE]


def test_parts_of_a_prescription_go_in_several_parcels_too(world: World) -> None:
    rx = sold(world, PACK, OTHER, quantity="3")
    assert told(world, rx, ("handed_over", "N1"), ("received", "N1"), ("handed_over", "N2")) == [()] * 3
    assert told(world, rx, ("received", "N2"), ("handed_over", "N3")) == [(), LATE]
    assert status(world, rx) == "PARTLY_DISPENSED"


@pytest.mark.parametrize("packs", [(PACK,), (PACK, OTHER)])
def test_there_are_no_more_parcels_than_packs(world: World, packs: tuple[str, ...]) -> None:
    """A box that was delivered is handed over under another number: no shop has it any more."""
    rx = sold(world, *packs, quantity=str(len(packs)))
    for place in range(len(packs)):
        assert told(world, rx, ("handed_over", f"N{place}"), ("received", f"N{place}")) == [(), ()]
    assert told(world, rx, ("handed_over", "N9")) == [LATE]


@pytest.mark.parametrize("number", ["N1", ""])
def test_what_arrived_is_not_another_parcel_by_the_same_number_or_none(world: World, number: str) -> None:
    rx = sold(world, PACK, OTHER)
    assert told(world, rx, ("handed_over", "N1"), ("received", "N1"), ("handed_over", number))[2] == LATE


def test_the_same_number_is_the_same_parcel_with_its_next_courier(world: World) -> None:
    rx = sold(world, PACK, OTHER)
    steps = (("handed_over", "N1"), ("handed_over", "N1"), ("received", "N1"), ("received", "N1"))
    assert told(world, rx, *steps) == [(), (), (), LATE]


@pytest.mark.parametrize("named", ["N1", ""])
def test_a_parcel_that_failed_makes_room_for_the_next(world: World, named: str) -> None:
    rx = sold(world, PACK, OTHER)
    steps: list[Step] = [("handed_over", "N1"), ("handed_over", "N2"), ("failed", named)]
    assert told(world, rx, *steps, ("handed_over", "N3"), ("handed_over", "N4")) == [()] * 5
    assert told(world, rx, *[("received", "")] * 2, ("handed_over", "N5")) == [(), (), LATE]


def test_a_parcel_that_failed_is_none_of_those_that_three_packs_may_go_in(world: World) -> None:
    rx = sold(world, PACK, OTHER, THIRD, quantity="3")
    assert told(world, rx, ("handed_over", "N1"), ("failed", "N1")) == [(), ()]
    for number in ("N2", "N1", "N3"):
        assert told(world, rx, ("handed_over", number), ("received", number)) == [(), ()]
    assert told(world, rx, ("handed_over", "N4")) == [LATE]


def test_of_two_parcels_the_one_that_failed_is_sent_again(world: World) -> None:
    """And the other one is still the same parcel, whichever courier has it."""
    rx = sold(world, PACK, OTHER, THIRD, quantity="3")
    assert told(world, rx, ("handed_over", "N1"), ("handed_over", "N2"), ("failed", "N1")) == [()] * 3
    assert told(world, rx, ("handed_over", "N1"), ("handed_over", "N2")) == [(), ()]
    assert told(world, rx, *[("received", "")] * 3) == [(), (), LATE]


def test_another_shops_parcels_are_none_of_this_shops(world: World) -> None:
    """What the first shop sent came back; the next shop's couriers count anew."""
    rx = sold(world, PACK)
    told(world, rx, ("handed_over", "N1"), ("failed", "N1"), ("handed_over", "N1"), ("received", "N1"))
    world.wait(60)
    assert world.give_back(rx, [PACK], left_shop=True).codes == ()
    assert world.act("prescription.released", P1, (YS1,), {"rx": rx}).codes == ()
    assert world.claim(rx, P2, YS3).codes == ()
    assert world.review(rx, P2, (YS3, YS4)).codes == ()
    world.receive([OTHER, THIRD], P2, YS3)
    assert world.sell(rx, [OTHER, THIRD], P2, settlement="S2").codes == ()
    steps = (("handed_over", "N7"), ("received", "N7"), ("handed_over", "N1"), ("received", "N1"))
    assert told(world, rx, *steps, ("handed_over", "N8"), shop=P2, by=YS3) == [()] * 4 + [LATE]


def test_a_box_that_came_back_is_in_no_parcel(world: World) -> None:
    rx = sold(world, PACK, OTHER)
    told(world, rx, ("handed_over", "N1"), ("received", "N1"))
    world.wait(60)
    assert world.give_back(rx, [OTHER], left_shop=True).codes == ()
    assert told(world, rx, ("handed_over", "N2")) == [LATE]


def test_an_unnamed_parcel_counts_as_one(world: World) -> None:
    """Of a shop that writes no numbers, or of before they were kept."""
    rx = sold(world, PACK, OTHER)
    assert told(world, rx, ("handed_over", ""), ("received", ""), ("handed_over", "N2")) == [()] * 3
    assert told(world, rx, ("received", "N2"), ("handed_over", "N3")) == [(), LATE]


def test_a_parcel_of_before_they_were_counted_is_one(world: World) -> None:
    rx = sold(world, PACK, OTHER)
    told(world, rx, ("handed_over", "N1"), ("received", "N1"))
    content = dict(world.record(keys.rx_content(rx)))
    del content["parcels"]
    world.put(keys.rx_content(rx), content)
    assert told(world, rx, ("handed_over", "N2"), ("received", "N2"), ("handed_over", "N3")) == [(), (), LATE]


def test_a_box_of_the_second_parcel_has_left_the_shop(world: World) -> None:
    rx = sold(world, PACK, OTHER)
    told(world, rx, ("handed_over", "N1"), ("received", "N1"), ("handed_over", "N2"), ("failed", "N2"))
    world.wait(60)
    assert world.give_back(rx, [OTHER], left_shop=False).codes == ()
    resold = world.sell(world.ready(patient=PATIENT2), [OTHER], settlement="S9")
    assert resold.codes[:1] == ("TRACE_NOT_RESALABLE",)


def test_a_parcels_number_is_kept_as_a_keyed_tag_where_no_reader_looks(world: World) -> None:
    rx = sold(world, PACK, OTHER)
    told(world, rx, ("handed_over", "N1"), ("handed_over", "N2"))
    assert world.record(keys.rx_content(rx))["parcels"] == [[P1, "t.codes.N1"], [P1, "t.codes.N2"]]
    assert "parcels" not in world.record(keys.rx(rx))
