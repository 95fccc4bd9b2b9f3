"""Names of tiles, bundles, the files that a size needs, and writing them so that they stay."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.tiles import (
    ENTRIES,
    Tile,
    TileInvalid,
    added,
    available,
    bundle,
    needed,
    parse,
    split_bundle,
    write_durably,
)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0, 256), "tile/0/000"),
        (Tile(0, 0, 1), "tile/0/000.p/1"),
        (Tile(1, 1_234_067, 256), "tile/1/x001/x234/067"),
        (Tile(ENTRIES, 273, 112), "tile/entries/273.p/112"),
        (Tile(ENTRIES, 1000, 255), "tile/entries/x001/000.p/255"),
        (Tile(63, 5, 256), "tile/63/005"),
    ],
)
def test_a_tile_has_one_path_and_the_path_one_tile(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse(path) == tile


@given(
    st.builds(
        Tile, st.integers(ENTRIES, 63), st.integers(0, 2**63), st.integers(1, 256)
    )
)
def test_every_tile_is_found_again_by_its_path(tile: Tile) -> None:
    assert parse(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "", "tile", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/1000", "tile/00/000",
        "tile/01/000", "tile/64/000", "tile/-1/000", "tile/entry/000", "tile/data/000", "tile/0/x000/000",
        "tile/0/x000", "tile/0/001/000", "tile/0/x001/x002", "tile/0/000.p/0", "tile/0/000.p/256",
        "tile/0/000.p/",
        "tile/0/000.p/01", "tile/0/000.p/999", "tile/0/000/p/1", "tile/0/000.p/1/", "/tile/0/000",
        "tile/0/000\n",
        "tile//000", "tile/0/../000", "tile/0/%30%30%30", "tile/0/00\u0660", "Tile/0/000", "tile/0/X001/000",
        "checkpoint", "tile/0/000.p/1.p/1", "tile/0/" + "x001/" * 7 + "000",
        "tile/0/" + "x001/" * 2_000 + "000",
    ],
)  # fmt: skip
def test_any_other_path_is_refused(path: str) -> None:
    with pytest.raises(TileInvalid):
        parse(path)


@given(st.text(alphabet="tile/0123456789x.pentris-\n ", max_size=30))
def test_an_accepted_path_is_written_the_same_way_again(path: str) -> None:
    try:
        tile = parse(path)
    except TileInvalid:
        return
    assert tile.path == path


def test_the_files_of_seventy_thousand_entries_are_those_of_the_specification() -> None:
    files = list(needed(70_000))
    for level, full, partial in ((ENTRIES, 273, 112), (0, 273, 112), (1, 1, 17), (2, 0, 1)):
        widths = [tile.width for tile in files if tile.level == level]
        assert widths == [256] * full + [partial]
    assert len(files) == 274 * 2 + 2 + 1


def test_the_files_of_exactly_one_tile() -> None:
    assert [tile.path for tile in needed(256)] == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]
    assert [tile.path for tile in needed(1)] == ["tile/entries/000.p/1", "tile/0/000.p/1"]
    assert list(needed(0)) == []


def test_growing_step_by_step_writes_every_file_once() -> None:
    for old in range(0, 800, 7):
        for new in range(old, 800, 13):
            fresh = list(added(old, new))
            assert len(set(fresh)) == len(fresh)
            assert set(needed(new)) - set(needed(old)) == set(fresh)
            assert all(available(tile, new) for tile in fresh)


def test_a_partial_tile_of_every_width_up_to_what_exists_is_available() -> None:
    assert available(Tile(0, 1, 44), 300)
    assert not available(Tile(0, 1, 45), 300)
    assert available(Tile(1, 0, 1), 300)
    assert not available(Tile(1, 0, 2), 511)
    assert not available(Tile(ENTRIES, 2, 1), 512)


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_a_bundle_gives_its_entries_back(entries: list[bytes]) -> None:
    assert split_bundle(bundle(entries)) == entries


def test_bundle_bytes_and_limits() -> None:
    assert bundle([b"", b"ab"]) == b"\0\0\0\2ab"
    assert len(bundle([b"x" * 65_535])) == 65_537
    with pytest.raises(TileInvalid):
        bundle([b"x" * 65_536])
    for truncated in (b"\0", b"\0\1", b"\0\0\0\2a", b"\0\0\0"):
        with pytest.raises(TileInvalid):
            split_bundle(truncated)


def test_a_durable_write_replaces_the_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "tile" / "0" / "x001" / "000"
    write_durably(target, b"old")
    write_durably(target, b"new")
    assert target.read_bytes() == b"new"
    assert [path.name for path in target.parent.iterdir()] == ["000"]
    assert target.stat().st_mode & 0o777 == 0o644


def test_each_durable_write_syncs_file_then_renames_then_syncs_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    fsync, rename = os.fsync, os.rename

    def record_fsync(descriptor: int) -> None:
        calls.append("directory" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")
        fsync(descriptor)

    def record_rename(source: str, target: str) -> None:
        calls.append("rename")
        rename(source, target)

    monkeypatch.setattr(os, "fsync", record_fsync)
    monkeypatch.setattr(os, "rename", record_rename)
    write_durably(tmp_path / "checkpoint", b"x")
    assert calls == ["file", "rename", "directory"]


@pytest.mark.parametrize("failing", ["fsync", "rename"])
def test_a_failed_durable_write_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    write_durably(tmp_path / "checkpoint", b"old")

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, failing, fail)
    with pytest.raises(OSError, match="Input/output"):
        write_durably(tmp_path / "checkpoint", b"new")
    assert (tmp_path / "checkpoint").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]
