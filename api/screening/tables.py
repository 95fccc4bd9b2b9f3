"""The columns that are screened: found, checked against COLUMNS.md, and scanned lazily."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from api.screening.substances import shared

_INT, _FLOAT, _TEXT = pl.Int64, pl.Float64, pl.String
SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "organisations": {
        **dict.fromkeys(("code", "kind", "province", "city"), _TEXT),
        **dict.fromkeys(("latitude", "longitude"), _FLOAT),
        "licence_to": pl.Date,
        **dict.fromkeys(("registered_address", "licensed_address", "agreement"), _TEXT),
        "agreement_from": pl.Date,
    },
    "rosters": {"person": _TEXT, "site": _TEXT},
    "prescriptions": {
        "entry": _INT,
        "time_ms": _INT,
        **dict.fromkeys(("rx", "hospital", "department", "doctor", "patient"), _TEXT),
        "age": _FLOAT,
        **dict.fromkeys(("sex", "drug"), _TEXT),
        "days": _FLOAT,
        **dict.fromkeys(("diagnosis", "credential", "template"), _TEXT),
    },
    "sales": {
        "entry": _INT,
        "time_ms": _INT,
        **dict.fromkeys(("rx", "pharmacy", "hospital", "department", "doctor", "pharmacist"), _TEXT),
        **dict.fromkeys(("patient", "drug", "code"), _TEXT),
        **dict.fromkeys(("packs", "days", "amount"), _FLOAT),
        **dict.fromkeys(("channel", "sale"), _TEXT),
    },
    "presences": {"entry": _INT, "time_ms": _INT, **dict.fromkeys(("person", "site", "act"), _TEXT)},
    "stock": {
        "entry": _INT,
        "time_ms": _INT,
        **dict.fromkeys(("pharmacy", "supplier", "drug", "code"), _TEXT),
    },
    "adjustments": {
        "entry": _INT,
        "time_ms": _INT,
        **dict.fromkeys(("pharmacy", "drug", "code", "reason"), _TEXT),
    },
    "cases": {"entry": _INT, "time_ms": _INT, **dict.fromkeys(("case", "drug"), _TEXT)},
}
_LATER = ("cases",)
_LATER_COLUMNS = {"organisations": ("agreement_from",)}
_OF_DRUGS = ("prescriptions", "sales", "cases")
_PEOPLE = ("doctor", "patient", "pharmacist")
# The rulebook's list (contracts/parameters.py; a test compares): what stands where a person's code should.
WORDS = (
    *("未知", "不详", "不明", "无", "暂无", "未填", "未填写", "佚名", "无名氏"),
    *("unknown", "null", "none", "n/a", "na", "-", "0"),
)
_NOUGHT = r"[A-Za-z]{0,2}00+"  # no number of anything, as `Act.is_placeholder` has it
# `is_placeholder` as one expression that is over at the first sign of almost every name: 30 ns a row.
_WORD = "|".join(re.escape(word) for word in WORDS)
STANDS_IN = rf"(?i)^(?:[^\p{{L}}\p{{N}}]*|\s*(?:{_WORD}|{_NOUGHT})\s*)$"
UTC_OFFSET_MS = 8 * 3_600_000  # local days and months of the province
DAY_MS = 86_400_000
# Of one table a screen holds so many rows at once, whatever the folder has: the bound of its memory.
ROWS_AT_ONCE = 10_000_000
_SEED = 7  # screens hash the same columns: within a part theirs must not be all alike


class ColumnsFault(Exception):
    """The folder is not fit for screening; the text names file and column."""


class Tables:
    """Lazy tables of one folder. Raises ColumnsFault where a file or column is missing or of another kind.

    `whole` are the tables of all rows: of a part of them (`parts`), and else these themselves. What is asked
    of them must come to few rows.
    """

    def __init__(self, folder: Path, rows_at_once: int = ROWS_AT_ONCE) -> None:
        for name, schema in SCHEMAS.items():
            if not _is_left_out(folder, name):
                _check(folder / f"{name}.parquet", schema, _LATER_COLUMNS.get(name, ()))
        self.whole = self
        self._folder, self._rows_at_once = folder, rows_at_once
        self._kept: dict[str, pl.Expr] = {}
        self._pooled: dict[str, dict[str, list[str]]] = {}
        self._substances: dict[str, str] | None = None
        self._sales_ms: tuple[int | None, int | None] | None = None

    def __getitem__(self, name: str) -> pl.LazyFrame:
        """Return a table, not yet read; a person of whom only a placeholder is known is null.

        Packs of one substance that bear several national codes are one drug, named by the substance.
        """
        table = self._known(name)
        return table.filter(self._kept[name]) if name in self._kept else table

    def parts(self, together: Mapping[str, str]) -> Iterator[Tables]:
        """Yield tables of a part of the rows each, all rows between them: one part where they are few enough.

        `together` names a column of each table that is parted: rows of one value are in one part, whichever
        table they are of, and those without a value too. Other tables are whole in each part.
        """
        rows = max((self._rows(name) for name in together), default=0)
        many = -(-rows // self._rows_at_once)
        if many <= 1:
            yield self
            return
        for place in range(many):
            part = copy.copy(self)
            part._kept = {
                name: pl.col(column).cast(pl.String).hash(_SEED) % many == place
                for name, column in together.items()
            }
            yield part

    def sales_ms(self) -> tuple[int | None, int | None]:
        """Return the times of the first and of the last of all sales; None of no sales."""
        if self.whole._sales_ms is None:
            time_ms = pl.col("time_ms")
            ends = self._scanned("sales").select(time_ms.min().alias("first"), time_ms.max().alias("last"))
            self.whole._sales_ms = ends.collect(engine="streaming").row(0)
        return self.whole._sales_ms

    def _known(self, name: str) -> pl.LazyFrame:
        table = self._scanned(name)
        if name not in self._pooled:
            self._pooled[name] = _pooled(table, name)  # one look: clean columns are scanned as is
        known = table.with_columns(
            pl.when(pl.col(column).is_in(forms)).then(None).otherwise(pl.col(column)).name.keep()
            for column, forms in self._pooled[name].items()
        )
        if name not in _OF_DRUGS or not self._several_packs():
            return known
        return known.with_columns(pl.col("drug").replace(self._several_packs()))

    def _scanned(self, name: str) -> pl.LazyFrame:
        if _is_left_out(self._folder, name):
            return pl.LazyFrame(schema=dict(SCHEMAS[name]))
        table = pl.scan_parquet(self._folder / f"{name}.parquet")
        later = [one for one in _LATER_COLUMNS.get(name, ()) if one not in table.collect_schema()]
        return table.with_columns(pl.lit(None, SCHEMAS[name][one]).alias(one) for one in later)

    def _rows(self, name: str) -> int:
        return int(self._scanned(name).select(pl.len()).collect(engine="streaming").item())

    def _several_packs(self) -> dict[str, str]:
        """The substance of each national code that shares it with another code of these columns."""
        if self.whole._substances is None:
            codes = pl.concat([self._scanned(name).select("drug").unique() for name in _OF_DRUGS])
            unique = codes.unique().drop_nulls().collect(engine="streaming")
            self.whole._substances = shared(unique["drug"])
        return self.whole._substances


def _is_left_out(folder: Path, name: str) -> bool:
    """Whether a folder of older software has no such table: nothing is known of it."""
    return name in _LATER and not (folder / f"{name}.parquet").exists()


def _pooled(table: pl.LazyFrame, name: str) -> dict[str, list[str]]:
    """Return the columns of people in which placeholders stand, with those that do as they are written."""
    people = [column for column in _PEOPLE if column in SCHEMAS[name]]
    if not people:
        return {}
    texts = {column: pl.col(column).cast(pl.String) for column in people}
    asked = table.select(
        text.filter(text.str.contains(STANDS_IN)).unique().implode().alias(column)
        for column, text in texts.items()
    )
    found = asked.collect(engine="streaming")
    return {column: forms for column in people if (forms := found[column][0].to_list())}


def _check(path: Path, schema: Mapping[str, Any], later: Collection[str]) -> None:
    """Return when a file has the columns of its table; those of `later` software may be missing."""
    if not path.is_file():
        raise ColumnsFault(f"{path} is missing")
    try:
        found = pl.read_parquet_schema(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ColumnsFault(f"{path} is no Parquet file: {error}") from None
    for name, kind in schema.items():
        if name not in found and name in later:
            continue
        if name not in found:
            raise ColumnsFault(f"{path} has no column {name}: api/screening/COLUMNS.md lists them")
        if found[name] != kind and found[name] != pl.Null:
            raise ColumnsFault(f"{path}: column {name} is {found[name]}, not {kind}")


def is_placeholder(value: object) -> bool:
    """Return whether a name or number only stands in for a person: empty, 未知, —— and the like.

    As the contracts say it (`Act.is_placeholder`), with the rulebook's list as it is shipped.
    """
    text = str(value or "").strip().lower()
    named = any(sign.isalnum() for sign in text)
    return not named or text in WORDS or re.fullmatch(_NOUGHT, text) is not None


def local_day(column: str = "time_ms") -> pl.Expr:
    """Return the local day of a time, counted from 1970-01-01."""
    return (pl.col(column) + UTC_OFFSET_MS) // DAY_MS


def local_month(column: str = "time_ms") -> pl.Expr:
    """Return the first day of the local calendar month of a time."""
    moment = pl.from_epoch(pl.col(column) + UTC_OFFSET_MS, time_unit="ms")
    return moment.dt.truncate("1mo").dt.date()
