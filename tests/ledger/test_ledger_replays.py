"""What a submission that writes nothing, or is none at all, does to the writer: nothing."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from contracts.errors import InvariantError
from ledger.errors import DataDamaged, Stopped, StorageFull
from ledger.local import Ledger
from tests.ledger.builders import disclosures, facts, open_
from tests.ledger.test_ledger_faults import Fault

_HARM = "UPDATE entry SET bytes = CAST(replace(bytes, 'payload', 'pAyload') AS BLOB) WHERE idx = 1"


def _damaged(folder: Path) -> None:
    ledger = open_(folder)
    for name in "ab":
        ledger.submit(facts(name), disclosures()).result(10)
    ledger.publish()  # a start hashes again what no published checkpoint covers
    ledger._parts.store._driver.execute(_HARM)
    ledger.close()


def test_one_damaged_entry_does_not_stop_everybody_who_writes(folder: Path) -> None:
    """Each retry of its statement stopped the writer, after each restart again."""
    _damaged(folder)
    for name in "cd":
        ledger = open_(folder)
        names = ("b", "a", name)
        before, damaged, after = ledger.submit_batch([(facts(one), disclosures()) for one in names])
        assert (before.result(10).outcome, before.result(10).index) == ("replayed", 2)
        with pytest.raises(DataDamaged, match="entry 1 ") as told:
            damaged.result(10)
        assert told.value.code == "STORAGE_ERROR"
        assert after.result(10).outcome == "accepted" and ledger.fault is None
        assert ledger.submit(facts(f"after {name}")).result(10).outcome == "accepted"
        ledger.close()


def test_a_replay_that_contradicts_the_log_still_stops_the_writer(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def contradicts(index: int, size: int) -> None:
        raise InvariantError("a receipt of a size that was never signed")

    ledger.submit(facts("a")).result(10)
    monkeypatch.setattr(ledger._parts.log, "proof", contradicts)
    with pytest.raises(Stopped):
        ledger.submit(facts("a")).result(10)
    assert isinstance(ledger.fault, InvariantError)


def test_a_replay_does_not_make_a_full_disk_ready(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stores nothing, and every new statement was refused while /readyz said ready."""
    fault = Fault()
    ledger = open_(folder, hook=fault)
    ledger.submit(facts("a"), disclosures()).result(10)
    monkeypatch.setattr("ledger.local.shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    fault.name, fault.point = "SQLITE_FULL", "before commit"
    with pytest.raises(StorageFull):
        ledger.submit(facts("b")).result(10)
    assert ledger.submit(facts("a"), disclosures()).result(10).outcome == "replayed"
    assert isinstance(ledger.fault, StorageFull)
    assert ledger.submit(facts("b")).result(10).outcome == "accepted"
    assert ledger.fault is None
    ledger.close()


def test_an_empty_unit_does_not_end_the_writer(ledger: Ledger) -> None:
    """Its thread ended without a word: whoever submitted anything afterwards waited for ever."""
    assert ledger.submit_batch([]) == []
    ledger._writer._thread.join(0.2)
    assert ledger._writer._thread.is_alive() and ledger.queued == 0
    assert ledger.submit(facts("a")).result(10).index == 1


def test_an_empty_unit_is_refused_by_a_writer_that_has_ended(ledger: Ledger) -> None:
    ledger.close()
    with pytest.raises(Stopped):
        ledger.submit_batch([])
