"""`rx init`: a new ledger with its keys, its genesis, and the trust file that readers pin.

In the sandbox everything is made here, the officers' keys and software authenticators included.
In production the regulator's public key and the officers' signers come from outside, and the
authenticators are attested by makers whose roots are given.
"""

from __future__ import annotations

import argparse
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from api.command import founding
from api.command.output import EXIT_OK, CommandError, tell, write_new
from api.command.service import TRUST_FILE, VKEY_FILE, trust
from api.genesis import PRODUCTION, SANDBOX, Foundation, GenesisError, build_genesis
from api.witnesses.policy import ED25519, PolicyError, WitnessPolicy, parse_key, parse_witness, quorum_of
from contracts.errors import Rejected
from contracts.statements.schema import TIME, validate
from contracts.time import from_text
from ledger.clock import Clock, SandboxClock, WallClock
from ledger.errors import AlreadyExists, LedgerError
from ledger.folder import require_empty
from ledger.local import Ledger
from ledger.note import LogSigner
from ledger.tags import KINDS, key_id

EXAMPLE = (
    "examples:\n"
    "  rx init --folder ledger --origin ledger.example/rx-2026 --profile sandbox\n"
    "  rx init --folder ledger --origin ledger.example/rx-2026 --profile production \\\n"
    "     --regulator R99000000001 --name 'Health Bureau' --regulator-key keys/R99000000001.json \\\n"
    "     --officer-key keys/G1.json --officer-key keys/G2.json \\\n"
    "     --relying-party-id bureau.example --relying-party-origin https://bureau.example \\\n"
    "     --witness bureau=VKEY@https://witness.bureau.example --quorum 1"
)
SEED_BYTES = TAG_KEY_BYTES = 32
# A URL without its scheme (C2SP tlog-checkpoint), free of what would end a key's name (signed-note).
_ORIGIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?(/[^\s+?#:/]+)*\Z")
_ORIGIN_CHARACTERS_MAX = 255


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx init`."""
    parser.add_argument("--folder", required=True, type=Path, help="new folder for the ledger")
    parser.add_argument("--origin", required=True, help="name of the log for ever: host/path, no scheme")
    parser.add_argument("--profile", required=True, choices=(SANDBOX, PRODUCTION))
    parser.add_argument(
        "--clock",
        metavar="TIME",
        help="sandbox: first entry time, such as 2026-03-02T08:00:00Z; it stands until it is moved",
    )
    parser.add_argument("--utc-offset-minutes", type=int, default=480, help="of local dates (480)")
    parser.add_argument(
        "--witness", action="append", default=[], metavar="NAME=VKEY[@URL]", help="whose cosignature counts"
    )
    parser.add_argument("--quorum", type=int, metavar="K", help="how many witnesses (more than half)")
    founding.add_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Make the ledger, print the leaf of its genesis, and return 0."""
    _require_origin(options.origin)
    clock = _clock(options)
    seed = secrets.token_bytes(SEED_BYTES)
    tag_keys = {kind: secrets.token_bytes(TAG_KEY_BYTES) for kind in KINDS}
    try:
        require_empty(options.folder)  # before keys are made for nothing; creation looks again
        vkey = LogSigner(options.origin, seed).verifier_key.text
        policy = _policy(options, vkey)
        founders = founding.founders(options)
        body = _genesis(options, founders, vkey, tag_keys, clock)
        leaf = Ledger.create(options.folder, body, seed, tag_keys, clock)
    except AlreadyExists as error:
        raise CommandError(str(error), "name a new folder") from None
    except (GenesisError, PolicyError, LedgerError) as error:
        raise CommandError(str(error), "nothing was created; correct the arguments") from None
    # The ledger stands. What follows are files of its own folder, none of which it needs to run.
    founding.keep(founders, options.folder / "keys")
    write_new(options.folder / VKEY_FILE, f"{vkey}\n".encode())
    write_new(options.folder / TRUST_FILE, trust(options.origin, leaf, options.profile, policy))
    _tell(options, leaf, vkey)
    return EXIT_OK


def _require_origin(origin: str) -> None:
    """Raises CommandError unless `origin` may name a log: it is signed with every checkpoint, for ever."""
    if len(origin) > _ORIGIN_CHARACTERS_MAX or not origin.isprintable() or not _ORIGIN.match(origin):
        raise CommandError(
            f"{origin!r} is no origin: host/path, without scheme, spaces, plus signs, ? or #",
            "for instance --origin ledger.example/rx-2026",
        )


def _clock(options: argparse.Namespace) -> Clock:
    if options.clock is None:
        return SandboxClock(0, runs=True) if options.profile == SANDBOX else WallClock()
    if options.profile != SANDBOX:
        raise CommandError(
            "--clock is for the sandbox alone", "leave it out: production keeps the wall clock"
        )
    try:
        validate(options.clock, TIME)
    except Rejected:
        raise CommandError(
            "--clock is no time of the form 2026-03-02T08:00:00Z", "give UTC, ending in Z"
        ) from None
    return SandboxClock(from_text(options.clock))


def _policy(options: argparse.Namespace, vkey: str) -> WitnessPolicy:
    witnesses = [parse_witness(text) for text in options.witness]
    return quorum_of(parse_key(vkey, ED25519), witnesses, options.quorum)


def _genesis(
    options: argparse.Namespace,
    founders: founding.Founders,
    vkey: str,
    tag_keys: Mapping[str, bytes],
    clock: Clock,
) -> bytes:
    foundation = Foundation(
        origin=options.origin,
        profile=options.profile,
        log_vkey=vkey,
        tag_keys={kind: key_id(key) for kind, key in tag_keys.items()},
        attestation_roots=founders.attestation_roots,
        certificate_roots=founders.certificate_roots,
        utc_offset_minutes=options.utc_offset_minutes,
    )
    return build_genesis(foundation, founders.regulator, founders.officers, clock.now_ms() // 1000)


def _tell(options: argparse.Namespace, leaf: str, vkey: str) -> None:
    facts = {"genesis": leaf, "vkey": vkey, "folder": str(options.folder), "profile": options.profile}
    text = (
        f"genesis {leaf}\n"
        f"log key {vkey}\n"
        f"Give readers {options.folder / TRUST_FILE} by a way that they trust: it pins both.\n"
        "Keep a copy of log.key and tag-keys.json in it apart from this disk.\n"
        f"serve it (8080, or any free port): rx serve --folder {options.folder} --listen 127.0.0.1:8080"
    )
    zh = (
        f"创世账目 {leaf}\n"
        f"账本公钥 {vkey}\n"
        f"请以读者信任的途径交付 {options.folder / TRUST_FILE}：二者均由其固定。\n"
        "请将其中的 log.key 与 tag-keys.json 另存一份，与本磁盘分开保管。\n"
        f"启动服务（8080 或任一空闲端口）：rx serve --folder {options.folder} --listen 127.0.0.1:8080"
    )
    tell(options, facts, text, zh)
