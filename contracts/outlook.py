"""What a purchase means for the patient, told before the act: days covered and the next date (Yulin)."""

from __future__ import annotations

from typing import Any

from contracts.act import Act
from contracts.groups import ISSUE, SALE
from contracts.patient import patient_tags
from contracts.quantity import DAY_MS, covered_ms
from contracts.rules.supply import covered_until, lasting_ms, may_buy_from, sales_of
from contracts.sold_units import units_by_drug
from contracts.substance import substance
from contracts.time import local_date, to_text

_FORESEEN = (*ISSUE, *SALE)
_END_OF_TIME_MS = 253_402_300_799_000  # 9999-12-31: an absurd quantity must not end in an error


def outlook(act: Act) -> tuple[dict[str, Any], ...]:
    """Return for each drug of a prescription or sale {"drug","days","covered_until"?,"next",…}, else ().

    `days` is for how many whole days the quantity lasts at the label's maximum dose, `covered_until` until
    when earlier purchases last, `next` from when the patient may buy again after this one;
    `covered_until_date` and `next_date` are the local dates of the two. A drug whose label has no fixed
    maximum has no outlook.
    """
    if act.type not in _FORESEEN or not patient_tags(act):
        return ()
    units = units_by_drug(act)
    found = []
    for drug, amount in units.items():
        lasts_ms = covered_ms(act.drug(drug) or {}, amount)
        if lasts_ms is not None and lasts_ms > 0:
            found.append(_of_drug(act, drug, lasts_ms, lasting_ms(act, units, substance(drug)) or lasts_ms))
    return tuple(found)


def _of_drug(act: Act, drug: str, lasts_ms: int, together_ms: int) -> dict[str, Any]:
    sales = sales_of(act, drug)
    until = covered_until(sales, act.rx_id)
    this = {"rx": act.rx_id or act.facts.statement_id, "at": act.time_ms, "days_ms": together_ms}
    told: dict[str, Any] = {"drug": drug, "days": lasts_ms // DAY_MS}
    if until > act.time_ms:
        told["covered_until"] = to_text(min(until, _END_OF_TIME_MS))
        told["covered_until_date"] = local_date(until, act.utc_offset_minutes)
    again = may_buy_from(act, covered_until([*sales, this]))
    date = local_date(again, act.utc_offset_minutes)
    return {**told, "next": to_text(min(again, _END_OF_TIME_MS)), "next_date": date}
