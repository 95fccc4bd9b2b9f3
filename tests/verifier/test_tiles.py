"""Hash tiles as they are read: each as wide as it must be, and the same when it is read again."""

from __future__ import annotations

import pytest

from verifier.errors import TREE, VerificationError
from verifier.merkle_check import HASH_SIZE, subtree_root
from verifier.tiles import WIDTH, Tile, check_tiles, prefix_root, split_hashes

SIZE = WIDTH + 5  # one full tile, and an incomplete one beside it
LEAVES = [number.to_bytes(HASH_SIZE, "big") for number in range(SIZE)]
FULL_ROOT = subtree_root(LEAVES[:WIDTH])


def _read(tile: Tile) -> bytes:
    if tile.level == 1:
        return FULL_ROOT
    first = tile.number * WIDTH
    return b"".join(LEAVES[first : first + tile.width])


@pytest.mark.parametrize("size", [1, WIDTH - 1, WIDTH, WIDTH + 1, SIZE])
def test_an_earlier_root_follows_from_the_checked_tiles(size: int) -> None:
    roots = check_tiles(_read, SIZE, subtree_root(LEAVES))
    assert prefix_root(_read, roots, SIZE, size) == subtree_root(LEAVES[:size])


@pytest.mark.parametrize("size", [1, WIDTH - 1, WIDTH + 1])
def test_a_tile_that_is_another_when_it_is_read_again_proves_no_earlier_root(size: int) -> None:
    roots = check_tiles(_read, SIZE, subtree_root(LEAVES))
    with pytest.raises(VerificationError, match="changed while it was read") as told:
        prefix_root(lambda tile: b"\xff" + _read(tile)[1:], roots, SIZE, size)
    assert told.value.step == TREE


@pytest.mark.parametrize("more", [-HASH_SIZE, -1, 1, HASH_SIZE])
@pytest.mark.parametrize("width", [1, 5, WIDTH])
def test_a_tile_is_exactly_as_wide_as_the_size_says(width: int, more: int) -> None:
    data = bytes(width * HASH_SIZE)
    assert len(split_hashes(data, Tile(0, 0, width))) == width
    with pytest.raises(VerificationError, match="wrong length") as told:
        split_hashes(data[:more] if more < 0 else data + bytes(more), Tile(0, 0, width))
    assert told.value.step == TREE
