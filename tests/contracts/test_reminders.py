"""Reminders with their answer, and a list of targets that nobody sees before its day (S58, S22)."""

from __future__ import annotations

import json

import pytest

from contracts.decision import Decision
from contracts.public_view import standing_view
from contracts.time import to_text
from tests.contracts.world import (
    DOCTOR,
    DOCTOR2,
    H1,
    H2,
    OFFICERS,
    P1,
    PHARMACIST,
    REGULATOR,
    YS1,
    YS2,
    World,
    code,
)

DAY = 86_400


@pytest.fixture
def world() -> World:
    return World()


def remind(world: World, subject: str = H1, due_s: float = DAY) -> Decision:
    members = {"subject": subject, "due": to_text(world.now_ms + int(due_s * 1000)), "reason": "处方量上升"}
    return world.act("governance.reminder", REGULATOR, OFFICERS[:1], members)


def answer(world: World, reminder: str, by: str = DOCTOR, at: str = H1) -> Decision:
    return world.act("governance.acknowledgement", at, (by,), {"reminder": reminder, "reason": "已核查"})


def reminders_of(world: World, code: str) -> dict[str, int]:
    found = standing_view(code, world.now_ms, world.read)
    assert found is not None
    told: dict[str, int] = found["reminders"]
    return told


def test_a_reminder_is_open_until_the_institution_answers(world: World) -> None:
    assert remind(world).codes == ()
    reminder = world.last_id
    assert reminders_of(world, H1) == {"open": 1, "overdue": 0}
    assert answer(world, reminder).codes == ()
    assert reminders_of(world, H1) == {"open": 0, "overdue": 0}
    assert answer(world, reminder).codes == ("REMINDER_ANSWERED",)


def test_a_reminder_that_nobody_answers_is_shown_at_every_act(world: World) -> None:
    remind(world, due_s=600)
    reminder = world.last_id
    seen = world.consult()
    world.wait(600 - 360)
    assert world.issue(*seen).codes == ()
    world.wait(0.001)
    decision = world.issue(*seen)
    assert (decision.outcome, decision.codes) == ("accepted", ("REMINDER_OVERDUE",))
    assert decision.findings[0].class_ == "NOTICE"
    assert reminders_of(world, H1) == {"open": 1, "overdue": 1}
    assert world.issue(doctor=DOCTOR2, hospital=H2).codes == ()
    answer(world, reminder)
    assert world.issue().codes == ()


def test_a_doctors_own_reminder_is_shown_at_the_doctors_acts_alone(world: World) -> None:
    """Only the institution's was looked at: a person's overdue reminder came back nowhere."""
    remind(world, DOCTOR, due_s=600)
    reminder = world.last_id
    world.wait(600.001)
    decision = world.issue()
    assert (decision.outcome, decision.codes) == ("accepted", ("REMINDER_OVERDUE",))
    assert decision.findings[0].facts["reminder"] == reminder
    assert world.issue(doctor=DOCTOR2).codes == ()
    answer(world, reminder)
    assert world.issue().codes == ()


@pytest.mark.parametrize(
    ("subject", "at_hospital", "at_shop"),
    [(PHARMACIST, True, False), (YS2, False, True), (P1, False, True)],
)
def test_a_pharmacists_reminder_is_shown_at_reviews_and_sales(
    world: World, subject: str, at_hospital: bool, at_shop: bool
) -> None:
    hospital, shop = (("REMINDER_OVERDUE",) if shown else () for shown in (at_hospital, at_shop))
    world.open_duties()
    world.receive([code("8990002", 1)])
    remind(world, subject, due_s=60)
    assert world.issue().codes == ()
    rx = world.last_id
    assert world.approve(rx).codes == hospital
    assert world.claim(rx).codes == ()
    assert world.review(rx).codes == shop
    assert world.sell(rx, [code("8990002", 1)]).codes == shop


def test_nobody_answers_for_another(world: World) -> None:
    remind(world)
    reminder = world.last_id
    assert answer(world, reminder, DOCTOR2, H2).codes == ("ORG_SCOPE",)
    assert answer(world, reminder, YS1, P1).codes == ("ORG_SCOPE",)
    remind(world, DOCTOR2)
    assert answer(world, world.last_id, DOCTOR2, H2).codes == ()


@pytest.mark.parametrize(("due_s", "codes"), [(0, ("TIME_ORDER",)), (0.001, ())])
def test_a_reminder_is_due_ahead(world: World, due_s: float, codes: tuple[str, ...]) -> None:
    assert remind(world, due_s=due_s).codes == codes


def test_an_answer_to_nothing_and_a_reminder_of_nobody(world: World) -> None:
    assert answer(world, "0" * 64).codes == ("CODE_UNKNOWN",)
    assert remind(world, "H11111111111").codes == ("CODE_UNKNOWN",)


def inspect(world: World, by: tuple[str, ...] = OFFICERS, opens_s: float = DAY) -> Decision:
    members = {"name": "三月飞行检查", "opens": to_text(world.now_ms + int(opens_s * 1000))}
    targets = {"targets": [{"code": H1, "reason": "风险"}]}
    return world.act("governance.inspection", REGULATOR, by, members, targets)


def test_a_sealed_list_is_fixed_in_the_log_and_names_nobody_there(world: World) -> None:
    before = standing_view(H1, world.now_ms, world.read)
    decision = inspect(world)
    assert decision.codes == ()
    assert before is not None and standing_view(H1, world.now_ms, world.read) == before
    assert H1.encode() not in (decision.entry or b"")
    assert not any(H1 in json.dumps(value.decode()) for key, value in decision.writes)


def test_a_sealed_list_takes_two_officers_and_opens_ahead(world: World) -> None:
    assert inspect(world, OFFICERS[:1]).codes == ("DUAL_CONTROL_REQUIRED",)
    assert inspect(world, opens_s=0).codes == ("TIME_ORDER",)
    assert (
        "ORG_SCOPE"
        in world.act(
            "governance.inspection",
            H1,
            OFFICERS,
            {"name": "x", "opens": to_text(world.now_ms + 1000)},
            {"targets": [{"code": H2, "reason": "x"}]},
        ).codes
    )
