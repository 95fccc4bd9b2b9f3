"""Cases of officers in which a violation was found, and the drugs that their evidence is about (T5, S56)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

DrugsOf = Callable[[str], Iterable[str]]
TYPES = ("governance.case", "governance.case_step")
_AGAINST = "violation"


def drugs_in(disclosures: Mapping[str, Any]) -> set[str]:
    """Return the drugs that an act's own lines and codes name."""
    rows = (row for group in ("lines", "codes") for row in disclosures.get(group, ()))
    return {row["drug"] for row in rows if row.get("drug")}


class Decided:
    """Collects cases and their decisions; the last finding counts, so an appeal takes a case out again."""

    def __init__(self) -> None:
        self._evidence: dict[str, list[str]] = {}
        self._found: dict[str, tuple[str, dict[str, int]]] = {}

    def take(self, place: dict[str, int], id_: str, members: Mapping[str, Any]) -> None:
        """Take an accepted case or step: `place` is its entry and time."""
        if "evidence" in members:
            self._evidence[id_] = members["evidence"]
        elif "finding" in members:
            self._found[members["case"]] = members["finding"], place

    def rows(self, drugs_of: DrugsOf) -> Iterator[dict[str, Any]]:
        """Yield a row for each drug of each case that was decided against somebody."""
        for case, (finding, place) in self._found.items():
            if finding != _AGAINST:
                continue
            named = (drugs_of(one) for one in self._evidence.get(case, ()))
            for drug in sorted({drug for drugs in named for drug in drugs}):
                yield {"case": case, "drug": drug, **place}
