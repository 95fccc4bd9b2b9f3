"""Long prescriptions are of chronic illnesses and never of emergencies, at issue and at the sale (R2, R3)."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.diagnosis import is_of_chinese_medicine
from tests.contracts.office import rulebook
from tests.contracts.world import World, code

PACKS = [code("8990002", number) for number in range(1, 4)]
TOO_LONG = ("RX_DAYS_LIMIT",)
LISTED = ["E11", "I1", "A15"]


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive(PACKS)
    return made


def _next(world: World, **parameters: Any) -> None:
    """A further rulebook, in force a moment later."""
    world.wait(1)
    rulebook(world, **parameters)
    world.wait(1)


def _told(*codes: str) -> dict[str, Any]:
    return {"diagnoses": [{"code": one} for one in codes]}


@pytest.mark.parametrize("type_code", ["3", "4"])
@pytest.mark.parametrize(
    ("days", "evaluation", "codes"),
    [("3", {}, ()), ("3.01", {}, TOO_LONG), ("28", {}, TOO_LONG), ("28", {"evaluation": "稳定"}, TOO_LONG)],
)
def test_an_emergency_is_never_long(
    world: World, type_code: str, days: str, evaluation: dict[str, str], codes: tuple[str, ...]
) -> None:
    """Four weeks of medicine were had in an emergency by calling it long (R2)."""
    decision = world.issue(clinical={"type_code": type_code, **evaluation}, line={"days": days})
    assert decision.codes == codes
    assert not codes or decision.findings[0].told == {"line": 0, "member": "days", "days_max": 3}


@pytest.mark.parametrize(("type_code", "codes"), [("3", ("SUPPLY_QUANTITY",)), ("1", ())])
def test_an_emergency_that_calls_itself_long_takes_no_months_home(
    world: World, type_code: str, codes: tuple[str, ...]
) -> None:
    rx = world.ready(line={"quantity": "3", "days": "3"}, clinical={"type_code": type_code})
    assert world.sell(rx, PACKS).codes == codes


@pytest.mark.parametrize(
    ("diagnoses", "days", "codes"),
    [
        (["J06.900"], "7", ()),
        (["J06.900"], "7.01", TOO_LONG),
        (["J06.900"], "28", TOO_LONG),
        (["J06.900", "R51.x00"], "28", TOO_LONG),
        (["E10.900"], "28", TOO_LONG),
        (["E11.900"], "28", ()),
        (["E11.900"], "28.01", TOO_LONG),
        (["J06.900", "I10.x00"], "28", ()),
        (["Ｉ10.x00"], "28", ()),
        ([" e11.9"], "28", ()),
        ([], "28", TOO_LONG),
    ],
)
def test_a_cold_is_not_treated_for_four_weeks_by_calling_it_long(
    world: World, diagnoses: list[str], days: str, codes: tuple[str, ...]
) -> None:
    """R3: long prescriptions are of stable chronic illnesses, where the rulebook says which those are."""
    assert world.issue(clinical=_told("J06.900"), line={"days": "28"}).codes == (), "where none does"
    _next(world, long_term_diagnoses=LISTED)
    decision = world.issue(clinical=_told(*diagnoses), line={"days": days})
    assert decision.codes == codes


@pytest.mark.parametrize(
    ("diagnoses", "codes"),
    [
        (["BNX080"], ()),
        (["A07.06.18", "B04.06.02.01.04.01"], ()),
        (["SD50"], ()),
        (["0607"], ()),
        (["BNX080", "I10.x00"], ()),
        (["BNX080", "J06.900"], TOO_LONG),
        (["A15.06.18", "J06.900"], TOO_LONG),  # beside ICD-10 it is no tuberculosis
        (["A15.000"], ()),
        (["A09.900"], TOO_LONG),
        (["A17.000+G01*"], TOO_LONG),
    ],
)
def test_what_chinese_medicine_calls_an_illness_is_compared_with_no_list_of_icd_10(
    world: World, diagnoses: list[str], codes: tuple[str, ...]
) -> None:
    _next(world, long_term_diagnoses=LISTED)
    assert world.issue(clinical=_told(*diagnoses), line={"days": "28"}).codes == codes


@pytest.mark.parametrize(
    ("sex", "illness", "codes"),
    [
        ("1", "O80.000", ("SEX_AGE_IMPLAUSIBLE",)),
        ("2", "N40.x00", ("SEX_AGE_IMPLAUSIBLE",)),
        ("2", "Z31.200", ("SEX_AGE_IMPLAUSIBLE",)),  # at the age of seventy
        ("1", "N40.x00", TOO_LONG),
    ],
)
def test_a_slip_that_sex_or_age_gives_away_is_no_violation_of_the_days(
    world: World, sex: str, illness: str, codes: tuple[str, ...]
) -> None:
    """Nobody knows yet which illness was meant, so none was made long by a word (S44)."""
    _next(world, long_term_diagnoses=LISTED)
    patient = {"patient": {"age": "70.0", "sex": sex}}
    given: dict[str, Any] = {"clinical": _told(illness), "disclosures": patient}
    assert world.issue(**given, line={"days": "28"}).codes == codes
    facts = world.issue_facts(*world.consult(), **given, line={"quantity": "3", "days": "7"})
    asked = codes if codes != TOO_LONG else ("SUPPLY_QUANTITY",)
    assert world.run(facts, check=True).codes == asked


@pytest.mark.parametrize(
    ("plain", "chinese"),
    [
        *((told, True) for told in ("BNX080", "ZBPI00", "SA00", "A07.06.18", "A07.06.18.", "10", "06.07")),
        *((told, False) for told in ("A09", "A09.9", "E11.900X001", "I10.X00", "C50.900M85000/3")),
        *((told, False) for told in ("A18.001+M01.1*", "E1", "J6.900", "感冒", "NA", "", "A07.06")),
    ],
)
def test_codes_of_chinese_medicine_are_told_from_icd_10(plain: str, chinese: bool) -> None:
    assert is_of_chinese_medicine(plain) is chinese


@pytest.mark.parametrize(
    ("at_issue", "at_sale", "illness", "codes"),
    [
        ([], LISTED, "J06.900", ()),
        (LISTED, [], "J06.900", ("SUPPLY_QUANTITY",)),
        (LISTED, LISTED, "E11.900", ()),
        (LISTED, ["I1"], "E11.900", ()),
    ],
)
def test_what_was_issued_as_long_is_sold_as_long_and_nothing_else(
    world: World, at_issue: list[str], at_sale: list[str], illness: str, codes: tuple[str, ...]
) -> None:
    """Three boxes for seven days of a cold that called itself long were sold; a patient keeps her right."""
    _next(world, long_term_diagnoses=at_issue)
    rx = world.ready(line={"quantity": "3", "days": "7"}, clinical=_told(illness))
    _next(world, long_term_diagnoses=at_sale)
    assert world.sell(rx, PACKS).codes == codes


@pytest.mark.parametrize(("illness", "codes"), [("J06.900", ("SUPPLY_QUANTITY",)), ("E11.900", ())])
def test_a_doctor_who_asks_before_the_issue_hears_of_the_quantity(
    world: World, illness: str, codes: tuple[str, ...]
) -> None:
    _next(world, long_term_diagnoses=LISTED)
    consultation, after = world.consult()
    line = {"quantity": "3", "days": "7"}
    facts = world.issue_facts(consultation, after, line=line, clinical=_told(illness))
    assert world.run(facts, check=True).codes == codes
