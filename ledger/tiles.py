"""C2SP tlog-tiles: names of the published files, entry bundles, which files a size needs, durable writing."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.merkle import TILE_WIDTH

ENTRIES = -1  # the level of entry bundles, so that bundles and hash tiles are named by one type
LEVEL_MAX = 63
ENTRY_BYTES_MAX = 65_535  # a bundle gives an entry's length in two bytes

# Six groups and a last one: an index of 21 digits, more than any size of a log has.
_PATH = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?\Z")


class TileInvalid(ValueError):
    """A path or a bundle is not in the one form that tlog-tiles allows."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One published file: hash tile (level >= 0) or entry bundle (level == ENTRIES), `width` items wide."""

    level: int
    index: int
    width: int

    @property
    def path(self) -> str:
        """The file's path below the log's prefix. C2SP tlog-tiles."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        groups = [f"{self.index % 1000:03d}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(groups)}{partial}"

    @property
    def first(self) -> int:
        """The index of the first item, at the tile's own level."""
        return self.index * TILE_WIDTH


def parse(path: str) -> Tile:
    """Return the tile that `path` names. Raises TileInvalid unless it is exactly the path of a tile."""
    match = _PATH.match(path)
    if match is None or not path.isascii():
        raise TileInvalid("not a tile path")
    level_text, index_text, width_text = match.groups()
    level = ENTRIES if level_text == "entries" else int(level_text)
    index = int(index_text.replace("x", "").replace("/", ""))
    tile = Tile(level, index, int(width_text) if width_text else TILE_WIDTH)
    # Written again it must be the same text: this refuses leading zeros, x000 groups and a width of 256.
    if level > LEVEL_MAX or tile.width > TILE_WIDTH or tile.path != path:
        raise TileInvalid("not the canonical tile path")
    return tile


def needed(size: int) -> Iterator[Tile]:
    """Yield every file that a log of `size` entries consists of, checkpoint apart."""
    return added(0, size)


def added(old_size: int, new_size: int) -> Iterator[Tile]:
    """Yield the files that a log of `new_size` needs and one of `old_size` did not have."""
    yield from _level_added(ENTRIES, old_size, new_size)
    level = 0
    while new_size:
        yield from _level_added(level, old_size, new_size)
        old_size //= TILE_WIDTH
        new_size //= TILE_WIDTH
        level += 1


def _level_added(level: int, old_count: int, new_count: int) -> Iterator[Tile]:
    for index in range(old_count // TILE_WIDTH, new_count // TILE_WIDTH):
        yield Tile(level, index, TILE_WIDTH)
    width = new_count % TILE_WIDTH  # no tile has width 0, and a partial one is never hashed upward
    if width and new_count != old_count:
        yield Tile(level, new_count // TILE_WIDTH, width)


def available(tile: Tile, size: int) -> bool:
    """Whether a log of `size` entries can serve the tile: partial tiles of every width up to what exists."""
    count = size if tile.level == ENTRIES else size // TILE_WIDTH**tile.level
    return tile.first + tile.width <= count


def bundle(entries: Iterable[bytes]) -> bytes:
    """Return the entry bundle of the entries. Raises TileInvalid for an entry over 65,535 bytes."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > ENTRY_BYTES_MAX:
            raise TileInvalid("entry too long for a bundle")
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def split_bundle(data: bytes) -> list[bytes]:
    """Return the entries of a bundle. Raises TileInvalid when its lengths do not fill it exactly."""
    entries: list[bytes] = []
    position = 0
    while position < len(data):
        start = position + 2
        position = start + int.from_bytes(data[position:start], "big")
        if start > len(data) or position > len(data):
            raise TileInvalid("bundle ends inside an entry")
        entries.append(data[start:position])
    return entries


def write_durably(path: Path, data: bytes) -> None:
    """Return once `path` holds `data` for good, loss of power included; readers see the old file or the new.

    Raises OSError, and the caller must then stop: after a failed fsync the kernel may have dropped the dirty
    pages, so that neither trying again nor reading the file back (it comes out of the page cache) tells what
    the disk holds.
    """
    directory = path.parent
    make_directory_durably(directory)
    descriptor, temporary = tempfile.mkstemp(dir=directory, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), 0o644)  # published files are for a static file server
            os.fsync(file.fileno())
        # A crash before the rename leaves a ".new-" file that nobody reads; after it, the new file, perhaps
        # not for good: its name is durable only after the fsync below. Publishing again repairs both.
        os.rename(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    sync_directory(directory)


def make_directory_durably(directory: Path) -> None:
    """Return once `directory` exists durably, its missing parents included. Raises OSError."""
    if directory.is_dir():
        return
    make_directory_durably(directory.parent)
    directory.mkdir(exist_ok=True)
    sync_directory(directory.parent)


def sync_directory(directory: Path) -> None:
    """Return once the directory's list of names is durable. Raises OSError."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
