"""A folder that is there and cannot be used: what is said of it is so."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

import pytest

from ledger.backup import back_up
from ledger.errors import AlreadyRunning, CannotStart, LogKeyMissing, NotALedger, UnsafeStorage
from ledger.folder import LOCK
from ledger.lock import FolderLock
from tests.ledger.builders import open_


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP])
def test_a_disk_without_locks_is_not_called_another_process(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """The operator looked for a process that was never there."""

    def refuses(descriptor: int, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    before = len(os.listdir("/proc/self/fd"))
    with monkeypatch.context() as patched:
        patched.setattr(fcntl, "flock", refuses)
        with pytest.raises(UnsafeStorage, match=rf"^lock cannot be locked \({os.strerror(number)}\)"):
            open_(folder)
        with pytest.raises(UnsafeStorage, match="a disk of this machine"):
            back_up(folder, tmp_path / "copy")
    assert len(os.listdir("/proc/self/fd")) == before and not (tmp_path / "copy").exists()
    held = FolderLock(folder / LOCK)
    with pytest.raises(AlreadyRunning, match="another process"):
        open_(folder)
    held.release()
    open_(folder).close()


@pytest.mark.parametrize(
    ("name", "fault"),
    [("config.json", NotALedger), ("tag-keys.json", NotALedger), ("log.key", LogKeyMissing)],
)
@pytest.mark.parametrize(
    ("number", "advice"),
    [(errno.EACCES, "not readable by this user: run as"), (errno.EIO, "restore it from its backup")],
)
def test_a_file_of_another_users_is_not_to_be_restored_from_a_backup(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    fault: type[CannotStart],
    number: int,
    advice: str,
) -> None:
    """Nothing was wrong with it: a backup put over it would have been of yesterday."""
    opened = Path.open

    def refuses(path: Path, *arguments: object, **options: object) -> object:
        if path == folder / name:
            raise OSError(number, os.strerror(number), str(path))
        return opened(path, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuses)
    with pytest.raises(fault, match=rf"^{name} .*{advice}"):
        open_(folder)
