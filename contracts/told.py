"""Packs of which reports alone tell: no dispensing sold them yet, and the prescription has room for them.

`told` of a prescription's content is {pack tag: {"drug", "units"}}: how much reports told of and no
dispensing confirmed. Of an opened pack several reports may tell.
"""

from __future__ import annotations

from contracts import keys
from contracts.act import Act, State
from contracts.groups import REPORTS
from contracts.packs import (
    Pack,
    may_come_back,
    newly_sold,
    packs_of,
    same_sale,
    units_told,
    without_reports,
)
from contracts.uncoded import Lot, sale_numbers, sales_named, taken_lots
from contracts.void_reports import is_unclaimed


def told_now(act: Act) -> list[Pack]:
    """Return the packs that a report sells: those that no sale has on record whole."""
    return [one for one in newly_sold(act) if one.record.get("state") != "sold" and units_told(act, one)]


def is_of_own_sale(act: Act) -> bool:
    """Return whether a report tells of nothing but what this shop dispensed on the prescription.

    Packs without codes are known by the number of their sale alone.
    """
    if act.type not in REPORTS:
        return False
    sales, lots = [same_sale(act, pack.record) for pack in packs_of(act)], taken_lots(act)
    coded = all(sale is not None and may_come_back(act, sale) for sale in sales)
    return bool(sales or lots) and coded and all(_is_dispensed(act, lot) for lot in lots)


def _is_dispensed(act: Act, lot: Lot) -> bool:
    numbers = set(sale_numbers(act))
    return any(numbers & set(sale["sale"]) and not sale["told"] for sale in sales_named(act, lot))


def told_before(act: Act) -> list[State]:
    """Return {"drug", "units"} of what reports alone told of before."""
    return list(act.content.get("told", {}).values())


def content_after_report(act: Act, content: State) -> State:
    """Return the prescription's content with what the report newly told of."""
    told = dict(content.get("told", {}))
    for pack in told_now(act):
        before = next((told[tag]["units"] for tag in pack.tags if tag in told), 0)
        told = {tag: one for tag, one in told.items() if tag not in pack.tags}
        told[pack.tags[0]] = {"drug": pack.drug, "units": before + pack.units}
    return {**content, "told": told} if told != content.get("told", {}) else content


def undone_by_release(act: Act) -> dict[str, State]:
    """Return, by key, what is left of reports once the shop lets the prescription go without a sale of them.

    What it told of for its stock alone comes to nothing: the packs are on its shelf, and the next shop's
    report finds room. What claims money stays: the fund is to see both.
    """
    told, records = dict(act.content.get("told", {})), dict[str, State]()
    for tag in act.content.get("told", {}):
        record = act.state(keys.trace_code(tag)) or {}
        void = [sale for sale in record.get("sales", ()) if sale["rx"] == act.rx_id and is_unclaimed(sale)]
        if void:
            records[keys.trace_code(tag)] = without_reports(record, void)
            del told[tag]
    return {**records, keys.rx_content(act.rx_id): {**act.content, "told": told}} if records else {}


def content_after_sale(act: Act, content: State) -> State:
    """Return it after the shop dispensed its packs, or put a scan right: from now on the lines count them."""
    if "told" not in content:
        return content
    told = dict(content["told"])
    for pack in packs_of(act):
        for tag in (tag for tag in pack.tags if tag in told):
            rest = told.pop(tag)
            if rest["units"] > pack.units:
                told[tag] = {**rest, "units": rest["units"] - pack.units}
    return {**content, "told": told}
