"""TRACE, what a scan says by itself: its form, its number, and what the catalogue knows of its product.

A malformed code ends the family: nothing else can be said about it.
"""

from __future__ import annotations

from typing import Any

from contracts.act import Act
from contracts.errors import Rejected
from contracts.groups import ADJUSTMENT, CORRECTION, PAYMENTS, REPORTS, RETURN, SALE
from contracts.packs import packs_of, placed_packs, proposed_code, scanned, well_formed
from contracts.quantity import MICRO, smallest_level
from contracts.rules.base import Failed, rule
from contracts.sold_units import sold_units
from contracts.uncoded import is_uncoded

SOLD = (*SALE, *CORRECTION, *REPORTS)
_CODED = (*SOLD, *RETURN, *PAYMENTS, "stock.received", *ADJUSTMENT)


@rule(
    "TRACE-1",
    "TRACE_FORMAT",
    _CODED,
    sources="§2.1 K01-K05",
    en="Not a trace code: scan the 20-digit drug trace code, not the article number.",
    zh="不是药品追溯码：请扫描 20 位追溯码，而非商品条码。",
)
def code_has_form(act: Act) -> None:
    """Every code is twenty ASCII digits; what was most likely meant is proposed to the sender alone."""
    for place, entry in enumerate(act.disclosed("codes") or []):
        for member, text in scanned(entry):
            if not is_uncoded(entry) and not well_formed(text):
                proposed = proposed_code(text)
                told = {"proposed": proposed} if proposed else {}
                raise Failed({"member": member, "place": place, **told})


@rule(
    "TRACE-2",
    "TRACE_DUPLICATE_IN_EVENT",
    _CODED,
    sources="K07",
    parameters=("placeholders",),
    en="The same code was scanned twice in one act.",
    zh="同一追溯码在一次操作中重复扫描。",
)
def codes_distinct(act: Act) -> None:
    """No code stands twice in one act, and none takes its own place. What to leave out stands at `place`."""
    seen: dict[str, int] = {}
    for place, pack in placed_packs(act):
        for member, text in (("wrong", pack.wrong), ("code", pack.code)):
            if text in seen:
                raise Failed({"member": member, "place": place, "first_place": seen[text]})
            if text:
                seen[text] = place


@rule(
    "TRACE-3",
    "TRACE_COUNT_MISMATCH",
    (*SALE, *CORRECTION, "dispensing.reported", *RETURN),
    version=2,
    sources="§2.3 COUNT S24",
    en="As many codes as packs: the numbers differ.",
    zh="追溯码数量与药品盒数不一致。",
)
def codes_match_packs(act: Act) -> None:
    """Each line has one code for each whole pack, an opened pack exactly one; both numbers are told."""
    codes = act.disclosed("codes") or []
    if not all(is_uncoded(entry) or well_formed(entry["code"]) for entry in codes):
        return
    lines = act.disclosed("lines") or []
    counted = [0] * len(lines)
    for place, entry in enumerate(codes):
        position = entry.get("line", len(lines))
        if position >= len(lines):
            raise Failed({"member": "line", "place": place, **({"proposed": 0} if len(lines) == 1 else {})})
        counted[position] += 1
    for number, (line, count) in enumerate(zip(lines, counted, strict=True)):
        packs = _packs_expected(act, line, count)
        if count != packs:
            told = {"packs": packs} if packs >= 0 else {}
            raise Failed({"line": number, "member": "quantity", "scanned": count, **told})


def _packs_expected(act: Act, line: dict[str, Any], counted: int) -> int:
    if line.get("split"):
        return 1
    drug = act.drug_then(line["drug"])
    per_pack = (smallest_level(drug)[0] if drug else 1) * MICRO
    try:
        whole, rest = divmod(sold_units(act, line), per_pack)
    except Rejected:
        return counted  # the unit's own rule says it
    return whole if rest == 0 else -1


@rule(
    "TRACE-4",
    "TRACE_LEVEL",
    (*SOLD, *RETURN),
    version=2,
    sources="§2.1 §2.3 LEVEL",
    parameters=("placeholders",),
    en="The code of a carton: a sale uses the code of the smallest pack.",
    zh="扫描的是中包装或大包装码，销售须使用最小包装码。",
)
def smallest_pack(act: Act) -> None:
    """Every sold code is of the smallest sale pack (level 1)."""
    for place, pack in placed_packs(act):
        product = act.product(pack.code[:7])
        if product is not None and product["level"] != 1:
            raise Failed({"member": "code", "place": place})


@rule(
    "TRACE-6",
    "TRACE_PRODUCT_MISMATCH",
    (*SALE, *CORRECTION, "dispensing.reported", *RETURN),
    version=2,
    sources="§2.3 SWAP",
    parameters=("placeholders",),
    en="The scanned pack is another drug than its line.",
    zh="扫描的药品与处方行药品不一致（串换）。",
)
def pack_is_the_drug(act: Act) -> None:
    """The first seven digits of each code name the line's drug."""
    for pack in packs_of(act):
        drug = act.drug(pack.drug)
        if drug is None or not drug.get("levels"):
            continue  # nothing is known about this drug's codes
        products = (act.product(text[:7]) for text in (pack.code, pack.wrong) if text)
        if any(product is None or product["drug"] != pack.drug for product in products):
            raise Failed
