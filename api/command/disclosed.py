"""`rx disclosed`: what a kept submission disclosed, held against the entry that the log has of it.

So a sealed list is opened after its day, or a patient is shown what was written down: the entry holds digests
alone. That the entry is in the log, and since when, `rx-verify receipt` says.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from api.command.output import (
    EXIT_OK,
    EXIT_REFUSED,
    CommandError,
    in_language,
    language,
    read_file,
    tell,
)
from api.words import word
from contracts.facts import Json
from contracts.statements import disclosures, strict_json, submission
from contracts.time import to_text

EXAMPLE = (
    "example: rx disclosed list.submission --entry list.entry\n"
    "rx submit --entry writes the entry; keep the submission: nobody else can open it\n"
    "exit code 1 when the entry is another statement's, or holds no digest of what is disclosed"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx disclosed`."""
    parser.add_argument("submission", type=Path, metavar="FILE", help="the submission as it was sent")
    parser.add_argument("--entry", required=True, type=Path, metavar="FILE", help="its entry")


def run(options: argparse.Namespace) -> int:
    """Print what was disclosed, and return 0 when the entry holds the digest of each group.

    Raises CommandError, and Rejected COMMIT_… for a disclosure of which the entry holds no digest.
    """
    sent = submission.parse(read_file(options.submission, "the submission"))
    time_ms = _time_of(read_file(options.entry, "the entry"), sent.payload_text)
    listed = sent.payload.get("_sd")
    digests = [str(one) for one in listed] if isinstance(listed, list) else []
    opened = disclosures.match(sent.opened, digests, sent.type)
    if not opened:
        raise CommandError("the submission discloses nothing", "name the file that was sent to the ledger")
    told = {"id": sent.statement_id, "type": sent.type, "time": to_text(time_ms), "disclosed": opened}
    tell(options, told, "\n".join(_lines(told, opened)))
    return EXIT_OK


def _time_of(raw: bytes, payload_text: str) -> int:
    """Return when the entry was written. Raises CommandError unless it holds the payload."""
    entry = strict_json.parse(raw, strict_json.ANY_LENGTH)
    statement = entry.get("statement") if isinstance(entry, dict) else None
    time_ms = entry.get("time") if isinstance(entry, dict) else None
    if not isinstance(statement, dict) or not isinstance(time_ms, int):
        raise CommandError("this is no entry of a statement", "name what rx submit --entry wrote")
    if statement.get("payload") != payload_text:
        raise CommandError(
            "the entry is another statement's", "name the entry of this submission", EXIT_REFUSED
        )
    return time_ms


def _lines(told: Mapping[str, object], opened: Mapping[str, Json]) -> Iterator[str]:
    type_ = word(str(told["type"]), language() == "zh")
    time, id_ = told["time"], told["id"]
    yield in_language(f"{type_}, entered {time}, id {id_}", f"{type_}，入账时间 {time}，编号 {id_}")
    yield from (f"  {group}: {json.dumps(value, ensure_ascii=False)}" for group, value in opened.items())
