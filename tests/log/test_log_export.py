"""An exported folder holds one checkpoint and exactly the files its size needs, or stays what it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.errors import InvariantError
from ledger.export import ExportRefused, export, read_entries, read_entry
from ledger.merkle import Tree, leaf_hash
from ledger.note import LogSigner
from ledger.tiles import TileInvalid, bundle, needed, split_bundle

SIGNER = LogSigner("ledger.example/rx", b"\1" * 32)


class Log:
    def __init__(self, size: int, mark: str = "entry") -> None:
        self.entries = [f"{mark} {index}".encode() for index in range(size)]
        self.tree = Tree(map(leaf_hash, self.entries))

    def checkpoint(self, size: int, signer: LogSigner = SIGNER) -> bytes:
        return signer.sign(size, self.tree.root(size))

    def export(self, folder: Path, size: int) -> None:
        export(folder, self.tree, self.entries.__getitem__, self.checkpoint(size))


@pytest.fixture(scope="module")
def log() -> Log:
    return Log(700)


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, 700])
def test_the_folder_holds_exactly_the_files_of_its_size(tmp_path: Path, log: Log, size: int) -> None:
    log.export(tmp_path / "log", size)
    found = files(tmp_path / "log")
    assert set(found) == {"checkpoint"} | {tile.path for tile in needed(size)}
    assert found["checkpoint"] == log.checkpoint(size)
    entries: list[bytes] = []
    for path in sorted(path for path in found if path.startswith("tile/entries/")):
        entries += split_bundle(found[path])
    assert entries == log.entries[:size]
    hashes = b"".join(found[path] for path in sorted(found) if path.startswith("tile/0/"))
    assert hashes == b"".join(map(leaf_hash, entries))
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


def test_an_earlier_export_of_the_same_log_is_replaced_as_a_whole(tmp_path: Path, log: Log) -> None:
    log.export(tmp_path / "log", 300)
    log.export(tmp_path / "log", 700)
    log.export(tmp_path / "fresh", 700)
    assert files(tmp_path / "log") == files(tmp_path / "fresh")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fresh", "log"]


def test_an_empty_folder_is_used(tmp_path: Path, log: Log) -> None:
    (tmp_path / "log").mkdir()
    log.export(tmp_path / "log", 5)
    assert (tmp_path / "log" / "checkpoint").exists()


def test_a_folder_with_anything_else_in_it_is_refused_and_kept(tmp_path: Path, log: Log) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(ExportRefused):
        log.export(tmp_path, 5)
    assert files(tmp_path) == {"letter.txt": b"mine"}


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path, log: Log) -> None:
    (tmp_path / "log").write_text("mine")
    with pytest.raises(ExportRefused):
        log.export(tmp_path / "log", 5)


@pytest.mark.parametrize("case", ["ahead", "fork", "other"])
def test_evidence_of_another_history_is_never_overwritten(tmp_path: Path, log: Log, case: str) -> None:
    folder = tmp_path / "log"
    if case == "ahead":
        log.export(folder, 600)
    elif case == "fork":
        Log(300, "forged").export(folder, 300)
    else:
        other = LogSigner("other.example/rx", b"\2" * 32)
        export(folder, log.tree, log.entries.__getitem__, log.checkpoint(300, other))
    before = files(folder)
    with pytest.raises(ExportRefused):
        log.export(folder, 500)
    assert files(folder) == before


def test_an_entry_that_is_not_the_logged_one_is_not_exported(tmp_path: Path, log: Log) -> None:
    entries = list(log.entries)
    entries[299] = b"entry 299 "
    with pytest.raises(InvariantError):
        export(tmp_path / "log", log.tree, entries.__getitem__, log.checkpoint(300))
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_of_another_tree_is_not_exported(tmp_path: Path, log: Log) -> None:
    for checkpoint in (Log(300, "forged").checkpoint(300), Log(800).checkpoint(800)):
        with pytest.raises(InvariantError):
            export(tmp_path / "log", log.tree, log.entries.__getitem__, checkpoint)
    assert list(tmp_path.iterdir()) == []


def test_an_export_whose_bundle_has_lost_or_gained_entries_is_not_read_as_whole(
    tmp_path: Path, log: Log
) -> None:
    """What is counted over its entries would be short of some, and nobody told."""
    log.export(tmp_path / "log", 300)
    assert list(read_entries(tmp_path / "log")) == log.entries[:300]
    path = tmp_path / "log/tile/entries/001.p/44"
    for held in (log.entries[256:299], log.entries[256:301], []):
        path.write_bytes(bundle(held))
        with pytest.raises(TileInvalid, match="another number"):
            list(read_entries(tmp_path / "log"))
    path.write_bytes(bundle(log.entries[256:299]))
    with pytest.raises(IndexError):
        read_entry(lambda name: (tmp_path / "log" / name).read_bytes(), 300, 299)
