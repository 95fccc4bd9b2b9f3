"""Screens of institutions, packs and places: two shops at once, codes sold twice, stock, settlement."""

from __future__ import annotations

import math

import polars as pl

from api.screening.screen import Parameters, cited, dispensed, findings
from api.screening.tables import Tables, local_day

_HOUR_MS = 3_600_000
_EARTH_KM = 6_371.0


def _moves(tables: Tables) -> pl.LazyFrame:
    """Each act of a person at another site than the one before, with both places and the time between."""
    acts = tables["presences"].sort("person", "time_ms", "entry")
    before = [
        pl.col(name).shift(1).over("person").alias(f"{name}_before")
        for name in ("site", "time_ms", "act", "entry")
    ]
    sites = tables["organisations"].select("code", "province", "city", "latitude", "longitude")
    moved = acts.with_columns(before).filter(pl.col("site") != pl.col("site_before"))
    placed = moved.join(sites, left_on="site", right_on="code", how="left").join(
        sites, left_on="site_before", right_on="code", how="left", suffix="_before"
    )
    roster = tables["rosters"].with_columns(pl.lit(True).alias("listed"))
    both = placed.join(roster, on=["person", "site"], how="left").join(
        roster, left_on=["person", "site_before"], right_on=["person", "site"], how="left", suffix="_before"
    )
    return both.with_columns(
        (pl.col("listed").fill_null(False) & pl.col("listed_before").fill_null(False)).alias("rostered"),
        ((pl.col("time_ms") - pl.col("time_ms_before")) / _HOUR_MS).alias("hours"),
        _kilometres().alias("kilometres"),
    )


def _kilometres() -> pl.Expr:
    """Return the great-circle distance of both sites (haversine), in kilometres."""
    radians = math.pi / 180
    here, there = pl.col("latitude") * radians, pl.col("latitude_before") * radians
    turn = (pl.col("longitude") - pl.col("longitude_before")) * radians
    half = ((here - there) / 2).sin().pow(2) + here.cos() * there.cos() * (turn / 2).sin().pow(2)
    return half.clip(0, 1).sqrt().arcsin() * 2 * _EARTH_KM


def _by_person(moves: pl.LazyFrame, limit: float) -> pl.LazyFrame:
    both = pl.concat_list("entry_before", "entry").explode().alias("entries")
    people = moves.group_by("person").agg(both, pl.len().alias("times"))
    return findings(people, pl.col("person"), "times", limit)


def two_open(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """A pharmacist acts at a shop while the duty at another is open; a roster never exempts (T11, S38)."""
    moves = _moves(tables).filter(pl.col("act_before") != "closed")
    return _by_person(moves, given["times_min"])


def travel(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Two cities within a time in which nobody travels, in one province or two; rosters exempt (T11)."""
    speed = pl.col("kilometres") / pl.col("hours").clip(1 / 60)
    away = pl.col("city") != pl.col("city_before")
    return _by_person(_moves(tables).filter(away, ~pl.col("rostered"), speed > given["km_per_hour_max"]), 1)


def same_city(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Two shops of one city within hours, at one of which the person is not registered (T11)."""
    near = pl.col("city") == pl.col("city_before")
    soon = pl.col("hours") <= given["hours_max"]
    return _by_person(_moves(tables).filter(near, soon, ~pl.col("rostered")), 1)


def sold_twice(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """A code sold at two institutions and given back to neither; channels of one sale are one (S24, S42)."""
    sales = tables["sales"].filter(pl.col("code").is_not_null())
    told = sales.filter(pl.col("channel") != "returned")
    # Two extremes are cheaper than a set, and differ exactly when there is more than one shop.
    shops = told.group_by("code").agg(
        pl.col("pharmacy").min().alias("one"), pl.col("pharmacy").max().alias("other")
    )
    suspect = shops.filter(pl.col("one") != pl.col("other"))
    rows = sales.join(suspect.select("code"), on="code", how="semi")
    of_sale = (
        rows.filter(pl.col("channel") != "returned")
        .group_by("code", "pharmacy", "sale")
        .agg(pl.col("packs").max(), cited())
    )
    of_shop = of_sale.group_by("code", "pharmacy").agg(pl.col("packs").sum(), pl.col("entries").explode())
    back = (
        rows.filter(pl.col("channel") == "returned")
        .group_by("code", "pharmacy")
        .agg(pl.col("packs").sum().alias("back"))
    )
    open_ = of_shop.join(back, on=["code", "pharmacy"], how="left").filter(
        pl.col("packs") + pl.col("back").fill_null(0.0) > 0
    )
    codes = open_.group_by("code").agg(
        pl.col("pharmacy").n_unique().alias("shops"), pl.col("entries").explode()
    )
    return findings(
        codes.filter(pl.col("shops") >= given["shops_min"]), pl.col("code"), "shops", given["shops_min"]
    )


def channels(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Sales of a shop that one channel tells and the other does not: reported but never dispensed."""
    keys = ["pharmacy", "sale", "code"]
    reported = tables["sales"].filter(pl.col("channel") == "reported")
    alone = reported.join(dispensed(tables).select(keys), on=keys, how="anti", nulls_equal=True)
    shops = alone.group_by("pharmacy").agg(pl.len().alias("packs"), cited())
    found = shops.filter(pl.col("packs") >= given["packs_min"])
    return findings(found, pl.col("pharmacy"), "packs", given["packs_min"])


def balance(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Packs that a shop sold and no supplier ever delivered there (S68)."""
    sold = dispensed(tables).filter(pl.col("code").is_not_null())
    missing = sold.join(tables["stock"].select("pharmacy", "code"), on=["pharmacy", "code"], how="anti")
    shops = missing.group_by("pharmacy").agg(pl.col("code").n_unique().alias("packs"), cited())
    found = shops.filter(pl.col("packs") >= given["packs_min"])
    return findings(found, pl.col("pharmacy"), "packs", given["packs_min"])


def unsettled(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Busy shops that settle nothing, with the cause: agreement suspended, or a move not told (S39, T14)."""
    shops = (
        tables["sales"]
        .group_by("pharmacy")
        .agg(
            (pl.col("channel") == "dispensed").sum().alias("packs"),
            (pl.col("channel") == "settled").any().alias("settles"),
            cited(),
        )
    )
    quiet = shops.filter(~pl.col("settles"), pl.col("packs") >= given["packs_min"])
    joined = quiet.join(tables["organisations"], left_on="pharmacy", right_on="code", how="left")
    moved = pl.col("registered_address") != pl.col("licensed_address")
    cause = (
        pl.when(pl.col("agreement") == "suspended")
        .then(pl.lit("suspended"))
        .when(moved)
        .then(pl.lit("moved"))
        .otherwise(pl.lit("unexplained"))
    )
    return findings(joined, pl.concat_str("pharmacy", pl.lit("@"), cause), "packs", given["packs_min"])


def burst(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """A shop that hands out one drug to very many patients within days (S15)."""
    days = int(given["window_days"])
    rows = dispensed(tables).with_columns((local_day() // days).alias("window"))
    keys = ("pharmacy", "drug", "window")
    windows = rows.group_by(keys).agg(pl.len().alias("packs"))
    usual = windows.group_by("drug").agg(pl.col("packs").median().alias("usual"))
    busy = windows.join(usual, on="drug").filter(
        pl.col("packs") >= given["patients_min"],
        pl.col("packs") >= given["ratio_min"] * pl.col("usual"),
    )
    patients = (
        rows.join(busy.select(keys), on=keys, how="semi")
        .group_by(keys)
        .agg(pl.col("patient").n_unique().alias("patients"), cited())
    )
    found = patients.filter(pl.col("patients") >= given["patients_min"])
    return findings(found, pl.concat_str("pharmacy", pl.lit("@"), "drug"), "patients", given["patients_min"])
