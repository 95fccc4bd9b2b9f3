"""`rx demo`: a working day of two hospitals and three pharmacies, played and audited."""

from __future__ import annotations

import argparse
from pathlib import Path

from api.command.output import language

EXAMPLE = "example: rx demo --out demo-out        (LANG=zh_CN.UTF-8 rx demo for Chinese)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx demo`."""
    parser.add_argument(
        "--day", type=Path, metavar="FOLDER", help="another day: a folder with day.json and cast.json"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("demo-out"), metavar="FOLDER", help="what it leaves (demo-out)"
    )
    parser.add_argument("--language", choices=("en", "zh"), help="instead of the one that LANG names")


def run(options: argparse.Namespace) -> int:
    """Play the day and return 0 if every step came out as expected and the log verified."""
    from api.sandbox.demo import main  # it starts processes of its own: loaded only when it is played

    return int(main(options.day, options.out, options.language or language()))
