"""Screens of collected cards: patients of one doctor, or one group of patients, at a shop within minutes.

Who honestly comes together is told apart. A family is fewer than five. The residents of a home, or a village
on its market day, take many drugs, and whoever always comes with them counts beside the group.
"""

from __future__ import annotations

import polars as pl

from api.screening.screen import Parameters, as_one, cited, dispensed, findings
from api.screening.tables import Tables, local_day

_MINUTE_MS = 60_000
_AT = pl.lit("@")
_SHELF = ["pharmacy", "drug"]
_DAY = [*_SHELF, "day"]


def ring(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Many patients of one doctor with one drug at one shop within minutes, again and again (S45, S61)."""
    rings = _rings(dispensed(tables), given)
    return findings(rings, pl.concat_str("doctor", _AT, "pharmacy"), "days", given["days_min"])


def _rings(sold: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    """Return each ring of a known doctor at a shelf with its days. The windows slide: no clock cuts one."""
    window_ms = int(given["window_minutes"]) * _MINUTE_MS
    keys = ["doctor", *_SHELF]
    swiped = sold.filter(pl.col("doctor").is_not_null()).with_columns(as_one(*keys))
    rows_min = int(given["patients_min"] * given["days_min"])
    busy = swiped.group_by("as_one").agg(pl.len().alias("rows")).filter(pl.col("rows") >= rows_min)
    bursts = (
        swiped.join(busy, on="as_one", how="semi")
        .sort("time_ms")
        .rolling(index_column="time_ms", period=f"{window_ms}i", group_by=keys)
        .agg(pl.col("patient").n_unique().alias("patients"), cited(), local_day().last().alias("day"))
        .filter(pl.col("patients") >= given["patients_min"])
    )
    of_days = bursts.group_by(keys).agg(
        pl.col("day").n_unique().alias("days"), pl.col("entries").explode()
    )
    return of_days.filter(pl.col("days") >= given["days_min"])


def group(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """The same patients with one drug at one shop within minutes, on several days, whoever prescribed it.

    Where one doctor's patients are enough by the same limits, that doctor's ring is named alone.
    """
    known = pl.col("patient").is_not_null()
    sold = dispensed(tables).filter(known).with_columns(local_day().alias("day"))
    # Few or none: doctors and whoever came with them are asked about for these alone.
    came = _bursts(sold, given).collect(engine="streaming").lazy()
    met = _met(came, given).collect(engine="streaming").lazy()
    groups = met.group_by(_SHELF).agg(
        pl.col("patient").n_unique().alias("people"), pl.col("day").n_unique().alias("days"), cited()
    )
    of_many = groups.join(_rings(met, given), on=_SHELF, how="anti")
    with_others = of_many.join(_others(sold, met, given), on=_SHELF, how="left")
    part = pl.col("people") / (pl.col("people") + pl.col("others").fill_null(0))
    found = with_others.filter(part >= given["share_min"])
    return findings(found, pl.concat_str("pharmacy", _AT, "drug"), "days", given["days_min"])


def _bursts(sold: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    """Return the sales of a drug that lie in a window of the shop in which enough patients got it."""
    window_ms = int(given["window_minutes"]) * _MINUTE_MS
    # A sliding window lies in two blocks: where none holds half of it, no window can be full.
    keyed = sold.with_columns(as_one(*_SHELF), (pl.col("time_ms") // window_ms).alias("block"))
    blocks = keyed.group_by("as_one", "block").agg(pl.len().alias("packs"))
    # Collected, and read again: in one plan all that both are asked of would be kept.
    half = blocks.filter(pl.col("packs") >= given["patients_min"] / 2).collect(engine="streaming").lazy()
    busy = keyed.join(half, on=["as_one", "block"], how="semi").select(_DAY).unique()
    full = busy.collect(engine="streaming").lazy()
    often = full.group_by(_SHELF).agg(pl.len().alias("days")).filter(pl.col("days") >= given["days_min"])
    days = full.join(often.select(_SHELF), on=_SHELF, how="semi")
    rows = sold.join(days, on=_DAY, how="semi").select(*_DAY, "patient", "doctor", "time_ms", "entry")
    windows = (
        rows.sort("time_ms")
        .rolling(index_column="time_ms", period=f"{window_ms}i", group_by=_DAY)
        .agg(pl.col("patient").n_unique().alias("patients"))
        .filter(pl.col("patients") >= given["patients_min"])
    )
    ends = windows.select(*_DAY, pl.col("time_ms").alias("end_ms"))
    within = (pl.col("end_ms") - window_ms < pl.col("time_ms")) & (pl.col("time_ms") <= pl.col("end_ms"))
    return rows.join(ends, on=_DAY).filter(within).drop("end_ms").unique()


def _met(came: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    """Return what those got who met each other on several days, on the days on which enough of them came."""
    days = pl.col("day").n_unique().alias("days")
    again = came.group_by(*_SHELF, "patient").agg(days).filter(pl.col("days") >= given["days_min"])
    rows = came.join(again, on=[*_SHELF, "patient"], how="semi")
    rows = rows.join(_companions(rows, given), on=[*_SHELF, "patient"], how="semi")
    full = rows.group_by(_DAY).agg(pl.col("patient").n_unique().alias("patients"))
    full = full.filter(pl.col("patients") >= given["patients_min"])
    often = full.group_by(_SHELF).agg(days).filter(pl.col("days") >= given["days_min"])
    return rows.join(full.join(often, on=_SHELF, how="semi"), on=_DAY, how="semi")


def _companions(came: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    """Return the patients who met enough others, the same ones, on several days.

    A busy clinic sends many every day, each of them now and then: they meet, but not one another again.
    """
    here = came.select(*_DAY, "patient").unique()
    pairs = here.join(here, on=_DAY, suffix="_met").filter(pl.col("patient") != pl.col("patient_met"))
    often = pairs.group_by(*_SHELF, "patient", "patient_met").agg(pl.len().alias("days"))
    met = often.filter(pl.col("days") >= given["days_min"]).group_by(*_SHELF, "patient")
    return met.agg(pl.len().alias("met")).filter(pl.col("met") >= given["patients_min"] - 1)


def _others(sold: pl.LazyFrame, met: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    """Return for each group how many others come with it on several days, for whatever drug."""
    window_ms = int(given["window_minutes"]) * _MINUTE_MS
    spans = met.group_by(_DAY).agg(
        (pl.col("time_ms").min() - window_ms).alias("from_ms"),
        (pl.col("time_ms").max() + window_ms).alias("to_ms"),
    )
    near = sold.select("pharmacy", "day", "patient", "time_ms").join(spans, on=["pharmacy", "day"])
    within = (pl.col("from_ms") <= pl.col("time_ms")) & (pl.col("time_ms") <= pl.col("to_ms"))
    people = [*_SHELF, "patient"]
    others = near.filter(within).join(met.select(people).unique(), on=people, how="anti")
    often = others.group_by(people).agg(pl.col("day").n_unique().alias("days"))
    return often.filter(pl.col("days") >= given["days_min"]).group_by(_SHELF).agg(pl.len().alias("others"))
