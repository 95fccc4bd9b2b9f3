"""Ground truth of screening: which labelled subjects the screens found, and whom they named besides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from api.province.score import ACCUSING, wilson
from api.province.trial import Tried, tag
from api.screening.report import screened
from api.screening.tables import Tables

SCREEN_OF = {
    "ring": "SCREEN-RING",
    "share": "SCREEN-SHARE",
    "stockpile": "SCREEN-STOCKPILE",
    "long": "SCREEN-LONG",
}
_RECEIVED_NOWHERE, _ONE_CHECK = "NO_INBOUND", "CREDENTIAL_SHARED"


class Expected:
    """Collects from labelled acts which subjects each screen ought to find."""

    def __init__(self) -> None:
        self.subjects: dict[str, set[str]] = {
            screen: set() for screen in (*SCREEN_OF.values(), "SCREEN-BALANCE", "SCREEN-CREDENTIAL")
        }

    def take(self, tried: Tried) -> None:
        """Take an act's label; only what was accepted is history."""
        label = tried.event.get("label", {})
        if tried.outcome != "accepted":
            return
        if "screen" in label:
            self.subjects[SCREEN_OF[label["screen"]]].add(_tagged(label["subject"]))
        if _RECEIVED_NOWHERE in label.get("codes", ()):
            self.subjects["SCREEN-BALANCE"].add(tried.event["iss"])
        if _ONE_CHECK in label.get("codes", ()):
            check = tried.event["disclosures"]["identifiers"]["authNo"]
            self.subjects["SCREEN-CREDENTIAL"].add(tag("codes", check))

    @property
    def parts(self) -> set[str]:
        """Everybody who has a part in an injected case: another screen may name them too."""
        return {
            part for subjects in self.subjects.values() for subject in subjects for part in subject.split("@")
        }


def _tagged(subject: str) -> str:
    """The subject as the columns know it: a patient's number stands there as its tag."""
    return "@".join(tag("people", who) if who.startswith("990000") else who for who in subject.split("@"))


def compared(folder: Path, expected: Expected) -> Iterator[Mapping[str, Any]]:
    """Yield for each screen how many injected subjects it found, and which honest ones it accused."""
    for screen, findings in screened(Tables(folder)):
        found = {finding.subject for finding in findings}
        wanted = expected.subjects.get(screen.id, set())
        honest = {one for one in found - wanted if not expected.parts & set(one.split("@"))}
        low, high = wilson(len(found & wanted), len(wanted))
        yield {
            "screen": screen.id,
            "class": screen.class_,
            "found": len(found & wanted),
            "of": len(wanted),
            "low": low,
            "high": high,
            "honest_accused": sorted(honest) if screen.class_ in ACCUSING else [],
            "named_without_accusing": 0 if screen.class_ in ACCUSING else len(found),
        }
