"""The screen of doctors whose prescriptions and patients go to one shop (S51, T8)."""

from __future__ import annotations

import polars as pl

from api.screening.screen import Parameters, cited, dispensed, findings
from api.screening.tables import Tables

_PART = pl.col("here") / pl.col("all")
_PAIR = ["who", "where"]  # a doctor and a shop, by their hashes


def share(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """A doctor most of whose packs and patients go to one shop that others hardly use (S51, T8).

    Others are all doctors, those of the own city, and those of the own hospital: one of a town's two shops
    always has most of somebody, and a shop beside a hospital has most of everybody there.
    """
    sold = _of_doctors(tables)
    # Few or none: what others do is asked about these alone, and at last about fewer still.
    far = _mostly_there(sold, given).collect(engine="streaming")
    if not far.is_empty():
        far = _rarely_by_others(tables, far.lazy(), given).collect(engine="streaming")
    if not far.is_empty():
        near = _of_neighbours(tables, sold, far.lazy())
        beside = given["ratio_min"] * pl.col("of_neighbours").fill_null(0.0)
        with_near = far.lazy().join(near, on=_PAIR, how="left")
        served = with_near.join(_part_of_patients(sold, far.lazy()), on=_PAIR, how="left")
        # One patient with many packs takes no doctor's patients anywhere; of unknown ones nothing is said.
        most = pl.col("of_patients").fill_null(1.0) >= given["share_min"]
        far = served.filter(beside <= _PART, most).collect(engine="streaming")
    rows = sold.join(far.lazy(), on=_PAIR)
    found = rows.group_by("doctor", "pharmacy").agg(pl.col("here").first(), pl.col("all").first(), cited())
    return findings(found, pl.concat_str("doctor", pl.lit("@"), "pharmacy"), _PART, given["share_min"])


def _of_doctors(tables: Tables) -> pl.LazyFrame:
    """Return what known doctors' prescriptions were handed out for, with both hashes."""
    known = dispensed(tables).filter(pl.col("doctor").is_not_null())
    return known.with_columns(
        pl.col("doctor").hash().alias("who"), pl.col("pharmacy").hash().alias("where")
    )


def _mostly_there(sold: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    """Return the pairs (who, where) of a doctor and the shop that has most of what the doctor prescribes."""
    pairs = sold.select(_PAIR).group_by(_PAIR).agg(pl.len().alias("here"))
    total = pairs.group_by("who").agg(pl.col("here").sum().alias("all"))
    busy = total.filter(pl.col("all") >= given["packs_min"])
    return pairs.join(busy, on="who").filter(given["share_min"] <= _PART)


def _rarely_by_others(tables: Tables, pairs: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    """Return those of the pairs whose shop has a far smaller part of what all others prescribe."""
    shops = _of_doctors(tables.whole).group_by("where").agg(pl.len().alias("of_shop"))
    everything = shops.select(pl.col("of_shop").sum().alias("everything"))
    joined = pairs.join(shops, on="where").join(everything, how="cross")
    others = (pl.col("of_shop") - pl.col("here")) / (pl.col("everything") - pl.col("all")).clip(1)
    return joined.filter(given["ratio_min"] * others <= _PART)


def _of_neighbours(tables: Tables, sold: pl.LazyFrame, pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each pair (who, where) the shop's part of what others near the doctor prescribe.

    Near is the own hospital or the own city, whichever uses the shop more; a pair without others has no row.
    """
    cities = tables["organisations"].select(pl.col("code").alias("hospital"), "city").drop_nulls()

    def in_city(rows: pl.LazyFrame) -> pl.LazyFrame:
        return rows.join(cities, on="hospital").rename({"city": "near"})

    everybody, hospital = _of_doctors(tables.whole), pl.col("hospital").alias("near")
    own = _part_of_others(sold.with_columns(hospital), everybody.with_columns(hospital), pairs)
    town = _part_of_others(in_city(sold), in_city(everybody), pairs)
    return pl.concat([own, town]).group_by(_PAIR).agg(pl.col("of_neighbours").max())


def _part_of_patients(sold: pl.LazyFrame, pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each pair the part of the doctor's known patients who went to the shop.

    A doctor none of whose patients is known has no row.
    """
    few = sold.join(pairs.select("who").unique(), on="who", how="semi")
    theirs = few.filter(pl.col("patient").is_not_null())
    everybody = theirs.group_by("who").agg(pl.col("patient").n_unique().alias("everybody"))
    here = theirs.group_by(_PAIR).agg(pl.col("patient").n_unique().alias("here"))
    part = (pl.col("here").fill_null(0) / pl.col("everybody")).alias("of_patients")
    known = pairs.select(_PAIR).join(everybody, on="who")
    return known.join(here, on=_PAIR, how="left").select(*_PAIR, part)


def _part_of_others(sold: pl.LazyFrame, everybody: pl.LazyFrame, pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each pair the shop's part of what other doctors `near` it prescribe.

    What others do is what everybody near does less what the doctor does: counts of institutions, not of rows.
    """
    packs, place = pl.len().cast(pl.Int64), ["near", "where"]
    theirs = sold.join(pairs.select("who").unique(), on="who", how="semi")
    own = theirs.group_by("who", *place).agg(packs.alias("mine"))
    mine = own.group_by("who", "near").agg(pl.col("mine").sum().alias("mine_near"))
    most = mine.sort("mine_near", "near", descending=[True, False])  # who also works elsewhere works here
    at_home = most.group_by("who", maintain_order=True).first()
    few = everybody.join(at_home.select("near").unique(), on="near", how="semi")
    there = few.group_by(place).agg(packs.alias("packs"))
    near = there.group_by("near").agg(pl.col("packs").sum().alias("packs_near"))
    joined = pairs.select(_PAIR).join(at_home, on="who").join(near, on="near")
    each = joined.join(there, on=place, how="left").join(own, on=["who", *place], how="left")
    here = pl.col("packs").fill_null(0) - pl.col("mine").fill_null(0)
    others = pl.col("packs_near") - pl.col("mine_near")
    return each.filter(others > 0).select(*_PAIR, (here / others).alias("of_neighbours"))
