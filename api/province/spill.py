"""A mapping larger than memory: what was written lately is here, the rest in a file that nobody keeps."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

HERE_MAX = 2_000_000  # about 1 GB of a ledger's state; a year of 10^5 statements never leaves memory


class Spill:
    """Texts and bytes under keys. Nothing in it outlives the process, so nothing is synced."""

    def __init__(self, here_max: int = HERE_MAX) -> None:
        self._here: dict[str, bytes] = {}
        self._here_max = here_max
        self._is_spilt = False
        self._file = sqlite3.connect("", isolation_level=None)  # "": a temporary file, removed when closed
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("PRAGMA cache_size = -200000")
        self._file.execute("CREATE TABLE spilt (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")

    def get(self, key: str) -> bytes | None:
        """Return the value under `key`, or None."""
        found = self._here.get(key)
        if found is None and self._is_spilt:
            row = self._file.execute("SELECT value FROM spilt WHERE key = ?", (key,)).fetchone()
            return None if row is None else bytes(row[0])
        return found

    def update(self, pairs: Iterable[tuple[str, bytes]]) -> None:
        """Put values under keys."""
        self._here.update(pairs)
        if len(self._here) > self._here_max:
            self._spill()

    def _spill(self) -> None:
        self._file.execute("BEGIN")
        # In order of the keys: a page of the file is then written once for all its keys.
        self._file.executemany("INSERT OR REPLACE INTO spilt VALUES (?, ?)", sorted(self._here.items()))
        self._file.execute("COMMIT")
        self._here.clear()
        self._is_spilt = True
