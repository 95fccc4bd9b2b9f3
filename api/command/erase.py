"""`rx erase`: what came with a statement is erased for good, and every proof still holds.

What one consultation brought about lies under one key: conversation, prescriptions, reviews and sales go
together. The log keeps their digests, which open nothing.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

from api.command.output import EXIT_OK, CommandError, tell
from api.command.service import open_ledger
from api.logged import statement_of
from contracts.time import to_text
from ledger.local import Ledger

EXAMPLE = (
    "example: rx erase --folder ledger 4e0f…c2            shows what would go\n"
    "         rx erase --folder ledger 4e0f…c2 --yes      erases it\n"
    "backups of keys.db still open what was erased: let them expire"
)
_ID = re.compile(r"[0-9a-f]{64}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx erase`."""
    parser.add_argument("--folder", type=Path, required=True, help="a ledger that no `rx serve` uses now")
    parser.add_argument("statement", metavar="ID", help="of a statement, or of one that was refused")
    parser.add_argument("--yes", action="store_true", help="erase it; without this only show what would go")


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
        told = _told(ledger, found)
        if options.yes:
            for name in found:
                ledger.erase(name)
    finally:
        ledger.close()
    tell(options, {**told, "id": options.statement, "erased": options.yes}, *_lines(told, options.yes))
    return EXIT_OK


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
    if erased:
        return (
            f"erased: the content of {count} entries ({entries}), {span}: {types}",
            f"已删除 {count} 条账目（{entries}）的内容，{span}：{types}",
        )
    return (
        f"would erase the content of {count} entries ({entries}), {span}: {types}\n"
        "records of online care are kept for 15 years, prescriptions for 1 to 3 (R8, R9); --yes erases them",
        f"将删除 {count} 条账目（{entries}）的内容，{span}：{types}\n"
        "互联网诊疗记录须保存15年，处方须保存1至3年（R8、R9）；加 --yes 执行删除",
    )
