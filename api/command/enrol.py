"""`rx enrol`: a whole cast onto a sandbox ledger: institutions, people, licences, keys, rulebook, drugs.

In the sandbox alone: here one program holds everybody's key. In production each person's key proves that
it is theirs and an officer vouches, statement by statement (`rx keygen`, `rx sign`, `rx submit`).
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from api.client.http import Problem
from api.command.member import asking, refused
from api.command.output import EXIT_OK, CommandError, tell
from api.genesis import SANDBOX
from api.sandbox.day import Day, DayError, cast_in
from api.sandbox.keys import KeyRing
from api.sandbox.registrar import register
from ledger.errors import NotALedger
from ledger.folder import Config, read_config

EXAMPLE = (
    "example:\n"
    "  rx enrol --url http://127.0.0.1:8080 --folder ledger --keys keys cast.json\n"
    "the form of cast.json is that of api/sandbox/corpus/day-one/cast.json"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx enrol`."""
    parser.add_argument("--url", required=True, help="address of the ledger")
    parser.add_argument("--folder", required=True, type=Path, help="the ledger's: its officers' keys sign")
    parser.add_argument("--keys", required=True, type=Path, metavar="FOLDER", help="where keys are made")
    parser.add_argument("cast", type=Path, metavar="CAST", help="JSON: who takes part, which drugs there are")


def run(options: argparse.Namespace) -> int:
    """Register the cast and return 0; 1 when the ledger refuses one of its statements."""
    try:
        config = read_config(options.folder)
        cast = cast_in(options.cast)
    except NotALedger as error:
        raise CommandError(str(error), "make one with: rx init --profile sandbox") from None
    except DayError as error:
        raise CommandError(str(error), "see api/sandbox/corpus/day-one/cast.json") from None
    if config.profile != SANDBOX:
        raise CommandError("a production ledger holds nobody's keys", "use rx keygen, rx sign, rx submit")
    founders, regulator = options.folder / "keys", cast["regulator"]["code"]
    if not (founders / f"{regulator}.json").is_file():
        raise CommandError(f"the ledger's regulator is not {regulator}", "name that of rx init in the cast")
    _register(options, config, Day((), cast), KeyRing(options.keys, founders, cast))
    people, places = len(cast.get("people", [])), len(cast.get("organisations", []))
    facts = {"organisations": places, "people": people, "keys": str(options.keys)}
    text = f"{places} institutions, {people} people enrolled; their keys are in {options.keys}"
    zh = f"已登记 {places} 家机构、{people} 名人员；密钥在 {options.keys}"
    tell(options, facts, text, zh)
    return EXIT_OK


def _register(options: argparse.Namespace, config: Config, day: Day, ring: KeyRing) -> None:
    now_s = int(time.time()) if config.clock_runs else config.clock_start_ms // 1000
    again = "part of the cast may stand on the ledger already: begin with a new one"
    with asking(options, ring.client(options.url, day.cast["regulator"]["code"]), again) as client:
        try:
            register(day, ring, client, config.origin, now_s)
        except Problem as problem:
            if problem.code != "ID_CONFLICT":
                raise
            told = refused(options, problem)
            fix = "make a new ledger for a whole cast; register whoever is new with rx sign and rx submit"
            raise CommandError(told.cause, fix, told.exit_code) from None
