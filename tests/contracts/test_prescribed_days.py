"""T2: of a drug whose label sets no highest dose the days are the doctor's, and early is no offence."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import Decision, keys
from contracts.quantity import DAY_MS, MICRO
from tests.contracts.rotated import Rotated
from tests.contracts.world import (
    METFORMIN,
    OFFICERS,
    OSELTAMIVIR,
    P1,
    P2,
    PATIENT2,
    REGULATOR,
    YS3,
    World,
    code,
)

INSULIN = [code("8990007", number) for number in range(1, 9)]
LINE = {"drug": OSELTAMIVIR, "quantity": "2", "days": "20.00", "unit": "盒"}
LEFT = ("SUPPLY_DAYS_LEFT",)
# Bought at 00:07 UTC, eight in the morning: the last of twenty days ends at the midnight before.
LAST_MS = 20 * DAY_MS - 8 * 3_600_000 - 7 * 60_000


@pytest.fixture
def world() -> World:
    made = World()
    require(made)
    made.open_duties()
    made.receive(INSULIN[:4], drug=OSELTAMIVIR)
    made.receive(INSULIN[4:], P2, YS3, drug=OSELTAMIVIR)
    return made


def require(world: World, **parameters: Any) -> None:
    members = {"version": "1", "parameters": {"supply_days_prescribed": 1, **parameters}}
    world.act("governance.rulebook", REGULATOR, OFFICERS, members)


def sold(world: World, rx: str, packs: list[str], shop: str = P1, **given: Any) -> Decision:
    return world.sell(rx, packs, shop, drug=OSELTAMIVIR, **given)


def again(world: World, at_ms: int = 0, shop: str = P1, **given: Any) -> tuple[str, ...]:
    """Another prescription, sold at once or at that ledger time."""
    rx = world.ready(shop, line=LINE, **given)
    world.now_ms = max(at_ms, world.now_ms)
    packs = INSULIN[4:6] if shop == P2 else INSULIN[2:4]
    return sold(world, rx, packs, shop).codes


@pytest.mark.parametrize(("after_ms", "codes"), [(DAY_MS, LEFT), (LAST_MS - 1, LEFT), (LAST_MS, ())])
def test_the_days_that_the_doctor_wrote_end_with_the_last_of_them(
    world: World, after_ms: int, codes: tuple[str, ...]
) -> None:
    rx = world.ready(line=LINE)
    assert sold(world, rx, INSULIN[:2]).codes == ()
    bought_ms = world.now_ms
    world.now_ms += after_ms - DAY_MS // 2
    world.open_duties()
    assert again(world, bought_ms + after_ms) == codes
    assert world.last is not None and world.last.outcome == "accepted"
    assert {one.class_ for one in world.last.findings} <= {"NOTICE"}


def test_insulin_fetched_at_the_next_shop_the_same_day_is_noticed(world: World) -> None:
    sold(world, world.ready(line=LINE), INSULIN[:2])
    assert again(world, shop=P2, patient=PATIENT2) == ()
    world.wait(60)
    rx = world.ready(P2, line=LINE)
    assert sold(world, rx, INSULIN[6:], P2).codes == LEFT


def test_half_of_the_packs_last_half_of_the_days_and_the_rest_is_no_new_purchase(world: World) -> None:
    rx = world.ready(line=LINE)
    assert sold(world, rx, INSULIN[:1]).codes == ()
    tag = world.record(keys.rx_content(rx))["patient"][0]
    [first] = world.record(keys.prescribed(tag, OSELTAMIVIR))["sales"]
    assert first["days_ms"] == 10 * DAY_MS
    assert sold(world, rx, INSULIN[1:2]).codes == ()
    lasts = [one["days_ms"] for one in world.record(keys.prescribed(tag, OSELTAMIVIR))["sales"]]
    assert lasts == [10 * DAY_MS, 10 * DAY_MS]
    world.give_back(rx, INSULIN[:1], drug=OSELTAMIVIR)
    lasts = [one["days_ms"] for one in world.record(keys.prescribed(tag, OSELTAMIVIR))["sales"]]
    assert lasts == [10 * DAY_MS]


def test_a_declared_reason_needs_no_notice(world: World) -> None:
    sold(world, world.ready(line=LINE), INSULIN[:2])
    journey = {"exemption": {"reason": "travel", "evidence": "车票 G1234567", "until": "2026-03-20"}}
    assert sold(world, world.ready(line=LINE), INSULIN[2:4], disclosures=journey).codes == ()


@pytest.mark.parametrize(("early_s", "codes"), [(19 * 86_400, LEFT), (20 * 86_400, ())])
def test_who_may_come_early_may_here_too(world: World, early_s: int, codes: tuple[str, ...]) -> None:
    require(world, supply_carry_over_s=early_s)
    sold(world, world.ready(line=LINE), INSULIN[:2])
    assert again(world) == codes


def test_where_no_rulebook_asks_nothing_is_counted(world: World) -> None:
    require(world, supply_days_prescribed=0)
    sold(world, world.ready(line=LINE), INSULIN[:2])
    assert again(world) == ()
    assert not [key for key in world.state if key.startswith("pvt/prescribed/")]


def test_what_the_label_limits_is_counted_by_the_label_alone(world: World) -> None:
    metformin = [code("8990002", number) for number in (1, 2)]
    world.receive(metformin)
    world.sell(world.ready(), metformin[:1])
    assert not [key for key in world.state if key.startswith("pvt/prescribed/")]


def test_prescriptions_of_before_kept_no_days_and_cover_nothing(world: World) -> None:
    """An older software's prescription is sold after the change: nothing is known, nothing is said."""
    rx = world.ready(line=LINE)
    content = world.record(keys.rx_content(rx))
    assert content["lines"][0].pop("days") == 20 * MICRO
    world.put(keys.rx_content(rx), content)
    assert sold(world, rx, INSULIN[:2]).codes == ()
    assert again(world) == ()


def test_what_came_back_while_no_rulebook_asked_counts_no_more(world: World) -> None:
    rx = world.ready(line=LINE)
    sold(world, rx, INSULIN[:2])
    require(world, supply_days_prescribed=0)
    world.give_back(rx, INSULIN[:2], drug=OSELTAMIVIR)
    require(world)
    assert again(world) == ()


def _rotating(drug: str, product: str) -> tuple[Rotated, list[str]]:
    """A world whose tag key is about to change, and five packs in its shop."""
    world, packs = Rotated(), [code(product, number) for number in range(1, 6)]
    require(world)
    world.open_duties()
    world.receive(packs, drug=drug)
    return world, packs


@pytest.mark.parametrize(
    ("drug", "product", "line", "days"),
    [(METFORMIN, "8990002", {}, 12), (OSELTAMIVIR, "8990007", {**LINE, "quantity": "1", "days": "12"}, 12)],
)
def test_after_a_change_of_the_tag_key_no_purchase_counts_twice(
    drug: str, product: str, line: dict[str, Any], days: int
) -> None:
    """A patient who came back exactly when the last pack was used up was stopped at the third one."""
    world, packs = _rotating(drug, product)
    assert world.sell(world.ready(line=line), packs[:1], drug=drug).codes == ()
    bought, world.rotated = world.now_ms, True
    for number in range(1, 4):
        bought += days * DAY_MS
        world.now_ms = bought - 3_600_000
        world.open_duties()
        rx = world.ready(line=line)
        world.now_ms = bought
        assert world.sell(rx, packs[number : number + 1], drug=drug).codes == (), number


@pytest.mark.parametrize(
    ("drug", "product", "line", "early"),
    [
        (METFORMIN, "8990002", {}, ("SUPPLY_COVERED",)),
        (OSELTAMIVIR, "8990007", {**LINE, "quantity": "1", "days": "12"}, LEFT),
    ],
)
def test_a_prescription_of_before_the_change_of_the_tag_key_finds_the_purchases_that_moved(
    drug: str, product: str, line: dict[str, Any], early: tuple[str, ...]
) -> None:
    """It knows the older tag alone: a patient bought twice, and what came back stayed bought."""
    world, packs = _rotating(drug, product)
    first, second = world.ready(line=line), world.ready(line=line)
    assert world.sell(first, packs[:1], drug=drug).codes == ()
    world.rotated = True
    journey = {"exemption": {"reason": "travel", "evidence": "车票 G1234567", "until": "2026-03-20"}}
    travelled = world.sell(world.ready(line=line), packs[1:2], drug=drug, disclosures=journey)
    assert travelled.outcome == "accepted"
    assert world.sell(second, packs[2:3], drug=drug).codes == early
    if world.last is not None and world.last.outcome == "accepted":
        world.give_back(second, packs[2:3], drug=drug)
    world.give_back(first, packs[:1], drug=drug)
    world.wait(12 * 86_400 + 1)
    world.open_duties()
    assert world.sell(world.ready(line=line), packs[3:4], drug=drug).codes == ()


def test_two_lines_and_two_strengths_last_as_long_as_the_longest(world: World) -> None:
    """Nobody is held to days that are added up; more than was issued lasts no longer than was written."""
    short, long = ({**LINE, "quantity": "1", "days": days} for days in ("10.00", "20.00"))
    rx = world.ready(lines=[world.line(**short), world.line(**long)])
    one = {"drug": OSELTAMIVIR, "quantity": "1", "unit": "盒"}
    listed = [{"code": pack, "line": place} for place, pack in enumerate(INSULIN[:2])]
    assert sold(world, rx, INSULIN[:2], lines=[one, one], listed=listed).codes == ()
    tag = world.record(keys.rx_content(rx))["patient"][0]
    [sale] = world.record(keys.prescribed(tag, OSELTAMIVIR))["sales"]
    assert sale["days_ms"] == 20 * DAY_MS
    world.now_ms += 401 * DAY_MS
    world.open_duties()
    assert sold(world, world.ready(line=LINE), INSULIN[2:4]).codes == ()
    assert len(world.record(keys.prescribed(tag, OSELTAMIVIR))["sales"]) == 1, "what is old is forgotten"
