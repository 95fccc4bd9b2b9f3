"""TRACE, wrong scans: a sale's code is put right within days, and nothing else about the sale changes.

The right code passes the rules of a sale (trace.py); here is what is asked of the wrong one.
"""

from __future__ import annotations

from contracts import keys
from contracts.act import Act, State
from contracts.corrected import sale_named, sale_swapped, wrong_record
from contracts.groups import CORRECTION
from contracts.packs import Pack, packs_of
from contracts.quantity import DAY_MS, decimal_text, smallest_level
from contracts.rules.base import Failed, rule


@rule(
    "TRACE-21",
    "TRACE_NOT_IN_RX",
    CORRECTION,
    version=2,
    sources="§2.3 S24",
    en="The sale named did not sell the wrong code (the swapped one: the right code), or it came back since.",
    zh="所列销售未售出该误扫码（互换的另一笔销售未整盒售出正确码），或该码此后已退回、已更正。",
)
def wrong_code_was_sold_by_it(act: Act) -> None:
    """Each wrong code is open as sold by the sale and on the prescription that the correction names.

    Where it names a sale swapped with it, each right code is open as sold here, whole, by that one.
    """
    swapped = "swapped_with" in act.payload
    for pack in packs_of(act):
        if sale_named(act, pack) is None or (swapped and sale_swapped(act, pack) is None):
            raise Failed


@rule(
    "TRACE-22",
    "TRACE_COUNT_MISMATCH",
    CORRECTION,
    sources="§2.3 COUNT",
    en="A correction changes codes, never quantities: its line differs from what was sold under the code.",
    zh="更正只换追溯码，不改数量：更正行与原码售出数量不一致。",
)
def quantity_stays(act: Act) -> None:
    """A whole pack takes the place of a whole one, part of a pack that of the same part.

    What was sold under the wrong code is proposed.
    """
    for place, pack in enumerate(packs_of(act)):
        sale = sale_named(act, pack)
        opened = wrong_record(act, pack).get("state") == "opened"
        if sale is not None and pack.split != opened:
            raise Failed({"member": "split", "place": place, "proposed": opened})
        if sale is not None and opened and pack.units != sale["units"]:
            sold = {"proposed": decimal_text(sale["units"]), "unit": smallest_level(_drug(act, pack))[1]}
            raise Failed({"member": "quantity", "place": place, **sold})


def _drug(act: Act, pack: Pack) -> State:
    return act.drug_then(pack.drug) or {}


@rule(
    "TRACE-23",
    "CORRECTION_LATE",
    CORRECTION,
    sources="§2.3 S68",
    parameters=("correction_days_max",),
    en="The sale is too long ago to be corrected; return it, or ask the regulator.",
    zh="该销售已超过可更正期限；请办理退货或联系监管部门。",
)
def soon_after_the_sale(act: Act) -> None:
    """The correction comes within so many days of the sale, however often it was corrected before."""
    most_ms = int(act.parameter("correction_days_max")) * DAY_MS
    for pack in packs_of(act):
        sale = sale_named(act, pack)
        if sale is not None and act.time_ms - int(sale["at"]) > most_ms:
            raise Failed


@rule(
    "TRACE-24",
    "CORRECTED_WHEN_CAUGHT",
    CORRECTION,
    strength="flag",
    sources="§2.3 S24 S42",
    en="The wrong code was refused at another institution as sold here; only then was this sale corrected.",
    zh="误扫码在其他机构销售时因已在本店售出被拒，此后才更正本销售。",
)
def corrected_unasked(act: Act) -> None:
    """No wrong code was refused elsewhere, as sold here, after the sale that is corrected."""
    for pack in packs_of(act):
        sale = sale_named(act, pack)
        tags = act.tags("codes", pack.wrong)
        tried = [found["at"] for tag in tags if (found := act.state(keys.caught(tag))) is not None]
        if sale is not None and any(at >= sale["at"] for at in tried):
            raise Failed(refused_at_ms=max(tried))


RULES = (wrong_code_was_sold_by_it, quantity_stays, soon_after_the_sale, corrected_unasked)
