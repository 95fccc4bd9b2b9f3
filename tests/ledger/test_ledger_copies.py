"""A backup of a ledger that publishes meanwhile, and what is said when it fails."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from ledger import backup, standstill
from ledger.backup import back_up
from ledger.errors import BackupBroken
from ledger.local import Ledger
from ledger.standstill import STILL
from tests.ledger.builders import facts
from tests.ledger.test_ledger_backup import copying, holds, published_often, write


def test_a_tile_removed_meanwhile_does_not_break_the_backup(
    ledger: Ledger, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Partial tiles go once the full one is there: the backup failed, and disk and rights were blamed."""
    write(ledger, "one")
    ledger.publish()
    partial = folder / "log/tile/entries/000.p"
    assert partial.is_dir()
    scan = os.scandir

    def removed_meanwhile(path: Any) -> Any:
        if str(path) == str(partial):
            raise FileNotFoundError(2, "No such file or directory", str(path))
        return scan(path)

    with published_often(ledger), monkeypatch.context() as patched:
        patched.setattr(os, "scandir", removed_meanwhile)
        back_up(folder, tmp_path / "copy")
    assert not (tmp_path / "copy" / "log").exists()
    assert holds(tmp_path / "copy", "one") == 3
    assert ledger.submit(facts("after")).result(10).index == 2


def test_folders_of_the_operators_own_are_copied_to_their_depth(folder: Path, tmp_path: Path) -> None:
    """The published log is left out by its place at the top, nothing else by that name."""
    places = ("keys/log/a.json", "keys/of/lock")
    for place in places:
        (folder / place).parent.mkdir(parents=True)
        (folder / place).write_text(place)
    (folder / "keys/.new-x").touch()
    back_up(folder, tmp_path / "copy")
    for place in places:
        assert (tmp_path / "copy" / place).read_text() == place
    assert not (tmp_path / "copy/keys/.new-x").exists()


@pytest.mark.parametrize(("lasted", "cause"), [(0.0, "took over an hour"), (3_600.0, "a restart, or some")])
def test_a_copy_that_lasts_too_long_is_not_blamed_on_a_restart(
    ledger: Ledger, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lasted: float, cause: str
) -> None:
    """Taken again, as it was told, it failed again after another hour."""
    monkeypatch.setattr(standstill, "LONGEST_S", 0.5)
    monkeypatch.setattr(backup, "LONGEST_S", lasted)

    def moved() -> None:
        while (folder / STILL).exists():
            time.sleep(0.01)

    copying(monkeypatch, moved)
    with published_often(ledger), pytest.raises(BackupBroken, match=cause):
        back_up(folder, tmp_path / "copy")
    assert not (tmp_path / "copy").exists() and not list(tmp_path.glob(".copy*"))


def test_a_copy_lasts_too_long_from_the_hour_on() -> None:
    assert backup.LONGEST_S == standstill.LONGEST_S == 3_600
    assert "restart" in str(backup._broken(3_599.9)) and "hour" in str(backup._broken(3_600.0))
