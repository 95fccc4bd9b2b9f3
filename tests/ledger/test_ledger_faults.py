"""What the ledger does when disk, clock, contracts or callers misbehave."""

from __future__ import annotations

import shutil
import sqlite3
import struct
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from contracts.decision import Context, Decision
from contracts.errors import InvariantError
from contracts.facts import Facts, Read
from ledger.clock import SandboxClock, WallClock
from ledger.errors import (
    BehindCheckpoint,
    ClockBackwards,
    ContractFault,
    DataDamaged,
    JournalElsewhere,
    NotALedger,
    Overloaded,
    SchemaUnknown,
    Stopped,
    StorageFault,
    StorageFull,
)
from ledger.local import Ledger
from ledger.schema import METADATA
from tests.ledger.builders import CONTRACT, START_MS, disclosures, execute, facts, open_


class Fault:
    """Raises a SQLite error at one named point, once armed."""

    def __init__(self) -> None:
        self.point = ""
        self.name = "SQLITE_IOERR_FSYNC"

    def __call__(self, point: str) -> None:
        if point == self.point:
            self.point = ""
            error = sqlite3.OperationalError("injected")
            error.sqlite_errorname = self.name
            raise error


@pytest.mark.parametrize(
    ("point", "stored"),
    [("before commit", False), ("after commit", True)],
    ids=["undone", "stored unanswered"],
)
def test_a_storage_fault_stops_the_writer_and_a_restart_finds_the_truth(
    folder: Path, point: str, stored: bool
) -> None:
    fault = Fault()
    ledger = open_(folder, hook=fault)
    fault.point = point
    with pytest.raises(Stopped) as stopped:
        ledger.submit(facts("a"), disclosures()).result(10)
    assert stopped.value.code == "STORAGE_ERROR" and isinstance(ledger.fault, StorageFault)
    with pytest.raises(Stopped):
        ledger.submit(facts("b"))
    with pytest.raises(Stopped):
        ledger.read("pub/genesis")
    ledger.close()
    reopened = open_(folder)
    assert reopened.size == (2 if stored else 1) == reopened.audit()
    again = reopened.submit(facts("a"), disclosures()).result(10)
    assert (again.outcome, again.index) == ("replayed" if stored else "accepted", 1)
    assert again.receipt is not None
    reopened.close()


def test_everyone_who_waits_is_told_when_the_writer_stops(folder: Path) -> None:
    fault = Fault()
    ledger = open_(folder, hook=fault)
    fault.point = "before commit"
    futures = [f for n in range(600) for f in ledger.submit_batch([(facts(str(n)), ())])]
    for future in futures:
        assert future.exception(10) is None or isinstance(future.exception(), Stopped)
    assert isinstance(futures[-1].exception(), Stopped)
    ledger.close()


def test_a_full_disk_refuses_stores_nothing_and_recovers_by_itself(ledger: Ledger) -> None:
    driver = ledger._parts.store._driver
    pages = driver.execute("PRAGMA page_count").fetchone()[0]
    driver.execute(f"PRAGMA max_page_count = {pages}")
    futures = ledger.submit_batch([(facts(str(n), pad="x" * 500), disclosures()) for n in range(200)])
    for future in futures:
        with pytest.raises(StorageFull):
            future.result(10)
    assert ledger.size == 1 == ledger.audit() and ledger.fault is None
    assert ledger.read(f"pub/leaf/{facts('0', pad='x' * 500).statement_id}") is None
    driver.execute("PRAGMA max_page_count = 1000000")
    assert ledger.submit(facts("a")).result(10).index == 1


@pytest.mark.parametrize(("point", "known"), [("before commit", True), ("after commit", False)])
def test_a_full_disk_in_commit_is_known_to_be_undone_or_stops(folder: Path, point: str, known: bool) -> None:
    fault = Fault()
    ledger = open_(folder, hook=fault)
    fault.name, fault.point = "SQLITE_FULL", point
    with pytest.raises(StorageFull if known else Stopped):
        ledger.submit(facts("a")).result(10)
    assert (ledger.fault is None) == known
    ledger.close()


def test_no_room_for_published_files_keeps_the_earlier_checkpoint(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ledger.published_checkpoint()
    ledger.submit(facts("a")).result(10)

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("ledger.tiles.write_durably", full)
        with pytest.raises(StorageFull):
            ledger.publish()
    assert ledger.published_checkpoint() == before
    ledger.publish()
    assert ledger.published_checkpoint() != before


def test_a_clock_behind_the_last_entry_stops_writing_until_it_has_caught_up(folder: Path) -> None:
    class Broken:
        now = START_MS + 10_000

        def now_ms(self) -> int:
            return self.now

    clock = Broken()
    ledger = open_(folder, clock)
    ledger.submit(facts("a")).result(10)
    clock.now = START_MS + 10_000 - 2_000
    answer = ledger.submit(facts("b")).result(10)
    assert b'"time":1800000010000' in (answer.entry or b"")
    clock.now -= 1
    with pytest.raises(ClockBackwards):
        ledger.submit(facts("c")).result(10)
    with pytest.raises(ClockBackwards):
        ledger.check(facts("c"))
    assert ledger.size == 3 and ledger.fault is None
    clock.now = START_MS + 10_001
    assert ledger.submit(facts("c")).result(10).index == 3
    ledger.close()


def test_the_clocks() -> None:
    clock = SandboxClock(5)
    clock.set(5)
    clock.set(9)
    with pytest.raises(ValueError, match="never goes back"):
        clock.set(8)
    assert clock.now_ms() == 9 and WallClock().now_ms() > 1_700_000_000_000


def test_a_contract_that_fails_harms_only_its_own_submission(ledger: Ledger) -> None:
    good, bad, after = ledger.submit_batch(
        [(facts("a"), ()), (facts("b", want="crash"), ()), (facts("c"), ())]
    )
    assert (good.result(10).index, after.result(10).index) == (1, 2)
    with pytest.raises(ContractFault):
        bad.result(10)
    assert ledger.fault is None


def test_an_entry_too_long_for_the_log_harms_only_its_own_submission(ledger: Ledger) -> None:
    long = replace(facts("long"), statement={"payload": "x" * 65_536})
    with pytest.raises(ContractFault):
        ledger.submit(long).result(10)
    assert ledger.submit(facts("a")).result(10).index == 1


def _writes(key: str) -> Callable[[Facts, Context, Read], Decision]:
    def run(item: Facts, context: Context, read: Read) -> Decision:
        return replace(execute(item, context, read), writes=((key, b"{}"),))

    return run


def _raises(item: Facts, context: Context, read: Read) -> Decision:
    raise InvariantError("the contracts found themselves wrong")


def _empty(item: Facts, context: Context, read: Read) -> Decision:
    return Decision("accepted")


def _lost(item: Facts, context: Context, read: Read) -> Decision:
    return Decision("replayed")


@pytest.mark.parametrize(
    "broken", [_writes("other/key"), _writes("pub/\x00"), _raises, _empty, _lost], ids=lambda f: f.__name__
)
def test_a_contradiction_stops_the_writer_before_anything_is_stored(
    folder: Path, broken: Callable[[Facts, Context, Read], Decision]
) -> None:
    contract = replace(CONTRACT, execute=broken)
    ledger = Ledger.open(folder, SandboxClock(START_MS), contract=contract)
    with pytest.raises(Stopped):
        ledger.submit(facts("a")).result(10)
    assert isinstance(ledger.fault, InvariantError) and ledger.size == 1 == ledger.audit()
    ledger.close()


def test_a_leaf_that_is_not_the_entrys_stops_the_writer(ledger: Ledger) -> None:
    with pytest.raises(Stopped):
        ledger.submit(facts("a", want="lie")).result(10)
    assert ledger.size == 1 == ledger.audit()


class Gate:
    """Holds the writer inside a commit until it is opened."""

    def __init__(self) -> None:
        self.armed = False
        self.reached = threading.Event()
        self.open = threading.Event()

    def __call__(self, point: str) -> None:
        if self.armed and point == "before commit":
            self.armed = False
            self.reached.set()
            self.open.wait(10)


def test_a_full_queue_refuses_whole_requests_and_takes_them_again_later(folder: Path) -> None:
    gate = Gate()
    ledger = open_(folder, hook=gate, queue_size_max=3)
    gate.armed = True
    first = ledger.submit(facts("a"))
    assert gate.reached.wait(10)
    ledger.submit_batch([(facts("b"), ()), (facts("c"), ())])
    assert ledger.queued == 2
    with pytest.raises(Overloaded) as overloaded:
        ledger.submit_batch([(facts("d"), ()), (facts("e"), ())])
    assert overloaded.value.retry_after_s == 1
    last = ledger.submit(facts("d"))
    gate.open.set()
    assert (first.result(10).index, last.result(10).index) == (1, 4)
    ledger.close()


def test_a_caller_who_gives_up_does_not_stop_the_writer(folder: Path) -> None:
    gate = Gate()
    ledger = open_(folder, hook=gate)
    gate.armed = True
    first = ledger.submit(facts("a"))
    assert gate.reached.wait(10)
    waiting = ledger.submit(facts("b"))
    assert waiting.cancel() and not first.cancel()
    gate.open.set()
    assert first.result(10).index == 1
    assert ledger.submit(facts("c")).result(10).index == 2
    ledger.close()


def test_close_answers_what_is_queued_and_refuses_what_comes_after(folder: Path) -> None:
    ledger = open_(folder)
    futures = ledger.submit_batch([(facts(str(n)), ()) for n in range(50)])
    ledger.close()
    assert [future.result(0).index for future in futures] == list(range(1, 51))
    with pytest.raises(Stopped):
        ledger.submit(facts("late"))


def _edit(folder: Path, sql: str, file: str = "ledger.db") -> None:
    connection = sqlite3.connect(folder / file)
    with connection:
        connection.execute(sql)
    connection.close()


def _with_entries(folder: Path, publish: bool) -> None:
    ledger = open_(folder)
    for name in "abc":
        ledger.submit(facts(name)).result(10)
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


def test_a_gap_between_entries_is_refused(folder: Path) -> None:
    _with_entries(folder, publish=False)
    _edit(folder, "DELETE FROM entry WHERE idx = 1")
    with pytest.raises(DataDamaged):
        open_(folder)


def test_another_genesis_than_the_configured_one_is_refused(folder: Path) -> None:
    _edit(folder, "DELETE FROM entry")
    _edit(folder, "DELETE FROM published")
    with pytest.raises(NotALedger):
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
    with pytest.raises(NotALedger):
        open_(folder)


def test_a_damaged_database_file_is_a_clear_refusal_to_start(folder: Path) -> None:
    (folder / "ledger.db").write_bytes(b"not a database at all, but long enough to be read as one" * 40)
    with pytest.raises(NotALedger):
        open_(folder)


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
        assert found[f"{schema}.journal_mode"] == "truncate"
        assert found[f"{schema}.synchronous"] == 2
        assert found[f"{schema}.locking_mode"] == "exclusive"
    assert found["vault.secure_delete"] == found["keys.secure_delete"] == 1


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
