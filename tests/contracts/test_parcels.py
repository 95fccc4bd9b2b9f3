"""Parcels: what is told of one needs one, whatever was told meanwhile, and what a courier had has left.

Each test is named after the harm that a trial day of messages showed.
"""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys, lifecycle, status_of
from tests.contracts.world import DOCTOR, H1, P1, P2, PATIENT2, PATIENT3, YS1, YS3, YS4, World, code

PACK, OTHER = code("8990002", 1), code("8990002", 2)
COURIER = "C99000000001"
ENDS = ("received", "failed")


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([PACK, OTHER])
    return made


def status(world: World, rx: str) -> str:
    return status_of(world.record(keys.rx(rx)), world.record(keys.rx_content(rx)), world.now_ms)


def told(world: World, rx: str, *steps: str, shop: str = P1, by: str = YS1) -> list[tuple[str, ...]]:
    """The codes of each step, a minute apart."""
    found = []
    for step in steps:
        world.wait(60)
        found.append(world.act(f"delivery.{step}", shop, (by,), {"rx": rx}).codes)
    return found


def sold(world: World, *packs: str, quantity: str = "2", **given: Any) -> str:
    rx = world.ready(line={"quantity": quantity}, **given)
    sell(world, rx, *packs)
    return rx


def sell(world: World, rx: str, *packs: str) -> None:
    world.wait(60)
    assert world.sell(rx, list(packs), settlement=f"S{world.now_ms}").codes == ()


def give_back(world: World, rx: str, pack: str, left_shop: bool = True) -> None:
    world.wait(60)
    assert world.give_back(rx, [pack], left_shop=left_shop).codes == ()


def resold(world: World, pack: str) -> tuple[str, ...]:
    return world.sell(world.ready(patient=PATIENT2), [pack], settlement="S9").codes[:1]


# -- nothing is told of a parcel that never was ----------------------------------------------------


@pytest.mark.parametrize("step", ENDS)
@pytest.mark.parametrize("packs", [(PACK,), (PACK, OTHER)])
def test_nothing_arrives_that_no_courier_was_given(world: World, packs: tuple[str, ...], step: str) -> None:
    """One of two boxes was sold at the counter, and the patient's receipt of it was booked."""
    rx = sold(world, *packs)
    assert told(world, rx, step) == [("FLOW_ORDER",)]


@pytest.mark.parametrize("steps", [("received", "received"), ("received", "failed"), ("failed", "received")])
def test_one_parcel_does_not_arrive_twice(world: World, steps: tuple[str, str]) -> None:
    rx = sold(world, PACK)
    assert told(world, rx, "handed_over", *steps) == [(), (), ("FLOW_ORDER",)]
    assert status(world, rx) == "PARTLY_DISPENSED"


@pytest.mark.parametrize("packs", [(PACK,), (PACK, OTHER)])
def test_what_arrived_is_not_handed_over_again(world: World, packs: tuple[str, ...]) -> None:
    rx = sold(world, *packs)
    assert told(world, rx, "handed_over", "received", "handed_over") == [(), (), ("FLOW_ORDER",)]


def test_what_is_left_of_a_parcel_that_arrived_is_not_handed_over_again(world: World) -> None:
    """One of two delivered boxes came back: the other was handed over and received anew."""
    rx = sold(world, PACK, OTHER)
    told(world, rx, "handed_over")
    give_back(world, rx, PACK)
    assert told(world, rx, "received", "received", "handed_over") == [(), ("FLOW_ORDER",), ("FLOW_ORDER",)]


def test_a_parcel_that_failed_is_sent_again(world: World) -> None:
    rx = sold(world, PACK)
    assert told(world, rx, "handed_over", "failed", "handed_over", "received") == [()] * 4


def test_the_owed_box_is_sent_after_the_first_one_arrived(world: World) -> None:
    rx = sold(world, PACK)
    assert told(world, rx, "handed_over", "received") == [(), ()]
    sell(world, rx, OTHER)
    assert told(world, rx, "handed_over", "received") == [(), ()]
    assert status(world, rx) == "DELIVERED"


@pytest.mark.parametrize("packs", [(PACK,), (PACK, OTHER)])
def test_from_one_courier_to_the_next_a_parcel_is_still_one(world: World, packs: tuple[str, ...]) -> None:
    rx = sold(world, *packs)
    steps = ("handed_over", "handed_over", "received", "received")
    assert told(world, rx, *steps) == [(), (), (), ("FLOW_ORDER",)]


# -- what happened to a parcel is recorded, whatever was told meanwhile ----------------------------


@pytest.mark.parametrize("step", ENDS)
def test_the_owed_box_sold_at_the_counter_does_not_silence_the_courier(world: World, step: str) -> None:
    """The box that was out arrived, or failed, and its shop was accused of a wrong order."""
    rx = sold(world, PACK)
    told(world, rx, "handed_over")
    sell(world, rx, OTHER)
    assert told(world, rx, step) == [()]
    assert status(world, rx) == "DISPENSED", "not all of it went with the parcel"
    assert told(world, rx, "handed_over", "received") == [(), ()]
    assert status(world, rx) == "DELIVERED"


@pytest.mark.parametrize("step", ENDS)
def test_a_return_told_before_the_courier_silences_nobody(world: World, step: str) -> None:
    """Refused at the door: the shop booked the return first and could not tell of the parcel any more."""
    rx = sold(world, PACK, quantity="1")
    told(world, rx, "handed_over")
    give_back(world, rx, PACK)
    assert told(world, rx, step, step) == [(), ("FLOW_ORDER",)]
    assert status(world, rx) == "PHARMACY_APPROVED"
    assert told(world, rx, "handed_over") == [("FLOW_ORDER",)]


@pytest.mark.parametrize("step", ENDS)
def test_a_cancel_told_before_the_courier_silences_nobody(world: World, step: str) -> None:
    rx = sold(world, PACK, quantity="1")
    told(world, rx, "handed_over")
    give_back(world, rx, PACK)
    reason = {"clinical": {"reason": "用药有误"}}
    assert world.act("prescription.cancelled", H1, (DOCTOR,), {"rx": rx}, reason).codes == ()
    assert told(world, rx, step, step) == [(), ("RX_CANCELLED",)]
    assert status(world, rx) == "CANCELLED"


def _released_to_another_shop(world: World) -> str:
    rx = sold(world, PACK, quantity="1")
    told(world, rx, "handed_over")
    give_back(world, rx, PACK)
    assert world.act("prescription.released", P1, (YS1,), {"rx": rx}).codes == ()
    assert world.claim(rx, P2, YS3).codes == ()
    return rx


@pytest.mark.parametrize(("refused", "code_of"), [(False, "FLOW_ORDER"), (True, "REVIEW_REJECTED")])
def test_a_shop_tells_of_its_parcel_after_it_released_the_prescription(
    world: World, refused: bool, code_of: str
) -> None:
    """Whatever the next shop made of it."""
    rx = _released_to_another_shop(world)
    if refused:
        assert world.review(rx, P2, (YS3, YS4), decision="refused").codes == ()
    before = status(world, rx)
    assert told(world, rx, "failed") == [()]
    assert status(world, rx) == before
    assert told(world, rx, "failed") == [(code_of, "RX_NOT_CLAIMED")]


def test_another_shops_parcel_does_not_arrive_by_the_word_of_who_holds_the_prescription(
    world: World,
) -> None:
    rx = _released_to_another_shop(world)
    assert told(world, rx, "received", shop=P2, by=YS3) == [("FLOW_ORDER",)]


@pytest.mark.parametrize("step", ENDS)
def test_an_earlier_shops_parcel_says_nothing_of_the_present_ones(world: World, step: str) -> None:
    """It arrived, and what the next shop had sent was delivered while under way; or failed and sent twice."""
    rx = _released_to_another_shop(world)
    world.receive([OTHER], P2, YS3)
    assert world.review(rx, P2, (YS3, YS4)).codes == ()
    assert world.sell(rx, [OTHER], P2, settlement="S2").codes == ()
    assert told(world, rx, "handed_over", shop=P2, by=YS3) == [()]
    assert told(world, rx, step) == [()]
    assert status(world, rx) == "IN_DELIVERY"
    assert world.record(keys.rx(rx))["under_way"] == [P2] and world.record(keys.rx(rx))["sent"]
    assert told(world, rx, "received", shop=P2, by=YS3) == [()]
    assert status(world, rx) == "DELIVERED"


def test_a_third_shop_tells_of_nobodys_parcel(world: World) -> None:
    rx = sold(world, PACK)
    told(world, rx, "handed_over")
    assert told(world, rx, "received", shop=P2, by=YS3) == [("RX_NOT_CLAIMED",)]
    assert told(world, rx, "received") == [()]


def test_a_courier_tells_of_whatever_parcel_is_under_way(world: World) -> None:
    world.put(keys.organisation(COURIER), {**world.record(keys.organisation(P1)), "role": "courier"})
    rx = sold(world, PACK)
    assert told(world, rx, "failed", shop=COURIER)[0][0] == "FLOW_ORDER"
    told(world, rx, "handed_over")
    assert "FLOW_ORDER" not in told(world, rx, "failed", shop=COURIER)[0]


@pytest.mark.parametrize(
    ("steps", "seen"),
    [
        (("received", "received"), ["DELIVERED", "DELIVERED"]),
        (("received", "handed_over", "received"), ["DELIVERED", "IN_DELIVERY", "DELIVERED"]),
        (("received", "failed"), ["DELIVERED", "DISPENSED"]),
        (("failed", "received"), ["DISPENSED", "DISPENSED"]),
    ],
)
def test_of_two_parcels_under_way_both_are_told_of(
    world: World, steps: tuple[str, ...], seen: list[str]
) -> None:
    rx = sold(world, PACK)
    told(world, rx, "handed_over")
    sell(world, rx, OTHER)
    told(world, rx, "handed_over")
    found = []
    for step in steps:
        assert told(world, rx, step) == [()]
        found.append(status(world, rx))
    assert found == seen
    assert told(world, rx, "received") == [("FLOW_ORDER",)]


# -- what a courier had once has left the shop -----------------------------------------------------


@pytest.mark.parametrize("steps", [("failed",), ("failed", "handed_over", "failed"), ("received",), ()])
def test_a_pack_that_was_out_with_a_courier_is_not_sold_to_another_patient(
    world: World, steps: tuple[str, ...]
) -> None:
    """Handed over, failed, returned as never having left: it lay in the courier's car for an afternoon."""
    rx = sold(world, PACK, quantity="1")
    assert told(world, rx, "handed_over", *steps) == [()] * (1 + len(steps))
    give_back(world, rx, PACK, left_shop=False)
    assert resold(world, PACK) == ("TRACE_NOT_RESALABLE",)


def test_what_was_sold_after_the_last_parcel_went_may_come_back_to_the_shelf(world: World) -> None:
    """An earlier parcel failed, a later box never left the counter: only the first is spoilt."""
    rx = sold(world, PACK)
    told(world, rx, "handed_over", "failed")
    sell(world, rx, OTHER)
    for pack, codes in ((PACK, ("TRACE_NOT_RESALABLE",)), (OTHER, ())):
        give_back(world, rx, pack, left_shop=False)
        assert resold(world, pack) == codes


def test_both_of_two_parcels_left_whichever_arrived(world: World) -> None:
    rx = sold(world, PACK)
    told(world, rx, "handed_over", "received")
    sell(world, rx, OTHER)
    told(world, rx, "handed_over", "failed")
    for pack in (PACK, OTHER):
        give_back(world, rx, pack, left_shop=False)
        assert resold(world, pack) == ("TRACE_NOT_RESALABLE",)


def test_a_pack_that_no_courier_had_may_come_back_to_the_shelf(world: World) -> None:
    """A parcel of one patient's spoils no other patient's box."""
    told(world, sold(world, PACK), "handed_over")
    rx = sold(world, OTHER, quantity="1", patient=PATIENT3)
    give_back(world, rx, OTHER, left_shop=False)
    assert resold(world, OTHER) == ()


def test_what_was_sold_while_a_parcel_was_out_may_come_back_to_the_shelf(world: World) -> None:
    rx = sold(world, PACK)
    told(world, rx, "handed_over")
    sell(world, rx, OTHER)
    assert told(world, rx, "failed") == [()]
    give_back(world, rx, OTHER, left_shop=False)
    assert resold(world, OTHER) == ()


# -- records of before -----------------------------------------------------------------------------


def _of_before(world: World, **members: Any) -> str:
    rx = sold(world, PACK)
    world.put(keys.rx(rx), {**world.record(keys.rx(rx)), **members})
    return rx


@pytest.mark.parametrize(
    ("members", "codes"),
    [
        ({"out": 5}, ()),
        ({"out": 5, "received": 5}, ("FLOW_ORDER",)),
        ({"out": 0}, ("FLOW_ORDER",)),
        ({"stage": lifecycle.IN_DELIVERY}, ()),
        ({"stage": lifecycle.DELIVERED}, ("FLOW_ORDER",)),
    ],
)
def test_a_parcel_of_before_is_known_by_what_was_remembered_then(
    world: World, members: dict[str, Any], codes: tuple[str, ...]
) -> None:
    rx = _of_before(world, **members)
    assert told(world, rx, "received", "received") == [codes, ("FLOW_ORDER",)]


@pytest.mark.parametrize(
    ("members", "codes"),
    [
        ({"out": 5}, ()),
        ({"out": 5, "received": 5}, ()),
        ({"stage": lifecycle.IN_DELIVERY}, ()),
        ({"stage": lifecycle.DELIVERED}, ("FLOW_ORDER",)),
    ],
)
def test_what_waits_in_a_shop_since_before_is_handed_over(
    world: World, members: dict[str, Any], codes: tuple[str, ...]
) -> None:
    assert told(world, _of_before(world, **members), "handed_over") == [codes]
