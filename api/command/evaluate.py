"""`rx evaluate`: the contracts over a generated year: what they catch, whom they accuse wrongly."""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from api.command.generate import EVENTS, REGISTRY
from api.command.output import EXIT_OK, CommandError, read_file, tell
from api.province.cast import drugs
from api.province.columns import Columns
from api.province.history import Expected, compared
from api.province.score import Score
from api.province.trial import Trial

_INTERVAL = f"{'95 % interval':<18}"
_WIDE = 9 + 3 + 18  # of a share with its interval
EXAMPLE = "example: rx generate --seed 7 --statements 100000 --out province && rx evaluate province"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx evaluate`."""
    parser.add_argument("year", type=Path, metavar="FOLDER", help="made by rx generate")
    parser.add_argument("--columns", type=Path, metavar="FOLDER", help="write the columns and screen them")


def run(options: argparse.Namespace) -> int:
    """Print the table and return 0; the figures are the answer, whatever they are."""
    if not (options.year / EVENTS).is_file():
        raise CommandError(f"{options.year} holds no year", "make one with rx generate")
    try:
        registry = json.loads(read_file(options.year / REGISTRY, "the registry"))
        events = _events(options.year / EVENTS)
        started = time.perf_counter()
        expected = Expected(registry)
        found = _run(registry, events, options.columns, expected)
    except (OSError, ValueError, KeyError) as error:
        raise CommandError(f"{options.year} holds no year: {error}", "make one with rx generate") from None
    took_s = time.perf_counter() - started
    told = {**found.told(), "seconds": round(took_s, 1)}
    if options.columns is not None:
        told["screening"] = list(compared(options.columns, expected))
    tell(options, told, "\n".join(table(told)))
    return EXIT_OK


def _run(
    registry: Mapping[str, Any], events: Iterator[dict[str, Any]], folder: Path | None, expected: Expected
) -> Score:
    found, trial = Score(), Trial(registry)
    columns = Columns(registry, {one.code: one for one in drugs()}) if folder else None
    for tried in trial.run(events):
        found.count(tried)
        expected.take(tried)
        if columns is not None:
            columns.take(tried)
        if found.statements % 10_000 == 0 and sys.stderr.isatty():
            print(f"\r{found.statements:,} statements", end="", file=sys.stderr, flush=True)
    if columns is not None and folder is not None:
        columns.write(folder)
    return found


def _events(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def table(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the report."""
    rate = told["statements"] / max(told["seconds"], 0.1)
    yield (
        f"{told['statements']:,} statements judged in {told['seconds']} s ({rate:,.0f}/s): "
        f"{told['accepted']:,} accepted, {told['statements'] - told['accepted']:,} not"
    )
    if told["outside"]:
        yield f"besides them {told['outside']:,} acts happened outside the ledger, which judges none of these"
    yield ""
    yield f"{'case':<6}{'code':<30}{'caught':>8}{'of':>7}{'recall':>9}   {_INTERVAL}   by"
    for one in told["cases"]:
        caught = f"{one['case']:<6}{one['code']:<30}{one['hits']:>8}{one['of']:>7}{_share(one):<{_WIDE}}"
        yield f"{caught}   {', '.join(one['rules'])}".rstrip()
    yield ""
    yield from _without_case(told)
    yield ""
    yield f"{'look-alike':<36}{'accused':>7} {'of':>7}{'share':>9}   95 % interval"
    for one in told["lookalikes"]:
        yield f"{one['kind']:<36}{one['hits']:>7} {one['of']:>7}{_share(one)}"
    for name, words in (("false_alarms", "all honest acts"), ("false_alarms_at_sales", "honest dispensings")):
        one = told[name]
        yield f"{words:<36}{one['hits']:>7} {one['of']:>7}{_share(one)}"
    yield ""
    for one in told["accused"]:
        yield f"accused wrongly: {one['code']} {one['count']} times ({one['who']}), first {one['first']}"
    of_screens = sum(told["only_screening_sees"].values())
    yield f"not for single acts: {of_screens} acts that only screens see (--columns)"
    if "screening" in told:
        yield ""
        yield (
            f"{'screen':<20}{'class':<13}{'found':>6}{'of':>5}{'recall':>9}   {'95 % interval':<20}"
            f"{'look-alikes named':>17}   honest named besides"
        )
    for one in told.get("screening", ()):
        yield _screened(one)


def _without_case(told: Mapping[str, Any]) -> Iterator[str]:
    """Which rules caught no injected act: nothing is known here of what they miss."""
    rules = told["rules_without_case"]
    yield f"rules without an injected case, whose recall is not known: {len(rules)} of {told['rules']}"
    for place in range(0, len(rules), 10):
        yield f"  {', '.join(rules[place : place + 10])}"
    absent = told["rules_not_in_year"]
    yield f"rules that cannot come up in the year, whose tests RULES.md names: {len(absent)}"
    for one in absent:
        yield f"  {one['rule']:<14}{one['why']}"


def _screened(one: Mapping[str, Any]) -> str:
    """A screen's line: recall, look-alikes that it named, and whom it accused or noted besides."""
    between = f"{one['low']:.2%} to {one['high']:.2%}" if one["of"] else ""
    recall = f"{one['found'] / one['of']:.2%}" if one["of"] else ""
    alike = f"{one['lookalikes_named']} of {one['lookalikes']}" if one["lookalikes"] else ""
    named = ", ".join(one["honest_accused"][:3]) or "none"
    if one["named_without_accusing"]:
        named = f"{one['named_without_accusing']} noted"
    caught = f"{one['screen']:<20}{one['class']:<13}{one['found']:>6}{one['of']:>5}"
    return f"{caught}{recall:>9}   {between:<20}{alike:>17}   {named}"


def _share(one: Mapping[str, Any]) -> str:
    return f"{one['share']:>9.2%}   {one['low']:.2%} to {one['high']:.2%}"
