"""The `rx-verify` command: `log` and `receipt`, both by the reader's own trust file.

Exit codes: 0 verified, 1 refused, 2 could not decide (or the command was used wrongly).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from verifier import chinese
from verifier.errors import FORM, Undecided
from verifier.log_check import Options, check_log
from verifier.parser import Parser
from verifier.progress import ProgressBar
from verifier.receipt_check import check_receipt, read_file, read_keys
from verifier.report import UNDECIDED, Report
from verifier.source import open_source
from verifier.trust import read_trust

_WORKERS_MAX = 8


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verification and return its exit code; everything unforeseen is not verified."""
    options = _parser().parse_args(arguments)
    report = Report(options.command)
    try:
        report = _log(options) if options.command == "log" else _receipt(options)
    except Exception as error:  # the last resort: never a stack trace, never "ok"
        report.fail(error)
    try:
        print(_shown(report, options.json), flush=True)
    except OSError as error:  # Python would complain once more on exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # nobody has left: what was found is on no full disk
            return report.exit_code or UNDECIDED
    return report.exit_code


def _shown(report: Report, as_json: bool) -> str:
    if as_json:
        return report.to_json()
    text = report.to_text(chinese.in_chinese if chinese.wanted() else str)
    # A narrow terminal, or none, must not turn an answer into a fault.
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def run() -> None:
    """Run `main` as a process."""
    sys.exit(main())


def _log(options: argparse.Namespace) -> Report:
    trust = read_trust(options.trust)
    token = _token(options.token_file) if options.token_file else ""
    bar = ProgressBar()
    try:
        source = open_source(options.log, token)
        return check_log(source, trust, Options(options.workers, tuple(options.known), bar))
    finally:
        bar.close()


def _token(path: Path) -> str:
    try:
        return read_file(path, "the token file").decode("ascii").strip()
    except UnicodeDecodeError:
        raise Undecided(FORM, "the token file holds no token") from None


def _receipt(options: argparse.Namespace) -> Report:
    trust = read_trust(options.trust)
    data = read_file(options.receipt, "the receipt")
    entry = read_file(options.entry, "the entry") if options.entry else None
    known = dict(trust.signers)
    for place in options.keys:
        known.update(read_keys(place))
    return check_receipt(data, trust, entry, known)


def _parser() -> Parser:
    parser = Parser(
        prog="rx-verify",
        description="Check a prescription ledger's log or a receipt, trusting only your own trust file.",
        epilog="Exit codes: 0 verified, 1 refused, 2 could not decide.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    _add_log(commands)
    _add_receipt(commands)
    return parser


def _add_log(commands: argparse._SubParsersAction[Parser]) -> None:
    log = commands.add_parser(
        "log",
        help="check a whole log",
        description="Check every entry of an exported folder, or of a log served at an address.",
        epilog="Example: rx-verify log demo-out/log --trust demo-out/trust.json",
    )
    log.add_argument("log", metavar="FOLDER_OR_URL")
    _add_common(log)
    log.add_argument("--workers", type=_workers, default=_default_workers(), metavar="N", help="processes")
    log.add_argument("--token-file", type=Path, metavar="FILE", help="member's token, for an address")
    log.add_argument(
        "--known",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a checkpoint or receipt kept from earlier: the log must still contain it",
    )


def _add_receipt(commands: argparse._SubParsersAction[Parser]) -> None:
    receipt = commands.add_parser(
        "receipt",
        help="check one receipt",
        description="Check that an entry stands in the log, without the log.",
        epilog="Example: rx-verify receipt r.tlog-proof --trust trust.json --entry r.entry",
    )
    receipt.add_argument("receipt", type=Path, metavar="PROOF")
    _add_common(receipt)
    receipt.add_argument("--entry", type=Path, metavar="FILE", help="the entry that the receipt is for")
    receipt.add_argument(
        "--keys",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="an entry that registers a key, or a folder of entries or a log: needed for SM2 signatures",
    )


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--trust", type=Path, required=True, metavar="FILE", help="your trust file")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError("a number from 1 to 64")
    return int(text)


def _default_workers() -> int:
    return min(os.cpu_count() or 1, _WORKERS_MAX)


if __name__ == "__main__":
    run()
