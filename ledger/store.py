"""The store: changes of the three files, and the reads that everything else is made of.

One connection, one lock. Whoever holds the lock sees committed data only, because a change holds it from
its beginning to the end of its last commit.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import BindParameter, Column, bindparam, func, select
from sqlalchemy.exc import DBAPIError

from ledger.answers import Located
from ledger.changes import (
    READ_BEFORE,
    Changes,
    Hook,
    Row,
    commit,
    compiled,
    is_vault_ahead,
    next_number,
    number_of,
    only,
    settle,
)
from ledger.database import (
    empty_write_ahead_log,
    open_engine,
    settings,
    use_write_ahead_logs,
    write_back_logs,
)
from ledger.errors import (
    DataDamaged,
    LedgerError,
    NotALedger,
    SchemaUnknown,
    Stopped,
    StorageFault,
    StorageFull,
    StoreMismatched,
)
from ledger.merkle import leaf_hash
from ledger.schema import CHAIN, ENTRY, KEYS, MAIN, PRIVATE_STATE, PUBLIC_STATE, SCHEMAS, UNDO, VAULT

MIGRATIONS = Path(__file__).parent / "migrations"
PRIVATE_PREFIX = "pvt/"
# A statement's leaf is in its entry's row. Stored again under its state key, a random one like the id, it
# would be one more page for each statement to read and write.
LEAF_PREFIX = "pub/leaf/"

_ID = re.compile(r"[0-9a-f]{64}")

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
_AT_ONCE = (1, 8, 64, 512)  # how many are looked up by one statement: SQLite compiles each of these once


def _lookups(column: Column[Any]) -> dict[int, str]:
    """The reads that tell which of so many values a column holds."""
    values: list[BindParameter[Any]] = [bindparam(f"value{place}") for place in range(_AT_ONCE[-1])]
    return {size: compiled(select(column).where(column.in_(values[:size]))) for size in _AT_ONCE}


_WHICH_KEYS = _lookups(PUBLIC_STATE.c.key)
_WHICH_STATEMENTS = _lookups(ENTRY.c.statement_id)

_HAS_UNDO = f"SELECT 1 FROM {UNDO.schema}.sqlite_master WHERE name = '{UNDO.name}'"


class Store:
    """Owns the connection. `hook(point)` lets tests fail at a named point; it does nothing otherwise."""

    def __init__(self, folder: Path, hook: Hook = lambda _: None) -> None:
        """Open the files, which must be empty or a ledger's, and bring the tables up to date.

        Raises CannotStart subclasses, StorageFull, StorageFault.
        """
        self.lock = RLock()
        self._hook = hook
        self._broken: LedgerError | None = None
        self._moving: Callable[[], None] | None = None  # told before files that stand still move again
        self._is_vault_ahead = False  # by a change that found no room in the ledger: nobody may read that
        try:
            self._engine, self._driver = open_engine(folder)
        except sqlite3.Error as error:
            raise _start_fault(error) from error
        try:
            self._prepare()
        except (sqlite3.Error, DBAPIError) as error:
            self.close()
            raise _start_fault(error) from error
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
            if self._moving is not None:  # closing writes the logs into the files
                self._moving()
            self._broken = self._broken or Stopped()
            self._engine.dispose()
            self._driver.close()

    def _prepare(self) -> None:
        """Bring the files to one state. What a crash left between two commits is put back before anything is
        read; tables change while one transaction is whole over all files."""
        if self._driver.execute(_HAS_UNDO).fetchone() is not None:
            settle(self._driver)
        self._migrate()
        use_write_ahead_logs(self._driver)

    def _migrate(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        with self._engine.begin() as connection:
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise SchemaUnknown("a newer version wrote this ledger: run that version") from error

    # -- writes --------------------------------------------------------------------------------

    def commit(self, changes: Changes) -> None:
        """Store the changes, all or none; durable on return.

        Raises StorageFull when nothing was stored for want of room. Any other failure is a StorageFault:
        nobody knows what is stored, and the store refuses everything from then on.
        """
        with self._writing():
            commit(self._driver, changes, self._hook)
            self._is_vault_ahead = False

    def write_keys(self, sql: str, rows: Sequence[Row]) -> None:
        """Store changes of data keys; durable on return. Raises as `commit` does.

        A change of its own: keys made for statements that were not stored in the end open nothing.
        """
        with self._writing(), only(self._driver, KEYS, next_number(number_of(self._driver, KEYS))):
            self._driver.executemany(sql, rows)

    def empty_write_ahead_logs(self) -> None:
        """Return once what was erased stands in no write-ahead log either. Raises StorageFault."""
        with self._writing():
            self.let_files_move()
            for schema in (VAULT, KEYS):
                empty_write_ahead_log(self._driver, schema)

    def hold_files_still(self, moving: Callable[[], None]) -> None:
        """Return once everything stands in the three files, and changes go into their logs alone.

        Until `let_files_move`, or anything that has to write into the files; `moving` is called before that.
        Raises StorageFault, Stopped.
        """
        with self._writing():
            for schema in SCHEMAS:
                empty_write_ahead_log(self._driver, schema)
            write_back_logs(self._driver, by_itself=False)
            self._moving = moving

    def let_files_move(self) -> None:
        """Return once the files take up changes again; does nothing where they do. Raises StorageFault."""
        with self.lock:
            if self._moving is not None:
                self._moving()
                self._moving = None
                write_back_logs(self._driver, by_itself=True)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self.lock:
            self._require_usable()
            before = None
            try:
                before = number_of(self._driver, MAIN)
                yield
            except sqlite3.Error as error:
                raise self._write_fault(error, before) from error
            except BaseException as error:  # between two commits, for all we know
                self._broken = StorageFault(f"a change was broken off ({type(error).__name__}): restart")
                raise

    def _write_fault(self, error: sqlite3.Error, before: int | None) -> LedgerError:
        if _name(error) == "SQLITE_FULL" and before is not None and self._is_undone(before):
            return StorageFull("the disk is full: make room; nothing was stored")
        # After a failed fsync the kernel may have dropped the pages: no second attempt tells the truth.
        self._broken = _storage_fault(error)
        return self._broken

    def _is_undone(self, before: int) -> bool:
        """Whether the change is certainly not stored; the vault alone may have it, until the next change."""
        try:
            self._is_vault_ahead = is_vault_ahead(self._driver)
            return number_of(self._driver, MAIN) == before
        except (sqlite3.Error, StoreMismatched):
            return False

    def _require_usable(self) -> None:
        if self._broken is not None:
            raise Stopped(self._broken)

    # -- reads ---------------------------------------------------------------------------------

    def rows(self, sql: str, parameters: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a compiled read. Raises StorageFault, Stopped."""
        with self.lock:
            self._require_usable()
            try:  # no context manager: a statement asks several times, and one costs more than SQLite
                return self._driver.execute(sql, parameters).fetchall()
            except sqlite3.Error as error:
                fault = _storage_fault(error)
                if _name(error).startswith("SQLITE_IOERR"):
                    self._broken = fault
                raise fault from error

    def state(self, key: str) -> bytes | None:
        """Return the committed value under a state key; a statement's leaf stands with its entry."""
        if key.startswith(LEAF_PREFIX):
            located = self.locate(key.removeprefix(LEAF_PREFIX))
            return leaf_value(located[0].leaf) if located else None
        if not key.startswith(PRIVATE_PREFIX):
            found = self.rows(_READ_PUBLIC, (key,))
        else:
            with self.lock:
                found = self.rows(READ_BEFORE, (key,)) if self._is_vault_ahead else []
                found = found or self.rows(_READ_PRIVATE, (key,))
        return found[0][0] if found else None

    def public_keys(self, keys: Iterable[str]) -> set[str]:
        """Return those of these public state keys that hold a value. Raises StorageFault, Stopped."""
        leaves, others = [], []
        for key in keys:
            identifier = key.removeprefix(LEAF_PREFIX)
            if identifier == key:
                others.append(key)
            elif _ID.fullmatch(identifier):
                leaves.append(bytes.fromhex(identifier))
        committed = {LEAF_PREFIX + found.hex() for found in self._which(_WHICH_STATEMENTS, leaves)}
        return committed.union(self._which(_WHICH_KEYS, others))

    def _which(self, lookups: Mapping[int, str], values: Sequence[Any]) -> list[Any]:
        found = []
        for first in range(0, len(values), _AT_ONCE[-1]):
            asked = values[first : first + _AT_ONCE[-1]]
            size = next(size for size in _AT_ONCE if size >= len(asked))
            found += self.rows(lookups[size], (*asked, *[asked[-1]] * (size - len(asked))))
        return [value for (value,) in found]

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


def leaf_value(leaf: str) -> bytes:
    """Return the state value that tells a leaf, as contracts write it."""
    return b'{"leaf":"%s"}' % leaf.encode("ascii")


def _name(error: BaseException | None) -> str:
    return getattr(error, "sqlite_errorname", type(error).__name__)


def _start_fault(error: sqlite3.Error | DBAPIError) -> LedgerError:
    name = _name(error.orig if isinstance(error, DBAPIError) else error)
    if name == "SQLITE_FULL":
        return StorageFull("the disk is full: make room and start again; nothing was lost")
    if name == "SQLITE_BUSY":
        return StorageFault("another program has the store's files open: close it, then start again")
    if name in ("SQLITE_CORRUPT", "SQLITE_NOTADB"):
        return NotALedger(f"the database cannot be opened ({name}): restore it from its backup")
    return StorageFault(f"the store failed ({name}): check the disk, then start again")


def _storage_fault(error: sqlite3.Error) -> StorageFault:
    return StorageFault(f"the store failed ({_name(error)}): check the disk, then restart")
