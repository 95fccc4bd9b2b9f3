"""`rx erase`: what came with a statement is erased for good, and every proof still holds.

What one consultation brought about lies under one key: conversation, prescriptions, reviews and sales go
together. The log keeps their digests, which open nothing. Within the years of the law it goes only for a
reason, which is told and stored nowhere.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

from api.command import chinese, retention
from api.command.output import EXIT_OK, CommandError, tell
from api.command.retention import Kept
from api.command.service import open_ledger
from api.logged import statement_of
from contracts.time import to_text
from ledger.local import Ledger

EXAMPLE = (
    "example: rx erase --folder ledger 4e0f…c2            shows what would go\n"
    "         rx erase --folder ledger 4e0f…c2 --yes      erases it\n"
    "         rx erase --folder ledger 4e0f…c2 --yes --reason \"court order 12\"\n"
    "backups of keys.db still open what was erased: let them expire"
)
_ID = re.compile(r"[0-9a-f]{64}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx erase`."""
    parser.add_argument("--folder", type=Path, required=True, help="a ledger that no `rx serve` uses now")
    parser.add_argument("statement", metavar="ID", help="of a statement, or of one that was refused")
    parser.add_argument("--yes", action="store_true", help="erase it; without this only show what would go")
    why = "why it goes before the law's years are over"
    parser.add_argument("--reason", default="", metavar="TEXT", help=why)


def run(options: argparse.Namespace) -> int:
    """Show, or erase and show, what lies under the statement's key, and return 0."""
    if not _ID.fullmatch(options.statement):
        raise CommandError("an id is 64 lower-case hex digits", "take it from rx submit or a lookup")
    ledger, _ = open_ledger(options.folder)
    try:
        found = ledger.under_one_key(options.statement)
        if not found:
            raise CommandError(
                f"nothing that came with {options.statement} can be opened",
                "it disclosed nothing, is not in this ledger, or was erased already",
            )
        held = retention.kept(ledger, found)
        told = {**_told(ledger, found), **_law(held), "reason": options.reason.strip()}
        if options.yes:
            _require_free(held, retention.today(ledger), told["reason"])
            for name in found:
                ledger.erase(name)
    finally:
        ledger.close()
    tell(options, {**told, "id": options.statement, "erased": options.yes}, *_lines(told, options.yes))
    return EXIT_OK


def _require_free(held: Kept | None, today: str, reason: str) -> None:
    """Return where the law's years are over or a reason is given. Raises CommandError."""
    if held is not None and today <= held.until and not reason:
        raise CommandError(
            f"the law wants this kept until {held.until}: {held.why}",
            "wait until that day is over, or say with --reason TEXT why it goes before",
        )


def _law(held: Kept | None) -> dict[str, str | None]:
    return {"kept_until": held.until if held else None, "kept_as": held.why if held else None}


def _told(ledger: Ledger, found: dict[str, list[int]]) -> dict[str, Any]:
    entries = sorted(index for indexes in found.values() for index in indexes)
    read = [json.loads(ledger.entry(index)) for index in entries]
    times = [int(entry["time"]) for entry in read]
    types = sorted({_type(entry) for entry in read})
    return {"entries": entries, "types": types, "first": to_text(min(times)), "last": to_text(max(times))}


def _type(entry: dict[str, Any]) -> str:
    if "refused" in entry:
        return str(entry["refused"]["type"])
    return str(statement_of(entry)[1]["type"])


def _lines(told: dict[str, Any], erased: bool) -> tuple[str, str]:
    """What is told in English and in Chinese."""
    count, types = len(told["entries"]), ", ".join(told["types"])
    entries, span = ", ".join(map(str, told["entries"])), f"{told['first'][:10]} – {told['last'][:10]}"
    en, zh = _ending(told, erased)
    if erased:
        return (
            f"erased: the content of {count} entries ({entries}), {span}: {types}{en}",
            f"已删除 {count} 条账目（{entries}）的内容，{span}：{types}{zh}",
        )
    return (
        f"would erase the content of {count} entries ({entries}), {span}: {types}\n{en}",
        f"将删除 {count} 条账目（{entries}）的内容，{span}：{types}\n{zh}",
    )


def _ending(told: dict[str, Any], erased: bool) -> tuple[str, str]:
    """The reason of what is erased; of what would be, until when the law wants it and what erases it."""
    reason, until, why = told["reason"], told["kept_until"], told["kept_as"]
    if erased:
        return (f"\nreason: {reason}", f"\n理由：{reason}") if reason else ("", "")
    if until is None:
        return "no row of the law wants it kept; --yes erases it", "法规未规定其保存年限；加 --yes 执行删除"
    return (
        f"the law wants it kept until {until}: {why}; --yes erases it then, and before with --reason TEXT",
        f"依法须保存至 {until}：{chinese.in_chinese(why)}；"
        "期满后加 --yes 执行删除，提前删除须另加 --reason 理由",
    )
