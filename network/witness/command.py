"""`rx-witness`: make a key, serve cosignatures.

    rx-witness keygen --folder /var/lib/witness --name witness.hospital.example/w1
    rx-witness serve --folder /var/lib/witness --listen 127.0.0.1:7380 --log 'NAME+ID+KEY'
"""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sqlite3
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

from network.witness.chinese import HELP, in_language
from network.witness.key import KeyFault, generate, load
from network.witness.protocol import Witness
from network.witness.server import WitnessServer
from network.witness.store import Store, StoreFault
from verifier.errors import VerificationError
from verifier.note import ED25519, NoteKey, parse_key
from verifier.parser import Parser

EXIT_OK, EXIT_FAILED, EXIT_USAGE = 0, 1, 2


class _Stopped(Exception):
    """The store failed while the witness was serving."""


class _CannotListen(Exception):
    """The address of --listen is not to be had."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 done, 1 stopped by its disk, 2 wrong usage or folder."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    try:
        return int(options.run(options))
    except _Stopped as error:
        _complain(options, str(error), "")
        return EXIT_FAILED
    except _CannotListen as error:
        _complain(options, str(error), "free the port, or name another with --listen")
    except KeyFault as error:
        _complain(options, str(error), error.fix)
    except (StoreFault, OSError, sqlite3.Error, ValueError) as error:
        _complain(options, str(error), "see that the folder is there, whole and yours")
    return EXIT_USAGE


def _complain(options: argparse.Namespace, cause: str, fix: str) -> None:
    """Print cause and fix on stderr in the reader's language, with --json as an object, in English."""
    told = f"rx-witness: {in_language(cause)}" + (f"\n{in_language(f'  fix: {fix}')}" if fix else "")
    print(json.dumps({"error": cause, "fix": fix}) if options.json else told, file=sys.stderr)


class _Parser(Parser):
    rows = HELP


def _parser() -> _Parser:
    parser = _Parser(
        prog="rx-witness",
        description="Cosigns checkpoints of logs that only grow (C2SP tlog-witness).",
        epilog="example: rx-witness keygen --folder witness --name witness.example/w1",
    )
    commands = parser.add_subparsers(required=True, metavar="keygen|serve")
    keygen = commands.add_parser(
        "keygen",
        help="make the witness's key and empty store; prints the key that readers pin",
        epilog="example: rx-witness keygen --folder witness --name witness.example/w1",
    )
    keygen.add_argument("--name", required=True, help="name of the witness, without spaces or plus signs")
    keygen.set_defaults(run=_keygen)
    serve = commands.add_parser(
        "serve",
        help="answer add-checkpoint requests until stopped",
        epilog="example: rx-witness serve --folder witness --listen 127.0.0.1:7380 --log 'NAME+ID+KEY'",
    )
    serve.add_argument(
        "--listen", required=True, type=_address, metavar="HOST:PORT", help="port 0 takes a free one"
    )
    serve.add_argument(
        "--log", required=True, action="append", type=_log_key, metavar="VKEY", help="a log's key; repeatable"
    )
    serve.add_argument("--prefix", default="", help="path before /add-checkpoint")
    serve.set_defaults(run=_serve)
    for command in (keygen, serve):
        command.add_argument("--folder", required=True, type=Path, help="holds the key and the store")
        command.add_argument("--json", action="store_true", help="print one JSON object a line")
    return parser


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise argparse.ArgumentTypeError("must be HOST:PORT")
    return host.strip("[]"), int(port)


def _log_key(text: str) -> NoteKey:
    try:
        key = parse_key(text)
    except VerificationError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if key.algorithm != ED25519:
        raise argparse.ArgumentTypeError("this is the key of a witness, not of a log")
    return key


def _keygen(options: argparse.Namespace) -> int:
    options.folder.mkdir(parents=True, exist_ok=True)
    # Key first: where there is a key, an empty store must never be put beside it.
    cosigner = generate(options.folder, options.name)
    Store.create(options.folder)
    _tell(options, {"vkey": cosigner.key.text}, cosigner.key.text)
    return EXIT_OK


def _serve(options: argparse.Namespace) -> int:
    cosigner = load(options.folder)
    store = Store(options.folder)
    try:
        witness = Witness(cosigner, options.log, store, lambda: int(time.time()))
        with _bound(options, witness) as server:
            _stop_on_signals(server)
            facts = {"listening": server.url, "vkey": witness.key.text}
            _tell(options, facts, in_language(f"{witness.key.text} listening on {server.url}"))
            server.serve_forever(poll_interval=0.1)
        if server.fault is not None:
            raise _Stopped(f"stopped, start it again once its disk is sound: {server.fault}")
        return EXIT_OK
    finally:
        store.close()


def _bound(options: argparse.Namespace, witness: Witness) -> WitnessServer:
    host, port = options.listen
    try:
        return WitnessServer(options.listen, witness, options.prefix)
    except OSError as error:
        raise _CannotListen(f"{host}:{port} cannot be listened on: {error.strerror}") from None


def _stop_on_signals(server: WitnessServer) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for the loop that this very thread runs, so another thread calls it.
        signal.signal(number, lambda *_: Thread(target=server.shutdown).start())


def _tell(options: argparse.Namespace, facts: dict[str, str], text: str) -> None:
    print(json.dumps(facts) if options.json else text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
