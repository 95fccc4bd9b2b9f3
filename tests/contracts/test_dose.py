"""R7: what the label allows at most, and a prescriber who says a second time that it shall be more."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys
from tests.contracts.office import rulebook
from tests.contracts.world import METFORMIN, SEMAGLUTIDE, World, drug


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    return made


def _codes(world: World, **line: Any) -> tuple[str, ...]:
    return world.issue(line=line).codes


# Metformin: 0.5 g a tablet, at most 2.5 g a day. Semaglutide: at most 1 mg in seven days.


def test_nobody_is_prescribed_fifty_grams(world: World) -> None:
    decision = world.issue(line={"dose": "50"})
    assert decision.codes == ("DOSE_LIMIT",)
    assert decision.findings[0].told == {"line": 0, "member": "dose"}


@pytest.mark.parametrize(
    ("dose", "unit", "frequency", "codes"),
    [
        ("2.5", "g", None, ()),
        ("2.500001", "g", None, ("DOSE_LIMIT",)),
        ("2500", "mg", "11", ()),
        ("2501", "mg", "11", ("DOSE_LIMIT",)),
        ("2501", "㎎", "qd", ("UNIT_NOT_NORMALISED", "DOSE_LIMIT")),
        ("2501", "毫克", "QD", ("DOSE_LIMIT",)),
        ("5", "片", "11", ()),
        ("5.1", "片", "11", ("DOSE_LIMIT",)),
        ("1.25", "g", "12", ()),
        ("1.3", "g", "12", ("DOSE_LIMIT",)),
        ("0.8", "g", "13", ()),
        ("0.85", "g", "13", ("DOSE_LIMIT",)),
        ("0.9", "g", "37", ()),
        ("0.7", "g", "35", ("DOSE_LIMIT",)),
        ("2.5", "g", "42", ()),
        ("3", "g", "21", ("DOSE_LIMIT",)),
    ],
)
def test_a_dose_counts_by_itself_and_as_often_as_it_is_taken(
    world: World, dose: str, unit: str, frequency: str | None, codes: tuple[str, ...]
) -> None:
    often = {"frequency": frequency} if frequency else {}
    assert _codes(world, dose=dose, dose_unit=unit, **often) == codes


@pytest.mark.parametrize(
    ("dose", "frequency", "codes"),
    [("1", "21", ()), ("0.5", "22", ()), ("1", "22", ("DOSE_LIMIT",)), ("0.5", "11", ("DOSE_LIMIT",))],
)
def test_a_weekly_drug_is_not_injected_every_day(
    world: World, dose: str, frequency: str, codes: tuple[str, ...]
) -> None:
    line = {"drug": SEMAGLUTIDE, "dose": dose, "dose_unit": "mg", "frequency": frequency, "days": "14"}
    assert _codes(world, **line) == codes


@pytest.mark.parametrize("frequency", ["61", "62", "遵医嘱"])
def test_once_or_as_needed_the_single_dose_counts(world: World, frequency: str) -> None:
    assert _codes(world, dose="2.5", frequency=frequency) == ()
    assert _codes(world, dose="2.6", frequency=frequency) == ("DOSE_LIMIT",)


def test_what_the_prescriber_confirms_is_noted_and_accuses_nobody(world: World) -> None:
    decision = world.issue(line={"dose": "3", "dose_confirmed": "体重130kg"})
    assert (decision.outcome, decision.codes) == ("accepted", ("DOSE_CONFIRMED",))
    assert decision.findings[0].class_ == "NOTICE"
    assert "体重".encode("unicode_escape") not in (decision.entry or b""), "a reason may tell of the patient"


@pytest.mark.parametrize("word", ["无", "未知", " "])
def test_a_placeholder_confirms_nothing(world: World, word: str) -> None:
    assert _codes(world, dose="3", dose_confirmed=word) == ("DOSE_LIMIT",)


def test_an_unneeded_confirmation_is_no_notice(world: World) -> None:
    assert _codes(world, dose="1", dose_confirmed="体重130kg") == ()


def test_one_confirmed_line_does_not_cover_another(world: World) -> None:
    lines = [world.line(dose="3", dose_confirmed="体重130kg"), world.line(dose="3")]
    decision = world.issue(lines=lines)
    assert decision.codes == ("DOSE_LIMIT",)
    assert decision.findings[0].told["line"] == 1


@pytest.mark.parametrize("without", ["max_dose", "strength"])
def test_what_the_label_does_not_limit_is_nobodys_overdose(world: World, without: str) -> None:
    key = keys.drug("part", METFORMIN)
    world.put(key, {name: one for name, one in world.record(key).items() if name != without})
    assert _codes(world, dose="6", dose_unit="片") == ()


def test_a_pen_holds_more_than_a_dose(world: World) -> None:
    line = {"drug": SEMAGLUTIDE, "dose": "1", "dose_unit": "支", "frequency": "21", "days": "14"}
    assert _codes(world, **line) == ()


@pytest.mark.parametrize("line", [{"dose_unit": "ml"}, {"dose_unit": "片剂"}])
def test_a_unit_that_says_nothing_of_the_maximum_is_not_judged(world: World, line: dict[str, str]) -> None:
    assert _codes(world, dose="50", **line) == ()


# -- the quantity is that of the days ------------------------------------------------------------

# Metformin: 60 tablets of 0.5 g in a box. One gram a day are two tablets: a box lasts for thirty days.
_GRAM = {"dose": "1", "dose_unit": "g", "frequency": "11"}


@pytest.fixture
def strict(world: World) -> World:
    """A rulebook that asks for the quantity of the days."""
    rulebook(world, quantity_of_days_only=1)
    world.wait(1)
    return world


def test_where_no_rulebook_asks_packs_for_a_season_are_nobodys_notice(world: World) -> None:
    assert _codes(world, **_GRAM, days="7", quantity="3") == ()


@pytest.mark.parametrize(
    ("days", "quantity", "unit", "codes"),
    [
        ("7", "1", "盒", ()),
        ("7", "2", "盒", ("RX_QUANTITY_DAYS",)),
        ("28", "1", "盒", ()),
        ("28", "2", "盒", ("RX_QUANTITY_DAYS",)),
        ("7", "60", "片", ()),
        ("7", "61", "片", ("RX_QUANTITY_DAYS",)),
        ("7", "2", "桶", ("UNIT_UNKNOWN",)),
    ],
)
def test_a_month_of_tablets_is_not_seven_days(
    strict: World, days: str, quantity: str, unit: str, codes: tuple[str, ...]
) -> None:
    """Days were believed: whoever wrote seven of them could prescribe for a season (R2)."""
    found = strict.issue(line={**_GRAM, "days": days, "quantity": quantity, "unit": unit})
    assert found.codes == codes
    if codes == ("RX_QUANTITY_DAYS",):
        assert (found.outcome, found.findings[0].class_) == ("accepted", "SUSPICION")
        assert found.findings[0].told == {"line": 0, "member": "quantity"}


@pytest.mark.parametrize(
    ("dose", "frequency", "quantity", "codes"),
    [
        ("1", "11", "1", ()),
        ("1.25", "12", "2", ()),  # five tablets a day, 84 in all: the second box is begun
        ("1.25", "12", "3", ("RX_QUANTITY_DAYS",)),
        ("1", "42", "1", ()),
        ("1", "42", "2", ("RX_QUANTITY_DAYS",)),
        ("2", "21", "2", ("RX_QUANTITY_DAYS",)),
    ],
)
def test_what_the_days_need_counts_as_often_as_it_is_taken(
    strict: World, dose: str, frequency: str, quantity: str, codes: tuple[str, ...]
) -> None:
    line = {"dose": dose, "frequency": frequency, "days": "16.8", "quantity": quantity}
    assert _codes(strict, **line) == codes


@pytest.mark.parametrize(("days", "most"), [("1", 1), ("7", 1), ("7.5", 2), ("14", 2), ("15", 3)])
def test_a_dose_that_has_begun_is_needed_whole(strict: World, days: str, most: int) -> None:
    """Once a week; and whether a pen or an ampoule holds two doses, or throws one away, nobody can tell."""
    line = {"drug": SEMAGLUTIDE, "dose": "1", "dose_unit": "mg", "frequency": "21", "days": days}
    assert _codes(strict, **line, quantity=str(most), unit="支") == ()
    assert _codes(strict, **line, quantity=str(most + 1), unit="支") == ("RX_QUANTITY_DAYS",)


@pytest.mark.parametrize(("dose", "unit"), [("0.6", "g"), ("1", "支")])
def test_a_vial_that_is_not_emptied_is_thrown_away(strict: World, dose: str, unit: str) -> None:
    """0.6 g of a vial of 1 g, twice a day for a week: fourteen vials were five too many."""
    vial = drug("XVIAL", "8990200", 1, "支", strength={"amount": "1", "unit": "g"})
    strict.put(keys.drug("part", "XVIAL"), vial)
    line = {"drug": "XVIAL", "dose": dose, "dose_unit": unit, "frequency": "12", "days": "7", "unit": "支"}
    assert _codes(strict, **line, quantity="14") == ()
    assert _codes(strict, **line, quantity="15") == ("RX_QUANTITY_DAYS",)


def test_three_lines_of_a_box_are_three_boxes(strict: World) -> None:
    """A box for seven days, three times on one prescription."""
    lines = [strict.line(**_GRAM, days="7", quantity="1") for _ in range(3)]
    found = strict.issue(lines=lines)
    assert (found.codes, found.findings[0].told["line"]) == (("RX_QUANTITY_DAYS",), 0)
    morning_and_evening = [strict.line(**_GRAM, days="28", quantity="1") for _ in range(2)]
    assert strict.issue(lines=morning_and_evening).codes == ()


@pytest.mark.parametrize("changed", [{"frequency": "62"}, {"frequency": ""}, {"dose_unit": "ml"}])
def test_without_a_rate_that_can_be_told_nobody_understated_days(
    strict: World, changed: dict[str, str]
) -> None:
    assert _codes(strict, **_GRAM | {"days": "7", "quantity": "3"} | changed) == ()


def test_a_drug_of_unknown_strength_is_not_counted(strict: World) -> None:
    key = keys.drug("part", METFORMIN)
    strict.put(key, {name: one for name, one in strict.record(key).items() if name != "strength"})
    assert _codes(strict, **_GRAM, days="7", quantity="3") == ()


def test_a_titrated_drug_is_held_to_its_own_dose(strict: World) -> None:
    """No label limits it, and so no cap of quantity ever did; its own dose does."""
    key = keys.drug("part", METFORMIN)
    strict.put(key, {name: one for name, one in strict.record(key).items() if name != "max_dose"})
    assert _codes(strict, **_GRAM, days="7", quantity="3") == ("RX_QUANTITY_DAYS",)
