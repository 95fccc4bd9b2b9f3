"""Packs of which reports alone tell: no dispensing sold them yet, and the prescription has room for them.

`told` of a prescription's content is {pack tag: {"drug", "units"}}. An entry speaks until the pack is
dispensed on the prescription: from then on its lines count it.
"""

from __future__ import annotations

from contracts import keys
from contracts.act import Act, State
from contracts.groups import SALE
from contracts.packs import Pack, newly_sold, packs_of, units_told


def told_now(act: Act) -> list[Pack]:
    """Return the packs that a report sells: whole ones that no sale has on record."""
    return [one for one in newly_sold(act) if one.record.get("state") != "sold" and units_told(act, one)]


def told_before(act: Act) -> list[State]:
    """Return {"drug", "units"} of the packs, apart from the act's, that reports alone told of."""
    own = {tag for pack in packs_of(act) for tag in pack.tags}
    told = act.content.get("told", {})
    return [one for tag, one in told.items() if tag not in own and _is_unconfirmed(act, tag)]


def _is_unconfirmed(act: Act, tag: str) -> bool:
    sales = (act.state(keys.trace_code(tag)) or {}).get("sales", [])
    return any(one["rx"] == act.rx_id and SALE[0] not in one["channels"] for one in sales)


def content_after_report(act: Act, content: State) -> State:
    """Return the prescription's content with what the report newly told of."""
    new = {pack.tags[0]: {"drug": pack.drug, "units": pack.units} for pack in told_now(act)}
    return {**content, "told": {**content.get("told", {}), **new}} if new else content
