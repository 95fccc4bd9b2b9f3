"""Ground truth: a seeded year is the same bytes, its people cannot exist, its labels are complete."""

from __future__ import annotations

import ast
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from api.command.main import main
from api.province import blind, township
from api.province.cases import CASES
from api.province.cast import certificate_number, drugs
from api.province.district import DISTRICT_CASES
from api.province.event import DAY_MS, DAYS, FIRST_MS, Event
from api.province.histories import PLANS
from api.province.lookalikes import LOOKALIKES
from api.province.plan import Plan
from api.province.township import TOWNSHIP_CASES
from api.province.year import ACTS_PER_LIFE, Year
from contracts.rules.coverage import COVERAGE, OUT
from contracts.statements.schema import Record
from contracts.types import TYPES

ROOT = Path(__file__).parents[2]
STATEMENTS = 10_000
JUDGING = ("contracts.rules", "contracts.effects", "contracts.parameters", "contracts.packs", "ledger")
# What runs the contracts over the year, and what counts, is no part of the generator.
NOT_GENERATOR = {"trial.py", "score.py", "columns.py"}


@pytest.fixture(scope="module")
def events() -> list[Event]:
    return list(Year(1, STATEMENTS).events())


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(tmp_path: Path) -> None:
    for name, seed in (("a", "5"), ("b", "5"), ("c", "6")):
        assert main(["generate", "--seed", seed, "--out", str(tmp_path / name), "--json"]) == 0
    written = [(tmp_path / name / "events.ndjson.gz").read_bytes() for name in "abc"]
    assert written[0] == written[1] != written[2]
    assert len({(tmp_path / name / "registry.json").read_bytes() for name in "ab"}) == 1
    line = json.loads(gzip.decompress(written[0]).splitlines()[0])
    assert {"id", "time", "type", "iss", "signers", "members", "disclosures"} <= line.keys()


def test_a_year_is_never_written_over_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "--out", str(tmp_path)]) == 0
    assert main(["generate", "--out", str(tmp_path)]) == 2
    assert "holds a year already" in capsys.readouterr().err


@pytest.mark.parametrize("size", ["9999", "10000001"])
def test_sizes_are_bounded(tmp_path: Path, size: str) -> None:
    assert main(["generate", "--statements", size, "--out", str(tmp_path)]) == 2


@pytest.mark.parametrize(
    "path",
    [path for path in sorted((ROOT / "api/province").glob("*.py")) if path.name not in NOT_GENERATOR],
    ids=lambda path: path.name,
)
def test_the_generator_shares_no_code_with_the_rules(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    named = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    named += [one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names]
    assert not [name for name in named if name.startswith(JUDGING)]


def test_nobody_in_it_can_exist(events: list[Event]) -> None:
    text = "\n".join(event.line() for event in events)
    numbers = set(re.findall(r'"certificate_number":"(\w+)"', text))
    assert len(numbers) > 100 and all(number.startswith("990000") for number in numbers)
    assert all(event.iss[1:4] == "990" for event in events)


def test_check_digits_are_right_where_they_are_meant_to_be() -> None:
    # GB 11643's own example: 11010519491231002X
    assert certificate_number(0, "19550719", "2")[:17] == "99000019550719000"
    assert {certificate_number(n, "19550719", "1")[-1] for n in range(40)} == set("0123456789X")


def test_acts_come_in_the_order_of_time_within_the_year(events: list[Event]) -> None:
    times = [event.time_ms for event in events]
    assert times == sorted(times)
    assert times[0] >= FIRST_MS and times[-1] < FIRST_MS + (DAYS + 1) * DAY_MS


def test_it_is_about_as_large_as_asked(events: list[Event]) -> None:
    """A small year is larger: it has each case and look-alike once, however few others live in it."""
    assert 0.7 * STATEMENTS < len(events) < 1.7 * STATEMENTS


def test_the_largest_year_has_patients_enough() -> None:
    """Nobody comes back before the drug is used up: with 50,000 patients 10^7 were 4.7 million."""
    largest = Year(1, 10_000_000)
    assert len(largest.cast.patients) >= 10_000_000 // ACTS_PER_LIFE // 4


def test_every_case_and_every_lookalike_is_there(events: list[Event]) -> None:
    labels = [event.label for event in events if event.label is not None]
    cases = {(label.case, label.codes) for label in labels if label.case and not label.screen}
    tables = (*CASES, *DISTRICT_CASES, *TOWNSHIP_CASES)
    told = {(case.row, case.codes) for case in tables if case.codes}  # the others are a screen's
    beside = {("S62", ("SUPPLY_COVERED",)), ("S65", ("APPEAL_OVERDUE",)), ("S9", ("RX_QUANTITY_DAYS",))}
    assert cases == told | beside
    assert {label.lookalike for label in labels} > {kind for kind, _ in LOOKALIKES}


def test_each_act_has_the_form_that_a_ledger_admits(events: list[Event]) -> None:
    """What is refused is refused by a rule, not for an accident of the generator."""
    for event in events:
        if not event.outside and not event.again:
            Record(TYPES[event.type].members).check({k: referred(v) for k, v in event.members.items()})
            Record(TYPES[event.type].groups).check(dict(event.disclosures))


def referred(value: Any) -> Any:
    """A member with a digest wherever it refers to an earlier act."""
    if isinstance(value, list):
        return [referred(one) for one in value]
    return "0" * 64 if isinstance(value, str) and value.startswith("@") else value


def of_a_township(event: Event) -> bool:
    return event.iss[1:6] == "99004" or event.id.startswith("V99004")


def test_what_happens_in_the_townships_shifts_nothing_else(
    events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Further cases drew from the stream of all, and a screen's subject was another one at that seed."""
    monkeypatch.setattr(township, "of_day", lambda *_: iter(()))
    without = [event.line() for event in Year(1, STATEMENTS).events()]
    assert [event.line() for event in events if not of_a_township(event)] == without


def of_a_corner(event: Event) -> bool:
    return event.iss[1:5] == "9905" and not event.id.startswith("share") and event.iss[-1] != "6"


def test_what_happens_in_blind_corners_shifts_nothing_else(
    events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blind, "of_day", lambda *_: iter(()))
    without = [event.line() for event in Year(1, STATEMENTS).events()]
    assert [event.line() for event in events if not of_a_corner(event)] == without


def test_nobody_lives_in_a_township_and_elsewhere(events: list[Event]) -> None:
    numbers: dict[bool, set[str]] = {True: set(), False: set()}
    for event in events:
        found = event.disclosures.get("identity", {}).get("certificate_number")
        numbers[of_a_township(event)] |= {found} if found else set()
    assert len(numbers[True]) > len(TOWNSHIP_CASES) // 2
    assert not numbers[True] & numbers[False]


def test_each_row_stands_somewhere_on_the_page(events: list[Event]) -> None:
    """The table of README.md names every row S… once under what it is, as the year and RULES.md have it."""
    page = (ROOT / "api/province/README.md").read_text("utf-8")
    rows = {line.split("|")[1].strip(): line for line in page.splitlines() if line.startswith("| ")}
    stands = {
        name: set(re.findall(r"S\d+", re.sub(r"\(.*?\)", "", rows[name])))
        for name in ("case", "screen", "as another row", "look-alike", "command", "out of scope")
    }
    labels = [event.label for event in events if event.label and event.label.case.startswith("S")]
    assert stands["case"] == {label.case for label in labels if not label.screen}
    expected = {one["case"] for one in Year(1, STATEMENTS).registry()["expected"]}
    assert stands["screen"] == expected | {label.case for label in labels if label.screen}
    assert stands["out of scope"] == {row.id for row in COVERAGE if row.state == OUT}
    others = [one for name, of in stands.items() if name not in ("case", "screen") for one in of]
    assert len(others) == len(set(others)) and not set(others) & (stands["case"] | stands["screen"])
    assert set().union(*stands.values()) == {row.id for row in COVERAGE}


def test_every_plan_is_played_each_of_its_days(events: list[Event]) -> None:
    begun = {event.id.split(".")[0] for event in events if event.id.endswith(".0")}
    for plan in PLANS:
        days = {int(name.split("-")[1]) for name in begun if name.startswith(f"{plan.name}0-")}
        least = min((low for low, _ in plan.strength.values()), default=len(plan.days))
        assert days <= set(plan.days) and len(days) >= 0.9 * min(least, len(plan.days)), plan.name


@pytest.mark.parametrize("plan", [plan for plan in PLANS if plan.strength], ids=lambda plan: plan.name)
def test_copies_of_a_plan_are_no_clones_and_the_page_says_how_strong_they_are(plan: Plan) -> None:
    """All copies had one strength: twenty of them were one trial, and their interval said nothing."""
    cast = Year(1, STATEMENTS).cast
    page = (ROOT / "api/province/README.md").read_text("utf-8")
    (line,) = (line for line in page.splitlines() if line.startswith(f"| {plan.name} |"))
    for name, (low, high) in plan.strength.items():
        drawn = [cast.strength(plan.name, copy, name, low, high) for copy in range(20)]
        assert len(set(drawn)) >= min(8, (high - low) // 2 + 2)
        assert low <= min(drawn) <= max(drawn) <= high
        assert f"{name} {low} to {high}" in line


def test_a_copy_is_as_strong_on_each_of_its_days(events: list[Event]) -> None:
    cast = Year(1, STATEMENTS).cast
    ring = next(plan for plan in PLANS if plan.name == "ring")
    cards, days = (cast.strength("ring", 0, name, *ring.strength[name]) for name in ("cards", "days"))
    labels = [event.label for event in events if event.label is not None]
    assert sum(one.screen == "SCREEN-RING" and one.case == "S45" for one in labels) == cards * days


def test_the_days_of_a_pack_are_those_of_the_label() -> None:
    days = {drug.name: drug.pack_days for drug in drugs()}
    expected: dict[str, Any] = {
        "司美格鲁肽注射液": 14,
        "苯磺酸氨氯地平片": 14,
        "硝苯地平控释片": 3.5,
        "左甲状腺素钠片": 25,
        "阿达木单抗注射液": 14,
        "华法林钠片": 0,
    }
    assert {name: days[name] for name in expected} == pytest.approx(expected)
