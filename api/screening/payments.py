"""Screens of what the fund did with sales: the one thing that no act shows is a refund that did not come."""

from __future__ import annotations

import polars as pl

from api.screening.screen import BACK, SOLD, Parameters, cited, findings
from api.screening.tables import DAY_MS, Tables

_TOLERANCE = 1e-6  # of a pack: far below a tablet
_RX = ["rx"]


def unrefunded(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Prescriptions of which more packs are paid than the patient kept, one having come back (S36).

    Counted by prescription, so that a payment under a code that was put right later, and packs without codes,
    are nobody's debt. What came back in the last days is left out: a refund may still come.
    """
    returned = pl.col("channel") == "returned"
    _, last_ms = tables.sales_ms()
    late = pl.col("time_ms") > pl.lit(last_ms, pl.Int64) - given["grace_days"] * DAY_MS
    sales = tables["sales"].filter(~(returned & late))
    back = sales.filter(returned)
    # Few, and all others are never looked at.
    suspect = sales.filter(pl.col("channel") == "paid").join(back.select(_RX), on=_RX, how="semi")
    rows = sales.join(suspect.select(_RX).unique(), on=_RX, how="semi")
    owed = _balance(rows).filter(pl.col("unrefunded") > given["packs_min"] - _TOLERANCE)
    shown = rows.filter(pl.col("channel").is_in(["paid", "refunded", "returned"]))
    cites = shown.group_by(_RX).agg(cited())
    return findings(owed.join(cites, on=_RX), pl.col("rx"), "unrefunded", given["packs_min"])


def _balance(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return what of each prescription was paid and neither kept nor refunded, in packs."""
    packs = pl.col("packs")

    def told(*channels: str) -> pl.Expr:
        return packs.filter(pl.col("channel").is_in(channels)).sum()

    # The channels of a sale tell of the same packs; what the counter says is exact, of parts too.
    others = pl.max_horizontal(told("reported"), told("settled"))
    of_code = rows.group_by("rx", "code").agg(
        pl.when(told(*SOLD) > 0).then(told(*SOLD)).otherwise(others).alias("given"),
        told(*BACK).alias("back"),
        told("paid", "refunded").alias("paid"),
    )
    # A part of a pack is paid as the code that it has, so what is kept of a code counts as one; of one that
    # never came back several parts may have been paid.
    kept = (pl.col("given") + pl.col("back") - _TOLERANCE).ceil().clip(lower_bound=0)
    more = pl.col("paid") - kept
    debt = pl.when(pl.col("back") < 0).then(more).otherwise(more.clip(upper_bound=0))
    return of_code.group_by("rx").agg(debt.sum().alias("unrefunded"))
