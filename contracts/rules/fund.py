"""TRACE, the fund's side: a sale is paid once, and only what was paid is taken back (重复报销).

A report tells of a sale, and may tell first (FLOW-16 looks at its prescription); what is paid was dispensed.

Packs without codes (无码库) are counted by prescription and lot: which of them was paid nobody could say.
"""

from __future__ import annotations

from contracts import uncoded
from contracts.act import Act
from contracts.fund import owed, paid, payable, sales_named, standing
from contracts.packs import packs_of, placed_packs
from contracts.rules.base import Failed, rule
from contracts.uncoded import taken_lots

_PAYS = ("settlement.settled",)
_TAKES_BACK = ("settlement.refunded",)


@rule(
    "TRACE-25",
    "SETTLED_TWICE",
    _PAYS,
    version=2,
    sources="S36 §2.3",
    parameters=("placeholders",),
    en="The fund has already paid for this pack and has not taken the payment back.",
    zh="基金已支付该药品且未追回（重复报销）。",
)
def paid_once(act: Act) -> None:
    """No pack is paid of which every sale that stands was paid, under this number or under another one."""
    for pack in packs_of(act):
        named = standing(sales_named(act, pack))
        whole = standing(pack.record.get("sales", [])) if pack.record.get("state") == "sold" else []
        if (named or whole) and not owed(named or whole):
            raise Failed
    for lot, packs in taken_lots(act).items():
        sales = uncoded.sales_named(act, lot)
        if sum(map(uncoded.owed, sales)) < packs <= sum(map(uncoded.kept, sales)):
            raise Failed


@rule(
    "TRACE-26",
    "TRACE_NOT_IN_RX",
    _PAYS,
    version=3,
    sources="S36 §2.3",
    parameters=("placeholders",),
    en="No sale of this prescription, number and code stands: none was, or it was returned or corrected.",
    zh="没有与该处方、结算号及追溯码相符的有效销售，或此后已退回、已更正。",
)
def paid_for_a_sale(act: Act) -> None:
    """Each pack is one that was sold on the prescription under the number, and that stands."""
    if any(not standing(sales_named(act, pack)) for pack in packs_of(act)):
        raise Failed
    for lot, packs in taken_lots(act).items():
        if packs > sum(map(uncoded.kept, uncoded.sales_named(act, lot))):
            raise Failed


@rule(
    "TRACE-32",
    "DISPENSING_AWAITED",
    _PAYS,
    sources="S4 S9 S11 S12 S36",
    parameters=("placeholders",),
    en="The shop claims this pack and has not told of its sale itself: pay once its sale is accepted.",
    zh="药店已申报该药品，但其售药记录尚未上账或已被拒绝：请待售药记录被接受后再支付；不作指控。",
)
def paid_once_dispensed(act: Act) -> None:
    """Of what is owed under each pack's code the shop dispensed something: a report alone claims nothing yet.

    The report may come before the sale. Where the sale is refused (frozen, suspended, covered, off duty) or
    never told, nobody has judged what the fund would pay. What was paid by an earlier rule can be taken back.
    """
    for pack in packs_of(act):
        named = sales_named(act, pack)
        if owed(named) and not payable(named):
            raise Failed({"member": "code"})
    for lot, packs in taken_lots(act).items():
        sales = uncoded.sales_named(act, lot)
        if sum(map(uncoded.payable, sales)) < packs <= sum(map(uncoded.owed, sales)):
            raise Failed({"member": "lot"})


@rule(
    "TRACE-27",
    "NOT_SETTLED",
    _TAKES_BACK,
    version=2,
    sources="S36 S48",
    parameters=("placeholders",),
    en="The fund has not paid for this pack in this sale, or has taken the payment back already.",
    zh="基金未就该销售支付此药品，或款项已追回。",
)
def taken_back_once(act: Act) -> None:
    """Each pack was paid in the sale named and is not yet refunded; whether it came back does not matter.

    Of a sale that was corrected the correction is told: it has the code that the payment moved to.
    """
    for place, pack in placed_packs(act):
        named = sales_named(act, pack)
        if not paid(named):
            moved = [{"correction": sale["corrected"]["id"]} for sale in named if "corrected" in sale]
            raise Failed({"member": "code", "place": place, **(moved[-1] if moved else {})})
    for lot, packs in taken_lots(act).items():
        if packs > sum(sale["paid"] for sale in uncoded.sales_named(act, lot)):
            raise Failed({"member": "lot"})


RULES = (paid_once, paid_for_a_sale, paid_once_dispensed, taken_back_once)
