"""python -m bench.screening: ten million rows of sales through every screen, against 20 s and its memory.

The columns are made here, without a generator, so that only screening is measured: each figure comes from a
process of its own that does nothing else. One row in a thousand of each kind is odd (`_odd`), to be found.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from api.screening.registry import SCREENS
from api.screening.tables import SCHEMAS, Tables
from bench import report

LIMIT_S = 20.0
YEAR_MS = 365 * 86_400_000
START_MS = 1_767_196_800_000
_CHUNK = 1_000_000


def main() -> int:
    """Print the table and return 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.screening")
    parser.add_argument("--rows", type=int, default=10_000_000)
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
    print(f"{'all screens':<20}{total:>7.2f} s   {total / LIMIT_S:.2f} of the limit of {LIMIT_S:.0f} s")
    print(f"{'peak memory':<20}{told['peak_mib']:>7,.0f} MiB")
    return 0


def _screen(folder: Path) -> dict[str, object]:
    tables, started = Tables(folder), time.perf_counter()
    seconds: dict[str, float] = {}
    findings: dict[str, int] = {}
    for screen in SCREENS:
        before = time.perf_counter()
        findings[screen.id] = len(screen.find(tables, screen.parameters).collect(engine="streaming"))
        seconds[screen.id] = time.perf_counter() - before
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": time.perf_counter() - started,
        "screens": seconds,
        "findings": findings,
        "peak_mib": peak_mib,
    }


def make(folder: Path, rows: int) -> None:
    """Write columns with `rows` sales: half dispensed, half the same sales told through the stock channel."""
    sold = rows // 2
    _organisations(folder)
    _write(folder, "sales", [_sales(at, min(_CHUNK, sold - at)) for at in range(0, sold, _CHUNK)])
    _write(folder, "stock", [_stock(at, min(_CHUNK, sold - at)) for at in range(0, sold, _CHUNK)])
    _write(
        folder, "prescriptions", [_prescriptions(at, min(_CHUNK, sold - at)) for at in range(0, sold, _CHUNK)]
    )
    for name in ("adjustments", "cases"):
        _write(folder, name, [pl.LazyFrame(schema=dict(SCHEMAS[name]))])
    presences = rows // 10
    _write(
        folder,
        "presences",
        [_presences(at, min(_CHUNK, presences - at)) for at in range(0, presences, _CHUNK)],
    )


def _write(folder: Path, name: str, frames: list[pl.LazyFrame]) -> None:
    columns = [pl.col(column).cast(kind) for column, kind in SCHEMAS[name].items()]
    pl.concat([frame.select(columns) for frame in frames]).sink_parquet(folder / f"{name}.parquet")


def _drawn(column: str, seed: int, many: int) -> pl.Expr:
    """A number below `many` that depends on the row alone: the same columns in every run."""
    return pl.col(column).hash(seed) % many


TWICE, HOARDED, CARD, RUSH, CLONED, BODY = range(6)  # kinds of odd rows, each one row in a thousand


def _odd(kind: int, told: pl.Expr, otherwise: pl.Expr) -> pl.Expr:
    """`told` in the odd rows of a kind, `otherwise` in all others."""
    return pl.when(pl.col("n") % 1_000 == kind).then(told).otherwise(otherwise)


def _rows(start: int, count: int) -> pl.LazyFrame:
    group = pl.col("n") // 50_000
    rush = START_MS + group * 3_600_000 + pl.col("n") % 50_000
    return pl.LazyFrame({"n": pl.int_range(start, start + count, eager=True)}).with_columns(
        _odd(RUSH, rush, START_MS + pl.col("n").hash(1) % YEAR_MS).alias("time_ms"),
        pl.format("p{}", _odd(HOARDED, group, _drawn("n", 2, 500_000))).alias("patient"),
        pl.format("D{}", _odd(RUSH, group, _drawn("n", 3, 12_000))).alias("doctor"),
        pl.format("P{}", _drawn("n", 4, 2_000)).alias("pharmacy"),
        pl.format("H{}", _drawn("n", 3, 400)).alias("hospital"),
        pl.format("X{}", _odd(HOARDED, pl.lit(1), _odd(RUSH, pl.lit(2), _drawn("n", 5, 70)))).alias("drug"),
        pl.format("c{}", _odd(TWICE, pl.col("n") + 1, pl.col("n"))).alias("code"),
        pl.format("r{}", pl.col("n")).alias("rx"),
        pl.format("s{}", pl.col("n")).alias("sale"),
        pl.lit("内分泌科").alias("department"),
    )


def _sales(start: int, count: int) -> pl.LazyFrame:
    both = [
        _rows(start, count).with_columns(
            pl.lit(channel).alias("channel"), (pl.col("n") * 2 + offset).alias("entry")
        )
        for offset, channel in enumerate(("dispensed", "reported"))
    ]
    return pl.concat(both).with_columns(
        pl.format("Y{}", _drawn("n", 6, 6_000)).alias("pharmacist"),
        pl.lit(1.0).alias("packs"),
        _odd(HOARDED, pl.lit(90.0), 7.0 + _drawn("n", 7, 21)).alias("days"),
        (10.0 + _drawn("n", 8, 400)).alias("amount"),
    )


def _stock(start: int, count: int) -> pl.LazyFrame:
    return _rows(start, count).with_columns(pl.col("n").alias("entry"), pl.lit("V").alias("supplier"))


def _prescriptions(start: int, count: int) -> pl.LazyFrame:
    return _rows(start, count).with_columns(
        pl.col("n").alias("entry"),
        _odd(BODY, pl.lit(9.0), pl.lit(60.0)).alias("age"),
        _odd(BODY, pl.lit("2"), pl.lit("1")).alias("sex"),
        pl.lit(14.0).alias("days"),
        pl.lit("E11.900").alias("diagnosis"),
        pl.format("a{}", _odd(CARD, pl.col("n") // 20_000, pl.col("n"))).alias("credential"),
        pl.format("t{}", _odd(CLONED, pl.col("n") // 50_000, pl.col("n") // 2)).alias("template"),
    )


def _presences(start: int, count: int) -> pl.LazyFrame:
    person = pl.col("n") // 2 % 6_000
    return pl.LazyFrame({"n": pl.int_range(start, start + count, eager=True)}).with_columns(
        pl.col("n").alias("entry"),
        (START_MS + pl.col("n") * 30_000).alias("time_ms"),
        pl.format("Y{}", person).alias("person"),
        pl.format("P{}", person % 2_000).alias("site"),
        pl.when(pl.col("n") % 2 == 0).then(pl.lit("opened")).otherwise(pl.lit("closed")).alias("act"),
    )


def _organisations(folder: Path) -> None:
    shops = pl.LazyFrame({"n": range(2_000)}).with_columns(
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
    )
    _write(folder, "organisations", [shops])
    rosters = pl.LazyFrame({"n": range(6_000)}).select(
        pl.format("Y{}", pl.col("n")).alias("person"), pl.format("P{}", pl.col("n") % 2_000).alias("site")
    )
    _write(folder, "rosters", [rosters])


if __name__ == "__main__":
    sys.exit(main())
