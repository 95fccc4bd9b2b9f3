"""The accepted acts of a year as the columns that screening reads (api/screening/COLUMNS.md)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from api.province.trial import Tried, tag
from api.screening.tables import SCHEMAS

_CHANNELS = {
    "dispensing.dispensed": "dispensed",
    "dispensing.reported": "reported",
    "settlement.reported": "settled",
    "dispensing.returned": "returned",
}
_PRESENCES = {"duty.opened": "opened", "duty.closed": "closed", "review.pharmacy": "review"}
_CHUNK = 100_000
Row = dict[str, Any]


class Columns:
    """Collects rows of accepted acts; `write` puts them into a folder of Parquet files."""

    def __init__(self, registry: Mapping[str, Any], pack_days: Mapping[str, float]) -> None:
        self._pack_days = pack_days
        self._rows: dict[str, list[Row]] = {name: [] for name in SCHEMAS}
        self._frames: dict[str, list[pl.DataFrame]] = {name: [] for name in SCHEMAS}
        self._rx: dict[str, Row] = {}
        self._entry = 0
        for one in registry["organisations"]:
            self._add("organisations", {**one, "kind": one["role"], "licence_to": None})
        for one in registry["people"]:
            for site in one["sites"]:
                self._add("rosters", {"person": one["code"], "site": site})

    def take(self, tried: Tried) -> None:
        """Take an act; only accepted ones have an entry with content."""
        if tried.outcome != "accepted":
            self._entry += tried.outcome == "refused"
            return
        event = tried.event
        place = {"entry": self._entry, "time_ms": event["time"]}
        self._entry += 1
        if event["type"] == "prescription.issued":
            self._prescription(event, place)
        elif event["type"] in _CHANNELS:
            self._sale(event, place)
        elif event["type"] == "stock.received":
            self._stock(event, place)
        elif event["type"] in _PRESENCES:
            for one in event["signers"]:
                act = _PRESENCES[event["type"]]
                self._add("presences", {**place, "person": one["code"], "site": event["iss"], "act": act})

    def write(self, folder: Path) -> None:
        """Write one file for each table, replacing what an earlier run wrote."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in SCHEMAS:
            self._flush(name)
            pl.concat(self._frames[name]).write_parquet(folder / f"{name}.parquet")

    def _prescription(self, event: Mapping[str, Any], place: Row) -> None:
        opened = event["disclosures"]
        line, clinical = opened["lines"][0], opened["clinical"]
        row = {
            "rx": event["id"],
            "hospital": event["iss"],
            "department": clinical["department"],
            "doctor": event["members"]["prescriber"],
            "patient": tag("people", opened["identity"]["certificate_number"]),
            "age": float(opened["patient"]["age"]),
            "sex": opened["patient"]["sex"],
            "drug": line["drug"],
            "days": float(line["days"]),
            "diagnosis": clinical["diagnoses"][0]["code"],
        }
        self._rx[event["id"]] = row
        self._add("prescriptions", {**row, **place})

    def _sale(self, event: Mapping[str, Any], place: Row) -> None:
        opened = event["disclosures"]
        rx = self._rx[event["members"]["rx"].partition(":")[2]]
        lines, identifiers = opened.get("lines"), opened.get("identifiers", {})
        sign = -1.0 if event["type"] == "dispensing.returned" else 1.0
        for listed in opened["codes"]:
            line = lines[listed.get("line", 0)] if lines else {"drug": rx["drug"]}
            packs = sign * (0.4 if line.get("split") else 1.0)
            price = float(line.get("price", 0))
            row = {
                **{name: rx[name] for name in ("rx", "hospital", "department", "doctor", "patient")},
                "pharmacy": event["iss"],
                "pharmacist": event["signers"][0]["code"],
                "drug": line["drug"],
                "code": tag("codes", listed["code"]),
                "packs": packs,
                "days": packs * self._pack_days.get(line["drug"], 0.0),
                "amount": packs * price,
                "channel": _CHANNELS[event["type"]],
                "sale": identifiers.get("setl_id"),
            }
            self._add("sales", {**row, **place})

    def _stock(self, event: Mapping[str, Any], place: Row) -> None:
        supplier = event["disclosures"]["identifiers"]["supplier"]
        for listed in event["disclosures"]["codes"]:
            row = {"pharmacy": event["iss"], "supplier": supplier, "drug": listed["drug"]}
            self._add("stock", {**row, **place, "code": tag("codes", listed["code"])})

    def _add(self, name: str, row: Mapping[str, Any]) -> None:
        self._rows[name].append({column: row.get(column) for column in SCHEMAS[name]})
        if len(self._rows[name]) >= _CHUNK:
            self._flush(name)

    def _flush(self, name: str) -> None:
        self._frames[name].append(pl.DataFrame(self._rows[name], schema=dict(SCHEMAS[name])))
        self._rows[name] = []
