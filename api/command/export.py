"""`rx export`: the log in a folder, one checkpoint and exactly the files that its size needs.

From a ledger's own folder while nothing serves it, or over HTTP from one that runs. Entries are
not verified here: that is `rx-verify log`. Who has not cosigned the checkpoint is told at once.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import httpx2

from api.client.http import Client, Problem, Unreachable
from api.command.member import member, refused, unanswered
from api.command.output import EXIT_OK, EXIT_REFUSED, CommandError, read_file, tell, warn
from api.command.service import TRUST_FILE, log_keys_of, open_ledger, policy_in
from api.witnesses.cosigning import CosigningError, cosigned_by
from ledger import tiles
from ledger.errors import LedgerError
from ledger.export import CHECKPOINT, ExportRefused
from ledger.note import NoteInvalid, parse_checkpoint_text, parse_note

EXAMPLE = (
    "examples:\n"
    "  rx export --folder ledger audit/log\n"
    "  rx export --url http://127.0.0.1:8080 --key keys/R99000000001.json --trust trust.json audit/log"
)
CHECKPOINT_BYTES_MAX = 65_536


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx export`."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--folder", type=Path, help="a ledger's folder that no `rx serve` uses now")
    source.add_argument("--url", help="address of a ledger that serves")
    parser.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="organisation's key file; entries are for members (with --url)",
    )
    parser.add_argument(
        "--trust", type=Path, metavar="FILE", help="trust.json: whose cosignatures are missing (with --url)"
    )
    parser.add_argument(
        "out", type=Path, metavar="OUT", help="new folder; with --folder an earlier export too"
    )


def run(options: argparse.Namespace) -> int:
    """Write the export, warn where its checkpoint lacks the quorum, and return 0."""
    given = None if options.trust is None else read_file(options.trust, "the trust file")
    if given is not None:
        policy_in(given)  # before anything is written
    if options.folder is not None:
        _from_folder(options)
    elif options.key is None:
        raise CommandError("entries are for members only", "name your organisation's key with --key FILE")
    else:
        _from_address(options, options.out)
    data = (options.out / CHECKPOINT).read_bytes()
    checkpoint = parse_checkpoint_text(parse_note(data).text)
    facts = {"folder": str(options.out), "origin": checkpoint.origin, "size": checkpoint.size}
    entries = "1 entry" if checkpoint.size == 1 else f"{checkpoint.size} entries"
    text = f"{entries} of {checkpoint.origin} in {options.out}"
    # Over HTTP nobody knows where the reader keeps the trust file; it must not come from the same server.
    trust = "YOUR-TRUST.json" if options.folder is None else options.folder / "trust.json"
    verify = f"rx-verify log {options.out} --trust {trust}"
    zh = f"{checkpoint.origin} 的 {checkpoint.size} 条账目已导出到 {options.out}\n核验：{verify}"
    tell(options, facts, f"{text}\nverify them: {verify}", zh)
    _warn_of_missing(options, data, given)
    return EXIT_OK


def _warn_of_missing(options: argparse.Namespace, checkpoint: bytes, given: bytes | None) -> None:
    """Say now what `rx-verify log` will refuse, and which witness is missing; `given` is a trust file."""
    trust = options.trust
    if trust is None and options.folder is not None and (options.folder / TRUST_FILE).exists():
        trust = options.folder / TRUST_FILE
    if trust is None:
        _warn_of_none(options, checkpoint)
        return
    data = read_file(trust, "the trust file") if given is None else given
    policy = policy_in(data)
    try:
        signed = cosigned_by(checkpoint, policy)
    except CosigningError as error:
        raise CommandError(f"this is not the log of {trust}: {error}", "name its trust.json") from None
    _warn_of_old(options, trust, data, checkpoint)
    if policy.is_met(signed):
        return
    missing = ", ".join(one.name for one in policy.witnesses if one.name not in signed)
    text = f"rx-verify log will refuse this export: quorum not met, its checkpoint lacks {missing}."
    fix = "Export again once they have cosigned; the log of rx serve says why a witness does not."
    zh = f"rx-verify log 将拒绝该导出：未达到规定的见证数，检查点缺少 {missing} 的联署。"
    warn(options, f"{text} {fix}", f"{zh}请在其联署后重新导出；见证人不联署的原因见 rx serve 日志。")


def _warn_of_old(options: argparse.Namespace, trust: Path, data: bytes, checkpoint: bytes) -> None:
    """Say where the log was handed over to keys that the trust file does not list."""
    listed, signing = log_keys_of(data, checkpoint)
    if signing.isdisjoint(listed):
        text = f"rx-verify log will refuse this export: no log key of {trust} signed it."
        zh = f"rx-verify log 将拒绝该导出：{trust} 所列日志密钥均未签名。"
        warn(options, f"{text} Was the log handed over?", f"{zh}日志密钥是否已交接？")


def _warn_of_none(options: argparse.Namespace, checkpoint: bytes) -> None:
    note = parse_note(checkpoint)
    origin = parse_checkpoint_text(note.text).origin
    if all(line.name == origin for line in note.signatures):
        text = "no witness has cosigned this checkpoint: where trust.json wants one, rx-verify log refuses it"
        warn(options, text, "尚无见证人联署该检查点：若 trust.json 要求见证，rx-verify log 将拒绝")


def _from_folder(options: argparse.Namespace) -> None:
    ledger, _ = open_ledger(options.folder)
    try:
        ledger.export(options.out)
        _warn_of_left(options, ledger.size - (ledger.cosigned_size or ledger.size))
    except (ExportRefused, LedgerError) as error:
        raise CommandError(str(error), "name another folder for the export", EXIT_REFUSED) from None
    finally:
        ledger.close()


def _warn_of_left(options: argparse.Namespace, left: int) -> None:
    if left:
        text = f"the {left} newest entries are left out: no cosigned checkpoint covers them yet"
        warn(options, text, f"最新的 {left} 条账目未导出：尚无经联署的检查点涵盖")


def _from_address(options: argparse.Namespace, out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CommandError(f"{out} is not empty", "name a new folder: an export over HTTP replaces nothing")
    url, client = options.url, member(options.url, options.key)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as temporary:
        fresh = Path(temporary) / "new"
        try:
            _download(client, fresh)
        except Problem as error:
            raise refused(options, error) from None
        except Unreachable as error:
            raise unanswered(error, "check the address with /healthz") from None
        except (httpx2.HTTPError, NoteInvalid) as error:
            raise CommandError(f"no log at {url}: {error}", "check the address with /healthz") from None
        finally:
            client.close()
        if out.exists():
            out.rmdir()
        shutil.move(fresh, out)
    tiles.sync_directory(out.parent)


def _download(client: Client, folder: Path) -> None:
    checkpoint = client.get("/log/checkpoint")
    if len(checkpoint) > CHECKPOINT_BYTES_MAX:
        raise NoteInvalid("checkpoint too long")
    size = parse_checkpoint_text(parse_note(checkpoint).text).size
    for tile in tiles.needed(size):
        tiles.write_durably(folder / tile.path, client.get(f"/log/{tile.path}"))
    # Last, so that a download that was cut off holds no checkpoint and passes for no log.
    tiles.write_durably(folder / CHECKPOINT, checkpoint)
