"""`rx submit`: sends a submission, prints the verdict and keeps the receipt."""

from __future__ import annotations

import argparse
import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from api.client.http import Answer, Client, Problem
from api.command.member import advised, asking, member, reason, require_origin, titled
from api.command.output import (
    EXIT_OK,
    EXIT_REFUSED,
    CommandError,
    in_language,
    language,
    read_file,
    tell,
    warn,
    write_new,
)
from api.command.sign import require_fitting
from api.words import word
from contracts.errors import Rejected
from contracts.statements import submission
from contracts.time import to_text

OUTCOMES = {
    "accepted": "已入账",
    "held": "已入账，暂存待核查",
    "committed before": "此前已入账",
    "refused": "被拒绝",
}
_BEFOREHAND = {"accepted": "预计可入账", "held": "预计入账后暂存待核查", "refused": "预计被拒绝"}
EXAMPLE = (
    "examples:\n"
    "  rx submit --url http://127.0.0.1:8080 --key keys/P99000000001.json submission.json\n"
    "  rx sign draft.json … | rx submit --url … --key … --receipt sale.tlog-proof --entry sale.entry -\n"
    "exit code 0 when committed or already committed, 1 when refused"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx submit`."""
    add_ledger(parser)
    parser.add_argument("submission", type=Path, metavar="FILE", help="- for standard input")
    parser.add_argument(
        "--check", action="store_true", help="ask for the verdict on an unsigned one, write nothing"
    )
    parser.add_argument(
        "--move-clock", action="store_true", help="sandbox: set the ledger's clock to the statement's time"
    )
    parser.add_argument("--receipt", type=Path, metavar="FILE", help="new file for the tlog-proof")
    parser.add_argument("--entry", type=Path, metavar="FILE", help="new file for the entry that it proves")


def add_ledger(parser: argparse.ArgumentParser) -> None:
    """Declare --url and --key."""
    parser.add_argument("--url", required=True, help="address of the ledger")
    parser.add_argument(
        "--key", required=True, type=Path, metavar="FILE", help="your organisation's key file <code>.json"
    )


def run(options: argparse.Namespace) -> int:
    """Send, print the verdict, and return 0 when it is committed (or would be), 1 when refused."""
    body = read_file(options.submission, "the submission")
    if not body.strip():
        raise CommandError("the submission is empty", "look at the step before: rx sign prints one")
    require_no_draft(body, options.submission)
    with asking(options, member(options.url, options.key)) as client:
        if options.check:
            return told_check(options, client.check(body))
        _require_fitting(options, client, body)
        if options.move_clock:
            claimed = submission.parse(body).payload.get("iat")
            move_clock(options, client, claimed if isinstance(claimed, int) else None, options.submission)
        answer = client.submit(body)
    _keep(options, answer.body)
    tell(options, answer.body, describe(answer))
    return EXIT_OK


def require_no_draft(body: bytes, path: Path) -> None:
    """Raises CommandError for a draft: it has no payload yet, and no source system that lacks the field."""
    try:
        found = json.loads(body)
    except ValueError:
        return
    if isinstance(found, dict) and "type" in found and "payload" not in found:
        raise CommandError(f"{path} is a draft, not a submission", "rx sign makes a submission of it")


def _require_fitting(options: argparse.Namespace, client: Client, body: bytes) -> None:
    """Return unless the ledger would refuse this, for ever, for a slip. Raises CommandError.

    A body without the form of a submission is the ledger's to judge: it keeps nothing of it.
    """
    try:
        found = submission.parse(body, unsigned_allowed=True)
    except Rejected:
        return
    require_origin(client, found.payload.get("aud"))
    signed = any(one.signature for one in found.elements)
    named: Any = found.payload.get("signers", []) if signed else []
    try:
        signers = [(one["code"], one["role"]) for one in named]
    except (KeyError, TypeError):
        return
    require_fitting(options, found.type, found.payload, signers)


def move_clock(options: argparse.Namespace, client: Client, claimed_s: int | None, path: Path) -> None:
    """Set a sandbox's clock to the claimed time of what is in `path`: it only goes forward.

    Without such a time it stays: it is never set to one of our own.
    """
    if claimed_s is None:
        return
    try:
        client.set_clock(to_text(claimed_s * 1000))
    except Problem as problem:
        if problem.code != "TIME_ORDER":
            raise
        later = "the sandbox clock is later than this message, and stays"
        warn(options, f"{path}: {later}", f"{path}：沙箱时钟已晚于该报文，保持不变")


def describe(answer: Answer) -> str:
    """Return a committed statement's answer as lines to read."""
    body = answer.body
    flags = map(_flag, body["verdict"]["flags"])
    outcome = "committed before" if answer.replayed else str(body["outcome"])
    first = _standing(outcome, body["id"], body["index"])
    return "\n".join([first, *(f"  {in_language('flag', '标记')} {flag}" for flag in flags)])


def _standing(outcome: str, identifier: str, index: int) -> str:
    return in_language(
        f"{outcome}: entry {index}, id {identifier}",
        f"{OUTCOMES[outcome]}：第 {index} 条账目，编号 {identifier}",
    )


def _flag(flag: Mapping[str, Any]) -> str:
    return f"{flag['code']} ({word(flag['class'], language() == 'zh')}) {titled(flag['code'])}"


def told_check(options: argparse.Namespace, verdict: Mapping[str, Any]) -> int:
    """Print what a check beforehand found; return 0 where it would be committed, 1 where refused."""
    outcome = str(verdict.get("outcome", ""))
    codes = ", ".join(str(code) for code in verdict.get("codes", ()))
    first = in_language(f"would be {outcome}", _BEFOREHAND.get(outcome, outcome))
    if "committed" in verdict:
        first = _standing("committed before", str(verdict["id"]), verdict["committed"]["index"])
    drugs = map(_lasts, verdict.get("outlook", ()))
    lines = [f"{first}: {codes}" if codes else first, *_reasons(verdict), *drugs]
    tell(options, verdict, "\n".join(lines))
    return EXIT_REFUSED if outcome == "refused" else EXIT_OK


def _reasons(verdict: Mapping[str, Any]) -> Iterator[str]:
    """Each finding's rule and sentence, then what to do about each code."""
    yield from map(reason, verdict.get("findings", ()))
    for code in verdict.get("codes", ()):
        yield in_language(f"  fix of {code}: {advised(code)}", f"  {code} 的处理：{advised(code)}")


def _lasts(outlook: Mapping[str, Any]) -> str:
    """One drug of the outlook: for how many days it lasts, and from when it may be bought again."""
    drug, days = outlook["drug"], outlook["days"]
    # A server of before tells no local dates.
    following = outlook.get("next_date", outlook["next"])
    until = outlook.get("covered_until_date", outlook.get("covered_until", ""))
    english = f"; earlier purchases last until {until}" if until else ""
    chinese = f"；此前所购可用至 {until}" if until else ""
    return in_language(
        f"  {drug}: lasts {days} days, may be bought again from {following}{english}",
        f"  {drug}：可用 {days} 天，最早 {following} 可再次购买{chinese}",
    )


def _keep(options: argparse.Namespace, body: Mapping[str, Any]) -> None:
    if options.receipt is not None:
        write_new(options.receipt, str(body["receipt"]).encode())
    if options.entry is not None:
        write_new(options.entry, base64.b64decode(str(body["entry"])))
