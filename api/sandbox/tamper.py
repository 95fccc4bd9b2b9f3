"""One byte of one entry changed in a copy of an exported log, for the verifier to find."""

from __future__ import annotations

import shutil
from pathlib import Path

_BUNDLE_ENTRIES = 256


class TamperFault(Exception):
    """The log holds no such entry."""


def changed_copy(log: Path, copy: Path, index: int) -> int:
    """Copy `log` to `copy`, change one byte in the middle of entry `index`, return the byte's place.

    Raises TamperFault when the export holds no entry of that index.
    """
    shutil.copytree(log, copy)
    bundle = _bundle(copy, index // _BUNDLE_ENTRIES)
    content = bytearray(bundle.read_bytes())
    start, size = _place(content, index % _BUNDLE_ENTRIES)
    position = start + size // 2
    content[position] ^= 1
    bundle.write_bytes(content)
    return position - start


def _bundle(log: Path, number: int) -> Path:
    """Return the file of entry bundle `number`, full or partial (C2SP tlog-tiles paths)."""
    path = f"{number % 1000:03}"
    while number >= 1000:
        number //= 1000
        path = f"x{number % 1000:03}/{path}"
    whole = log / "tile" / "entries" / path
    partial = whole.with_name(whole.name + ".p")
    if whole.is_file():
        return whole
    if partial.is_dir():
        return max(partial.iterdir(), key=lambda each: int(each.name))
    raise TamperFault(f"the export has no entry bundle {path}")


def _place(bundle: bytes | bytearray, position: int) -> tuple[int, int]:
    """Return where the entry at `position` starts in its bundle, and its size (both in bytes)."""
    start = 0
    for _ in range(position):
        start += 2 + int.from_bytes(bundle[start : start + 2], "big")
    size = int.from_bytes(bundle[start : start + 2], "big")
    if start + 2 + size > len(bundle) or size == 0:
        raise TamperFault("the entry bundle is shorter than its index says")
    return start + 2, size
