"""TRACE: one code for each pack, one sale for each code (重复结算, 回流药, 串换).

The rows of the decision table of china-domain §2.3, in the order of interface §4; what a code says
without its history is in `scan`.
"""

from __future__ import annotations

from contracts import keys
from contracts.act import Act
from contracts.corrected import sale_swapped
from contracts.groups import ADJUSTMENT, CORRECTION, REPORTS, RETURN, SALE
from contracts.packs import (
    Pack,
    may_come_back,
    net_units,
    newly_sold,
    packs_of,
    same_sale,
    spoilt_units,
    taken_apart_from_this,
    units_told,
)
from contracts.quantity import MICRO, smallest_level
from contracts.rules import scan
from contracts.rules.base import Failed, rule
from contracts.rules.scan import SOLD
from contracts.subjects import seller_of
from contracts.time import day_of
from contracts.told import told_before, told_now
from contracts.uncoded import kept, sales_named, taken_lots


def _opened(pack: Pack) -> bool:
    return pack.record.get("state") == "opened"


@rule(
    "TRACE-5",
    "TRACE_PARENT_SOLD",
    SOLD,
    sources="§2.3 PARENT_SOLD",
    parameters=("placeholders",),
    en="The carton of this pack has already been sold.",
    zh="该药品所属的大包装已被销售。",
)
def parent_unsold(act: Act) -> None:
    """The carton that a pack came in has not been sold as a whole."""
    for pack in newly_sold(act):
        parent = pack.record.get("parent") or pack.parent
        carton = act.state(keys.trace_code(parent)) if parent else None
        if carton is not None and carton.get("state") == "sold":
            raise Failed


@rule(
    "TRACE-7",
    "TRACE_EXPIRED",
    SOLD,
    sources="§2.3 EXPIRED",
    parameters=("placeholders",),
    en="The pack is past its expiry date.",
    zh="药品已过有效期。",
)
def pack_not_expired(act: Act) -> None:
    """Neither the received nor the sold record says that the pack expired before today."""
    for pack in newly_sold(act):
        for expiry in (pack.expiry, str(pack.record.get("expiry", ""))):
            if expiry and day_of(expiry) < act.today:
                raise Failed


@rule(
    "TRACE-8",
    "TRACE_RECALLED",
    SOLD,
    version=2,
    sources="§2.3 RECALL",
    parameters=("placeholders",),
    en="The pack's lot is recalled.",
    zh="该批号药品已被召回。",
)
def lot_not_recalled(act: Act) -> None:
    """The knowledge in force recalls neither the received nor the declared lot."""
    for pack in newly_sold(act):
        lots = (pack.lot, str(pack.record.get("lot", "")))
        if any(lot and act.recalled(pack.drug, lot) for lot in lots):
            raise Failed


@rule(
    "TRACE-9",
    "TRACE_NOT_RESALABLE",
    SOLD,
    version=2,
    sources="§2.3 contracts §3",
    parameters=("placeholders",),
    en="The pack left the shop and came back; it may not be sold again.",
    zh="该药品曾售出离店后退回，不得再次销售。",
)
def never_left_the_shop(act: Act) -> None:
    """Nothing is sold that came back after it had left a shop; a late report of the first sale may come."""
    for pack in newly_sold(act):
        if pack.record.get("state") == "left":
            raise Failed
        taken = taken_apart_from_this(act, pack.record)
        free = pack.held - taken - spoilt_units(pack.record)
        if _opened(pack) and free < units_told(act, pack) <= pack.held - taken:
            raise Failed


@rule(
    "TRACE-10",
    "TRACE_SPLIT_OVERFLOW",
    SOLD,
    version=4,
    sources="§2.3 SPLIT_OVERFLOW",
    parameters=("placeholders",),
    en="More is sold out of the opened pack than is left in it.",
    zh="拆零销售数量超过该包装剩余数量。",
)
def opened_pack_holds_it(act: Act) -> None:
    """What is taken out of a pack is still in it; where nobody says how much, something is left."""
    for pack in newly_sold(act):
        here = not _opened(pack) or pack.record["org"] == seller_of(act)
        if not here or (_sold(pack) and not same_sale(act, pack.record)):
            continue  # sold whole or sold elsewhere: other rows of the table say it
        if taken_apart_from_this(act, pack.record) + max(units_told(act, pack), 1) > pack.held:
            raise Failed


@rule(
    "TRACE-11",
    "TRACE_SPLIT_ELSEWHERE",
    SOLD,
    sources="§2.3 SPLIT_CROSS_ORG",
    parameters=("placeholders",),
    en="The pack was opened at another institution.",
    zh="该包装已在其他机构拆零。",
)
def opened_pack_is_here(act: Act) -> None:
    """An opened pack is continued where it was opened."""
    if any(_opened(pack) and _elsewhere(act, pack) for pack in packs_of(act)):
        raise Failed


def _elsewhere(act: Act, pack: Pack) -> bool:
    """Whether another shop has sold of it last: a late report of what came back before that is no sale."""
    told = act.type in REPORTS and same_sale(act, pack.record)
    return pack.record["org"] != seller_of(act) and not told


def _sold(pack: Pack) -> bool:
    return pack.record.get("state") == "sold"


@rule(
    "TRACE-12",
    "TRACE_ALREADY_DISPENSED",
    SOLD,
    sources="§2.3 DUP_CROSS_ORG S42 K06",
    parameters=("placeholders",),
    en="This pack was already sold at another institution.",
    zh="该药品已在其他机构售出（重复结算）。",
)
def not_sold_elsewhere(act: Act) -> None:
    """No code is open as sold at another institution; the finding says at which one and when (S42)."""
    for pack in packs_of(act):
        if _sold(pack) and _elsewhere(act, pack):
            raise Failed(sold_by=pack.record["org"], sold_at_ms=pack.record["at"])


@rule(
    "TRACE-13",
    "TRACE_ALREADY_DISPENSED_HERE",
    SOLD,
    sources="§2.3 DUP_SAME_ORG",
    parameters=("placeholders",),
    version=5,
    en="This pack was already sold here; the same sale through another channel would not count.",
    zh="该药品此前已在本机构售出。",
)
def not_sold_here(act: Act) -> None:
    """No code was sold here before in another sale, but for two swapped ones that are both put right."""
    for pack in packs_of(act):
        here = _sold(pack) and pack.record["org"] == seller_of(act)
        if here and same_sale(act, pack.record) is None and sale_swapped(act, pack) is None:
            raise Failed({"seconds_since": (act.time_ms - int(pack.record["at"])) // 1000})


@rule(
    "TRACE-14",
    "TRACE_RETURN_ELSEWHERE",
    RETURN,
    sources="contracts §3",
    en="The pack was sold by another institution; only the seller takes it back.",
    zh="该药品由其他机构售出，只能由原售出机构退回。",
)
def returned_to_the_seller(act: Act) -> None:
    """A pack is returned to the institution that sold it."""
    for pack in packs_of(act):
        if pack.record.get("org", act.organisation_code) != act.organisation_code:
            raise Failed


@rule(
    "TRACE-15",
    "TRACE_NOT_IN_RX",
    RETURN,
    version=3,
    sources="contracts §2",
    en="The pack was not sold on this prescription, or less of it than is returned.",
    zh="该药品不是凭本处方售出的，或退回数量超过从该包装售出的数量。",
)
def returned_pack_was_sold_on_it(act: Act) -> None:
    """A returned pack is open as dispensed on the prescription named, with all that comes back."""
    for pack in packs_of(act):
        if pack.record.get("org", act.organisation_code) != act.organisation_code:
            continue
        sold = sum(net_units(sale) for sale in pack.record.get("sales", []) if may_come_back(act, sale))
        if pack.record.get("state") not in ("sold", "opened") or not sold:
            raise Failed
        if (pack.split or _opened(pack)) and pack.units > sold:
            raise Failed
    for lot, packs in taken_lots(act).items():
        if packs > sum(kept(sale) for sale in sales_named(act, lot) if not sale["told"]):
            raise Failed


@rule(
    "TRACE-16",
    "NO_INBOUND",
    (*SALE, *CORRECTION, *ADJUSTMENT),
    strength="flag",
    sources="§2.3 NO_INBOUND",
    parameters=("placeholders",),
    en="No supplier ever delivered this pack here: a clue to recirculated drugs.",
    zh="本店没有该药品的入库记录（回流药线索）。",
)
def came_from_a_supplier(act: Act) -> None:
    """Every pack sold, or booked out of or into stock, was received here from a supplier."""
    if any(act.organisation_code not in pack.record.get("in", []) for pack in packs_of(act)):
        raise Failed


@rule(
    "TRACE-17",
    "QTY_EXCEEDS_RX",
    REPORTS,
    version=4,
    sources="contracts §2 S36",
    parameters=("placeholders",),
    en="A report tells of packs beyond what the prescription still allows.",
    zh="上报的药品超出处方剩余数量。",
)
def report_within_prescription(act: Act) -> None:
    """Packs that a report adds to what was sold on the prescription, or told of, are still allowed by it.

    Which line a code without a known drug serves nobody knows: it is a pack of what is left of any.
    """
    nameless, left = 0, dict[str, int]()
    for line in act.content.get("lines", []):
        left[line["drug"]] = left.get(line["drug"], 0) + line["units"] - line["sold"]
    new = [(pack.drug, pack.units) for pack in told_now(act)]
    before = [(one["drug"], one["units"]) for one in told_before(act)] if new else []
    for drug, units in (*before, *new):
        if not drug:
            nameless += 1
            continue
        left[drug] = left.get(drug, 0) - units
        if left[drug] < 0:
            raise Failed
    if nameless > sum(_packs_left(act, drug, left[drug]) for drug in left):
        raise Failed


def _packs_left(act: Act, drug: str, units: int) -> int:
    return -(-units // (smallest_level(act.drug_then(drug) or {})[0] * MICRO))


RULES = (
    scan.code_has_form,
    scan.codes_distinct,
    scan.codes_match_packs,
    scan.smallest_pack,
    parent_unsold,
    scan.pack_is_the_drug,
    pack_not_expired,
    lot_not_recalled,
    never_left_the_shop,
    opened_pack_holds_it,
    opened_pack_is_here,
    not_sold_elsewhere,
    not_sold_here,
    returned_to_the_seller,
    returned_pack_was_sold_on_it,
    came_from_a_supplier,
    report_within_prescription,
)
