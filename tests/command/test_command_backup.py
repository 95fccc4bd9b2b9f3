"""`rx backup`: the copy is a ledger, and each refusal says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.command.service import open_ledger
from tests.command.builders import Command


def test_the_copy_is_the_ledger_again(rx: Command, tmp_path: Path) -> None:
    folder, copy = tmp_path / "ledger", tmp_path / "backups" / "monday"
    rx.init(folder)
    told = rx.json("backup", "--folder", folder, "--to", copy)
    assert told["folder"] == str(copy) and told["bytes"] > 0
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    copied = {str(path.relative_to(copy)) for path in copy.rglob("*") if path.is_file()}
    assert copied == {name for name in names if not name.startswith(("log/", "lock"))}
    assert rx.json("export", "--folder", copy, tmp_path / "log")["size"] == 1
    assert rx.code("backup", "--folder", folder, "--to", tmp_path / "second") == 0
    assert "of one moment" in rx.output


def test_a_refusal_names_cause_and_fix(rx: Command, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    rx.init(folder)
    assert rx.code("backup", "--folder", folder, "--to", folder) == 2
    assert "not empty" in rx.error
    assert rx.code("backup", "--folder", folder, "--to", folder / "copies" / "monday") == 2
    assert "lost with it" in rx.error and not (folder / "copies").exists()
    assert rx.code("backup", "--folder", tmp_path / "none", "--to", tmp_path / "copy") == 2
    assert "holds no ledger" in rx.error
    ledger, _ = open_ledger(folder)
    try:
        assert rx.code("backup", "--folder", folder, "--to", tmp_path / "copy", "--wait-s", "0.1") == 2
    finally:
        ledger.close()
    assert "has not answered for 0.1 s" in rx.error and not (tmp_path / "copy").exists()


@pytest.mark.parametrize("seconds", ["nan", "-1", "1e9", "soon"])
def test_nobody_waits_for_ever(rx: Command, tmp_path: Path, seconds: str) -> None:
    words = ("backup", "--folder", tmp_path, "--to", tmp_path / "copy", "--wait-s", seconds)
    assert rx.code(*words) == 2 and "--wait-s" in rx.error
