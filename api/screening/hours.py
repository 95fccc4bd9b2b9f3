"""Screens of pharmacists' hours: people sleep, no shift lasts for days, and reading takes time (T11).

A name that others use never sleeps. What is counted is signed by the person: reviews, sales, returns,
corrections, and duties; reports of a sale may be sent by a machine at night, and count for nobody.
"""

from __future__ import annotations

import polars as pl

from api.screening.numbers import as_one, at_least, ordered, read_among
from api.screening.screen import Parameters, cited, findings
from api.screening.tables import Tables

_HOUR_S, _HOUR_MS = 3_600, 3_600_000
_SIGNED = ["dispensed", "returned", "corrected"]
_COLUMNS = ("person", "time_ms", "entry")


def _sales(tables: Tables) -> pl.LazyFrame:
    signed = tables["sales"].filter(pl.col("channel").is_in(_SIGNED), pl.col("pharmacist").is_not_null())
    return signed.rename({"pharmacist": "person"}).select(_COLUMNS)


def no_rest(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """A pharmacist whose acts go on for a day or more without a pause long enough to sleep.

    At how many shops does not matter: rosters exempt from no sleep.
    """
    acts = pl.concat([tables["presences"].select(_COLUMNS), _sales(tables)])
    theirs = read_among(acts, _WHO, _restless(acts, given))
    long = _stretches(theirs, given)
    within = (pl.col("from_ms") <= pl.col("time_ms")) & (pl.col("time_ms") <= pl.col("to_ms"))
    people = theirs.join(long, on="person").filter(within).group_by("person")
    hours = ((pl.col("to_ms") - pl.col("from_ms")).max() / _HOUR_MS).alias("hours")
    return findings(people.agg(hours, cited()), pl.col("person"), "hours", given["hours_min"])


_SECONDS = 2**32  # more than there are until the year 2106
_WHO = pl.col("person").hash() // _SECONDS


def _restless(acts: pl.LazyFrame, given: Parameters) -> pl.Series:
    """Return the numbers of who may have a stretch that is too long, and perhaps of somebody more.

    Person and second are one number; who shares a person's number with somebody has the acts of both, and
    what is a second short of a rest, or of a stretch, is looked at too.
    """
    at = ordered(acts, _WHO * _SECONDS + (pl.col("time_ms") // 1000).cast(pl.UInt64)).to_frame("at")
    who, second = pl.col("at") // _SECONDS, (pl.col("at") % _SECONDS).cast(pl.Int64)
    rested = second - second.shift(1) > given["rest_hours"] * _HOUR_S
    begins = ((who != who.shift(1)) | rested).fill_null(True)
    long = second - pl.when(begins).then(second).forward_fill() >= given["hours_min"] * _HOUR_S - 1
    return at.filter(long).select(who).to_series()


def _stretches(acts: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    """Return each person's stretches of acts between two rests that are too long: from_ms, to_ms."""
    # Each hour's first and last act are enough, and far fewer than all.
    ends = (pl.col("time_ms").min().alias("first"), pl.col("time_ms").max().alias("last"))
    hours = acts.group_by("person", pl.col("time_ms") // _HOUR_MS).agg(ends).sort("person", "first")
    another = pl.col("person").ne_missing(pl.col("person").shift(1))
    rested = pl.col("first") - pl.col("last").shift(1) >= given["rest_hours"] * _HOUR_MS
    begins = (another | rested).fill_null(True)
    spans = hours.with_columns(begins.cum_sum().alias("stretch")).group_by("person", "stretch").agg(
        pl.col("first").min().alias("from_ms"), pl.col("last").max().alias("to_ms")
    )
    return spans.filter(pl.col("to_ms") - pl.col("from_ms") >= given["hours_min"] * _HOUR_MS)


def left_open(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """A pharmacist who reviews or sells in a duty opened longer ago than any shift lasts.

    Who forgot to close, and closes or opens anew before the next act, is none of them.
    """
    presences = tables["presences"]
    opened_or_closed = presences.filter(pl.col("act").is_in(["opened", "closed"]))
    duties = opened_or_closed.sort("person", "time_ms", "entry").with_columns(
        pl.col("time_ms").shift(-1).over("person").alias("next_ms"),
        (pl.col("time_ms") + int(given["hours_max"] * _HOUR_MS)).alias("over_ms"),
    )
    stale = duties.filter(
        pl.col("act") == "opened", pl.col("next_ms").is_null() | (pl.col("next_ms") > pl.col("over_ms"))
    ).select("person", "over_ms", "next_ms")
    reviews = presences.filter(pl.col("act") == "review").select(_COLUMNS)
    acts = pl.concat([reviews, _sales(tables)]).join(stale, on="person")
    late = (pl.col("time_ms") > pl.col("over_ms")) & (pl.col("time_ms") < pl.col("next_ms")).fill_null(True)
    people = acts.filter(late).group_by("person").agg(pl.col("entry").n_unique().alias("times"), cited())
    found = people.filter(pl.col("times") >= given["times_min"])
    return findings(found, pl.col("person"), "times", given["times_min"])


def hurried(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """A pharmacist who reviews more prescriptions in some hour than anybody reads, at however many shops.

    By ledger time: a backlog that arrives after an outage looks the same, so it is for a person to look at.
    """
    fewest = int(given["reviews_min"])
    reviews = tables["presences"].filter(pl.col("act") == "review").select(_COLUMNS)
    # An hour lies in two hours of the clock at most: one of them holds half of what it does, or more.
    by_clock = reviews.select("person", (pl.col("time_ms") // _HOUR_MS).alias("hour"))
    busy = at_least(fewest / 2, by_clock, as_one("person", "hour"))
    counted = (pl.len().alias("reviews"), pl.col("entry").alias("entries_of_hour"))
    hours = (
        reviews.join(busy.unique("person"), on="person", how="semi")
        .unique(["person", "entry"])
        .sort("person", "time_ms", "entry")
        .rolling(index_column="time_ms", period=f"{_HOUR_MS}i", group_by="person")
        .agg(counted)
        .filter(pl.col("reviews") >= fewest)
    )
    ranked = hours.sort("reviews", "time_ms", descending=[True, False])
    busiest = ranked.unique("person", keep="first", maintain_order=True)
    each = busiest.explode("entries_of_hour").rename({"entries_of_hour": "entry"})
    people = each.group_by("person").agg(pl.col("reviews").max(), cited())
    return findings(people, pl.col("person"), "reviews", given["reviews_min"])
