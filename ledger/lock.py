"""One process owns a ledger: an advisory lock on a file, given back by the kernel when the process ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from ledger.errors import AlreadyRunning, UnsafeStorage


class FolderLock:
    """Held from construction to `release`. The file stays; only its lock says that somebody is at work."""

    def __init__(self, path: Path) -> None:
        """Raises AlreadyRunning when a process, this one included, holds the lock, UnsafeStorage where the
        file system has none to give, OSError."""
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._descriptor)
            raise AlreadyRunning(
                "another process is running this ledger: stop it first, or use another folder"
            ) from error
        except OSError as error:  # as on a network disk
            os.close(self._descriptor)
            raise UnsafeStorage(
                f"{path.name} cannot be locked ({error.strerror}): put the folder on a disk of this machine"
            ) from error

    def release(self) -> None:
        """Give the lock back; a second time does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1
