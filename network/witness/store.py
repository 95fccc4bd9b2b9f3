"""What a witness must never forget: the largest tree that it cosigned, per log.

One SQLite file, rollback journal. `synchronous=EXTRA` because with FULL a loss of power may bring a deleted
journal back, whose rollback would make the witness forget a tree that it has cosigned: the one thing it must
not do.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

STORE_FILE = "witness.db"
BUSY_TIMEOUT_S = 10.0

_SCHEMA = """
create table log (
    origin text primary key,
    size integer not null check (size >= 0),
    root blob not null check (length(root) = 32),
    time_s integer not null check (time_s > 0),
    checkpoint blob not null
) strict, without rowid
"""


class StoreFault(Exception):
    """The store cannot be trusted to hold what was written: the witness must not cosign."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The largest tree cosigned for an origin, when, and the signed note with our cosignature."""

    size: int
    root: bytes
    time_s: int
    checkpoint: bytes


class Transaction:
    """Reads and one write that happen together or not at all."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def seen(self, origin: str) -> Seen | None:
        """Return what was cosigned last for the origin, if anything was."""
        query = "select size, root, time_s, checkpoint from log where origin = ?"
        row = self._connection.execute(query, (origin,)).fetchone()
        return None if row is None else Seen(*row)

    def remember(self, origin: str, seen: Seen) -> None:
        """Replace what was cosigned last. Raises StoreFault rather than let a tree shrink."""
        statement = (
            "insert into log (origin, size, root, time_s, checkpoint) values (?, ?, ?, ?, ?) "
            "on conflict (origin) do update set size = excluded.size, root = excluded.root, "
            "time_s = excluded.time_s, checkpoint = excluded.checkpoint "
            "where excluded.size > log.size or (excluded.size = log.size and excluded.root = log.root)"
        )
        row = (origin, seen.size, seen.root, seen.time_s, seen.checkpoint)
        if self._connection.execute(statement, row).rowcount != 1:
            raise StoreFault("a smaller or different tree was about to replace a cosigned one")


class Store:
    """The witness's one connection; the lock lets one request at a time decide and write."""

    @classmethod
    def create(cls, folder: Path) -> None:
        """Make an empty store. Raises StoreFault when the file exists already, sqlite3.Error, OSError."""
        try:
            (folder / STORE_FILE).touch(mode=0o600, exist_ok=False)
        except FileExistsError as error:
            raise StoreFault("there is a witness store in this folder already") from error
        connection = _connect(folder / STORE_FILE)
        try:
            connection.execute("pragma synchronous = extra").fetchall()
            connection.execute(_SCHEMA)
        finally:
            connection.close()

    def __init__(self, folder: Path) -> None:
        """Open the store that `create` made.

        Raises StoreFault when it is missing or does not promise durability. A missing or emptied file is
        never made anew: the witness would cosign a second history from the start.
        """
        self._lock = Lock()
        if not (folder / STORE_FILE).is_file():
            raise StoreFault("no witness store in this folder; it is made once, by: rx-witness keygen")
        self._connection = _connect(folder / STORE_FILE)
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        # A pragma that fails says so only when its row is fetched.
        self._connection.execute("pragma synchronous = extra").fetchall()
        for pragma, wanted in (("journal_mode = delete", "delete"), ("synchronous", 3)):
            row = self._connection.execute(f"pragma {pragma}").fetchone()
            if row is None or row[0] != wanted:
                raise StoreFault(f"pragma {pragma} does not hold")
        try:
            self._connection.execute("select count(*) from log").fetchall()
        except sqlite3.OperationalError as error:
            raise StoreFault("the witness store has lost its table") from error

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Give a transaction that is durable once the block has ended, and undone if it raises.

        `begin immediate` takes SQLite's write lock before the first read, so that even a second process on
        the same file cannot decide on what this one is about to change. Raises sqlite3.Error; after a failed
        commit nobody knows what the disk holds, and the caller must stop.
        """
        with self._lock:
            self._connection.execute("begin immediate")
            try:
                yield Transaction(self._connection)
                self._connection.execute("commit")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("rollback")
                raise

    def close(self) -> None:
        """Close the file, once the request that is writing has ended."""
        with self._lock:
            self._connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",  # never creates the file
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,  # transactions are begun and ended in plain sight
        check_same_thread=False,
    )
