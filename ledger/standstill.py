"""The store's files stand still while somebody copies them, and the ledger goes on.

Whoever copies is another process (POSIX drops SQLite's locks when this one opens a file a second time). It
holds the lock of `backup.request`, which bears its word; the ledger answers with the same word in
`backup.still` once everything is in the three files. From then on changes stay in the write-ahead logs, until
the lock is given back, by the kernel where the copier dies. `backup.still` is gone before a file moves again,
and beside the word stands one of its own for each standstill, because a ledger that was started again answers
the same copier once more: whoever finds after copying what he found before has a whole copy, of one moment.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from pathlib import Path

from ledger import tiles
from ledger.store import Store

REQUEST = "backup.request"
STILL = "backup.still"
LONGEST_S = 3_600.0  # a copier that hangs must not have the write-ahead logs grow for ever


class Standstill:
    """The ledger's side."""

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder = folder
        self._store = store
        self._word = ""
        self._ends = 0.0

    def attend(self) -> None:
        """Hold the files still for whoever asks, or let them move when nobody does any more, or for too long.

        To be called about once a second. Raises OSError, StorageFault, Stopped.
        """
        wanted = _wanted(self._folder / REQUEST)
        if wanted != self._word:
            self._answer(wanted, time.monotonic() + LONGEST_S)
        elif wanted and time.monotonic() > self._ends:
            self._store.let_files_move()
        elif wanted and not (self._folder / STILL).exists():
            # Something was erased since: who has not looked yet would wait for an answer that was taken back.
            self._answer(wanted, self._ends)

    def _answer(self, wanted: str, ends: float) -> None:
        with self._store.lock:  # nothing moves the files between the standstill and the word
            self._store.let_files_move()
            if wanted:
                self._store.hold_files_still(lambda: forget(self._folder))
            self._word, self._ends = wanted, ends
            if wanted:
                self._tell()

    def _tell(self) -> None:
        try:
            tiles.write_durably(self._folder / STILL, f"{self._word} {secrets.token_hex(8)}".encode())
        except BaseException:  # nobody will copy: held on, the logs would grow for good
            self._store.let_files_move()
            self._word = ""
            raise


def forget(folder: Path) -> None:
    """Take back that the files stand still. Raises OSError."""
    (folder / STILL).unlink(missing_ok=True)


def _wanted(request: Path) -> str:
    """Return the word of whoever holds the lock of the request, "" where nobody does."""
    try:
        descriptor = os.open(request, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return ""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.read(descriptor, 100).decode("ascii", "replace")
    finally:
        os.close(descriptor)
    return ""
