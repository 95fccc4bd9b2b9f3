"""Cases of the townships' books: wrong scans put right, what the fund pays, what leaves the stock unsold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from api.province.cases import Case
from api.province.event import DAY_MS, DAYS, FIRST_MS, Label
from api.province.life import MINUTE, Life
from api.province.lookalikes import close_duty, open_duty
from api.province.office import HOUR_MS, officers
from api.province.registry import FUND, FUND_OFFICER, OFFICERS
from api.province.township_care import newcomer, people, two_packs
from api.province.township_counter import OSELTAMIVIR, opened, other_shop, sold_and_told

_IN_TIME = Label(lookalike="scan_put_right")
CORRECTION_DAYS = 3  # of the townships' rulebook
_REFUND_DAYS = 31  # later in the year a refund may still come
Swap = tuple[str, str]  # the wrong code and the right one


def _sold(life: Life) -> tuple[str, str]:
    """A sale that is told; returns its prescription and its pack."""
    rx, code = life.ready(), life.pack()
    life.sell(rx, [code])
    life.report(rx, [code])
    return rx, code


def _somebody_else(life: Life) -> None:
    (life.patient,) = people(life, 1)


# -- wrong scans -------------------------------------------------------------------------------------


def _wrongly_scanned(life: Life) -> tuple[str, str, Swap]:
    """One pack is scanned and another one handed out; returns prescription, sale and both codes."""
    rx, wrong = _sold(life)
    return rx, life.last["dispensing.dispensed"], (wrong, life.pack())


def _put_right(
    life: Life, rx: str, sale: str, swap: Swap, label: Label, *, split: str = "", by: str = ""
) -> None:
    """The right code takes the place of the wrong one: a whole pack, or as much as `split` says."""
    wrong, right = swap
    part: dict[str, Any] = {"quantity": split, "unit": life.drug.unit, "split": True}
    line = {"drug": life.drug.code, **(part if split else {"quantity": "1", "unit": "盒"})}
    groups = {"lines": [line], "codes": [{"wrong": wrong, "code": right, "line": 0}]}
    members, signers = {"rx": f"@id:{rx}", "sale": f"@id:{sale}"}, ((by or life.pair()[0], "pharmacist"),)
    life.act("dispensing.corrected", life.shop.code, signers, members, groups, label=label, wait_ms=MINUTE)


def _put_right_after_its_return(life: Life, label: Label) -> None:
    """The pack is back when another one is to take its place; put right before, the right one comes back."""
    rx, sale, swap = _wrongly_scanned(life)
    life.give_back(rx, [swap[0]], False)
    _put_right(life, rx, sale, swap, label)
    _somebody_else(life)
    rx, sale, swap = _wrongly_scanned(life)
    _put_right(life, rx, sale, swap, _IN_TIME)
    life.give_back(rx, [swap[1]], False, label=_IN_TIME)


def _whole_for_a_part(life: Life, label: Label) -> None:
    """A whole pack is to take the place of four capsules; then four capsules do."""
    life.drug = life.cast.by_name[OSELTAMIVIR]
    rx, swap = opened(life, "4"), (life.pack(), life.pack())
    sale = life.sell(rx, [swap[0]], split="4")
    life.report(rx, [swap[0]], split="4")
    _put_right(life, rx, sale, swap, label)
    _put_right(life, rx, sale, swap, _IN_TIME, split="4")


def _put_right_too_late(life: Life, label: Label) -> None:
    """After the third day; another one in the last hour of it."""
    late = _wrongly_scanned(life)
    _somebody_else(life)
    in_time, by = _wrongly_scanned(life), life.shop.pharmacists[-1]
    life.now_ms += CORRECTION_DAYS * DAY_MS - HOUR_MS
    open_duty(life, by, life.shop.code, None)
    _put_right(life, *in_time, _IN_TIME, by=by)
    life.now_ms += HOUR_MS
    _put_right(life, *late, label, by=by)
    close_duty(life, by, life.shop.code, None)


def _put_right_when_caught(life: Life, label: Label) -> None:
    """A shop sells the code of a pack that is at the other one, and changes it when that one is refused.

    Then the pack is sold where it is.
    """
    rx, sale, swap = _wrongly_scanned(life)
    _somebody_else(life)
    other_shop(life)
    life.need.append((life.shop.code, life.drug.code, swap[0]))
    second = life.ready()
    life.sell(second, [swap[0]], label=Label("S42", ("TRACE_ALREADY_DISPENSED",), ("TRACE-12",)))
    other_shop(life)
    _put_right(life, rx, sale, swap, label)
    other_shop(life)
    sold_and_told(life, second, [swap[0]], Label(lookalike="sold_where_it_is"))


# -- the fund ----------------------------------------------------------------------------------------


def _fund(
    life: Life, done: str, rx: str, codes: list[str], label: Label | None = None, **numbers: str
) -> None:
    """The fund paid the last sale ("settled"), or took its payment back ("refunded")."""
    told = {
        "identifiers": numbers or {"setl_id": life.last["sale"]},
        "codes": [{"code": one} for one in codes],
    }
    by, members, wait_ms = ((FUND_OFFICER, "fund_officer"),), {"rx": f"@id:{rx}"}, life.some(60, 600)
    life.act(f"settlement.{done}", FUND, by, members, told, label=label, wait_ms=wait_ms)


def settled_by_the_fund(life: Life) -> None:
    """The fund pays what shops dispensed and settled in a life, sale by sale."""
    claims = [one for one in life.events if one.type == "settlement.reported" and one.label is None]
    sold = [one.members["rx"] for one in life.events if one.type == "dispensing.dispensed"]
    for told in [one for one in claims if one.members["rx"] in sold]:
        by, wait_ms = ((FUND_OFFICER, "fund_officer"),), life.some(60, 600)
        life.act("settlement.settled", FUND, by, told.members, told.disclosures, wait_ms=wait_ms)


def _paid_twice(life: Life, label: Label) -> None:
    """Once by each of the sale's numbers; given back, refunded and sold again, the pack is paid again."""
    rx, code = _sold(life)
    _fund(life, "settled", rx, [code])
    _fund(life, "settled", rx, [code], label, rtal_docno=f"R{life.last['sale']}")
    life.give_back(rx, [code], False)
    _fund(life, "refunded", rx, [code])
    _somebody_else(life)
    rx = life.ready()
    life.sell(rx, [code])
    life.report(rx, [code])
    _fund(life, "settled", rx, [code], Label(lookalike="paid_for_the_next_sale"))


def _paid_though_given_back(life: Life, label: Label) -> None:
    """Of two packs one came back; the other one is paid."""
    two_packs(life)
    rx, codes = life.ready(), [life.pack(), life.pack()]
    life.sell(rx, codes)
    life.report(rx, codes)
    life.give_back(rx, codes[:1], False)
    _fund(life, "settled", rx, codes[:1], label)
    _fund(life, "settled", rx, codes[1:], Label(lookalike="paid_for_the_kept_one"))


def _paid_before_its_sale(life: Life, label: Label) -> None:
    """The claim comes first, and the fund pays at once; after the sale it pays."""
    rx, code = life.ready(), life.pack()
    life.last["sale"], told = f"S{life.name}", Label(lookalike="claimed_before_its_sale")
    life.settle(rx, [code], label=told)
    _fund(life, "settled", rx, [code], label)
    life.sell(rx, [code], sale=life.last["sale"], label=told)
    _fund(life, "settled", rx, [code], told)


def _refunded_twice(life: Life, label: Label) -> None:
    """After a return, and once more."""
    rx, code = _sold(life)
    _fund(life, "settled", rx, [code])
    life.give_back(rx, [code], False)
    _fund(life, "refunded", rx, [code], Label(lookalike="refunded_after_a_return"))
    _fund(life, "refunded", rx, [code], label)


def _never_refunded(life: Life, label: Label) -> None:
    """Paid, given back, and the fund leaves it at that; of somebody else's it takes the payment back."""
    rx, code = _sold(life)
    _fund(life, "settled", rx, [code])
    is_over = life.now_ms < FIRST_MS + (DAYS - _REFUND_DAYS) * DAY_MS
    owed = replace(label, screen="SCREEN-UNREFUNDED", subject=rx)
    life.give_back(rx, [code], False, label=owed if is_over else None)
    _somebody_else(life)
    rx, code = _sold(life)
    _fund(life, "settled", rx, [code])
    life.give_back(rx, [code], False)
    refunded = Label(lookalike="refunded_after_a_return", screen="SCREEN-UNREFUNDED", subject=rx)
    _fund(life, "refunded", rx, [code], refunded)


# -- stock -------------------------------------------------------------------------------------------


def _adjusted(life: Life, reason: str, code: str, label: Label | None = None) -> None:
    """A pack leaves the shop's stock without a sale, or is there again."""
    by, listed = ((life.pair()[0], "pharmacist"),), {"codes": [{"code": code, "drug": life.drug.code}]}
    shop, members, wait_ms = life.shop.code, {"reason": reason}, life.some(60, 600)
    life.act("stock.adjusted", shop, by, members, listed, label=label, wait_ms=wait_ms)


def _sold_though_lost(life: Life, label: Label) -> None:
    """Booked out as lost and sold all the same; found, it is sold."""
    rx, code, again = life.ready(), life.pack(), Label(lookalike="found_again")
    _adjusted(life, "lost", code)
    life.sell(rx, [code], label=label)
    _adjusted(life, "found", code, again)
    sold_and_told(life, rx, [code], again)


def _sold_though_sent_back(life: Life, label: Label) -> None:
    """Sent back to its supplier and sold all the same; delivered again, it is sold."""
    rx, code, again = life.ready(), life.pack(), Label(lookalike="delivered_again")
    _adjusted(life, "returned_to_supplier", code)
    life.sell(rx, [code], label=label)
    _delivered(life, code, again)
    sold_and_told(life, rx, [code], again)


def _delivered(life: Life, code: str, label: Label) -> None:
    """A supplier delivers one pack."""
    listed = {"codes": [{"code": code, "drug": life.drug.code}]}
    groups = {"identifiers": {"supplier": "V990000", "invoice": life.name}, **listed}
    by = ((life.pair()[0], "pharmacist"),)
    life.act("stock.received", life.shop.code, by, {}, groups, label=label, wait_ms=HOUR_MS)


def _written_off_though_sold(life: Life, label: Label) -> None:
    """Sold, and put aside as expired as well; what a customer brought back is destroyed."""
    rx, code = _sold(life)
    _adjusted(life, "expired", code, label)
    life.give_back(rx, [code], True)
    _adjusted(life, "destroyed", code, Label(lookalike="destroyed_after_a_return"))


def _in_hand_though_sold_elsewhere(life: Life, label: Label) -> None:
    """A code on a pack here and on one that the other shop sold; handed on, a pack is written down later."""
    two_packs(life)
    codes = [life.pack(), life.pack()]
    other_shop(life)
    life.need += [(life.shop.code, life.drug.code, one) for one in codes]
    sold_and_told(life, life.ready(), codes)
    other_shop(life)
    _adjusted(life, "expired", codes[0], label)
    _adjusted(life, "transferred_out", codes[1], Label(lookalike="handed_on"))


def _delivered_though_sold_elsewhere(life: Life, label: Label) -> None:
    """A pack that was sold is delivered to the next shop; to its seller it is a late delivery note."""
    two_packs(life)
    codes = [life.pack(), life.pack()]
    rx = life.ready()
    sold_and_told(life, rx, codes)
    _delivered(life, codes[1], Label(lookalike="delivery_written_down_late"))
    other_shop(life)
    _delivered(life, codes[0], label)


def _mostly_without_codes(life: Life, label: Label) -> None:
    """A list of old stock that a shop lives on: ten packs on a day, to five patients."""
    two_packs(life)
    lot, label = life.name, replace(label, screen="SCREEN-UNCODED", subject=life.shop.code)
    given: dict[str, Any] = {"organisation": life.shop.code, "drug": life.drug.code, "lot": lot}
    officers(life, "registry.uncoded", OFFICERS[:1], **given, packs=10, valid_to="2027-12-31")
    listed = [{"code": "", "line": 0, "uncoded": True, "lot": lot}] * 2
    newcomer(life)  # a shop's habit is nobody's who prescribes
    for who in people(life, 5):
        life.patient = who
        rx = life.ready()
        life.sell(rx, ["", ""], listed=listed, label=label)
        life.report(rx, ["", ""], listed=listed)


CASES: tuple[Case, ...] = (
    Case("S36", (), "", _never_refunded),
    Case("S41", (), "", _mostly_without_codes),
    Case("S24", ("TRACE_NOT_IN_RX",), "TRACE-21", _put_right_after_its_return),
    Case("S24", ("TRACE_COUNT_MISMATCH",), "TRACE-22", _whole_for_a_part, "slip"),
    Case("S68", ("CORRECTION_LATE",), "TRACE-23", _put_right_too_late, "noted"),
    Case("S24", ("CORRECTED_WHEN_CAUGHT",), "TRACE-24", _put_right_when_caught),
    Case("S36", ("SETTLED_TWICE",), "TRACE-25", _paid_twice),
    Case("S36", ("TRACE_NOT_IN_RX",), "TRACE-26", _paid_though_given_back),
    Case("S36", ("DISPENSING_AWAITED",), "TRACE-32", _paid_before_its_sale, "noted"),
    Case("S36", ("NOT_SETTLED",), "TRACE-27", _refunded_twice, "slip"),
    Case("S68", ("TRACE_NOT_RESALABLE",), "TRACE-28", _sold_though_lost),
    Case("S68", ("TRACE_NOT_RESALABLE",), "TRACE-28", _sold_though_sent_back),
    Case("S68", ("TRACE_ALREADY_DISPENSED_HERE",), "TRACE-29", _written_off_though_sold),
    Case("S68", ("TRACE_ALREADY_DISPENSED",), "TRACE-30", _in_hand_though_sold_elsewhere),
    Case("S24", ("STOCK_SOLD_BEFORE",), "TRACE-31", _delivered_though_sold_elsewhere, "noted"),
)
