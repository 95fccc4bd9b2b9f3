"""`rx referral`: a case with its evidence as a package that another office verifies offline."""

from __future__ import annotations

import argparse
from pathlib import Path

from api.command.exported import exported, local_time
from api.command.output import EXIT_OK, CommandError, tell, warn
from api.reports.referral import ReferralFault, is_cleared, parts, pieces, write
from ledger.export import CHECKPOINT
from ledger.merkle import Tree, leaf_hash
from ledger.note import parse_checkpoint_text, parse_note
from ledger.receipts import for_index

EXAMPLE = (
    "example: rx export --folder ledger audit/log\n         rx referral audit/log --case 5b1f… --out referral"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx referral`."""
    parser.add_argument("log", type=Path, metavar="LOG", help="an exported log (verify it with rx-verify)")
    parser.add_argument("--case", required=True, metavar="ID", help="statement id of the governance.case")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="new folder")


def run(options: argparse.Namespace) -> int:
    """Write the package and return 0."""
    if options.out.exists():
        raise CommandError(f"{options.out} exists already", "name a new folder")
    try:
        with exported(options.log) as all_entries:
            checkpoint = (options.log / CHECKPOINT).read_bytes()
            origin = parse_checkpoint_text(parse_note(checkpoint).text).origin
            entries = list(all_entries)
            local = local_time(entries[0])
            found = pieces(entries, options.case)
            tree = Tree(leaf_hash(entry) for entry in entries)
            receipts = {piece.index: for_index(tree, piece.index, checkpoint) for piece in found}
    except ReferralFault as fault:
        raise CommandError(str(fault), fault.fix) from None
    digest = write(options.out, options.case, origin, found, receipts)
    told = {"folder": str(options.out), "package": digest, "entries": [piece.told() for piece in found]}
    last = f"{len(found)} entries with their proofs in {options.out}; package {digest} (governance.referral)"
    zh = f"{len(found)} 条账目及其证明已写入 {options.out}；包摘要 {digest}（用于 governance.referral）"
    english, chinese = parts(found, local), parts(found, local, chinese=True)
    tell(options, told, "\n".join([*english, last]), "\n".join([*chinese, zh]))
    if is_cleared(found):
        warn(
            options,
            "the case found no violation since it was referred: send this to who has the accusation",
            "案件移送后认定违规不成立：请将本包送交已收到移送材料的单位",
        )
    return EXIT_OK
