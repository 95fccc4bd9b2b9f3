"""Each area monitors the drugs of its own list, from the day of the version that names them (T4, S32)."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from contracts.monitored import is_monitored
from tests.contracts.office import rulebook
from tests.contracts.world import DOCTOR, H1, METFORMIN, PATIENT, PATIENT2, PATIENT3, SEMAGLUTIDE, World, code

SHANGHAI = "H31010100001"
HERE, THERE = {"monitored_drugs": [METFORMIN]}, {"monitored_drugs": [SEMAGLUTIDE]}
DAYS = {METFORMIN: "20.00", SEMAGLUTIDE: "7"}


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.put(keys.organisation(SHANGHAI), made.record(keys.organisation(H1)))
    made.put(keys.licence(DOCTOR), {**made.record(keys.licence(DOCTOR)), "sites": [H1, SHANGHAI]})
    return made


def lists(world: World, **parameters: Any) -> None:
    world.wait(1)  # what was prescribed in the very moment would be of the new version
    assert rulebook(world, **parameters).codes == ()
    world.wait(1)


def write(world: World, drug: str, hospital: str = H1, patient: str = PATIENT, **given: Any) -> Decision:
    line = {"drug": drug, "days": DAYS[drug]}
    return world.issue(line=line, hospital=hospital, patient=patient, **given)


def burst(world: World, drug: str, hospital: str) -> list[str]:
    """Three patients with one drug within ten minutes."""
    world.wait(3600)
    visits = [world.consult(one, hospital=hospital) for one in (PATIENT, PATIENT2, PATIENT3)]
    found = []
    for visit, patient in zip(visits, (PATIENT, PATIENT2, PATIENT3), strict=True):
        world.wait(60)
        line = {"drug": drug, "days": DAYS[drug]}
        world.facts_of_last = world.issue_facts(*visit, line=line, hospital=hospital, patient=patient)
        found.append(world.run(world.facts_of_last).outcome)
    return found


def test_two_areas_monitor_different_drugs(world: World) -> None:
    """One drug table marks drugs for the whole ledger: no area could begin with 50 of its own."""
    lists(world, areas={"99": HERE, "31": THERE})
    waits, goes = ["accepted", "accepted", "held"], ["accepted"] * 3
    assert burst(world, METFORMIN, H1) == waits
    assert burst(world, METFORMIN, SHANGHAI) == goes
    assert burst(world, SEMAGLUTIDE, H1) == goes
    assert burst(world, SEMAGLUTIDE, SHANGHAI) == waits


def test_where_no_list_is_named_the_drug_table_marks_them(world: World) -> None:
    lists(world, areas={"31": THERE})
    assert burst(world, METFORMIN, H1) == ["accepted"] * 3
    assert burst(world, SEMAGLUTIDE, H1)[-1] == "held"


def test_an_area_goes_back_to_the_marks_with_an_empty_list(world: World) -> None:
    lists(world, monitored_drugs=[METFORMIN], areas={"99": {"monitored_drugs": []}})
    assert burst(world, METFORMIN, H1) == ["accepted"] * 3
    assert burst(world, METFORMIN, SHANGHAI)[-1] == "held"


def approve(world: World, rx: str) -> tuple[str, ...]:
    world.wait(60)
    return world.approve(rx).codes


def test_a_later_version_widens_the_list_and_old_prescriptions_keep_theirs(world: World) -> None:
    """Nobody asks for the video of a drug that nobody monitored when it was prescribed."""
    lists(world, video_confirmation=1, areas={"99": {"monitored_drugs": [SEMAGLUTIDE]}})
    write(world, METFORMIN)
    old = world.last_id
    begins = {"effective_from": "2026-03-02T08:00:00Z"}
    wider = {"video_confirmation": 1, "areas": {"99": {"monitored_drugs": [SEMAGLUTIDE, METFORMIN]}}}
    announced = world.act(
        *("governance.rulebook", "R99000000001", ("G990000000001", "G990000000002")),
        {"version": "wider", "parameters": wider, **begins},
    )
    assert announced.codes == ()
    write(world, METFORMIN, patient=PATIENT2)
    before = world.last_id
    world.wait(8 * 3600)
    write(world, METFORMIN, patient=PATIENT3)
    new = world.last_id
    told = [approve(world, rx) for rx in (old, before, new)]
    assert told == [(), (), ("VIDEO_CONFIRMATION_MISSING",)]


def test_a_narrower_version_takes_no_video_away_from_old_prescriptions(world: World) -> None:
    lists(world, video_confirmation=1, monitored_drugs=[METFORMIN])
    write(world, METFORMIN)
    old = world.last_id
    lists(world, video_confirmation=1, monitored_drugs=[SEMAGLUTIDE])
    assert approve(world, old) == ("VIDEO_CONFIRMATION_MISSING",)


@pytest.mark.parametrize(("area", "codes"), [("99", ("INDICATION_MISSING",)), ("31", ())])
def test_the_indication_of_a_listed_drug_is_asked_for(
    world: World, area: str, codes: tuple[str, ...]
) -> None:
    key = keys.drug("part", METFORMIN)
    world.put(key, {**world.record(key), "indications": ["J45"]})
    lists(world, areas={area: HERE})
    assert write(world, METFORMIN).codes == codes


@pytest.mark.parametrize(("listed", "outcome"), [([METFORMIN], "refused"), ([], "accepted")])
def test_a_listed_drug_has_a_daily_limit_of_patients(
    world: World, listed: list[str], outcome: str
) -> None:
    lists(world, pace_drug_daily_patients_max=1, monitored_drugs=listed)
    assert write(world, METFORMIN).outcome == "accepted"
    world.wait(3600)
    assert write(world, METFORMIN, patient=PATIENT2).outcome == outcome
    assert (world.state.get(keys.drug_day(DOCTOR, METFORMIN)) is not None) == bool(listed)


@pytest.mark.parametrize(("listed", "codes"), [([METFORMIN], ("PACE_TOO_FAST",)), ([], ())])
def test_a_listed_drug_goes_to_no_third_patient_in_a_minute(
    world: World, listed: list[str], codes: tuple[str, ...]
) -> None:
    lists(world, monitored_drugs=listed, shadow_rules=["PACE-4", "PACE-7"])
    visits = [(one, world.consult(one)) for one in (PATIENT, PATIENT2, PATIENT3)]
    for patient, visit in visits:
        world.wait(20)
        found = world.run(world.issue_facts(*visit, patient=patient))
    assert tuple(one for one in found.codes if one != "SHADOW") == codes


@pytest.mark.parametrize(("listed", "codes"), [([METFORMIN], ("RETURN_MONITORED",)), ([SEMAGLUTIDE], ())])
def test_a_listed_drug_does_not_come_back_unnoticed(
    world: World, listed: list[str], codes: tuple[str, ...]
) -> None:
    lists(world, returns_explained=1, monitored_drugs=listed)
    pack = code("8990002", 1)
    world.receive([pack])
    rx = world.ready()
    assert world.sell(rx, [pack]).outcome == "accepted"
    why = {"clinical": {"reason": "rash"}}
    assert world.give_back(rx, [pack], left_shop=True, **why).codes == codes


MADE = "XA10BJA001A001010199990"


@pytest.mark.parametrize(
    ("listed", "known"),
    [
        ([MADE], True),
        (["XA10BJA001"], True),  # the substance, whoever made it
        (["all"], True),
        (["XA10BJA001A001010199991"], False),
        (["XA10BJA00"], False),
        (["XA10BJA002"], False),
    ],
)
def test_a_list_names_a_drug_or_its_substance(listed: list[str], known: bool) -> None:
    assert is_monitored(listed, MADE, {"monitored": not known}) is known


@pytest.mark.parametrize("mark", [True, False])
def test_without_a_list_the_mark_counts_and_an_unknown_drug_has_none(mark: bool) -> None:
    assert is_monitored([], MADE, {"monitored": mark}) is mark
    assert not is_monitored([], MADE, None)
