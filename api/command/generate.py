"""`rx generate`: a seeded year of a province that does not exist, with labelled cases and look-alikes."""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path

from api.command.output import EXIT_OK, CommandError, progress, tell
from api.province.event import DAY_MS, DAYS, FIRST_MS
from api.province.year import Year

EVENTS, REGISTRY = "events.ndjson.gz", "registry.json"
EXAMPLE = "example: rx generate --seed 7 --statements 100000 --out province && rx evaluate province"
_STATEMENTS = (10_000, 10_000_000)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx generate`."""
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same bytes (1)")
    parser.add_argument("--statements", type=int, default=10_000, help="about so many, 10^4 to 10^7 (10,000)")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="new folder for the year")


def run(options: argparse.Namespace) -> int:
    """Write the year and return 0. Raises CommandError where the folder holds one already."""
    if not _STATEMENTS[0] <= options.statements <= _STATEMENTS[1]:
        raise CommandError("--statements is out of range", "from 10000 to 10000000")
    if (options.out / EVENTS).exists():
        raise CommandError(f"{options.out} holds a year already", "name another folder")
    options.out.mkdir(parents=True, exist_ok=True)
    year = Year(options.seed, options.statements)
    registry = json.dumps({"seed": options.seed, **year.registry()}, ensure_ascii=False, sort_keys=True)
    (options.out / REGISTRY).write_text(registry + "\n", "utf-8")
    count = _written(year, options.out / EVENTS)
    told = {"statements": count, "folder": str(options.out), "seed": options.seed}
    text = f"{count:,} statements of seed {options.seed} in {options.out}"
    tell(options, told, text, f"种子 {options.seed} 的 {count:,} 份声明已写入 {options.out}")
    return EXIT_OK


def _written(year: Year, path: Path) -> int:
    count = 0
    # No name and no time in the header: the same year is the same file.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 1, raw, 0) as packed:
        for event in year.events():
            packed.write(event.line().encode("utf-8") + b"\n")
            count += 1
            if count % 50_000 == 0:
                day = (event.time_ms - FIRST_MS) // DAY_MS + 1
                zh = f"{count:,} 份声明，第 {day}/{DAYS} 天"
                progress(f"{count:,} statements, day {day} of {DAYS}", zh)
    return count
