"""A command as a member of the ledger: with an organisation's key, over HTTP."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

from api.client.http import Client, NotTls, Problem, Unreachable
from api.client.signers import SignerFault, access_key
from api.command.chinese import in_chinese
from api.command.output import EXIT_REFUSED, CommandError, in_language, language, tell
from api.words import FACTS, word
from contracts.codes import CODES
from contracts.time import to_text

_KEY = "name a key registered with this ledger, under the address it calls its own, by a clock set right"
_LONGEST_MS = 366 * 24 * 3600 * 1000  # no duration that a rule tells is longer; a time of this century is
_AGAIN = "send the same submission again: that is always safe"


def member(url: str, key_file: Path) -> Client:
    """Return a client for the organisation in `key_file`. Raises CommandError."""
    if not url.startswith(("http://", "https://")):
        raise CommandError(f"{url} is no address", "give it as http://host:port or https://host")
    try:
        organisation, key = access_key(key_file)
    except SignerFault as error:
        raise CommandError(str(error), "name the key file <organisation code>.json") from None
    return Client(url, organisation, key)


@contextmanager
def asking(options: argparse.Namespace, client: Client, again: str = _AGAIN) -> Iterator[Client]:
    """Give the client and close it; a refusal or a lost answer inside the block is the command's error.

    `again` says what to do about a lost answer.
    """
    try:
        yield client
    except Problem as problem:
        raise refused(options, problem) from None
    except Unreachable as error:
        raise unanswered(error, again) from None
    finally:
        client.close()


def require_origin(client: Client, origin: object) -> None:
    """Return when the log that answers is the one signed for. Raises CommandError: nothing was sent.

    The ledger would keep the refusal for ever. Before the first checkpoint it tells no name.
    """
    try:
        known = client.origin()
    except Unreachable as error:
        raise unanswered(error) from None
    if known and origin != known:
        raise CommandError(f"the log at {client.address} is not {origin}", f"its origin is {known}")


def unanswered(error: Unreachable, again: str = _AGAIN) -> CommandError:
    """Return the lost answer as the command's error: the ledger's own cause and advice where it gave them.

    `again` is the advice where nobody did.
    """
    told = _in_language(error.body)
    if isinstance(error, NotTls):
        return CommandError(str(error), "give the address with http://")
    if "detail" not in told or "fix" not in told:
        return CommandError(str(error), again)
    cause = in_language(str(error), in_chinese(str(error)))
    return CommandError(f"{cause}\n  {told['detail']}", str(told["fix"]))


def refused(options: argparse.Namespace, problem: Problem, **facts: str) -> CommandError:
    """Return a refusal as the command's error: each reason, and the server's own advice.

    With --json the whole problem document, and `facts`, are printed on stdout beforehand.
    """
    if options.json:
        tell(options, {**problem.body, **facts}, "")
    told = _in_language(problem.body)
    described = str(problem.body.get("error_description") or "")  # of a token
    detail = str(told.get("detail") or in_language(described, in_chinese(described)))
    fix = str(told.get("fix", _KEY if problem.status == HTTPStatus.UNAUTHORIZED else ""))
    first = in_language("refused: ", "被拒绝：")
    lines = [f"{first}{', '.join(problem.codes)} {detail}".rstrip(), *map(reason, _findings(problem))]
    known = problem.body.get("facts")
    told_of = known.items() if isinstance(known, dict) else ()
    lines += [f"  {_name(name)} {_fact(name, value)}" for name, value in told_of]
    lines += [
        f"  {in_language(f'{name}: ', zh)}{problem.body[name]}"
        for name, zh in (("record", "记录："), ("pointer", "位置："), ("id", "编号："))
        if problem.body.get(name)
    ]
    # The server's own advice is of the first code: what the others ask for is not hidden behind it.
    further = [code for code in problem.codes[1:] if advised(code)]
    lines += [in_language(f"  fix of {one}: ", f"  {one} 的处理：") + advised(one) for one in further]
    return CommandError("\n".join(lines), fix, EXIT_REFUSED)


def titled(code: str) -> str:
    """Return what a code means, in the terminal's language; "" for a code of a newer ledger."""
    row = CODES.get(code)
    return "" if row is None else row.zh_title if language() == "zh" else row.title


def advised(code: str) -> str:
    """Return what to do about a code, in the terminal's language; "" for a code of a newer ledger."""
    row = CODES.get(code)
    return "" if row is None else in_language(row.fix, row.zh_fix)


def reason(finding: Mapping[str, Any]) -> str:
    """Return one finding as a line: the rule, its sentence, its facts."""
    known = finding.get("facts", {})
    # What has its local date beside it is told by that date alone.
    shown = {name: value for name, value in known.items() if f"{name.removesuffix('_ms')}_date" not in known}
    facts = ", ".join(f"{_name(name)} {_fact(name, value)}" for name, value in shown.items())
    sentence = str(_in_language(finding).get("detail", ""))
    return f"  {finding.get('rule')}: {sentence}{f' ({facts})' if facts else ''}"


def _name(fact: str) -> str:
    plain = fact.removesuffix("_ms")
    return FACTS.get(plain, plain) if language() == "zh" else plain


def _fact(name: str, told: object) -> str:
    """Return a fact as people read it: milliseconds are a time or a number of seconds."""
    if name.endswith("_ms") and isinstance(told, int):
        return to_text(told) if told > _LONGEST_MS else f"{told / 1000:g} s"
    value = str(told)
    if value in CODES:
        return f"{value} {titled(value)}"
    # A member is looked up in the draft, where it has its own name in every language.
    return word(value, language() == "zh" and name != "member")


def _findings(problem: Problem) -> list[Mapping[str, Any]]:
    found = problem.body.get("findings")
    return found if isinstance(found, list) else []


def _in_language(told: Mapping[str, Any]) -> Mapping[str, Any]:
    chinese = told.get("zh")
    return chinese if language() == "zh" and isinstance(chinese, dict) else told
