"""CONSULT and PACE: the conversation behind a prescription, and its human pace."""

from __future__ import annotations

import pytest

from contracts import keys
from tests.contracts.world import (
    DOCTOR,
    DOCTOR2,
    H1,
    METFORMIN,
    PATIENT,
    PATIENT2,
    PATIENT3,
    SEMAGLUTIDE,
    World,
)


@pytest.fixture
def world() -> World:
    return World()


def test_without_a_consultation_there_is_no_prescription(world: World) -> None:
    assert world.run(world.issue_facts("0" * 64, "0" * 64)).codes[0] == "CONSULT_NOT_OPEN"
    assert world.run(world.issue_facts(None, None)).codes[0] == "CONSULT_NOT_OPEN"  # type: ignore[arg-type]


def test_an_open_consultation_is_not_enough(world: World) -> None:
    opened = world.open_consultation()
    world.wait(60)
    assert world.run(world.issue_facts(opened, "0" * 64)).codes[0] == "CONSULT_NOT_OPEN"


def test_the_close_of_another_consultation_does_not_bind(world: World) -> None:
    _, other = world.consult()
    consultation, _ = world.consult()
    assert world.issue(consultation, other).codes[0] == "CONSULT_BINDING"


def test_another_patients_consultation_does_not_bind(world: World) -> None:
    consultation, after = world.consult(PATIENT2)
    assert world.issue(consultation, after).codes[0] == "CONSULT_BINDING"


def test_another_doctors_consultation_does_not_bind(world: World) -> None:
    consultation, after = world.consult(doctor=DOCTOR2)
    assert world.issue(consultation, after).codes[0] == "CONSULT_BINDING"


@pytest.mark.parametrize(
    ("seconds", "refill", "codes"),
    [
        (29.999, False, ("CONSULT_TOO_SHORT", "CONSULT_SHORT_NOTICE")),
        (30, False, ("CONSULT_SHORT_NOTICE",)),
        (119.999, False, ("CONSULT_SHORT_NOTICE",)),
        (120, False, ()),
        (14.999, True, ("CONSULT_TOO_SHORT", "CONSULT_SHORT_NOTICE")),
        (15, True, ("CONSULT_SHORT_NOTICE",)),
        (60, True, ()),
    ],
)
def test_the_shortest_consultation(
    world: World, seconds: float, refill: bool, codes: tuple[str, ...]
) -> None:
    consultation, after = world.consult(seconds=seconds)
    named = {"identifiers": {"hiRxno": "R1", "initRxno": "R0"}}
    decision = world.issue(consultation, after, clinical={"refill": refill}, disclosures=named)
    assert tuple(finding.code for finding in decision.findings) == codes


def test_a_silent_patient_is_no_consultation(world: World) -> None:
    consultation, after = world.consult(patient_turns=0)
    assert world.issue(consultation, after).codes == ("CONSULT_NO_REPLY",)


def test_in_the_consulting_room_nobody_counts_who_says_what(world: World) -> None:
    """A hospital's counter has no messages to count: its doctor was accused of a silent patient."""
    consultation, after = world.consult(mode="counter", patient_turns=0, doctor_turns=0)
    assert world.issue(consultation, after, clinical={"business_type": "01"}).codes == ()


@pytest.mark.parametrize(("mode", "business_type"), [("text", "01"), ("counter", "02")])
def test_a_silent_patient_online_is_none_by_another_word(
    world: World, mode: str, business_type: str
) -> None:
    consultation, after = world.consult(mode=mode, patient_turns=0)
    decision = world.issue(consultation, after, clinical={"business_type": business_type})
    assert decision.codes == ("CONSULT_NO_REPLY",)


def test_the_drug_is_not_chosen_first(world: World) -> None:
    consultation, after = world.consult(drug_chosen_before_consultation=True)
    assert world.issue(consultation, after).codes == ("DRUG_FIRST",)


@pytest.mark.parametrize(("hours", "outcome"), [(24, "accepted"), (24.001, "refused")])
def test_a_consultation_goes_stale_after_a_day(world: World, hours: float, outcome: str) -> None:
    consultation, after = world.consult()
    world.wait(hours * 3600)
    decision = world.issue(consultation, after)
    assert decision.outcome == outcome
    assert decision.codes == (() if outcome == "accepted" else ("CONSULT_STALE",))


def test_no_first_visit_online_whoever_says_so(world: World) -> None:
    assert world.issue(clinical={"first_visit": True}).codes == ("FIRST_VISIT_ONLINE",)
    world.wait(120)
    consultation, after = world.consult(PATIENT2, first_visit=True)
    assert world.issue(consultation, after, patient=PATIENT2).codes == ("FIRST_VISIT_ONLINE",)


def test_a_first_visit_at_the_counter_is_fine(world: World) -> None:
    clinical = {"first_visit": True, "business_type": "01"}
    assert world.issue(clinical=clinical).outcome == "accepted"


def _may_prescribe(world: World, *departments: str) -> None:
    record = world.record(keys.licence(DOCTOR))
    world.put(keys.licence(DOCTOR), {**record, "scope": [*record["scope"], *departments]})


@pytest.mark.parametrize(("age", "code"), [("5.9", "PEDIATRIC_GUARDIAN_MISSING"), ("6.0", None)])
def test_a_child_below_six_needs_a_guardian(world: World, age: str, code: str | None) -> None:
    _may_prescribe(world, "儿科")
    decision = world.issue(age=age, clinical={"department": "儿科"})
    assert decision.codes == ((code,) if code else ())


@pytest.mark.parametrize(
    ("guardian", "missing"),
    [
        ({"name": "未知"}, True),
        ({"name": "无", "relation": "mother"}, True),
        ({"relation": "mother"}, True),
        ({}, True),
        ({"name": "白小", "certificate_number": PATIENT}, True),  # the child itself
        ({"name": "白小", "certificate_number": f" {PATIENT} "}, True),
        ({"name": " 白芷若"}, True),
        ({"certificate_number": PATIENT2}, False),
        ({"name": "未知", "certificate_number": PATIENT2}, False),
        ({"name": "白母"}, False),
    ],
)
def test_nobody_is_no_guardian_and_neither_is_the_child(
    world: World, guardian: dict[str, str], missing: bool
) -> None:
    _may_prescribe(world, "儿科")
    given = {"identity": {"guardian": guardian}}
    decision = world.issue(age="4.0", clinical={"department": "儿科"}, **given)
    assert ("PEDIATRIC_GUARDIAN_MISSING" in decision.codes) is missing


def _number_born(day: str) -> str:
    """A resident number with its check character (GB 11643)."""
    body = f"990000{day}077"
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


@pytest.mark.parametrize(
    ("born", "missing"),  # the world's day is the 2nd of March 2026
    [("20210610", True), ("20200303", True), ("20200302", False), ("19550719", False), ("20269999", True)],
)
def test_who_types_seven_for_a_four_year_old_needs_a_guardian_all_the_same(
    world: World, born: str, missing: bool
) -> None:
    _may_prescribe(world, "儿科")
    decision = world.issue(age="7.0", patient=_number_born(born), clinical={"department": "儿科"})
    assert ("PEDIATRIC_GUARDIAN_MISSING" in decision.codes) is missing


@pytest.mark.parametrize("number", ["E12345678", "990000202106100778", "未知", "P20210610202106100"])
def test_a_number_that_tells_no_birthday_makes_nobody_a_child(world: World, number: str) -> None:
    _may_prescribe(world, "儿科")
    decision = world.issue(age="7.0", patient=number, clinical={"department": "儿科"})
    assert "PEDIATRIC_GUARDIAN_MISSING" not in decision.codes


GUARDED = {"identity": {"guardian": {"name": "白母", "relation": "mother"}}}


@pytest.mark.parametrize("department", ["儿科", "小儿外科", "A07.05"])
def test_a_guardian_and_a_doctor_for_children_make_it_right(world: World, department: str) -> None:
    _may_prescribe(world, department)
    _departments(world, "儿科", "小儿", "A07")
    assert world.issue(age="4.0", clinical={"department": department}, **GUARDED).outcome == "accepted"


@pytest.mark.parametrize(("age", "codes"), [("5.9", ("PEDIATRIC_SPECIALIST_MISSING",)), ("6.0", ())])
def test_no_small_child_is_treated_online_by_a_doctor_for_grown_ups(
    world: World, age: str, codes: tuple[str, ...]
) -> None:
    """A child of four with a guardian was treated by an endocrinologist."""
    _departments(world, "儿科", "小儿")
    assert world.issue(age=age, **GUARDED).codes == codes


def test_at_the_counter_every_department_sees_small_children(world: World) -> None:
    _departments(world, "儿科")
    assert world.issue(age="4.0", clinical={"business_type": "01"}, **GUARDED).codes == ()


def test_an_area_names_further_departments_for_children(world: World) -> None:
    assert world.issue(age="4.0", **GUARDED).codes == (), "where no rulebook asks"
    _departments(world, "内分泌科")
    assert world.issue(age="4.0", **GUARDED).codes == ()


def _departments(world: World, *listed: str) -> None:
    world.put(keys.RULEBOOK, {"versions": [{"id": "r", "from": 0}]})
    world.put(keys.rulebook("r"), {"parameters": {"departments_children": list(listed)}})


def _three(world: World, drug: str, gaps: tuple[float, float]) -> list[tuple[str, ...]]:
    consultations = [(patient, *world.consult(patient)) for patient in (PATIENT, PATIENT2, PATIENT3)]
    world.wait(120)
    codes = []
    for (patient, consultation, after), gap in zip(consultations, (0, *gaps), strict=True):
        world.wait(gap)
        line = {"drug": drug, "unit": "盒", "days": "14"}
        codes.append(world.issue(consultation, after, patient=patient, line=line).codes)
    return codes


@pytest.mark.parametrize(
    ("drug", "gaps", "expected"),
    [
        (SEMAGLUTIDE, (18, 18), [(), ("PACE_NOTICE",), ("PACE_TOO_FAST",)]),
        (SEMAGLUTIDE, (30, 29.999), [(), ("PACE_NOTICE",), ("PACE_TOO_FAST",)]),
        (SEMAGLUTIDE, (30, 30), [(), ("PACE_NOTICE",), ("SAME_DRUG_BURST", "PACE_NOTICE")]),
        (SEMAGLUTIDE, (45, 45), [(), (), ("SAME_DRUG_BURST",)]),
        (SEMAGLUTIDE, (300, 300), [(), (), ()]),
        (SEMAGLUTIDE, (300, 299.999), [(), (), ("SAME_DRUG_BURST",)]),
        (METFORMIN, (18, 18), [(), ("PACE_NOTICE",), ("PACE_NOTICE",)]),
        (METFORMIN, (44.999, 45), [(), ("PACE_NOTICE",), ()]),
        (METFORMIN, (9.999, 60), [(), ("PACE_TOO_FAST",), ()]),
        (METFORMIN, (10, 60), [(), ("PACE_NOTICE",), ()]),
    ],
)
def test_the_pace_of_a_person(
    world: World, drug: str, gaps: tuple[float, float], expected: list[tuple[str, ...]]
) -> None:
    assert _three(world, drug, gaps) == expected


def test_two_prescriptions_for_one_patient_are_not_a_pace(world: World) -> None:
    consultation, after = world.consult()
    assert world.issue(consultation, after).codes == ()
    world.wait(1)
    assert world.issue(consultation, after).codes == ()


@pytest.mark.parametrize(
    ("count", "spread_s", "code"),
    [
        (30, 3599, "PACE_NOTICE"),
        (60, 3599, "PACE_HOURLY_CAP"),
        (60, 3600, "PACE_NOTICE"),
        (250, 86399, "PACE_DAILY_CAP"),
        (29, 3599, None),
    ],
)
def test_caps_are_rolling_and_count_every_issue(
    world: World, count: int, spread_s: int, code: str | None
) -> None:
    consultation, after = world.consult()
    world.put(keys.issue_count(DOCTOR), {"count": count})
    for number in range(1, count + 1):
        at = world.now_ms - spread_s * 1000 + (number - 1) * spread_s * 1000 // (count + 1)
        world.put(keys.issue_time(DOCTOR, number), {"at": at})
    decision = world.issue(consultation, after)
    assert decision.codes[:1] == ((code,) if code else ())


@pytest.mark.parametrize(("after_s", "codes"), [(86_399, ("PACE_NOTICE",)), (86_400, ())])
def test_a_crowded_day_is_noticed_though_no_hour_of_it_was_crowded(
    world: World, after_s: int, codes: tuple[str, ...]
) -> None:
    consultation, after = world.consult()
    world.put(keys.issue_count(DOCTOR), {"count": 150})
    world.put(keys.issue_time(DOCTOR, 1), {"at": world.now_ms - after_s * 1000})
    for number in range(2, 151):  # five minutes apart, the last of them well before this hour
        world.put(keys.issue_time(DOCTOR, number), {"at": world.now_ms - (172 - number) * 300_000})
    assert world.issue(consultation, after).codes == codes


def _issues(world: World, *hours: float) -> list[tuple[str, ...]]:
    """The codes of a prescription at each of these hours after the first consultation's close."""
    begin_ms, found = world.now_ms, []
    for number, hour in enumerate(hours):
        seen = world.consult((PATIENT, PATIENT2, PATIENT3)[number % 3])
        world.now_ms = begin_ms + round(hour * 3_600_000)
        found.append(world.issue(*seen, patient=(PATIENT, PATIENT2, PATIENT3)[number % 3]).codes)
    return found


@pytest.mark.parametrize(("last", "codes"), [(15.0, ()), (15 + 1 / 3_600_000, ("PACE_NOTICE",))])
def test_a_fifteenth_hour_at_work_is_noticed(world: World, last: float, codes: tuple[str, ...]) -> None:
    """Fourteen hours after the first prescription, though the doctor was never in a hurry."""
    assert _issues(world, 1, 9, last) == [(), (), codes]


@pytest.mark.parametrize(("rest", "codes"), [(9.99, ("PACE_NOTICE",)), (10.0, ())])
def test_a_rest_between_two_days_ends_the_first(world: World, rest: float, codes: tuple[str, ...]) -> None:
    """From evening to the next morning: a span of 24 hours in which the doctor slept is no working day."""
    assert _issues(world, 1, 7, 7 + rest) == [(), (), codes]


def test_refused_attempts_are_work_too(world: World) -> None:
    seen = world.consult()
    world.issue(*seen, origin={"authorship": "ai"})
    assert _issues(world, 8, 14.1) == [(), ("PACE_NOTICE",)]


def test_refused_attempts_count_too(world: World) -> None:
    world.issue(origin={"authorship": "ai"})
    since = {"last": world.now_ms, "since": world.now_ms}
    assert world.record(keys.issue_count(DOCTOR)) == {"count": 1, **since}


def test_a_data_fault_counts_against_nobody(world: World) -> None:
    world.issue(prescriber="")
    assert keys.issue_count(DOCTOR) not in world.state


def test_a_close_needs_its_own_open_consultation(world: World) -> None:
    consultation, _ = world.consult()
    counts = {"doctor_turns": 1, "patient_turns": 1, "unread_patient_messages": 0}
    disclosed = {"clinical": {**counts, "drug_chosen_before_consultation": False}}
    members = {"consultation": consultation, "doctor": DOCTOR}
    again = world.act("consultation.closed", H1, (DOCTOR,), members, disclosed)
    assert again.codes == ("CONSULT_NOT_OPEN",)
