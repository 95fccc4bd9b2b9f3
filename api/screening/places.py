"""Screens of pharmacists at places: two shops at once, journeys that nobody makes."""

from __future__ import annotations

import math

import polars as pl

from api.screening.numbers import under_several
from api.screening.screen import Parameters, findings
from api.screening.tables import Tables

_MINUTE_MS, _HOUR_MS = 60_000, 3_600_000
_EARTH_KM = 6_371.0


def _at_several(tables: Tables) -> pl.LazyFrame:
    """Return in order the acts of whoever was at more than one site: nobody else moves."""
    acts = tables["presences"]
    return under_several(acts, acts, "person", "site").sort("person", "time_ms", "entry")


def _moves(tables: Tables) -> pl.LazyFrame:
    """Each act of a person at another site than the one before, with both places and the time between."""
    acts = _at_several(tables)
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
        _elapsed_ms().alias("elapsed_ms"),
        _kilometres().alias("kilometres"),
    )


def _elapsed_ms() -> pl.Expr:
    return pl.col("time_ms") - pl.col("time_ms_before")


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
    """A pharmacist acts at a shop while a duty opened at another is open; no roster exempts (T11, S38).

    A bare review opens nothing. A duty older than any shift was left open by mistake, which accuses nobody.
    """
    acts = _at_several(tables)
    is_duty = pl.col("act").is_in(["opened", "closed"])
    last = [
        pl.when(is_duty).then(pl.col(name)).shift(1).forward_fill().over("person").alias(f"{name}_before")
        for name in ("act", "site", "time_ms", "entry")
    ]
    open_ = acts.with_columns(last).filter(
        pl.col("act_before") == "opened",
        pl.col("site") != pl.col("site_before"),
        _elapsed_ms() <= given["hours_max"] * _HOUR_MS,
    )
    return _by_person(open_, given["times_min"])


def travel(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Two cities within a time in which nobody travels, in one province or two; rosters exempt (T11)."""
    reached = given["km_per_hour_max"] * pl.col("elapsed_ms").clip(_MINUTE_MS)
    away = pl.col("city") != pl.col("city_before")
    fast = pl.col("kilometres") * _HOUR_MS > reached
    return _by_person(_moves(tables).filter(away, ~pl.col("rostered"), fast), 1)


def same_city(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Two shops of one city within hours, at one of which the person is not registered (T11)."""
    near = pl.col("city") == pl.col("city_before")
    soon = pl.col("elapsed_ms") <= given["hours_max"] * _HOUR_MS
    return _by_person(_moves(tables).filter(near, soon, ~pl.col("rostered")), 1)
