"""`rx sample`: a queue for audits, drawn so that anybody can draw it again."""

from __future__ import annotations

import argparse
import json
from itertools import islice
from pathlib import Path
from typing import Any

from api.command.exported import exported
from api.command.output import (
    EXIT_OK,
    EXIT_REFUSED,
    CommandError,
    in_language,
    language,
    read_file,
    tell,
    warn,
)
from api.reports.sampling import draw, table, weights
from ledger.merkle import Tree, leaf_hash
from ledger.note import Checkpoint, NoteInvalid, parse_checkpoint_text, parse_note

EXAMPLE = (
    "example: rx sample audit/log --seed-from audit/log/checkpoint --count 20 --json > queue.json\n"
    "         rx sample audit/log --seed-from audit/log/checkpoint --count 20 --check queue.json\n"
    "announce beforehand which cosigned checkpoint will be the seed; verify it with rx-verify"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx sample`."""
    parser.add_argument("log", type=Path, metavar="LOG", help="an exported log (verify it with rx-verify)")
    parser.add_argument("--seed-from", type=Path, required=True, metavar="CHECKPOINT", help="of this log")
    parser.add_argument("--count", type=int, required=True, metavar="N", help="how many acts")
    parser.add_argument("--check", type=Path, metavar="FILE", help="compare with a list printed with --json")


def run(options: argparse.Namespace) -> int:
    """Print the queue and return 0. Raises CommandError, also where a given list is another one."""
    if options.count < 1:
        raise CommandError("--count must be at least 1", "say how many acts are to be audited")
    checkpoint = _checkpoint(options.seed_from)
    with exported(options.log) as all_entries:
        entries = list(islice(all_entries, checkpoint.size))
        same = Tree(leaf_hash(entry) for entry in entries).root() == checkpoint.root
        weighed = weights(entries) if same else []
    if not same or len(entries) != checkpoint.size:
        raise CommandError("the checkpoint is not of this log", "export the log anew, or name its checkpoint")
    drawn = draw(weighed, checkpoint.root, options.count)
    told: dict[str, Any] = {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "seed": checkpoint.root.hex(),
        "acts": len(weighed),
        "drawn": [one.told() for one in drawn],
    }
    _warn_of_few(options, len(drawn))
    lines = list(table(drawn, language() == "zh"))
    if options.check:
        _compare(read_file(options.check, "the list"), told)
        told = {**told, "same": True}
        lines.append(in_language("same list: the seed draws it again", "名单一致：与该种子抽取结果相同"))
    tell(options, told, "\n".join(lines))
    return EXIT_OK


def _warn_of_few(options: argparse.Namespace, drawn: int) -> None:
    if drawn < options.count:
        text = f"the log holds {drawn} acts up to this checkpoint, fewer than {options.count}: all are drawn"
        warn(options, text, f"截至该检查点账本仅有 {drawn} 项业务，少于 {options.count} 项：已全部抽取")


def _checkpoint(path: Path) -> Checkpoint:
    try:
        return parse_checkpoint_text(parse_note(read_file(path, "the checkpoint")).text)
    except (ValueError, NoteInvalid) as error:
        raise CommandError(f"{path} is no checkpoint: {error}", "name a signed checkpoint") from None


def _compare(data: bytes, told: dict[str, Any]) -> None:
    try:
        given = json.loads(data)
    except ValueError:
        raise CommandError("the list is no JSON", "give what rx sample --json printed") from None
    if not isinstance(given, dict) or given.keys() != told.keys():
        raise CommandError("the file is no such list", "give what rx sample --json printed")
    if given != told:
        raise CommandError(
            "the list is not what this seed draws", "draw again with its count and checkpoint", EXIT_REFUSED
        )
