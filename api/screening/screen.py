"""The form of a screen, and the few steps that several screens share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from api.screening.amounts import MICRO
from api.screening.numbers import as_one, read_among, without
from api.screening.tables import DAY_MS, Tables

Parameters = Mapping[str, float]
# Cited with a finding, the number of all beside them: all of a person's, not all of a drug's or large shop's.
ENTRIES_MAX = 1_000


LEVELS: Mapping[str, str] = {
    "hospital": "organisation",
    "pharmacy": "organisation",
    "department": "department",
    "doctor": "person",
    "pharmacist": "person",
    "patient": "insured",
    "drug": "thing",
    "code": "thing",
    "prescription": "thing",
    "credential": "thing",
}
OVER_NEED, REPEATED, FREQUENT = "over clinical need", "repeated across institutions", "frequent or for others"


@dataclass(frozen=True, slots=True)
class Screen:
    """`find` returns one row for each finding: subject, measure, limit, count, entries (`findings`).

    `behaviour` is one of the three that supervision names (T6, S63), or none. `version` goes up when other
    subjects than before are found in the same columns: a report cites it (S35). `together` names of each
    large table that is read the column whose rows must be seen together (`Tables.parts`). Where a subject
    lies in several parts, `find` returns for each what `added` adds up to findings.
    """

    id: str
    subject: str
    class_: str
    sources: str
    parameters: Parameters
    en: str
    zh: str
    find: Callable[[Tables, Parameters], pl.LazyFrame]
    behaviour: str = ""
    version: int = 1
    # What `en` and `zh` say of a finding among wider peers than the screen's usual ones (`findings`).
    wider: tuple[str, str] = ("", "")
    together: Mapping[str, str] = field(default_factory=dict)
    added: Callable[[pl.LazyFrame, Parameters], pl.LazyFrame] | None = None

    @property
    def level(self) -> str:
        """Whom a finding concerns: organisation, department, person, insured person, thing (S64)."""
        return LEVELS[self.subject.partition("@")[0]]

    def found(self, tables: Tables) -> pl.DataFrame:
        """Return the findings over all rows, a part at a time: the same ones in however many parts."""
        parts = (self.find(part, self.parameters) for part in tables.parts(self.together))
        told = pl.concat([part.collect(engine="streaming") for part in parts])
        return told if self.added is None else self.added(told.lazy(), self.parameters).collect()


def findings(
    grouped: pl.LazyFrame,
    subject: pl.Expr,
    measure: pl.Expr | str,
    limit: float,
    entries: str = "entries",
    wider: bool = False,
) -> pl.LazyFrame:
    """Return the columns of a finding from a frame that has a list column of entries.

    `wider` where the subjects were compared with the screen's wider peers, which the finding then says.

    A measure has twelve digits: polars divides many rows by one number through its reciprocal, and the last
    digits would tell how many were divided at once. Limits are compared with products for the same reason.
    """
    value = pl.col(measure) if isinstance(measure, str) else measure
    return grouped.select(
        subject.cast(pl.String).alias("subject"),
        value.cast(pl.Float64).round_sig_figs(12).alias("measure"),
        pl.lit(float(limit)).alias("limit"),
        pl.col(entries).list.n_unique().cast(pl.Int64).alias("count"),
        pl.col(entries).list.unique().list.sort().list.head(ENTRIES_MAX).alias("entries"),
        pl.lit(wider).alias("wider"),
    )


def cited() -> pl.Expr:
    """Return the entries of a group as a list."""
    return pl.col("entry").alias("entries")


def cite(candidates: pl.LazyFrame, rows: pl.LazyFrame, *keys: str) -> pl.LazyFrame:
    """Return the few `candidates` with the entries of their rows: lists are made for them alone."""
    few = rows.join(candidates.select(keys), on=keys, how="semi")
    return candidates.join(few.group_by(keys).agg(cited()), on=keys)


# A wrong scan put right stands in two rows: the right code, and its wrong one with negative packs.
SOLD = ["dispensed", "corrected"]
BACK = ["returned", "wrong"]
TOLERANCE = 1e-6  # of a pack: far below a tablet
PACK = as_one("pharmacy", "code").alias("pack")  # a pack of a shop as one number
MOVES_NOTHING = ["paid", "refunded"]  # what the fund did with a sale, under the shop's code


def dispensed(tables: Tables) -> pl.LazyFrame:
    """Return what was handed out: one row a pack; reports of the same sale are not counted again."""
    return tables["sales"].filter(pl.col("channel") == "dispensed")


def undelivered(
    tables: Tables, grace_days: float = 0, shops: pl.LazyFrame | None = None
) -> pl.LazyFrame:
    """Return sold packs that no supplier delivered to their shop, or that had left its stock.

    One row a code: pharmacy, code, drug, and the `entry` of its first sale. A wrong scan put right sold
    nothing.

    Only of shops that keep books: where no delivery is recorded nothing is known. `grace_days` after a shop's
    first delivery are left out, for what lay in its shelves before. `shops` (pharmacy) asks for these alone.
    """
    stock = tables["stock"]
    books = stock.group_by("pharmacy").agg(pl.col("time_ms").min().alias("since"))
    sales = tables["sales"]
    # A sale is corrected by the shop that sold.
    scan = ["pharmacy", "rx", "code"]
    wrong = sales.filter(pl.col("channel") == "wrong").select(scan)
    sold = sales.filter(pl.col("channel").is_in(SOLD)).join(wrong, on=scan, how="anti")
    if shops is not None:
        sold, stock = (table.join(shops, on="pharmacy", how="semi") for table in (sold, stock))
    coded = sold.filter(pl.col("code").is_not_null()).with_columns(PACK)
    never = (
        without(coded, stock.filter(pl.col("code").is_not_null()), PACK)
        .join(books, on="pharmacy")
        .filter(pl.col("time_ms") >= pl.col("since") + grace_days * DAY_MS)
        .drop("since")
    )
    packs = pl.concat([never, _booked_out(tables, coded)])
    return packs.group_by("pharmacy", "code").agg(pl.col("drug", "entry").sort_by("entry", "drug").first())


def _booked_out(tables: Tables, sold: pl.LazyFrame) -> pl.LazyFrame:
    """Return those of the packs (`pack`) that the shop had booked out, and not in again, before it sold."""
    adjusted = tables["adjustments"].filter(pl.col("code").is_not_null())
    # Few: only of these it is asked what came, went and was sold.
    out = adjusted.filter(pl.col("reason") != "found").select(PACK).collect(engine="streaming")["pack"]
    theirs = read_among(sold, PACK, out)
    move = (PACK, pl.col("time_ms").alias("moved_ms"))
    moves = pl.concat(
        [
            adjusted.select(*move, (pl.col("reason") == "found").alias("here")),
            tables["stock"].select(*move, pl.lit(True).alias("here")),
        ]
    )
    last = (
        theirs.join(read_among(moves, pl.col("pack"), out), on="pack")
        .filter(pl.col("moved_ms") <= pl.col("time_ms"))
        .sort("moved_ms", "here")
        .group_by("pack", "entry", maintain_order=True)
        .last()
    )
    gone = last.filter(~pl.col("here")).select("pack", "entry")
    return theirs.join(gone, on=["pack", "entry"], how="semi")


def netted(tables: Tables) -> pl.LazyFrame:
    """Return what was handed out and what came back (with negative packs, days, amounts), under its code."""
    return tables["sales"].filter(pl.col("channel").is_in([*SOLD, *BACK]))


def millionths() -> pl.Expr:
    """Return the amount of a row in millionths of a yuan: these add up exactly, in whatever order."""
    return (pl.col("amount") * MICRO).round().cast(pl.Int64)
