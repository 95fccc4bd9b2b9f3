"""What sales cost, in millionths of a yuan: as PROFILE-3 counts a month, and a test holds both equal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

MICRO = 1_000_000
_WORTH = ("dispensing.returned", "dispensing.corrected")  # of these what was paid counts, not what they tell
Smallest = Callable[[str], tuple[int, str]]


class Amounts:
    """Remembers what was paid on each prescription for each drug, and for how many smallest units.

    `smallest` gives how many smallest units a pack of a drug holds, and that unit's name.
    """

    def __init__(self, smallest: Smallest) -> None:
        self._smallest = smallest
        self._sold: dict[tuple[str, str], tuple[int, int]] = {}  # paid and units, returns taken off

    def by_drug(self, rx: str, type_: str, lines: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        """Return what an act's lines come to by drug, never below 0, and remember a sale or a return.

        A line without a price costs nothing, one with a price below 0 neither.
        """
        units: dict[str, int] = {}
        priced: dict[str, int] = {}
        for line in lines:
            drug, price = line["drug"], max(0, _micro(line.get("price", "0")))
            units[drug] = units.get(drug, 0) + self._units(line)
            priced[drug] = priced.get(drug, 0) + price * _micro(line["quantity"]) // MICRO
        if type_ in _WORTH:
            priced = {drug: self._worth(rx, drug, moved) for drug, moved in units.items()}
        sign = {"dispensing.dispensed": 1, "dispensing.returned": -1}.get(type_, 0)
        for drug, amount in priced.items() if sign else ():
            paid, sold = self._sold.get((rx, drug), (0, 0))
            self._sold[rx, drug] = paid + sign * amount, sold + sign * units[drug]
        return priced

    def _worth(self, rx: str, drug: str, units: int) -> int:
        paid, sold = self._sold.get((rx, drug), (0, 0))
        return paid * units // max(sold, 1)

    def _units(self, line: Mapping[str, Any]) -> int:
        """A line in millionths of the drug's smallest unit: without a unit in packs, a split one in these."""
        per_pack, smallest = self._smallest(line["drug"])
        unit = line.get("unit") or (smallest if line.get("split") else "")
        return _micro(line["quantity"]) * (1 if smallest and unit == smallest else per_pack)


def shares(amount: int, rows: int) -> Iterator[float]:
    """Yield for each row of a drug its equal part in yuan; together they are the whole amount."""
    for row in range(rows):
        yield (amount * (row + 1) // rows - amount * row // rows) / MICRO


def _micro(text: str) -> int:
    return int(Decimal(text) * MICRO)  # what is finer is cut off
