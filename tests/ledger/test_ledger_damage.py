"""What the ledger finds at start: edited, lost or moved files, and a store that is not its own."""

from __future__ import annotations

import os
import shutil
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import OperationalError

from contracts.errors import InvariantError
from ledger import database
from ledger.database import FILES, WAL_PAGES, empty_write_ahead_log
from ledger.errors import (
    BehindCheckpoint,
    DataDamaged,
    JournalElsewhere,
    LedgerError,
    LogKeyMissing,
    NotALedger,
    SchemaUnknown,
    Stopped,
    StorageFault,
    StorageFull,
    StoreMismatched,
    UnsafeStorage,
)
from ledger.local import Ledger
from ledger.merkle import leaf_hash
from ledger.schema import METADATA
from tests.ledger.builders import disclosures, facts, open_

_STEPS_OF_START = [
    ("ledger.database._set_up", False),
    ("ledger.store.command.upgrade", True),
    ("ledger.store.use_write_ahead_logs", False),
]


def _edit(folder: Path, sql: str, file: str = "ledger.db") -> None:
    connection = sqlite3.connect(folder / file)
    with connection:
        connection.execute(sql)
    connection.close()


def _with_entries(folder: Path, publish: bool) -> None:
    ledger = open_(folder)
    for name in "abc":
        ledger.submit(facts(name), disclosures()).result(10)
    if publish:
        ledger.publish()
    ledger.close()


def test_a_changed_unpublished_entry_is_named_at_start(folder: Path) -> None:
    _with_entries(folder, publish=False)
    _edit(folder, "UPDATE entry SET bytes = CAST(replace(bytes, 'payload', 'pAyload') AS BLOB) WHERE idx = 2")
    with pytest.raises(DataDamaged, match="entry 2 "):
        open_(folder)


def test_a_changed_published_entry_is_named_by_the_audit_and_never_read_out(folder: Path) -> None:
    _with_entries(folder, publish=True)
    _edit(folder, "UPDATE entry SET bytes = CAST(replace(bytes, 'payload', 'pAyload') AS BLOB) WHERE idx = 2")
    ledger = open_(folder)
    for read in (ledger.audit, lambda: ledger.entry(2), lambda: ledger.tile("tile/entries/000.p/4")):
        with pytest.raises(DataDamaged, match="entry 2 "):
            read()
    ledger.close()


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM entry WHERE idx = 3",
        "UPDATE entry SET leaf = zeroblob(32) WHERE idx = 1",
        "UPDATE published SET checkpoint = CAST(replace(checkpoint, '4', '5') AS BLOB)",
    ],
)
def test_a_log_that_does_not_lead_to_its_checkpoint_is_never_continued(folder: Path, sql: str) -> None:
    _with_entries(folder, publish=True)
    _edit(folder, sql)
    with pytest.raises(BehindCheckpoint):
        open_(folder)


def test_yesterdays_store_beside_todays_published_log_is_refused(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "yesterday")
    _with_entries(folder, publish=True)
    for name in ("ledger.db", "vault.db", "keys.db"):
        shutil.copy(tmp_path / "yesterday" / name, folder / name)
    with pytest.raises(BehindCheckpoint, match="restore the newest backup"):
        open_(folder)


@pytest.mark.parametrize("name", ["vault.db", "ledger.db", "keys.db"])
def test_a_file_restored_alone_is_refused(folder: Path, tmp_path: Path, name: str) -> None:
    """Yesterday's vault knows less of who was given what than today's log: drugs would be given twice.

    Yesterday's keys would give the numbers of lost ones to new ones, under which nothing old opens.
    """
    shutil.copytree(folder, tmp_path / "yesterday")
    _with_entries(folder, publish=False)
    shutil.copy(tmp_path / "yesterday" / name, folder / name)
    with pytest.raises(StoreMismatched, match="from the same backup"):
        open_(folder)


@pytest.mark.parametrize("restored", [*([name] for name in FILES.values()), list(FILES.values())])
def test_a_backup_put_under_the_logs_of_a_crash_is_refused(
    folder: Path, tmp_path: Path, restored: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The logs hold the newest pages alone: over older files they make a store that never was, and opens."""
    backup, crashed = tmp_path / "backup", tmp_path / "crashed"
    shutil.copytree(folder, backup)
    monkeypatch.setattr("ledger.database.WAL_PAGES", 3)
    ledger = open_(folder)
    for name in "abcd":
        ledger.submit(facts(name), disclosures()).result(10)
    shutil.copytree(folder, crashed)
    ledger.close()
    for name in restored:
        shutil.copy(backup / name, crashed / name)
    with pytest.raises(StoreMismatched, match=rf"{restored[0]}-wal does not continue"):
        open_(crashed)
    for name in ("ledger.db", "vault.db", "keys.db"):
        shutil.copy(backup / name, crashed / name)
        (crashed / f"{name}-wal").unlink()
    reopened = open_(crashed)
    assert reopened.size == 1
    reopened.close()


def test_a_store_of_the_first_version_goes_on(folder: Path) -> None:
    _with_entries(folder, publish=True)
    _edit(folder, "DROP TABLE undo", "vault.db")
    _edit(folder, "PRAGMA user_version = 0", "vault.db")
    _edit(folder, "UPDATE alembic_version SET version_num = '0001'")
    for file in ("ledger.db", "vault.db", "keys.db"):
        _edit(folder, "PRAGMA journal_mode = TRUNCATE", file)
    ledger = open_(folder)
    assert ledger.size == 4 == ledger.audit()
    assert ledger.submit(facts("d")).result(10).index == 4
    ledger.close()
    open_(folder).close()


def test_leaves_of_a_store_that_kept_them_twice_are_found_and_kept_once(folder: Path) -> None:
    _with_entries(folder, publish=True)
    both = "SELECT 'pub/leaf/' || lower(hex(statement_id)), '{}' FROM entry"
    _edit(folder, f"INSERT INTO public_state {both}")
    _edit(folder, "UPDATE alembic_version SET version_num = '0002'")
    ledger = open_(folder)
    leaf = ledger.read(f"pub/leaf/{facts('a').statement_id}")
    assert leaf == b'{"leaf":"%s"}' % leaf_hash(ledger.entry(1)).hex().encode()
    assert ledger._parts.store.rows("SELECT key FROM public_state WHERE key LIKE 'pub/leaf/%'") == []
    assert ledger.read("pub/genesis") is not None
    ledger.close()


@pytest.mark.parametrize("lost", [0, 1])
@pytest.mark.parametrize("publish", [False, True])
def test_a_gap_between_entries_is_refused_for_what_it_is(folder: Path, lost: int, publish: bool) -> None:
    """Counted only, the rest would be taken for a shorter log."""
    _with_entries(folder, publish)
    _edit(folder, f"DELETE FROM entry WHERE idx = {lost}")
    with pytest.raises(DataDamaged, match=rf"^3 entries are stored, numbered {0 if lost else 1} to 3"):
        open_(folder)


def test_a_log_that_has_lost_every_entry_is_not_begun_anew(folder: Path) -> None:
    _edit(folder, "DELETE FROM entry")
    _edit(folder, "DELETE FROM published")
    shutil.rmtree(folder / "log")
    with pytest.raises(NotALedger, match="holds no entry: restore it"):
        open_(folder)


def test_a_checkpoint_file_one_ahead_of_the_store_is_taken_up(folder: Path) -> None:
    _with_entries(folder, publish=True)
    _edit(folder, "DELETE FROM published WHERE size = 4")
    ledger = open_(folder)
    assert ledger.published_checkpoint() == (folder / "log/checkpoint").read_bytes()
    assert b"\n4\n" in ledger.published_checkpoint()
    ledger.close()


def test_a_lost_published_folder_is_written_again_at_start(folder: Path) -> None:
    _with_entries(folder, publish=True)
    before = {path: path.read_bytes() for path in (folder / "log").rglob("*") if path.is_file()}
    shutil.rmtree(folder / "log")
    open_(folder).close()
    after = {path: path.read_bytes() for path in (folder / "log").rglob("*") if path.is_file()}
    assert after.items() <= before.items() and folder / "log/checkpoint" in after


def test_a_store_of_a_newer_version_is_left_alone(folder: Path) -> None:
    _edit(folder, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaUnknown):
        open_(folder)


@pytest.mark.parametrize("name", ["log.key", "tag-keys.json", "config.json"])
def test_a_missing_secret_or_configuration_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(LogKeyMissing if name == "log.key" else NotALedger):
        open_(folder)


def test_a_damaged_database_file_is_a_clear_refusal_to_start(folder: Path) -> None:
    (folder / "ledger.db").write_bytes(b"not a database at all, but long enough to be read as one" * 40)
    with pytest.raises(NotALedger):
        open_(folder)


def _fails(name: str, is_wrapped: bool = False) -> Callable[..., None]:
    def run(*_: object) -> None:
        error = sqlite3.OperationalError("injected")
        error.sqlite_errorname = name
        raise OperationalError("sql", None, error) if is_wrapped else error

    return run


@pytest.mark.parametrize(("step", "is_wrapped"), _STEPS_OF_START)
@pytest.mark.parametrize(
    ("name", "expected", "advice"),
    [
        ("SQLITE_FULL", StorageFull, "make room"),
        ("SQLITE_IOERR_FSYNC", StorageFault, "check the disk"),
        ("SQLITE_BUSY", StorageFault, "close"),
        ("SQLITE_CORRUPT", NotALedger, "restore"),
    ],
)
def test_a_start_that_the_store_fails_says_what_to_do(
    folder: Path, name: str, expected: type[LedgerError], advice: str, step: str, is_wrapped: bool
) -> None:
    """A full disk is no reason to take back yesterday's backup."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(step, _fails(name, is_wrapped))
        with pytest.raises(expected, match=advice):
            open_(folder)
    open_(folder).close()


def test_a_folder_moved_in_the_middle_of_a_commit_is_refused(folder: Path, tmp_path: Path) -> None:
    for named, refused in ((tmp_path / "first-place/ledger.db-mj1", True), (folder / "ledger.db-mj1", False)):
        text = str(named).encode()
        tail = struct.pack(">I", 1) + text + struct.pack(">II", len(text), sum(text))
        (folder / "vault.db-journal").write_bytes(bytes(512) + tail + bytes.fromhex("d9d505f920a163d7"))
        if refused:
            with pytest.raises(JournalElsewhere):
                open_(folder)
        else:
            open_(folder).close()


def test_every_setting_that_durability_rests_on_is_in_force(ledger: Ledger) -> None:
    found = ledger._parts.store.settings()
    assert found.pop("version") == sqlite3.sqlite_version
    for schema in ("main", "vault", "keys"):
        assert found[f"{schema}.journal_mode"] == "wal"
        assert found[f"{schema}.synchronous"] == 2
        assert found[f"{schema}.locking_mode"] == "exclusive"
        assert (found[f"{schema}.page_size"], found[f"{schema}.cache_size"]) == (8192, -65_536)
    assert found["wal_autocheckpoint"] == WAL_PAGES
    assert found["vault.secure_delete"] == found["keys.secure_delete"] == 1
    assert found["trusted_schema"] == 0


def test_a_setting_that_sqlite_leaves_as_it_was_is_noticed(folder: Path) -> None:
    """A pragma that is not taken says nothing: a file of another page size keeps it."""
    keys = sqlite3.connect(folder / "keys.db", isolation_level=None)
    keys.executescript("PRAGMA journal_mode = DELETE; PRAGMA page_size = 4096; VACUUM;")
    keys.close()
    with pytest.raises(UnsafeStorage, match="page_size"):
        open_(folder)


def test_what_a_killed_predecessor_wrote_is_synced_before_it_is_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may stand in the page cache alone, and a receipt would be signed over it."""
    ledger = open_(folder)
    ledger.submit(facts("a"), disclosures()).result(10)
    crashed = shutil.copytree(folder, tmp_path / "crashed")
    ledger.close()
    synced: set[int] = set()
    fsync, connect = os.fsync, database._connect

    def note(descriptor: int) -> None:
        fsync(descriptor)
        synced.add(os.fstat(descriptor).st_ino)

    def check(place: Path) -> sqlite3.Connection:
        missing = {path.name for path in place.glob("*.db*") if path.stat().st_ino not in synced}
        assert not missing and place.stat().st_ino in synced
        return connect(place)

    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(database, "_connect", check)
    open_(crashed).close()


@pytest.mark.parametrize("name", ["ledger.db", "vault.db", "keys.db"])
def test_a_database_shell_on_a_running_ledger_is_kept_out(ledger: Ledger, folder: Path, name: str) -> None:
    """Let in, it deletes the write-ahead log on leaving, and what is acknowledged from then on is lost."""
    ledger.submit(facts("a"), disclosures()).result(10)
    ledger.publish()
    shell = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('PRAGMA user_version')"
    left = subprocess.run([sys.executable, "-c", shell, folder / name], capture_output=True, text=True)
    assert "database is locked" in left.stderr
    assert (folder / f"{name}-wal").exists()


def test_a_log_of_the_store_that_cannot_be_emptied_is_a_fault() -> None:
    class Busy:
        def execute(self, sql: str) -> Busy:
            return self

        def fetchone(self) -> tuple[int, int, int]:
            return 1, 5, 0

    with pytest.raises(StorageFault, match=r"keys\.db"):
        empty_write_ahead_log(Busy(), "keys")  # type: ignore[arg-type]


def test_the_migrations_make_the_tables_that_the_code_expects(folder: Path) -> None:
    files = {None: "ledger.db", "vault": "vault.db", "keys": "keys.db"}
    for table in METADATA.tables.values():
        engine = create_engine(f"sqlite:///{folder / files[table.schema]}")
        found = inspect(engine)
        columns = {c["name"]: (str(c["type"]), c["nullable"]) for c in found.get_columns(table.name)}
        expected = {c.name: (str(c.type), bool(c.nullable)) for c in table.columns}
        assert columns == expected, table.name
        indexes = {index["name"] for index in found.get_indexes(table.name)}
        assert {index.name for index in table.indexes} <= indexes
        engine.dispose()


@pytest.mark.parametrize("name", ["ledger.db", "vault.db", "keys.db"])
@pytest.mark.parametrize("left", [None, b""])
def test_a_lost_file_is_named_and_none_is_begun_in_its_place(
    folder: Path, name: str, left: bytes | None
) -> None:
    """The disk was blamed, and an empty vault lay where the operator's backup belonged."""
    (folder / name).unlink()
    if left is not None:
        (folder / name).write_bytes(left)
    with pytest.raises(StoreMismatched, match=f"^{name} is missing or empty"):
        open_(folder)
    assert not (folder / name).exists() or not (folder / name).read_bytes()


def test_a_tree_in_memory_that_contradicts_itself_signs_nothing(ledger: Ledger) -> None:
    """Receipts are checked where they are written out: without a look of the writer's own it would go on."""
    size, signed = ledger._parts.log.signed
    ledger._parts.log.tree._ranges[0, 1] = b"\0" * 32
    with pytest.raises(Stopped):
        ledger.submit(facts("a"), disclosures()).result(10)
    assert isinstance(ledger.fault, InvariantError) and ledger._parts.log.signed == (size, signed)
