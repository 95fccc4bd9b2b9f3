"""How long what came with an entry must be kept, by what it is and by the drugs of a prescription."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from api.command.retention import Kept, anniversary, kept
from api.logged import statement_of
from contracts import keys
from contracts.statements import base64url
from contracts.time import from_text
from ledger.errors import Erased

VISIT, DAY = "visit", "2026-03-02T04:00:00Z"
CLASSES = {"M": "ordinary", "T": "toxic", "P2": "psychotropic_2", "N": "narcotic", "P1": "psychotropic_1"}


class Folder:
    """A ledger of a few entries, with a drug of each class."""

    def __init__(self, mode: str = "counter") -> None:
        self.entries: list[dict[str, Any]] = []
        self.content: dict[str, Mapping[str, Any]] = {}
        self.state: dict[str, Any] = {
            keys.GENESIS: {"utc_offset_minutes": 480},
            keys.consultation(VISIT): {"mode": mode},
            keys.KNOWLEDGE: {"versions": [{"id": "old", "from": 0}, {"id": "new", "from": 1}]},
            keys.knowledge("old"): {"parts": ["one"]},
            keys.knowledge("new"): {"parts": ["two"]},
            keys.drug("one", "M"): {"class": "ordinary"},
            keys.drug("one", "changed"): {"class": "psychotropic_2"},
            keys.drug("two", "changed"): {"class": "ordinary"},
            **{keys.drug("two", code): {"class": name} for code, name in CLASSES.items()},
        }

    def add(self, type_: str, at: str = DAY, content: Mapping[str, Any] | None = None, **members: Any) -> str:
        payload = {"type": type_, "jti": len(self.entries), **members}
        data = base64url.encode(json.dumps(payload).encode())
        self.entries.append({"time": from_text(at), "statement": {"payload": data}})
        id_, _ = statement_of(self.entries[-1])
        if content is not None:
            self.content[id_] = content
        return id_

    def prescribe(self, *drugs: str, **clinical: str) -> str:
        lines = [{"drug": drug} for drug in drugs]
        return self.add("prescription.issued", content={"lines": lines, "clinical": clinical})

    def entry(self, index: int) -> bytes:
        return json.dumps(self.entries[index]).encode()

    def disclosures(self, statement_id: str) -> Mapping[str, Any]:
        if statement_id not in self.content:
            raise Erased("the disclosures of this statement have been erased")
        return self.content[statement_id]

    def read(self, key: str) -> bytes | None:
        return json.dumps(self.state[key]).encode() if key in self.state else None

    def kept(self, name: str = VISIT) -> str | None:
        """Until when all of it is kept."""
        found: Any = kept(self, {name: list(range(len(self.entries)))})  # type: ignore[arg-type]
        assert found is None or isinstance(found, Kept)
        return found.until if found else None


@pytest.mark.parametrize(
    ("drugs", "until"),
    [
        (["M"], "2027-03-02"),
        (["T"], "2028-03-02"),
        (["P2"], "2028-03-02"),
        (["N"], "2029-03-02"),
        (["P1"], "2029-03-02"),
        (["M", "N", "T"], "2029-03-02"),
        (["nobody knows"], "2029-03-02"),
        (["changed"], "2028-03-02"),  # the class that it once had counts too
    ],
)
def test_a_prescription_is_kept_by_the_class_of_its_drugs(drugs: list[str], until: str) -> None:
    folder = Folder()
    rx = folder.prescribe(*drugs)
    assert folder.kept() == until
    folder.add("review.hospital", rx=rx)
    assert folder.kept() == until


def test_online_care_is_kept_fifteen_years_whatever_its_drugs() -> None:
    folder = Folder("video")
    folder.prescribe("M")
    assert folder.kept() == "2041-03-02"


def test_what_says_that_it_is_online_business_is_kept_as_such() -> None:
    folder = Folder()
    rx = folder.prescribe("M", business_type="02")
    assert folder.kept() == "2041-03-02"
    folder.entries.clear()
    folder.add("review.hospital", rx=rx)
    assert folder.kept("another key") == "2041-03-02"


@pytest.mark.parametrize(("mode", "until"), [("text", "2041-03-02"), ("counter", None)])
def test_a_consultation_without_a_prescription(mode: str, until: str | None) -> None:
    folder = Folder(mode)
    folder.add("consultation.opened", content={}, mode=mode)
    assert folder.kept() == until


def test_a_sale_keeps_its_prescription_five_years() -> None:
    """What goes together stays together, as long as the longest of it."""
    folder = Folder()
    rx = folder.prescribe("N")
    folder.add("dispensing.dispensed", "2026-06-01T04:00:00Z", rx=rx)
    assert folder.kept() == "2031-06-01"


def test_of_a_prescription_that_is_gone_the_longest_is_asked() -> None:
    folder = Folder()
    folder.add("review.hospital", rx="0" * 64)
    assert folder.kept() == "2029-03-02"


def test_a_refused_act_and_the_registry_are_no_records_of_care() -> None:
    folder = Folder("video")
    folder.entries.append({"time": from_text(DAY), "refused": {"type": "prescription.issued"}})
    folder.add("registry.person", content={})
    folder.add("access.read", rx="0" * 64)
    assert folder.kept() is None


def test_the_day_is_the_ledgers_local_one() -> None:
    folder = Folder()
    folder.add("dispensing.dispensed", "2026-03-02T16:00:00Z", rx="0" * 64)
    assert folder.kept() == "2031-03-03"


def test_a_leap_day_has_its_anniversary_on_the_first_of_march() -> None:
    assert anniversary("2028-02-29", 1) == "2029-03-01"
    assert anniversary("2028-02-29", 4) == "2032-02-29"
    assert anniversary("2028-02-28", 1) == "2029-02-28"
