"""A freeze that rests on a case which found no violation: officers hear of it where they look (S11, S65)."""

from __future__ import annotations

import pytest

from contracts.decision import Decision
from tests.contracts.office import DAY, THIRD, appeal, freeze, officers, open_case, step_of
from tests.contracts.world import DOCTOR, DOCTOR2, FUND_OFFICER, H1, OFFICERS, ROLES, World

FOURTH = "G990000000004"
TOLD = ("FREEZE_WITHOUT_CASE",)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """With two officers who decided nothing yet."""
    for officer in (THIRD, FOURTH):
        monkeypatch.setitem(ROLES, officer, "officer")
    return World()


def frozen_for(world: World, *cases: str, subject: str = DOCTOR, until: str = "2026-03-30T00:00:00Z") -> str:
    assert freeze(world, subject, until=until, evidence=list(cases)).codes == ()
    return world.last_id


def found(world: World, case: str, finding: str) -> Decision:
    """The decision of the case, after notice and hearing, which say nothing."""
    for step in ("notified", "heard"):
        assert step_of(world, case, step).codes == ()
    return step_of(world, case, "decided", finding=finding)


def release(world: World, freeze_: str) -> None:
    assert officers(world, "release", (OFFICERS[0], FUND_OFFICER), freeze=freeze_).codes == ()


@pytest.mark.parametrize("finding", ["unfounded", "data_quality"])
def test_officers_hear_at_the_decision_that_their_freeze_rests_on_nothing(
    world: World, finding: str
) -> None:
    """The case was closed as unfounded, and the doctor stayed frozen for weeks: nobody had told anybody."""
    case = open_case(world)
    frozen = frozen_for(world, case)
    decision = found(world, case, finding)
    assert (decision.outcome, decision.codes) == ("accepted", TOLD)
    assert decision.findings[0].class_ == "NOTICE"
    assert decision.findings[0].facts == {"freeze": frozen, "freezes": 1}
    assert world.issue().codes == ("STATE_FROZEN",), "it is released by two roles, and not by a finding"
    assert step_of(world, case, "closed").codes == TOLD, "who closes the case hears it once more"
    release(world, frozen)
    assert world.issue().codes == ()


def test_who_was_released_before_the_decision_is_no_more_to_be_told_of(world: World) -> None:
    case = open_case(world)
    release(world, frozen_for(world, case))
    assert found(world, case, "unfounded").codes == ()


def test_who_was_released_after_the_decision_leaves_the_close_silent(world: World) -> None:
    case = open_case(world)
    frozen = frozen_for(world, case)
    assert found(world, case, "unfounded").codes == TOLD
    release(world, frozen)
    assert step_of(world, case, "closed").codes == ()


@pytest.mark.parametrize(("after_ms", "codes"), [(-1, TOLD), (0, ())])
def test_a_freeze_that_ended_by_itself_is_told_of_no_more(
    world: World, after_ms: int, codes: tuple[str, ...]
) -> None:
    case = open_case(world)
    for step in ("notified", "heard"):
        step_of(world, case, step)
    frozen_for(world, case, until="2026-03-30T00:00:00Z")
    world.wait(28 * DAY + after_ms / 1000)
    assert step_of(world, case, "decided", finding="unfounded").codes == codes


@pytest.mark.parametrize("finding", ["violation", "suspicion"])
def test_a_freeze_stays_unspoken_of_while_the_case_accuses(world: World, finding: str) -> None:
    case = open_case(world)
    frozen_for(world, case)
    assert found(world, case, finding).codes == ()


def test_officers_hear_it_when_the_appeal_clears_whom_they_froze(world: World) -> None:
    case = open_case(world)
    frozen = frozen_for(world, case)
    assert found(world, case, "violation").codes == ()
    assert appeal(world, case=case).codes == ()
    decided = step_of(world, case, "appeal_decided", (THIRD, FOURTH), finding="unfounded")
    assert (decided.codes, decided.findings[0].facts["freeze"]) == (TOLD, frozen)


def test_a_freeze_of_the_hospital_for_its_doctors_case_is_told_of_too(world: World) -> None:
    """Whom a freeze stops need not be whom the case is about."""
    case = open_case(world)
    frozen = frozen_for(world, case, subject=H1)
    assert found(world, case, "unfounded").findings[0].facts["freeze"] == frozen


def test_each_of_two_cases_tells_of_the_freeze_that_names_both(world: World) -> None:
    first, second = open_case(world), open_case(world)
    frozen_for(world, first, second, second)
    assert found(world, first, "violation").codes == ()
    assert found(world, second, "unfounded").findings[0].facts["freezes"] == 1


def test_a_freeze_for_something_else_is_not_told_of(world: World) -> None:
    """Of the same doctor for another case, or of another doctor, or for no case."""
    case, other = open_case(world), open_case(world, DOCTOR2)
    frozen_for(world, other)
    frozen_for(world, other, subject=DOCTOR2)
    frozen_for(world)
    assert found(world, case, "unfounded").codes == ()
