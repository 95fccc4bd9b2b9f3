"""Ground truth of screening: which labelled subjects the screens found, and whom they named besides."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from api.province.score import wilson
from api.province.sight import Sight
from api.province.trial import OUTSIDE, Tried, tag, tag_of, tagged
from api.screening.report import screened
from api.screening.tables import Tables
from contracts.codes import ACCUSING

_RECEIVED_NOWHERE, _ONE_CHECK = "NO_INBOUND", "CREDENTIAL_SHARED"
_RESOLD = 3  # packs of a drug that nobody delivered: from then on it is wanted for resale
_OF_MANY = ("P", "X", "Z")  # codes of shops and drugs


class Expected:
    """Collects from labelled acts whom each screen ought to find, and whom it must not name.

    A person or department with a part in an injected case may be named by another screen too; `spared` may
    not, and of shops and drugs, which have many customers, only what was injected.
    """

    def __init__(self, registry: Mapping[str, Any]) -> None:
        self.subjects: dict[str, set[str]] = defaultdict(set)
        self.spared: dict[str, set[str]] = defaultdict(set)
        self.parts: set[str] = set()
        self._undelivered: Counter[str] = Counter()
        for one in registry["expected"]:
            self._ought(one["screen"], one["subject"])

    def take(self, tried: Tried) -> None:
        """Take an act's label; only what was accepted, or happened outside, is history."""
        label, event = tried.event.get("label", {}), tried.event
        if tried.outcome not in ("accepted", OUTSIDE):
            return
        if "lookalike" in label:
            if "screen" in label:
                self.spared[label["screen"]].add(tagged(label["subject"]))
            return
        if "screen" in label:
            self._ought(label["screen"], tagged(label["subject"]))
        if "case" in label:
            self.parts |= _people(event)
        self._by_code(event, set(label.get("codes", ())))

    def _by_code(self, event: Mapping[str, Any], codes: set[str]) -> None:
        if _RECEIVED_NOWHERE in codes:
            self._ought("SCREEN-BALANCE", event["iss"])
            self._stock_is_wrong(event["iss"])
            drug = event["disclosures"]["lines"][0]["drug"]
            self._undelivered[drug] += 1
            if self._undelivered[drug] == _RESOLD:
                self._ought("SCREEN-DRUG-RESALE", drug)
        if _ONE_CHECK in codes:
            self._ought("SCREEN-CREDENTIAL", tag("codes", event["disclosures"]["identifiers"]["authNo"]))

    def _stock_is_wrong(self, shop: str) -> None:
        """Of a suspended shop T14 asks whether its stock is wrong too."""
        unsettled = self.subjects["SCREEN-UNSETTLED"]
        if f"{shop}@suspended" in unsettled:
            unsettled.remove(f"{shop}@suspended")
            unsettled.add(f"{shop}@suspended-stock")

    def _ought(self, screen: str, subject: str) -> None:
        self.subjects[screen].add(subject)
        self.parts |= {one for one in subject.split("@") if not one.startswith(_OF_MANY)}


def _people(event: Mapping[str, Any]) -> set[str]:
    """The doctor, the department and the patient of a prescription."""
    identity, clinical = (event["disclosures"].get(name, {}) for name in ("identity", "clinical"))
    department = f"{event['iss']} {clinical.get('department')}"
    return {
        str(event["members"].get("prescriber")),
        department,
        tag_of(identity.get("certificate_number", "")),
    }


def compared(folder: Path, expected: Expected, sight: Sight) -> Iterator[Mapping[str, Any]]:
    """Yield for each screen how many injected subjects it found, and which honest ones it named.

    What it names of blind cases is counted with those.
    """
    for screen, findings in screened(Tables(folder)):
        found = {finding.subject for finding in findings}
        wanted, spared = expected.subjects[screen.id], expected.spared[screen.id]
        besides = {one for one in found - wanted if not expected.parts & set(one.split("@"))}
        besides = (besides | found & spared) - sight.named(screen.id, found)
        low, high = wilson(len(found & wanted), len(wanted))
        accusing = screen.class_ in ACCUSING
        yield {
            "screen": screen.id,
            "class": screen.class_,
            "found": len(found & wanted),
            "of": len(wanted),
            "missed": sorted(wanted - found),
            "low": low,
            "high": high,
            "lookalikes_named": len(found & spared),
            "lookalikes": len(spared),
            "honest_accused": sorted(besides) if accusing else [],
            "named_without_accusing": 0 if accusing else len(besides),
        }
