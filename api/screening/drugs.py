"""Screens of drugs: the three watched classes, computed with their reason instead of listed (T5, S56)."""

from __future__ import annotations

import polars as pl

from api.screening.amounts import MICRO
from api.screening.screen import Parameters, cite, cited, findings, millionths, netted, undelivered
from api.screening.tables import DAY_MS, UTC_OFFSET_MS, Tables


def spend(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Drugs on which a large share of all money goes: high spend."""
    sold = netted(tables)
    everything = netted(tables.whole).select(_spent()).collect(engine="streaming").item()
    by_drug = sold.group_by("drug").agg(_spent().alias("spent"))
    large = by_drug.filter(pl.lit(everything > 0), pl.col("spent") >= given["share_min"] * everything)
    part = pl.col("spent") / everything
    return findings(cite(large, sold, "drug"), pl.col("drug"), part, given["share_min"])


def growth(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Drugs whose spend in the last window is a multiple of that of the window before: abnormal growth.

    Where the columns hold less than both windows, nothing is compared: part of a window is no past.
    """
    window_ms = int(given["window_days"]) * DAY_MS
    sold = netted(tables)
    last_ms = netted(tables.whole).select(pl.col("time_ms").max()).collect(engine="streaming").item()
    ago = (pl.lit(last_ms, pl.Int64) - pl.col("time_ms")) // window_ms
    dated = sold.with_columns(ago.alias("windows_ago"))
    now, before = (_spent(pl.col("windows_ago") == windows) for windows in (0, 1))
    by_drug = dated.group_by("drug").agg(now.alias("now"), before.alias("before"))
    grown = by_drug.filter(
        pl.lit(_days(tables) >= 2 * int(given["window_days"])),
        pl.col("before") > 0,
        pl.col("now") >= given["yuan_min"] * MICRO,
        pl.col("now") >= given["ratio_min"] * pl.col("before"),
    )
    recent = dated.filter(pl.col("windows_ago") == 0)
    ratio = pl.col("now") / pl.col("before")
    return findings(cite(grown, recent, "drug"), pl.col("drug"), ratio, given["ratio_min"])


def _days(tables: Tables) -> int:
    """Return how many local days the sales of all columns span, the first and the last one too."""
    first_ms, last_ms = tables.sales_ms()
    if first_ms is None or last_ms is None:
        return 0
    return (last_ms + UTC_OFFSET_MS) // DAY_MS - (first_ms + UTC_OFFSET_MS) // DAY_MS + 1


def resale(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Drugs of which packs are sold that no supplier delivered: wanted for resale (`resale_of_drugs`)."""
    return undelivered(tables).group_by("drug").agg(pl.len().alias("packs"), cited())


def resale_of_drugs(parts: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    """Return the drugs of which the shops of all parts together sold enough such packs."""
    drugs = parts.group_by("drug").agg(pl.col("packs").sum(), pl.col("entries").explode())
    found = drugs.filter(pl.col("packs") >= given["packs_min"])
    return findings(found, pl.col("drug"), "packs", given["packs_min"])


def cases(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Drugs that the evidence of several cases is about in which a violation was found."""
    drugs = tables["cases"].group_by("drug").agg(pl.col("case").n_unique().alias("cases"), cited())
    found = drugs.filter(pl.col("cases") >= given["cases_min"])
    return findings(found, pl.col("drug"), "cases", given["cases_min"])


def _spent(which: pl.Expr | None = None) -> pl.Expr:
    """Return what was paid, in millionths of a yuan, of rows `which` alone."""
    of_row = millionths()
    return (of_row if which is None else of_row.filter(which)).sum()
