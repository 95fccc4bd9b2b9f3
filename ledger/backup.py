"""A copy of a ledger's folder, taken while the ledger runs (standstill.py) or stands.

The published log is not copied: whoever opens the copy publishes it again from the entries.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ledger import tiles
from ledger.database import FILES
from ledger.errors import AlreadyRunning, BackupBroken, BackupRefused
from ledger.folder import LOCK, LOG, read_config, require_empty
from ledger.lock import FolderLock
from ledger.standstill import LONGEST_S, REQUEST, STILL

WAIT_S = 60.0  # a ledger looks once a second; what its logs hold takes moments
_POLL_S = 0.1
_ALONE_S = 1.0
_JOURNALS = tuple(f"{name}-journal" for name in FILES.values())
_LOGS = tuple(f"{name}-wal" for name in FILES.values())
_LEFT = {LOG, LOCK, REQUEST, STILL, *_JOURNALS, *_LOGS, *(f"{name}-shm" for name in FILES.values())}


def back_up(folder: Path, target: Path, wait_s: float = WAIT_S) -> int:
    """Copy the ledger in `folder` into `target`, absent or empty before and whole after; return its bytes.

    Raises AlreadyExists, NotALedger, BackupRefused where the ledger does not answer, was not stopped in
    order, holds a link to a folder, or would hold its own copy, BackupBroken where its files moved meanwhile,
    UnsafeStorage where it cannot be locked, OSError; then nothing is left.
    """
    read_config(folder)
    require_empty(target)
    if folder.resolve() in target.resolve().parents:
        raise BackupRefused("a backup within the ledger's folder is lost with it: name another place")
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.parent / f".{target.name}.new-{secrets.token_hex(8)}"
    fresh.mkdir(mode=0o700)
    try:
        with _standing(folder, wait_s):
            copied = sum(_copy(folder / name, fresh / name) for name in _files(folder))
        for path in (fresh, *(path for path in fresh.rglob("*") if path.is_dir())):
            tiles.sync_directory(path)
        with suppress(FileNotFoundError):
            target.rmdir()
        fresh.rename(target)
        tiles.sync_directory(target.parent)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return copied


def _files(folder: Path) -> list[Path]:
    """What is to be copied, by its name in the folder: all but the published log and what processes leave.

    Raises BackupRefused where it is a link to no file: what lies in a folder elsewhere would be missing.
    """
    tops = [path for path in sorted(folder.iterdir()) if path.name not in _LEFT]
    # What is left out is not walked either: partial tiles of the log are removed meanwhile.
    paths = [path for top in tops for path in (top, *sorted(top.rglob("*")))]
    own = [path.relative_to(folder) for path in paths if not path.name.startswith(".")]
    for name in own:
        if (folder / name).is_symlink() and not (folder / name).is_file():
            raise BackupRefused(f"{name} is a link, and not to a file: put the folder itself in its place")
    return [name for name in own if (folder / name).is_file()]


def _copy(source: Path, target: Path) -> int:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with source.open("rb") as read, target.open("xb") as written:
        os.fchmod(written.fileno(), 0o600)
        shutil.copyfileobj(read, written, 1 << 20)
        written.flush()
        os.fsync(written.fileno())
        return written.tell()


@contextmanager
def _standing(folder: Path, wait_s: float) -> Iterator[None]:
    """The body runs while the files stand still. Raises BackupRefused before it, BackupBroken after it."""
    try:
        lock = FolderLock(folder / LOCK)
    except AlreadyRunning:
        with _asked(folder, wait_s):
            yield
        return
    try:
        if any((folder / name).exists() and (folder / name).stat().st_size for name in (*_JOURNALS, *_LOGS)):
            raise BackupRefused("the ledger was not stopped in order: start it once, then back it up")
        yield
    finally:
        lock.release()


@contextmanager
def _asked(folder: Path, wait_s: float) -> Iterator[None]:
    asking = _request(folder)
    try:
        os.chown(folder / REQUEST, (folder / LOCK).stat().st_uid, -1)  # root asks, the ledger has to read it
        word = secrets.token_hex(16)
        (folder / REQUEST).write_text(word, "ascii")
        told = _wait_for(folder, word, wait_s)
        began = time.monotonic()
        yield
        if _told(folder, word) != told:
            raise _broken(time.monotonic() - began)
    finally:
        asking.release()


def _broken(lasted_s: float) -> BackupBroken:
    if lasted_s >= LONGEST_S:
        return BackupBroken(
            "the copy took over an hour, and the ledger's files stand still no longer: copy to a faster disk"
        )
    return BackupBroken(
        "the ledger's files moved meanwhile (a restart, or something was erased): take it again"
    )


def _request(folder: Path) -> FolderLock:
    ends = time.monotonic() + _ALONE_S
    while True:
        try:
            return FolderLock(folder / REQUEST)
        except AlreadyRunning as error:  # the ledger too takes the lock, for a moment, to see who has it
            if time.monotonic() > ends:
                raise BackupRefused("another backup of this ledger is under way: wait for it") from error
        time.sleep(_POLL_S)


def _wait_for(folder: Path, word: str, wait_s: float) -> str:
    ends = time.monotonic() + wait_s
    while not (told := _told(folder, word)):
        if time.monotonic() > ends:
            raise BackupRefused(
                f"the ledger that runs here has not answered for {wait_s:g} s: see the log of rx serve"
            )
        time.sleep(_POLL_S)
    return told


def _told(folder: Path, word: str) -> str:
    """Return what the ledger says to whoever has this word, "" where it says nothing."""
    try:
        told = (folder / STILL).read_text("ascii")
    except FileNotFoundError:
        return ""
    return told if told.startswith(word) else ""
