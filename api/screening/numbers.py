"""Candidates of a screen, from one column of numbers: sorted, it costs a fraction of groups of texts.

Numbers are hashes of texts, of which some two of ten million are alike once in a hundred thousand folders.
Whoever asks counts the candidates' rows again, by the texts themselves.
"""

from __future__ import annotations

from functools import reduce
from math import ceil
from operator import xor

import polars as pl

_OWNER_BITS = 28  # of a pair: two owners are told apart but once in 270 million
_OWNERS = 2**_OWNER_BITS
_NEARLY = 1e-9  # floats added up in another order


def as_one(*columns: str) -> pl.Expr:
    """Return several columns as one number, `as_one`."""
    hashes = [pl.col(column).hash(place) for place, column in enumerate(columns)]
    return reduce(xor, hashes).alias("as_one")


def at_least(
    times: float, rows: pl.LazyFrame, number: pl.Expr, among: pl.LazyFrame | None = None
) -> pl.LazyFrame:
    """Return the few rows whose number stands in so many rows of `among` (of these themselves), read."""
    numbers = ordered(rows if among is None else among, number)
    again = numbers.shift(1 - max(1, ceil(times)))
    return read_among(rows, number, numbers.filter(numbers == again))


def adding_up(least: float, rows: pl.LazyFrame, number: pl.Expr, value: pl.Expr) -> pl.LazyFrame:
    """Return the few rows of each number whose values add up to `least`, or nearly, read."""
    sums = rows.group_by(number.alias("number")).agg(value.sum().alias("sum"))
    large = sums.filter(pl.col("sum") >= least - abs(least) * _NEARLY).select("number")
    return read_among(rows, number, large.collect(engine="streaming")["number"])


def under_several(rows: pl.LazyFrame, among: pl.LazyFrame, what: str, whose: str) -> pl.LazyFrame:
    """Return the few rows of each `what` that `among` shows under more than one `whose`, read."""
    owned = pl.col(what).hash() // _OWNERS
    pairs = ordered(among, owned * _OWNERS + pl.col(whose).hash() // 2 ** (64 - _OWNER_BITS))
    things, before = pairs // _OWNERS, pairs.shift(1)
    several = things.filter((things == before // _OWNERS) & (pairs != before))
    return read_among(rows, owned, several)


def ordered(rows: pl.LazyFrame, number: pl.Expr) -> pl.Series:
    """Return the numbers of all rows in order."""
    return rows.select(number.alias("number")).collect(engine="streaming")["number"].sort()


def read_among(rows: pl.LazyFrame, number: pl.Expr, some: pl.Series) -> pl.LazyFrame:
    """Return the few rows whose number is one of `some`, read."""
    if some.is_empty():
        return rows.clear()
    few = rows.filter(number.is_in(some.unique().implode()))
    return few.collect(engine="streaming").lazy()


def without(rows: pl.LazyFrame, others: pl.LazyFrame, number: pl.Expr) -> pl.LazyFrame:
    """Return the rows whose number is none of the others': they may be many, and are not read."""
    mine, theirs = number // 2 * 2, number // 2 * 2 + 1
    both = ordered(pl.concat([rows.select(mine.alias("n")), others.select(theirs.alias("n"))]), pl.col("n"))
    numbers, last = both // 2, (both // 2 != both.shift(-1) // 2).fill_null(True)
    alone = numbers.filter(last & (both % 2 == 0))
    return rows.clear() if alone.is_empty() else rows.filter((number // 2).is_in(alone.implode()))
