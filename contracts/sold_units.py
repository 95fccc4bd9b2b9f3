"""How much the lines of a sale or a return are, in the drug's smallest unit."""

from __future__ import annotations

from typing import Any

from contracts.act import Act
from contracts.errors import Rejected
from contracts.quantity import smallest_level, units_of


def sold_units(act: Act, line: dict[str, Any]) -> int:
    """Return a sold or returned line in millionths of the drug's smallest unit.

    A line without a unit is in packs, a split one in smallest units. A pack holds what it held on the
    prescription's day, by which the prescription was counted. Raises Rejected(UNIT_…); an unknown drug
    counts its packs as one unit each.
    """
    drug = act.drug_then(line["drug"]) or {"levels": []}
    _, smallest = smallest_level(drug)
    unit = line.get("unit") or (smallest if line.get("split") and smallest else "盒")
    return units_of(drug, line["quantity"], unit)


def units_by_drug(act: Act) -> dict[str, int]:
    """Return the units of the act's lines by drug; lines with a bad unit are left to their rule."""
    found: dict[str, int] = {}
    for line in act.disclosed("lines") or []:
        try:
            found[line["drug"]] = found.get(line["drug"], 0) + sold_units(act, line)
        except Rejected:
            continue
    return found
