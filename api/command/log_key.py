"""`rx log-key`: the log's next key, the draft of the handover to it, and the trust file for readers.

The log goes on with its present key until two officers have signed the draft and the ledger has accepted it.
From that entry on the next key signs each checkpoint, and until `--overlap-until` the present one too.
"""

from __future__ import annotations

import argparse
import json
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.command.output import EXIT_OK, CommandError, read_file, tell, write_new
from api.command.service import TRUST_FILE, open_ledger, policy_in
from api.witness_policy import ED25519, parse_key
from contracts.errors import Rejected
from contracts.statements import base64url, log_key
from contracts.statements.schema import TIME, validate
from ledger.errors import LedgerError
from ledger.folder import LOG_KEY, read_config, write_secret
from ledger.note import LogSigner

EXAMPLE = (
    "examples:\n"
    "  rx log-key --folder ledger --overlap-until 2027-03-01T00:00:00Z \\\n"
    "     --draft next.json --trust next-trust.json\n"
    "  rx log-key --folder ledger --retire       after the overlap, while nothing serves it\n"
    "may run beside rx serve; without --overlap-until the present key signs nothing more (it was stolen)"
)
SEED_BYTES = 32


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx log-key`."""
    parser.add_argument("--folder", required=True, type=Path, help="the ledger's folder")
    parser.add_argument("--overlap-until", metavar="TIME", help="until when both keys sign (RFC 3339, UTC)")
    parser.add_argument("--draft", type=Path, metavar="FILE", help="new file: draft of governance.log_key")
    parser.add_argument("--trust", type=Path, metavar="FILE", help="new file: trust.json with the next key")
    parser.add_argument("--retire", action="store_true", help="delete the keys that sign nothing more")


def run(options: argparse.Namespace) -> int:
    """Make the next key with its draft and trust file, or delete those that are over, and return 0."""
    if options.retire:
        return _retire(options)
    if options.draft is None or options.trust is None:
        raise CommandError("give --draft FILE and --trust FILE, or --retire", "see rx log-key --help")
    _require_time(options.overlap_until)
    for path in (options.draft, options.trust):
        if path.exists():  # before a key is made that no draft names
            raise CommandError(f"{path} exists already", "nothing is ever replaced: name another file")
    try:
        origin = read_config(options.folder).origin
        name, vkey, possession = _make(options.folder, origin)
    except (LedgerError, OSError) as error:
        raise CommandError(str(error), "name the folder of a ledger") from None
    members = {"log_vkey": vkey, "possession": possession}
    if options.overlap_until:
        members["overlap_until"] = options.overlap_until
    write_new(options.draft, _text({"type": "governance.log_key", "members": members}))
    write_new(options.trust, _trust(options.folder / TRUST_FILE, vkey))
    _tell(options, name, vkey)
    return EXIT_OK


def _make(folder: Path, origin: str) -> tuple[str, str, str]:
    """Return the new key file's name, the vkey, and the proof that somebody holds its seed."""
    seed = secrets.token_bytes(SEED_BYTES)
    vkey = LogSigner(origin, seed).verifier_key
    name = f"{LOG_KEY}.{vkey.key_id.hex()}"
    write_secret(folder / name, seed.hex().encode())
    signed = Ed25519PrivateKey.from_private_bytes(seed).sign(log_key.message(origin, vkey.text))
    return name, vkey.text, base64url.encode(signed)


def _require_time(text: str | None) -> None:
    try:
        validate(text or "2026-01-01T00:00:00Z", TIME)
    except Rejected:
        raise CommandError(
            "--overlap-until is no time of the form 2026-03-02T08:00:00Z", "give UTC, ending in Z"
        ) from None


def _trust(path: Path, vkey: str) -> bytes:
    """The ledger's trust file with the next key: it holds before, during and after the overlap."""
    data = read_file(path, "the trust file")
    policy = replace(policy_in(data), log=parse_key(vkey, ED25519))
    members: dict[str, Any] = json.loads(data)
    return _text({**members, "log_keys": [*members["log_keys"], vkey], "policy": policy.text})


def _text(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _tell(options: argparse.Namespace, name: str, vkey: str) -> None:
    facts = {"vkey": vkey, "file": name, "draft": str(options.draft), "trust": str(options.trust)}
    text = (
        f"next log key {vkey}, its seed in {name}: keep a copy apart from this disk\n"
        f"Two officers sign {options.draft} (rx sign), the regulator submits it. Before the overlap ends\n"
        f"give readers {options.trust} by a way that they trust, and the key to each witness (--log)."
    )
    zh = (
        f"下一把日志密钥 {vkey}，种子在 {name}：请在其他介质另存一份\n"
        f"由两名官员签署 {options.draft}（rx sign），监管方提交。并行期结束前，请以读者信任的途径交付\n"
        f"{options.trust}，并把公钥告知每个见证方（--log）。"
    )
    tell(options, facts, text, zh)


def _retire(options: argparse.Namespace) -> int:
    ledger, _ = open_ledger(options.folder)
    try:
        retired = ledger.retire_log_keys()
    finally:
        ledger.close()
    names = ", ".join(retired)
    text = f"deleted: {names}" if retired else "no key here is over: each signs, or is not on the ledger yet"
    zh = f"已删除：{names}" if retired else "没有可删除的密钥：均仍在签名，或尚未入账"
    tell(options, {"deleted": retired}, text, zh)
    return EXIT_OK
