"""`rx demo`: a working day of two hospitals and three pharmacies, played and audited."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from api.client.http import Problem, Unreachable
from api.command.member import refused, unanswered
from api.command.output import CommandError, language, tell

EXAMPLE = "example: rx demo --out demo-out        (LANG=zh_CN.UTF-8 rx demo for Chinese)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx demo`."""
    parser.add_argument(
        "--day", type=Path, metavar="FOLDER", help="another day: a folder with day.json and cast.json"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("demo-out"),
        metavar="FOLDER",
        help="what it leaves, an earlier demo's replaced (demo-out)",
    )
    parser.add_argument("--language", choices=("en", "zh"), help="instead of the one that LANG names")


def run(options: argparse.Namespace) -> int:
    """Play the day and return 0 if every step came out as expected and the log verified."""
    # It starts processes of its own: loaded only when it is played.
    from api.sandbox import day, demo, output, processes

    try:
        report = partial(tell, options, text="") if options.json else None
        return demo.main(options.day, options.out, options.language or language(), report)
    except day.DayError as fault:
        raise CommandError(str(fault), "name a folder of the form of api/sandbox/corpus/day-one") from None
    except output.OutputFault as fault:
        raise CommandError(str(fault), "name another folder with --out") from None
    except processes.ProcessFault as fault:
        raise CommandError(str(fault), "mend what it tells, then play the day again") from None
    except Problem as problem:
        found = refused(options, problem)  # of the cast, before a step: 1 would say that a step differed
        raise CommandError(found.cause, found.fix) from None
    except Unreachable as fault:
        raise unanswered(fault, "play the day again") from None
