"""Who is referred to another office: nobody who was cleared, and nobody by the own hand (S48, S65)."""

from __future__ import annotations

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.office import THIRD, appeal, officers, open_case, score, step_of
from tests.contracts.world import OFFICERS, ROLES, World

FOURTH = "G990000000004"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """With two officers who decided nothing yet."""
    for officer in (THIRD, FOURTH):
        monkeypatch.setitem(ROLES, officer, "officer")
    return World()


def refer(world: World, case: str, by: tuple[str, ...] = OFFICERS) -> Decision:
    return officers(world, "referral", by, case=case, to="990000 公安局", package="a" * 64)


def decided(world: World, finding: str) -> str:
    case = open_case(world)
    for step in ("notified", "heard"):
        step_of(world, case, step)
    assert step_of(world, case, "decided", finding=finding).codes == ()
    return case


@pytest.mark.parametrize("finding", ["unfounded", "data_quality"])
def test_who_was_cleared_is_not_referred_to_the_police(world: World, finding: str) -> None:
    case = decided(world, finding)
    assert refer(world, case).codes == ("MEASURE_UNFOUNDED",)
    assert step_of(world, case, "closed").codes == ()
    assert refer(world, case).codes == ("MEASURE_UNFOUNDED",)
    assert "referred" not in world.record(keys.case(case))


def test_who_won_the_appeal_is_not_referred_to_the_police(world: World) -> None:
    case = decided(world, "violation")
    assert score(world, 1, case=case).codes == ()
    appeal(world, case=case)
    assert step_of(world, case, "appeal_decided", (THIRD, FOURTH), finding="unfounded").codes == ()
    assert refer(world, case).codes == ("MEASURE_UNFOUNDED",)
    assert step_of(world, case, "closed").codes == ()
    assert refer(world, case).codes == ("MEASURE_UNFOUNDED",)


@pytest.mark.parametrize("finding", ["suspicion", "violation"])
def test_a_suspicion_may_be_referred_and_what_nobody_decided_too(world: World, finding: str) -> None:
    """The police do not wait until the office has decided, nor until the appeal is over."""
    assert refer(world, open_case(world)).codes == ()
    case = decided(world, finding)
    assert refer(world, case).codes == ()
    appeal(world, case=case)
    assert refer(world, case).codes == ()
    assert step_of(world, case, "appeal_decided", (THIRD, FOURTH), finding=finding).codes == ()
    assert refer(world, case).codes == ()


def test_an_officer_refers_no_case_of_the_own(world: World) -> None:
    """Who is charged chose the office that would look at it, and what it was sent."""
    case = open_case(world, THIRD)
    assert refer(world, case, (OFFICERS[0], THIRD)).codes == ("DUTY_SEPARATION",)
    assert refer(world, case).codes == ()
