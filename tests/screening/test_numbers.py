"""Candidates by numbers are those that a count by texts finds: none is lost on the way."""

from __future__ import annotations

from collections import Counter, defaultdict

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.screening.numbers import adding_up, as_one, at_least, read_among, under_several, without

TEXTS = st.sampled_from([*"abcdefgh", "药", None])
ROWS = st.lists(st.tuples(TEXTS, TEXTS, st.integers(0, 9)), max_size=40)
Rows = list[tuple[str | None, str | None, int]]
SCHEMA = {"what": pl.String, "whose": pl.String, "packs": pl.Float64}
WHAT = as_one("what")


def frame(rows: Rows) -> pl.LazyFrame:
    return pl.LazyFrame(rows, SCHEMA, orient="row")


def told(rows: pl.LazyFrame) -> list[tuple[object, ...]]:
    return sorted(rows.collect().rows(), key=repr)


@given(ROWS, st.sampled_from([0, 1, 1.5, 2, 2.5, 3, 5]))
def test_whose_number_stands_in_enough_rows_is_a_candidate_and_nobody_else(rows: Rows, times: float) -> None:
    counted = Counter(what for what, _, _ in rows)
    expected = [row for row in rows if counted[row[0]] >= times]
    assert told(at_least(times, frame(rows), WHAT)) == told(frame(expected))


def test_a_row_counts_as_often_as_those_who_ask_have_it() -> None:
    rows = frame([("a", "x", 1), ("b", "x", 2)])
    twice = pl.concat([rows, rows.filter(pl.col("packs") > 1)])
    assert told(at_least(2, rows, WHAT, twice)) == [("b", "x", 2.0)]


@given(ROWS)
def test_what_stands_under_several_owners_is_a_candidate_and_nothing_else(rows: Rows) -> None:
    owners = defaultdict(set)
    for what, whose, _ in rows:
        owners[what].add(whose)
    expected = [row for row in rows if len(owners[row[0]]) > 1]
    assert told(under_several(frame(rows), frame(rows), "what", "whose")) == told(frame(expected))


@given(ROWS, st.integers(1, 30))
def test_what_adds_up_to_the_limit_is_a_candidate_and_nothing_else(rows: Rows, least: int) -> None:
    sums = Counter[str | None]()
    for what, _, packs in rows:
        sums[what] += packs
    expected = [row for row in rows if sums[row[0]] >= least]
    assert told(adding_up(least, frame(rows), WHAT, pl.col("packs"))) == told(frame(expected))


@pytest.mark.parametrize("parts", [3, 7, 10])
def test_parts_that_add_up_to_the_limit_but_for_rounding_are_candidates(parts: int) -> None:
    rows = frame([("a", "x", 1)] * parts).with_columns(pl.lit(1 / parts).alias("packs"))
    assert len(told(adding_up(1, rows, WHAT, pl.col("packs")))) == parts


@given(ROWS, ROWS)
def test_what_is_not_among_the_others_is_left_and_nothing_else(rows: Rows, others: Rows) -> None:
    there = {what for what, _, _ in others}
    expected = [row for row in rows if row[0] not in there]
    assert told(without(frame(rows), frame(others), WHAT)) == told(frame(expected))


@given(ROWS, st.lists(TEXTS))
def test_rows_are_read_that_have_one_of_some_numbers(rows: Rows, some: list[str | None]) -> None:
    numbers = pl.DataFrame({"what": some}, schema={"what": pl.String}).select(WHAT)["as_one"]
    expected = [row for row in rows if row[0] in some]
    assert told(read_among(frame(rows), WHAT, numbers)) == told(frame(expected))
