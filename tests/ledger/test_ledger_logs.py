"""The write-ahead logs of the store: how long they are, and what is done with them."""

from __future__ import annotations

import resource
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ledger.database import FILES, LOG_BYTES_MAX, PAGE_BYTES
from ledger.local import Ledger
from tests.ledger.builders import disclosures, facts, open_


def _lengths(folder: Path) -> dict[str, int]:
    return {name: (folder / f"{name}-wal").stat().st_size for name in FILES.values()}


def test_a_long_standstill_does_not_keep_the_disk_for_ever(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2.8 GB of write-ahead logs stayed on disk, all of it written into the files long ago."""
    limit = 100_000
    monkeypatch.setattr("ledger.database.LOG_BYTES_MAX", limit)
    monkeypatch.setattr("ledger.database.WAL_PAGES", 3)
    ledger = open_(folder)
    store = ledger._parts.store
    store.hold_files_still(lambda: None)
    for number in range(40):
        ledger.submit(facts(f"held {number}", chain=str(number)), disclosures()).result(10)
    assert min(_lengths(folder).values()) > 2 * limit
    store.let_files_move()
    for number in range(2):  # the first is followed by the writing back, the second begins the log anew
        ledger.submit(facts(f"later {number}", chain=f"later {number}"), disclosures()).result(10)
    assert max(_lengths(folder).values()) <= limit
    assert ledger.audit() == ledger.size == 43
    ledger.close()
    reopened = open_(folder)
    assert reopened.size == 43 == reopened.audit()
    reopened.close()


def test_the_limit_of_every_log_is_in_force(ledger: Ledger) -> None:
    found = ledger._parts.store.settings()
    assert [found[f"{schema}.journal_size_limit"] for schema in ("main", "vault", "keys")] == [64 << 20] * 3
    assert LOG_BYTES_MAX == 64 << 20


def test_a_log_that_cannot_be_written_back_loses_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite tells nobody that it failed: what is acknowledged stands in the log, and is read from there."""
    monkeypatch.setattr("ledger.database.WAL_PAGES", 3)
    ledger = open_(folder)
    for unit in range(3):  # then the file is longer than its log, which has to find room
        ledger.submit_batch([(facts(f"{unit} {n}"), ()) for n in range(500)])[-1].result(10)
    write_back = "PRAGMA main.wal_checkpoint(PASSIVE)"
    with _no_room_from((folder / "ledger.db").stat().st_size - PAGE_BYTES):
        for n in range(3):
            assert ledger.submit(facts(str(n))).result(10).outcome == "accepted"
        with pytest.raises(sqlite3.OperationalError):
            ledger._parts.store._driver.execute(write_back)
        assert ledger.fault is None and ledger.audit() == ledger.size == 1504
    crashed = shutil.copytree(folder, folder.parent / "crashed")
    assert ledger.submit(facts("room again")).result(10).index == 1504
    _, frames, written_back = ledger._parts.store._driver.execute(write_back).fetchone()
    assert frames == written_back
    ledger.close()
    reopened = open_(crashed)
    assert reopened.audit() == reopened.size == 1504
    reopened.close()


@contextmanager
def _no_room_from(length: int) -> Iterator[None]:
    """No file of this process can be written from that place on."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
