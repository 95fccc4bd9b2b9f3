"""`rx serve`: one ledger over HTTP, published and cosigned beside the answers, until it is stopped.

The one place where ledger, server and cosigning meet.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from api import logging_setup
from api.command.output import EXIT_OK, CommandError, address, tell
from api.command.service import open_ledger, policy_of
from api.processes.fleet import Fleet
from api.server import bound, collect_less_often, create, process_of
from api.settings import Settings
from api.witnesses.continuation import NotContinued, require_continued
from api.witnesses.cosigning import Cosigner, CosigningError
from api.witnesses.policy import PolicyError, WitnessPolicy, parse_witness, quorum_of
from contracts.time import to_text
from ledger.clock import SandboxClock
from ledger.contract import form
from ledger.local import Ledger

EXAMPLE = (
    "examples:\n"
    "  rx serve --folder ledger --listen 127.0.0.1:8080\n"
    "  rx serve --folder ledger --listen 127.0.0.1:8080 --public-url https://ledger.example\n"
    "stops on SIGTERM or SIGINT, answering what is under way"
)

PROCESSES_MAX = 64


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
    parser.add_argument(
        "--admission-processes",
        type=_processes,
        default=_processes_default(),
        metavar="N",
        help="take connections and check signatures in N processes beside the ledger's, 0: in the same one"
        " (here %(default)s)",
    )
    parser.add_argument(
        "--log-groups",
        action="store_true",
        help="log a line for each group of entries that is committed: first, last, count",
    )
    parser.add_argument("--quorum", type=int, metavar="K", help="how many of --witness (more than half)")


def _processes_default() -> int:
    """None on a single core. Two keep up with any ledger process: a third would only take memory.

    None either where the system does not tell (macOS), and would not share out connections.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    return min(cores // 2, 2)


def _processes(text: str) -> int:
    if not text.isdecimal() or int(text) > PROCESSES_MAX:
        raise argparse.ArgumentTypeError(f"a number from 0 to {PROCESSES_MAX}")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Serve until a signal ends it, close the ledger, and return 0."""
    logging_setup.configure(groups=options.log_groups)
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
    _require_continued(policy, ledger)
    server = create(ledger, settings, cosigner, clock)
    count = options.admission_processes
    try:
        listeners = bound(host, port, count)
    except OSError:
        raise CommandError(f"{host}:{port} cannot be listened on", "free the port, or name another") from None

    def on_ready(taken: int) -> None:
        _ready(options, ledger, clock, taken)

    collect_less_often()
    running = Fleet(server, ledger, on_ready) if count else process_of(server, on_ready)
    try:
        running.run(listeners)
    except (OSError, SystemExit):  # uvicorn leaves with SystemExit where it cannot listen
        raise CommandError(f"{host}:{port} cannot be served", "see the log above") from None
    finally:
        for listener in listeners:
            listener.close()


def _require_continued(policy: WitnessPolicy, ledger: Ledger) -> None:
    try:
        require_continued(policy, ledger)
    except NotContinued as error:
        raise CommandError(
            f"CHECKPOINT_INCONSISTENT: {error}",
            "restore the newest backup, or the log would fork; if the witness errs, name only the others",
        ) from None
    except CosigningError as error:
        raise CommandError(str(error), "restore trust.json, which rx init wrote") from None


def _ready(options: argparse.Namespace, ledger: Ledger, clock: SandboxClock | None, port: int) -> None:
    url = _url(options.listen[0], port)
    sandbox = " SANDBOX" if ledger.config.profile == "sandbox" else ""
    facts = {"listening": url, "origin": ledger.config.origin, "size": ledger.size, "contracts": form()}
    text = f"{ledger.config.origin}{sandbox}, {ledger.size} entries, listening on {url}"
    zh = f"{ledger.config.origin}{sandbox and ' 沙箱'}，{ledger.size} 条账目，服务地址 {url}"
    if clock is not None and not clock.runs:
        facts["clock_stands_at"] = at = to_text(clock.now_ms())
        text += f"\nsandbox clock stands at {at}; PUT /sandbox/clock moves it"
        zh += f"\n沙箱时钟停在 {at}；可用 PUT /sandbox/clock 拨动"
    tell(options, facts, text, zh)


def _policy(options: argparse.Namespace) -> WitnessPolicy:
    fixed = policy_of(options.folder)
    if not options.witness:
        if options.quorum is not None:
            raise CommandError(
                "--quorum says how many of --witness, and none is given",
                "name the witnesses, or leave --quorum out: trust.json has its own",
            )
        return fixed
    try:
        return quorum_of(fixed.log, [parse_witness(text) for text in options.witness], options.quorum)
    except PolicyError as error:
        raise CommandError(str(error), "see rx serve --help") from None


def _url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
