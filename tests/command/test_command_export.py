"""`rx export` from a ledger's folder: what it writes, and what it refuses."""

from __future__ import annotations

from pathlib import Path

from api.command.service import open_ledger
from tests.command.builders import ORIGIN, Command


def test_an_export_holds_exactly_the_files_of_its_size(rx: Command, tmp_path: Path) -> None:
    folder, out = tmp_path / "ledger", tmp_path / "audit" / "log"
    rx.init(folder)
    facts = rx.json("export", "--folder", folder, out)
    assert facts == {"folder": str(out), "origin": ORIGIN, "size": 1}
    files = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    assert files == ["checkpoint", "tile/0/000.p/1", "tile/entries/000.p/1"]
    assert rx.code("export", "--folder", folder, out) == 0


def test_a_folder_with_other_things_is_left_alone(rx: Command, tmp_path: Path) -> None:
    folder, out = tmp_path / "ledger", tmp_path / "out"
    rx.init(folder)
    out.mkdir()
    (out / "thesis.txt").write_text("mine")
    assert rx.code("export", "--folder", folder, out) == 1
    assert [path.name for path in out.iterdir()] == ["thesis.txt"]


def test_a_ledger_in_use_is_not_opened_twice(rx: Command, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    rx.init(folder)
    ledger, _ = open_ledger(folder)
    try:
        assert rx.code("export", "--folder", folder, tmp_path / "out") == 2
    finally:
        ledger.close()
    assert "DB_UNAVAILABLE" in rx.error


def test_no_ledger_is_named(rx: Command, tmp_path: Path) -> None:
    assert rx.code("export", "--folder", tmp_path, tmp_path / "out") == 2
    assert "rx init" in rx.error


def test_over_http_a_member_key_is_needed(rx: Command, tmp_path: Path) -> None:
    assert rx.code("export", "--url", "http://127.0.0.1:9", tmp_path / "out") == 2
    assert "--key" in rx.error
    words = ("export", "--url", "127.0.0.1:9", "--key", tmp_path / "H1.json", tmp_path / "out")
    assert rx.code(*words) == 2
    assert "no address" in rx.error
