"""The store: transactions over the three files, and the reads that everything else is made of.

One connection, one lock. Whoever holds the lock sees committed data only, because a transaction holds it
from begin to the end of commit.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import BindParameter, Connection, bindparam, func, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement

from ledger.answers import Located
from ledger.database import FILES, open_engine, settings
from ledger.errors import (
    DataDamaged,
    LedgerError,
    NotALedger,
    SchemaUnknown,
    Stopped,
    StorageFault,
    StorageFull,
)
from ledger.merkle import leaf_hash
from ledger.schema import CHAIN, ENTRY, PRIVATE_STATE, PUBLIC_STATE
from ledger.tiles import sync_directory

MIGRATIONS = Path(__file__).parent / "migrations"
PRIVATE_PREFIX = "pvt/"

_ID = re.compile(r"[0-9a-f]{64}")

Hook = Callable[[str], None]


def compiled(statement: ClauseElement) -> str:
    """Return the SQL text of a Core statement, for the hot path: compiled once, run by the driver."""
    return str(statement.compile(dialect=sqlite.dialect()))


_KEY: BindParameter[str] = bindparam("key")
_READ_PUBLIC = compiled(select(PUBLIC_STATE.c.value).where(PUBLIC_STATE.c.key == _KEY))
_READ_PRIVATE = compiled(select(PRIVATE_STATE.c.value).where(PRIVATE_STATE.c.key == _KEY))
_LOCATE = compiled(
    select(ENTRY.c.idx, ENTRY.c.leaf, ENTRY.c.signed_size).where(ENTRY.c.statement_id == bindparam("id"))
)
_ENTRIES = compiled(
    select(ENTRY.c.idx, ENTRY.c.bytes, ENTRY.c.leaf)
    .where(ENTRY.c.idx >= bindparam("first"), ENTRY.c.idx < bindparam("end"))
    .order_by(ENTRY.c.idx)
)


class Store:
    """Owns the connection. `hook(point)` lets tests fail at a named point; it does nothing otherwise."""

    def __init__(self, folder: Path, hook: Hook = lambda _: None) -> None:
        """Open the files, which must be empty or a ledger's, and bring the tables up to date.

        Raises CannotStart subclasses, StorageFault.
        """
        self.lock = RLock()
        self._folder = folder
        self._hook = hook
        self._broken: LedgerError | None = None
        try:
            self._engine, self._driver = open_engine(folder)
        except sqlite3.Error as error:
            text = f"the database cannot be opened ({error}): restore it from its backup"
            raise NotALedger(text) from error
        try:
            self._migrate()
        except BaseException:
            self.close()
            raise

    @property
    def fault(self) -> LedgerError | None:
        """Why the store refuses everything, or None."""
        return self._broken

    def close(self) -> None:
        """Close the connection. Nothing is pending outside a transaction."""
        with self.lock:
            self._broken = self._broken or Stopped()
            self._engine.dispose()
            self._driver.close()

    def _migrate(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        with self.transaction() as connection:
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise SchemaUnknown("a newer version wrote this ledger: run that version") from error

    def sync(self) -> None:
        """Return once everything read so far is on disk for good.

        What a killed predecessor committed may so far stand in the page cache alone. Raises StorageFault.
        """
        try:
            for name in FILES.values():
                descriptor = os.open(self._folder / name, os.O_RDWR)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
            sync_directory(self._folder)
        except OSError as error:
            raise StorageFault(f"the store cannot be synced ({error})") from error

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Run the body in one transaction over all three files; on return it is durable.

        Raises StorageFull when nothing was stored for want of room, StorageFault for any other failure: if it
        came from COMMIT itself nobody knows what is stored, and the store refuses everything from then on.
        """
        with self.lock:
            self._require_usable()
            before = self._mark()
            with self._engine.connect() as connection, self._convert(before, in_commit=False):
                transaction = connection.begin()
                try:
                    connection.exec_driver_sql(f"PRAGMA user_version = {(before + 1) & 0x7FFF_FFFF}")
                    yield connection
                    self._hook("before commit")
                except BaseException:
                    transaction.rollback()
                    raise
                with self._convert(before, in_commit=True):
                    # A crash before COMMIT has removed the super-journal leaves journals that undo everything
                    # at the next start; a crash after it leaves the transaction done. Both are whole.
                    transaction.commit()
                    self._hook("after commit")

    def _mark(self) -> int:
        """A number that every transaction changes: it tells afterwards whether one was stored."""
        try:
            return int(self._driver.execute("PRAGMA user_version").fetchone()[0])
        except sqlite3.Error as error:
            raise self._fault(error, None, in_commit=False) from error

    @contextmanager
    def _convert(self, before: int, in_commit: bool) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            raise self._fault(error, before, in_commit) from error

    def _fault(self, error: DBAPIError | sqlite3.Error, before: int | None, in_commit: bool) -> LedgerError:
        cause = error.orig if isinstance(error, DBAPIError) else error
        name = getattr(cause, "sqlite_errorname", type(cause).__name__)
        if name == "SQLITE_FULL" and before is not None and self._undone(before):
            return StorageFull("the disk is full: make room; nothing was stored")
        fault = StorageFault(f"the store failed ({name}): check the disk, then restart")
        if in_commit or name.startswith("SQLITE_IOERR"):
            # After a failed fsync the kernel may have dropped the pages: no second attempt tells the truth.
            self._broken = fault
        return fault

    def _undone(self, before: int) -> bool:
        """Whether the transaction is certainly undone; SQLite may or may not have done that by itself."""
        try:
            if self._driver.in_transaction:
                self._driver.execute("ROLLBACK")
            row = self._driver.execute("PRAGMA user_version").fetchone()
        except sqlite3.Error:
            return False
        return bool(row[0] == before)

    def _require_usable(self) -> None:
        if self._broken is not None:
            raise Stopped(self._broken)

    # -- reads ---------------------------------------------------------------------------------

    def rows(self, sql: str, parameters: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a compiled read. Raises StorageFault, Stopped."""
        with self.lock:
            self._require_usable()
            try:  # not _convert: a statement asks several times, and its generator costs more than SQLite
                return self._driver.execute(sql, parameters).fetchall()
            except sqlite3.Error as error:
                raise self._fault(error, None, in_commit=False) from error

    def state(self, key: str) -> bytes | None:
        """Return the committed value under a state key."""
        found = self.rows(_READ_PRIVATE if key.startswith(PRIVATE_PREFIX) else _READ_PUBLIC, (key,))
        return found[0][0] if found else None

    def size(self) -> int:
        """Return how many entries are stored. Raises DataDamaged when their numbers have a gap."""
        statement = compiled(select(func.count(), func.min(ENTRY.c.idx), func.max(ENTRY.c.idx)))
        count, first, last = self.rows(statement)[0]
        if count and (first, last) != (0, count - 1):
            raise DataDamaged(f"{count} entries are stored, numbered {first} to {last}")
        return int(count)

    def leaves(self) -> Iterator[bytes]:
        """Yield every stored leaf hash in order."""
        statement = compiled(
            select(ENTRY.c.leaf)
            .where(ENTRY.c.idx >= bindparam("first"), ENTRY.c.idx < bindparam("end"))
            .order_by(ENTRY.c.idx)
        )
        size = self.size()
        for first in range(0, size, 65_536):
            for (leaf,) in self.rows(statement, (first, first + 65_536)):
                yield leaf

    def entries(self, first: int, end: int) -> list[bytes]:
        """Return the entries numbered [first, end), each hashed again.

        Raises DataDamaged naming the first that is missing or is not the one its leaf hash was made from.
        """
        found: list[bytes] = []
        for number, data, leaf in self.rows(_ENTRIES, (first, end)):
            if number != first + len(found) or not isinstance(data, bytes) or leaf_hash(data) != leaf:
                raise DataDamaged(f"entry {first + len(found)} is not the one that was committed")
            found.append(data)
        if len(found) != end - first:
            raise DataDamaged(f"entry {first + len(found)} is missing")
        return found

    def locate(self, statement_id: str) -> tuple[Located, int] | None:
        """Return where a committed statement stands, and the size of the checkpoint of its first receipt."""
        if not _ID.fullmatch(statement_id):
            return None
        found = self.rows(_LOCATE, (bytes.fromhex(statement_id),))
        if not found:
            return None
        index, leaf, signed_size = found[0]
        return Located(index, leaf.hex()), signed_size

    def history(self, chain: str) -> list[Located]:
        """Return the entries of a chain, oldest first."""
        statement = compiled(
            select(ENTRY.c.idx, ENTRY.c.leaf)
            .join(CHAIN, CHAIN.c.idx == ENTRY.c.idx)
            .where(CHAIN.c.chain == bindparam("chain"))
            .order_by(ENTRY.c.idx)
        )
        return [Located(index, leaf.hex()) for index, leaf in self.rows(statement, (chain,))]

    def settings(self) -> dict[str, str | int]:
        """Return SQLite's version and the settings in force."""
        with self.lock:
            return settings(self._driver)
