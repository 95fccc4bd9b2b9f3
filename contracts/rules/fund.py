"""TRACE, the fund's side: a sale is paid once, and only what was paid is taken back (重复报销).

Packs without codes (无码库) are counted by prescription and lot: which of them was paid nobody could say.
"""

from __future__ import annotations

from contracts import uncoded
from contracts.act import Act
from contracts.fund import owed, paid, sales_named, standing
from contracts.packs import packs_of
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
    version=2,
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
    """Each pack was paid in the sale named and is not yet refunded; whether it came back does not matter."""
    if any(not paid(sales_named(act, pack)) for pack in packs_of(act)):
        raise Failed({"member": "code"})
    for lot, packs in taken_lots(act).items():
        if packs > sum(sale["paid"] for sale in uncoded.sales_named(act, lot)):
            raise Failed({"member": "lot"})


RULES = (paid_once, paid_for_a_sale, taken_back_once)
