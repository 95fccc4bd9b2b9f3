"""Power fails in the middle of a commit: of what was written since the last sync some sectors are on the
disk, others are not. The store is opened as that leaves it, and holds the whole group or nothing of it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.facts import Facts
from ledger.changes import number_of
from ledger.errors import LedgerError
from ledger.local import Ledger
from tests.ledger.builders import SECRET, create, disclosures, facts, open_

FILES = ("ledger.db", "ledger.db-wal", "vault.db", "vault.db-wal", "keys.db", "keys.db-wal")
SECTOR = 512
GROUPS = 5
MIXES = 20

Files = dict[str, bytes]


class Camera:
    """Keeps what the files hold at each point of each commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.taken: list[dict[str, Files]] = []

    def __call__(self, point: str) -> None:
        if point == "before commit":
            self.taken.append({})
        files = {name: self.folder / name for name in FILES}
        self.taken[-1][point] = {name: path.read_bytes() for name, path in files.items() if path.exists()}


def _statement(number: int) -> Facts:
    return facts(str(number), chain="c", pad="x" * 900)


def _group(ledger: Ledger, number: int) -> None:
    batch = [(_statement(4 * number + n), disclosures()) for n in range(4)]
    for future in ledger.submit_batch(batch):
        future.result(10)


@pytest.fixture(scope="module", params=[2_000, 3], ids=["", "with files written from the logs"])
def commits(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Files]:
    """The three pictures of each of some commits, one after the other, and the folder they belong to."""
    folder = tmp_path_factory.mktemp("power") / "ledger"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.database.WAL_PAGES", request.param)
        create(folder)
        camera = Camera(folder)
        ledger = open_(folder, hook=camera)
        camera.taken.clear()
        for number in range(GROUPS):
            _group(ledger, number)
        ledger.close()
    return [picture for commit in camera.taken for picture in commit.values()]


def _mixed(before: bytes, after: bytes, randomness: random.Random) -> bytes:
    """Some sectors of `after`, the others as before; grown as far as chance has it."""
    end = randomness.choice([len(before), len(after), randomness.randint(len(before), len(after))])
    share = randomness.choice([0.1, 0.5, 0.9, 1.0])
    sectors = []
    for at in range(0, end, SECTOR):
        source = after if randomness.random() < share else before
        sectors.append(source[at : at + SECTOR].ljust(SECTOR, b"\0"))
    return b"".join(sectors)[:end]


def _cut(before: Files, after: Files, written: str, randomness: random.Random) -> Files:
    """The files when power fails while `written` goes from `before` to `after`; nothing else has changed.

    First its log is written and synced, then, if at all, the file.
    """
    log = f"{written}-wal"
    if randomness.random() < 0.5 or before[written] == after[written]:
        return {**before, log: _mixed(before.get(log, b""), after[log], randomness)}
    return {**before, log: after[log], written: _mixed(before[written], after[written], randomness)}


def _opened(folder: Path, files: Files) -> int:
    """Open a copy of the folder with these files; return its size, once all of it was found to agree."""
    place = folder.parent / "after"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(folder, place)
    for name in FILES:
        (place / name).unlink(missing_ok=True)
    for name, data in files.items():
        (place / name).write_bytes(data)
    ledger = open_(place)
    try:
        assert not list(place.glob("*-shm")), "an index in shared memory would let a second connection in"
        store = ledger._parts.store
        assert number_of(store._driver, "main") == number_of(store._driver, "vault")
        size = ledger.audit()
        tag = ledger.tag("people", SECRET)[0]
        seen = size - 1 or 1  # genesis counts for a chain of its own
        assert ledger.read(f"pvt/person/{tag}") == b'{"seen":%d}' % seen
        assert ledger.read("pub/count/c") == (b"%d" % (size - 1) if size > 1 else None)
        for number in range(4 * GROUPS):
            known = ledger.read(f"pvt/statement/{_statement(number).statement_id}")
            assert known == (b"{}" if number < size - 1 else None)
        for index in range(size):
            assert len(ledger.received(index)) == (index > 0)
        assert store.rows("SELECT max(idx) FROM vault.disclosure")[0][0] in (None, size - 1)
        _group(ledger, GROUPS)
        return size
    finally:
        ledger.close()


def _steps(commits: list[Files]) -> Iterator[tuple[int, Files, Files, Files]]:
    for number in range(GROUPS):
        before, between, after = commits[3 * number : 3 * number + 3]
        yield number, before, between, after


def test_power_lost_while_the_vault_is_written_leaves_nothing_of_the_group(
    commits: list[Files], folder: Path
) -> None:
    randomness = random.Random(1)
    for number, before, between, _ in _steps(commits):
        for _ in range(MIXES):
            assert _opened(folder, _cut(before, between, "vault.db", randomness)) == 1 + 4 * number


def test_power_lost_while_the_ledger_is_written_leaves_the_group_or_nothing(
    commits: list[Files], folder: Path
) -> None:
    randomness = random.Random(2)
    sizes = set()
    for number, _, between, after in _steps(commits):
        for _ in range(MIXES):
            size = _opened(folder, _cut(between, after, "ledger.db", randomness))
            sizes.add(size - 4 * number)
    assert sizes == {1, 5}, "both ends were met"


def test_a_ledger_that_were_written_before_its_vault_would_be_found_out(
    commits: list[Files], folder: Path
) -> None:
    """The same cuts as if the vault had not been synced first: these tests must see that."""
    found = 0
    for _, before, _, after in _steps(commits):
        try:
            _opened(folder, {**before, **{name: after[name] for name in after if name.startswith("ledger")}})
        except (LedgerError, AssertionError):
            found += 1
    assert found == GROUPS
