"""Two commits that count as one: the vault's, then the ledger's; and what undoes a lonely first.

In WAL mode SQLite commits each file by itself. Both files bear the number of their last change. The vault's
commit keeps what it overwrote until the next; the ledger's commit is the moment from which a change counts.
A vault that is one change ahead is therefore put back: at start, or by the next change where only room was
missing; until then `READ_BEFORE` reads what it overwrote.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, bindparam, delete, func, literal_column, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import ClauseElement

from ledger.errors import StoreMismatched
from ledger.schema import DISCLOSURE, ENTRY, MAIN, PRIVATE_STATE, UNDO, VAULT

Hook = Callable[[str], None]
Row = tuple[Any, ...]
Writes = Sequence[tuple[str, Sequence[Row]]]  # compiled statements, each with the rows it is run for

_NUMBERS = 0x7FFF_FFFF  # what SQLite's user_version holds


def compiled(statement: ClauseElement) -> str:
    """Return the SQL text of a Core statement, for the hot path: compiled once, run by the driver."""
    return str(statement.compile(dialect=sqlite.dialect()))


def upsert(table: Table) -> str:
    """Return the SQL text that puts a value under a key of a state table."""
    insert = sqlite.insert(table)
    newer = {"value": insert.excluded.value}
    return compiled(insert.on_conflict_do_update(index_elements=["key"], set_=newer))


_PUT_PRIVATE = upsert(PRIVATE_STATE)
_DROP_PRIVATE = compiled(delete(PRIVATE_STATE).where(PRIVATE_STATE.c.key == bindparam("key")))
_BEFORE = select(PRIVATE_STATE.c.value).where(PRIVATE_STATE.c.key == bindparam("key")).scalar_subquery()
_REMEMBER = compiled(UNDO.insert().from_select(["key", "value"], select(bindparam("key"), _BEFORE)))
_FORGET = compiled(delete(UNDO))
_REMEMBERED = compiled(select(UNDO.c.key, UNDO.c.value))
READ_BEFORE = compiled(select(UNDO.c.value).where(UNDO.c.key == bindparam("key")))
_LAST_ENTRY = select(func.coalesce(func.max(ENTRY.c.idx), literal_column("-1"))).scalar_subquery()
_DROP_DISCLOSURES = compiled(delete(DISCLOSURE).where(DISCLOSURE.c.idx > _LAST_ENTRY))


@dataclass(frozen=True, slots=True)
class Changes:
    """What is stored together or not at all.

    `vault` only adds, or destroys for good: what it writes is not put back, save disclosures of entries that
    never came to be. What may be overwritten goes into `private_state`.
    """

    ledger: Writes = ()
    vault: Writes = ()
    private_state: Mapping[str, bytes] = field(default_factory=dict)


def commit(driver: sqlite3.Connection, changes: Changes, hook: Hook) -> None:
    """Return once the changes are durable, and what a change before had left in the vault alone is gone.

    Raises StoreMismatched, sqlite3.Error; `is_vault_ahead` tells what that left.
    """
    number = next_number(number_of(driver, MAIN))
    ahead = is_vault_ahead(driver)
    hook("before commit")
    with only(driver, VAULT, number):
        if ahead:
            _put_back(driver)
        driver.execute(_FORGET)
        driver.executemany(_REMEMBER, [(key, key) for key in changes.private_state])
        _run(driver, changes.vault)
        driver.executemany(_PUT_PRIVATE, changes.private_state.items())
    # A crash here leaves a vault that is one ahead: the next start puts it back. So does the next change,
    # where there was no room for the ledger's commit: then there is none for another one of the vault either.
    hook("between commits")
    with only(driver, MAIN, number):
        _run(driver, changes.ledger)
    hook("after commit")


def settle(driver: sqlite3.Connection) -> None:
    """Put a vault back that is one change ahead of the ledger. Raises StoreMismatched, sqlite3.Error."""
    if is_vault_ahead(driver):
        with only(driver, VAULT, number_of(driver, MAIN)):
            _put_back(driver)


def is_vault_ahead(driver: sqlite3.Connection) -> bool:
    """Whether the vault holds a change that the ledger does not.

    Raises StoreMismatched when they are further apart, sqlite3.Error.
    """
    ledger, vault = number_of(driver, MAIN), number_of(driver, VAULT)
    if vault not in (ledger, next_number(ledger)):
        raise StoreMismatched(
            f"vault.db (change {vault}) and ledger.db (change {ledger}) are not of one moment: "
            "restore both from the same backup"
        )
    return vault != ledger


def _put_back(driver: sqlite3.Connection) -> None:
    for key, value in driver.execute(_REMEMBERED).fetchall():
        if value is None:
            driver.execute(_DROP_PRIVATE, (key,))
        else:
            driver.execute(_PUT_PRIVATE, (key, value))
    driver.execute(_DROP_DISCLOSURES)
    driver.execute(_FORGET)


@contextmanager
def only(driver: sqlite3.Connection, schema: str, number: int) -> Iterator[None]:
    """Run the body, which writes to one file alone, in a transaction of its own; `number` marks the file."""
    driver.execute("BEGIN")
    try:
        driver.execute(f"PRAGMA {schema}.user_version = {number}")
        yield
        driver.execute("COMMIT")
    except BaseException:
        if driver.in_transaction:  # SQLite has undone some failures by itself
            driver.execute("ROLLBACK")
        raise


def number_of(driver: sqlite3.Connection, schema: str) -> int:
    """Return the number of a file's last change."""
    return int(driver.execute(f"PRAGMA {schema}.user_version").fetchone()[0])


def next_number(number: int) -> int:
    """Return the number after `number`."""
    return (number + 1) & _NUMBERS


def is_gap(number: int, later: int) -> bool:
    """Whether changes are missing between the change `number` and the change `later`."""
    return 0 < ((later - number - 1) & _NUMBERS) <= _NUMBERS // 2


def _run(driver: sqlite3.Connection, writes: Writes) -> None:
    for sql, rows in writes:
        driver.executemany(sql, rows)
