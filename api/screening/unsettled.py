"""The screen of busy shops that settle nothing, or nothing any more, with the cause (S39, T14)."""

from __future__ import annotations

import polars as pl

from api.screening.screen import Parameters, cite, dispensed, findings, undelivered
from api.screening.tables import DAY_MS, UTC_OFFSET_MS, Tables

_SUSPENDED = pl.col("agreement") == "suspended"


def unsettled(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Busy shops that settle nothing or stopped, with the cause: suspended, licence over, a move not told.

    Of a suspended shop it is told whether its stock is wrong too, which T14 names as the reason to suspend.
    A shop without an agreement cannot settle, and is none of them; nor could one before its agreement ran.
    """
    quiet = _quiet(tables, given)
    known = quiet.join(tables["organisations"], left_on="pharmacy", right_on="code", how="left")
    agreed = known.filter(pl.col("agreement").fill_null("active") != "none")
    joined = agreed.collect(engine="streaming").lazy()
    suspended = joined.filter(_SUSPENDED).select("pharmacy")
    wrong = undelivered(tables, shops=suspended).select("pharmacy", pl.lit(True).alias("wrong")).unique()
    named = joined.join(wrong, on="pharmacy", how="left").with_columns(_cause().alias("cause"))
    since = dispensed(tables).join(joined.select("pharmacy", "quiet_ms"), on="pharmacy")
    found = cite(named, since.filter(pl.col("time_ms") > pl.col("quiet_ms")), "pharmacy")
    return findings(found, pl.concat_str("pharmacy", pl.lit("@"), "cause"), "packs", given["packs_min"])


def _cause() -> pl.Expr:
    stock = pl.when(pl.col("wrong")).then(pl.lit("suspended-stock")).otherwise(pl.lit("suspended"))
    moved = pl.col("registered_address") != pl.col("licensed_address")
    over = pl.col("licence_to") < pl.from_epoch(pl.col("last_ms") + UTC_OFFSET_MS, time_unit="ms").dt.date()
    causes = pl.when(_SUSPENDED).then(stock).when(over).then(pl.lit("licence"))
    return causes.when(moved).then(pl.lit("moved")).otherwise(pl.lit("unexplained"))


def _quiet(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Return the shops that hand out `packs` and settle none since `quiet_ms`.

    Who settles next to nothing has been quiet from the beginning, that of its agreement where it is known: it
    has as long as others until it is missed. Who settled a part of the packs is missed
    for that part alone: where most customers pay themselves, more of them in a row are ordinary.
    """
    # Few or none have stopped: only of these the packs are counted again.
    shops = _shops(tables).collect(engine="streaming").lazy()
    never = pl.col("settled") < given["share_min"] * pl.col("all")
    begun_ms, packs = pl.col("begun_ms"), pl.col("all").alias("packs")
    waited = pl.col("last_ms") - begun_ms >= given["days_min"] * DAY_MS
    from_the_beginning = shops.filter(never, waited).select(
        "pharmacy", (begun_ms - 1).alias("quiet_ms"), "last_ms", "all", packs
    )
    silent_ms = pl.col("last_ms") - pl.col("settled_ms")
    stopped = shops.filter(~never, silent_ms >= given["days_min"] * DAY_MS)
    until = (pl.col("all") - pl.col("packs")).clip(1)
    missing = pl.col("packs") * pl.min_horizontal("settled", until) / until
    counted = _since(tables, stopped.rename({"settled_ms": "quiet_ms"}))
    later = counted.filter(missing >= given["packs_min"]).select(from_the_beginning.collect_schema().names())
    return pl.concat([from_the_beginning.filter(pl.col("packs") >= given["packs_min"]), later])


def _shops(tables: Tables) -> pl.LazyFrame:
    """Return of each shop what it handed out and settled in all, and when it did so last."""
    sold, told = pl.col("channel") == "dispensed", pl.col("channel").is_in(["settled", "paid"])
    settled = [(pl.col("channel") == name).sum().cast(pl.Int64) for name in ("settled", "paid")]
    return (
        _able_to_settle(tables)
        .group_by("pharmacy")
        .agg(
            pl.col("begun_ms").first(),
            sold.sum().cast(pl.Int64).alias("all"),
            pl.max_horizontal(*settled).alias("settled"),
            pl.when(sold).then("time_ms").max().alias("last_ms"),
            pl.when(told).then("time_ms").max().alias("settled_ms"),
        )
    )


def _able_to_settle(tables: Tables) -> pl.LazyFrame:
    """Return the sales, of a shop whose agreement began on a known day (`begun_ms`) those since then."""
    begun_ms = pl.col("agreement_from").cast(pl.Datetime("ms")).dt.epoch("ms") - UTC_OFFSET_MS
    known = tables["organisations"].drop_nulls("agreement_from")
    begun = known.select(pl.col("code").alias("pharmacy"), begun_ms.alias("begun_ms")).collect()
    if begun.is_empty():  # a look at few rows saves one at each sale
        return tables["sales"].with_columns(pl.lit(0, pl.Int64).alias("begun_ms"))
    joined = tables["sales"].join(begun.lazy(), on="pharmacy", how="left")
    dated = joined.with_columns(pl.col("begun_ms").fill_null(0))
    return dated.filter(pl.col("time_ms") >= pl.col("begun_ms"))


def _since(tables: Tables, shops: pl.LazyFrame) -> pl.LazyFrame:
    """Return the shops with the `packs` that each handed out after its `quiet_ms`."""
    rows = dispensed(tables).join(shops.select("pharmacy", "quiet_ms"), on="pharmacy")
    later = rows.filter(pl.col("time_ms") > pl.col("quiet_ms"))
    return shops.join(later.group_by("pharmacy").agg(pl.len().cast(pl.Int64).alias("packs")), on="pharmacy")
