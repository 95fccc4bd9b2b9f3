"""Publishes the log into <folder>/log as C2SP tlog-tiles, and keeps published checkpoints with cosignatures.

Files come before the checkpoint that needs them, the checkpoint file before its row in the store: a crash
anywhere leaves the earlier checkpoint with all its files, and publishing again repairs the rest.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from sqlalchemy import bindparam, delete, literal_column, select, update

from ledger import export, tiles
from ledger.changes import Changes, compiled
from ledger.errors import BehindCheckpoint, DataDamaged, StorageFault, StorageFull
from ledger.log import Log
from ledger.merkle import TILE_WIDTH, leaf_hash
from ledger.note import Checkpoint, NoteInvalid, verify_checkpoint, with_signature_lines
from ledger.schema import PUBLISHED
from ledger.store import Store

KEPT = 100  # published checkpoints that may still wait for late cosignatures

_READ = select(PUBLISHED.c.size, PUBLISHED.c.checkpoint, PUBLISHED.c.cosigned)
_ALL = compiled(_READ.order_by(PUBLISHED.c.size))
_ONE = compiled(_READ.where(PUBLISHED.c.size == bindparam("size")))
_ADD = compiled(PUBLISHED.insert())
_OLDEST = (
    select(PUBLISHED.c.size)
    .order_by(PUBLISHED.c.size.desc())
    .offset(literal_column(str(KEPT)))
    .limit(literal_column("1"))
    .scalar_subquery()
)
_DROP_STALE = compiled(
    delete(PUBLISHED).where(PUBLISHED.c.size <= _OLDEST, PUBLISHED.c.size != bindparam("cosigned"))
)
_COSIGN = compiled(
    update(PUBLISHED)
    .values(checkpoint=bindparam("checkpoint"), cosigned=literal_column("1"))
    .where(PUBLISHED.c.size == bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class Published:
    """A published checkpoint, with the cosignatures it has so far."""

    size: int
    checkpoint: bytes
    cosigned: bool = False


class Publication:
    """The published side of a log."""

    def __init__(self, folder: Path, store: Store, log: Log) -> None:
        """Take up what was published before. Raises BehindCheckpoint when the log does not continue it."""
        self._folder = folder
        self._store = store
        self._log = log
        self._lock = Lock()
        rows = [Published(size, note, bool(cosigned)) for size, note, cosigned in store.rows(_ALL)]
        for row in rows[-1:]:
            self._check(row.checkpoint)
        self.newest = rows[-1] if rows else Published(0, b"")
        self.cosigned = next((row for row in reversed(rows) if row.cosigned), None)
        self._adopt_file()
        # What the checkpoint file may show by now, ahead of `newest` where its row found no room: it never
        # goes back.
        self._file_size = self.newest.size

    @property
    def damaged(self) -> bool:
        """Whether the folder lags behind what is known to be published, and `publish(force=True)` is due."""
        return bool(self.newest.size) and self._file() != self.newest.checkpoint

    def _file(self) -> bytes | None:
        path = self._folder / export.CHECKPOINT
        return path.read_bytes() if path.exists() else None

    def _adopt_file(self) -> None:
        """The checkpoint file may be one publication ahead of the store, never ahead of the log."""
        data = self._file()
        if data is not None and (size := self._check(data).size) > self.newest.size:
            self._record(Published(size, data))

    def _check(self, data: bytes) -> Checkpoint:
        try:
            checkpoint = verify_checkpoint(data, self._log.keys.verifier_keys)
        except NoteInvalid as error:
            raise BehindCheckpoint(f"the published checkpoint is not one of this log ({error})") from error
        tree = self._log.tree
        if checkpoint.size > tree.size or tree.root(checkpoint.size) != checkpoint.root:
            raise BehindCheckpoint(
                f"a checkpoint of size {checkpoint.size} has been published that the stored log of size "
                f"{tree.size} does not lead to: restore the newest backup; continuing would fork the log"
            )
        return checkpoint

    def publish(self, force: bool = False) -> None:
        """Return once the newest signed checkpoint and every file it needs are published durably.

        Does nothing where that is so already; `force` looks at every file again and repairs what differs.
        Raises StorageFault, StorageFull, DataDamaged, Stopped.
        """
        with self._lock:
            size, checkpoint = self._log.signed
            if size == self.newest.size and not force:
                return
            try:
                self._write_tiles(self.newest.size, size, force)
                if size > self.newest.size:
                    self._file_size = size
                    tiles.write_durably(self._folder / export.CHECKPOINT, checkpoint)
                elif force:
                    tiles.write_durably(self._folder / export.CHECKPOINT, self.newest.checkpoint)
            except OSError as error:
                raise _fault(error) from error
            if size > self.newest.size:
                self._remove_partial(self.newest.size, size)
                self._record(Published(size, checkpoint))

    def _write_tiles(self, old_size: int, size: int, force: bool) -> None:
        for tile in tiles.needed(size) if force else tiles.added(old_size, size):
            data = self.tile_bytes(tile)
            path = self._folder / tile.path
            if not force or not path.exists() or path.read_bytes() != data:
                tiles.write_durably(path, data)

    def tile_bytes(self, tile: tiles.Tile) -> bytes:
        """Return a published file's content, entries read and hashed again."""
        if tile.level == tiles.ENTRIES:
            entries = self._store.entries(tile.first, tile.first + tile.width)
            return export.tile_bytes(tile, self._log.tree, lambda index: entries[index - tile.first])
        return export.tile_bytes(tile, self._log.tree, self._entry)

    def _entry(self, index: int) -> bytes:
        return self._store.entries(index, index + 1)[0]

    def audit(self) -> int:
        """Return how many entries there are once each was hashed against the tree. Raises DataDamaged."""
        size = self._log.size
        for first in range(0, size, TILE_WIDTH):
            entries = self._store.entries(first, min(first + TILE_WIDTH, size))
            for index, entry in enumerate(entries, first):
                if leaf_hash(entry) != self._log.tree.leaf(index):
                    raise DataDamaged(f"entry {index} is not the one whose hash the log holds")
        return size

    def _remove_partial(self, old_size: int, size: int) -> None:
        # Clients that still want a partial tile fall back to the full one. C2SP tlog-tiles.
        for tile in tiles.added(old_size, size):
            if tile.width == TILE_WIDTH:
                shutil.rmtree(self._folder / f"{tile.path}.p", ignore_errors=True)

    def _record(self, published: Published) -> None:
        cosigned_size = self.cosigned.size if self.cosigned else 0
        add = (_ADD, [(published.size, published.checkpoint, 0)])
        self._store.commit(Changes([add, (_DROP_STALE, [(cosigned_size,)])]))
        self.newest = published

    def add_cosignatures(self, size: int, lines: Sequence[str]) -> None:
        """Return once the lines stand under the published checkpoint of `size`, durably, each once.

        The caller has verified them. Does nothing for a size that is not kept any more.
        Raises NoteInvalid for malformed lines, StorageFault, StorageFull, Stopped.
        """
        with self._lock:
            rows = self._store.rows(_ONE, (size,))
            if not rows or not lines:
                return
            cosigned = Published(size, with_signature_lines(rows[0][1], lines), True)
            self._store.commit(Changes([(_COSIGN, [(cosigned.checkpoint, size)])]))
            if self.cosigned is None or size >= self.cosigned.size:
                self.cosigned = cosigned
            if size == self.newest.size:
                self.newest = cosigned
            if size == self._file_size:
                self._replace_file(cosigned.checkpoint)

    def _replace_file(self, checkpoint: bytes) -> None:
        try:
            tiles.write_durably(self._folder / export.CHECKPOINT, checkpoint)
        except OSError as error:
            raise _fault(error) from error

    def covering(self, index: int) -> bytes | None:
        """Return the newest cosigned checkpoint that covers `index`, else the newest published that does."""
        for published in (self.cosigned, self.newest):
            if published is not None and published.size > index:
                return published.checkpoint
        return None

    def export(self, folder: Path) -> None:
        """Write the log of the newest cosigned checkpoint, else of the newest published one, into `folder`.

        Raises ledger.export.ExportRefused, StorageFault, StorageFull.
        """
        with self._lock:
            published = self.cosigned or self.newest
        try:
            export.export(folder, self._log.tree, self._entry, published.checkpoint)
        except OSError as error:
            raise _fault(error) from error


def _fault(error: OSError) -> StorageFault | StorageFull:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull("the disk is full: make room; the log is published as soon as there is some")
    return StorageFault(f"the published files cannot be written ({error.strerror})")
