"""`rx serve`: one ledger over HTTP, published and cosigned beside the answers, until it is stopped.

The one place where ledger, server and cosigning meet.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from api import logging_setup
from api.command.output import EXIT_OK, CommandError, address, tell
from api.command.service import open_ledger, policy_of
from api.cosigning import Cosigner
from api.server import create
from api.server import run as run_server
from api.settings import Settings
from api.witness_policy import PolicyError, WitnessPolicy, parse_witness, quorum_of
from contracts.time import to_text
from ledger.clock import SandboxClock
from ledger.local import Ledger

EXAMPLE = (
    "examples:\n"
    "  rx serve --folder ledger --listen 127.0.0.1:8080\n"
    "  rx serve --folder ledger --listen 127.0.0.1:8080 --public-url https://ledger.example\n"
    "stops on SIGTERM or SIGINT, answering what is under way"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx serve`."""
    parser.add_argument("--folder", required=True, type=Path, help="made by rx init")
    parser.add_argument(
        "--listen",
        type=address,
        default=("127.0.0.1", 8080),
        metavar="HOST:PORT",
        help="127.0.0.1:8080; port 0 takes a free one",
    )
    parser.add_argument("--public-url", metavar="URL", help="address that clients use (http://HOST:PORT)")
    parser.add_argument(
        "--witness",
        action="append",
        default=[],
        metavar="NAME=VKEY@URL",
        help="ask these instead of those of trust.json",
    )
    parser.add_argument("--quorum", type=int, metavar="K", help="how many of --witness (more than half)")


def run(options: argparse.Namespace) -> int:
    """Serve until a signal ends it, close the ledger, and return 0."""
    logging_setup.configure()
    ledger, clock = open_ledger(options.folder)
    try:
        _serve(options, ledger, clock if isinstance(clock, SandboxClock) else None, _policy(options))
    finally:
        ledger.close()
    return EXIT_OK


def _serve(
    options: argparse.Namespace, ledger: Ledger, clock: SandboxClock | None, policy: WitnessPolicy
) -> None:
    host, port = options.listen
    public_url = (options.public_url or _url(host, port)).rstrip("/")
    if not public_url.startswith(("http://", "https://")):
        raise CommandError(f"--public-url {public_url} is no address", "give http(s)://host")
    settings = Settings(public_url, sandbox=clock is not None)
    cosigner = Cosigner(policy, ledger) if any(one.url for one in policy.witnesses) else None
    try:
        run_server(
            create(ledger, settings, cosigner, clock),
            host,
            port,
            lambda taken: _ready(options, ledger, clock, taken),
        )
    except (OSError, SystemExit):  # uvicorn leaves with SystemExit where it cannot bind
        raise CommandError(f"{host}:{port} cannot be listened on", "free the port, or name another") from None


def _ready(options: argparse.Namespace, ledger: Ledger, clock: SandboxClock | None, port: int) -> None:
    url = _url(options.listen[0], port)
    sandbox = " SANDBOX" if ledger.config.profile == "sandbox" else ""
    facts = {"listening": url, "origin": ledger.config.origin, "size": ledger.size}
    lines = [f"{ledger.config.origin}{sandbox}, {ledger.size} entries, listening on {url}"]
    if clock is not None and not clock.runs:
        facts["clock_stands_at"] = to_text(clock.now_ms())
        lines.append(f"sandbox clock stands at {facts['clock_stands_at']}; PUT /sandbox/clock moves it")
    tell(options, facts, "\n".join(lines))


def _policy(options: argparse.Namespace) -> WitnessPolicy:
    fixed = policy_of(options.folder)
    if not options.witness:
        return fixed
    try:
        return quorum_of(fixed.log, [parse_witness(text) for text in options.witness], options.quorum)
    except PolicyError as error:
        raise CommandError(str(error), "see rx serve --help") from None


def _url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
