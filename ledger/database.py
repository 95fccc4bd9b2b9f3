"""Opens the three files as one database, in either of two modes, and proves the settings.

At start rollback journals: a transaction over several files is all or nothing, as changes of tables need it.
Then write-ahead logs: each file commits by itself with a single sync (`ledger.changes` makes one of two).
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from ledger.changes import is_gap
from ledger.errors import JournalElsewhere, StorageFault, StoreMismatched, UnsafeStorage
from ledger.schema import KEYS, MAIN, SCHEMAS, VAULT
from ledger.tiles import sync_directory

FILES = {MAIN: "ledger.db", VAULT: "vault.db", KEYS: "keys.db"}
PAGE_BYTES = 8192  # an entry of 2-3 kB wastes most of a 4 kB page; above 8 kB a state write journals too much
CACHE_KIB = 65_536
WAL_PAGES = 4_000  # 32 MB: written into the file then, each page once however often it changed
LOG_BYTES_MAX = 64 * 1024 * 1024  # what a log keeps of its length on disk once it was written into the file
FULL = 2
_SHOWN = (
    "journal_mode",
    "synchronous",
    "locking_mode",
    "secure_delete",
    "page_size",
    "cache_size",
    "journal_size_limit",
)

_NUMBER = slice(60, 64)  # of page 1: user_version. SQLite file format 1.3
_LOG_HEADER_BYTES, _FRAME_HEADER_BYTES = 32, 24  # of a write-ahead log, file format 4.1
_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")


def open_engine(folder: Path) -> tuple[Engine, sqlite3.Connection]:
    """Return the engine and its one connection, with rollback journals, every setting asserted.

    Unfinished commits are undone; what write-ahead logs held stands in the files, synced.
    Raises UnsafeStorage when a setting did not take, JournalElsewhere, StoreMismatched, StorageFault,
    sqlite3.Error.
    """
    _check_whole(folder)
    for name in FILES.values():
        _check_journal(folder, folder / f"{name}-journal")
        _check_log(folder / name, folder / f"{name}-wal")
    _sync(folder)
    driver = _connect(folder)
    try:
        _attach(driver, folder)
        _set_up(driver)
    except BaseException:
        driver.close()
        raise
    engine = create_engine("sqlite://", creator=lambda: driver, poolclass=StaticPool)
    event.listen(engine, "begin", _begin)
    return engine, driver


def _begin(connection: Connection) -> None:
    # IMMEDIATE: a transaction that could fail for want of a lock must do so before it has done anything.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _sync(folder: Path) -> None:
    """Return once what a killed predecessor left in the page cache alone is on disk for good.

    Before SQLite opens the files, and never after: POSIX gives up a process's locks on a file when it closes
    any descriptor of it. Whoever then opened ledger.db with a database shell would delete the write-ahead log
    on leaving, and we would go on writing to a file without a name.
    """
    try:
        for path in folder.glob("*.db*"):
            descriptor = os.open(path, os.O_RDWR)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        sync_directory(folder)
    except OSError as error:
        raise StorageFault(f"the store cannot be synced ({error})") from error


def _connect(folder: Path) -> sqlite3.Connection:
    for name in FILES.values():
        os.close(os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600))
    return sqlite3.connect(
        folder / FILES[MAIN], isolation_level=None, check_same_thread=False, cached_statements=256
    )


def _attach(driver: sqlite3.Connection, folder: Path) -> None:
    # Before the first look into a file, and for those attached later: nobody else may open them while we run,
    # and the index of a write-ahead log is then in this process alone. SQLite's WAL-reset bug, which needs a
    # second connection, cannot occur.
    _require(driver, "locking_mode", "exclusive")
    for schema in (VAULT, KEYS):
        driver.execute(f"ATTACH DATABASE ? AS {schema}", (str(folder / FILES[schema]),))


def _set_up(driver: sqlite3.Connection) -> None:
    for schema in SCHEMAS:
        _set(driver, f"{schema}.page_size", PAGE_BYTES)
        _set(driver, f"{schema}.cache_size", -CACHE_KIB)
        _require(driver, f"{schema}.locking_mode", "exclusive", assign=False)
        _set(driver, f"{schema}.synchronous", FULL)
        _require(driver, f"{schema}.journal_mode", "truncate")
        # After a standstill of hours a log is gigabytes long: without a limit it would stay so on disk.
        _require(driver, f"{schema}.journal_size_limit", LOG_BYTES_MAX)
    for schema in (VAULT, KEYS):  # what is erased must not live on in free pages
        _require(driver, f"{schema}.secure_delete", 1, assign=True)
    _set(driver, "trusted_schema", 0)


def use_write_ahead_logs(driver: sqlite3.Connection) -> None:
    """Have each file commit by itself from now on. Raises UnsafeStorage when that did not take."""
    for schema in SCHEMAS:
        _require(driver, f"{schema}.journal_mode", "wal")
    write_back_logs(driver, by_itself=True)


def write_back_logs(driver: sqlite3.Connection, by_itself: bool) -> None:
    """Have SQLite write long logs into their files by itself, or leave that to us. Raises UnsafeStorage."""
    _require(driver, "wal_autocheckpoint", WAL_PAGES if by_itself else 0)


def empty_write_ahead_log(driver: sqlite3.Connection, schema: str) -> None:
    """Write what the log of a file holds into the file, and cut the log to nothing.

    Raises StorageFault when something is left in it, sqlite3.Error.
    """
    busy, _, _ = driver.execute(f"PRAGMA {schema}.wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StorageFault(f"the write-ahead log of {FILES[schema]} cannot be emptied: restart")


def _require(driver: sqlite3.Connection, name: str, value: str | int, assign: bool = True) -> None:
    # A pragma that fails says so only in the row it returns: fetch it, always.
    row = driver.execute(f"PRAGMA {name} = {value}" if assign else f"PRAGMA {name}").fetchone()
    if row is None or row[0] != value:
        raise UnsafeStorage(f"the database did not accept {name} = {value}: check disk and file system")


def _set(driver: sqlite3.Connection, name: str, value: int) -> None:
    # These pragmas return no row when they are set: they are asked afterwards.
    driver.execute(f"PRAGMA {name} = {value}")
    _require(driver, name, value, assign=False)


def settings(driver: sqlite3.Connection) -> dict[str, str | int]:
    """Return the settings in force, as SQLite reports them, for diagnostics and tests."""
    found: dict[str, str | int] = {"version": sqlite3.sqlite_version}
    found["wal_autocheckpoint"] = driver.execute("PRAGMA wal_autocheckpoint").fetchone()[0]
    found["trusted_schema"] = driver.execute("PRAGMA trusted_schema").fetchone()[0]
    for schema in SCHEMAS:
        for name in _SHOWN:
            found[f"{schema}.{name}"] = driver.execute(f"PRAGMA {schema}.{name}").fetchone()[0]
    return found


def _check_whole(folder: Path) -> None:
    """Return when all three files are there, or none: SQLite would begin an empty one in a lost one's."""
    gone = lost(folder)
    if gone and len(gone) < len(FILES):
        raise StoreMismatched(
            f"{', '.join(gone)} is missing or empty: restore all three files from the same backup"
        )


def lost(folder: Path) -> list[str]:
    """Return the names of the store's files that are missing or empty."""
    paths = (folder / name for name in FILES.values())
    return [path.name for path in paths if not path.exists() or not path.stat().st_size]


def _check_journal(folder: Path, journal: Path) -> None:
    """Return unless a commit under way was torn from its record.

    A commit over several files counts as done when its super-journal is gone. A copied or renamed folder has
    left that file behind, so SQLite would take an unfinished commit for a finished one and keep half of it.
    """
    try:
        data = journal.read_bytes()
    except FileNotFoundError:
        return
    if not data.endswith(_JOURNAL_MAGIC) or len(data) < 16:
        return
    length = int.from_bytes(data[-16:-12], "big")
    named = Path(os.fsdecode(data[-16 - length : -16]))
    if named.parent.resolve() != folder.resolve():
        raise JournalElsewhere(
            "this folder was moved or copied while its tables changed: open it where it was, then move it"
        )


def _check_log(path: Path, log: Path) -> None:
    """Return unless a write-ahead log lies beside a file that was put there later, from a backup.

    SQLite would lay its pages over the file's. Both bear the number of a change in their page 1 (keys.db
    counts its own), and a log starts at most one after what was in the file by then.
    """
    try:
        with log.open("rb") as frames, path.open("rb") as file:
            frames.seek(_LOG_HEADER_BYTES)
            is_first_page = frames.read(_FRAME_HEADER_BYTES)[:4] == b"\0\0\0\1"
            first, last = frames.read(100)[_NUMBER], file.read(100)[_NUMBER]
    except FileNotFoundError:
        return
    if is_first_page and first and is_gap(int.from_bytes(last, "big"), int.from_bytes(first, "big")):
        raise StoreMismatched(
            f"{log.name} does not continue {path.name}: where files were restored from a backup, remove the "
            "three files that end in -wal"
        )
