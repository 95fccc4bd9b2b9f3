"""TRACE, old stock: a pack without a code is of a lot listed for its shop, while it lasts (无码库)."""

from __future__ import annotations

from contracts import keys
from contracts.act import Act
from contracts.groups import ADJUSTMENT, REPORTS, RETURN, SALE
from contracts.rules.base import Failed, rule
from contracts.time import day_of
from contracts.uncoded import is_uncoded, listed, opens_a_pack, taken, taken_lots


@rule(
    "TRACE-18",
    "TRACE_NOT_LISTED",
    (*SALE, *REPORTS, *RETURN),
    sources="S69 china-domain §2.1",
    version=2,
    en="A pack without a code has one, is of no listed lot of this shop, or more than is left of it.",
    zh="申报为无码的药品带有追溯码、不在本店备案批号内，或超出备案余量。",
)
def listed_and_left(act: Act) -> None:
    """Whole packs without codes have none and are of listed lots in date; a sale takes what is left at most.

    No rule of trace codes looks at a code beside `uncoded`: a pack could be sold twice under it.
    """
    codes = act.disclosed("codes") or []
    if opens_a_pack(act) or any(is_uncoded(entry) and entry["code"] for entry in codes):
        raise Failed
    for (drug, lot), packs in taken_lots(act).items():
        known = listed(act, drug).get(lot)
        if known is None:
            raise Failed
        left = known["packs"] - taken(act, drug).get(lot, 0)
        if act.type in SALE and (day_of(known["valid_to"]) < act.today or packs > left):
            raise Failed({"left": left})


@rule(
    "TRACE-19",
    "TRACE_RECALLED",
    SALE,
    sources="S69 §2.3 RECALL",
    en="The lot of the pack without a code is recalled.",
    zh="该无码药品的批号已被召回。",
)
def listed_lot_not_recalled(act: Act) -> None:
    """The knowledge in force recalls none of the lots."""
    if any(act.recalled(drug, lot) for drug, lot in taken_lots(act)):
        raise Failed


@rule(
    "TRACE-20",
    "TRACE_NOT_LISTED",
    ("stock.received", *ADJUSTMENT),
    sources="S69",
    en="What comes in or is adjusted today has codes: only old stock is listed without.",
    zh="现时入库及库存变更的药品均有追溯码，仅存量药品可作无码备案。",
)
def deliveries_have_codes(act: Act) -> None:
    """No delivery or adjustment names a pack without a code."""
    if any(is_uncoded(entry) for entry in act.disclosed("codes") or []):
        raise Failed


@rule(
    "OFFICE-11",
    "ID_CONFLICT",
    ("registry.uncoded",),
    sources="S69",
    en="This lot is already listed for the shop: a list only becomes shorter.",
    zh="该批号已为该药店备案，备案数量只减不增。",
)
def lot_listed_once(act: Act) -> None:
    """A lot is listed once for a shop and a drug."""
    payload = act.payload
    record = act.state(keys.uncoded(str(payload["organisation"]), str(payload["drug"]))) or {"lots": {}}
    if payload["lot"] in record["lots"]:
        raise Failed


RULES = (listed_and_left, listed_lot_not_recalled, deliveries_have_codes)
OFFICE_RULES = (lot_listed_once,)
