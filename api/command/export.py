"""`rx export`: the log in a folder, one checkpoint and exactly the files that its size needs.

From a ledger's own folder while nothing serves it, or over HTTP from one that runs. Nothing is
verified here: that is `rx-verify log`, with the reader's own trust file.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import httpx2

from api.client.http import Client, Problem, Unreachable
from api.command.member import member
from api.command.output import EXIT_OK, EXIT_REFUSED, CommandError, tell
from api.command.service import open_ledger
from ledger import tiles
from ledger.errors import LedgerError
from ledger.export import CHECKPOINT, ExportRefused
from ledger.note import NoteInvalid, parse_checkpoint_text, parse_note

EXAMPLE = (
    "examples:\n"
    "  rx export --folder ledger audit/log\n"
    "  rx export --url http://127.0.0.1:8080 --key ledger/keys/R99000000001.json audit/log"
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
    parser.add_argument("out", type=Path, metavar="OUT", help="new folder, or an earlier export of this log")


def run(options: argparse.Namespace) -> int:
    """Write the export and return 0."""
    if options.folder is not None:
        _from_folder(options.folder, options.out)
    elif options.key is None:
        raise CommandError("entries are for members only", "name your organisation's key with --key FILE")
    else:
        _from_address(options.url, options.key, options.out)
    checkpoint = parse_checkpoint_text(parse_note((options.out / CHECKPOINT).read_bytes()).text)
    facts = {"folder": str(options.out), "origin": checkpoint.origin, "size": checkpoint.size}
    text = f"{checkpoint.size} entries of {checkpoint.origin} in {options.out}"
    verify = f"rx-verify log {options.out} --trust trust.json"
    zh = f"{checkpoint.origin} 的 {checkpoint.size} 条账目已导出到 {options.out}\n核验：{verify}"
    tell(options, facts, f"{text}\nverify them: {verify}", zh)
    return EXIT_OK


def _from_folder(folder: Path, out: Path) -> None:
    ledger, _ = open_ledger(folder)
    try:
        ledger.export(out)
    except (ExportRefused, LedgerError) as error:
        raise CommandError(str(error), "name another folder for the export", EXIT_REFUSED) from None
    finally:
        ledger.close()


def _from_address(url: str, key_file: Path, out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CommandError(f"{out} is not empty", "name a new folder: an export over HTTP replaces nothing")
    client = member(url, key_file)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as temporary:
        fresh = Path(temporary) / "new"
        try:
            _download(client, fresh)
        except Problem as error:
            raise CommandError(f"the ledger refused: {error}", "", EXIT_REFUSED) from None
        except (Unreachable, httpx2.HTTPError, NoteInvalid) as error:
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
