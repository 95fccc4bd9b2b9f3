"""Screens of shops and packs: codes sold twice, channels, stock, bursts."""

from __future__ import annotations

import polars as pl

from api.screening.numbers import as_one, at_least, under_several, without
from api.screening.screen import (
    BACK,
    MOVES_NOTHING,
    PACK,
    SOLD,
    TOLERANCE,
    Parameters,
    cite,
    cited,
    dispensed,
    findings,
    netted,
    undelivered,
)
from api.screening.tables import DAY_MS, UTC_OFFSET_MS, Tables, local_day


def sold_twice(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """A code sold at two institutions and given back to neither; channels of one sale are one (S24, S42)."""
    moved = ~pl.col("channel").is_in(MOVES_NOTHING)
    coded = tables["sales"].filter(pl.col("code").is_not_null(), moved)
    sales = coded.select("code", "pharmacy", "sale", "channel", "packs", "entry")
    told = sales.filter(~pl.col("channel").is_in(BACK))
    rows = under_several(sales, told, "code", "pharmacy")
    # A report tells once more of what was handed out; a correction hands out under another code.
    handed_out = pl.col("packs").filter(pl.col("channel").is_in(SOLD)).sum()
    of_sale = (
        rows.filter(~pl.col("channel").is_in(BACK))
        .group_by("code", "pharmacy", "sale")
        .agg(pl.max_horizontal(handed_out, pl.col("packs").max()).alias("packs"), cited())
    )
    of_shop = of_sale.group_by("code", "pharmacy").agg(pl.col("packs").sum(), pl.col("entries").explode())
    back = (
        rows.filter(pl.col("channel").is_in(BACK))
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


_PACK = ["pharmacy", "sale", "code"]


def channels(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Packs that a shop reports or settles and never dispensed on a prescription (S68).

    The first days are left out: what is reported then may have been dispensed before the columns begin.
    """
    first_ms, _ = tables.sales_ms()
    told = tables["sales"].filter(
        pl.col("channel").is_in(["reported", "settled"]),
        pl.col("time_ms") >= pl.lit(first_ms, pl.Int64) + given["grace_days"] * DAY_MS,
    )
    sold = tables["sales"].filter(pl.col("channel").is_in(SOLD))
    return _by_shop(_without(told, sold).group_by(_PACK).agg(pl.col("entry").min()), given)


def unreported(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Packs that a shop dispensed on prescriptions and neither reported nor settled (S68, S41).

    The last days are left out: a report may still come. What came back need not be told, and a shop that
    tells nothing at all is SCREEN-UNSETTLED's.
    """
    sales, (_, last_ms) = tables["sales"], tables.sales_ms()
    told = sales.filter(pl.col("channel").is_in(["reported", "settled"]))
    back = sales.filter(pl.col("channel").is_in(BACK))
    early = sales.filter(
        pl.col("channel") == "dispensed",
        pl.col("time_ms") <= pl.lit(last_ms, pl.Int64) - given["grace_days"] * DAY_MS,
    )
    open_ = _without(_without(early, told), back)
    shops = open_.group_by("pharmacy").agg(pl.len().alias("packs"), cited())
    all_ = early.group_by("pharmacy").agg(pl.len().alias("all"))
    found = (
        shops.join(all_, on="pharmacy")
        .join(told.select("pharmacy").unique(), on="pharmacy", how="semi")
        .filter(
            pl.col("packs") >= given["packs_min"],
            pl.col("packs") >= given["share_min"] * pl.col("all"),
        )
    )
    return findings(found, pl.col("pharmacy"), "packs", given["packs_min"])


def _without(packs: pl.LazyFrame, others: pl.LazyFrame) -> pl.LazyFrame:
    """Return the packs that are not among the others of their shop, by code, without one by sale."""
    by_code = without(packs, others.filter(pl.col("code").is_not_null()), PACK)
    return by_code.join(
        others.filter(pl.col("code").is_null()).select("pharmacy", "sale"),
        on=["pharmacy", "sale"],
        how="anti",
    )


def balance(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Packs that a shop sold and no supplier ever delivered there (S68)."""
    return _by_shop(undelivered(tables, given["grace_days"]), given)


def no_books(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Shops that sell and have not recorded one delivery: their stock cannot be checked (S68)."""
    unknown = dispensed(tables).join(tables["stock"].select("pharmacy"), on="pharmacy", how="anti")
    return _by_shop(unknown, given)


def oversold(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Shops that sold more under a code than its one pack holds, returns taken off (S68, S24).

    Parts of a split pack add up to one. Fractions of packs are compared with a tolerance. Codes are looked at
    one by one, and shelves with all of theirs (`oversold_of_shelves`).
    """
    coded = netted(tables).filter(pl.col("code").is_not_null())
    more = pl.col("packs") > 1 + TOLERANCE
    keys = ["pharmacy", "drug", "code"]
    rows = coded.select(*keys, "packs", "entry")
    # A code of one row is sold too often by that row alone: it counts twice among the candidates.
    some = at_least(2, rows, pl.col("code").hash(), pl.concat([rows, rows.filter(more)]))
    of_code = some.group_by(keys).agg(pl.col("packs").sum(), cited()).filter(more)
    return of_code.with_columns((pl.col("packs") - 1).alias("over"))


def oversold_of_shelves(parts: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    """Return the shops that sold too much of a drug under all its codes together."""
    shops = parts.group_by("pharmacy", "drug").agg(pl.col("over").sum(), pl.col("entries").explode())
    found = shops.filter(pl.col("over") >= given["packs_min"] - TOLERANCE)
    return findings(found, pl.concat_str("pharmacy", pl.lit("@"), "drug"), "over", given["packs_min"])


def _by_shop(packs: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    """Return a finding for each shop with enough of these packs."""
    shops = packs.group_by("pharmacy").agg(pl.len().alias("packs"), cited())
    found = shops.filter(pl.col("packs") >= given["packs_min"])
    return findings(found, pl.col("pharmacy"), "packs", given["packs_min"])


def uncoded(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """Shops that hand out many packs without a trace code, each from an officer's list (S41, S69)."""
    without = pl.col("code").is_null()
    rows = dispensed(tables)
    shops = rows.group_by("pharmacy").agg(without.sum().alias("packs"), pl.len().alias("all"))
    many = shops.filter(
        pl.col("packs") >= given["packs_min"], pl.col("packs") >= given["share_min"] * pl.col("all")
    )
    named = cite(many, rows.filter(without), "pharmacy")
    return findings(named, pl.col("pharmacy"), pl.col("packs") / pl.col("all"), given["share_min"])


def burst(tables: Tables, given: Parameters) -> pl.LazyFrame:
    """A shop that hands out one drug to very many patients within days (S15).

    The windows slide. Many is a multiple of what shops usually hand out, of what this shop did on other days
    (`_unlike_others`), and of what other shops of its city do in the same days: influenza is nobody's fault.
    """
    rows = dispensed(tables).with_columns(local_day().cast(pl.Int64).alias("day"))
    # Few or none: what is usual is then asked of their drugs alone.
    busy = _busy(tables, rows, given).collect(engine="streaming")
    rows = rows.filter(pl.col("drug").is_in(busy["drug"].unique().to_list()))
    far = _unusual(tables, rows, busy.lazy(), given)
    patients = (
        rows.join(far, on=_SHELF)
        .filter(_within(given))
        .group_by(_SHELF)
        .agg(pl.col("patient").n_unique().alias("patients"), cited())
    )
    found = patients.filter(pl.col("patients") >= given["patients_min"])
    return findings(found, pl.concat_str("pharmacy", pl.lit("@"), "drug"), "patients", given["patients_min"])


_SHELF = ["pharmacy", "drug"]


def _within(given: Parameters) -> pl.Expr:
    """Whether a sale's day lies in the window that ends with the day `end`."""
    return (pl.col("day") <= pl.col("end")) & (pl.col("day") > pl.col("end") - int(given["window_days"]))


def _blocks(rows: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    return rows.group_by(*_SHELF, pl.col("day") // int(given["window_days"])).agg(pl.len().alias("packs"))


def _busy(tables: Tables, rows: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    """Return each shop's busiest window of a drug, by its last day, where it is full and others were not."""
    # A sliding window lies in two blocks: where none holds half of it, no window can be full.
    block = (pl.col("day") // int(given["window_days"])).alias("block")
    some = at_least(given["patients_min"] / 2, rows.select(*_SHELF, block), as_one(*_SHELF, "block"))
    theirs = rows.join(some.unique(_SHELF), on=_SHELF, how="semi")
    daily = theirs.group_by(*_SHELF, "day").agg(pl.len().alias("packs"))
    most = _most(daily.sort(*_SHELF, "day"), int(given["window_days"]))
    full = most.filter(pl.col("packs") >= given["patients_min"]).collect(engine="streaming")
    return full.lazy() if full.is_empty() else _unlike_others(tables, daily, full, given)


def _unlike_others(
    tables: Tables, daily: pl.LazyFrame, full: pl.DataFrame, given: Parameters
) -> pl.LazyFrame:
    """Return the windows that hold a multiple of what the shop's days before hold, as far as they are known.

    Before its first sale, or before the columns begin, a shop sold nothing that is known: as many days after
    the window as are missing are asked instead. Too few of both say nothing.
    """
    past, days = int(given["past_days"]), int(given["window_days"])
    _, last_ms = tables.sales_ms()
    of_shops = tables.whole["sales"].filter(pl.col("pharmacy").is_in(full["pharmacy"].unique().to_list()))
    since = of_shops.group_by("pharmacy").agg(local_day().min().alias("since"))
    before = (pl.col("end") - days + 1 - pl.col("since")).clip(0, past)
    after = ((pl.lit(last_ms, pl.Int64) + UTC_OFFSET_MS) // DAY_MS - pl.col("end")).clip(0)
    windows = full.lazy().rename({"packs": "most", "day": "end"}).join(since, on="pharmacy")
    known = windows.with_columns(before.alias("before"), after.alias("after")).with_columns(
        pl.min_horizontal(past - pl.col("before"), "after").alias("after")
    )
    enough = pl.col("before") + pl.col("after") >= given["ratio_min"] * days
    first, last = pl.col("end") - days + 1 - pl.col("before"), pl.col("end") + pl.col("after")
    others = pl.col("packs").filter(pl.col("day").is_between(first, last) & ~_within(given)).sum()
    counted = daily.join(known.filter(enough), on=_SHELF).group_by(*_SHELF, "end", "most").agg(
        others.alias("others"), (pl.col("before") + pl.col("after")).first().alias("known")
    )
    far = pl.col("most") * pl.col("known") >= given["ratio_min"] * pl.col("others") * days
    return counted.filter(far).select(*_SHELF, pl.col("end").alias("day"), pl.col("most").alias("packs"))


def _unusual(tables: Tables, rows: pl.LazyFrame, busy: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    """Return the windows (shop, drug, end) that hold a multiple of what is usual, elsewhere and beside."""
    # The burst itself is not usual, even where hardly anybody else sells the drug.
    others = _blocks(rows, given).join(busy, on=_SHELF, how="anti")
    usual = others.group_by("drug").agg(pl.col("packs").median().alias("usual"))
    ends = busy.select(*_SHELF, "packs", pl.col("day").alias("end"))
    both = ends.join(usual, on="drug", how="left").join(
        _beside(tables, rows, ends, given), on=_SHELF, how="left"
    )
    most = pl.max_horizontal(pl.col("usual").fill_null(0), pl.col("beside").fill_null(0))
    return both.filter(pl.col("packs") >= given["ratio_min"] * most).select(*_SHELF, "end")


def _beside(tables: Tables, rows: pl.LazyFrame, ends: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    """Return for each window the median of what the city's other shops that ever sell the drug hand out."""
    shops = tables["organisations"].filter(pl.col("city").is_not_null()).select("code", "city")
    near = (
        ends.join(shops, left_on="pharmacy", right_on="code")
        .join(shops.rename({"code": "other"}), on="city")
        .filter(pl.col("other") != pl.col("pharmacy"))
    )
    sold = rows.select(pl.col("pharmacy").alias("other"), "drug", "day")
    joined = near.join(sold, on=["other", "drug"])
    counted = joined.group_by(*_SHELF, "other").agg(_within(given).sum().alias("packs"))
    return counted.group_by(_SHELF).agg(pl.col("packs").median().alias("beside"))


def _most(daily: pl.LazyFrame, days: int) -> pl.LazyFrame:
    """Return each shop's busiest window of a drug, by its last day."""
    windows = daily.rolling(index_column="day", period=f"{days}i", group_by=_SHELF).agg(pl.col("packs").sum())
    busiest = windows.sort("packs", "day", descending=[True, False])
    return busiest.group_by(_SHELF, maintain_order=True).first()
