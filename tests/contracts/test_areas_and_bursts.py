"""Areas of one rulebook (S31, S32), and the case of 350 albumin prescriptions in four days (S15)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from contracts.parameters import DEFAULTS
from contracts.tagging import told_apart
from tests.contracts.world import (
    DOCTOR,
    METFORMIN,
    OFFICERS,
    OSELTAMIVIR,
    PATIENT,
    REGULATOR,
    SEMAGLUTIDE,
    World,
)

CAP = int(str(DEFAULTS["pace_drug_daily_patients_max"]))
ALBUMIN = {"drug": SEMAGLUTIDE, "days": "7"}


@pytest.fixture
def world() -> World:
    return World()


def rulebook(world: World, **parameters: Any) -> Decision:
    members = {"version": "1", "parameters": parameters}
    return world.act("governance.rulebook", REGULATOR, OFFICERS, members)


def patient(number: int) -> str:
    return f"P-{number:06d}"  # another kind of certificate: it has no check digit


def albumin(world: World, number: int) -> Decision:
    return world.issue(patient=patient(number), line=ALBUMIN, clinical={"long_term": False})


# -- areas ------------------------------------------------------------------------------------


def test_an_area_has_limits_of_its_own_and_others_keep_the_nations(world: World) -> None:
    assert rulebook(world, rx_drugs_max=1, areas={"99": {"rx_drugs_max": 5}}).codes == ()
    two = [World.line(days="5"), World.line(drug=OSELTAMIVIR, days="5")]
    assert world.issue(lines=two).codes == ()
    rulebook(world, rx_drugs_max=1, areas={"31": {"rx_drugs_max": 5}})
    assert world.issue(lines=two).codes == ("RX_DRUGS_LIMIT",)


@pytest.mark.parametrize(("finer", "codes"), [("990000", ("RX_DRUGS_LIMIT",)), ("990001", ())])
def test_of_two_areas_the_smaller_counts(world: World, finer: str, codes: tuple[str, ...]) -> None:
    rulebook(world, areas={finer: {"rx_drugs_max": 1}, "99": {"rx_drugs_max": 2}})
    two = [World.line(days="5"), World.line(drug=OSELTAMIVIR, days="5")]
    assert world.issue(lines=two).codes == codes


@pytest.mark.parametrize(
    ("areas", "codes"),
    [
        ({"31": {"rx_drugs_max": 3}, "310101": {}}, ()),
        ({"31": {"no_such": 3}}, ("SCHEMA_UNKNOWN_FIELD",)),
        ({"31": {"rx_drugs_max": "3"}}, ("SCHEMA_TYPE",)),
        ({"31": 3}, ("SCHEMA_UNKNOWN_FIELD", "SCHEMA_TYPE")),
        ({"": {}}, ("SCHEMA_TYPE",)),
        ({"3101012": {}}, ("SCHEMA_TYPE",)),
        ({"沪": {}}, ("SCHEMA_TYPE",)),
        ({"31": {"areas": {}}}, ("SCHEMA_UNKNOWN_FIELD",)),
        ({"31": {"shadow_rules": ["TRACE-1"]}}, ("CODE_UNKNOWN",)),
        ("31", ("SCHEMA_UNKNOWN_FIELD", "SCHEMA_TYPE")),
    ],
)
def test_areas_are_checked_like_the_rulebook_itself(world: World, areas: Any, codes: tuple[str, ...]) -> None:
    assert rulebook(world, areas=areas).codes == codes


# -- bursts -----------------------------------------------------------------------------------


def test_a_doctor_with_one_monitored_drug_for_too_many_patients_is_frozen_on_the_first_day(
    world: World,
) -> None:
    """350 prescriptions of one drug in four days: the 31st patient is refused, the third attempt freezes."""
    for number in range(CAP):
        assert albumin(world, number).outcome == "accepted"
    refused = [albumin(world, CAP + again).codes[0] for again in range(3)]
    assert refused == ["PACE_DAILY_CAP"] * 3
    assert world.record(keys.freezes(DOCTOR))["freezes"][0]["by"] == "rule"
    assert albumin(world, CAP + 3).codes[0] == "STATE_FROZEN"
    assert world.now_ms - json.loads(world.state[keys.issue_time(DOCTOR, 1)])["at"] < 86_400_000


def test_a_patient_who_comes_back_and_drugs_that_nobody_watches_do_not_count(world: World) -> None:
    full = {
        "day": (world.now_ms + 8 * 3_600_000) // 86_400_000,
        "patients": [f"t{n}" for n in range(CAP - 1)],
    }
    full["patients"] = [*full["patients"], f"t.people.{PATIENT}"]
    world.put(keys.drug_day(DOCTOR, SEMAGLUTIDE), full)
    world.put(keys.drug_day(DOCTOR, METFORMIN), full)
    assert world.issue(patient=PATIENT, line=ALBUMIN).codes == ()
    assert world.issue(patient=patient(1)).codes == ()
    assert world.issue(patient=patient(2), line=ALBUMIN).codes == ("PACE_DAILY_CAP",)


def test_the_next_day_begins_anew(world: World) -> None:
    yesterday = (world.now_ms + 8 * 3_600_000) // 86_400_000 - 1
    world.put(
        keys.drug_day(DOCTOR, SEMAGLUTIDE), {"day": yesterday, "patients": [f"t{n}" for n in range(CAP)]}
    )
    assert albumin(world, 1).codes == ()
    assert world.record(keys.drug_day(DOCTOR, SEMAGLUTIDE)) == {
        "day": yesterday + 1,
        "patients": [f"t.people.{told_apart('people', patient(1))[0]}"],
    }
