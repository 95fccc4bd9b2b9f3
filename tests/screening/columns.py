"""Small histories for screens: a row says what matters, the rest is filled in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from api.screening.tables import DAY_MS, SCHEMAS

NOON_MS = 1_767_196_800_000 + DAY_MS // 2  # 2026-01-01 12:00 at UTC+8
MINUTE_MS, HOUR_MS = 60_000, 3_600_000
DEFAULTS: dict[str, dict[str, Any]] = {
    "organisations": {
        "kind": "pharmacy",
        "agreement": "active",
        "registered_address": "a",
        "licensed_address": "a",
    },
    "rosters": {},
    "prescriptions": {"department": "内分泌科", "age": 60.0, "sex": "1", "days": 7.0, "diagnosis": "E11.900"},
    "sales": {
        "hospital": "H1",
        "department": "内分泌科",
        "doctor": "D1",
        "pharmacist": "Y1",
        "pharmacy": "P1",
        "packs": 1.0,
        "days": 7.0,
        "amount": 20.0,
        "channel": "dispensed",
        "drug": "X",
    },
    "presences": {"act": "review"},
    "stock": {"supplier": "V", "drug": "X"},
    "adjustments": {"drug": "X", "reason": "lost"},
    "cases": {"drug": "X"},
}


class History:
    """Rows of every table; `write` makes the folder of Parquet files."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
        self.entry = 0

    def add(self, table: str, **row: Any) -> int:
        """Add a row and return its entry."""
        self.entry += 1
        counted = {
            "entry": self.entry,
            "time_ms": NOON_MS,
            "rx": f"rx{self.entry}",
            "code": f"c{self.entry}",
            "sale": f"s{self.entry}",
            "patient": f"p{self.entry}",
        }
        full = {**counted, **DEFAULTS[table], **row}
        self.rows[table].append({name: full.get(name) for name in SCHEMAS[table]})
        return self.entry

    def write(self, folder: Path) -> Path:
        """Write every table and return the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, schema in SCHEMAS.items():
            pl.DataFrame(self.rows[name], schema=dict(schema)).write_parquet(folder / f"{name}.parquet")
        return folder
