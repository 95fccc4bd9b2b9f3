"""`rx profile`: what a log says of a subject of measures, with proof, rule and end of each feature.

Of an insured person the columns say it, under the person's tag.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from api.command.exported import exported, local_time
from api.command.output import EXIT_OK, CommandError, language, tell
from api.reports.subject_profile import APPEAL, WINDOW_DAYS, ProfileFault, profile
from api.screening.insured import NobodyFault, insured
from api.screening.report import screened
from api.screening.tables import ColumnsFault, Tables
from api.screening.thresholds import PARAMETER, ThresholdFault, adjusted, in_force
from api.words import word

EXAMPLE = (
    "example: rx profile audit/log D990000000001\n"
    "         rx profile columns 87af78e3.4e96…9f    an insured person, by tag (rx screen)\n"
    "who holds the same log gets the same bytes with --json\n"
    "verify it first: rx-verify log audit/log --trust trust.json"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx profile`."""
    parser.add_argument("log", type=Path, metavar="LOG", help="an exported log, or columns")
    parser.add_argument("subject", metavar="CODE", help="of whom a measure may concern; in columns a tag")
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
    if (options.log / "sales.parquet").is_file():
        found = _insured(options)
        tell(options, found, "\n".join(_insured_lines(found, language())))
        return EXIT_OK
    try:
        with exported(options.log) as entries:
            genesis = next(entries)
            local = local_time(genesis)
            found = profile(chain([genesis], entries), options.subject, options.window_days)
    except ProfileFault as fault:
        raise CommandError(str(fault), "give a registered code, a vendor's too") from None
    tell(options, found, "\n".join(_lines(found, language(), local)))
    return EXIT_OK


def _insured(options: argparse.Namespace) -> dict[str, Any]:
    """Return the profile of an insured person, from columns, with the thresholds that are in force."""
    try:
        rules = in_force(options.log)
        screens = [one for one in adjusted(rules.get(PARAMETER, ())) if "patient" in one.subject.split("@")]
        tables = Tables(options.log)
        results = list(screened(tables, screens=screens))
        found = insured(tables, results, options.subject, options.window_days)
    except NobodyFault as fault:
        raise CommandError(str(fault), "take the tag of a patient from rx screen --json") from None
    except (ColumnsFault, ThresholdFault) as fault:
        raise CommandError(
            str(fault), "write the folder with rx columns (a ledger's own) or rx evaluate --columns"
        ) from None
    named = {name: rules[name] for name in ("rulebook", "version", "knowledge") if name in rules}
    return {**found, "rules": named, "appeal": APPEAL}


def _insured_lines(found: Mapping[str, Any], told_in: str) -> Iterator[str]:
    chinese = told_in == "zh"
    comma, colon = ("，", "：") if chinese else (", ", ": ")
    window = f"{found['window_days']} {'天' if chinese else 'days'}"
    head = (f"{found['subject']} ({word(found['role'], chinese)})", window, found["as_of"])
    numbers = (f"{word(name, chinese)} {value:g}" for name, value in found["numbers"].items())
    yield f"{comma.join(head)}{colon}{comma.join(numbers)}"
    for one in found["drugs"]:
        written, taken = ("开具", "购买") if chinese else ("prescribed", "bought")
        days, packs = ("天", "盒") if chinese else (" days", " packs")
        told = (f"{written} {one['days_prescribed']:g}{days}", f"{taken} {one['days_bought']:g}{days}")
        taken = f"{one['packs']:g}{packs}"
        yield f"  {one['drug']:<26}{comma.join((*told, taken))}"
    for one in found["features"]:
        first = ", ".join(str(entry) for entry in one["entries"][:4])
        entries, until = ("账目", "有效至") if chinese else ("entries", "until")
        measured = f"{word(one['class'], chinese)} {one['measure']:g} / {one['limit']:g}"
        yield f"  {one['code']:<26}{measured}  {one[told_in]}"
        yield f"  {'':<26}{entries} {first}; {until} {one['expires'][:10]}"
    yield found["appeal"][told_in]


def _lines(found: Mapping[str, Any], told_in: str, local: Callable[[str], str]) -> Iterator[str]:
    chinese = told_in == "zh"
    comma, colon = ("，", "：") if chinese else (", ", ": ")
    window = f"{found['window_days']} {'天' if chinese else 'days'}"
    acts = f"{found['acts']} {'项业务' if chinese else 'acts'}"
    head = (f"{found['subject']} ({word(found['role'], chinese)})", window, local(found["as_of"]))
    yield f"{comma.join(head)}{colon}{acts}"
    for one in found["features"]:
        first = ", ".join(str(entry) for entry in one["entries"][:4]) + (" …" if one["times"] > 4 else "")
        yield f"  {one['code']:<30}{one['times']:>5}  {word(one['class'], chinese):<10} {one[told_in]}"
        entries, until = ("账目", "有效至") if chinese else ("entries", "until")
        rules, day = ", ".join(one["rules"]), local(one["expires"])[:10]
        yield f"  {'':<30}{'':>5}  {rules}; {entries} {first}; {until} {day}"
    for one in found["measures"]:
        members = (one[name] for name in ("step", "finding", "reason") if name in one)
        said = " ".join(word(str(member), chinese) for member in members)
        yield f"  {word(one['type'], chinese):<30}{one['entry']:>5}  {local(one['time'])[:10]} {said}"
    yield found["appeal"][told_in]
