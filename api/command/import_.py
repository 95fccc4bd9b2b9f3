"""`rx import`: national messages become signed submissions and are sent, each once.

The outbox keeps what was signed for which message: the same message sent again after a lost
answer is the same submission, and gets the first receipt. What belongs to a consultation or prescription
of which a message failed is not sent: the ledger would refuse it and accuse whoever signed.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from pathlib import Path

from api.client.desk import Desk
from api.client.http import Problem, Unreachable
from api.client.lookups import LedgerLookups
from api.client.outbox import Outbox
from api.client.signatories import require_signers
from api.client.signing import Person
from api.command.knowledge import add_mapping, drug_codes
from api.command.member import member, refused, require_origin, unanswered
from api.command.output import (
    EXIT_OK,
    EXIT_REFUSED,
    CommandError,
    complain,
    read_file,
    tell,
    write_new,
)
from api.command.sign import add_signers, people, unfit
from api.command.submit import add_ledger, describe, move_clock
from api.national import KINDS, Draft, MessageError, Profile, kind_of, numbers_of
from contracts.statements import submission

PRESCRIPTION = "D001"
EXAMPLE = (
    "examples:\n"
    "  rx import --url http://127.0.0.1:8080 --key keys/P99000000001.json --origin ledger.example/rx \\\n"
    "     --outbox outbox.db --signer pharmacist=keys/Y990000000001.json 7206.json\n"
    "  rx import … --out submissions 7206.json      (signs and keeps, sends nothing)\n"
    "  rx import … --apart 60 backlog/*.json        (after an outage: a prescription a minute)\n"
    f"kinds: {', '.join(KINDS)}"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx import`."""
    add_ledger(parser)
    add_signers(parser)
    parser.add_argument("--origin", required=True, help="of the log")
    parser.add_argument(
        "--outbox", required=True, type=Path, metavar="FILE", help="what was signed for which message"
    )
    parser.add_argument(
        "--kind", choices=tuple(KINDS), help="of the messages, where they do not say it (infno)"
    )
    add_mapping(parser, "the institution's own drug codes in the messages, onto the national ones")
    parser.add_argument("--staff", type=Path, metavar="FILE", help="JSON {certificate number: code}")
    parser.add_argument(
        "--utc-offset-minutes", type=int, default=480, help="of the messages' local times (480)"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="write submissions there instead of sending"
    )
    parser.add_argument(
        "--move-clock",
        action="store_true",
        help="sandbox: set the ledger's clock to each message's time; one without is of the clock's",
    )
    parser.add_argument(
        "--apart",
        type=_seconds,
        default=0,
        metavar="SECONDS",
        help="wait so long between two prescriptions: after an outage, 60 keeps a doctor's pace",
    )
    parser.add_argument("messages", nargs="+", type=Path, metavar="MESSAGE")


def run(options: argparse.Namespace) -> int:
    """Send every message; return 0 when all are committed, 1 when one was refused, unusable or waits."""
    client = member(options.url, options.key)
    outbox = _outbox(options.outbox)
    desk = Desk(
        client.organisation,
        options.origin,
        client,
        outbox,
        LedgerLookups(client, _staff(options.staff)),
        client.clock_s if options.move_clock else lambda: int(time.time()),
        Profile(options.utc_offset_minutes, drug_codes(options.table, options.mapping)),
        _require_signers,
    )
    who = people(options.signer, client.organisation)
    try:
        if options.out is None:
            require_origin(client, options.origin)
        waits = chain((0,), repeat(options.apart))  # before each prescription, the first one apart
        stuck: dict[tuple[str, str], Path] = {}  # number of a consultation or prescription -> what failed
        return max(_in_turn(options, desk, path, who, waits, stuck) for path in options.messages)
    finally:
        outbox.close()
        client.close()


def _require_signers(draft: Draft, who: Sequence[Person]) -> None:
    signers = [(person.code, person.role) for person in who]
    require_signers(draft.type, draft.members, signers, national=True)


def _outbox(path: Path) -> Outbox:
    try:
        return Outbox(path)
    except (sqlite3.Error, OSError) as error:
        raise CommandError(
            f"{path} is no outbox: {error}", "name a new file, or the outbox of before"
        ) from None


def _seconds(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError("must be whole seconds, for instance 60")
    return int(text)


def _in_turn(
    options: argparse.Namespace,
    desk: Desk,
    path: Path,
    who: list[Person],
    waits: Iterator[int],
    stuck: dict[tuple[str, str], Path],
) -> int:
    """Send a message unless an earlier one that it builds on has failed; both are then remembered."""
    message = read_file(path, "the message")
    numbers = numbers_of(message)
    failed = next((stuck[number] for number in sorted(numbers) if number in stuck), None)
    if failed is not None:
        _tell_waiting(options, path, failed)
    elif _one(options, desk, path, message, who, waits) == EXIT_OK:
        return EXIT_OK
    stuck.update((number, failed or path) for number in numbers)
    return EXIT_REFUSED


def _tell_waiting(options: argparse.Namespace, path: Path, failed: Path) -> None:
    if options.json:
        tell(options, {"message": str(path), "outcome": "waiting", "waits_for": str(failed)}, "")
    fix = "put that one right and send both again: what is committed is never sent twice"
    complain(CommandError(f"{path}: waits for {failed}", fix), "rx import", options.json)


def _one(
    options: argparse.Namespace,
    desk: Desk,
    path: Path,
    message: bytes,
    who: list[Person],
    waits: Iterator[int],
) -> int:
    try:
        kind = options.kind or kind_of(message)
        if options.out is not None:
            return _write(options, desk, path, kind, message, who)
        if options.move_clock:
            move_clock(options, desk.client, desk.claimed_time_s(kind, message, who), path)
        if kind == PRESCRIPTION:
            time.sleep(next(waits))
        answer = desk.send(kind, message, who)
    except MessageError as error:
        fault = unfit(options, error)
        complain(CommandError(f"{path}: {fault.cause}", fault.fix), "rx import", options.json)
        return EXIT_REFUSED
    except Problem as problem:
        fault = refused(options, problem, message=str(path))
        complain(CommandError(f"{path}: {fault.cause}", fault.fix), "rx import", options.json)
        return EXIT_REFUSED
    except Unreachable as error:
        raise unanswered(error) from None
    tell(options, {**answer.body, "message": str(path)}, f"{path}: {describe(answer)}")
    return EXIT_OK


def _write(
    options: argparse.Namespace, desk: Desk, path: Path, kind: str, message: bytes, who: list[Person]
) -> int:
    body = desk.submission(kind, message, who)
    identifier = submission.parse(body, unsigned_allowed=True).statement_id
    options.out.mkdir(parents=True, exist_ok=True)
    target = options.out / f"{path.stem}.submission.json"
    write_new(target, body, 0o600)  # personal data stands in it
    tell(
        options,
        {"id": identifier, "file": str(target), "message": str(path)},
        f"{path}: {identifier} in {target}",
        f"{path}：{identifier} 已写入 {target}",
    )
    return EXIT_OK


def _staff(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        found = json.loads(read_file(path, "the list of staff"))
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(code, str) for code in found.values()):
        raise CommandError(f"{path} is no list of staff", 'JSON {"certificate number": "code"}')
    return found
