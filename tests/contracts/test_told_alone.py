"""Packs that reports alone tell of: as many as there is room for, and none for good by mistake."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts import keys
from contracts.decision import Decision
from contracts.facts import Facts
from tests.contracts.fund import fund_says, paid_early, with_fund
from tests.contracts.world import DOCTOR, H1, METFORMIN, P1, P2, PATIENT2, YS1, World, code

PACKS = [code("8990002", number) for number in range(1, 6)]


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive(PACKS)
    return with_fund(made)


TYPES = ["dispensing.reported", "settlement.reported"]


def _told(world: World, rx: str, pack: str, number: str, type_: str = TYPES[0]) -> tuple[str, ...]:
    listed = {"code": pack} if type_ == "settlement.reported" else {"code": pack, "line": 0}
    lines = {"lines": [{"drug": METFORMIN, "quantity": "1", "unit": "盒"}]}
    disclosed = {
        "identifiers": {"setl_id": number},
        "codes": [listed],
        **({} if type_ == "settlement.reported" else lines),
    }
    return world.act(type_, P1, (YS1,), {"rx": rx}, disclosed).codes


@pytest.mark.parametrize("first", TYPES)
@pytest.mark.parametrize("second", TYPES)
def test_one_box_is_told_of_once_however_it_is_told(world: World, first: str, second: str) -> None:
    """Without a sale any number of packs was told, settled and paid on a prescription of one."""
    rx = world.ready()
    assert _told(world, rx, PACKS[0], "S1", first) == ()
    assert _told(world, rx, PACKS[0], "S1", second) == (), "the other channel of the same sale"
    assert _told(world, rx, PACKS[1], "S2", second) == ("QTY_EXCEEDS_RX",)
    assert world.sell(rx, PACKS[:1], settlement="S1").codes == ()
    assert _told(world, rx, PACKS[1], "S2", second) == ("QTY_EXCEEDS_RX",)


def test_two_boxes_have_room_for_two(world: World) -> None:
    rx = world.ready(line={"quantity": "2", "dose": "2.5", "days": "28"})
    for place in (0, 1):
        assert _told(world, rx, PACKS[place], f"S{place}") == ()
    assert _told(world, rx, PACKS[2], "S2") == ("QTY_EXCEEDS_RX",)
    for place in (0, 1):
        assert world.sell(rx, [PACKS[place]], settlement=f"S{place}").codes == (), "told first"
    assert _told(world, rx, PACKS[2], "S2") == ("QTY_EXCEEDS_RX",)


def test_what_was_dispensed_and_came_back_makes_room(world: World) -> None:
    rx = world.ready()
    assert _told(world, rx, PACKS[0], "S1") == ()
    world.sell(rx, PACKS[:1], settlement="S1")
    assert world.give_back(rx, PACKS[:1]).codes == ()
    assert _told(world, rx, PACKS[1], "S2") == (), "one box may be sold again, and told of first"
    assert _told(world, rx, PACKS[2], "S3") == ("QTY_EXCEEDS_RX",)


def _wrong_scan(world: World, number: str = "S1") -> tuple[str, Decision]:
    """The stock channel tells of the first pack; the second went over the counter."""
    rx = world.ready()
    assert _told(world, rx, PACKS[0], "S1") == ()
    return rx, world.sell(rx, [PACKS[1]], settlement=number)


def test_a_pack_told_by_a_wrong_scan_is_free_again(world: World) -> None:
    """It never left the shelf, and whoever bought it was told that it had been sold: for good."""
    rx, sold = _wrong_scan(world)
    assert sold.codes == ()
    other = world.ready(patient=PATIENT2)
    assert world.sell(other, PACKS[:1], settlement="S9").codes == ()
    assert world.give_back(rx, [PACKS[1]]).codes == ()


def test_a_pack_that_the_fund_paid_stays_told(world: World) -> None:
    """Paid and sold again: the fund would have paid for it twice."""
    rx = world.ready()
    assert _told(world, rx, PACKS[0], "S1") == ()
    paid_early(world, PACKS[0])
    assert world.sell(rx, [PACKS[1]], settlement="S1").codes == ()
    other = world.ready(patient=PATIENT2)
    assert world.sell(other, PACKS[:1], settlement="S9").codes == ("TRACE_ALREADY_DISPENSED_HERE",)


def test_a_pack_claimed_from_the_fund_stays_told(world: World) -> None:
    """A settlement claims money: told under one number and sold under another, one pack was claimed twice."""
    rx = world.ready()
    assert _told(world, rx, PACKS[0], "S1", "settlement.reported") == ()
    assert world.sell(rx, [PACKS[1]], settlement="S2").codes == ()
    other = world.ready(patient=PATIENT2)
    assert world.sell(other, PACKS[:1], settlement="S9").codes == ("TRACE_ALREADY_DISPENSED_HERE",)


def test_a_payment_that_was_taken_back_keeps_no_pack(world: World) -> None:
    rx = world.ready()
    assert _told(world, rx, PACKS[0], "S1") == ()
    paid_early(world, PACKS[0])
    assert fund_says(world, "refunded", rx, "S1", PACKS[0]).codes == ()
    assert world.sell(rx, [PACKS[1]], settlement="S1").codes == ()
    assert world.sell(world.ready(patient=PATIENT2), PACKS[:1], settlement="S9").codes == ()


@pytest.mark.parametrize("ended", ["cancelled", "expired"])
def test_a_pack_told_of_a_prescription_that_is_over_is_free_again(world: World, ended: str) -> None:
    """Told of a prescription on which nobody can sell any more, the pack was locked for good."""
    rx = world.ready()
    assert _told(world, rx, PACKS[0], "S1") == ()
    if ended == "cancelled":
        assert world.act("prescription.cancelled", H1, (DOCTOR,), {"rx": rx, "reason": "x"}).codes == ()
    else:
        world.wait(4 * 86_400)
        world.open_duties()
    assert world.sell(world.ready(patient=PATIENT2), PACKS[:1], settlement="S9").codes == ()


def test_the_report_of_a_sale_that_never_was_stays_on_record(world: World) -> None:
    rx, _ = _wrong_scan(world)
    world.sell(world.ready(patient=PATIENT2), PACKS[:1], settlement="S9")
    told, sold = world.record(keys.trace_code(f"t.codes.{PACKS[0]}"))["sales"]
    assert (told["rx"], told["back"], sold["channels"]) == (rx, told["units"], ["dispensing.dispensed"])


def test_parts_of_an_opened_pack_are_told_no_oftener_than_prescribed(world: World) -> None:
    """Twenty tablets were prescribed, and ten of one opened pack were told of six times."""
    opener = world.ready(patient=PATIENT2, line={"quantity": "5", "unit": "片", "days": "7"})
    part = [{"drug": METFORMIN, "quantity": "5", "unit": "片", "split": True}]
    assert world.sell(opener, PACKS[:1], lines=part, settlement="S0").codes == ()
    rx = world.ready(line={"quantity": "20", "unit": "片", "days": "7"})
    ten = [{"drug": METFORMIN, "quantity": "10", "unit": "片", "split": True}]
    codes = []
    for number in ("S1", "S2", "S3"):
        disclosed = {"identifiers": {"setl_id": number}, "lines": ten}
        disclosed["codes"] = [{"code": PACKS[0], "line": 0}]
        codes.append(world.act("dispensing.reported", P1, (YS1,), {"rx": rx}, disclosed).codes)
    assert codes == [(), (), ("QTY_EXCEEDS_RX",)]


def test_a_change_of_tag_keys_makes_no_second_pack_of_the_first(world: World) -> None:
    """Told under the old key, dispensed under the new one, and the honest second box was too many."""
    rx = world.ready(line={"quantity": "2", "dose": "2.5", "days": "28"})
    assert _told(world, rx, PACKS[0], "S1") == ()
    content = world.record(keys.rx_content(rx))
    told = {f"old.{tag}": one for tag, one in content["told"].items()}
    world.put(keys.rx_content(rx), {**content, "told": told})
    facts = world.facts
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world, "facts", lambda *given, **more: _with_older_tags(facts(*given, **more)))
        assert world.sell(rx, PACKS[:1], settlement="S1").codes == ()
    assert _told(world, rx, PACKS[1], "S2") == ()


def _with_older_tags(facts: Facts) -> Facts:
    both = {one: (*tags, *(f"old.{tag}" for tag in tags)) for one, tags in facts.tags.items()}
    return replace(facts, tags=both)


def test_another_shops_told_pack_is_not_ours_to_free(world: World) -> None:
    _wrong_scan(world)
    other = world.ready(P2, patient=PATIENT2)
    assert world.sell(other, PACKS[:1], P2, settlement="S9").codes == ("TRACE_ALREADY_DISPENSED",)


def test_a_told_pack_stays_told_while_its_prescription_has_room(world: World) -> None:
    rx = world.ready()
    assert _told(world, rx, PACKS[0], "S1") == ()
    other = world.ready(patient=PATIENT2)
    assert world.sell(other, PACKS[:1], settlement="S9").codes == ("TRACE_ALREADY_DISPENSED_HERE",)


def test_the_second_box_of_one_sale_is_not_set_free(world: World) -> None:
    """Two boxes told together, dispensed one after the other: between the two the second is sold."""
    rx = world.ready(line={"quantity": "2", "dose": "2.5", "days": "28"})
    for pack in PACKS[:2]:
        assert _told(world, rx, pack, "S1") == ()
    assert world.sell(rx, PACKS[:1], settlement="S1").codes == ()
    other = world.ready(patient=PATIENT2)
    assert world.sell(other, [PACKS[1]], settlement="S9").codes == ("TRACE_ALREADY_DISPENSED_HERE",)
    assert world.sell(rx, [PACKS[1]], settlement="S1").codes == ()


def test_a_pack_set_free_is_told_no_second_time_on_a_served_prescription(world: World) -> None:
    """The wrong report again, after a lost answer: the pack would be locked once more."""
    rx, _ = _wrong_scan(world)
    assert _told(world, rx, PACKS[0], "S1") == (), "the same report again sells nothing"
    assert _told(world, rx, PACKS[2], "S1") == ("QTY_EXCEEDS_RX",)
    other = world.ready(patient=PATIENT2)
    assert world.sell(other, PACKS[:1], settlement="S9").codes == ()
