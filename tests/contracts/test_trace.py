"""TRACE: every row of the decision table of china-domain §2.3, and the forms K01–K07."""

from __future__ import annotations

import pytest

from contracts import keys
from tests.contracts.world import (
    METFORMIN,
    OFFICERS,
    OSELTAMIVIR,
    P1,
    P2,
    PATIENT,
    PATIENT2,
    PATIENT3,
    REGULATOR,
    YS1,
    YS3,
    World,
    code,
)

PACKS = [code("8990002", n) for n in range(1, 9)]


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive(PACKS)
    made.receive(PACKS, P2, YS3)
    return made


def test_never_sold_and_received_here_is_fine(world: World) -> None:
    assert world.sell(world.ready(), PACKS[:1]).codes == ()


@pytest.mark.parametrize(
    "bad",
    [
        "8990002000000000001",  # K01: 19 digits
        "８９９０００２００００００００００００１",  # K02: full width
        "89900020000000000001\n",  # K03
        "8990002O000000000001",  # K04: letter O
        "6901234567892",  # K05: article number
        "",
        "899000200000000000011",
    ],
)
def test_what_is_no_trace_code_ends_the_family(world: World, bad: str) -> None:
    decision = world.sell(world.ready(), [bad])
    assert decision.codes == ("TRACE_FORMAT",)
    assert decision.findings[0].class_ == "DATA_QUALITY"


def test_the_same_code_twice_in_one_sale(world: World) -> None:
    rx = world.ready(line={"quantity": "2"})
    assert world.sell(rx, [PACKS[0], PACKS[0]]).codes == ("TRACE_DUPLICATE_IN_EVENT",)


@pytest.mark.parametrize(("boxes", "codes", "fits"), [("2", 1, False), ("1", 2, False), ("2", 2, True)])
def test_as_many_codes_as_boxes(world: World, boxes: str, codes: int, fits: bool) -> None:
    rx = world.ready(line={"quantity": "2"})
    lines = [{"drug": METFORMIN, "quantity": boxes, "unit": "盒"}]
    told = () if fits else ("TRACE_COUNT_MISMATCH",)
    assert world.sell(rx, PACKS[:codes], lines=lines).codes == told


def test_whole_packs_counted_in_small_units_are_packs(world: World) -> None:
    rx = world.ready()
    lines = [{"drug": METFORMIN, "quantity": "60", "unit": "片"}]
    assert world.sell(rx, PACKS[:1], lines=lines).codes == ()


def test_half_a_pack_without_opening_it_does_not_count(world: World) -> None:
    lines = [{"drug": METFORMIN, "quantity": "30", "unit": "片"}]
    assert world.sell(world.ready(), PACKS[:1], lines=lines).codes == ("TRACE_COUNT_MISMATCH",)


def test_a_carton_is_not_sold(world: World) -> None:
    carton = code("8890002", 1)
    world.receive([carton])
    assert world.sell(world.ready(), [carton]).codes == ("TRACE_LEVEL",)


def test_a_pack_of_a_sold_carton_is_not_sold(world: World) -> None:
    carton, pack = code("8890002", 1), code("8990002", 77)
    world.receive([pack], parent=carton)
    tag = keys.trace_code(f"t.codes.{carton}")
    world.put(tag, {"state": "sold", "org": P2, "at": 0, "sales": []})
    assert world.sell(world.ready(), [pack]).codes == ("TRACE_PARENT_SOLD",)


def test_a_pack_whose_carton_only_the_sale_names_is_not_sold_either(world: World) -> None:
    """A shop that received the pack by itself would sell what was sold with its carton."""
    carton = code("8890002", 1)
    world.put(keys.trace_code(f"t.codes.{carton}"), {"state": "sold", "org": P2, "at": 0, "sales": []})
    listed = [{"code": PACKS[0], "line": 0, "parent": carton}]
    assert world.sell(world.ready(), PACKS[:1], listed=listed).codes == ("TRACE_PARENT_SOLD",)


def test_a_pack_whose_carton_was_not_sold_is_sold(world: World) -> None:
    pack = code("8990002", 77)
    world.receive([pack], parent=code("8890002", 1))
    assert world.sell(world.ready(), [pack]).codes == ()


@pytest.mark.parametrize("other", [code("8990003", 1), code("8990999", 1)])
def test_a_pack_of_another_drug(world: World, other: str) -> None:
    world.receive([other])
    assert world.sell(world.ready(), [other]).codes == ("TRACE_PRODUCT_MISMATCH",)


@pytest.mark.parametrize(("expiry", "codes"), [("2026-03-01", ("TRACE_EXPIRED",)), ("2026-03-02", ())])
def test_a_pack_is_sold_to_the_end_of_its_last_day(world: World, expiry: str, codes: tuple[str, ...]) -> None:
    pack = code("8990002", 80)
    world.receive([pack], expiry=expiry)
    assert world.sell(world.ready(), [pack]).codes == codes


def test_the_expiry_that_the_sale_declares_counts_too(world: World) -> None:
    listed = [{"code": PACKS[0], "line": 0, "expiry": "2026-03-01"}]
    assert world.sell(world.ready(), PACKS[:1], listed=listed).codes == ("TRACE_EXPIRED",)


def test_a_recalled_lot_is_not_sold(world: World) -> None:
    pack = code("8990002", 81)
    world.receive([pack], lot="L1")
    world.put(keys.recall("part", METFORMIN, "L1"), {"recalled": True})
    assert world.sell(world.ready(), [pack]).codes == ("TRACE_RECALLED",)


def test_a_recalled_lot_that_only_the_sale_names_is_not_sold_either(world: World) -> None:
    """Received without its lot, a recalled pack would reach a patient."""
    world.put(keys.recall("part", METFORMIN, "L1"), {"recalled": True})
    listed = [{"code": PACKS[0], "line": 0, "lot": "L1"}]
    assert world.sell(world.ready(), PACKS[:1], listed=listed).codes == ("TRACE_RECALLED",)


def test_another_lot_of_a_recalled_drug_is_sold(world: World) -> None:
    pack = code("8990002", 81)
    world.receive([pack], lot="L2")
    world.put(keys.recall("part", METFORMIN, "L1"), {"recalled": True})
    assert world.sell(world.ready(), [pack]).codes == ()


def test_a_pack_that_left_the_shop_is_not_sold_again(world: World) -> None:
    rx = world.ready()
    world.sell(rx, PACKS[:1])
    world.give_back(rx, PACKS[:1], left_shop=True)
    other = world.ready(patient=PATIENT2)
    assert world.sell(other, PACKS[:1]).codes == ("TRACE_NOT_RESALABLE",)


def test_a_pack_that_never_left_the_shop_is_sold_again(world: World) -> None:
    rx = world.ready()
    world.sell(rx, PACKS[:1])
    world.give_back(rx, PACKS[:1], left_shop=False)
    other = world.ready(patient=PATIENT2)
    assert world.sell(other, PACKS[:1]).codes == ()


def _split(world: World, rx: str, units: str, pharmacy: str = P1, **given: str) -> tuple[str, ...]:
    lines = [{"drug": OSELTAMIVIR, "quantity": units, "unit": "粒", "split": True}]
    return world.sell(rx, [code("8990007", 1)], pharmacy, lines=lines, **given).codes


def _capsules(world: World, patient: str, quantity: str, pharmacy: str = P1) -> str:
    line = {"drug": OSELTAMIVIR, "quantity": quantity, "unit": "粒", "days": "2"}
    return world.ready(pharmacy, patient=patient, line=line)


def test_an_opened_pack_is_used_up_and_no_further(world: World) -> None:
    world.receive([code("8990007", 1)])
    assert _split(world, _capsules(world, PATIENT, "4"), "4") == ()
    assert _split(world, _capsules(world, PATIENT2, "6"), "6") == ()
    assert _split(world, _capsules(world, PATIENT3, "2"), "2") == ("TRACE_SPLIT_OVERFLOW",)


def test_more_than_a_whole_pack_does_not_come_out_of_it(world: World) -> None:
    world.receive([code("8990007", 1)])
    assert _split(world, _capsules(world, PATIENT, "11"), "11") == ("TRACE_SPLIT_OVERFLOW",)


def test_an_opened_pack_is_not_continued_elsewhere(world: World) -> None:
    world.receive([code("8990007", 1)])
    world.receive([code("8990007", 1)], P2, YS3)
    _split(world, _capsules(world, PATIENT, "4"), "4")
    assert _split(world, _capsules(world, PATIENT2, "2", P2), "2", P2) == ("TRACE_SPLIT_ELSEWHERE",)


def test_an_opened_pack_is_not_sold_as_a_whole_one(world: World) -> None:
    world.receive([code("8990007", 1)])
    _split(world, _capsules(world, PATIENT, "4"), "4")
    line = {"drug": OSELTAMIVIR, "quantity": "1", "unit": "盒", "days": "5"}
    rx = world.ready(patient=PATIENT2, line=line)
    decision = world.sell(rx, [code("8990007", 1)], drug=OSELTAMIVIR)
    assert decision.codes == ("TRACE_SPLIT_OVERFLOW",)


def test_capsules_come_back_into_the_opened_pack(world: World) -> None:
    world.receive([code("8990007", 1)])
    rx = _capsules(world, PATIENT, "6")
    _split(world, rx, "6")
    lines = [{"drug": OSELTAMIVIR, "quantity": "6", "unit": "粒", "split": True}]
    assert world.give_back(rx, [code("8990007", 1)], lines=lines).codes == ()
    assert _split(world, _capsules(world, PATIENT2, "10"), "10") == ()


def test_sold_elsewhere(world: World) -> None:
    world.sell(world.ready(), PACKS[:1])
    decision = world.sell(world.ready(P2, patient=PATIENT2), PACKS[:1], P2)
    assert decision.codes == ("TRACE_ALREADY_DISPENSED",)
    assert decision.findings[0].class_ == "VIOLATION"


def test_a_refused_second_sale_and_the_first_stand_in_one_case(world: World) -> None:
    """S42: the office saw that a pack was refused, not where and when it had been sold before."""
    world.sell(world.ready(), PACKS[:1])
    first, sold_ms = world.last_id, world.now_ms
    world.wait(3_600)
    decision = world.sell(world.ready(P2, patient=PATIENT2), PACKS[:1], P2)
    assert decision.findings[0].facts == {"sold_by": P1, "sold_at_ms": sold_ms}
    assert not {PATIENT, PATIENT2} & {str(fact) for fact in decision.findings[0].told.values()}
    rows = {"subject": P2, "rules": ["TRACE-12"], "evidence": [first, world.last_id]}
    members = {**rows, "due": "2026-06-01T00:00:00Z", "reason": "重复结算"}
    assert world.act("governance.case", REGULATOR, OFFICERS, members).codes == ()


def test_sold_here_before_is_a_suspicion_with_the_time_since(world: World) -> None:
    world.sell(world.ready(), PACKS[:1])
    other = world.ready(patient=PATIENT2)
    world.wait(40)
    decision = world.sell(other, PACKS[:1])
    assert decision.codes == ("TRACE_ALREADY_DISPENSED_HERE",)
    assert decision.findings[0].class_ == "SUSPICION"
    assert decision.findings[0].told["seconds_since"] >= 40


def test_one_code_is_not_counted_for_two_boxes_of_one_prescription(world: World) -> None:
    rx = world.ready(line={"quantity": "2"})
    world.sell(rx, PACKS[:1], settlement="S1")
    assert world.sell(rx, PACKS[:1], settlement="S1").codes == ("TRACE_ALREADY_DISPENSED_HERE",)


def test_no_inbound_is_sold_and_flagged(world: World) -> None:
    decision = world.sell(world.ready(), [code("8990002", 99)])
    assert (decision.outcome, decision.codes) == ("accepted", ("NO_INBOUND",))
    assert decision.findings[0].class_ == "SUSPICION"
    assert b'"facts":{}' in (decision.entry or b"")


def test_received_at_another_shop_is_not_received_here(world: World) -> None:
    pack = code("8990002", 98)
    world.receive([pack], P2, YS3)
    assert world.sell(world.ready(), [pack]).codes == ("NO_INBOUND",)


def test_a_pack_goes_back_to_who_sold_it(world: World) -> None:
    first = world.ready()
    world.sell(first, PACKS[:1])
    second = world.ready(P2, patient=PATIENT2)
    world.sell(second, PACKS[1:2], P2)
    decision = world.give_back(second, PACKS[:1], P2)
    assert decision.codes == ("TRACE_RETURN_ELSEWHERE",)


def test_a_return_names_the_prescription_it_was_sold_on(world: World) -> None:
    first = world.ready()
    world.sell(first, PACKS[:1])
    second = world.ready(patient=PATIENT2)
    world.sell(second, PACKS[1:2])
    assert world.give_back(second, PACKS[:1]).codes == ("TRACE_NOT_IN_RX",)


def test_a_report_by_another_shop_is_a_second_sale(world: World) -> None:
    rx = world.ready()
    world.sell(rx, PACKS[:1])
    other = world.ready(P2, patient=PATIENT2)
    disclosed = {"identifiers": {"setl_id": "S2"}, "codes": [{"code": PACKS[0]}]}
    decision = world.act("settlement.reported", P2, (YS3,), {"rx": other}, disclosed)
    assert decision.codes == ("TRACE_ALREADY_DISPENSED",)


def test_a_report_of_an_opened_packs_sale_takes_nothing_more(world: World) -> None:
    world.receive([code("8990007", 1)])
    rx = _capsules(world, PATIENT, "10")
    _split(world, rx, "10", settlement="S1")
    disclosed = {"identifiers": {"setl_id": "S1"}, "codes": [{"code": code("8990007", 1), "split": True}]}
    assert world.act("settlement.reported", P1, (YS1,), {"rx": rx}, disclosed).codes == ()
    tag = keys.trace_code(f"t.codes.{code('8990007', 1)}")
    assert sum(sale["units"] for sale in world.record(tag)["sales"]) == 10_000_000
