"""`rx entry`: what an entry of a log is, and the id by which a case names it as evidence.

A finding cites entries by their numbers, a statement names what it rests on by ids. Nothing is verified here
(`rx-verify` does), and what came with the statement is not in the log.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from api.client.http import Client
from api.command.exported import local_time, reading
from api.command.member import asking, member
from api.command.output import EXIT_OK, CommandError, in_language, language, tell
from api.command.submit import OUTCOMES
from api.logged import statement_of
from api.words import word
from contracts.contract import leaf_hash
from contracts.time import to_text
from ledger.export import CHECKPOINT, read_entry, size_in

EXAMPLE = (
    "examples:\n"
    "  rx entry audit/log 72 91\n"
    "  rx entry http://127.0.0.1:8080 72 --key keys/R99000000001.json\n"
    "the id is what governance.case names as evidence"
)
Read = Callable[[str], bytes]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx entry`."""
    parser.add_argument(
        "log", metavar="LOG", help="a ledger's folder, an exported log, or a ledger's address"
    )
    parser.add_argument("numbers", type=_number, nargs="+", metavar="N", help="number of an entry, from 0")
    parser.add_argument("--key", type=Path, metavar="FILE", help="organisation's key file (for an address)")


def run(options: argparse.Namespace) -> int:
    """Print the entries and return 0. Raises CommandError for what is no log, and for a number beyond it."""
    if options.log.startswith(("http://", "https://")):
        with asking(options, _client(options), "check the address with /healthz") as client:
            found, local = _entries(lambda path: client.get(f"/log/{path}"), options)
    else:
        folder = _published(Path(options.log))
        found, local = _entries(lambda path: (folder / path).read_bytes(), options)
    tell(options, {"entries": found}, "\n".join(line for one in found for line in _lines(one, local)))
    return EXIT_OK


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise argparse.ArgumentTypeError("an entry's number, such as 72")
    return int(text)


def _client(options: argparse.Namespace) -> Client:
    if options.key is None:
        raise CommandError("entries are for members only", "name your organisation's key with --key FILE")
    return member(options.log.rstrip("/").removesuffix("/log"), options.key)


def _published(folder: Path) -> Path:
    """Return where the log lies: a ledger's folder, served or not, has it in `log`."""
    inner = folder / "log"
    return inner if (inner / CHECKPOINT).is_file() else folder


def _entries(read: Read, options: argparse.Namespace) -> tuple[list[dict[str, Any]], Callable[[str], str]]:
    """Return what the entries are, and what turns a time of the log into its local time."""
    with reading(options.log):
        size = size_in(read(CHECKPOINT))
        beyond = max(options.numbers)
        if beyond >= size:
            raise CommandError(
                f"no entry {beyond}: the last of this log is {size - 1}",
                "a checkpoint covers an entry a second after it was committed; export the log anew",
            )
        found = [_told(number, read_entry(read, size, number)) for number in options.numbers]
        return found, local_time(read_entry(read, size, 0))


def _told(number: int, raw: bytes) -> dict[str, Any]:
    """Return what an entry says of itself. `codes` are a refusal's, or the flags of what was accepted."""
    entry = json.loads(raw)
    place = {"entry": number, "leaf": leaf_hash(raw), "time": to_text(entry["time"])}
    if "refused" in entry:
        refused = entry["refused"]
        signers = [{"code": code} for code in refused.get("signers", ())]
        told = {"id": refused["digest"], "type": refused["type"], "institution": refused["actor"]}
        return {**place, **told, "signers": signers, "outcome": "refused", "codes": refused["codes"]}
    id_, payload = statement_of(entry)
    told = {"id": id_, "type": payload["type"], "institution": payload["iss"]}
    verdict = entry["verdict"]
    codes = [flag["code"] for flag in verdict["flags"]]
    signers = payload["signers"]
    return {**place, **told, "signers": signers, "outcome": verdict["outcome"], "codes": codes}


def _lines(told: Mapping[str, Any], local: Callable[[str], str]) -> Iterator[str]:
    chinese = language() == "zh"
    codes = f"{in_language(': ', '：')}{', '.join(told['codes'])}" if told["codes"] else ""
    outcome = in_language(told["outcome"], OUTCOMES.get(told["outcome"], ""))
    type_ = word(told["type"], chinese)
    number = in_language(f"entry {told['entry']}", f"账目 {told['entry']}")
    yield f"{number}  {local(told['time'])}  {type_}  {outcome}{codes}"
    signers = in_language(", ", "、").join(_signer(one, chinese) for one in told["signers"]) or "-"
    institution = told["institution"]
    yield in_language(f"  by {institution}; signed by {signers}", f"  机构 {institution}；签名人 {signers}")
    yield f"  {in_language('id', '编号')} {told['id']}"
    yield f"  {in_language('leaf', '叶子')} {told['leaf']}"


def _signer(one: Mapping[str, str], chinese: bool) -> str:
    if "role" not in one:  # a refusal names codes alone
        return one["code"]
    role = word(one["role"], chinese)
    return in_language(f"{one['code']} ({role})", f"{one['code']}（{role}）")
