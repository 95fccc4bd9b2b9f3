"""Screens of what is copied: one check for several people, one person with two bodies, cloned texts."""

from __future__ import annotations

import polars as pl

from api.screening.numbers import as_one, at_least, read_among, under_several
from api.screening.screen import Parameters, cite, findings
from api.screening.tables import UTC_OFFSET_MS, Tables

_SEXES = ("1", "2")  # 0 and 9 say that it is not known or not told


def shared_check(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """One online identity check under which several patients got prescriptions (S5).

    Prescriptions for whom a guardian answered carry no check: one parent may bring several children.
    """
    known = pl.col("credential").is_not_null(), pl.col("patient").is_not_null()
    rows = tables["prescriptions"].filter(known).select("credential", "patient", "entry")
    suspect = under_several(rows, rows, "credential", "patient")
    counted = suspect.group_by("credential").agg(pl.col("patient").n_unique().alias("patients"))
    found = cite(counted.filter(pl.col("patients") >= given["patients_min"]), suspect, "credential")
    return findings(found, pl.col("credential"), "patients", given["patients_min"])


def changed_body(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """A patient whose sex changes between prescriptions, or whose birth year does (S50).

    Whole years of age leave a birth year open by one, so only a span of `years_min` counts; a change of sex
    is told as a span of `years_min`, or of the years where they are more.
    """
    known = tables["prescriptions"].filter(pl.col("patient").is_not_null())
    rows = known.select("patient", "time_ms", "age", "sex", "entry")
    who = as_one("patient")
    suspect = _bodies(rows, who, given).select("as_one").collect(engine="streaming")["as_one"]
    few = read_among(rows, who, suspect)
    found = cite(_bodies(few, pl.col("patient"), given), few, "patient")
    measure = pl.max_horizontal(pl.col("years"), pl.when("both").then(given["years_min"]).otherwise(0.0))
    return findings(found, pl.col("patient"), measure, given["years_min"])


def _bodies(rows: pl.LazyFrame, who: pl.Expr, given: Parameters) -> pl.LazyFrame:
    """Return those with two bodies: over how many `years` they were born, and whether of `both` sexes."""
    year = pl.from_epoch(pl.col("time_ms") + UTC_OFFSET_MS, time_unit="ms").dt.year()
    birth = year - pl.col("age").floor()
    sexes = [(pl.col("sex") == sex).any() for sex in _SEXES]
    bodies = rows.group_by(who).agg(
        (birth.max() - birth.min()).fill_null(0).alias("years"), pl.all_horizontal(sexes).alias("both")
    )
    return bodies.filter(pl.col("both") | (pl.col("years") >= given["years_min"]))


def cloned_text(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """A doctor most of whose evaluations are one text, figures and a few words aside, for many (S6)."""
    known = ("doctor", "patient", "template")
    written = tables["prescriptions"].filter(pl.col(name).is_not_null() for name in known)
    rows = written.select(*known, "entry")
    # Texts are compared for the few doctors that are left.
    often = at_least(given["patients_min"], rows, as_one("doctor", "template"))
    doctors = often.select("doctor").unique()
    pairs = rows.join(doctors, on="doctor", how="semi").select(known).unique()
    of_text = pairs.group_by("doctor", "template").agg(pl.len().alias("patients"))
    all_ = pairs.group_by("doctor").agg(pl.len().alias("all"))
    cloned = of_text.join(all_, on="doctor").filter(
        pl.col("patients") >= given["patients_min"], pl.col("patients") >= given["share_min"] * pl.col("all")
    )
    return findings(
        cite(cloned, rows, "doctor", "template"), pl.col("doctor"), "patients", given["patients_min"]
    )
