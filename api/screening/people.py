"""Screens of doctors and patients: peers, stockpiles, months."""

from __future__ import annotations

import polars as pl

from api.screening.amounts import MICRO
from api.screening.numbers import adding_up, as_one, at_least
from api.screening.screen import (
    TOLERANCE,
    Parameters,
    cite,
    cited,
    dispensed,
    findings,
    millionths,
    netted,
)
from api.screening.tables import DAY_MS, Tables, local_day, local_month

_AT = pl.lit("@")


def peers(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Doctors whose packs of a drug lie far above their peers': median and MAD, known ones (T12, S43).

    Peers are of the same department, at whichever hospital: a clinic's own drug makes no specialist suspect.
    Where too few of them write the drug, peers are all who do (`_wider`).
    """
    known = dispensed(tables).filter(pl.col("doctor").is_not_null())
    return _outliers(known, "doctor", given)


def departments(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Departments whose packs of a drug lie far above those of the same department elsewhere (T7, S64).

    Where too few departments of the name write the drug, all that do are compared (`_wider`).
    """
    known = dispensed(tables).filter(pl.col("department").is_not_null(), pl.col("hospital").is_not_null())
    named = known.with_columns(pl.concat_str("hospital", pl.lit(" "), "department").alias("of"))
    return _outliers(named, "of", given)


def _outliers(known: pl.LazyFrame, who: str, given: Parameters) -> pl.LazyFrame:
    peers = ["drug", "department"]
    by_whom = known.group_by(*peers, who).agg(pl.col("packs").sum())
    compared = by_whom.join(_middle(by_whom, peers, "packs"), on=peers, nulls_equal=True)
    # Grouped once, for both kinds of peers: few have so many packs.
    much = compared.filter(pl.col("packs") >= given["packs_min"]).collect(engine="streaming")
    enough = pl.col("doctors") >= given["doctors_min"]
    far = much.lazy().filter(enough, *_far("packs", given["ratio_min"], given))
    found = findings(
        cite(far, known, "drug", who),
        pl.concat_str(who, _AT, "drug"),
        pl.col("packs") / pl.col("median"),
        given["ratio_min"],
    )
    alone = much.filter(~enough).select("drug", who)
    return found if alone.is_empty() else pl.concat([found, _wider(known, alone.lazy(), who, given)])


def _wider(known: pl.LazyFrame, alone: pl.LazyFrame, who: str, given: Parameters) -> pl.LazyFrame:
    """Those `alone` in their department whose patients get far more than everybody's: packs each in a month.

    The only specialist writes what nobody else does, to many patients and all year: neither more patients
    nor more months count here, and `ratio_wide_min` is ten times the ratio among peers. Of unknown patients
    nothing is said.
    """
    of_these = known.join(alone.select("drug").unique(), on="drug", how="semi")
    told = of_these.filter(pl.col("patient").is_not_null()).with_columns(local_month().alias("month"))
    months = told.group_by("drug", who, "patient", "month").agg(pl.col("packs").sum())
    by_whom = months.group_by("drug", who).agg(pl.col("packs").sum(), pl.col("packs").mean().alias("each"))
    compared = by_whom.join(_middle(by_whom, ["drug"], "each"), on="drug")
    far = compared.join(alone, on=["drug", who], how="semi").filter(
        pl.col("doctors") >= given["doctors_min"],
        pl.col("packs") >= given["packs_min"],
        *_far("each", given["ratio_wide_min"], given),
    )
    return findings(
        cite(far, told, "drug", who),
        pl.concat_str(who, _AT, "drug"),
        pl.col("each") / pl.col("median"),
        given["ratio_wide_min"],
        wider=True,
    )


def _middle(by_whom: pl.LazyFrame, peers: list[str], value: str) -> pl.LazyFrame:
    """Return the median of each group of peers, the median deviation from it, and how many they are."""
    median = pl.col(value).median()
    return by_whom.group_by(peers).agg(
        median.alias("median"),
        (pl.col(value) - median).abs().median().alias("deviation"),
        pl.len().alias("doctors"),
    )


def _far(value: str, ratio: float, given: Parameters) -> tuple[pl.Expr, pl.Expr]:
    above = pl.col(value) - pl.col("median")
    return (
        pl.col(value) >= ratio * pl.col("median"),
        above > given["deviations_min"] * 1.4826 * pl.col("deviation"),
    )


def unknown_doctors(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Sales whose doctor is not known, counted by hospital: data to be corrected, nobody is named (S43)."""
    unknown = dispensed(tables).filter(pl.col("doctor").is_null())
    counted = unknown.group_by("hospital").agg(cited(), pl.len().alias("rows"))
    named = counted.filter(pl.col("rows") >= given["rows_min"])
    return findings(named, pl.col("hospital").fill_null("-"), "rows", given["rows_min"])


def stockpile(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """A patient's days of a drug within the window, across institutions, returns netted (T15, S49)."""
    window_ms = int(given["window_days"]) * DAY_MS
    limit_days = given["ratio_min"] * given["window_days"]
    known = netted(tables).filter(pl.col("patient").is_not_null())
    bought = known.select("patient", "drug", "days", "time_ms", "entry")
    rows = adding_up(limit_days, bought, as_one("patient", "drug"), pl.col("days")).sort("time_ms")
    rolled = rows.rolling(index_column="time_ms", period=f"{window_ms}i", group_by=["patient", "drug"]).agg(
        pl.col("days").sum(), cited()
    )
    worst = (
        rolled.filter(pl.col("days") >= limit_days)
        .sort("days", "time_ms", descending=[True, False])
        .group_by("patient", "drug", maintain_order=True)
        .first()
    )
    ratio = pl.col("days") / given["window_days"]
    return findings(worst, pl.concat_str("patient", _AT, "drug"), ratio, given["ratio_min"])


def long_window(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """A doctor who for long prescribed a patient more days than went by (S50), of what was bought and kept.

    What ran out, was refused in review or was cancelled gave nobody a day.
    """
    written = tables["prescriptions"].filter(pl.col("days") > 0)
    lines = written.filter(pl.col("doctor").is_not_null(), pl.col("patient").is_not_null())
    pair, days = ("doctor", "patient", "drug"), pl.col("days").sum()
    # Of few it is asked what was sold, and which was the last one.
    much = given["ratio_min"] * given["elapsed_days_min"]
    rows = lines.select(*pair, "rx", "days", "time_ms", "entry")
    few = adding_up(much, rows, as_one(*pair), pl.col("days"))
    kept = _kept(tables, few).collect(engine="streaming").lazy()
    elapsed = (pl.col("time_ms").max() - pl.col("time_ms").min()).alias("elapsed_ms")
    last = pl.col("days").sort_by("time_ms", "entry", "days").last().alias("last")
    before_last = (pl.col("days") - pl.col("last")) * DAY_MS
    long = kept.group_by(pair).agg(elapsed, days, last).filter(
        pl.col("elapsed_ms") >= given["elapsed_days_min"] * DAY_MS,
        before_last >= given["ratio_min"] * pl.col("elapsed_ms"),
    )
    found = cite(long, kept, *pair)
    ratio = before_last / pl.col("elapsed_ms")
    return findings(found, pl.concat_str("doctor", _AT, "patient"), ratio, given["ratio_min"])


def _kept(tables: Tables, lines: pl.LazyFrame) -> pl.LazyFrame:
    """Return the prescribed lines of which something was handed out and did not all come back."""
    line = as_one("rx", "drug").alias("line")
    told = lines.with_columns(line)
    moved = netted(tables).with_columns(line).join(told, on="line", how="semi")
    packs = moved.group_by("line").agg(pl.col("packs").sum()).filter(pl.col("packs") > TOLERANCE)
    return told.join(packs, on="line", how="semi")


def visits(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Visits of a patient in a calendar month (T1): lines and prescriptions of one visit are one.

    A visit is a day at a department of a hospital.
    """
    rows = tables["prescriptions"].with_columns(local_month().alias("month"))
    keys = ["patient", "month"]
    known = rows.filter(pl.col("patient").is_not_null())
    visit = [*keys, "hospital", "department"]
    often = at_least(given["visits_min"], known.select(*visit, local_day().alias("day")), as_one(*keys))
    once = often.unique()
    months = once.group_by(keys).agg(pl.len().alias("visits"))
    found = cite(months.filter(pl.col("visits") >= given["visits_min"]), rows, "patient", "month")
    return findings(found, _of_month(), "visits", given["visits_min"])


def hospitals(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Days of a calendar month on which a patient went to several hospitals (T1)."""
    known = tables["prescriptions"].filter(pl.col("patient").is_not_null())
    dated = known.select("patient", "hospital", "entry", "time_ms", local_day().alias("day"))
    often = at_least(given["hospitals_min"], dated, as_one("patient", "day"))
    days = (
        often.with_columns(local_month().alias("month"))
        .group_by("patient", "month", "day")
        .agg(pl.col("hospital").n_unique().alias("hospitals"), cited())
        .filter(pl.col("hospitals") >= given["hospitals_min"])
    )
    months = days.group_by("patient", "month").agg(pl.len().alias("days"), pl.col("entries").explode())
    found = months.filter(pl.col("days") >= given["days_min"])
    return findings(found, _of_month(), "days", given["days_min"])


def spending(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """What a patient spent in a calendar month, refunds netted; millionths of a yuan are exact (T1)."""
    known = netted(tables).filter(pl.col("patient").is_not_null())
    dated = known.select("patient", "amount", "entry", local_month().alias("month"))
    least = int(given["yuan_min"] * MICRO)
    rows = adding_up(least, dated, as_one("patient", "month"), millionths())
    spent = rows.group_by("patient", "month").agg(millionths().sum().alias("spent"))
    much = spent.filter(pl.col("spent") >= least)
    months = cite(much, rows, "patient", "month")
    return findings(months, _of_month(), pl.col("spent") / MICRO, given["yuan_min"])


def _of_month() -> pl.Expr:
    return pl.concat_str("patient", _AT, pl.col("month").dt.strftime("%Y-%m"))
