"""TRACE, stock: what was booked out is not sold before it is there again, nor bought as new (账实相符).

Only single packs are followed: a carton booked out does not take the packs in it along.
"""

from __future__ import annotations

from contracts.act import Act
from contracts.groups import ADJUSTMENT, CORRECTION, REPORTS, SALE
from contracts.packs import Pack, newly_sold, packs_of
from contracts.rules.base import Failed, rule
from contracts.subjects import seller_of

_SOLD = (*SALE, *CORRECTION, *REPORTS)
_HERE_NOW = ("found", "destroyed", "expired")  # who says so has the pack in hand


@rule(
    "TRACE-28",
    "TRACE_NOT_RESALABLE",
    _SOLD,
    sources="S68 §2.3",
    parameters=("placeholders",),
    en="The pack was booked out of this shop's stock, or destroyed; book it in again if it is there (found).",
    zh="该药品已从本店库存核减，或已销毁；如确在库请先登记找回（found）。",
)
def still_in_stock(act: Act) -> None:
    """No pack is sold that left this shop's stock without a sale, nor one that whoever had it destroyed."""
    for pack in newly_sold(act):
        if seller_of(act) in pack.record.get("gone", {}) or _destroyed_elsewhere(pack, seller_of(act)):
            raise Failed


def _destroyed_elsewhere(pack: Pack, seller: str) -> bool:
    """Whether another shop destroyed the pack: of one who never had it no word counts against who did."""
    had = pack.record.get("in", [])
    gone = pack.record.get("gone", {})
    return any(reason == "destroyed" and (shop in had or seller not in had) for shop, reason in gone.items())


@rule(
    "TRACE-29",
    "TRACE_ALREADY_DISPENSED_HERE",
    ADJUSTMENT,
    version=2,
    sources="S68 §2.3",
    en="The pack was sold here and did not come back: only what is in stock is lost, destroyed or found.",
    zh="该药品已在本店售出且未退回：只有在库药品可作报损、销毁、退货、调出或找回登记。",
)
def adjusted_pack_not_sold_here(act: Act) -> None:
    """No pack is adjusted that stands as sold by the shop; the rest of an opened one may be."""
    for pack in packs_of(act):
        if pack.record.get("state") == "sold" and pack.record["org"] == act.organisation_code:
            raise Failed({"seconds_since": (act.time_ms - int(pack.record["at"])) // 1000})


@rule(
    "TRACE-30",
    "TRACE_ALREADY_DISPENSED",
    ADJUSTMENT,
    sources="S68 §2.3 S42",
    en="The pack in hand was sold at another institution: the same code stands on two packs.",
    zh="在手药品已在其他机构售出：同一追溯码对应两盒药品。",
)
def pack_in_hand_not_sold_elsewhere(act: Act) -> None:
    """No pack is found, destroyed or put aside as expired that stands as sold, or in part, elsewhere.

    One that was lost or handed on may well be sold where it went, before its first shop has written it down.
    """
    for pack in packs_of(act) if act.payload["reason"] in _HERE_NOW else ():
        sold = pack.record.get("state") in ("sold", "opened")
        if sold and pack.record["org"] != act.organisation_code:
            raise Failed(sold_by=pack.record["org"], sold_at_ms=pack.record["at"])


@rule(
    "TRACE-31",
    "STOCK_SOLD_BEFORE",
    ("stock.received",),
    strength="flag",
    sources="S24 S68 §2.3",
    en="A pack delivered here stands as sold elsewhere: a clue to recirculated drugs. Do not sell it yet.",
    zh="入库药品已有其他机构的售出记录（回流药线索），请先查清来源，暂勿销售。",
)
def delivered_pack_not_sold_elsewhere(act: Act) -> None:
    """No pack comes from a supplier that another shop sold, or that had left one and come back.

    What this shop itself sold is a delivery written down late. Nobody is accused: the other shop may have
    scanned a wrong code, and who was delivered a pack that was sold before is the first who should know.
    """
    for pack in packs_of(act):
        sold = pack.record.get("state") in ("sold", "opened", "left")
        if sold and pack.record["org"] != act.organisation_code:
            raise Failed(sold_by=pack.record["org"], sold_at_ms=pack.record["at"])


RULES = (
    still_in_stock,
    adjusted_pack_not_sold_here,
    pack_in_hand_not_sold_elsewhere,
    delivered_pack_not_sold_elsewhere,
)
