"""The write-ahead logs of the store: how long they are, and what is done with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.database import FILES, LOG_BYTES_MAX
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
