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
from api.command.service import HANDED_ON, TRUST_FILE, log_keys_of, open_ledger, policy_in
from api.witnesses.policy import ED25519, parse_key
from contracts.errors import Rejected
from contracts.statements import base64url, log_key
from contracts.statements.schema import TIME, validate
from ledger.errors import LedgerError, LogKeyMissing
from ledger.export import CHECKPOINT
from ledger.folder import LOG, LOG_KEY, read_config, write_secret
from ledger.note import LogSigner
from ledger.tiles import sync_directory

EXAMPLE = (
    "examples:\n"
    "  rx log-key --folder ledger --overlap-until 2027-03-01T00:00:00Z \\\n"
    "     --draft next.json --trust next-trust.json\n"
    "  rx log-key --folder ledger --retire       after the overlap, while nothing serves it\n"
    "may run beside rx serve; without --overlap-until the present key signs nothing more (it was stolen),\n"
    "and the new trust file does not list it"
)
SEED_BYTES = 32
_READERS = {  # whether there is an overlap -> what readers and witnesses must be told
    True: (
        "Before the overlap ends give it\n"
        "to readers by a way that they trust, and the key to each witness (--log).",
        "并行期结束前，请以读者信任的途径交付该文件，\n并把公钥告知每个见证人（--log）。",
    ),
    False: (
        "Give it to readers at once, by a\n"
        "way that they trust: it lists the next key alone. Receipts of before are fetched anew,\n"
        "and each witness takes the next key in place of the present one (--log).",
        "请立即以读者信任的途径交付该文件：\n其中只列新密钥。此前的回执须重新获取；每个见证人以新公钥替换现有公钥（--log）。",
    ),
}


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
        if path.exists():  # else one would be written, and be of no key
            raise CommandError(f"{path} exists already", "it is never replaced: name another file")
    origin, trusted = _origin(options.folder), _trusted(options.folder)
    seed = secrets.token_bytes(SEED_BYTES)
    vkey = LogSigner(origin, seed).verifier_key
    name = f"{LOG_KEY}.{vkey.key_id.hex()}"
    write_new(options.draft, _draft(origin, seed, vkey.text, options.overlap_until))
    write_new(options.trust, _trust(trusted, vkey.text, alone=not options.overlap_until))
    _keep(options.folder, name, seed)  # last: no key without its draft
    _tell(options, name, vkey.text)
    return EXIT_OK


def _origin(folder: Path) -> str:
    try:
        return read_config(folder).origin
    except LedgerError as error:
        raise CommandError(str(error), "name the folder of a ledger") from None


def _keep(folder: Path, name: str, seed: bytes) -> None:
    try:
        write_secret(folder / name, seed.hex().encode())
        sync_directory(folder)
    except OSError as error:
        cause = f"{name} cannot be written: {error.strerror}"
        raise CommandError(cause, "choose a writable folder") from None


def _draft(origin: str, seed: bytes, vkey: str, overlap_until: str | None) -> bytes:
    """The handover to `vkey`, with the proof that somebody holds its seed."""
    signed = Ed25519PrivateKey.from_private_bytes(seed).sign(log_key.message(origin, vkey))
    members = {"log_vkey": vkey, "possession": base64url.encode(signed)}
    if overlap_until:
        members["overlap_until"] = overlap_until
    return _text({"type": "governance.log_key", "members": members})


def _require_time(text: str | None) -> None:
    try:
        validate(text or "2026-01-01T00:00:00Z", TIME)
    except Rejected:
        raise CommandError(
            "--overlap-until is no time of the form 2026-03-02T08:00:00Z", "give UTC, ending in Z"
        ) from None


def _trusted(folder: Path) -> bytes:
    """The ledger's trust file. Raises CommandError unless it lists the keys that sign the log now."""
    data = read_file(folder / TRUST_FILE, "the trust file")
    checkpoint = read_file(folder / LOG / CHECKPOINT, "the checkpoint")
    listed, signing = log_keys_of(data, checkpoint)
    if not signing <= listed:
        raise CommandError("trust.json does not list a key that signs the log now", HANDED_ON)
    return data


def _trust(data: bytes, vkey: str, alone: bool) -> bytes:
    """The trust file with the next key: beside the others it holds before, during and after the overlap.

    A key that was stolen is listed no more: whoever has it could go on signing receipts.
    """
    policy = replace(policy_in(data), log=parse_key(vkey, ED25519))
    members: dict[str, Any] = json.loads(data)
    listed = [] if alone else members["log_keys"]
    return _text({**members, "log_keys": [*listed, vkey], "policy": policy.text})


def _text(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _tell(options: argparse.Namespace, name: str, vkey: str) -> None:
    facts = {"vkey": vkey, "file": name, "draft": str(options.draft), "trust": str(options.trust)}
    text = (
        f"next log key {vkey}, its seed in {name}: keep a copy apart from this disk\n"
        f"Two officers sign {options.draft} (rx sign), the regulator submits it.\n"
        f"Then {options.trust} takes the place of the ledger's trust.json. "
    )
    zh = (
        f"下一把日志密钥 {vkey}，种子在 {name}：请在其他介质另存一份\n"
        f"由两名监管人员签署 {options.draft}（rx sign），由监管机构提交。\n"
        f"之后以 {options.trust} 取代账本的 trust.json。"
    )
    en_readers, zh_readers = _READERS[bool(options.overlap_until)]
    text, zh = text + en_readers, zh + zh_readers
    tell(options, facts, text, zh)


def _retire(options: argparse.Namespace) -> int:
    ledger, _ = open_ledger(options.folder)
    try:
        retired = ledger.retire_log_keys()
    except LogKeyMissing as error:
        raise CommandError(str(error), "nothing was deleted: see to that file first") from None
    finally:
        ledger.close()
    names = ", ".join(retired)
    text = f"deleted: {names}" if retired else "no key here is over: each signs, or is not on the ledger yet"
    zh = f"已删除：{names}" if retired else "没有可删除的密钥：均仍在签名，或尚未入账"
    tell(options, {"deleted": retired}, text, zh)
    return EXIT_OK
