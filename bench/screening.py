"""python -m bench.screening: ten million rows of sales through every screen, against 20 s and its memory.

The columns are made here, without a generator, so that only screening is measured: each figure comes from a
process of its own that does nothing else. One row in a thousand of each kind is odd (`_odd`), to be found.
More rows (`--rows 30000000`) are a larger province: more people, shops and hospitals in the same year.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from api.screening.registry import SCREENS
from api.screening.tables import SCHEMAS, Tables
from bench import report

ROWS = 10_000_000
LIMIT_S = 20.0  # for so many rows
YEAR_MS = 365 * 86_400_000
START_MS = 1_767_196_800_000
_CHUNK = 1_000_000


def main() -> int:
    """Print the table and return 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.screening")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--folder", type=Path, help="screen this folder and print JSON (used by itself)")
    options = parser.parse_args()
    if options.folder is not None:
        print(json.dumps(_screen(options.folder)))
        return 0
    print(report.table([list(row) for row in report.hardware(Path(tempfile.gettempdir()))]))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, options.rows)
        size = sum(path.stat().st_size for path in folder.iterdir())
        words = [sys.executable, "-m", "bench.screening", "--folder", name]
        told = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    print(f"{options.rows:,} rows of sales, {size / 1e6:,.0f} MB of Parquet")
    for screen, seconds in told["screens"].items():
        print(f"{screen:<20}{seconds:>7.2f} s{told['findings'][screen]:>8} findings")
    total = told["seconds"]
    limit = f"   {total / LIMIT_S:.2f} of the limit of {LIMIT_S:.0f} s" if options.rows == ROWS else ""
    print(f"{'all screens':<20}{total:>7.2f} s{limit}")
    print(f"{'of processors':<20}{told['processor_s']:>7.2f} s")
    print(f"{'peak memory':<20}{told['peak_mib']:>7,.0f} MiB")
    return 0


def _screen(folder: Path) -> dict[str, object]:
    tables, started = Tables(folder), time.perf_counter()
    seconds: dict[str, float] = {}
    findings: dict[str, int] = {}
    for screen in SCREENS:
        before = time.perf_counter()
        findings[screen.id] = len(screen.found(tables))
        seconds[screen.id] = time.perf_counter() - before
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak_mib = used.ru_maxrss / 1024
    return {
        "seconds": time.perf_counter() - started,
        "processor_s": used.ru_utime + used.ru_stime,
        "screens": seconds,
        "findings": findings,
        "peak_mib": peak_mib,
    }


def make(folder: Path, rows: int) -> None:
    """Write columns with `rows` sales: half dispensed, half the same sales told through the stock channel."""
    sold = rows // 2
    size = max(1, rows // ROWS)
    _organisations(folder, size)
    for name, made in (("sales", _sales), ("stock", _stock), ("prescriptions", _prescriptions)):
        _write(folder, name, _in_chunks(made, sold, size))
    for name in ("adjustments", "cases"):
        _write(folder, name, [pl.LazyFrame(schema=dict(SCHEMAS[name]))])
    _write(folder, "presences", _in_chunks(_duties, rows // 10, size) + _in_chunks(_reviews, sold, size))


def _in_chunks(made: Callable[[int, int, int], pl.LazyFrame], count: int, size: int) -> list[pl.LazyFrame]:
    return [made(at, min(_CHUNK, count - at), size) for at in range(0, count, _CHUNK)]


def _write(folder: Path, name: str, frames: list[pl.LazyFrame]) -> None:
    columns = [pl.col(column).cast(kind) for column, kind in SCHEMAS[name].items()]
    pl.concat([frame.select(columns) for frame in frames]).sink_parquet(folder / f"{name}.parquet")


def _drawn(column: str, seed: int, many: int) -> pl.Expr:
    """A number below `many` that depends on the row alone: the same columns in every run."""
    return pl.col(column).hash(seed) % many


# Kinds of odd rows, each one row in a thousand.
TWICE, HOARDED, CARD, RUSH, CLONED, BODY, HURRIED, FORGOTTEN = range(8)


def _odd(kind: int, told: pl.Expr, otherwise: pl.Expr) -> pl.Expr:
    """`told` in the odd rows of a kind, `otherwise` in all others."""
    return pl.when(pl.col("n") % 1_000 == kind).then(told).otherwise(otherwise)


def _rows(start: int, count: int, size: int) -> pl.LazyFrame:
    """The acts behind `count` sales, of a province `size` times as large as that of ten million rows."""
    group = pl.col("n") // 50_000
    rush = START_MS + group * 3_600_000 + pl.col("n") % 50_000
    return pl.LazyFrame({"n": pl.int_range(start, start + count, eager=True)}).with_columns(
        _odd(RUSH, rush, START_MS + pl.col("n").hash(1) % YEAR_MS).alias("time_ms"),
        pl.format("p{}", _odd(HOARDED, group, _drawn("n", 2, 500_000 * size))).alias("patient"),
        pl.format("D{}", _odd(RUSH, group, _drawn("n", 3, 12_000 * size))).alias("doctor"),
        pl.format("P{}", _drawn("n", 4, 2_000 * size)).alias("pharmacy"),
        pl.format("H{}", _drawn("n", 3, 400 * size)).alias("hospital"),
        pl.format("X{}", _odd(HOARDED, pl.lit(1), _odd(RUSH, pl.lit(2), _drawn("n", 5, 70)))).alias("drug"),
        pl.format("c{}", _odd(TWICE, pl.col("n") + 1, pl.col("n"))).alias("code"),
        pl.format("r{}", pl.col("n")).alias("rx"),
        pl.format("s{}", pl.col("n")).alias("sale"),
        pl.lit("内分泌科").alias("department"),
    )


def _sales(start: int, count: int, size: int) -> pl.LazyFrame:
    both = [
        _rows(start, count, size).with_columns(
            pl.lit(channel).alias("channel"), (pl.col("n") * 2 + offset).alias("entry")
        )
        for offset, channel in enumerate(("dispensed", "reported"))
    ]
    return pl.concat(both).with_columns(
        pl.format("Y{}", _drawn("n", 6, 6_000 * size)).alias("pharmacist"),
        pl.lit(1.0).alias("packs"),
        _odd(HOARDED, pl.lit(90.0), 7.0 + _drawn("n", 7, 21)).alias("days"),
        (10.0 + _drawn("n", 8, 400)).alias("amount"),
    )


def _stock(start: int, count: int, size: int) -> pl.LazyFrame:
    return _rows(start, count, size).with_columns(pl.col("n").alias("entry"), pl.lit("V").alias("supplier"))


def _prescriptions(start: int, count: int, size: int) -> pl.LazyFrame:
    return _rows(start, count, size).with_columns(
        pl.col("n").alias("entry"),
        _odd(BODY, pl.lit(9.0), pl.lit(60.0)).alias("age"),
        _odd(BODY, pl.lit("2"), pl.lit("1")).alias("sex"),
        pl.lit(14.0).alias("days"),
        pl.lit("E11.900").alias("diagnosis"),
        pl.format("a{}", _odd(CARD, pl.col("n") // 20_000, pl.col("n"))).alias("credential"),
        pl.format("t{}", _odd(CLONED, pl.col("n") // 50_000, pl.col("n") // 2)).alias("template"),
    )


def _duties(start: int, count: int, size: int) -> pl.LazyFrame:
    """Duties of eight hours, opened in even rows and closed in odd ones; some were never closed."""
    shift_ms = pl.when(pl.col("n") % 2 == 0).then(0).otherwise(8 * 3_600_000)
    duties = pl.LazyFrame({"n": pl.int_range(start, start + count, eager=True)}).with_columns(
        pl.col("n").alias("entry"),
        (START_MS + pl.col("n") // 2 * (60_000 // size) + shift_ms).alias("time_ms"),
        (pl.col("n") // 2 % (6_000 * size)).alias("person"),
        pl.when(pl.col("n") % 2 == 0).then(pl.lit("opened")).otherwise(pl.lit("closed")).alias("act"),
    )
    return _on_site(duties.filter((pl.col("n") % 2 == 0) | (pl.col("n") // 2 % 1_001 != FORGOTTEN)), size)


def _reviews(start: int, count: int, size: int) -> pl.LazyFrame:
    """A review of each prescription by whoever hands it out, a few minutes before; some within a minute."""
    hurry, ordinary = pl.col("n") // 100_000, START_MS + pl.col("n").hash(1) % YEAR_MS - 300_000
    reviews = pl.LazyFrame({"n": pl.int_range(start, start + count, eager=True)}).with_columns(
        pl.col("n").alias("entry"),
        _odd(HURRIED, START_MS + hurry * 3_600_000 + pl.col("n") % 100_000, ordinary).alias("time_ms"),
        _odd(HURRIED, hurry, _drawn("n", 6, 6_000 * size)).alias("person"),
        pl.lit("review").alias("act"),
    )
    return _on_site(reviews, size)


def _on_site(acts: pl.LazyFrame, size: int) -> pl.LazyFrame:
    """Everybody works at one shop."""
    return acts.with_columns(
        pl.format("Y{}", pl.col("person")).alias("person"),
        pl.format("P{}", pl.col("person") % (2_000 * size)).alias("site"),
    )


def _organisations(folder: Path, size: int) -> None:
    shops = pl.LazyFrame({"n": range(2_000 * size)}).with_columns(
        pl.format("P{}", pl.col("n")).alias("code"),
        pl.lit("pharmacy").alias("kind"),
        pl.format("{}", pl.col("n") % 30).alias("province"),
        pl.format("{}", pl.col("n") % 300).alias("city"),
        (20.0 + pl.col("n") % 30).alias("latitude"),
        (80.0 + pl.col("n") % 50).alias("longitude"),
        pl.lit(None).alias("licence_to"),
        pl.lit("a").alias("registered_address"),
        pl.lit("a").alias("licensed_address"),
        pl.lit("active").alias("agreement"),
        pl.lit(None).alias("agreement_from"),
    )
    _write(folder, "organisations", [shops])
    rosters = pl.LazyFrame({"n": range(6_000 * size)}).select(
        pl.format("Y{}", pl.col("n")).alias("person"),
        pl.format("P{}", pl.col("n") % (2_000 * size)).alias("site"),
    )
    _write(folder, "rosters", [rosters])


if __name__ == "__main__":
    sys.exit(main())
