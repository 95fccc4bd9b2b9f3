"""Screens of doctors and patients: peers, shares, stockpiles, months."""

from __future__ import annotations

import polars as pl

from api.screening.amounts import MICRO
from api.screening.screen import Parameters, cite, cited, dispensed, findings, netted
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


def share(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """A doctor most of whose packs and patients go to one shop that others hardly use (S51, T8).

    Others are all doctors, those of the own city, and those of the own hospital: one of a town's two shops
    always has most of somebody, and a shop beside a hospital has most of everybody there.
    """
    known = dispensed(tables).filter(pl.col("doctor").is_not_null())
    sold = known.with_columns(
        pl.col("doctor").hash().alias("who"), pl.col("pharmacy").hash().alias("where")
    )
    # Few or none: neighbours are asked about these alone.
    far = _mostly_there(sold, given).collect(engine="streaming")
    if not far.is_empty():
        near = _of_neighbours(tables, sold, far.lazy())
        beside = given["ratio_min"] * pl.col("of_neighbours").fill_null(0.0)
        with_near = far.lazy().join(near, on=["who", "where"], how="left")
        served = with_near.join(_part_of_patients(sold, far.lazy()), on=["who", "where"], how="left")
        # One patient with many packs takes no doctor's patients anywhere; of unknown ones nothing is said.
        most = pl.col("of_patients").fill_null(1.0) >= given["share_min"]
        far = served.filter(beside <= _PART, most).collect(engine="streaming")
    rows = sold.join(far.lazy(), on=["who", "where"])
    found = rows.group_by("doctor", "pharmacy").agg(pl.col("here").first(), pl.col("all").first(), cited())
    return findings(found, pl.concat_str("doctor", _AT, "pharmacy"), _PART, given["share_min"])


_PART = pl.col("here") / pl.col("all")


def _mostly_there(sold: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    """Return the pairs (who, where) of a doctor and the shop that has most of what the doctor prescribes."""
    pairs = sold.select("who", "where").group_by("who", "where").agg(pl.len().alias("here"))
    total = pairs.group_by("who").agg(pl.col("here").sum().alias("all"))
    shops = pairs.group_by("where").agg(pl.col("here").sum().alias("of_shop"))
    everything = shops.select(pl.col("of_shop").sum().alias("everything"))
    joined = pairs.join(total, on="who").join(shops, on="where").join(everything, how="cross")
    others = (pl.col("of_shop") - pl.col("here")) / (pl.col("everything") - pl.col("all")).clip(1)
    return joined.filter(
        pl.col("all") >= given["packs_min"],
        given["share_min"] <= _PART,
        given["ratio_min"] * others <= _PART,
    )


def _of_neighbours(tables: Tables, sold: pl.LazyFrame, pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each pair (who, where) the shop's part of what others near the doctor prescribe.

    Near is the own hospital or the own city, whichever uses the shop more; a pair without others has no row.
    """
    cities = tables["organisations"].select(pl.col("code").alias("hospital"), "city").drop_nulls()
    own = _part_of_others(sold.with_columns(near=pl.col("hospital")), pairs)
    town = _part_of_others(sold.join(cities, on="hospital").rename({"city": "near"}), pairs)
    return pl.concat([own, town]).group_by("who", "where").agg(pl.col("of_neighbours").max())


def _part_of_patients(sold: pl.LazyFrame, pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each pair the part of the doctor's known patients who went to the shop.

    A doctor none of whose patients is known has no row.
    """
    few = sold.join(pairs.select("who").unique(), on="who", how="semi")
    theirs = few.filter(pl.col("patient").is_not_null())
    everybody = theirs.group_by("who").agg(pl.col("patient").n_unique().alias("everybody"))
    here = theirs.group_by("who", "where").agg(pl.col("patient").n_unique().alias("here"))
    part = (pl.col("here").fill_null(0) / pl.col("everybody")).alias("of_patients")
    known = pairs.select("who", "where").join(everybody, on="who")
    return known.join(here, on=["who", "where"], how="left").select("who", "where", part)


def _part_of_others(sold: pl.LazyFrame, pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each pair the shop's part of what other doctors `near` it prescribe."""
    theirs = sold.join(pairs.select("who").unique(), on="who").group_by("who", "near").agg(pl.len())
    most = theirs.sort("len", "near", descending=[True, False])  # who also works elsewhere works here
    mine = most.group_by("who", maintain_order=True).agg(pl.col("near").first())
    few = sold.join(mine.select("near").unique(), on="near", how="semi")
    counted = few.group_by("near", "who", "where").agg(pl.len().alias("packs"))
    wanted = pairs.select("who", "where").join(mine, on="who")
    others = wanted.join(counted, on="near", suffix="_other").filter(pl.col("who") != pl.col("who_other"))
    here = pl.col("packs").filter(pl.col("where_other") == pl.col("where")).sum()
    return others.group_by("who", "where").agg((here / pl.col("packs").sum()).alias("of_neighbours"))


def stockpile(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """A patient's days of a drug within the window, across institutions, returns netted (T15, S49)."""
    window_ms = int(given["window_days"]) * DAY_MS
    limit_days = given["ratio_min"] * given["window_days"]
    bought = netted(tables).filter(pl.col("patient").is_not_null())
    heavy = bought.group_by("patient", "drug").agg(pl.col("days").sum()).filter(pl.col("days") >= limit_days)
    rows = bought.join(heavy.select("patient", "drug"), on=["patient", "drug"], how="semi").sort("time_ms")
    rolled = rows.rolling(index_column="time_ms", period=f"{window_ms}i", group_by=["patient", "drug"]).agg(
        pl.col("days").sum(), cited()
    )
    worst = (
        rolled.filter(pl.col("days") >= limit_days)
        .sort("days", descending=True)
        .group_by("patient", "drug", maintain_order=True)
        .first()
    )
    ratio = pl.col("days") / given["window_days"]
    return findings(worst, pl.concat_str("patient", _AT, "drug"), ratio, given["ratio_min"])


def long_window(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """A doctor who for long prescribed a patient more days than went by (S50); cancelled ones are none."""
    written = tables["prescriptions"].filter(pl.col("days") > 0)
    lines = written.filter(pl.col("doctor").is_not_null(), pl.col("patient").is_not_null())
    of_pair = lines.group_by("doctor", "patient", "drug").agg(
        pl.col("days").sum(),
        ((pl.col("time_ms").max() - pl.col("time_ms").min()) / DAY_MS).alias("elapsed"),
        pl.col("days").last().alias("last"),
    )
    ratio = (pl.col("days") - pl.col("last")) / pl.col("elapsed")
    long = of_pair.filter(pl.col("elapsed") >= given["elapsed_days_min"], ratio >= given["ratio_min"])
    found = cite(long, lines, "doctor", "patient", "drug")
    return findings(found, pl.concat_str("doctor", _AT, "patient"), ratio, given["ratio_min"])


def visits(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Visits of a patient in a calendar month (T1): lines and prescriptions of one visit are one.

    A visit is a day at a department of a hospital.
    """
    rows = tables["prescriptions"].with_columns(local_month().alias("month"))
    keys = ["patient", "month"]
    known = rows.filter(pl.col("patient").is_not_null())
    busy = known.group_by(keys).agg(pl.len().alias("rows")).filter(pl.col("rows") >= given["visits_min"])
    visit = [*keys, "hospital", "department", local_day().alias("day")]
    once = known.join(busy.select(keys), on=keys, how="semi").select(visit).unique()
    months = once.group_by(keys).agg(pl.len().alias("visits"))
    found = cite(months.filter(pl.col("visits") >= given["visits_min"]), rows, "patient", "month")
    return findings(found, _of_month(), "visits", given["visits_min"])


def hospitals(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Days of a calendar month on which a patient went to several hospitals (T1)."""
    known = tables["prescriptions"].filter(pl.col("patient").is_not_null())
    rows = known.with_columns(local_month().alias("month"), local_day().alias("day"))
    keys = ("patient", "month", "day")
    busy = rows.group_by(keys).agg(pl.len().alias("rows")).filter(pl.col("rows") >= given["hospitals_min"])
    days = (
        rows.join(busy.select(keys), on=keys, how="semi")
        .group_by(keys)
        .agg(pl.col("hospital").n_unique().alias("hospitals"), cited())
        .filter(pl.col("hospitals") >= given["hospitals_min"])
    )
    months = days.group_by("patient", "month").agg(pl.len().alias("days"), pl.col("entries").explode())
    found = months.filter(pl.col("days") >= given["days_min"])
    return findings(found, _of_month(), "days", given["days_min"])


def spending(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """What a patient spent in a calendar month, refunds netted; millionths of a yuan are exact (T1)."""
    millionths = (pl.col("amount") * MICRO).round().cast(pl.Int64)
    rows = netted(tables).filter(pl.col("patient").is_not_null()).with_columns(local_month().alias("month"))
    spent = rows.group_by("patient", "month").agg(millionths.sum().alias("spent"))
    much = spent.filter(pl.col("spent") >= int(given["yuan_min"] * MICRO))
    months = cite(much, rows, "patient", "month")
    return findings(months, _of_month(), pl.col("spent") / MICRO, given["yuan_min"])


def _of_month() -> pl.Expr:
    return pl.concat_str("patient", _AT, pl.col("month").dt.strftime("%Y-%m"))
