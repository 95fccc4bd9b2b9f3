"""Memory is that of a part of the rows, and in however many parts the same is found, down to the proofs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from api.screening.registry import SCREENS
from api.screening.report import Finding, screened
from api.screening.screen import Screen
from api.screening.tables import DAY_MS, ROWS_AT_ONCE, Tables
from tests.screening.columns import HOUR_MS, NOON_MS, History
from tests.screening.noise import low, noise

_SEEDS = (1, 2, 3)
_SMALL = {"organisations", "rosters", "cases"}  # of institutions, people and cases: not of rows of a year
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    return {seed: noise(seed).write(tmp_path_factory.mktemp("columns")) for seed in _SEEDS}


@pytest.fixture(scope="module")
def at_once(folders: dict[int, Path]) -> dict[tuple[int, str], list[Finding]]:
    """What each screen finds in all rows at once."""
    told = ((seed, screened(Tables(folder), screens=low())) for seed, folder in folders.items())
    return {(seed, screen.id): found for seed, results in told for screen, found in results}


def _in(tables: Tables, parts: int, screen: Screen) -> Tables:
    """The tables with the limit at which the screen's largest one has so many parts."""
    rows = max((tables[name].collect().height for name in screen.together), default=1)
    return Tables(tables._folder, -(-rows // parts))


@pytest.mark.parametrize("screen", low(), ids=lambda screen: screen.id)
def test_the_same_is_found_in_any_number_of_parts(
    folders: dict[int, Path], at_once: dict[tuple[int, str], list[Finding]], screen: Screen
) -> None:
    """Subjects, their order, measures, counts and proofs: a province that grows is told nothing else."""
    for seed, folder in folders.items():
        assert at_once[seed, screen.id], "nothing is claimed of a screen that finds nothing"
        for parts in (2, 7):
            [(_, found)] = screened(_in(Tables(folder), parts, screen), screens=[screen])
            assert found == at_once[seed, screen.id], f"seed {seed}, {parts} parts"


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.id)
def test_a_screen_reads_no_large_table_at_once(
    folders: dict[int, Path], monkeypatch: pytest.MonkeyPatch, screen: Screen
) -> None:
    """A table that `together` forgot would be read whole for each part, and without a bound."""
    read: set[str] = set()
    asked = Tables.__getitem__

    def noted(tables: Tables, name: str) -> pl.LazyFrame:
        if tables is not tables.whole:
            read.add(name)
        return asked(tables, name)

    monkeypatch.setattr(Tables, "__getitem__", noted)
    screen.found(Tables(folders[1], 50))
    assert read <= _SMALL | screen.together.keys()
    assert screen.together or screen.id == "SCREEN-DRUG-CASES"


def _values(parts: Iterator[Tables], table: str, column: str) -> list[set[str | None]]:
    return [set(part[table].collect()[column]) for part in parts]


def test_rows_of_one_value_are_in_one_part_whichever_table_they_are_of(folders: dict[int, Path]) -> None:
    tables, shop = Tables(folders[1], 200), dict.fromkeys(("sales", "stock"), "pharmacy")
    sold, stocked = (_values(tables.parts(shop), name, "pharmacy") for name in shop)
    assert len(sold) == -(-tables["sales"].collect().height // 200) > 2
    assert set.union(*sold) == set(tables["sales"].collect()["pharmacy"])
    assert sum(map(len, sold)) == len(set.union(*sold))
    for place, shops in enumerate(stocked):
        assert all(shops.isdisjoint(others) for at, others in enumerate(sold) if at != place)
    rows = sum(part["sales"].collect().height for part in tables.parts(shop))
    assert rows == tables["sales"].collect().height


def test_who_is_not_known_is_in_one_part_under_whatever_word(tmp_path: Path) -> None:
    """Rows of 未知 and of nobody are counted together by hospital, and stay so."""
    history = History()
    for number in range(40):
        history.add("sales", hospital=None, patient=[None, "未知", "unknown", "-"][number % 4])
    parts = list(Tables(history.write(tmp_path), 4).parts({"sales": "patient"}))
    assert len(parts) == 10
    assert sorted(part["sales"].collect().height for part in parts) == [*[0] * 9, 40]


@pytest.mark.parametrize(("limit", "parts"), [(40, 1), (39, 2), (14, 3), (13, 4)])
def test_where_a_second_part_begins(tmp_path: Path, limit: int, parts: int) -> None:
    history = History()
    for _ in range(40):
        history.add("sales")
    tables = Tables(history.write(tmp_path), limit)
    assert len(list(tables.parts({"sales": "code", "stock": "code"}))) == parts
    assert len(list(tables.parts({"stock": "code"}))) == 1


def test_a_table_without_a_single_value_is_parted(tmp_path: Path) -> None:
    """A column in which nothing stands has no kind: its rows are those of nobody, and go nowhere else."""
    history = History()
    for _ in range(6):
        history.add("sales")
    folder = history.write(tmp_path)
    empty = pl.read_parquet(folder / "sales.parquet").with_columns(pl.lit(None).alias("code"))
    empty.write_parquet(folder / "sales.parquet")
    parts = list(Tables(folder, 2).parts({"sales": "code"}))
    assert sorted(part["sales"].collect().height for part in parts) == [0, 0, 6]


def test_findings_of_one_subject_and_measure_stand_in_the_order_of_their_proof(tmp_path: Path) -> None:
    """A doctor's two rings at a shop, of two drugs: which one came first was a matter of chance."""
    history = History()
    drugs = [f"X{number}" for number in range(30)]
    for day in range(3):
        for patient in range(5):
            for drug in drugs:
                at_ms = NOON_MS + day * DAY_MS + patient
                history.add("sales", drug=drug, patient=f"p{patient}", time_ms=at_ms)
    [(_, found)] = screened(Tables(history.write(tmp_path)), ["SCREEN-RING"])
    assert len(found) == len(drugs) and len({one.subject for one in found}) == 1
    assert [one.entries for one in found] == sorted(one.entries for one in found)


@pytest.mark.parametrize("people", [1, 2, 9])
def test_a_limit_reached_to_the_millisecond_is_reached_by_however_many(tmp_path: Path, people: int) -> None:
    """Sixteen hours were sixteen for one pharmacist, and a little more as soon as there was another one."""
    history = History()
    for number in range(people):
        for site, hours in (("P1", 0), ("P2", 16)):
            at_ms = NOON_MS + hours * HOUR_MS
            history.add("presences", person=f"Y{number}", site=site, act="opened", time_ms=at_ms)
    [(_, found)] = screened(Tables(history.write(tmp_path)), ["SCREEN-OPEN"])
    assert len(found) == people


def test_the_page_states_the_limit() -> None:
    page = (HERE.parents[1] / "api/screening/README.md").read_text("utf-8")
    assert f"{ROWS_AT_ONCE // 1_000_000} million rows" in page and ROWS_AT_ONCE % 1_000_000 == 0
