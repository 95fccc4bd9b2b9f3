"""Opens the three files as one database in which a transaction is all or nothing, and proves the settings.

Rollback journals (TRUNCATE), synchronous=FULL, one connection: see DESIGN.md §2 for why not WAL.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from ledger.errors import JournalElsewhere, UnsafeStorage
from ledger.schema import KEYS, SCHEMAS, VAULT

FILES = {"main": "ledger.db", VAULT: "vault.db", KEYS: "keys.db"}
PAGE_BYTES = 8192  # an entry of 2-3 kB wastes most of a 4 kB page; above 8 kB a state write journals too much
CACHE_KIB = 65_536
FULL = 2

_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")


def open_engine(folder: Path) -> tuple[Engine, sqlite3.Connection]:
    """Return the engine and its one connection, with every setting asserted and unfinished commits undone.

    Raises UnsafeStorage when a setting did not take, JournalElsewhere, sqlite3.Error.
    """
    for name in FILES.values():
        _check_journal(folder, folder / f"{name}-journal")
    driver = _connect(folder)
    try:
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


def _connect(folder: Path) -> sqlite3.Connection:
    for name in FILES.values():
        os.close(os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600))
    driver = sqlite3.connect(
        folder / FILES["main"], isolation_level=None, check_same_thread=False, cached_statements=256
    )
    for schema in (VAULT, KEYS):
        driver.execute(f"ATTACH DATABASE ? AS {schema}", (str(folder / FILES[schema]),))
    return driver


def _set_up(driver: sqlite3.Connection) -> None:
    for schema in SCHEMAS:
        driver.execute(f"PRAGMA {schema}.page_size = {PAGE_BYTES}")
        driver.execute(f"PRAGMA {schema}.cache_size = -{CACHE_KIB}")
        # Nobody else may open the files while we run: a reader with a shell could make a commit fail.
        _require(driver, f"{schema}.locking_mode", "exclusive")
        _require(driver, f"{schema}.journal_mode", "truncate")
        driver.execute(f"PRAGMA {schema}.synchronous = FULL")
        _require(driver, f"{schema}.synchronous", FULL, assign=False)
    for schema in (VAULT, KEYS):  # what is erased must not live on in free pages
        _require(driver, f"{schema}.secure_delete", 1, assign=True)
    driver.execute("PRAGMA trusted_schema = OFF")


def _require(driver: sqlite3.Connection, name: str, value: str | int, assign: bool = True) -> None:
    # A pragma that fails says so only in the row it returns: fetch it, always.
    row = driver.execute(f"PRAGMA {name} = {value}" if assign else f"PRAGMA {name}").fetchone()
    if row is None or row[0] != value:
        raise UnsafeStorage(f"the database did not accept {name} = {value}: check disk and file system")


def settings(driver: sqlite3.Connection) -> dict[str, str | int]:
    """Return the settings in force, as SQLite reports them, for diagnostics and tests."""
    found: dict[str, str | int] = {"version": sqlite3.sqlite_version}
    for schema in SCHEMAS:
        for name in ("journal_mode", "synchronous", "locking_mode", "secure_delete"):
            found[f"{schema}.{name}"] = driver.execute(f"PRAGMA {schema}.{name}").fetchone()[0]
    return found


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
            "this folder was moved or copied during a commit: open it once in its first place, then move it"
        )
