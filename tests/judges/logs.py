"""Logs for the judges, and copies of them in which one byte differs."""

from __future__ import annotations

import shutil
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.export import export
from ledger.merkle import Tree, leaf_hash
from ledger.note import LogSigner

ORIGIN = "ledger.example/rx-judged"
SEED = bytes(range(32))


@dataclass(frozen=True, slots=True)
class JudgedLog:
    """An exported log folder and the file with its key."""

    folder: Path
    verifier_key: Path


def entry(index: int) -> bytes:
    """Return the bytes of an entry; only their length and variety matter to a log."""
    return f'{{"entry":{index}}}'.encode() * (1 + index % 5)


def build_log(folder: Path, size: int) -> JudgedLog:
    """Return a log of `size` entries, signed with a fixed key and exported by the ledger's own code."""
    signer = LogSigner(ORIGIN, SEED)
    tree = Tree(leaf_hash(entry(index)) for index in range(size))
    export(folder / "log", tree, entry, signer.sign(size, tree.root(size)))
    (folder / "log.vkey").write_text(signer.verifier_key.text + "\n")
    return JudgedLog(folder / "log", folder / "log.vkey")


def flip(data: bytes, position: int) -> bytes:
    """Return `data` with one bit of the byte at `position` changed."""
    position %= len(data)
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]


def _flip_base64(text: str, position: int) -> str:
    return b64encode(flip(b64decode(text), position)).decode()


def altered_checkpoints(checkpoint: str) -> Iterator[tuple[str, str]]:
    """Yield the name and text of checkpoints that differ from `checkpoint` in one decoded byte."""
    origin, size, root, blank, signature, *more = checkpoint.split("\n")
    dash, name, value = signature.split(" ")

    def join(*lines: str) -> str:
        return "\n".join([*lines, *more])

    yield "origin", join(flip(origin.encode(), -1).decode(), size, root, blank, signature)
    yield "size", join(origin, str(int(size) ^ 1), root, blank, signature)
    yield "root", join(origin, size, _flip_base64(root, 7), blank, signature)
    yield "key id", join(origin, size, root, blank, f"{dash} {name} {_flip_base64(value, 0)}")
    yield "signature", join(origin, size, root, blank, f"{dash} {name} {_flip_base64(value, 40)}")


def _sample(files: list[Path]) -> list[Path]:
    """Return at most three of `files`: the first, one in the middle, the last."""
    return sorted({files[0], files[len(files) // 2], files[-1]})


def altered_files(folder: Path) -> Iterator[tuple[str, Path, bytes]]:
    """Yield name, relative path and new content of single files with one byte changed.

    Of each tile level and of the entry bundles the first, a middle and the last file, at three places each.
    """
    for level in sorted(path for path in (folder / "tile").iterdir()):
        files = sorted(path for path in level.rglob("*") if path.is_file())
        for file in _sample(files):
            data = file.read_bytes()
            for position in sorted({0, len(data) // 2, len(data) - 1}):
                relative = file.relative_to(folder)
                yield f"{relative} byte {position}", relative, flip(data, position)


def copied(folder: Path, target: Path) -> Path:
    """Return a copy of the log whose files share their bytes with the original until they are replaced."""
    shutil.copytree(folder, target, copy_function=_link)
    return target


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def replace(file: Path, data: bytes) -> None:
    """Put `data` in place of a file without touching the bytes that a linked original shares with it."""
    file.unlink()
    file.write_bytes(data)
