"""SUPPLY of drugs whose label sets no highest dose: what the patient has lasts as the doctor wrote.

Insulin and warfarin are dosed for each patient, so no division says how long a pack lasts, and nothing is
ever stopped for it. Where the rulebook asks for it, who comes back inside the days of an earlier
prescription is looked at by a pharmacist.
"""

from __future__ import annotations

from typing import Any

from contracts import keys
from contracts.act import Act
from contracts.groups import SALE
from contracts.quantity import DAY_MS, MICRO, covered_ms
from contracts.rules.base import Failed, rule
from contracts.rules.supply import (
    COVERED,
    EXEMPTION,
    covered_until,
    exemption_holds,
    is_covered,
    purchases_under,
    told_of_cover,
)
from contracts.sold_units import units_by_drug
from contracts.substance import substance, substances


def looked_at(act: Act) -> bool:
    """Return whether the rulebook asks to count the days of prescriptions."""
    return bool(int(act.parameter("supply_days_prescribed")))


def prescribed_ms(act: Act, units: dict[str, int], named: str) -> int:
    """Return for how many ms these units of a substance last as prescribed; 0 where a label says it.

    Strengths that are taken together last as long as the longest, in nobody's disfavour.
    """
    own = [code for code in units if substance(code) == named and units[code] > 0]
    if any(covered_ms(act.drug(code) or {}, MICRO) is not None for code in own):
        return 0
    return max((_part_of_days(act, code, units[code]) for code in own), default=0)


def _part_of_days(act: Act, code: str, units: int) -> int:
    """The part of the prescription's days that these units of its drug are, in ms."""
    lines = [line for line in act.content.get("lines", []) if line["drug"] == code]
    issued = sum(line["units"] for line in lines)
    days = max((line.get("days", 0) for line in lines), default=0)  # older prescriptions did not keep them
    return days * DAY_MS * min(units, issued) // (issued * MICRO) if issued else 0


def purchases(act: Act, named: str) -> list[dict[str, Any]]:
    """Return the patient's remembered purchases of a substance by prescribed days, under every tag."""
    return purchases_under(act, keys.prescribed, named)


@rule(
    "SUPPLY-7",
    "SUPPLY_DAYS_LEFT",
    SALE,
    strength="flag",
    version=2,
    sources="T2 S52",
    parameters=("supply_days_prescribed", *COVERED, *EXEMPTION),
    en="The days of an earlier prescription of this drug, whose label sets no highest dose, are not over.",
    zh="此前同种药品处方的用药天数未满，且说明书无最大剂量，请药师核对；不作指控。",
)
def earlier_days_are_over(act: Act) -> None:
    """Where the rulebook asks for it (1), no drug without a label maximum is sold inside earlier days.

    Only a notice: the dose may have risen. A declared reason that is accepted needs none.
    """
    if not looked_at(act) or exemption_holds(act):
        return
    for named in substances(units_by_drug(act)):
        until = covered_until(purchases(act, named), act.rx_id)
        if is_covered(act, until):
            raise Failed(told_of_cover(act, until))


RULES = (earlier_days_are_over,)
