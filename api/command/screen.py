"""`rx screen`: history in columns, looked at for what no single act shows."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from api.command.output import (
    EXIT_OK,
    CommandError,
    in_language,
    language,
    progress,
    read_file,
    tell,
    write_new,
)
from api.screening.page import as_html
from api.screening.registry import SCREENS
from api.screening.report import Finding, as_json, as_table, screened
from api.screening.screen import Screen
from api.screening.tables import ColumnsFault, Tables
from api.screening.thresholds import PARAMETER, ThresholdFault, adjusted, in_force, of_draft

EXAMPLE = (
    "example: rx generate --out year && rx evaluate year --columns year/columns && rx screen year/columns\n"
    "         rx screen columns --html report.html      one page for the inspector"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx screen`."""
    parser.add_argument("columns", type=Path, metavar="FOLDER", help="Parquet files, see COLUMNS.md")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the page with plots")
    parser.add_argument(
        "--rulebook", type=Path, metavar="DRAFT", help="try the thresholds of this one (rx rulebook --draft)"
    )
    parser.add_argument("--only", action="append", default=[], metavar="SCREEN", help="this screen alone")


def run(options: argparse.Namespace) -> int:
    """Print the findings and return 0: what they mean is for people to decide."""
    unknown = set(options.only) - {screen.id for screen in SCREENS}
    if unknown:
        raise CommandError(
            f"no screen {', '.join(sorted(unknown))}", ", ".join(screen.id for screen in SCREENS)
        )
    rules, screens = _rules(options)
    started = time.perf_counter()
    results: list[tuple[Screen, list[Finding]]] = []
    try:
        for result in screened(Tables(options.columns), options.only, screens):
            results.append(result)
            done, size = len(results), len(SCREENS)
            progress(f"{done} of {size} screens", f"{size} 项筛查中的 {done} 项")
    except ColumnsFault as fault:
        raise CommandError(
            str(fault), "write the folder with rx columns (a ledger's own) or rx evaluate --columns"
        ) from None
    if options.html is not None:
        page = as_html(results, options.columns.name, rules, language() == "zh")
        write_new(options.html, page.encode("utf-8"))
    written = {} if options.html is None else {"html": str(options.html)}
    lines = [*as_table(results, language() == "zh"), f"{time.perf_counter() - started:.1f} s"]
    lines += [in_language(f"the page is in {file}", f"网页已写入 {file}") for file in written.values()]
    tell(options, {**as_json(results, rules), **written}, "\n".join(lines))
    return EXIT_OK


def _rules(options: argparse.Namespace) -> tuple[dict[str, Any], tuple[Screen, ...]]:
    """Return what the report rests on, and the screens with its thresholds."""
    try:
        if options.rulebook is None:
            rules = in_force(options.columns)
        else:
            rules = of_draft(read_file(options.rulebook, "the rulebook"))
        return rules, adjusted(rules.get(PARAMETER, ()))
    except ThresholdFault as fault:
        raise CommandError(
            str(fault),
            "name what rx rulebook PACK --draft wrote, with screen_thresholds like SCREEN-LONG ratio_min 1.5",
        ) from None
