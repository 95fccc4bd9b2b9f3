"""`rx profile`: what a log says of one institution or person, with proof, rule and end of each feature."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from api.command.exported import exported
from api.command.output import EXIT_OK, CommandError, language, tell
from api.subject_profile import WINDOW_DAYS, ProfileFault, profile

EXAMPLE = (
    "example: rx profile audit/log D990000000001\n"
    "who holds the same log gets the same bytes with --json\n"
    "verify it first: rx-verify log audit/log --trust trust.json"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx profile`."""
    parser.add_argument("log", type=Path, metavar="LOG", help="an exported log")
    parser.add_argument("subject", metavar="CODE", help="of an institution or a person")
    parser.add_argument(
        "--window-days",
        type=int,
        default=WINDOW_DAYS,
        metavar="N",
        help=f"what is older counts no more ({WINDOW_DAYS})",
    )


def run(options: argparse.Namespace) -> int:
    """Print the profile and return 0."""
    if options.window_days < 1:
        raise CommandError("a window has at least one day", "give --window-days 90")
    try:
        with exported(options.log) as entries:
            found = profile(entries, options.subject, options.window_days)
    except ProfileFault as fault:
        raise CommandError(str(fault), "give the code of registry.person or registry.organisation") from None
    tell(options, found, "\n".join(_lines(found, language())))
    return EXIT_OK


def _lines(found: Mapping[str, Any], told_in: str) -> Iterator[str]:
    window = f"{found['window_days']} {'天' if told_in == 'zh' else 'days'}"
    yield f"{found['subject']} ({found['role']}), {window}, {found['as_of']}: {found['acts']}"
    for one in found["features"]:
        first = ", ".join(str(entry) for entry in one["entries"][:4]) + (" …" if one["times"] > 4 else "")
        yield f"  {one['code']:<30}{one['times']:>5}  {one['class']:<10} {one[told_in]}"
        entries, until = ("账目", "有效至") if told_in == "zh" else ("entries", "until")
        rules, day = ", ".join(one["rules"]), one["expires"][:10]
        yield f"  {'':<30}{'':>5}  {rules}; {entries} {first}; {until} {day}"
    for one in found["measures"]:
        said = " ".join(str(one[name]) for name in ("step", "finding", "reason") if name in one)
        yield f"  {one['type']:<30}{one['entry']:>5}  {one['time'][:10]} {said}"
    yield found["appeal"][told_in]
