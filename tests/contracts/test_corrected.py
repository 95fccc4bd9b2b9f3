"""Wrong scans put right: the pack that a sale took in truth takes the place of the one that was scanned."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contracts import Context, keys, repeat_refusal
from contracts.codes import CODES
from contracts.decision import Decision
from contracts.quantity import DAY_MS
from tests.contracts.fund import FUND, paid_early, with_fund
from tests.contracts.world import (
    FUND_OFFICER,
    METFORMIN,
    OSELTAMIVIR,
    P1,
    P2,
    PATIENT,
    PATIENT2,
    PATIENT3,
    YS1,
    YS2,
    YS3,
    World,
    code,
)

WRONG, RIGHT, THIRD = (code("8990002", number) for number in (1, 2, 3))
SACHETS, OTHER_SACHETS = code("8990007", 1), code("8990007", 2)


@pytest.fixture
def world() -> World:
    return stocked()


def stocked() -> World:
    """The shops on duty, with packs in stock, and a fund."""
    made = World()
    made.open_duties()
    made.receive([WRONG, RIGHT, THIRD, SACHETS, OTHER_SACHETS])
    return with_fund(made)


def correct(world: World, rx: str, sale: str, swaps: list[tuple[str, str]], **given: Any) -> Decision:
    """Put right what a sale scanned wrongly: (wrong code, right code)."""
    pharmacy, by = given.get("pharmacy", P1), given.get("by", YS1)
    whole = {"drug": given.get("drug", METFORMIN), "quantity": str(len(swaps)), "unit": "盒"}
    listed = [{"wrong": wrong, "code": right, "line": 0} for wrong, right in swaps]
    disclosures = {"lines": given.get("lines", [whole]), "codes": listed}
    swapped = {name: given[name] for name in ("swapped_with",) if name in given}
    members = {"rx": rx, "sale": sale, **swapped}
    return world.act("dispensing.corrected", pharmacy, (by,), members, disclosures)


def sold(world: World, codes: list[str], **given: str) -> tuple[str, str]:
    """A sale at the first shop: its prescription and its statement id."""
    rx = world.ready(line={"quantity": str(len(codes))}, **given)
    assert world.sell(rx, codes, settlement="S1").outcome == "accepted"
    return rx, world.last_id


def pack_of(world: World, pack: str) -> dict[str, object]:
    return world.record(keys.trace_code(f"t.codes.{pack}"))


def report(world: World, rx: str, pack: str, settlement: str) -> tuple[str, ...]:
    disclosed = {"identifiers": {"setl_id": settlement}, "codes": [{"code": pack}]}
    return world.act("settlement.reported", P1, (YS1,), {"rx": rx}, disclosed).codes


def test_a_wrong_scan_is_put_right(world: World) -> None:
    rx, sale = sold(world, [WRONG])
    status, lines = world.record(keys.rx(rx)), world.record(keys.rx_content(rx))
    sold_at = world.now_ms
    world.wait(3600)
    decision = correct(world, rx, sale, [(WRONG, RIGHT)])
    assert (decision.outcome, decision.codes) == ("accepted", ())
    assert world.record(keys.rx(rx)) == {**status, "marks": ["CORRECTED"]}
    assert world.record(keys.rx_content(rx)) == lines
    assert (pack_of(world, WRONG)["state"], pack_of(world, RIGHT)["state"]) == ("stocked", "sold")
    assert pack_of(world, RIGHT)["at"] == sold_at  # sold when it was sold, not when it was put right


def test_the_wrong_code_is_sold_to_the_next_patient_and_the_right_one_is_not(world: World) -> None:
    rx, sale = sold(world, [WRONG])
    correct(world, rx, sale, [(WRONG, RIGHT)])
    other = world.ready(patient=PATIENT2)
    assert world.sell(other, [RIGHT], settlement="S2").codes == ("TRACE_ALREADY_DISPENSED_HERE",)
    assert world.sell(other, [WRONG], settlement="S2").codes == ()


def test_the_right_pack_comes_back_and_the_wrong_one_does_not(world: World) -> None:
    rx, sale = sold(world, [WRONG])
    correct(world, rx, sale, [(WRONG, RIGHT)])
    assert world.give_back(rx, [WRONG]).codes == ("TRACE_NOT_IN_RX",)
    assert world.give_back(rx, [RIGHT]).codes == ()


def test_late_reports_of_either_code_are_still_the_same_sale(world: World) -> None:
    rx, sale = sold(world, [WRONG])
    correct(world, rx, sale, [(WRONG, RIGHT)])
    assert report(world, rx, RIGHT, "S1") == ()
    assert report(world, rx, WRONG, "S1") == ()  # sent before the correction was known there
    assert pack_of(world, WRONG)["state"] == "stocked"
    other = world.ready(patient=PATIENT2)
    assert world.sell(other, [WRONG], settlement="S2").codes == ()


@pytest.mark.parametrize("type_", ["settlement.reported", "dispensing.reported"])
@pytest.mark.parametrize("number", ["S1", "无"])
def test_a_wrong_scan_is_put_right_though_the_other_channel_told_of_the_right_code_first(
    world: World, type_: str, number: str
) -> None:
    """One of two scanners was wrong: the correction was refused as a second sale of the right pack."""
    rx = world.ready()
    lines = [{"drug": METFORMIN, "quantity": "1", "unit": "盒"}]
    told = {"identifiers": {"setl_id": number}, "codes": [{"code": RIGHT, "drug": METFORMIN, "line": 0}]}
    with_lines = {**told, "lines": lines} if type_ == "dispensing.reported" else told
    assert world.act(type_, P1, (YS1,), {"rx": rx}, with_lines).codes == ()
    paid_early(world, RIGHT)
    world.sell(rx, [WRONG], settlement=number)
    assert correct(world, rx, world.last_id, [(WRONG, RIGHT)]).codes == ()
    [sale] = world.record(keys.trace_code(f"t.codes.{RIGHT}"))["sales"]
    assert (sale["channels"], sale["fund"]) == (["dispensing.dispensed", type_], "settled")
    other = world.ready(patient=PATIENT2)
    assert world.sell(other, [RIGHT], settlement="S2").codes == ("TRACE_ALREADY_DISPENSED_HERE",)


def test_a_sale_of_another_number_is_not_the_one_that_is_put_right(world: World) -> None:
    rx = world.ready(line={"quantity": "2"})
    world.sell(rx, [WRONG], settlement="S1")
    sale = world.last_id
    told = {"identifiers": {"setl_id": "S2"}, "codes": [{"code": RIGHT, "drug": METFORMIN}]}
    assert world.act("settlement.reported", P1, (YS1,), {"rx": rx}, told).codes == ()
    assert correct(world, rx, sale, [(WRONG, RIGHT)]).codes == ("TRACE_ALREADY_DISPENSED_HERE",)


def test_a_late_report_of_the_wrong_code_is_none_of_the_sale_of_its_pack_by_the_shop_that_has_it(
    world: World,
) -> None:
    """The misread code was of another shop's pack: once that was sold, the late report was a second sale."""
    rx, sale = sold(world, [WRONG])
    correct(world, rx, sale, [(WRONG, RIGHT)])
    world.receive([WRONG], P2, YS3)
    world.sell(world.ready(P2, patient=PATIENT2), [WRONG], P2, settlement="S2")
    assert report(world, rx, WRONG, "S1") == ()
    assert pack_of(world, WRONG)["org"] == P2


def test_a_correction_is_corrected_along_the_chain(world: World) -> None:
    rx, sale = sold(world, [WRONG])
    correct(world, rx, sale, [(WRONG, RIGHT)])
    assert correct(world, rx, sale, [(WRONG, THIRD)]).codes == ("TRACE_NOT_IN_RX",)
    assert correct(world, rx, sale, [(RIGHT, THIRD)]).codes == ()
    assert correct(world, rx, sale, [(THIRD, WRONG)]).codes == ()  # it had been right after all
    states = [pack_of(world, pack)["state"] for pack in (WRONG, RIGHT, THIRD)]
    assert states == ["sold", "stocked", "stocked"]
    assert len(pack_of(world, WRONG)["sales"]) == 1  # type: ignore[arg-type]


def test_only_what_the_named_sale_sold_is_corrected(world: World) -> None:
    """Another sale, another prescription, another shop, a code that nobody sold, one that came back."""
    rx, sale = sold(world, [WRONG])
    other, other_sale = sold(world, [RIGHT], patient=PATIENT2)
    for named in ((rx, other_sale), (other, sale), (rx, "0" * 64)):
        assert correct(world, *named, [(WRONG, THIRD)]).codes == ("TRACE_NOT_IN_RX",)
    assert correct(world, rx, sale, [(THIRD, SACHETS)]).codes[-1] == "TRACE_NOT_IN_RX"
    elsewhere = correct(world, rx, sale, [(WRONG, THIRD)], pharmacy=P2, by=YS3)
    assert elsewhere.codes[0] == "RX_NOT_CLAIMED"
    world.give_back(rx, [WRONG])
    assert correct(world, rx, sale, [(WRONG, THIRD)]).codes == ("TRACE_NOT_IN_RX",)


@pytest.mark.parametrize(
    "swaps",
    [
        [(WRONG, WRONG)],
        [(WRONG, THIRD), (WRONG, SACHETS)],
        [(WRONG, THIRD), (RIGHT, THIRD)],
        [(WRONG, RIGHT), (RIGHT, THIRD)],
    ],
)
def test_no_code_stands_twice_in_a_correction(world: World, swaps: list[tuple[str, str]]) -> None:
    rx, sale = sold(world, [WRONG, RIGHT])
    assert "TRACE_DUPLICATE_IN_EVENT" in correct(world, rx, sale, swaps).codes


@pytest.mark.parametrize(("wrong", "right"), [("69", RIGHT), (WRONG, "6901234567892"), (WRONG, "")])
def test_both_codes_have_the_form_of_trace_codes(world: World, wrong: str, right: str) -> None:
    rx, sale = sold(world, [WRONG])
    assert correct(world, rx, sale, [(wrong, right)]).codes == ("TRACE_FORMAT",)


def test_the_right_code_passes_the_rules_of_a_sale(world: World) -> None:
    """Another drug, a carton, expired, sold elsewhere: what could not be sold cannot be put in either."""
    rx, sale = sold(world, [WRONG])
    assert correct(world, rx, sale, [(WRONG, SACHETS)]).codes == ("TRACE_PRODUCT_MISMATCH",)
    assert correct(world, rx, sale, [(WRONG, code("8890002", 1))]).codes[0] == "TRACE_LEVEL"
    world.receive([THIRD], expiry="2026-03-01")
    assert correct(world, rx, sale, [(WRONG, THIRD)]).codes == ("TRACE_EXPIRED",)
    world.receive([RIGHT], P2, YS3)
    world.sell(world.ready(P2, patient=PATIENT2), [RIGHT], P2)
    assert correct(world, rx, sale, [(WRONG, RIGHT)]).codes == ("TRACE_ALREADY_DISPENSED",)
    unknown = correct(world, rx, sale, [(WRONG, code("8990002", 99))])
    assert (unknown.outcome, unknown.codes) == ("accepted", ("NO_INBOUND",))


def test_the_right_pack_was_not_sold_on_the_same_prescription(world: World) -> None:
    """A correction names no number: it passed for the sale of that pack, told once more."""
    rx, sale = sold(world, [WRONG, RIGHT])
    assert correct(world, rx, sale, [(WRONG, RIGHT)]).codes == ("TRACE_ALREADY_DISPENSED_HERE",)


def test_one_opened_pack_does_not_hold_two_sales_of_a_prescription(world: World) -> None:
    line = {"drug": OSELTAMIVIR, "quantity": "12", "unit": "粒", "days": "3"}
    rx = world.ready(line=line)
    for pack in (SACHETS, OTHER_SACHETS):
        world.sell(rx, [pack], lines=_split("6"))
    swap = [(OTHER_SACHETS, SACHETS)]
    assert correct(world, rx, world.last_id, swap, lines=_split("6")).codes == ("TRACE_SPLIT_OVERFLOW",)


def test_a_correction_is_made_on_duty_by_the_shops_own(world: World) -> None:
    rx, sale = sold(world, [WRONG])
    world.act("duty.closed", P1, (YS1,), {"site": P1})
    assert correct(world, rx, sale, [(WRONG, RIGHT)]).codes == ("DUTY_NO_SESSION",)
    assert correct(world, rx, sale, [(WRONG, RIGHT)], by=YS2).codes == ()


def _capsules(world: World, patient: str, quantity: str, pack: str) -> tuple[str, str]:
    line = {"drug": OSELTAMIVIR, "quantity": quantity, "unit": "粒", "days": "2"}
    rx = world.ready(patient=patient, line=line)
    world.sell(rx, [pack], lines=_split(quantity))
    return rx, world.last_id


def _split(quantity: str) -> list[dict[str, object]]:
    return [{"drug": OSELTAMIVIR, "quantity": quantity, "unit": "粒", "split": True}]


def test_part_of_an_opened_pack_moves_to_another_that_holds_it(world: World) -> None:
    _capsules(world, PATIENT, "6", OTHER_SACHETS)
    rx, sale = _capsules(world, PATIENT2, "5", SACHETS)
    swap = [(SACHETS, OTHER_SACHETS)]
    assert correct(world, rx, sale, swap, lines=_split("5")).codes == ("TRACE_SPLIT_OVERFLOW",)
    third = code("8990007", 3)
    world.receive([third])
    assert correct(world, rx, sale, [(SACHETS, third)], lines=_split("5")).codes == ()
    assert (pack_of(world, SACHETS)["state"], pack_of(world, third)["state"]) == ("stocked", "opened")


def test_a_correction_changes_no_quantity(world: World) -> None:
    rx, sale = _capsules(world, PATIENT, "6", SACHETS)
    swap = [(SACHETS, OTHER_SACHETS)]
    assert correct(world, rx, sale, swap, lines=_split("5")).codes == ("TRACE_COUNT_MISMATCH",)
    assert correct(world, rx, sale, swap, drug=OSELTAMIVIR).codes == ("TRACE_COUNT_MISMATCH",)
    assert correct(world, rx, sale, swap, lines=_split("6")).codes == ()


@pytest.mark.parametrize(("late_ms", "codes"), [(0, ()), (1, ("CORRECTION_LATE",))])
def test_a_sale_is_corrected_within_days(world: World, late_ms: int, codes: tuple[str, ...]) -> None:
    """The days are those of the sale, also after it was corrected once."""
    rx, sale = sold(world, [WRONG])
    sold_at = world.now_ms
    correct(world, rx, sale, [(WRONG, RIGHT)])
    world.now_ms = sold_at + 7 * DAY_MS + late_ms
    world.open_duty(YS1, P1)
    assert correct(world, rx, sale, [(RIGHT, THIRD)]).codes == codes


@pytest.mark.parametrize(
    ("code_", "english", "chinese"),
    [
        ("TRACE_ALREADY_DISPENSED_HERE", "dispensing.corrected", "dispensing.corrected"),
        ("TRACE_NOT_IN_RX", "the right code", "更正后的追溯码"),
        ("NOT_SETTLED", "the right code", "更正后的追溯码"),
    ],
)
def test_whoever_meets_a_wrong_scan_is_told_of_the_correction(
    code_: str, english: str, chinese: str
) -> None:
    """Told to return the earlier sale first, a shop writes down that a patient gave back what he holds."""
    assert english in CODES[code_].fix
    assert chinese in CODES[code_].zh_fix


def tried_elsewhere(world: World) -> tuple[str, Decision]:
    """The wrong code at the second shop, where its pack lies: refused."""
    world.receive([WRONG], P2, YS3)
    rx = world.ready(P2, patient=PATIENT2)
    return rx, world.sell(rx, [WRONG], P2, settlement="S2")


def test_what_is_corrected_only_when_caught_is_flagged(world: World) -> None:
    rx, sale = sold(world, [WRONG])
    other, refused = tried_elsewhere(world)
    assert refused.codes == ("TRACE_ALREADY_DISPENSED",)
    refused_at = world.now_ms
    decision = correct(world, rx, sale, [(WRONG, RIGHT)])
    assert (decision.outcome, decision.codes) == ("accepted", ("CORRECTED_WHEN_CAUGHT",))
    assert dict(decision.findings[0].facts) == {"refused_at_ms": refused_at}
    assert world.sell(other, [WRONG], P2, settlement="S2").codes == ()


def test_a_shop_that_finds_its_wrong_scan_at_the_next_sale_is_not_suspected(world: World) -> None:
    """That refusal is how an honest shop learns of it: the pack is in the shelf, and sold by the ledger."""
    rx, sale = sold(world, [WRONG])
    other = world.ready(patient=PATIENT2)
    assert world.sell(other, [WRONG], settlement="S2").codes == ("TRACE_ALREADY_DISPENSED_HERE",)
    assert correct(world, rx, sale, [(WRONG, RIGHT)]).codes == ()
    assert world.sell(other, [WRONG], settlement="S2").codes == ()


def test_what_was_caught_before_the_sale_is_not_held_against_its_correction(world: World) -> None:
    """The first sale was given back in between: the second one's wrong scan is another matter."""
    first, _ = sold(world, [WRONG])
    assert tried_elsewhere(world)[1].outcome == "refused"
    world.give_back(first, [WRONG])
    world.wait(1)
    rx = world.ready(patient=PATIENT3)
    world.sell(rx, [WRONG], settlement="S3")
    assert correct(world, rx, world.last_id, [(WRONG, RIGHT)]).codes == ()


def test_a_count_of_the_stock_does_not_make_a_wrong_scan_a_suspect(world: World) -> None:
    """The pack on the shelf stood as sold, so the shop found its wrong scan: it was flagged as caught."""
    rx, sale = sold(world, [WRONG])
    aside = {"codes": [{"code": WRONG, "drug": METFORMIN}]}
    counted = world.act("stock.adjusted", P1, (YS1,), {"reason": "expired"}, aside)
    assert counted.codes == ("TRACE_ALREADY_DISPENSED_HERE",)
    assert correct(world, rx, sale, [(WRONG, RIGHT)]).codes == ()


def _repeated(world: World, before: dict[str, bytes], decision: Decision) -> dict[str, bytes]:
    """What the refusal writes, judged again from entry and vault: the same as the first time."""
    facts, entry = world.facts_of_last, json.loads(decision.entry or b"")
    again = repeat_refusal(
        entry["refused"], Context(world.now_ms), before.get, facts.disclosures, facts.tags
    )
    assert again.entry == decision.entry
    assert dict(again.writes) == dict(decision.writes)
    return dict(again.writes)


def test_a_refusal_of_sold_packs_is_repeated_from_entry_and_vault(world: World) -> None:
    """Judged again, history must flag the same correction: the packs are in no refusal's entry."""
    sold(world, [WRONG])
    world.receive([WRONG], P2, YS3)
    rx, before = world.ready(P2, patient=PATIENT3), dict(world.state)
    decision = world.sell(rx, [WRONG], P2, settlement="S2")
    assert keys.caught(f"t.codes.{WRONG}") in _repeated(world, before, decision)


@pytest.mark.parametrize("number", ["S1", "无"])
@pytest.mark.parametrize("teller", [FUND, P1])
def test_a_refused_report_does_not_make_the_log_look_altered(world: World, number: str, teller: str) -> None:
    """One pack of two was sold elsewhere: judged again without its prescription, the other was caught too."""
    world.receive([RIGHT], P2, YS3)
    world.sell(world.ready(P2, patient=PATIENT2), [RIGHT], P2, settlement="S2")
    rx, before = sold(world, [WRONG, THIRD])[0], dict(world.state)
    told = {"identifiers": {"setl_id": number}, "codes": [{"code": WRONG}, {"code": RIGHT}]}
    signer = FUND_OFFICER if teller == FUND else YS1
    decision = world.act("settlement.reported", teller, (signer,), {"rx": rx}, told)
    assert decision.codes == ("TRACE_ALREADY_DISPENSED",)
    assert keys.caught(f"t.codes.{WRONG}") not in _repeated(world, before, decision)
