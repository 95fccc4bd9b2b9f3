"""A prescription that is refused for its pace counts once towards a freeze, however often it is sent."""

from __future__ import annotations

from contracts import keys
from contracts.decision import Decision
from tests.contracts.world import (
    DOCTOR,
    OFFICERS,
    PATIENT,
    PATIENT2,
    PATIENT3,
    REGULATOR,
    SEMAGLUTIDE,
    World,
)


def again(world: World, number: str, patient: str = PATIENT2, before: str = PATIENT) -> Decision:
    """A prescription one second after another patient's, signed anew with the same number of its own."""
    first, second = world.consult(before), world.consult(patient)
    world.issue(*first, patient=before)
    world.wait(1)
    return world.issue(*second, patient=patient, number=number)


def test_a_message_that_is_sent_again_and_again_freezes_nobody() -> None:
    """An outbox once signed one refused message anew three times: its doctor was frozen for a day."""
    world = World()
    for _ in range(5):
        assert again(world, "9" * 26).codes == ("PACE_TOO_FAST",)
        world.wait(60)
    assert world.read(keys.freezes(DOCTOR)) is None


def test_three_prescriptions_still_do() -> None:
    world = World()
    for number in range(3):
        assert again(world, f"{number:026d}").codes == ("PACE_TOO_FAST",)
        world.wait(60)
    assert world.issue().codes == ("STATE_FROZEN",)


def test_one_number_for_many_patients_is_many_prescriptions() -> None:
    """Whoever sends chooses the number: it must not hide a burst."""
    world = World()
    pairs = ((PATIENT, PATIENT2), (PATIENT, PATIENT3), (PATIENT2, PATIENT))
    for first, patient in pairs:
        assert again(world, "9" * 26, patient, first).codes == ("PACE_TOO_FAST",)
        world.wait(60)
    assert world.issue().codes == ("STATE_FROZEN",)


# -- what an outage kept back --------------------------------------------------------------------

SECONDS = 1000


def morning(world: World, apart_s: float, patients: int = 6) -> list[tuple[str, str, str, int]]:
    """Text consultations that the ledger saw close `apart_s` apart: patient, id, leaf, time of the close."""
    people = [f"E990000{number:02d}" for number in range(patients)]
    opened = [(patient, world.open_consultation(patient, mode="text")) for patient in people]
    world.wait(360)
    found = []
    for patient, consultation in opened:
        world.wait(apart_s)
        found.append((patient, consultation, world.close_consultation(consultation), world.now_ms))
    return found


def arrive(world: World, seen: list[tuple[str, str, str, int]], **given: int) -> list[tuple[str, ...]]:
    """All prescriptions arrive within seconds, each claiming to have been signed a minute after its close."""
    codes = []
    for patient, consultation, after, closed_ms in seen:
        world.wait(1)
        iat = given.get("iat", closed_ms // SECONDS + 60)
        codes.append(world.issue(consultation, after, patient=patient, iat=iat).codes)
    return codes


def test_a_backlog_after_an_outage_accuses_and_freezes_no_honest_doctor() -> None:
    world = World()
    seen = morning(world, apart_s=120)
    world.wait(4 * 3600)
    assert arrive(world, seen) == [(), *[("PACE_LATE_ARRIVAL",)] * 5]
    assert world.last is not None and b'"signers"' not in (world.last.entry or b"")
    assert world.record(keys.issue_count(DOCTOR))["count"] == 1, "no attempts: they wait for their turn"
    for late in seen[1:]:
        world.wait(60)
        assert arrive(world, [late]) == [()]
    assert world.read(keys.freezes(DOCTOR)) is None


def test_a_mill_that_dates_back_a_minute_apart_is_stopped_as_before() -> None:
    """300 in an hour: whatever it claims, the ledger saw its consultations end one upon the other."""
    world = World()
    seen = morning(world, apart_s=1)
    start = world.now_ms // SECONDS
    world.wait(3600)
    codes = []
    for number, one in enumerate(seen):
        codes += arrive(world, [one], iat=start + 60 * number)
    assert codes[1:4] == [("PACE_TOO_FAST",)] * 3
    assert codes[4] == ("STATE_FROZEN", "PACE_TOO_FAST")


def test_what_claims_to_be_signed_now_is_no_backlog() -> None:
    """Consultations all morning, prescriptions signed in one go at noon: batch prescribing (T10)."""
    world = World()
    seen = morning(world, apart_s=120)
    world.wait(3600)
    now = world.now_ms // SECONDS
    assert arrive(world, seen, iat=now)[1:4] == [("PACE_TOO_FAST",)] * 3


def test_nothing_was_signed_before_its_consultation_ended() -> None:
    world = World()
    seen = morning(world, apart_s=120)
    world.wait(3600)
    before = min(closed for *_, closed in seen) // SECONDS - 301
    assert arrive(world, seen, iat=before)[1] == ("PACE_TOO_FAST",)


def test_late_is_from_the_tolerance_of_clocks_on_and_apart_from_the_hours_cap_on() -> None:
    for apart_s, late_s, expected in (
        (60, 301, "PACE_LATE_ARRIVAL"),
        (59.999, 301, "PACE_TOO_FAST"),
        (60, 300, "PACE_TOO_FAST"),
    ):
        world = World()
        seen = morning(world, apart_s, patients=2)
        world.wait(3600)
        assert arrive(world, seen[:1]) == [()]
        iat = world.now_ms // SECONDS + 1 - late_s
        assert arrive(world, seen[1:], iat=iat) == [(expected,)], (apart_s, late_s)


def test_a_backlog_above_the_hours_cap_waits_without_accusing() -> None:
    world = World()
    seen = morning(world, apart_s=120, patients=1)
    world.wait(3600)
    world.put(keys.issue_count(DOCTOR), {"count": 60})
    world.put(keys.issue_time(DOCTOR, 1), {"at": world.now_ms})
    assert arrive(world, seen) == [("PACE_LATE_ARRIVAL",)]
    world.put(keys.issue_count(DOCTOR), {"count": 59})
    world.put(keys.issue_time(DOCTOR, 30), {"at": 0})
    assert arrive(world, seen) == [()]


def test_a_backlog_of_a_monitored_drug_waits_with_its_third_patient() -> None:
    world = World()
    seen = morning(world, apart_s=120, patients=3)
    world.wait(3600)
    codes = []
    for patient, consultation, after, closed_ms in seen:
        world.wait(15)
        late = {"patient": patient, "iat": closed_ms // SECONDS + 60}
        line = {"drug": SEMAGLUTIDE, "unit": "盒", "days": "14"}
        codes.append(world.issue(consultation, after, line=line, **late).codes)
    assert codes == [(), ("PACE_NOTICE",), ("PACE_LATE_ARRIVAL",)]


def test_lateness_excuses_nothing_but_the_pace() -> None:
    """A fault that accuses still does, beside it."""
    world = World()
    seen = morning(world, apart_s=120, patients=2)
    world.wait(3600)
    arrive(world, seen[:1])
    patient, consultation, after, closed_ms = seen[1]
    world.wait(1)
    late = {"patient": patient, "iat": closed_ms // SECONDS}
    decision = world.issue(consultation, after, origin={"authorship": "ai"}, **late)
    assert decision.codes == ("ORIGIN_AI_GENERATED", "PACE_LATE_ARRIVAL")
    assert b'"signers"' in (decision.entry or b"")


def test_a_backlog_from_the_day_before_is_consulted_again() -> None:
    """What tells a late arrival from dating back is gone: the claimed time alone excuses nothing."""
    world = World()
    seen = morning(world, apart_s=120, patients=1)
    world.wait(25 * 3600)
    assert arrive(world, seen) == [("CONSULT_STALE",)]


def test_no_trial_of_a_rule_leaves_a_back_dater_without_a_limit() -> None:
    world = World()
    assert shadowed(world, "PACE-9") == ("CODE_UNKNOWN",)
    assert shadowed(world, "PACE-1") == ()
    seen = morning(world, apart_s=120, patients=2)
    world.wait(3600)
    assert arrive(world, seen) == [(), ("PACE_NOTICE",)], "a limit on trial refuses nobody, late or not"


def shadowed(world: World, rule: str) -> tuple[str, ...]:
    members = {"version": rule, "parameters": {"shadow_rules": [rule]}}
    return world.act("governance.rulebook", REGULATOR, OFFICERS, members).codes
