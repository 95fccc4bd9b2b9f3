"""The form of a screen, and the few steps that several screens share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from api.screening.tables import DAY_MS, Tables

Parameters = Mapping[str, float]
ENTRIES_MAX = 20  # cited with a finding; the number of all stands beside them


LEVELS: Mapping[str, str] = {
    "hospital": "organisation",
    "pharmacy": "organisation",
    "department": "department",
    "doctor": "person",
    "pharmacist": "person",
    "patient": "insured",
    "drug": "thing",
    "code": "thing",
    "credential": "thing",
}
OVER_NEED, REPEATED, FREQUENT = "over clinical need", "repeated across institutions", "frequent or for others"


@dataclass(frozen=True, slots=True)
class Screen:
    """`find` returns one row for each finding: subject, measure, limit, count, entries (`findings`).

    `behaviour` is one of the three that supervision names (T6, S63), or none.
    """

    id: str
    subject: str
    class_: str
    sources: str
    parameters: Parameters
    en: str
    zh: str
    find: Callable[[Tables, Parameters], pl.LazyFrame]
    behaviour: str = ""

    @property
    def level(self) -> str:
        """Whom a finding concerns: organisation, department, person, insured person, thing (S64)."""
        return LEVELS[self.subject.partition("@")[0]]


def findings(
    grouped: pl.LazyFrame, subject: pl.Expr, measure: pl.Expr | str, limit: float, entries: str = "entries"
) -> pl.LazyFrame:
    """Return the columns of a finding from a frame that has a list column of entries."""
    value = pl.col(measure) if isinstance(measure, str) else measure
    return grouped.select(
        subject.cast(pl.String).alias("subject"),
        value.cast(pl.Float64).alias("measure"),
        pl.lit(float(limit)).alias("limit"),
        pl.col(entries).list.n_unique().cast(pl.Int64).alias("count"),
        pl.col(entries).list.unique().list.sort().list.head(ENTRIES_MAX).alias("entries"),
    )


def cited() -> pl.Expr:
    """Return the entries of a group as a list."""
    return pl.col("entry").alias("entries")


def cite(candidates: pl.LazyFrame, rows: pl.LazyFrame, *keys: str) -> pl.LazyFrame:
    """Return the few `candidates` with the entries of their rows: lists are made for them alone."""
    few = rows.join(candidates.select(keys), on=keys, how="semi")
    return candidates.join(few.group_by(keys).agg(cited()), on=keys)


def dispensed(tables: Tables) -> pl.LazyFrame:
    """Return what was handed out: one row a pack; reports of the same sale are not counted again."""
    return tables["sales"].filter(pl.col("channel") == "dispensed")


def undelivered(tables: Tables, grace_days: float = 0) -> pl.LazyFrame:
    """Return sold packs that no supplier delivered to their shop, one row a code.

    Only of shops that keep books: where no delivery is recorded nothing is known. `grace_days` after a shop's
    first delivery are left out, for what lay in its shelves before.
    """
    stock = tables["stock"]
    books = stock.group_by("pharmacy").agg(pl.col("time_ms").min().alias("since"))
    missing = (
        dispensed(tables)
        .filter(pl.col("code").is_not_null())
        .join(stock.select("pharmacy", "code"), on=["pharmacy", "code"], how="anti")
        .join(books, on="pharmacy")
        .filter(pl.col("time_ms") >= pl.col("since") + grace_days * DAY_MS)
    )
    return missing.unique(["pharmacy", "code"])


def netted(tables: Tables) -> pl.LazyFrame:
    """Return what was handed out and what came back (with negative packs, days and amounts)."""
    return tables["sales"].filter(pl.col("channel").is_in(["dispensed", "returned"]))
