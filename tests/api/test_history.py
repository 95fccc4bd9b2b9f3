"""Columns of a history are made by the rulebook and the knowledge that were in force, not by the newest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from api.reports.history import columns
from contracts.facts import Json
from contracts.statements import base64url
from contracts.time import from_text
from tests.contracts.world import METFORMIN, drug

NOW = from_text("2026-03-02T00:00:00Z")
LINE = {"drug": METFORMIN, "quantity": "1", "days": "12"}
DISCLOSED: Mapping[str, Json] = {
    "lines": [LINE],
    "clinical": {"department": "内科", "diagnoses": []},
    "identity": {},
    "patient": {"age": "70", "sex": "2"},
    "codes": [{"code": "89900020000000000001"}],
}


class _History:
    """A log of statements, a second apart."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []

    def add(self, **payload: Any) -> str:
        """Append a statement and return its id."""
        data = json.dumps({"iss": "P1", "signers": [{"code": "Y1"}], **payload}).encode()
        entry = {"time": NOW + 1000 * self.size, "statement": {"payload": base64url.encode(data)}}
        self.entries.append(json.dumps(entry).encode())
        return hashlib.sha256(data).hexdigest()

    def knowledge(self, units: int, version: str, **given: Any) -> None:
        """Append the knowledge that a pack holds so many tablets."""
        drugs = [
            drug(
                METFORMIN,
                "8990002",
                units,
                "片",
                strength={"amount": "0.5", "unit": "g"},
                max_dose={"amount": "2.5", "unit": "g", "per_days": 1},
            )
        ]
        part = self.add(type="governance.knowledge_part", drugs=drugs)
        self.add(type="governance.knowledge", version=version, **{"parts": [part], **given})

    def sell(self) -> None:
        """Append a prescription and its sale."""
        rx = self.add(type="prescription.issued", prescriber="D1", jti=self.size)
        self.add(type="dispensing.dispensed", rx=rx)

    @property
    def size(self) -> int:
        return len(self.entries)

    def entry(self, index: int) -> bytes:
        return self.entries[index]

    def find(self, statement_id: str) -> None:
        return None

    def disclosures(self, statement_id: str) -> Mapping[str, Json]:
        return DISCLOSED

    def received(self, index: int) -> tuple[str, ...]:
        return ()

    def tag(self, kind: str, value: str) -> tuple[str, ...]:
        return (f"{kind} {value}",)


def test_what_is_announced_or_lacks_a_part_is_not_in_force_yet(tmp_path: Path) -> None:
    """Knowledge of 2030 was in force at once in the columns, and with it the drugs of every part ever."""
    history = _History()
    history.knowledge(60, "one")
    history.add(type="governance.rulebook", version="rules", parameters={"screen_thresholds": ["A b 1"]})
    history.sell()
    history.knowledge(30, "of 2030", effective_from="2030-01-01T00:00:00Z")
    history.knowledge(20, "without its second part", parts=["0" * 64])
    later = {"effective_from": "2030-01-01T00:00:00Z"}
    history.add(type="governance.rulebook", version="rules of 2030", parameters={}, **later)
    history.sell()
    history.knowledge(120, "two")
    history.sell()
    writer, _, rules = columns(history, lambda _: None)
    writer.write(tmp_path)
    assert pl.read_parquet(tmp_path / "sales.parquet")["days"].to_list() == [12.0, 12.0, 24.0]
    assert (rules["knowledge_version"], rules["version"]) == ("two", "rules")
    assert rules["screen_thresholds"] == ["A b 1"] and len(rules["rulebook"]) == 64
