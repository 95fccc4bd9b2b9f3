"""C2SP tlog-tiles: names, which files a size needs, and hash tiles that lead to one root."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from verifier.errors import TREE, VerificationError
from verifier.merkle_check import HASH_SIZE, leaf_hash, subtree_root

WIDTH = 256
ENTRIES = "entries"
BUNDLE_BYTES_MAX = WIDTH * (2 + 65_535)
Read = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Tile:
    """One file of a log: `level` is a number or `entries`; a full tile is 256 wide."""

    level: int | str
    number: int
    width: int

    @property
    def path(self) -> str:
        """The file's path below the log's prefix."""
        groups = [f"{self.number % 1000:03d}"]
        rest = self.number // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{self.level}/{'/'.join(groups)}{partial}"

    @property
    def full(self) -> Tile:
        """The full tile that contains this one once the log has grown."""
        return Tile(self.level, self.number, WIDTH)


def level_tiles(level: int, size: int) -> Iterator[Tile]:
    """Yield the hash tiles of one level in a tree of `size` leaves, in order."""
    yield from _tiles(level, size >> (8 * level))


def bundles(size: int) -> Iterator[Tile]:
    """Yield the entry bundles of a log of `size` entries, in order."""
    yield from _tiles(ENTRIES, size)


def needed_paths(size: int) -> Iterator[str]:
    """Yield the path of every file that a log of `size` entries consists of."""
    yield "checkpoint"
    level = 0
    while size >> (8 * level):
        yield from (tile.path for tile in level_tiles(level, size))
        level += 1
    yield from (tile.path for tile in bundles(size))


def _tiles(level: int | str, count: int) -> Iterator[Tile]:
    for number in range(count // WIDTH):
        yield Tile(level, number, WIDTH)
    if count % WIDTH:
        yield Tile(level, count // WIDTH, count % WIDTH)


def check_tiles(read: Callable[[Tile], bytes], size: int, root: bytes) -> list[bytes]:
    """Return the hash of each level 0 tile when all hash tiles together lead to `root`.

    Reads each hash tile once. Raises VerificationError naming the tile that does not fit.
    """
    tile_roots: list[bytes] = []
    expected: list[bytes] | None = None
    right: bytes | None = None  # the incomplete subtree at the right edge, below this level
    level = 0
    while size >> (8 * level):
        roots: list[bytes] = []
        for tile in level_tiles(level, size):
            hashes = split_hashes(read(tile), tile)
            first = tile.number * WIDTH
            if expected is not None and hashes != expected[first : first + tile.width]:
                raise VerificationError(TREE, f"{tile.path} does not fit the tiles below it")
            if tile.width == WIDTH:
                roots.append(subtree_root(hashes))
            else:
                right = subtree_root([*hashes, right] if right is not None else hashes)
                if level == 0:
                    tile_roots = [right]
        if level == 0:
            tile_roots = roots + tile_roots
        expected = roots
        level += 1
    if right != root:
        raise VerificationError(TREE, "hash tiles do not lead to the root in the checkpoint")
    return tile_roots


def prefix_root(read: Callable[[Tile], bytes], tile_roots: list[bytes], size: int, prefix: int) -> bytes:
    """Return the root that the log had at `prefix` <= `size` entries, from checked tiles."""
    full, width = divmod(prefix, WIDTH)
    hashes = tile_roots[:full]
    if width:
        tile = Tile(0, full, min(WIDTH, size - full * WIDTH))
        leaves = split_hashes(read(tile), tile)
        if subtree_root(leaves) != tile_roots[full]:
            raise VerificationError(TREE, f"{tile.path} changed while it was read")
        hashes = [*hashes, subtree_root(leaves[:width])]
    return subtree_root(hashes)


def split_hashes(data: bytes, tile: Tile) -> list[bytes]:
    """Return the hashes in a hash tile. Raises VerificationError unless it is exactly as wide."""
    if len(data) != tile.width * HASH_SIZE:
        raise VerificationError(TREE, f"{tile.path} has a wrong length")
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def split_entries(data: bytes, tile: Tile) -> tuple[list[bytes], bool]:
    """Return the entries of a bundle, and whether it holds exactly as many as it must."""
    entries: list[bytes] = []
    at = 0
    while at < len(data) and len(entries) < tile.width:
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            break
        entries.append(data[at + 2 : end])
        at = end
    return entries, at == len(data) and len(entries) == tile.width


def check_bundle(
    data: bytes, bundle: Tile, tile_root: bytes, read_hashes: Callable[[Tile], bytes]
) -> tuple[list[tuple[bytes, bytes]], VerificationError | None]:
    """Return (entry, leaf) of each entry up to the first that the tree does not hold, and the fault.

    `tile_root` is the checked hash of the level 0 tile that stands over this bundle.
    """
    entries, exact = split_entries(data, bundle)
    pairs = [(entry, leaf_hash(entry)) for entry in entries]
    if exact and subtree_root([leaf for _, leaf in pairs]) == tile_root:
        return pairs, None
    tile = Tile(0, bundle.number, bundle.width)
    for position, expected in enumerate(split_hashes(read_hashes(tile), tile)):
        if position >= len(pairs) or pairs[position][1] != expected:
            index = bundle.number * WIDTH + position
            return pairs[:position], VerificationError(TREE, "entry is not the one in the tree", index)
    return pairs, VerificationError(TREE, f"{bundle.path} does not end with its last entry")
