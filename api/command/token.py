"""`rx token`: an access token for five minutes, for other programs that ask the ledger as a member."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from api.command.member import asking, member
from api.command.output import EXIT_OK, CommandError, read_file, tell, write_new
from api.command.submit import add_ledger

EXAMPLE = (
    "example: rx token --url http://127.0.0.1:8080 --key keys/P99000000001.json --out token\n"
    "then:    rx-verify log http://127.0.0.1:8080/log --trust trust.json --token-file token\n"
    "whoever holds a token may read and submit as your organisation until it ends"
)


_TOKEN = re.compile(rb"[A-Za-z0-9_-]{43}\s*")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx token`."""
    add_ledger(parser)
    what = "readable by you alone; an earlier token is replaced"
    parser.add_argument("--out", type=Path, metavar="FILE", help=what)


def run(options: argparse.Namespace) -> int:
    """Print the token and return 0."""
    if options.out is not None:
        _require_no_other_file(options.out)
    with asking(options, member(options.url, options.key), "ask again in a moment") as client:
        token = client.token()
    if options.out is not None:
        options.out.unlink(missing_ok=True)  # an older token ends by itself: nothing is lost
        write_new(options.out, token.encode(), 0o600)
        zh = f"五分钟有效的令牌已写入 {options.out}"
        tell(options, {"file": str(options.out)}, f"a token for five minutes in {options.out}", zh)
        return EXIT_OK
    tell(options, {"access_token": token, "organisation": client.organisation}, token)
    return EXIT_OK


def _require_no_other_file(path: Path) -> None:
    """Return when nothing is lost by writing there: a key under that name would be gone for good."""
    if path.exists() and not _TOKEN.fullmatch(read_file(path, "the earlier token")):
        raise CommandError(f"{path} exists already", "it is no token and never replaced: name another file")
