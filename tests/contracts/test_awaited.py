"""The fund pays what was dispensed: a claim of which only reports tell waits for the shop's own sale."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contracts import keys
from tests.contracts.fund import fund_says, paid_early, with_fund
from tests.contracts.office import freeze, score
from tests.contracts.world import DOCTOR, METFORMIN, OSELTAMIVIR, P1, PATIENT2, YS1, YS2, World, code

PACK, OTHER = code("8990002", 1), code("8990002", 2)
SACHETS = code("8990007", 1)
WAITS = ("DISPENSING_AWAITED",)
_BOX = {"drug": METFORMIN, "quantity": "1", "unit": "盒"}


@pytest.fixture
def world() -> World:
    made = with_fund(World())
    made.open_duties()
    made.receive([PACK, OTHER, SACHETS])
    return made


def _claimed(world: World, rx: str, number: str = "S1", pack: str = PACK) -> tuple[str, ...]:
    """The shop settles (2207) what it says that it sold."""
    told = {"identifiers": {"setl_id": number}, "codes": [{"code": pack, "line": 0}]}
    return world.act("settlement.reported", P1, (YS1,), {"rx": rx}, told).codes


def _paid(world: World, rx: str, number: str = "S1", pack: str = PACK) -> tuple[str, ...]:
    return fund_says(world, "settled", rx, number, pack).codes


def _off_duty(world: World) -> None:
    for who in (YS1, YS2):
        world.act("duty.closed", P1, (who,), {"site": P1})


def _covered(world: World) -> None:
    world.sell(world.ready(), [OTHER], settlement="S0")


STOPS: dict[str, tuple[Callable[[World], object], str]] = {
    "a frozen doctor": (lambda world: freeze(world, DOCTOR), "STATE_FROZEN"),
    "a terminated shop": (lambda world: score(world, 12, subject=P1, kind="fraud"), "ORG_SUSPENDED"),
    "nobody on duty": (_off_duty, "DUTY_NO_SESSION"),
    "a covered patient": (_covered, "SUPPLY_COVERED"),
}


@pytest.mark.parametrize("why", STOPS)
def test_the_fund_does_not_pay_for_a_sale_that_was_refused(world: World, why: str) -> None:
    """Claimed by 2207 all the same, it was paid without a flag: what stops a sale stopped no money."""
    stop, code_ = STOPS[why]
    if why != "a covered patient":
        rx = world.ready()
        stop(world)
    else:
        stop(world)
        rx = world.ready()
    assert world.sell(rx, [PACK], settlement="S1").codes[0] == code_
    assert _claimed(world, rx) == ()
    assert _paid(world, rx) == WAITS


def test_the_fund_does_not_pay_for_a_pack_that_nobody_tried_to_sell(world: World) -> None:
    """Nobody is accused: the sale may still be told, and then it is paid."""
    rx = world.ready()
    assert _claimed(world, rx) == ()
    refused = fund_says(world, "settled", rx, "S1", PACK)
    assert (refused.outcome, refused.codes) == ("refused", WAITS)
    assert refused.findings[0].class_ == "NOTICE"
    assert refused.findings[0].told == {"member": "code"}
    assert world.sell(rx, [PACK], settlement="S1").codes == ()
    assert _paid(world, rx) == ()
    assert fund_says(world, "refunded", rx, "S1", PACK).codes == ()


def test_what_only_the_stock_channel_tells_is_no_dispensing_yet(world: World) -> None:
    rx = world.ready()
    told = {
        "identifiers": {"setl_id": "S1"},
        "lines": [_BOX],
        "codes": [{"code": PACK, "line": 0}],
    }
    assert world.act("dispensing.reported", P1, (YS1,), {"rx": rx}, told).codes == ()
    assert [_claimed(world, rx), _paid(world, rx)] == [(), WAITS]


def test_a_sale_before_the_freeze_of_its_doctor_is_paid(world: World) -> None:
    rx = world.ready()
    world.sell(rx, [PACK], settlement="S1")
    freeze(world, DOCTOR)
    assert [_claimed(world, rx), _paid(world, rx)] == [(), ()]


def test_a_sale_told_without_a_number_is_paid_under_the_claims(world: World) -> None:
    """A shop that writes no number on its sale is paid as ever: the prescription tells which sale it is."""
    rx = world.ready()
    world.sell(rx, [PACK], settlement="无")
    assert [_claimed(world, rx), _paid(world, rx)] == [(), ()]


def test_a_payment_of_an_older_ledger_is_taken_back_though_nothing_was_dispensed(world: World) -> None:
    rx = world.ready()
    _claimed(world, rx)
    paid_early(world, PACK)
    assert _paid(world, rx) == ("SETTLED_TWICE",)
    assert fund_says(world, "refunded", rx, "S1", PACK).codes == ()
    assert _paid(world, rx) == WAITS


def test_a_claim_under_the_right_code_is_paid_once_the_wrong_scan_is_corrected(world: World) -> None:
    rx = world.ready()
    assert _claimed(world, rx, pack=OTHER) == ()
    world.sell(rx, [PACK], settlement="S1")
    sale = world.last_id
    assert _paid(world, rx, pack=OTHER) == WAITS, "the sale took the other code, and is not paid under both"
    swap = {"lines": [_BOX], "codes": [{"wrong": PACK, "code": OTHER, "line": 0}]}
    assert world.act("dispensing.corrected", P1, (YS1,), {"rx": rx, "sale": sale}, swap).codes == ()
    assert _paid(world, rx, pack=OTHER) == ()
    assert _paid(world, rx) == ("TRACE_NOT_IN_RX",)


def test_a_return_before_the_claim_is_paid_by_nobody_and_no_matter_of_waiting(world: World) -> None:
    rx = world.ready()
    world.sell(rx, [PACK], settlement="S1")
    world.give_back(rx, [PACK])
    assert _paid(world, rx) == ("TRACE_NOT_IN_RX",)


def test_one_part_of_an_opened_pack_that_was_sold_pays_for_no_other_part(world: World) -> None:
    """Both are of one prescription and one pack; the second part is claimed under a number of its own."""
    rx = world.ready(line={"drug": OSELTAMIVIR, "quantity": "8", "unit": "粒", "days": "3"})
    part = [{"drug": OSELTAMIVIR, "quantity": "4", "unit": "粒", "split": True}]
    assert world.sell(rx, [SACHETS], lines=part, settlement="S1").codes == ()
    assert _claimed(world, rx, "S2", SACHETS) == ()
    assert _paid(world, rx, "S2", SACHETS) == WAITS
    assert _paid(world, rx, "无", SACHETS) == (), "without a number: the part that was sold"
    assert _funds(world, SACHETS) == {"S1": "settled", "S2": None}
    assert _paid(world, rx, "无", SACHETS) == WAITS
    assert world.sell(rx, [SACHETS], lines=part, settlement="S2").codes == ()
    assert _paid(world, rx, "S2", SACHETS) == ()


def _funds(world: World, pack: str) -> dict[str, str | None]:
    sales = world.record(keys.trace_code(f"t.codes.{pack}"))["sales"]
    return {sale["sale"][0].rpartition(".")[2]: sale.get("fund") for sale in sales}


def test_every_pack_of_a_payment_was_dispensed(world: World) -> None:
    """One of two was sold: the payment of both waits, that of the one goes through."""
    rx = world.ready(line={"quantity": "2", "dose": "2.5", "days": "28"})
    world.sell(rx, [PACK], settlement="S1")
    _claimed(world, rx, pack=OTHER)
    assert fund_says(world, "settled", rx, "S1", PACK, OTHER).codes == WAITS
    assert fund_says(world, "settled", rx, "S1", PACK).codes == ()


def test_packs_without_codes_are_paid_as_many_as_were_dispensed(world: World) -> None:
    """Two are claimed without a number, one was sold: one is paid, and it is the one that was sold."""
    lots = {"lots": {"L1": {"packs": 5, "valid_to": "2027-01-01"}}}
    world.put(keys.uncoded(P1, METFORMIN), lots)
    rx = world.ready(line={"quantity": "2", "dose": "2.5", "days": "28"})
    pack = {"code": "", "uncoded": True, "lot": "L1", "drug": METFORMIN}
    assert fund_says(world, "reported", rx, "S1", pack).codes == ()
    listed = [{"code": "", "uncoded": True, "lot": "L1", "line": 0}]
    assert world.sell(rx, [], listed=listed, lines=[_BOX], settlement="S2").codes == ()
    assert fund_says(world, "settled", rx, "无", pack, pack).codes == WAITS
    assert fund_says(world, "settled", rx, "无", pack).codes == ()
    paid = {tuple(one["sale"]): one["paid"] for one in world.record(keys.rx_content(rx))["uncoded"]}
    assert sorted(paid.values()) == [0, 1]
    assert fund_says(world, "settled", rx, "S2", pack).codes == ("SETTLED_TWICE",)
    assert fund_says(world, "settled", rx, "S1", pack).codes == WAITS


def test_another_patients_sale_stands_behind_no_claim(world: World) -> None:
    rx, other = world.ready(), world.ready(patient=PATIENT2)
    world.sell(other, [OTHER], settlement="S2")
    _claimed(world, rx)
    assert _paid(world, rx) == WAITS
    assert _paid(world, other, "S2", OTHER) == ()
