"""What is published stays published, whatever fails on the way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ledger.errors import StorageFault, StorageFull
from ledger.local import Ledger
from tests.ledger.builders import disclosures, facts, open_
from tests.ledger.test_ledger_faults import Fault

LINE = "— witness.example/w AAAAAAAA\n"


def _shown(folder: Path) -> bytes:
    return (folder / "log/checkpoint").read_bytes()


def _write(ledger: Ledger, name: str) -> None:
    ledger.submit(facts(name), disclosures()).result(10)


def test_a_late_cosignature_does_not_take_back_a_published_checkpoint(folder: Path) -> None:
    """The row of the newer one had found no room: its readers saw the log go back, as a fork would."""
    fault = Fault()
    ledger = open_(folder, hook=fault)
    _write(ledger, "a")
    ledger.publish()
    _write(ledger, "b")
    fault.name, fault.point = "SQLITE_FULL", "before commit"
    with pytest.raises(StorageFull):
        ledger.publish()
    newer = _shown(folder)
    assert b"\n3\n" in newer and b"\n2\n" in ledger.published_checkpoint()
    ledger.add_cosignatures(2, [LINE])
    assert _shown(folder) == newer and ledger.cosigned_size == 2
    assert ledger.published_checkpoint().endswith(LINE.encode())
    ledger.publish()
    assert ledger.published_checkpoint() == newer == _shown(folder)
    ledger.add_cosignatures(3, [LINE])
    assert _shown(folder) == newer + LINE.encode() == ledger.published_checkpoint()
    ledger.close()


def test_a_checkpoint_that_readers_may_have_seen_is_not_taken_back_after_a_failed_sync(
    ledger: Ledger, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file has its new name, and only the folder's sync failed."""
    _write(ledger, "a")
    ledger.publish()
    _write(ledger, "b")
    rename, sync = os.rename, os.fsync

    def renamed(source: str, target: Path) -> None:
        rename(source, target)
        if target.name == "checkpoint":
            monkeypatch.setattr(os, "fsync", fails)

    def fails(descriptor: int) -> None:
        monkeypatch.setattr(os, "fsync", sync)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "rename", renamed)
    with pytest.raises(StorageFault):
        ledger.publish()
    newer = _shown(folder)
    ledger.add_cosignatures(2, [LINE])
    assert _shown(folder) == newer and b"\n3\n" in newer
