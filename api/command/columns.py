"""`rx columns`: a ledger's own history as columns for `rx screen`, by whoever holds its vault."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from api.command.output import EXIT_OK, CommandError, progress, tell
from api.command.service import open_ledger
from api.reports.history import columns
from api.screening.tables import SCHEMAS
from api.screening.thresholds import IN_FORCE

EXAMPLE = "example: rx columns --folder ledger --out columns && rx screen columns --html report.html"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx columns`."""
    parser.add_argument("--folder", type=Path, required=True, help="a ledger that no `rx serve` uses now")
    what = "Parquet files; earlier columns are replaced"
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help=what)


def run(options: argparse.Namespace) -> int:
    """Write the columns and return 0."""
    require_no_other_files(options.out)
    ledger, _ = open_ledger(options.folder)
    try:
        writer, erased, rules = columns(ledger, _progress)
        counts = writer.write(options.out)
        (options.out / IN_FORCE).write_text(json.dumps(rules, ensure_ascii=False, indent=1) + "\n", "utf-8")
    finally:
        ledger.close()
    told = {"folder": str(options.out), "rows": counts, "erased": erased}
    rows = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    zh_rows = "，".join(f"{name} {count:,} 行" for name, count in counts.items())
    zh = f"已写入 {options.out}：{zh_rows}；另有 {erased:,} 项业务的内容已删除"
    tell(options, told, f"{rows} in {options.out}; {erased:,} acts were erased", zh)
    return EXIT_OK


def require_no_other_files(folder: Path) -> None:
    """Return when nothing is lost by writing columns there. Raises CommandError."""
    tables = {f"{name}.parquet" for name in SCHEMAS}
    found = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if found and found - {IN_FORCE} != tables:  # earlier ones are all there, and alone
        raise CommandError(f"{folder} holds other files than earlier columns", "name another folder")


def _progress(index: int) -> None:
    if index % 10_000 == 0:
        progress(f"{index:,} entries", f"{index:,} 条账目")
