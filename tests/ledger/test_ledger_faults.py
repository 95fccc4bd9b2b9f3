"""What the ledger does when disk, clock, contracts or callers misbehave."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from contracts.decision import Context, Decision
from contracts.errors import InvariantError
from contracts.facts import Facts, Read
from ledger.changes import number_of
from ledger.clock import SandboxClock, WallClock
from ledger.errors import (
    ClockBackwards,
    ContractFault,
    Overloaded,
    Stopped,
    StorageFault,
    StorageFull,
)
from ledger.local import Ledger
from ledger.schema import MAIN, VAULT
from ledger.state import State
from tests.ledger.builders import CONTRACT, SECRET, START_MS, disclosures, execute, facts, open_


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
    [("before commit", False), ("between commits", False), ("after commit", True)],
    ids=["undone", "put back", "stored unanswered"],
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
        ledger.read("pub/never read before")
    ledger.close()
    reopened = open_(folder)
    assert reopened.size == (2 if stored else 1) == reopened.audit()
    assert reopened.read(f"pvt/statement/{facts('a').statement_id}") == (b"{}" if stored else None)
    again = reopened.submit(facts("a"), disclosures()).result(10)
    assert (again.outcome, again.index) == ("replayed" if stored else "accepted", 1)
    assert again.receipt is not None
    reopened.close()


def test_everyone_who_waits_is_told_when_the_writer_stops(folder: Path) -> None:
    fault = Fault()
    are_sent = threading.Event()

    def hook(point: str) -> None:
        assert are_sent.wait(30)
        fault(point)

    ledger = open_(folder, hook=hook)
    fault.point = "before commit"
    futures = [f for n in range(600) for f in ledger.submit_batch([(facts(str(n)), ())])]
    are_sent.set()
    for future in futures:
        assert future.exception(10) is None or isinstance(future.exception(), Stopped)
    assert isinstance(futures[-1].exception(), Stopped)
    ledger.close()


@pytest.mark.parametrize("file", ["main", "vault", "keys"])
def test_a_full_disk_refuses_stores_nothing_and_recovers_by_itself(ledger: Ledger, file: str) -> None:
    driver = ledger._parts.store._driver
    pages = driver.execute(f"PRAGMA {file}.page_count").fetchone()[0]
    driver.execute(f"PRAGMA {file}.max_page_count = {pages}")
    futures = ledger.submit_batch([(facts(str(n), pad="x" * 500), disclosures()) for n in range(200)])
    for future in futures:
        with pytest.raises(StorageFull):
            future.result(10)
    assert ledger.size == 1 == ledger.audit() and ledger.fault is None
    assert ledger.read(f"pub/leaf/{facts('0', pad='x' * 500).statement_id}") is None
    tag = ledger.tag("people", SECRET)[0]
    assert ledger.read(f"pvt/person/{tag}") == b'{"seen":1}', "what the vault had committed is put back"
    driver.execute(f"PRAGMA {file}.max_page_count = 1000000")
    assert ledger.submit(facts("a"), disclosures()).result(10).index == 1
    assert ledger.read(f"pvt/person/{tag}") == b'{"seen":2}'


class Disk:
    """Stands before SQLite and has room for a number of commits; then it is full."""

    def __init__(self, driver: sqlite3.Connection, commits: int) -> None:
        self.driver = driver
        self.commits = commits

    def __getattr__(self, name: str) -> Any:
        return getattr(self.driver, name)

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        if sql == "COMMIT":
            if not self.commits:
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorname = "SQLITE_FULL"
                raise error
            self.commits -= 1
        return self.driver.execute(sql, *parameters)


@pytest.mark.parametrize("is_restarted", [False, True])
def test_a_disk_that_fills_up_between_the_two_commits_tells_no_reader_of_half_a_change(
    folder: Path, is_restarted: bool
) -> None:
    """The ledger has no room, and neither has the vault to be put back."""
    ledger = open_(folder)
    ledger.submit_batch([(facts(name, chain="twice"), disclosures()) for name in "12"])[-1].result(10)
    store = ledger._parts.store
    disk = Disk(store._driver, 0)
    store._driver = disk  # type: ignore[assignment]
    person = f"pvt/person/{ledger.tag('people', SECRET)[0]}"
    b, c = (facts(name, chain=name) for name in "bc")
    for lost, commits in ((b, 2), (c, 1), (b, 1)):  # the first of each is a new data key's
        disk.commits = commits
        with pytest.raises(StorageFull):
            ledger.submit(lost, disclosures()).result(10)
        assert ledger.fault is None and ledger.audit() == 3
        reader = State(store)
        assert reader.read(person) == b'{"seen":2}'
        assert reader.read(f"pvt/statement/{facts('1', chain='twice').statement_id}") == b"{}"
        assert reader.read(f"pvt/statement/{lost.statement_id}") is None
    disk.commits = 1_000
    if is_restarted:
        ledger.close()
        ledger = open_(folder)
        store = ledger._parts.store
    assert ledger.submit(c, disclosures()).result(10).index == 3
    assert State(store).read(f"pvt/statement/{b.statement_id}") is None
    assert State(store).read(f"pvt/statement/{c.statement_id}") == b"{}"
    assert store.rows("SELECT max(idx) FROM vault.disclosure") == [(3,)]
    assert number_of(store._driver, MAIN) == number_of(store._driver, VAULT)
    ledger.close()


@pytest.mark.parametrize(
    ("point", "known"), [("before commit", True), ("between commits", True), ("after commit", False)]
)
def test_a_full_disk_in_commit_is_known_to_be_undone_or_stops(folder: Path, point: str, known: bool) -> None:
    fault = Fault()
    ledger = open_(folder, hook=fault)
    fault.name, fault.point = "SQLITE_FULL", point
    with pytest.raises(StorageFull if known else Stopped):
        ledger.submit(facts("a")).result(10)
    assert (ledger.fault is None) == known
    ledger.close()


def test_a_ledger_that_finds_no_room_is_not_ready_until_there_is_some(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It said that it was ready while it refused every statement."""
    fault, room = Fault(), [0]
    ledger = open_(folder, hook=fault)
    monkeypatch.setattr("ledger.local.shutil.disk_usage", lambda _: SimpleNamespace(free=room[0]))
    assert ledger.fault is None
    fault.name, fault.point = "SQLITE_FULL", "before commit"
    with pytest.raises(StorageFull):
        ledger.submit(facts("a")).result(10)
    assert isinstance(ledger.fault, StorageFull)
    room[0] = 64 * 1024 * 1024
    assert ledger.fault is None
    room[0], fault.name = 0, ""
    assert ledger.submit(facts("b")).result(10).index == 1
    assert ledger.fault is None
    ledger.close()


def test_a_change_broken_off_between_its_commits_stops_the_store_and_is_put_back_at_start(
    folder: Path,
) -> None:
    def no_memory(point: str) -> None:
        nonlocal armed
        if point == armed:
            armed = ""
            raise MemoryError

    armed = ""
    ledger = open_(folder, hook=no_memory)
    ledger.submit(facts("a", chain="c")).result(10)
    armed = "between commits"
    with pytest.raises(MemoryError):
        ledger.publish()
    with pytest.raises(Stopped):  # not a second change over one that stands half
        ledger.submit(facts("b", chain="c")).result(10)
    ledger.close()
    reopened = open_(folder)
    assert reopened.size == 2 and reopened.read("pub/count/c") == b"1"
    assert reopened.submit(facts("b", chain="c")).result(10).index == 2
    reopened.close()


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
    assert ledger.size == 3 and isinstance(ledger.fault, ClockBackwards)
    assert ledger.time_ms == START_MS + 10_000, "reads go on at the time of the last entry"
    clock.now = START_MS + 10_001
    assert ledger.fault is None
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


def test_a_contract_that_cannot_look_ahead_judges_as_ever(ledger: Ledger) -> None:
    blind = facts("a", want="blindness")
    unit = ledger.submit_batch([(facts("b"), ()), (blind, ()), (blind, ())])
    assert [one.result(10).outcome for one in unit] == ["accepted", "accepted", "replayed"]
    assert ledger.submit(blind).result(10).outcome == "replayed"


def test_an_entry_too_long_for_the_log_harms_only_its_own_submission(ledger: Ledger) -> None:
    long = replace(facts("long"), statement=b'{"payload":"%b"}' % (b"x" * 65_536))
    with pytest.raises(ContractFault):
        ledger.submit(long).result(10)
    assert ledger.submit(facts("a")).result(10).index == 1


def _writes(key: str) -> Callable[[Facts, Context, Read], Decision]:
    def run(item: Facts, context: Context, read: Read) -> Decision:
        decided = execute(item, context, read)
        return replace(decided, writes=(*decided.writes, (key, b"{}")))

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
