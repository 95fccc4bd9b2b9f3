"""Screens of collected cards: patients of one doctor, or one group of patients, at a shop within minutes.

Who honestly comes together is told apart. A family is fewer than five. A clinic's patients meet others each
time, or come among others. The residents of a home, or a village on its market day, take many drugs, and
whoever always comes with them counts beside the group.
"""

from __future__ import annotations

import polars as pl

from api.screening.numbers import as_one, at_least
from api.screening.screen import Parameters, cited, dispensed, findings
from api.screening.tables import Tables, local_day

_MINUTE_MS = 60_000
_AT = pl.lit("@")
_SHELF = ["pharmacy", "drug"]
_OF_DOCTOR = ["doctor", *_SHELF]
_COLUMNS = [*_OF_DOCTOR, "patient", "day", "time_ms", "entry"]
_DAYS = pl.col("day").n_unique().alias("days")


def ring(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """The same patients of one doctor with one drug at one shop within minutes, on several days (S45)."""
    rings = _rings(_sold(tables), given)
    return findings(rings, pl.concat_str("doctor", _AT, "pharmacy"), "days", given["days_min"])


def group(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """The same patients with one drug at one shop within minutes, on several days, whoever prescribed it.

    Where one doctor's patients are enough by the same limits, that doctor's ring is named alone.
    """
    sold = _sold(tables)
    groups = _groups(sold, _SHELF, given).collect(engine="streaming").lazy()
    few = sold.join(groups.select(_SHELF), on=_SHELF, how="semi")
    of_many = groups.join(_rings(few, given), on=_SHELF, how="anti")
    return findings(of_many, pl.concat_str("pharmacy", _AT, "drug"), "days", given["days_min"])


def _sold(tables: Tables) -> pl.LazyFrame:
    return dispensed(tables).filter(pl.col("patient").is_not_null()).with_columns(local_day().alias("day"))


def _rings(sold: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    """Return each known doctor's groups at a shelf (`_groups`)."""
    known = sold.filter(pl.col("doctor").is_not_null())
    rows_min = int(given["patients_min"] * given["days_min"])
    many = at_least(rows_min, known.select(_COLUMNS), as_one(*_OF_DOCTOR))
    return _groups(many, _OF_DOCTOR, given, sold)


def _groups(
    sold: pl.LazyFrame, keys: list[str], given: Parameters, everybody: pl.LazyFrame | None = None
) -> pl.LazyFrame:
    """Return (keys, people, days, entries) of whoever of `sold` comes together, and are most of those who do.

    `everybody` came to the shops beside them, if more than `sold`.
    """
    # Few or none: whoever came with them is asked about for these alone.
    met = _met(_windows(sold, keys, given), keys, given).collect(engine="streaming").lazy()
    people = pl.col("patient").n_unique().alias("people")
    groups = met.group_by(keys).agg(people, _DAYS, cited())
    others = _others(sold if everybody is None else everybody, met, keys, given)
    part = pl.col("people") / (pl.col("people") + pl.col("others").fill_null(0))
    with_others = groups.join(others, on=keys, how="left")
    return with_others.filter(part >= given["share_min"]).select(*keys, "people", "days", "entries")


def _windows(sold: pl.LazyFrame, keys: list[str], given: Parameters) -> pl.LazyFrame:
    """Return what was sold in each full window (keys, day, `end_ms`) to those who come in them most times.

    `all` is how many patients the window has, `visits` on how many days a patient got the drug there. The
    windows slide: no clock cuts one.
    """
    window_ms = int(given["window_minutes"]) * _MINUTE_MS
    of_day = [*keys, "day"]
    crowded = _crowded(sold, keys, window_ms, given).select(*of_day, "patient", "time_ms", "entry")
    rows = crowded.collect(engine="streaming").lazy()
    ends = (
        rows.sort("time_ms")
        .rolling(index_column="time_ms", period=f"{window_ms}i", group_by=of_day)
        .agg(pl.col("patient").n_unique().alias("all"))
        .filter(pl.col("all") >= given["patients_min"])
        .rename({"time_ms": "end_ms"})
        .unique()
    )
    within = (pl.col("end_ms") - window_ms < pl.col("time_ms")) & (pl.col("time_ms") <= pl.col("end_ms"))
    came = rows.join(ends, on=of_day).filter(within)
    whose = [*keys, "patient"]
    days = came.group_by(whose).agg(_DAYS).filter(pl.col("days") >= given["days_min"])
    often = days.collect(engine="streaming").lazy()
    visits = sold.join(often, on=whose).group_by(whose).agg(
        pl.col("day").n_unique().alias("visits"), pl.col("days").first()
    )
    return came.join(visits.filter(*_again(given)).drop("days"), on=whose)


def _again(given: Parameters) -> tuple[pl.Expr, pl.Expr]:
    """Whether `days` are several, and most of a patient's `visits`."""
    return pl.col("days") >= given["days_min"], pl.col("days") >= given["again_min"] * pl.col("visits")


def _crowded(sold: pl.LazyFrame, keys: list[str], window_ms: int, given: Parameters) -> pl.LazyFrame:
    """Return the sales of days, enough of them, on which some window may be full."""
    # A sliding window lies in two blocks: where none holds half of it, no window can be full.
    blocks = sold.select(*keys, "day", (pl.col("time_ms") // window_ms).alias("block"))
    busy = at_least(given["patients_min"] / 2, blocks, as_one(*keys, "block"))
    full = busy.select(*keys, "day").unique().collect(engine="streaming").lazy()
    often = full.group_by(keys).agg(pl.len().alias("days")).filter(pl.col("days") >= given["days_min"])
    return sold.join(full.join(often, on=keys, how="semi"), on=[*keys, "day"], how="semi")


def _met(came: pl.LazyFrame, keys: list[str], given: Parameters) -> pl.LazyFrame:
    """Return what those got who came together again and again: keys, day, patient, time_ms, entry.

    Companions are the same ones on most of the days on which a patient gets the drug there. A window in which
    enough of them are together, most of all that the patient has, and few others, is one of a group if the
    patient has such windows on most of these days. Patients of a clinic, however busy it is and though they
    come every four weeks, have others beside them each time, or the same ones among many.
    """
    window, whose = [*keys, "day", "end_ms"], [*keys, "patient"]
    of_pair, of_patient = [*whose, "with"], [*window, "patient"]
    here = came.select(*of_patient, "visits", "all").unique()
    pairs = here.join(here.select(*window, pl.col("patient").alias("with")), on=window)
    again = pairs.group_by(of_pair).agg(_DAYS, pl.col("visits").first()).filter(*_again(given))
    companions = again.select(*of_pair, pl.len().over(whose).alias("companions"))
    full = (
        pairs.join(companions, on=of_pair)
        .group_by(of_patient)
        .agg(pl.len().alias("same"), pl.col("all", "visits", "companions").first())
        .filter(pl.col("same") >= given["patients_min"])
        .filter(pl.col("same") >= given["again_min"] * pl.max_horizontal("all", "companions"))
    )
    often = full.group_by(whose).agg(_DAYS, pl.col("visits").first()).filter(*_again(given))
    windows = full.join(often, on=whose, how="semi")
    met = came.join(windows, on=of_patient, how="semi")
    return met.select(*keys, "day", "patient", "time_ms", "entry").unique()


def _others(sold: pl.LazyFrame, met: pl.LazyFrame, keys: list[str], given: Parameters) -> pl.LazyFrame:
    """Return for each group how many others come with it on several days, for whatever drug.

    Beside one doctor's group who gets the same drug from other doctors is none of them.
    """
    window_ms = int(given["window_minutes"]) * _MINUTE_MS
    spans = met.group_by(*keys, "day").agg(
        (pl.col("time_ms").min() - window_ms).alias("from_ms"),
        (pl.col("time_ms").max() + window_ms).alias("to_ms"),
    )
    came = sold.select("pharmacy", "day", "patient", "time_ms", pl.col("drug", "doctor").name.suffix("_got"))
    near = came.join(spans, on=["pharmacy", "day"])
    within = (pl.col("from_ms") <= pl.col("time_ms")) & (pl.col("time_ms") <= pl.col("to_ms"))
    beside = pl.lit(True)
    if "doctor" in keys:
        own_doctor = pl.col("doctor_got").eq_missing(pl.col("doctor"))
        beside = (pl.col("drug_got") != pl.col("drug")) | own_doctor
    people = [*keys, "patient"]
    others = near.filter(within, beside).join(met.select(people).unique(), on=people, how="anti")
    often = others.group_by(people).agg(_DAYS).filter(pl.col("days") >= given["days_min"])
    return often.group_by(keys).agg(pl.len().alias("others"))
