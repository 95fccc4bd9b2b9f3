"""Two versions side by side: a prescription is judged by the version of its day, wherever it goes."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from contracts.time import to_text
from tests.contracts.world import DRUGS, OFFICERS, REGULATOR, World, code

DAY = 86_400


@pytest.fixture
def world() -> World:
    world = World()
    world.open_duties()
    return world


def rulebook(world: World, **parameters: Any) -> Decision:
    members = {"version": f"v{world.count}", "parameters": parameters}
    return world.act("governance.rulebook", REGULATOR, OFFICERS, members)


def monitor_all(world: World) -> None:
    """From now on the knowledge base calls every drug monitored."""
    world.put(keys.KNOWLEDGE, {"versions": [{"id": "kb", "from": 0}, {"id": "later", "from": world.now_ms}]})
    world.put(keys.knowledge("later"), {"parts": ["stricter"]})
    world.put(keys.part("stricter"), {"drugs": len(DRUGS)})
    for one in DRUGS:
        world.put(keys.drug("stricter", one["code"]), {**one, "monitored": True})
        for level in one["levels"]:
            found = {"drug": one["code"], "level": level["level"]}
            world.put(keys.product("stricter", level["product"]), found)


def test_a_review_asks_of_an_old_prescription_what_its_own_rulebook_asked(world: World) -> None:
    monitor_all(world)
    world.wait(1)
    world.issue()
    old = world.last_id
    world.wait(1)
    rulebook(world, video_confirmation=1)
    world.wait(1)
    world.issue()
    assert world.approve(world.last_id).codes == ("VIDEO_CONFIRMATION_MISSING",)
    assert world.approve(old).codes == ()


def test_a_drug_that_became_monitored_yesterday_is_not_on_last_weeks_prescription(world: World) -> None:
    rulebook(world, video_confirmation=1)
    world.wait(1)
    world.issue()
    old = world.last_id
    world.wait(1)
    monitor_all(world)
    world.wait(1)
    world.issue()
    assert world.approve(world.last_id).codes == ("VIDEO_CONFIRMATION_MISSING",)
    assert world.approve(old).codes == ()


@pytest.mark.parametrize(("before", "after", "codes"), [(31, 3, ()), (3, 31, ("SUPPLY_QUANTITY",))])
def test_a_sale_is_capped_as_on_the_day_of_its_prescription(
    world: World, before: int, after: int, codes: tuple[str, ...]
) -> None:
    """A patient with two boxes prescribed stands at the counter: a cap changed overnight is not hers."""
    packs = [code("8990002", n) for n in (1, 2)]
    world.receive(packs)
    rulebook(world, supply_quantity_days_max=before)
    world.wait(1)
    rx = world.ready(line={"quantity": "2", "days": "7"}, clinical={"long_term": False})
    rulebook(world, supply_quantity_days_max=after)
    world.wait(1)
    assert world.sell(rx, packs).codes == codes


def test_a_version_announced_for_later_judges_nothing_until_then(world: World) -> None:
    tomorrow = to_text(world.now_ms + DAY * 1000)
    members = {"version": "next", "parameters": {"video_confirmation": 1}, "effective_from": tomorrow}
    assert world.act("governance.rulebook", REGULATOR, OFFICERS, members).codes == ()
    monitor_all(world)
    world.issue()
    before = world.last_id
    world.wait(DAY)
    assert world.approve(before).codes == ()
