"""A slip of the pen in a rulebook's list is refused with what is expected, and suspends nobody (S48, S55)."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import standing_view
from contracts.parameters import DEFAULTS
from contracts.rules.office import expected_of
from tests.contracts.office import rulebook, rulebook_of_before, score
from tests.contracts.world import DOCTOR, H1, World

_SLIPS: list[tuple[str, list[str]]] = [
    ("credit_grades", ["900, 800, 700, 450"]),
    ("credit_grades", []),
    ("credit_grades", ["900", "800", "700"]),
    ("credit_grades", ["900", "800", "70O", "450"]),
    ("credit_grades", ["450", "700", "800", "900"]),
    ("credit_grades", ["900", "800", "800", "450"]),
    ("credit_grades", ["1001", "800", "700", "450"]),
    ("credit_grades", ["９００", "800", "700", "450"]),
    ("score_band_points_max", ["x"]),
    ("score_band_points_max", ["3", "6", "9"]),
    ("score_band_points_max", ["3", "6", "6", "12"]),
    ("score_band_points_max", ["0", "6", "9", "12"]),
    ("monitored_drugs", ["XA10BJB001, XA10BAA001"]),
    ("monitored_drugs", ["XA10BJB001、XA10BAA001"]),
    ("monitored_drugs", ["all", "XA10BAA001"]),
    ("monitored_drugs", [""]),
    ("monitored_stages", ["foo"]),
    ("monitored_stages", ["2026-06-31=100"]),
    ("monitored_stages", ["2026-06-30=some"]),
    ("screen_thresholds", ["SCREEN-LONG ratio_min"]),
    ("screen_thresholds", ["SCREEN-LONG ratio_min x"]),
    ("screen_thresholds", ["LONG ratio_min 1.5"]),
    ("holidays", ["2026/10/01"]),
    ("holidays", ["2026-10-01/2026-10-08"]),
    ("holidays", ["2026-02-30"]),
    ("holidays", ["20261001"]),
    ("holidays", ["国庆"]),
    ("diagnoses_confusable", ["Z31.200>K22.900"]),
    ("diagnoses_confusable", ["=K22.900"]),
    ("diagnoses_female", [""]),
    ("diagnoses_female", ["C51-C58"]),
    ("diagnoses_male", ["C61, C62"]),
    ("exemption_reasons", ["travel "]),
    ("type_codes_emergency", [""]),
]
_FORMS: list[tuple[str, list[str]]] = [
    ("credit_grades", ["1000", "800", "700", "0"]),
    ("score_band_points_max", ["1", "2", "3", "999999999"]),
    ("monitored_drugs", ["all"]),
    ("monitored_drugs", ["XA10BJB001", "XSLY-2025-0001"]),
    ("monitored_stages", []),
    ("monitored_stages", ["2028-02-29=999999", "2028-12-31=all"]),
    ("screen_thresholds", ["SCREEN-DRUG-SPEND share_min 0.05", "SCREEN-OF-TOMORROW days_max 9"]),
    ("holidays", ["2028-02-29"]),
    ("diagnoses_confusable", ["I10.x00=A18.001+M01.1*"]),
    ("diagnoses_female", ["O", "N80.1"]),
    ("exemption_reasons", []),
    ("tcm_departments", ["中医 妇科"]),
]


@pytest.mark.parametrize(("name", "value"), _SLIPS)
@pytest.mark.parametrize("area", [False, True])
def test_a_slip_in_a_list_is_refused_with_its_name_and_what_is_expected(
    world: World, name: str, value: list[str], area: bool
) -> None:
    """`credit_grades` as one text was accepted, and everybody was of the lowest grade from then on."""
    given: dict[str, Any] = {"areas": {"99": {name: value}}} if area else {name: value}
    decision = rulebook(world, **given)
    assert decision.codes == ("SCHEMA_TYPE",)
    [told] = [one.told for one in decision.findings]
    assert told == {"member": f"parameters.{name}", "expected": expected_of(name, value)}
    assert len(str(told["expected"])) > 10


@pytest.mark.parametrize(("name", "value"), [*_FORMS, *DEFAULTS.items()])
def test_a_list_of_its_form_is_taken_and_so_is_every_default(world: World, name: str, value: Any) -> None:
    assert rulebook(world, **{name: value}).codes == ()


@pytest.mark.parametrize(("name", "grades"), [one for one in _SLIPS if one[0] == "credit_grades"])
def test_grades_that_a_ledger_of_before_took_by_mistake_suspend_nobody(
    world: World, name: str, grades: list[str]
) -> None:
    rulebook_of_before(world, credit_grades=grades)
    assert world.issue().codes == ()
    for code in (DOCTOR, H1):
        assert (standing_view(code, world.now_ms, world.read) or {})["grade"] == "A"


def test_and_the_defaults_count_in_their_place(world: World) -> None:
    """Six points weigh 300: 700 of 1000 is grade C by the defaults."""
    rulebook_of_before(world, credit_grades=["900, 800, 700, 450"])
    score(world, 6)
    assert (standing_view(DOCTOR, world.now_ms, world.read) or {})["grade"] == "C"


def test_grades_of_their_form_are_the_rulebooks_own(world: World) -> None:
    rulebook(world, credit_grades=["1000", "900", "800", "701"])
    score(world, 6)
    assert world.issue().codes == ("SIGNER_SUSPENDED",)


@pytest.fixture
def world() -> World:
    return World()
