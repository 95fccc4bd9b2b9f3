"""TRACE-33, TRACE-34: what a patient had at home comes back with a reason, a monitored drug not unnoticed."""

from __future__ import annotations

import pytest

from tests.contracts.office import rulebook
from tests.contracts.world import METFORMIN, SEMAGLUTIDE, World, code

PACK, INJECTION = code("8990002", 1), code("8990003", 1)
WHY = {"clinical": {"reason": "rash, stopped by the doctor"}}


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    assert rulebook(made, returns_explained=1).codes == ()
    return made


def sold(world: World, drug: str = METFORMIN, pack: str = PACK) -> str:
    line = {"drug": drug, **({"days": "7"} if drug == SEMAGLUTIDE else {})}
    rx = world.ready(line=line)
    world.receive([pack], drug=drug)
    assert world.sell(rx, [pack], drug=drug).outcome == "accepted"
    return rx


@pytest.mark.parametrize("said", [{}, {"clinical": {"reason": ""}}])
def test_what_had_left_the_shop_comes_back_with_a_reason(world: World, said: dict[str, object]) -> None:
    found = world.give_back(sold(world), [PACK], left_shop=True, **said)
    assert found.codes == ("SCHEMA_REQUIRED",) and found.findings[0].told == {"member": "reason"}


@pytest.mark.parametrize("word", ["无", " - ", "n/a"])
def test_a_word_for_none_is_no_reason(world: World, word: str) -> None:
    rx = sold(world)
    for reason, codes in ((word, ("SCHEMA_REQUIRED",)), (f"{word} 效果不佳", ())):
        said = {"clinical": {"reason": reason}}
        assert world.give_back(rx, [PACK], left_shop=True, **said).codes == codes


def test_a_return_from_home_with_its_reason(world: World) -> None:
    assert world.give_back(sold(world), [PACK], left_shop=True, **WHY).codes == ()


def test_at_the_counter_nobody_is_asked_why(world: World) -> None:
    assert world.give_back(sold(world), [PACK]).codes == ()


def test_a_monitored_drug_does_not_come_back_unnoticed(world: World) -> None:
    rx = sold(world, SEMAGLUTIDE, INJECTION)
    found = world.give_back(rx, [INJECTION], drug=SEMAGLUTIDE, left_shop=True, **WHY)
    assert (found.outcome, found.codes) == ("accepted", ("RETURN_MONITORED",))


def test_a_monitored_drug_given_back_at_the_counter(world: World) -> None:
    rx = sold(world, SEMAGLUTIDE, INJECTION)
    assert world.give_back(rx, [INJECTION], drug=SEMAGLUTIDE).codes == ()


def test_where_no_rulebook_asks_a_return_is_taken_as_it_comes() -> None:
    world = World()
    world.open_duties()
    rx = sold(world, SEMAGLUTIDE, INJECTION)
    assert world.give_back(rx, [INJECTION], drug=SEMAGLUTIDE, left_shop=True).codes == ()
