"""TRACE after the sale: packs that come back in part, and the same sale told late, twice or wrongly.

Each test is named after the harm that a trial day of messages showed.
"""

from __future__ import annotations

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.world import (
    DOCTOR,
    METFORMIN,
    OSELTAMIVIR,
    P1,
    P2,
    PATIENT,
    PATIENT2,
    PATIENT3,
    YS1,
    YS3,
    World,
    code,
)

WHOLE, SACHETS = code("8990002", 1), code("8990007", 1)


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([WHOLE])
    made.receive([WHOLE], P2, YS3)
    made.receive([SACHETS])
    return made


def _capsules(world: World, patient: str, quantity: str) -> str:
    line = {"drug": OSELTAMIVIR, "quantity": quantity, "unit": "粒", "days": "2"}
    return world.ready(patient=patient, line=line)


def _lines(quantity: str) -> list[dict[str, object]]:
    return [{"drug": OSELTAMIVIR, "quantity": quantity, "unit": "粒", "split": True}]


def _report(world: World, rx: str, settlement: str, by: str = P1) -> Decision:
    disclosed = {
        "identifiers": {"setl_id": settlement},
        "lines": [{"drug": METFORMIN, "quantity": "1", "unit": "盒"}],
        "codes": [{"code": WHOLE, "line": 0}],
    }
    signer = YS1 if by == P1 else YS3
    return world.act("dispensing.reported", by, (signer,), {"rx": rx}, disclosed)


def test_returning_two_of_six_does_not_give_all_six_back_to_the_pack(world: World) -> None:
    """Twelve of ten were sold."""
    first = _capsules(world, PATIENT, "6")
    world.sell(first, [SACHETS], lines=_lines("6"))
    assert world.give_back(first, [SACHETS], lines=_lines("2")).codes == ()
    second = _capsules(world, PATIENT2, "8")
    assert world.sell(second, [SACHETS], lines=_lines("8")).codes == ("TRACE_SPLIT_OVERFLOW",)
    third = _capsules(world, PATIENT3, "6")
    assert world.sell(third, [SACHETS], lines=_lines("6")).codes == ()


def test_the_rest_of_an_opened_packs_sale_can_still_come_back(world: World) -> None:
    """The second half of a return was refused: the first had taken the sale off the record."""
    rx = _capsules(world, PATIENT, "6")
    world.sell(rx, [SACHETS], lines=_lines("6"))
    world.give_back(rx, [SACHETS], lines=_lines("2"))
    assert world.give_back(rx, [SACHETS], lines=_lines("4")).codes == ()
    assert world.give_back(rx, [SACHETS], lines=_lines("1")).codes[-1] == "TRACE_NOT_IN_RX"


def test_no_more_comes_back_than_was_taken_out_of_the_pack(world: World) -> None:
    """A whole pack came back of which six were sold: ten more could be had while six of another were out."""
    other = code("8990007", 2)
    world.receive([other])
    rx = _capsules(world, PATIENT, "12")
    for pack in (SACHETS, other):
        world.sell(rx, [pack], lines=_lines("6"))
    assert world.give_back(rx, [SACHETS], drug=OSELTAMIVIR).codes == ("TRACE_NOT_IN_RX",)
    assert world.give_back(rx, [SACHETS], lines=_lines("7")).codes == ("TRACE_NOT_IN_RX",)
    assert world.give_back(rx, [SACHETS], lines=_lines("6")).codes == ()


def test_a_pack_that_was_only_reported_does_not_come_back_for_the_dispensed_one(world: World) -> None:
    """One scanner was wrong: the prescription could be served again while its pack stood as sold."""
    rx, other = world.ready(), code("8990002", 2)
    world.receive([other])
    assert _report(world, rx, "S1").codes == ()
    world.sell(rx, [other], settlement="S1")
    assert world.give_back(rx, [WHOLE]).codes == ("TRACE_NOT_IN_RX",)
    assert world.give_back(rx, [other]).codes == ()


def test_the_rest_of_a_pack_sold_whole_can_still_come_back(world: World) -> None:
    """Six of ten had come back from the patient's home: the other four were refused as never sold to him."""
    rx = _capsules(world, PATIENT, "10")
    world.sell(rx, [SACHETS], drug=OSELTAMIVIR)
    for quantity in ("6", "4"):
        assert world.give_back(rx, [SACHETS], lines=_lines(quantity), left_shop=True).codes == ()
    other = _capsules(world, PATIENT2, "4")
    assert world.sell(other, [SACHETS], lines=_lines("4")).codes == ("TRACE_NOT_RESALABLE",)


def _split_and_spoilt(world: World) -> str:
    """Six of ten sold, four of them back after they had left the shop."""
    rx = _capsules(world, PATIENT, "6")
    world.sell(rx, [SACHETS], lines=_lines("6"))
    assert world.give_back(rx, [SACHETS], lines=_lines("4"), left_shop=True).codes == ()
    return rx


def test_what_never_left_the_shop_in_an_opened_pack_is_still_sold(world: World) -> None:
    """Four sachets on the shelf were spoilt by the four that a customer brought back."""
    _split_and_spoilt(world)
    other = _capsules(world, PATIENT2, "5")
    assert world.sell(other, [SACHETS], lines=_lines("5")).codes == ("TRACE_NOT_RESALABLE",)
    assert world.sell(other, [SACHETS], lines=_lines("4")).codes == ()


def test_the_other_half_comes_back_after_the_first_left_the_shop(world: World) -> None:
    """The second return of one sale was refused."""
    rx = _split_and_spoilt(world)
    assert world.give_back(rx, [SACHETS], lines=_lines("2"), left_shop=True).codes == ()
    assert world.give_back(rx, [SACHETS], lines=_lines("1"), left_shop=True).codes[-1] == "TRACE_NOT_IN_RX"


@pytest.mark.parametrize(
    ("state", "listed", "code"),
    [
        ({"expiry": "2026-03-01"}, {}, "TRACE_EXPIRED"),
        ({}, {"expiry": "2026-03-01"}, "TRACE_EXPIRED"),
        ({"lot": "L1"}, {}, "TRACE_RECALLED"),
        ({"parent": "t.codes.carton"}, {}, "TRACE_PARENT_SOLD"),
    ],
)
def test_a_pack_sold_through_the_stock_channel_alone_is_no_less_judged(
    world: World, state: dict[str, str], listed: dict[str, str], code: str
) -> None:
    """An expired pack, told through one channel only, was booked."""
    world.put(keys.recall("part", METFORMIN, "L1"), {"recalled": True})
    world.put(keys.trace_code("t.codes.carton"), {"state": "sold", "org": P2, "at": 0, "sales": []})
    world.put(keys.trace_code(f"t.codes.{WHOLE}"), {"in": [P1], **state})
    rx = world.ready()
    disclosed = {
        "identifiers": {"setl_id": "S1"},
        "lines": [{"drug": METFORMIN, "quantity": "1", "unit": "盒"}],
        "codes": [{"code": WHOLE, "line": 0, **listed}],
    }
    assert world.act("dispensing.reported", P1, (YS1,), {"rx": rx}, disclosed).codes == (code,)


def test_more_than_is_left_is_not_reported_out_of_an_opened_pack(world: World) -> None:
    """Six of the four left were booked through the stock channel."""
    world.sell(_capsules(world, PATIENT, "6"), [SACHETS], lines=_lines("6"))
    rx = _capsules(world, PATIENT2, "6")
    disclosed = {
        "identifiers": {"setl_id": "S7"},
        "lines": _lines("6"),
        "codes": [{"code": SACHETS, "line": 0}],
    }
    decision = world.act("dispensing.reported", P1, (YS1,), {"rx": rx}, disclosed)
    assert decision.codes == ("TRACE_SPLIT_OVERFLOW",)


@pytest.mark.parametrize("type_", ["dispensing.reported", "settlement.reported"])
def test_a_report_adds_no_pack_to_a_prescription_that_is_served(world: World, type_: str) -> None:
    """A second pack, told through a channel alone, was booked on a prescription of one box."""
    second = code("8990002", 2)
    world.receive([second])
    rx = world.ready()
    world.sell(rx, [WHOLE], settlement="S1")
    disclosed: dict[str, object] = {"identifiers": {"setl_id": "S1"}}
    if type_ == "dispensing.reported":
        disclosed["lines"] = [{"drug": METFORMIN, "quantity": "1", "unit": "盒"}]
        disclosed["codes"] = [{"code": second, "line": 0}]
    else:
        disclosed["codes"] = [{"code": second}]
    decision = world.act(type_, P1, (YS1,), {"rx": rx}, disclosed)
    assert decision.codes == ("QTY_EXCEEDS_RX",)
    first = {**disclosed, "codes": [{"code": WHOLE, **({"line": 0} if "lines" in disclosed else {})}]}
    assert world.act(type_, P1, (YS1,), {"rx": rx}, first).codes == ()


def _settle(world: World, rx: str, *codes: str, **more: object) -> tuple[str, ...]:
    """The settlement channel names codes alone, and no drug (2207)."""
    told = {"identifiers": {"setl_id": "S1"}, "codes": [{"code": one, **more} for one in codes]}
    return world.act("settlement.reported", P1, (YS1,), {"rx": rx}, told).codes


def test_a_settlement_that_comes_before_its_sale_accuses_nobody(world: World) -> None:
    """The fund's channel was faster than the counter's: the shop was told of more than was prescribed."""
    rx = world.ready()
    assert _settle(world, rx, WHOLE) == ()
    assert world.sell(rx, [WHOLE], settlement="S1").codes == ()
    other = world.ready(patient=PATIENT2)
    assert world.sell(other, [WHOLE], settlement="S2").codes == ("TRACE_ALREADY_DISPENSED_HERE",)


def test_a_settlement_ahead_of_its_sale_tells_of_no_more_than_was_prescribed(world: World) -> None:
    rx = world.ready()
    assert _settle(world, rx, WHOLE, code("8990002", 2)) == ("QTY_EXCEEDS_RX",)


def test_a_recalled_lot_is_not_settled_either(world: World) -> None:
    world.put(keys.recall("part", METFORMIN, "L1"), {"recalled": True})
    assert _settle(world, world.ready(), WHOLE, lot="L1") == ("TRACE_RECALLED",)


@pytest.mark.parametrize("second", [False, True])
def test_a_code_of_no_known_product_is_the_only_drug_prescribed_or_nobody_knows_which(
    world: World, second: bool
) -> None:
    lines = [world.line(), world.line(drug=OSELTAMIVIR, unit="盒", days="2")]
    rx = world.ready(lines=lines if second else lines[:1])
    assert _settle(world, rx, code("8999999", 1)) == ()
    more, too_many = code("8999999", 2), code("8999999", 3)
    assert _settle(world, rx, more) == (() if second else ("QTY_EXCEEDS_RX",))
    assert _settle(world, rx, too_many) == ("QTY_EXCEEDS_RX",), "two packs are prescribed"


def test_a_late_report_does_not_bring_a_returned_sale_back_to_life(world: World) -> None:
    """The next patient was refused a pack that stood on the shelf."""
    rx = world.ready()
    world.sell(rx, [WHOLE], settlement="S1")
    world.give_back(rx, [WHOLE], left_shop=False)
    assert _report(world, rx, "S1").codes == ()
    other = world.ready(patient=PATIENT2)
    assert world.sell(other, [WHOLE], settlement="S2").codes == ()


@pytest.mark.parametrize("split", [True, False])
def test_nothing_is_settled_out_of_a_pack_that_is_empty(world: World, split: bool) -> None:
    """A settlement says not how much of a pack it tells of: an empty one could be settled again and again."""
    parts = ("6", "4") if split else ("10",)
    for patient, quantity in zip((PATIENT, PATIENT2), parts, strict=False):
        world.sell(_capsules(world, patient, quantity), [SACHETS], lines=_lines(quantity))
    rx = _capsules(world, PATIENT3, "10")
    told = {"code": SACHETS, "drug": OSELTAMIVIR, "split": split}
    disclosed = {"identifiers": {"setl_id": "S9"}, "codes": [told]}
    decision = world.act("settlement.reported", P1, (YS1,), {"rx": rx}, disclosed)
    assert decision.codes == ("TRACE_SPLIT_OVERFLOW",)


def test_a_reported_part_is_not_dispensed_out_of_a_pack_that_was_sold_whole_since(world: World) -> None:
    """The report had not said how much, and the pack went whole to the next patient: both were served."""
    rx, other = _capsules(world, PATIENT, "2"), _capsules(world, PATIENT2, "10")
    told = {"code": SACHETS, "drug": OSELTAMIVIR, "split": True}
    disclosed = {"identifiers": {"setl_id": "S1"}, "codes": [told]}
    world.act("settlement.reported", P1, (YS1,), {"rx": rx}, disclosed)
    first = _capsules(world, PATIENT3, "2")
    world.sell(first, [SACHETS], lines=_lines("2"))
    world.give_back(first, [SACHETS], lines=_lines("2"))
    assert world.sell(other, [SACHETS], drug=OSELTAMIVIR).codes == ()
    refused = world.sell(rx, [SACHETS], lines=_lines("2"), settlement="S1")
    assert refused.codes == ("TRACE_SPLIT_OVERFLOW",)


@pytest.mark.parametrize("returned", [True, False])
def test_a_report_does_not_change_how_much_was_dispensed(world: World, returned: bool) -> None:
    """Told as a whole pack, six of it became ten; what had come back was with the patient again."""
    rx = _capsules(world, PATIENT, "6")
    world.sell(rx, [SACHETS], lines=_lines("6"), settlement="S1")
    if returned:
        world.give_back(rx, [SACHETS], lines=_lines("6"))
    whole = {"identifiers": {"setl_id": "S1"}, "codes": [{"code": SACHETS, "drug": OSELTAMIVIR}]}
    assert world.act("settlement.reported", P1, (YS1,), {"rx": rx}, whole).codes == ()
    [sale] = world.record(keys.trace_code(f"t.codes.{SACHETS}"))["sales"]
    assert (sale["units"], sale.get("back", 0)) == (6_000_000, 6_000_000 if returned else 0)


def test_a_report_under_another_prescription_does_not_take_the_sale_along(world: World) -> None:
    """One number, two prescriptions: after the misnamed report the patient could not give the pack back."""
    rx, other = world.ready(), world.ready(patient=PATIENT2)
    world.sell(rx, [WHOLE], settlement="S1")
    assert _report(world, other, "S1").codes == ()
    assert world.give_back(rx, [WHOLE]).codes == ()


def test_a_late_report_does_not_make_a_pack_that_left_the_shop_good_again(world: World) -> None:
    """The mark was overwritten; the refusal named a second sale instead of the spoilt pack."""
    rx = world.ready()
    world.sell(rx, [WHOLE], settlement="S1")
    world.give_back(rx, [WHOLE], left_shop=True)
    assert _report(world, rx, "S1").codes == ()
    other = world.ready(patient=PATIENT2)
    assert world.sell(other, [WHOLE], settlement="S2").codes == ("TRACE_NOT_RESALABLE",)


def test_a_late_report_is_no_second_sale_of_a_pack_that_another_shop_sold_since(world: World) -> None:
    """It came back unsold, went on and was sold there: the first shop's late report was a VIOLATION."""
    rx, other = world.ready(), world.ready(P2, patient=PATIENT2)
    world.sell(rx, [WHOLE], settlement="S1")
    world.give_back(rx, [WHOLE])
    assert world.sell(other, [WHOLE], P2, settlement="S2").codes == ()
    assert _report(world, rx, "S1").codes == ()
    found = world.record(keys.trace_code(f"t.codes.{WHOLE}"))
    assert (found["org"], found["state"]) == (P2, "sold")
    assert _report(world, rx, "S9").codes == ("TRACE_ALREADY_DISPENSED",)
    assert _report(world, other, "S2", P2).codes == ()


def test_a_report_that_matches_no_sale_is_judged_as_a_sale(world: World) -> None:
    """It was booked although the pack had left the shop and come back."""
    rx = world.ready()
    world.sell(rx, [WHOLE], settlement="S1")
    world.give_back(rx, [WHOLE], left_shop=True)
    assert _report(world, rx, "S9").codes == ("TRACE_NOT_RESALABLE",)


def test_a_pack_sold_under_the_number_of_a_report_that_came_to_nothing_is_sold(world: World) -> None:
    """It stayed in stock on the ledger: the report stood as given back, and the sale counted as that report.

    The pack could be sold to one patient after the other, once each sale before was made under such a number.
    """
    other = code("8990002", 2)
    world.receive([other])
    rx, second, third = world.ready(), world.ready(patient=PATIENT2), world.ready(patient=PATIENT3)
    assert _report(world, rx, "S1").codes == ()
    assert world.sell(rx, [other], settlement="S2").codes == ()
    assert world.sell(second, [WHOLE], settlement="S3").codes == ()
    assert world.give_back(second, [WHOLE]).codes == () and world.give_back(rx, [other]).codes == ()
    assert world.sell(rx, [WHOLE], settlement="S1").codes == ()
    assert world.record(keys.trace_code(f"t.codes.{WHOLE}"))["state"] == "sold"
    assert world.sell(third, [WHOLE], settlement="S4").codes == ("TRACE_ALREADY_DISPENSED_HERE",)
    assert _report(world, rx, "S1").codes == ()
    sales = world.record(keys.trace_code(f"t.codes.{WHOLE}"))["sales"]
    [sale] = [one for one in sales if not one.get("back")]
    assert sale["channels"] == ["dispensing.dispensed", "dispensing.reported"]


def test_a_late_report_is_of_the_sale_whose_number_it_names(world: World) -> None:
    """Of a sale that came back, and not of the next one of the pack, which names no number."""
    rx = world.ready()
    world.sell(rx, [WHOLE], settlement="S1")
    world.give_back(rx, [WHOLE])
    assert world.sell(rx, [WHOLE], disclosures={"identifiers": {}}).codes == ()
    assert _report(world, rx, "S1").codes == () and _report(world, rx, "S2").codes == ()
    told = [one["sale"] for one in world.record(keys.trace_code(f"t.codes.{WHOLE}"))["sales"]]
    assert sorted(told) == [["t.codes.S1"], ["t.codes.S2"]]


def test_a_report_told_again_after_a_lost_answer_is_no_second_sale(world: World) -> None:
    """A client that rebuilt its message, with a new id, was accused of selling twice."""
    rx = world.ready()
    world.sell(rx, [WHOLE], settlement="S1")
    assert _report(world, rx, "S1").codes == ()
    assert _report(world, rx, "S1").codes == ()
    [sale] = world.record(keys.trace_code(f"t.codes.{WHOLE}"))["sales"]
    assert sale["channels"] == ["dispensing.dispensed", "dispensing.reported"]


def _without_document(world: World, type_: str, rx: str, settlement: str) -> tuple[str, ...]:
    numbers = {"identifiers": {"setl_id": settlement, "rtal_docno": "无"}}
    if type_ == "dispensing.dispensed":
        return world.sell(rx, [WHOLE], disclosures=numbers).codes
    lines = [{"drug": METFORMIN, "quantity": "1", "unit": "盒"}]
    told = {**numbers, "lines": lines, "codes": [{"code": WHOLE, "line": 0}]}
    return world.act(type_, P1, (YS1,), {"rx": rx}, told).codes


@pytest.mark.parametrize("settlement", ["S1", "无"])
def test_a_pack_is_not_paid_for_twice_because_both_sales_name_no_document(
    world: World, settlement: str
) -> None:
    """无 was taken for a number that both sales had in common: the second report passed as the first sale."""
    first, other = world.ready(), world.ready(patient=PATIENT2)
    assert _without_document(world, "dispensing.dispensed", first, settlement) == ()
    refused = _without_document(world, "dispensing.reported", other, "无" if settlement == "无" else "S2")
    assert refused == ("TRACE_ALREADY_DISPENSED_HERE",)
    assert _without_document(world, "dispensing.reported", first, settlement) == (), "told on both channels"


def test_a_doctor_who_signs_twice_is_told_that_one_person_is_one_role(world: World) -> None:
    """The refusal said that the doctor was not the doctor."""
    decision = world.issue(signers=(DOCTOR, DOCTOR))
    assert decision.codes == ("DUTY_SEPARATION",)
