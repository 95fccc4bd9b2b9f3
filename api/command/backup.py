"""`rx backup`: a copy of a ledger's folder, taken while `rx serve` goes on.

The ledger answers all the while; what comes during the copy is not in it. The published log is not copied: it
is written anew from the entries when the copy is served.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from api.command.output import EXIT_OK, CommandError, tell
from ledger.backup import WAIT_S, back_up
from ledger.errors import AlreadyExists, CannotStart

EXAMPLE = (
    "example: rx backup --folder ledger --to backups/monday\n"
    "to restore: put the copy in the folder's place and start rx serve\n"
    "it does not start where a witness has cosigned more than the copy holds"
)

WAIT_S_MAX = 86_400.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx backup`."""
    parser.add_argument("--folder", required=True, type=Path, help="the ledger's folder, served or not")
    parser.add_argument("--to", required=True, type=Path, metavar="DIR", help="new folder for the copy")
    parser.add_argument(
        "--wait-s",
        type=_seconds,
        default=WAIT_S,
        metavar="S",
        help="how long to wait for the ledger that runs (%(default)g)",
    )


def _seconds(text: str) -> float:
    value = float(text)  # argparse tells what is no number
    if not 0 <= value <= WAIT_S_MAX:
        raise argparse.ArgumentTypeError(f"a number of seconds from 0 to {WAIT_S_MAX:g}")
    return value


def run(options: argparse.Namespace) -> int:
    """Write the copy and return 0."""
    try:
        copied = back_up(options.folder, options.to, options.wait_s)
    except AlreadyExists as error:
        raise CommandError(str(error), "name a new folder with --to") from None
    except CannotStart as error:
        raise CommandError(str(error), "mend that, then try again: nothing was changed") from None
    except OSError as error:
        raise CommandError(f"the copy cannot be written ({error.strerror})", "see disk and rights") from None
    size = f"{copied / 1e6:,.1f} MB"
    tell(
        options,
        {"folder": str(options.to), "bytes": copied},
        f"{size} in {options.to}, of one moment\n"
        "Keep it as you keep the ledger: its keys are in it, and what is erased later is not erased there.",
        f"{size} 已备份到 {options.to}，内容属同一时刻\n"
        "请与账本同等保管：其中含有密钥；此后在账本中删除的内容，在备份中仍然存在，备份应定期清除。",
    )
    return EXIT_OK
