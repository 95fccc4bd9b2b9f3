"""A disk that fails, fills up or changes bytes under a running ledger: told, and never read out or signed."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from contracts.errors import InvariantError
from ledger.errors import DataDamaged, Stopped, StorageFault, StorageFull
from ledger.local import Ledger
from ledger.merkle import leaf_hash
from ledger.note import SignatureLine
from tests.ledger.builders import facts, open_

LINE = SignatureLine("witness.example/w1", b"\1\2\3\4", bytes(72)).text


def _submit(ledger: Ledger, names: str) -> None:
    for future in ledger.submit_batch([(facts(name), ()) for name in names]):
        future.result(10)


class FailingReads:
    """Stands before SQLite; every statement fails in the way named."""

    def __init__(self, driver: sqlite3.Connection, name: str) -> None:
        self.driver = driver
        self.name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(self.driver, name)

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        error = sqlite3.OperationalError("injected")
        error.sqlite_errorname = self.name
        raise error


@pytest.mark.parametrize(("name", "stops"), [("SQLITE_IOERR_READ", True), ("SQLITE_CORRUPT", False)])
def test_a_disk_that_cannot_be_read_is_a_fault_and_nothing_is_written_after_it(
    ledger: Ledger, name: str, stops: bool
) -> None:
    """A page that was not read once may be read as another the next time."""
    store = ledger._parts.store
    driver = store._driver
    store._driver = FailingReads(driver, name)  # type: ignore[assignment]
    with pytest.raises(StorageFault, match=name):
        ledger.history("c")
    store._driver = driver
    assert (ledger.fault is not None) == stops
    if stops:
        with pytest.raises(Stopped):
            ledger.history("c")
        with pytest.raises(Stopped):
            ledger.submit(facts("a")).result(10)
    else:
        assert ledger.history("c") == []


def test_an_entry_lost_under_a_running_ledger_is_named_and_not_its_neighbour(ledger: Ledger) -> None:
    _submit(ledger, "abc")
    ledger._parts.store._driver.execute("DELETE FROM entry WHERE idx = 2")
    for first, end in ((0, 4), (1, 3), (2, 4), (2, 3)):
        with pytest.raises(DataDamaged, match=r"^entry 2 "):
            ledger._parts.store.entries(first, end)


def test_an_entry_exchanged_for_another_with_its_hash_is_neither_audited_nor_published(
    ledger: Ledger,
) -> None:
    """Row and hash fit each other: the tree alone knows that another entry was acknowledged."""
    _submit(ledger, "ab")
    forged = facts("forged").statement
    change = "UPDATE entry SET bytes = ?, leaf = ? WHERE idx = 1"
    ledger._parts.store._driver.execute(change, (forged, leaf_hash(forged)))
    with pytest.raises(DataDamaged, match=r"^entry 1 "):
        ledger.audit()
    with pytest.raises(InvariantError, match="not the one whose hash"):
        ledger.publish()
    with pytest.raises(InvariantError, match="not the one whose hash"):
        ledger.tile("tile/entries/000.p/3")


def test_an_entry_that_is_text_now_is_no_entry(ledger: Ledger) -> None:
    """Whoever edits the file by hand easily leaves text where bytes were."""
    _submit(ledger, "a")
    ledger._parts.store._driver.execute("UPDATE entry SET bytes = CAST(bytes AS TEXT) WHERE idx = 1")
    with pytest.raises(DataDamaged, match=r"^entry 1 "):
        ledger.entry(1)


def test_a_size_that_was_never_signed_gets_no_receipt(ledger: Ledger) -> None:
    """The tree is ahead of its signature for a moment, and stays so where the key is not there."""
    log = ledger._parts.log
    log.tree.append(bytes(32))
    for index, size in ((1, 2), (0, 2), (0, 3)):
        with pytest.raises(InvariantError, match="never signed"):
            log.proof(index, size)
    assert log.proof(0, 1).receipt()


@pytest.mark.parametrize(
    ("number", "expected"),
    [(errno.ENOSPC, StorageFull), (errno.EDQUOT, StorageFull), (errno.EIO, StorageFault)],
)
def test_files_that_cannot_be_written_are_told_and_written_once_there_is_room(
    ledger: Ledger, folder: Path, tmp_path: Path, number: int, expected: type[Exception]
) -> None:
    """A full disk passes by itself, a broken one does not: who is told the wrong one waits or restarts."""

    def fails(path: Path, data: bytes) -> None:
        raise OSError(number, os.strerror(number))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.tiles.write_durably", fails)
        patch.setattr("ledger.export.write_durably", fails)
        with pytest.raises(expected):
            ledger.add_cosignatures(1, [LINE])
        with pytest.raises(expected):
            ledger.export(tmp_path / "exported")
    assert not (tmp_path / "exported").exists()
    for again in (lambda: ledger.add_cosignatures(1, [LINE]), lambda: ledger.export(tmp_path / "exported")):
        again()
    told = ledger.published_checkpoint()
    assert told.endswith(f"{LINE}\n".encode()) and told.count(LINE.encode()) == 1
    assert (folder / "log/checkpoint").read_bytes() == told
    assert (tmp_path / "exported/checkpoint").read_bytes() == told


def test_a_store_that_cannot_be_synced_is_not_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a killed predecessor left may stand in the page cache alone: a receipt would outlive it."""

    def fails(descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr("ledger.database.os.fsync", fails)
        with pytest.raises(StorageFault, match="cannot be synced"):
            open_(folder)
    open_(folder).close()
