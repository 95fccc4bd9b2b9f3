"""Writes a log into a folder that anyone can check: one checkpoint and exactly the files its size needs.

    checkpoint            signed note, with the cosignatures there are
    tile/<level>/<n>      hash tiles, the last of a level as <n>.p/<width>
    tile/entries/<n>      entry bundles
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from contracts.errors import InvariantError
from ledger.merkle import TILE_WIDTH, Tree, leaf_hash
from ledger.note import Checkpoint, NoteInvalid, parse_checkpoint_text, parse_note
from ledger.tiles import (
    ENTRIES,
    Tile,
    TileInvalid,
    bundle,
    needed,
    split_bundle,
    sync_directory,
    write_durably,
)

CHECKPOINT = "checkpoint"


class ExportRefused(Exception):
    """The target is something that an export must not replace."""


def export(folder: Path, tree: Tree, entry: Callable[[int], bytes], checkpoint: bytes) -> None:
    """Return once `folder` holds the log of the signed `checkpoint`, durably, and no other file.

    The folder may be absent, empty, or an earlier export of this same log, which is replaced as a whole.
    Each entry is hashed again on its way out. Raises ExportRefused for any other target, InvariantError when
    entries, tree and checkpoint disagree, OSError; the target is then as it was.
    """
    tree_head = parse_checkpoint_text(parse_note(checkpoint).text)
    if tree.root(tree_head.size) != tree_head.root:  # of a smaller tree there is no such root either
        raise InvariantError("the checkpoint is not one of this tree")
    folder = folder.absolute()
    _check_target(folder, tree, tree_head)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
        fresh = Path(temporary) / "new"
        for tile in needed(tree_head.size):
            write_durably(fresh / tile.path, tile_bytes(tile, tree, entry))
        write_durably(fresh / CHECKPOINT, checkpoint)
        _swap(fresh, folder, Path(temporary) / "old")


def tile_bytes(tile: Tile, tree: Tree, entry: Callable[[int], bytes]) -> bytes:
    """Return the content of a published file, entries hashed again against the tree.

    Raises InvariantError when an entry is not the one that the tree holds.
    """
    if tile.level != ENTRIES:
        return tree.tile_hashes(tile.level, tile.index, tile.width)
    entries = [entry(index) for index in range(tile.first, tile.first + tile.width)]
    if b"".join(map(leaf_hash, entries)) != tree.tile_hashes(0, tile.index, tile.width):
        raise InvariantError(f"an entry of {tile.path} is not the one whose hash the tree holds")
    return bundle(entries)


def read_entries(folder: Path) -> Iterator[bytes]:
    """Yield the entries of an exported log in their order, as they lie there: nothing is verified.

    Raises NoteInvalid, TileInvalid, OSError for what is no export.
    """
    size = size_in((folder / CHECKPOINT).read_bytes())
    for tile in sorted(one for one in needed(size) if one.level == ENTRIES):
        entries = split_bundle((folder / tile.path).read_bytes())
        if len(entries) != tile.width:
            raise TileInvalid("the bundle has another number of entries")
        yield from entries


def size_in(checkpoint: bytes) -> int:
    """Return how many entries a checkpoint is of; nothing is verified. Raises NoteInvalid."""
    return parse_checkpoint_text(parse_note(checkpoint).text).size


def read_entry(read: Callable[[str], bytes], size: int, index: int) -> bytes:
    """Return an entry of a log of `size` entries, whose files `read` gives by path: nothing is verified.

    `index` is below `size`. Raises TileInvalid, IndexError for what is no bundle, and what `read` raises.
    """
    first = index - index % TILE_WIDTH
    tile = Tile(ENTRIES, index // TILE_WIDTH, min(TILE_WIDTH, size - first))
    return split_bundle(read(tile.path))[index - first]


def _check_target(folder: Path, tree: Tree, tree_head: Checkpoint) -> None:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        earlier = parse_checkpoint_text(parse_note((folder / CHECKPOINT).read_bytes()).text)
    except (OSError, NoteInvalid) as error:
        raise ExportRefused("the folder is not empty and holds no earlier export") from error
    if earlier.origin != tree_head.origin:
        raise ExportRefused("the folder holds the export of another log")
    # A folder that is ahead of us, or has another root at its size, may be the only proof of a fork: keep it.
    if earlier.size > tree_head.size or tree.root(earlier.size) != earlier.root:
        raise ExportRefused("the folder holds an export that this log does not continue")


def _swap(fresh: Path, folder: Path, old: Path) -> None:
    # Two renames: a crash between them leaves the earlier export beside the target, as ".<name>-…/old".
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    sync_directory(folder.parent)
    shutil.rmtree(old, ignore_errors=True)
