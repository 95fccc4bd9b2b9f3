"""A backup of a ledger that publishes meanwhile, and what is said when it fails."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ledger.backup import back_up
from ledger.local import Ledger
from tests.ledger.builders import facts
from tests.ledger.test_ledger_backup import holds, published_often, write


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
