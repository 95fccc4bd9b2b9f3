"""The order of durability: read back before the answer, files before their checkpoint."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ledger.database import FILES
from ledger.errors import DataDamaged, Stopped
from ledger.local import Ledger
from ledger.log import Log
from ledger.note import LogSigner, verify_checkpoint
from ledger.tiles import needed, write_durably
from tests.ledger.builders import ORIGIN, SEED, disclosures, facts, open_


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE entry SET bytes = CAST(replace(bytes, 'payload', 'pAyload') AS BLOB) WHERE idx = 1",
        "UPDATE entry SET (bytes, leaf) = (SELECT bytes, leaf FROM entry WHERE idx = 0) WHERE idx = 1",
        "DELETE FROM entry WHERE idx = 1",
    ],
    ids=["other bytes", "another entry", "none"],
)
def test_nobody_is_given_a_receipt_for_an_entry_that_the_disk_does_not_hold(folder: Path, harm: str) -> None:
    def harmed(point: str) -> None:
        if point == "after commit" and armed:
            ledger._parts.store._driver.execute(harm)

    armed = False
    ledger = open_(folder, hook=harmed)
    armed = True
    with pytest.raises(Stopped):
        ledger.submit(facts("a"), disclosures()).result(10)
    assert isinstance(ledger.fault, DataDamaged) and ledger.size == 1, "nothing is signed over it"
    ledger.close()


def test_no_reader_finds_a_checkpoint_before_the_files_that_it_covers(
    ledger: Ledger, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut between the two would leave a log that nobody can verify."""
    seen: list[int] = []

    def looked(path: Path, data: bytes) -> None:
        if path.name == "checkpoint":
            size = verify_checkpoint(data, [LogSigner(ORIGIN, SEED).verifier_key]).size
            assert [tile.path for tile in needed(size) if not (folder / "log" / tile.path).exists()] == []
            assert f"\n{size}\n".encode() not in ledger.published_checkpoint(), "its row comes last"
            seen.append(size)
        write_durably(path, data)

    monkeypatch.setattr("ledger.tiles.write_durably", looked)
    for count in (1, 300):
        ledger.submit_batch([(facts(f"{count} {n}"), ()) for n in range(count)])[-1].result(20)
        ledger.publish()
    assert seen == [2, 302]


def test_what_a_killed_predecessor_committed_is_on_disk_before_it_is_signed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may stand in the page cache alone: a receipt would outlive the entry that it proves."""
    stores = {(folder / name).stat().st_ino for name in FILES.values()}
    synced: set[int] = set()
    signed_after: list[set[int]] = []
    fsync, extend = os.fsync, Log.extend

    def noted(descriptor: int) -> None:
        fsync(descriptor)
        synced.add(os.fstat(descriptor).st_ino)

    def signing(log: Log, leaves: list[bytes], time_ms: int) -> None:
        signed_after.append(synced & stores)
        extend(log, leaves, time_ms)

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(Log, "extend", signing)
    open_(folder).close()
    assert signed_after == [stores]
