"""`rx roles`: who may sign and submit which statement."""

from __future__ import annotations

import argparse

from api.command.output import EXIT_OK, language, tell
from api.roles import page, rows, table

EXAMPLE = "example: rx roles --markdown > contracts/ROLES.md"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx roles`."""
    parser.add_argument("--markdown", action="store_true", help="print the page contracts/ROLES.md")


def run(options: argparse.Namespace) -> int:
    """Print the matrix and return 0."""
    found = rows()
    lines = page(found) if options.markdown else table(found, language() == "zh")
    tell(options, {"roles": [row.told() for row in found]}, "\n".join(lines))
    return EXIT_OK
