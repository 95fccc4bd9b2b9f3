"""PROFILE: a patient's month as an area looks at it: visits, hospitals a day, and what was spent."""

from __future__ import annotations

import pytest

from contracts import keys
from tests.contracts.office import rulebook
from tests.contracts.rotated import Rotated
from tests.contracts.world import (
    DOCTOR,
    DOCTOR2,
    H1,
    H2,
    METFORMIN,
    PATIENT,
    World,
    code,
)

DAY = 86_400


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    return made


def test_the_fifteenth_visit_of_a_month_is_seen_and_the_fourteenth_is_not(world: World) -> None:
    rulebook(world, profile_visits_month_max=15)
    codes = []
    for _ in range(15):
        world.wait(DAY)
        codes.append(world.issue().codes)
    assert codes == [()] * 14 + [("PROFILE_VISITS",)]
    world.wait(17 * DAY)  # April
    assert world.issue().codes == ()


def test_three_prescriptions_of_a_visit_are_no_three_visits(world: World) -> None:
    """A patient with three drugs came five times a month and stood on the list of fifteen visits."""
    rulebook(world, profile_visits_month_max=3)
    codes = []
    for _ in range(3):
        world.wait(DAY)
        consultation, after = world.consult()
        codes += [world.issue(consultation, after).codes for _ in range(2)]
        world.wait(60)
    assert [one for one in codes if "PROFILE_VISITS" in one] == codes[4:]


def test_a_prescription_cancelled_and_written_again_is_one_visit(world: World) -> None:
    """A slip that the doctor put right at once brought the patient a visit nearer to the list."""
    rulebook(world, profile_visits_month_max=2)
    consultation, after = world.consult()
    world.issue(consultation, after)
    wrong = world.last_id
    world.wait(30)
    cancelled = {"rx": wrong, "reason": "写错剂量"}
    assert world.act("prescription.cancelled", H1, (DOCTOR,), cancelled).codes == ()
    world.wait(60)
    assert world.issue(consultation, after).codes == ()
    world.wait(DAY)
    assert world.issue().codes == ("PROFILE_VISITS",)


def test_three_hospitals_a_day_on_the_third_day(world: World) -> None:
    rulebook(world, profile_hospitals_day=2, profile_hospital_days_max=3)
    codes = []
    for _ in range(3):
        world.wait(DAY)
        codes.append(world.issue(doctor=DOCTOR2).codes)
        codes.append(world.issue(doctor=DOCTOR2, hospital=H2).codes)
    assert codes == [(), (), (), (), (), ("PROFILE_HOSPITALS",)]


@pytest.mark.parametrize(("price", "codes"), [("7999.99", ()), ("8000", ("PROFILE_SPENT",))])
def test_spending_reaches_the_limit_to_the_cent(world: World, price: str, codes: tuple[str, ...]) -> None:
    rulebook(world, profile_spent_month_yuan=8000)
    world.receive([code("8990002", 1)])
    lines = [{"drug": METFORMIN, "quantity": "1", "unit": "盒", "price": price}]
    assert world.sell(world.ready(), [code("8990002", 1)], lines=lines).codes == codes


def test_a_price_below_zero_hides_nothing_that_was_spent(world: World) -> None:
    """A shop wrote one and the patient's month went below what it was, out of the list's sight."""
    rulebook(world, profile_spent_month_yuan=8000)
    packs = [code("8990002", n) for n in (1, 2)]
    world.receive(packs)
    rx, sold = world.ready(line={"quantity": "2"}), []
    for pack, price in zip(packs, ("-7000", "8000"), strict=True):
        lines = [{"drug": METFORMIN, "quantity": "1", "unit": "盒", "price": price}]
        sold.append(world.sell(rx, [pack], lines=lines).codes)
    assert sold == [(), ("PROFILE_SPENT",)]


@pytest.mark.parametrize("price", ["5000", "", "7777.77"])
def test_what_was_given_back_was_not_spent(world: World, price: str) -> None:
    """Whatever the return says of its price, the patient has back what was paid."""
    rulebook(world, profile_spent_month_yuan=8000)
    packs = [code("8990002", n) for n in (1, 2)]
    world.receive(packs)
    lines = [{"drug": METFORMIN, "quantity": "1", "unit": "盒", "price": "5000"}]
    given = {"price": price} if price else {}
    rx = world.ready()
    world.sell(rx, packs[:1], lines=lines)
    back = [{"drug": METFORMIN, "quantity": "1", "unit": "盒", **given}]
    assert world.give_back(rx, packs[:1], lines=back).codes == ()
    assert world.record(keys.month(f"t.people.{PATIENT}", 202603))["spent"] == 0
    assert world.sell(world.ready(), packs[1:], lines=lines).codes == ()


def test_of_two_packs_paid_differently_each_comes_back_for_its_share(world: World) -> None:
    rulebook(world, profile_spent_month_yuan=8000)
    packs = [code("8990002", n) for n in (1, 2, 3)]
    world.receive(packs)
    rx = world.ready(line={"quantity": "3"})
    for pack, price in ((packs[0], {"price": "10"}), (packs[1], {"price": "20"}), (packs[2], {})):
        lines = [{"drug": METFORMIN, "quantity": "1", "unit": "盒", **price}]
        assert world.sell(rx, [pack], lines=lines).codes == ()
    spent = []
    for pack in packs:
        world.give_back(rx, [pack])
        spent.append(world.record(keys.month(f"t.people.{PATIENT}", 202603))["spent"])
    assert spent == [20_000_000, 10_000_000, 0]


def test_a_month_goes_on_after_a_change_of_the_tag_key() -> None:
    """It began afresh: who had fourteen visits had one."""
    world = Rotated()
    rulebook(world, profile_visits_month_max=5, profile_hospitals_day=2, profile_hospital_days_max=3)
    world.open_duties()
    codes = []
    for number in range(3):
        world.wait(DAY)
        world.rotated = number > 0
        codes.append(world.issue(doctor=DOCTOR2).codes)
        codes.append(world.issue(doctor=DOCTOR2, hospital=H2).codes)
    assert codes == [(), (), (), (), ("PROFILE_VISITS",), ("PROFILE_VISITS", "PROFILE_HOSPITALS")]


def test_what_is_bought_on_prescriptions_of_before_and_after_the_change_of_the_tag_key_adds_up() -> None:
    world = Rotated()
    rulebook(world, profile_spent_month_yuan=8000)
    packs = [code("8990002", number) for number in range(4)]
    world.open_duties()
    world.receive(packs)
    old = world.ready(line={"quantity": "2"})
    lines = [{"drug": METFORMIN, "quantity": "1", "unit": "盒", "price": "2000"}]
    world.sell(old, packs[:1], lines=lines)
    world.rotated = True
    new = world.ready(line={"quantity": "2"})
    reason = {"exemption": {"reason": "travel", "evidence": "票", "until": "2026-04-20"}}
    codes = [
        world.sell(rx, [pack], lines=lines, disclosures=reason).codes
        for rx, pack in ((new, packs[1]), (old, packs[2]), (new, packs[3]))
    ]
    assert ["PROFILE_SPENT" in one for one in codes] == [False, False, True]
    world.give_back(old, packs[2:3], lines=lines)
    spent = [world.record(key)["spent"] for key in world.state if "/month/new." in key]
    assert spent == [6_000_000_000]
