"""A prescription of its day: what was right when it was written stays so on the way (D8, S66)."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.decision import Decision
from tests.contracts.office import rulebook
from tests.contracts.test_renewed import renew
from tests.contracts.test_versions import enforce, monitor_all
from tests.contracts.world import DRUGS, METFORMIN, PATIENT2, World, code

PACKS = [code("8990002", number) for number in range(1, 5)]


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive(PACKS)
    return made


def _next(world: World, **parameters: Any) -> None:
    """A further rulebook, in force a moment later."""
    world.wait(1)
    rulebook(world, **parameters)
    world.wait(1)


def test_a_prescription_of_the_trial_needs_no_video_when_the_trial_is_over(world: World) -> None:
    """The usual way to a new rule refused what the rule, untried, would have let pass."""
    monitor_all(world)
    _next(world, video_confirmation=1, shadow_rules=["REVIEW-2"])
    world.issue()
    rx = world.last_id
    _next(world, video_confirmation=1)
    assert world.approve(rx).codes == ("SHADOW",)
    world.issue()
    assert world.approve(world.last_id).codes == ("VIDEO_CONFIRMATION_MISSING",)


def test_a_prescription_of_the_trial_is_sold_whole_when_the_trial_is_over(world: World) -> None:
    _next(world, supply_quantity_days_max=3, shadow_rules=["SUPPLY-3"])
    rx = world.ready(line={"quantity": "2", "days": "7"}, clinical={"long_term": False})
    _next(world, supply_quantity_days_max=3)
    assert world.sell(rx, PACKS[:2]).outcome == "accepted"


@pytest.mark.parametrize(
    ("most", "asked", "codes"), [(1, 3, ()), (5, 5, ("RX_VALIDITY_LIMIT",)), (5, 3, ())]
)
def test_a_renewal_goes_as_far_as_on_the_prescriptions_day(
    world: World, most: int, asked: int, codes: tuple[str, ...]
) -> None:
    """A narrower limit refused the third day to prescriptions of before; a wider one lengthened them."""
    world.issue(validity_days=1)
    rx = world.last_id
    _next(world, validity_days_max=most)
    assert renew(world, rx, asked).codes == codes


def _halved(one: dict[str, Any]) -> dict[str, Any]:
    pack, carton = one["levels"]
    return {**one, "levels": [{**pack, "units": pack["units"] // 2}, carton]}


def test_an_opened_box_still_holds_what_it_held_when_it_was_prescribed(world: World) -> None:
    """The table's pack shrank: the last twenty of sixty tablets were an overflow, a violation."""

    def part(rx: str, units: str, settlement: str) -> Decision:
        lines: list[dict[str, Any]] = [{"drug": METFORMIN, "quantity": units, "unit": "片", "split": True}]
        listed = [{"code": PACKS[0], "line": 0, "split": True}]
        return world.sell(rx, [], lines=lines, listed=listed, settlement=settlement)

    assert part(world.ready(line={"quantity": "40", "unit": "片"}), "40", "S1").codes == ()
    rx = world.ready(patient=PATIENT2, line={"quantity": "20", "unit": "片"})
    world.wait(1)
    enforce(world, [_halved(one) if one["code"] == METFORMIN else one for one in DRUGS])
    world.wait(1)
    assert part(rx, "20", "S2").codes == ()
