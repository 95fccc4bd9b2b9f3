"""Appeals have a time limit: the office that lets one wait is told so at each further measure (S65)."""

from __future__ import annotations

import pytest

from contracts import keys
from contracts.public_view import standing_view
from tests.contracts.office import DAY, THIRD, appeal, freeze, officers, open_case, rulebook, score, step_of
from tests.contracts.world import DOCTOR, DOCTOR2, FUND_OFFICER, OFFICERS, World


@pytest.fixture
def world() -> World:
    return World()


def appeals_of(world: World, subject: str = DOCTOR) -> dict[str, int]:
    found = standing_view(subject, world.now_ms, world.read)
    assert found is not None
    told: dict[str, int] = found["appeals"]
    return told


@pytest.mark.parametrize(("waited_s", "codes"), [(15 * DAY, ()), (15 * DAY + 0.001, ("APPEAL_OVERDUE",))])
def test_who_appeals_meets_no_further_measure_before_an_answer(
    world: World, waited_s: float, codes: tuple[str, ...]
) -> None:
    freeze(world, until="2026-04-01T00:00:00Z")
    frozen = world.last_id
    assert appeal(world, freeze=frozen).codes == ()
    assert appeals_of(world) == {"open": 1, "overdue": 0}
    world.wait(waited_s)
    found = score(world, 1)
    assert (found.outcome, found.codes) == ("accepted", codes)
    assert appeals_of(world)["overdue"] == len(codes)
    assert score(world, 1, DOCTOR2).codes == ()
    third = officers(world, "release", (OFFICERS[0], FUND_OFFICER), freeze=frozen)
    assert third.codes == ()
    assert appeals_of(world) == {"open": 0, "overdue": 0}
    assert score(world, 1).codes == ()


def test_an_appeal_against_a_freeze_that_ended_waits_for_nobody(world: World) -> None:
    freeze(world, until="2026-03-09T00:00:00Z")
    appeal(world, freeze=world.last_id)
    world.wait(16 * DAY)
    assert appeals_of(world) == {"open": 0, "overdue": 0}
    assert score(world, 1).codes == ()


def test_the_decision_on_an_appeal_ends_its_time(world: World) -> None:
    case = open_case(world)
    for step in ("notified", "heard", "decided"):
        step_of(world, case, step)
    assert appeal(world, case=case).codes == ()
    world.wait(15 * DAY + 1)
    assert appeals_of(world) == {"open": 1, "overdue": 1}
    world.put(keys.case(case), {**world.record(keys.case(case)), "deciders": [THIRD]})
    assert step_of(world, case, "appeal_decided", finding="unfounded").codes == ()
    assert appeals_of(world) == {"open": 0, "overdue": 0}
    assert step_of(world, case, "closed").codes == ()


def test_an_appeal_made_before_the_decision_waits_from_the_decision(world: World) -> None:
    case = open_case(world)
    step_of(world, case, "notified")
    assert appeal(world, case=case).codes == ()
    world.wait(15 * DAY)
    step_of(world, case, "heard")
    assert step_of(world, case, "decided").codes == ()
    world.wait(15 * DAY)
    assert score(world, 1).codes == ()
    world.wait(0.001)
    assert score(world, 1).codes == ("APPEAL_OVERDUE",)


def _decided(world: World, finding: str) -> str:
    case = open_case(world)
    for step in ("notified", "heard"):
        step_of(world, case, step)
    assert step_of(world, case, "decided", finding=finding).codes == ()
    return case


@pytest.mark.parametrize("finding", ["violation", "suspicion"])
def test_a_case_is_not_closed_before_anybody_could_appeal(world: World, finding: str) -> None:
    """Notice, hearing, decision and close in one millisecond: the appeal came too late, whenever it came."""
    case = _decided(world, finding)
    until_ms = world.now_ms + 15 * DAY * 1000
    refused = step_of(world, case, "closed")
    assert refused.codes == ("APPEAL_TIME_RUNS",)
    assert refused.findings[0].facts == {"until_ms": until_ms}
    world.now_ms = until_ms - 1
    assert step_of(world, case, "closed").codes == ("APPEAL_TIME_RUNS",)
    assert appeal(world, case=case).codes == ()


def test_after_the_days_of_appeal_a_case_is_closed(world: World) -> None:
    case = _decided(world, "violation")
    world.wait(15 * DAY - 0.001)
    assert step_of(world, case, "closed").codes == ("APPEAL_TIME_RUNS",)
    world.wait(0.001)
    assert step_of(world, case, "closed").codes == ()


@pytest.mark.parametrize("finding", ["data_quality", "unfounded"])
def test_who_was_cleared_waits_for_no_days_of_appeal(world: World, finding: str) -> None:
    assert step_of(world, _decided(world, finding), "closed").codes == ()


def test_a_case_is_closed_as_soon_as_the_appeal_is_answered(world: World) -> None:
    """Whatever the answer is: the subject had its word, and no second one."""
    case = _decided(world, "violation")
    assert appeal(world, case=case).codes == ()
    assert step_of(world, case, "closed").codes == ("CASE_STEP_MISSING",)
    world.put(keys.case(case), {**world.record(keys.case(case)), "deciders": [THIRD]})
    assert step_of(world, case, "appeal_decided", finding="violation").codes == ()
    assert step_of(world, case, "closed").codes == ()


def test_a_rulebook_gives_more_days_of_appeal(world: World) -> None:
    rulebook(world, appeal_days=60)
    case = _decided(world, "violation")
    world.wait(60 * DAY - 0.001)
    assert step_of(world, case, "closed").codes == ("APPEAL_TIME_RUNS",)
    world.wait(0.001)
    assert step_of(world, case, "closed").codes == ()


def test_an_officer_takes_no_step_in_the_own_case(world: World) -> None:
    case = open_case(world)
    world.put(keys.case(case), {**world.record(keys.case(case)), "subject": OFFICERS[1]})
    assert step_of(world, case, "notified").codes == ("DUTY_SEPARATION",)
