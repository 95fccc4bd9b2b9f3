"""What can go wrong in the ledger itself. `code` stands in the table of codes; texts name cause and fix."""

from __future__ import annotations

from contracts.errors import InvariantError


class LedgerError(Exception):
    """A fault of the ledger, never of a submission. Nothing in its text is personal."""

    code = "STORAGE_ERROR"
    retry_after_s: int | None = None
    is_alone = False  # whether it concerns one submission of a unit, and the others have answers of their own


class CannotStart(LedgerError):
    """The ledger in this folder must not be created or opened as things stand."""

    code = "DB_UNAVAILABLE"


class AlreadyExists(CannotStart):
    """Something stands where a new ledger was to be written."""


class NotALedger(CannotStart):
    """The folder holds no ledger, or only parts of one."""


class LedgerAbsent(NotALedger):
    """Nothing in the folder says that it was ever a ledger: one may be founded."""


class AlreadyRunning(CannotStart):
    """Another process owns the ledger: two writers could fork the log."""


class BackupRefused(CannotStart):
    """No backup can be taken as things stand."""


class BackupBroken(CannotStart):
    """The files that were being copied moved: the copy is of no one moment."""


class LogKeyMissing(CannotStart):
    """A key with which the log has to sign is not in its folder."""

    code = "LOG_KEY_MISSING"


class SchemaUnknown(CannotStart):
    """The store was written by a newer version of this program."""


class UnsafeStorage(CannotStart):
    """A setting of the database or a lock was not taken without which acknowledged entries could be lost."""


class JournalElsewhere(CannotStart):
    """The folder was moved or copied while its tables were being changed, away from the record of that."""


class StoreMismatched(CannotStart):
    """The files of the store are not of one moment: one of them was restored or replaced alone."""


class GenesisRefused(CannotStart):
    """The genesis statement does not fit the keys given with it, or the contracts refuse it."""

    code = "CHECKPOINT_INCONSISTENT"


class BehindCheckpoint(CannotStart):
    """The stored log is not a continuation of the checkpoint it has published."""

    code = "CHECKPOINT_INCONSISTENT"


class Overloaded(LedgerError):
    """The writer's queue is full; nothing was taken."""

    code = "OVERLOADED"
    retry_after_s = 1


class ClockBackwards(LedgerError):
    """The clock is behind the last entry; writing goes on by itself once it has caught up."""

    code = "CLOCK_BACKWARDS"
    retry_after_s = 10


class StorageFull(LedgerError):
    """The disk is full; nothing was stored, and writing goes on by itself once there is room."""

    code = "STORAGE_FULL"
    retry_after_s = 30


class StorageFault(LedgerError):
    """The store failed, perhaps in the middle of a commit: only a restart may decide what is stored."""


class DataDamaged(StorageFault):
    """Stored bytes are not those whose hash the log holds."""

    is_alone = True


class ContractFault(LedgerError):
    """A contract failed in a way of its own: our mistake. Nothing was stored for this submission."""

    code = "DB_UNAVAILABLE"
    is_alone = True


class Stopped(LedgerError):
    """The writer has stopped; restart the ledger, which recovers what is stored."""

    def __init__(self, cause: LedgerError | InvariantError | None = None) -> None:
        super().__init__(f"the writer has stopped ({cause or 'closed'}): restart the ledger")
        self.code = cause.code if isinstance(cause, LedgerError) else "DB_UNAVAILABLE"


class Erased(LedgerError):
    """The data key has been destroyed: the disclosures can never be read again."""

    code = "ERASED"
