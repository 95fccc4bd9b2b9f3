"""What the fund says of a sale: it speaks of the shop that sold, never of a sale of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.fund import FUND, fund_says, paid_early, with_fund
from tests.contracts.world import (
    FUND_OFFICER,
    METFORMIN,
    OSELTAMIVIR,
    P1,
    P2,
    PATIENT,
    PATIENT2,
    YS1,
    YS3,
    World,
    code,
)

PACK, OTHER = code("8990002", 1), code("8990002", 2)
_BOX = {"drug": METFORMIN, "quantity": "1", "unit": "盒"}


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([PACK, OTHER])
    return with_fund(made)


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


def test_the_funds_report_of_a_pack_without_a_code_is_of_the_shops_listed_lot(world: World) -> None:
    """It was refused, as if the fund had to have old stock of its own."""
    world.put(keys.uncoded(P1, METFORMIN), {"lots": {"L1": {"packs": 5, "valid_to": "2027-01-01"}}})
    rx = world.ready()
    pack = {"code": "", "uncoded": True, "lot": "L1"}
    assert world.sell(rx, [], listed=[{**pack, "line": 0}], lines=[_BOX], settlement="S1").codes == ()
    disclosed = {"identifiers": {"setl_id": "S1"}, "codes": [{**pack, "drug": METFORMIN}]}
    for type_ in ("settlement.reported", "settlement.settled"):
        assert world.act(type_, FUND, (FUND_OFFICER,), {"rx": rx}, disclosed).codes == ()


def _two_without_codes(world: World) -> tuple[str, Callable[..., tuple[str, ...]]]:
    """Two packs of one lot are sold; returns the prescription and what the fund says of so many of them."""
    lots = {lot: {"packs": 5, "valid_to": "2027-01-01"} for lot in ("L1", "L2")}
    world.put(keys.uncoded(P1, METFORMIN), {"lots": lots})
    rx = world.ready(line={"quantity": "2"})
    pack = {"code": "", "uncoded": True, "lot": "L1"}
    two = [{**_BOX, "quantity": "2"}]
    sold = world.sell(rx, [], listed=[{**pack, "line": 0}] * 2, lines=two, settlement="S1")
    assert sold.codes == ()

    def told(type_: str, packs: int = 1, number: str = "S1", **changed: str) -> tuple[str, ...]:
        listed = [{**pack, "drug": METFORMIN, **changed}] * packs
        disclosed = {"identifiers": {"setl_id": number}, "codes": listed}
        return world.act(f"settlement.{type_}", FUND, (FUND_OFFICER,), {"rx": rx}, disclosed).codes

    return rx, told


def test_a_pack_without_a_code_is_not_paid_twice(world: World) -> None:
    """Old stock was the way to be paid as often as one liked: no code, no question."""
    _, told = _two_without_codes(world)
    assert told("settled", 3) == ("TRACE_NOT_IN_RX",)
    assert told("settled", lot="L2") == ("TRACE_NOT_IN_RX",)
    assert told("refunded") == ("NOT_SETTLED",)
    assert [told("settled") for _ in range(3)] == [(), (), ("SETTLED_TWICE",)]
    assert told("refunded", 3) == ("NOT_SETTLED",)
    assert [told("refunded"), told("settled", 2), told("settled")] == [(), ("SETTLED_TWICE",), ()]
    assert told("refunded", 2) == ()


def test_of_packs_without_codes_what_came_back_is_not_paid_and_is_refunded(world: World) -> None:
    rx, told = _two_without_codes(world)
    back = [{"code": "", "line": 0, "uncoded": True, "lot": "L1"}]
    other_lot = [{**back[0], "lot": "L2"}]
    assert world.give_back(rx, [], lines=[_BOX], listed=other_lot).codes == ("TRACE_NOT_IN_RX",)
    assert world.give_back(rx, [], lines=[_BOX], listed=back).codes == ()
    assert told("settled", 2) == ("TRACE_NOT_IN_RX",)
    assert told("settled") == ()
    assert world.give_back(rx, [], lines=[_BOX], listed=back).codes == ()
    assert told("settled") == ("TRACE_NOT_IN_RX",)
    assert told("refunded") == ()


def test_a_pack_without_a_code_sold_again_is_paid_before_the_first_ones_refund(world: World) -> None:
    """The honest fund was said to pay twice: one of two paid packs had come back and was sold once more."""
    rx, told = _two_without_codes(world)
    assert told("settled", 2) == ()
    back = [{"code": "", "line": 0, "uncoded": True, "lot": "L1"}]
    assert world.give_back(rx, [], lines=[_BOX], listed=back).codes == ()
    assert told("settled") == ("SETTLED_TWICE",), "nothing was sold again yet"
    assert world.sell(rx, [], lines=[_BOX], listed=back, settlement="S2").codes == ()
    assert told("settled", number="S3") == ("TRACE_NOT_IN_RX",)
    assert [told("settled", number="S2") for _ in range(2)] == [(), ("SETTLED_TWICE",)]
    assert [told("refunded", packs) for packs in (1, 1, 1)] == [(), (), ("NOT_SETTLED",)]
    assert told("settled", 2) == ("TRACE_NOT_IN_RX",), "of the first sale one is kept"
    assert told("settled") == ()


@pytest.mark.parametrize(("number", "first"), [("S1", "SETTLED_TWICE"), ("S7", "DISPENSING_AWAITED")])
def test_packs_without_codes_that_a_report_tells_first_are_paid_once_sold(
    world: World, number: str, first: str
) -> None:
    """The shop's own statement comes an hour later, or never: the fund waits for it, and is not accused."""
    lots = {"L1": {"packs": 5, "valid_to": "2027-01-01"}}
    world.put(keys.uncoded(P1, METFORMIN), {"lots": lots})
    rx = world.ready()
    pack = {"code": "", "uncoded": True, "lot": "L1"}

    def said(done: str, number: str = "S1") -> tuple[str, ...]:
        return fund_says(world, done, rx, number, {**pack, "drug": METFORMIN}).codes

    assert [said("reported"), said("reported")] == [(), ()], "told again"
    assert said("settled") == ("DISPENSING_AWAITED",)
    back = [{**pack, "line": 0}]
    assert world.give_back(rx, [], lines=[_BOX], listed=back).codes != (), "the shop has sold nothing yet"
    assert world.sell(rx, [], listed=back, lines=[_BOX], settlement=number).codes == ()
    assert [said("settled", number), said("settled")] == [(), (first,)]
    assert said("reported", number) == ()
    assert world.give_back(rx, [], lines=[_BOX], listed=back).codes == ()
    assert said("settled", number) == ("TRACE_NOT_IN_RX",)
    assert said("refunded", number) == ()


def test_a_lot_that_only_a_report_told_of_does_not_come_back(world: World) -> None:
    rx, _ = _two_without_codes(world)
    disclosed = {
        "identifiers": {"setl_id": "S8"},
        "codes": [{"code": "", "uncoded": True, "lot": "L2", "drug": METFORMIN}],
    }
    assert world.act("settlement.reported", FUND, (FUND_OFFICER,), {"rx": rx}, disclosed).codes == ()
    back = [{"code": "", "line": 0, "uncoded": True, "lot": "L2"}]
    assert world.give_back(rx, [], lines=[_BOX], listed=back).codes == ("TRACE_NOT_IN_RX",)


def test_a_return_is_of_the_sale_whose_number_it_names(world: World) -> None:
    """It took the newest sale back: the fund was accused for paying that one and could pay the other."""
    pack = code("8990007", 1)
    world.receive([pack])
    rx = world.ready(line={"drug": OSELTAMIVIR, "quantity": "5", "unit": "粒", "days": "3"})
    for number, units in (("S1", "2"), ("S2", "3")):
        lines = [{"drug": OSELTAMIVIR, "quantity": units, "unit": "粒", "split": True}]
        assert world.sell(rx, [pack], lines=lines, settlement=number).codes == ()
    back = {"lines": [{"drug": OSELTAMIVIR, "quantity": "2", "unit": "粒", "split": True}]}
    groups = {**back, "identifiers": {"setl_id": "S1"}, "codes": [{"code": pack, "line": 0}]}
    assert world.act("dispensing.returned", P1, (YS1,), {"rx": rx, "left_shop": False}, groups).codes == ()
    of_it = {"code": pack, "drug": OSELTAMIVIR}
    assert fund_says(world, "settled", rx, "S2", of_it).codes == ()
    assert fund_says(world, "settled", rx, "S1", of_it).codes == ("TRACE_NOT_IN_RX",)


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


def _fund_did(world: World, pack: str = PACK) -> list[str | None]:
    return [sale.get("fund") for sale in world.record(keys.trace_code(f"t.codes.{pack}"))["sales"]]


def test_a_sale_is_paid_taken_back_and_paid_again(world: World) -> None:
    rx = _sold(world)
    before = world.record(keys.rx(rx))
    assert _told(world, "settlement.settled", rx).codes == ()
    assert _fund_did(world) == ["settled"]
    assert world.record(keys.rx(rx)) == {**before, "marks": ["PAID"]}
    assert _told(world, "settlement.refunded", rx).codes == ()
    assert _fund_did(world) == ["refunded"]
    assert world.record(keys.rx(rx))["marks"] == ["PAID", "REFUNDED"]
    assert _told(world, "settlement.settled", rx).codes == ()


def test_a_pack_is_not_paid_twice(world: World) -> None:
    """Neither under the same number nor under another one (重复报销)."""
    rx = _sold(world)
    _told(world, "settlement.settled", rx)
    assert _told(world, "settlement.settled", rx).codes == ("SETTLED_TWICE",)
    assert _told(world, "settlement.settled", rx, "S9").codes == ("SETTLED_TWICE", "TRACE_NOT_IN_RX")


def test_only_a_sale_that_stands_is_paid(world: World) -> None:
    """Another number, prescription or pack, one that came back, and one that nobody sold."""
    rx, other = _sold(world), world.ready(patient=PATIENT2)
    for named in ((rx, "S9", PACK), (other, "S1", PACK), (rx, "S1", OTHER)):
        assert _told(world, "settlement.settled", *named).codes == ("TRACE_NOT_IN_RX",)
    world.give_back(rx, [PACK])
    assert _told(world, "settlement.settled", rx).codes == ("TRACE_NOT_IN_RX",)


def test_a_record_refused_for_its_data_goes_no_further_until_it_is_corrected(world: World) -> None:
    """S47: the entrance keeps it out, and the correction names what it corrects: both are on the log."""
    assert world.issue(line={"unit": "箱子"}).findings[0].class_ == "DATA_QUALITY"
    assert world.claim(world.last_id).codes == ("RX_NOT_FOUND",)
    rx = world.ready()
    assert world.sell(rx, [PACK[:-1]], settlement="S1").codes == ("TRACE_FORMAT",)
    refused = world.last_id
    assert _told(world, "settlement.settled", rx).codes == ("TRACE_NOT_IN_RX",)
    sold = world.sell(rx, [PACK], settlement="S1", corrects=refused)
    assert (sold.codes, world.facts_of_last.payload["corrects"]) == ((), refused)
    assert world.record(keys.ticket(refused))["closed"] == world.last_id
    assert keys.refused(refused) in world.state
    assert _told(world, "settlement.settled", rx).codes == ()


def test_only_what_was_paid_is_taken_back_and_once(world: World) -> None:
    rx = _sold(world)
    decision = _told(world, "settlement.refunded", rx)
    assert decision.codes == ("NOT_SETTLED",)
    assert decision.findings[0].class_ == "DATA_QUALITY"
    _told(world, "settlement.settled", rx)
    assert _told(world, "settlement.refunded", rx, "S9").codes == ("NOT_SETTLED",)
    assert _told(world, "settlement.refunded", rx).codes == ()
    assert _told(world, "settlement.refunded", rx).codes == ("NOT_SETTLED",)


def test_what_came_back_is_refunded_and_its_pack_paid_in_the_next_sale(world: World) -> None:
    rx = _sold(world)
    _told(world, "settlement.settled", rx)
    world.give_back(rx, [PACK])
    second = world.ready(patient=PATIENT2)
    world.sell(second, [PACK], settlement="S2")
    assert _told(world, "settlement.settled", second, "S2").codes == ()
    assert _told(world, "settlement.refunded", rx).codes == ()
    assert _fund_did(world) == ["refunded", "settled"]


def test_what_came_back_is_refunded_when_another_shop_holds_the_prescription(world: World) -> None:
    rx = _sold(world)
    _told(world, "settlement.settled", rx)
    world.give_back(rx, [PACK])
    world.act("prescription.released", P1, (YS1,), {"rx": rx})
    assert world.claim(rx, P2, YS3).codes == ()
    assert _told(world, "settlement.refunded", rx).codes == ()


def test_a_sale_without_a_number_is_paid_by_its_prescription(world: World) -> None:
    """As it is reported: 无 names no other sale."""
    rx, other = world.ready(), world.ready(patient=PATIENT2)
    world.sell(rx, [PACK], settlement="无")
    assert _told(world, "settlement.settled", other, "无").codes == ("TRACE_NOT_IN_RX",)
    assert _told(world, "settlement.settled", rx, "无").codes == ()
    assert _told(world, "settlement.refunded", rx, "S1").codes == ()


def test_the_second_part_of_a_sale_without_a_number_is_paid_too(world: World) -> None:
    """Both parts are of one prescription and one pack: the second payment was refused as a second one."""
    sachets = code("8990007", 1)
    world.receive([sachets])
    rx = world.ready(line={"drug": OSELTAMIVIR, "quantity": "8", "unit": "粒", "days": "3"})
    for _ in range(2):
        lines = [{"drug": OSELTAMIVIR, "quantity": "4", "unit": "粒", "split": True}]
        world.sell(rx, [sachets], lines=lines, settlement="无")
        assert _told(world, "settlement.settled", rx, "无", sachets).codes == ()
    assert _told(world, "settlement.settled", rx, "无", sachets).codes == ("SETTLED_TWICE",)


def test_a_refund_of_what_came_back_leaves_the_next_sale_paid(world: World) -> None:
    """Without numbers it took back both payments, and what the patient holds could be paid once more."""
    rx = world.ready()
    for _ in range(2):
        world.sell(rx, [PACK], settlement="无")
        _told(world, "settlement.settled", rx, "无")
        world.give_back(rx, [PACK])
    world.sell(rx, [PACK], settlement="无")
    _told(world, "settlement.settled", rx, "无")
    assert _told(world, "settlement.refunded", rx, "无").codes == ()
    assert _fund_did(world) == ["refunded", "refunded", "settled"]
    assert _told(world, "settlement.settled", rx, "无").codes == ("SETTLED_TWICE",)


def test_parts_of_an_opened_pack_are_paid_one_by_one(world: World) -> None:
    sachets = code("8990007", 1)
    world.receive([sachets])
    lines = [{"drug": OSELTAMIVIR, "quantity": "5", "unit": "粒", "split": True}]
    for patient, number in ((PATIENT, "S1"), (PATIENT2, "S2")):
        line = {"drug": OSELTAMIVIR, "quantity": "5", "unit": "粒", "days": "2"}
        rx = world.ready(patient=patient, line=line)
        world.sell(rx, [sachets], lines=lines, settlement=number)
        assert _told(world, "settlement.settled", rx, number, sachets).codes == ()
    assert _fund_did(world, sachets) == ["settled", "settled"]


def test_what_the_fund_paid_moves_with_a_corrected_scan(world: World) -> None:
    """Under the wrong code nothing is left to take back."""
    rx = _sold(world)
    sale = world.last_id
    _told(world, "settlement.settled", rx)
    swap = {"wrong": PACK, "code": OTHER, "line": 0}
    line = {"drug": METFORMIN, "quantity": "1", "unit": "盒"}
    disclosed = {"lines": [line], "codes": [swap]}
    world.act("dispensing.corrected", P1, (YS1,), {"rx": rx, "sale": sale}, disclosed)
    assert (_fund_did(world), _fund_did(world, OTHER)) == ([None], ["settled"])
    assert _told(world, "settlement.refunded", rx).codes == ("NOT_SETTLED",)
    assert _told(world, "settlement.settled", rx, "S1", OTHER).codes == ("SETTLED_TWICE",)


def test_what_was_paid_under_both_codes_is_taken_back_under_the_wrong_one(world: World) -> None:
    """Two channels told of one sale under two codes: the correction made one of two payments vanish."""
    rx = world.ready()
    _told(world, "settlement.reported", rx, pack=OTHER)
    paid_early(world, OTHER)
    world.sell(rx, [PACK], settlement="S1")
    sale = world.last_id
    assert _told(world, "settlement.settled", rx).codes == ()
    disclosed = {"lines": [_BOX], "codes": [{"wrong": PACK, "code": OTHER, "line": 0}]}
    corrected = world.act("dispensing.corrected", P1, (YS1,), {"rx": rx, "sale": sale}, disclosed)
    assert corrected.codes == ()
    assert _told(world, "settlement.refunded", rx).codes == ()
    assert (_fund_did(world), _fund_did(world, OTHER)) == (["refunded"], ["settled"])


@pytest.mark.parametrize("type_", ["settlement.settled", "settlement.refunded"])
def test_a_shop_does_not_say_what_the_fund_did(world: World, type_: str) -> None:
    rx = _sold(world)
    disclosed = {"identifiers": {"setl_id": "S1"}, "codes": [{"code": PACK}]}
    refused = world.act(type_, P1, (YS1,), {"rx": rx}, disclosed).codes
    assert {"ROLE_FORBIDDEN", "ORG_SCOPE"} <= set(refused)
    assert _told(world, type_, "0" * 64).codes[0] == "RX_NOT_FOUND"


def test_a_frozen_shop_is_not_paid_and_the_fund_may_still_take_back(world: World) -> None:
    rx = _sold(world)
    _told(world, "settlement.settled", rx)
    freeze = {"id": "f", "scope": "all", "until": world.now_ms + 1000, "by": "officers"}
    world.put(keys.freezes(P1), {"freezes": [freeze]})
    assert _told(world, "settlement.refunded", rx).codes == ()
    assert _told(world, "settlement.settled", rx).codes == ("STATE_FROZEN",)
