"""`rx shadow`: the comparison report of rules on trial, from an exported log."""

from __future__ import annotations

import argparse
from pathlib import Path

from api.command.exported import exported
from api.command.output import EXIT_OK, language, tell
from api.reports.shadow import compared, table

EXAMPLE = (
    "example: rx export --folder ledger audit/log && rx shadow audit/log\n"
    "a rule goes live with a rulebook that no longer names it in shadow_rules, signed by two officers"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx shadow`."""
    parser.add_argument("log", type=Path, metavar="LOG", help="an exported log (verify it with rx-verify)")


def run(options: argparse.Namespace) -> int:
    """Print what each rule on trial would have said, and return 0."""
    with exported(options.log) as entries:
        trials = compared(entries)
    chinese = language() == "zh"
    none = "试运行的规则：无" if chinese else "no rule was on trial in this log"
    tell(options, {"trials": [one.told() for one in trials]}, "\n".join(table(trials, chinese)) or none)
    return EXIT_OK
