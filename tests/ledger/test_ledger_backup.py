"""A backup while the ledger runs: of one moment, whole or not there, and nobody waits for it."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ledger import backup, standstill, tiles
from ledger.backup import back_up
from ledger.database import WAL_PAGES
from ledger.errors import AlreadyExists, BackupBroken, BackupRefused, Erased, NotALedger, StorageFull
from ledger.folder import LOCK
from ledger.local import Ledger
from ledger.lock import FolderLock
from ledger.standstill import REQUEST, STILL
from tests.ledger.builders import disclosures, facts, open_
from tests.ledger.test_ledger_kill import WRITER


def write(ledger: Ledger, *names: str) -> None:
    for name in names:
        assert ledger.submit(facts(name, chain=name), disclosures()).result(10).outcome == "accepted"


def holds(folder: Path, *names: str) -> int:
    """Return the size of a ledger that has these statements, and goes on."""
    ledger = open_(folder)
    try:
        for name in names:
            assert ledger.submit(facts(name, chain=name), disclosures()).result(10).outcome == "replayed"
        write(ledger, "afterwards")
        ledger.publish()
        assert ledger.published_checkpoint()
        return ledger.audit()
    finally:
        ledger.close()


@contextmanager
def published_often(ledger: Ledger) -> Iterator[None]:
    """As a server does it once a second."""
    ended = threading.Event()

    def work() -> None:
        while not ended.wait(0.01):
            ledger.publish()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def copying(monkeypatch: pytest.MonkeyPatch, work: Callable[[], None]) -> None:
    """Have `work` done once while files are copied: after the first of them."""
    copy, done = backup._copy, []

    def with_work(source: Path, target: Path) -> int:
        copied = copy(source, target)
        if not done:
            done.append(work())
        return copied

    monkeypatch.setattr(backup, "_copy", with_work)


def test_a_ledger_that_another_process_writes_is_copied_whole(folder: Path, tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", WRITER, str(folder), "w"]
    child = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    told = [child.stdout.readline().split() for _ in range(50)]
    for number in range(3):
        assert back_up(folder, tmp_path / f"copy{number}") > 0
    child.send_signal(signal.SIGKILL)
    rest = [line.split() for line in child.stdout.read().splitlines() if len(line.split()) == 2]
    child.wait(10)
    child.stdout.close()
    names = [name for name, _ in told]
    sizes = [holds(tmp_path / f"copy{number}", *names) for number in range(3)]
    assert len(names) < sizes[0] < sizes[1] < sizes[2] <= len(told) + len(rest) + 30
    assert holds(folder, *names, *[name for name, _ in rest]) >= sizes[2] - 1


def test_what_comes_during_the_backup_is_in_the_ledger_and_not_in_the_copy(
    ledger: Ledger, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(ledger, "before")
    copying(monkeypatch, lambda: write(ledger, "during"))
    with published_often(ledger):
        back_up(folder, tmp_path / "copy")
    write(ledger, "after")
    assert (ledger.size, ledger.audit()) == (4, 4)
    assert holds(tmp_path / "copy", "before") == 3, "genesis, what was there, and what is written now"


def test_the_copy_holds_no_log_of_changes_and_is_its_owners_alone(
    ledger: Ledger, folder: Path, tmp_path: Path
) -> None:
    (folder / "keys").mkdir()
    (folder / "keys" / "office.json").write_text("{}")
    with published_often(ledger):
        back_up(folder, tmp_path / "copy")
    copied = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "copy").rglob("*")}
    assert copied.pop("keys") == 0o700
    names = {"ledger.db", "vault.db", "keys.db", "log.key", "tag-keys.json", "config.json", "office.json"}
    assert copied == dict.fromkeys(names, 0o600)
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o700


def test_a_folder_of_keys_that_lies_elsewhere_is_not_silently_left_out(
    ledger: Ledger, folder: Path, tmp_path: Path
) -> None:
    """A restored ledger had none of its officers' keys, and the backup had said nothing."""
    (tmp_path / "elsewhere").mkdir()
    (folder / "keys").symlink_to(tmp_path / "elsewhere")
    with published_often(ledger), pytest.raises(BackupRefused, match=r"^keys is a link"):
        back_up(folder, tmp_path / "copy")
    assert not (tmp_path / "copy").exists() and not list(tmp_path.glob(".copy*"))
    (folder / "keys").unlink()
    (tmp_path / "office.json").write_text("{}")
    (folder / "office.json").symlink_to(tmp_path / "office.json")
    with published_often(ledger):
        back_up(folder, tmp_path / "copy")
    assert (tmp_path / "copy" / "office.json").read_text() == "{}"
    assert not (tmp_path / "copy" / "office.json").is_symlink()


def test_afterwards_the_files_take_up_changes_again(ledger: Ledger, folder: Path, tmp_path: Path) -> None:
    with published_often(ledger):
        back_up(folder, tmp_path / "copy")
    ledger.publish()
    assert not (folder / STILL).exists()
    assert ledger._parts.store.settings()["wal_autocheckpoint"] == WAL_PAGES


def test_a_copier_that_died_holds_nothing_still(ledger: Ledger, folder: Path) -> None:
    asking = FolderLock(folder / REQUEST)
    (folder / REQUEST).write_text("word")
    ledger.publish()
    assert (folder / STILL).read_text().startswith("word ")
    assert ledger._parts.store.settings()["wal_autocheckpoint"] == 0
    asking.release()  # as the kernel does
    ledger.publish()
    assert not (folder / STILL).exists()
    assert ledger._parts.store.settings()["wal_autocheckpoint"] == WAL_PAGES


def test_a_copier_that_hangs_holds_nothing_for_ever(
    ledger: Ledger, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standstill, "LONGEST_S", 0.0)
    asking = FolderLock(folder / REQUEST)
    (folder / REQUEST).write_text("word")
    ledger.publish()
    assert (folder / STILL).exists()
    for _ in range(2):  # nor is it held again for him
        ledger.publish()
        assert not (folder / STILL).exists()
        assert ledger._parts.store.settings()["wal_autocheckpoint"] == WAL_PAGES
    asking.release()


def test_neither_stopping_nor_starting_leaves_the_word_that_files_stand_still(folder: Path) -> None:
    """Both write what is in the logs into the files."""
    ledger = open_(folder)
    asking = FolderLock(folder / REQUEST)
    (folder / REQUEST).write_text("word")
    ledger.publish()
    ledger.close()
    assert not (folder / STILL).exists()
    (folder / STILL).write_text("word")  # as one that was killed leaves it
    open_(folder).close()
    assert not (folder / STILL).exists()
    asking.release()


def test_something_erased_meanwhile_breaks_the_copy(
    ledger: Ledger, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Erasing writes into the files at once: half a copy of before and half of after would be no ledger."""
    write(ledger, "one")
    def erase() -> None:
        ledger.erase("consultation/one")

    copying(monkeypatch, erase)
    with published_often(ledger), pytest.raises(BackupBroken):
        back_up(folder, tmp_path / "copy")
    assert not (tmp_path / "copy").exists() and not list(tmp_path.glob(".copy*"))


def test_something_erased_before_the_copier_looked_costs_the_copier_no_minute(
    ledger: Ledger, folder: Path
) -> None:
    """The answer was taken back and never given again: the backup failed after a minute of waiting."""
    write(ledger, "one")
    asking = FolderLock(folder / REQUEST)
    (folder / REQUEST).write_text("word")
    ledger.publish()
    first = (folder / STILL).read_text()
    ledger.erase("consultation/one")
    assert not (folder / STILL).exists()
    ledger.publish()
    assert (folder / STILL).read_text() != first, "who copies already finds another answer"
    assert ledger._parts.store.settings()["wal_autocheckpoint"] == 0
    asking.release()


@pytest.mark.parametrize("answered_again", [False, True])
def test_a_restart_meanwhile_breaks_the_copy(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answered_again: bool
) -> None:
    """A ledger that is back finds the copier still asking and answers him again: half is of before."""
    opened = [open_(folder)]

    def restart() -> None:
        opened[0].close()
        opened.append(open_(folder))
        if answered_again:
            write(opened[1], "two")
            opened[1].publish()
            assert (folder / STILL).exists()

    def answer() -> None:
        while not (folder / STILL).exists() and len(opened) == 1:
            opened[0].publish()

    copying(monkeypatch, restart)
    thread = threading.Thread(target=answer)
    thread.start()
    with pytest.raises(BackupBroken):
        back_up(folder, tmp_path / "copy")
    thread.join()
    opened[1].close()
    assert len(opened) == 2 and not (tmp_path / "copy").exists()


def test_where_the_word_finds_no_room_the_files_are_not_held_for_nobody(
    ledger: Ledger, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copier gives up: nothing would ever have let the logs' changes into the files again."""
    asking = FolderLock(folder / REQUEST)
    (folder / REQUEST).write_text("word")

    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "no room")

    with monkeypatch.context() as patched, pytest.raises(OSError):
        patched.setattr(tiles, "write_durably", full)
        ledger.publish()
    assert ledger._parts.store.settings()["wal_autocheckpoint"] == WAL_PAGES
    ledger.publish()
    assert (folder / STILL).exists(), "room again: the copier is answered"
    asking.release()


def test_a_log_that_cannot_be_published_does_not_hold_the_files_for_good(
    ledger: Ledger, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full: the logs of changes, held, would only fill it further."""
    asking = FolderLock(folder / REQUEST)
    (folder / REQUEST).write_text("word")
    ledger.publish()
    asking.release()

    def full(force: bool) -> None:
        raise StorageFull("no room")

    monkeypatch.setattr(ledger._publication, "publish", full)
    with pytest.raises(StorageFull):
        ledger.publish()
    assert ledger._parts.store.settings()["wal_autocheckpoint"] == WAL_PAGES


def test_a_backup_that_root_takes_leaves_nothing_that_the_ledger_cannot_read(
    ledger: Ledger, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger did not answer, and no backup of its own user's was possible ever after."""
    given: list[tuple[Path, int, int]] = []
    monkeypatch.setattr(os, "chown", lambda path, user, group: given.append((path, user, group)))
    with published_often(ledger):
        back_up(folder, tmp_path / "copy")
    assert given == [(folder / REQUEST, (folder / LOCK).stat().st_uid, -1)]


def test_a_ledger_that_stands_is_copied_as_it_is(folder: Path, tmp_path: Path) -> None:
    ledger = open_(folder)
    write(ledger, "one")
    ledger.close()
    (tmp_path / "copy").mkdir()
    back_up(folder, tmp_path / "copy")
    assert holds(tmp_path / "copy", "one") == holds(folder, "one") == 3


def test_a_ledger_that_was_killed_is_started_once_before(folder: Path, tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), "w"], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.communicate(timeout=10)
    with pytest.raises(BackupRefused, match="start it once"):
        back_up(folder, tmp_path / "copy")
    open_(folder).close()
    back_up(folder, tmp_path / "copy")


def test_a_ledger_that_does_not_answer_is_told(ledger: Ledger, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match=r"has not answered for 0\.2 s"):
        back_up(folder, tmp_path / "copy", wait_s=0.2)


def test_two_backups_at_once_are_told_apart(ledger: Ledger, folder: Path, tmp_path: Path) -> None:
    first = FolderLock(folder / REQUEST)
    with pytest.raises(BackupRefused, match="under way"):
        back_up(folder, tmp_path / "copy")
    first.release()


def test_the_ledgers_own_look_at_the_request_is_no_other_backup(
    ledger: Ledger, folder: Path, tmp_path: Path
) -> None:
    looking = FolderLock(folder / REQUEST)
    threading.Timer(0.2, looking.release).start()
    with published_often(ledger):
        assert back_up(folder, tmp_path / "copy") > 0


def test_nothing_is_written_over(ledger: Ledger, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "mine").touch()
    with pytest.raises(AlreadyExists):
        back_up(folder, tmp_path / "copy")
    with pytest.raises(NotALedger):
        back_up(tmp_path / "nothing", tmp_path / "other")


def test_what_was_erased_stays_erased_where_yesterdays_contents_are_restored(
    folder: Path, tmp_path: Path
) -> None:
    """keys.db is today's, because a backup of it would bring the erased back: it lacks the one key alone."""
    ledger = open_(folder)
    write(ledger, "a", "b")
    ledger.close()
    back_up(folder, tmp_path / "yesterday")
    ledger = open_(folder)
    assert ledger.erase("a") == 1
    ledger.close()
    shutil.copy(folder / "keys.db", tmp_path / "yesterday/keys.db")
    restored = open_(tmp_path / "yesterday")
    with pytest.raises(Erased):
        restored.disclosures(facts("a", chain="a").statement_id)
    assert restored.disclosures(facts("b", chain="b").statement_id)
    restored.close()


@pytest.mark.parametrize("place", ["ledger/copy", "ledger/copies/today", "another-name/copy"])
def test_a_copy_that_would_be_lost_with_the_ledger_is_not_taken(
    folder: Path, tmp_path: Path, place: str
) -> None:
    (tmp_path / "another-name").symlink_to(folder)
    before = sorted(folder.rglob("*"))
    with pytest.raises(BackupRefused, match="is lost with it"):
        back_up(folder, tmp_path / place)
    assert sorted(folder.rglob("*")) == before
