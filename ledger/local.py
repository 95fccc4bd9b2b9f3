"""The embedded ledger as its callers see it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

from contracts.decision import Context, Decision
from contracts.errors import InvariantError, Rejected
from contracts.facts import AdmissionRefusal, Facts, Json
from ledger import receipts, tiles, vault
from ledger.answers import Answer, Located
from ledger.batch import Work
from ledger.changes import Hook
from ledger.clock import Clock
from ledger.contract import Contract, product
from ledger.creation import build
from ledger.errors import GenesisRefused, LedgerError, StorageFull
from ledger.folder import LOCK, Config, read_config, require_empty
from ledger.lock import FolderLock
from ledger.publication import Publication
from ledger.recovery import open_parts
from ledger.standstill import Standstill, forget
from ledger.writer import Parts, Watch, Writer

__all__ = ["Answer", "Config", "Ledger", "Located"]

QUEUE_SIZE_MAX = 2_048
_ROOM_BYTES = 64 * 1024 * 1024  # two logs of 32 MB: a group that found no room may find it now


class Ledger:
    """A running ledger. Any thread may call it; every method may raise Stopped and StorageFault."""

    def __init__(
        self,
        config: Config,
        lock: FolderLock,
        parts: Parts,
        publication: Publication,
        standstill: Standstill,
        writer: Writer,
        folder: Path,
    ) -> None:
        self.config = config
        self._folder = folder
        self._lock = lock
        self._parts = parts
        self._publication = publication
        self._standstill = standstill
        self._writer = writer

    @classmethod
    def create(
        cls,
        folder: Path,
        genesis_body: bytes,
        log_key_seed: bytes,
        tag_keys: Mapping[str, bytes],
        clock: Clock,
        contract: Contract | None = None,
    ) -> str:
        """Create a ledger whose entry 0 is the genesis submission; return its leaf hash, which readers pin.

        `folder` is absent or empty before and whole after, or untouched. Raises AlreadyExists, GenesisRefused
        when the statement is refused or does not name these keys, StorageFault.
        """
        require_empty(folder)
        contract = contract or product()
        try:
            facts, disclosures = contract.admit(genesis_body, lambda _: None)
        except Rejected as error:
            raise GenesisRefused(f"the genesis statement is refused: {error}") from error
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.new-", dir=folder.parent))
        try:
            leaf = build(fresh, Work(facts, disclosures), log_key_seed, tag_keys, clock, contract)
            fresh.rename(folder)  # a crash before this leaves only the temporary folder beside it
            tiles.sync_directory(folder.parent)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        return leaf

    @classmethod
    def open(
        cls,
        folder: Path,
        clock: Clock,
        queue_size_max: int = QUEUE_SIZE_MAX,
        contract: Contract | None = None,
        hook: Hook = lambda _: None,
    ) -> Ledger:
        """Open the ledger in `folder`, recover what a crash left, and start its writer.

        Raises NotALedger, AlreadyRunning, BehindCheckpoint and other CannotStart, DataDamaged, StorageFault.
        """
        config = read_config(folder)
        lock = FolderLock(folder / LOCK)
        try:
            forget(folder)  # opening moves the files
            parts, publication, last_time_ms = open_parts(folder, config, clock, contract or product(), hook)
        except BaseException:
            lock.release()
            raise
        writer = Writer(parts, last_time_ms, queue_size_max)
        writer.start()
        return cls(config, lock, parts, publication, Standstill(folder, parts.store), writer, folder)

    def close(self) -> None:
        """Answer what is queued, stop the writer, and give the folder back. What is unpublished stays so."""
        self._writer.close()
        self._parts.store.close()
        self._lock.release()

    # -- writing ---------------------------------------------------------------------------------

    def submit(self, work: Facts | AdmissionRefusal, disclosures: tuple[str, ...] = ()) -> Future[Answer]:
        """Queue a submission. The future gives its answer, or raises ClockBackwards, StorageFull,
        ContractFault, DataDamaged where the entry of a replayed statement is, Stopped.

        Raises Overloaded, Stopped; nothing was taken then.
        """
        return self.submit_batch([(work, disclosures)])[0]

    def submit_batch(
        self, batch: Sequence[tuple[Facts | AdmissionRefusal, tuple[str, ...]]]
    ) -> list[Future[Answer]]:
        """Queue submissions as one unit, committed together.

        Raises Overloaded, Stopped; none was taken then.
        """
        unit = [Work(item, disclosures) for item, disclosures in batch]
        self._writer.enqueue(unit)
        return [work.future for work in unit]

    def watch(self, told: Watch) -> None:
        """Have `told` called with the keys of records that admission reads (contracts.keys) once they were
        written: in the writer's thread, after reads see them and before the statement is answered."""
        self._writer.watch = told

    def check(self, facts: Facts) -> Decision:
        """Return what the contracts would decide now. Nothing is written.

        Raises ClockBackwards, ContractFault.
        """
        context = Context(self._writer.time_ms(), check=True)
        return self._writer.judge(facts, context, self._parts.state.read)

    def erase(self, data_key: str) -> int:
        """Destroy a data key for good; return how many statements' disclosures that erased."""
        return vault.erase(self._parts.store, data_key)

    def under_one_key(self, statement_id: str) -> dict[str, list[int]]:
        """Return each data key that still opens what came with that id, and the entries that end with it."""
        return vault.under_one_key(self._parts.store, statement_id)

    def retire_log_keys(self) -> list[str]:
        """Delete the seeds of keys that will sign nothing more; return the names of their files."""
        return self._parts.log.keys.retire(self.size, self._writer.last_time_ms)

    # -- reading ---------------------------------------------------------------------------------

    def read(self, key: str) -> bytes | None:
        """Return the committed state value under `key`, or None."""
        return self._parts.state.read(key)

    def tag(self, kind: str, value: str) -> tuple[str, ...]:
        """Return the keyed tags of a value ("people" or "codes"), the newest key's first, for lookups."""
        return self._parts.tag_keys.tag(kind, value)

    @property
    def size(self) -> int:
        """How many entries are committed and signed."""
        return self._parts.log.size

    @property
    def time_ms(self) -> int:
        """Ledger time now, for reads: the clock, never before the last entry."""
        return self._writer.read_time_ms()

    @property
    def fault(self) -> LedgerError | InvariantError | None:
        """Why nothing can be written now, or None.

        ClockBackwards and StorageFull pass by themselves, others need a restart.
        """
        lasting = self._writer.fault or self._parts.store.fault
        return lasting or self._writer.clock_fault() or self._still_full()

    def _still_full(self) -> StorageFull | None:
        """The last group's want of room, until there is some: who waits for it must not wait for a write."""
        full = self._writer.full
        return full if full and shutil.disk_usage(self._folder).free < _ROOM_BYTES else None

    @property
    def queued(self) -> int:
        """How many submissions wait for the writer."""
        return self._writer.queued

    def find(self, statement_id: str) -> Located | None:
        """Return where a committed statement stands, or None; refused ones take no id."""
        found = self._parts.store.locate(statement_id)
        return found[0] if found else None

    def entry(self, index: int) -> bytes:
        """Return an entry, hashed again. Raises IndexError where there is none, DataDamaged."""
        if not 0 <= index < self.size:
            raise IndexError("no such entry")
        return self._parts.store.entries(index, index + 1)[0]

    def history(self, chain: str) -> list[Located]:
        """Return the entries of a prescription's, consultation's or pharmacist's chain, oldest first."""
        return self._parts.store.history(chain)

    def disclosures(self, statement_id: str) -> Mapping[str, Json]:
        """Return a committed statement's opened disclosures by group, for a reader who may see them.

        Empty where there are none. Raises Erased, DataDamaged.
        """
        located = self.find(statement_id)
        return vault.disclosures(self._parts.store, located.index) if located else {}

    def received(self, index: int) -> tuple[str, ...]:
        """Return the encoded disclosures of an entry, for a replay. Raises Erased, DataDamaged."""
        return vault.received(self._parts.store, index)

    def receipt(self, statement_id: str) -> bytes | None:
        """Return a committed statement's receipt with the best checkpoint there is, or None for no such id.

        Best: the newest cosigned one that covers it, else the newest published, else the newest signed.
        """
        located = self.find(statement_id)
        log = self._parts.log
        if located is None or located.index >= log.size:  # committed this instant, not yet signed
            return None
        checkpoint = self._publication.covering(located.index) or log.signed[1]
        return receipts.for_index(log.tree, located.index, checkpoint)

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """Return the proof that size `old` is a prefix of size `new`.

        Raises InvariantError outside the log.
        """
        return self._parts.log.tree.consistency_proof(old, new)

    def tile(self, path: str) -> bytes | None:
        """Return the file at a tlog-tiles path below the log's prefix, or None where there is none.

        Partial tiles of every width up to what is signed exist.
        """
        try:
            tile = tiles.parse(path)
        except tiles.TileInvalid:
            return None
        return self._publication.tile_bytes(tile) if tiles.available(tile, self.size) else None

    # -- publishing ------------------------------------------------------------------------------

    def published_checkpoint(self) -> bytes:
        """Return the newest published checkpoint, with the cosignatures it has so far."""
        return self._publication.newest.checkpoint

    @property
    def cosigned_size(self) -> int:
        """How many entries the newest cosigned checkpoint covers, 0 where there is none."""
        cosigned = self._publication.cosigned
        return cosigned.size if cosigned else 0

    def publish(self, force: bool = False) -> None:
        """Publish what has been signed since; `force` also repairs published files. Raises StorageFull.

        And hold the store's files still for whoever copies them (standstill.py).
        """
        try:
            self._publication.publish(force)
        finally:  # a full disk must not keep the files still as well
            self._standstill.attend()

    def add_cosignatures(self, size: int, lines: Sequence[str]) -> None:
        """Keep verified cosignature lines with the published checkpoint of `size`, if it is still kept."""
        self._publication.add_cosignatures(size, lines)

    def export(self, folder: Path) -> None:
        """Publish, then write the newest cosigned (else published) log into `folder`: exactly its files.

        Raises ledger.export.ExportRefused when the folder holds something else, StorageFull.
        """
        self._publication.publish()
        self._publication.export(folder)

    def audit(self) -> int:
        """Read and hash every stored entry against the tree; return how many.

        Raises DataDamaged naming the first that differs.
        """
        return self._publication.audit()
