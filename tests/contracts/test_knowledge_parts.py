"""Parts of one knowledge version do not contradict each other, in whatever order they and it come (S46)."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from contracts import keys
from contracts.facts import Facts
from tests.contracts.world import OFFICERS, REGULATOR, World, drug

ONE = drug("XA", "8991001", 60, "片")
REFUSED, ALLOWED = ("PRODUCT_CONTRADICTS",), ()
OTHERS = {
    "another drug's pack": drug("XB", "8991001", 60, "片", levels=ONE["levels"][:1]),
    "another drug's carton": drug("XB", "8991002", 60, "片", levels=ONE["levels"][1:]),
    "the drug of another class": {**ONE, "class": "psychotropic_2"},
    "the drug in a pack of another size": drug("XA", "8991001", 30, "片"),
    "the drug with other digits": drug("XA", "8991002", 60, "片"),
}
BESIDE = {
    "another drug": drug("XB", "8991002", 60, "片"),
    "the drug in the same words": dict(reversed(ONE.items())),
}


@pytest.fixture
def world() -> World:
    return World()


def part(world: World, *drugs: dict[str, Any]) -> Facts:
    members = {"drugs": [*drugs], "recalls": []}
    return world.facts("governance.knowledge_part", REGULATOR, OFFICERS[:1], members)


def version(world: World, *parts: Facts) -> Facts:
    members = {"version": f"v{world.count}", "parts": [one.statement_id for one in parts]}
    return world.facts("governance.knowledge", REGULATOR, OFFICERS, members)


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
@pytest.mark.parametrize(
    ("other", "codes"),
    [*((one, REFUSED) for one in OTHERS.values()), *((one, ALLOWED) for one in BESIDE.values())],
    ids=[*OTHERS, *BESIDE],
)
def test_two_parts_of_a_version_do_not_name_two_drugs_for_one_scan(
    world: World, other: dict[str, Any], codes: tuple[str, ...], order: tuple[int, ...]
) -> None:
    """The first part's drug was found, the second's never: its honest sales were refused as another's."""
    parts = part(world, ONE), part(world, drug("XC", "8991009", 1, "支"), other)
    acts = (*parts, version(world, *parts))
    told = [world.run(acts[place]).codes for place in order]
    assert told == [(), (), codes], "whatever comes last is refused"


def test_it_is_told_which_part_and_what_contradicts(world: World) -> None:
    parts = part(world, ONE), part(world, OTHERS["another drug's pack"])
    for one in parts:
        world.run(one)
    [finding] = world.run(version(world, *parts)).findings
    assert finding.told == {"member": "parts", "pointer": "/parts/1", "product": "8991001"}


def test_it_is_told_which_drug_of_a_late_part_contradicts(world: World) -> None:
    parts = part(world, ONE), part(world, drug("XC", "8991009", 1, "支"), OTHERS["the drug of another class"])
    world.run(version(world, *parts))
    world.run(parts[0])
    [finding] = world.run(parts[1]).findings
    assert finding.told == {"member": "drugs", "pointer": "/drugs/1", "drug": "XA"}


def test_a_version_whose_last_part_is_refused_never_comes_into_force(world: World) -> None:
    parts = part(world, ONE), part(world, OTHERS["the drug of another class"])
    for one in (version(world, *parts), *parts):
        world.run(one)
    world.wait(60)
    assert world.issue().codes == (), "the knowledge of before still holds"


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_parts_of_two_versions_may_differ(world: World, other: dict[str, Any]) -> None:
    """A corrected part takes the place of the one before: each version stands alone."""
    same, old, new = part(world, drug("XC", "8991009", 1, "支")), part(world, ONE), part(world, other)
    for one in (same, old, version(world, same, old), new, version(world, same, new)):
        assert world.run(one).codes == ()


def test_a_part_that_is_sent_again_is_the_same(world: World) -> None:
    parts = part(world, ONE), part(world, BESIDE["another drug"])
    announced = version(world, *parts)
    for one in (parts[0], announced, parts[1]):
        assert world.run(one).codes == ()
        assert world.run(one).outcome == "replayed"


def test_a_version_that_names_a_part_twice_contradicts_nothing(world: World) -> None:
    one = part(world, ONE)
    world.run(one)
    assert world.run(version(world, one, one)).codes == ()


@pytest.mark.parametrize(("again", "codes"), [(ONE, ALLOWED), ({**ONE, "name": "乙"}, REFUSED)])
def test_a_part_tells_of_a_drug_in_one_way(
    world: World, again: dict[str, Any], codes: tuple[str, ...]
) -> None:
    """The later row was written over the first, which nobody was told of."""
    assert world.run(part(world, ONE, again)).codes == codes


def test_parts_of_older_software_are_taken_as_they_are(world: World) -> None:
    """State does not list what they hold."""
    parts = part(world, ONE), part(world, OTHERS["the drug of another class"])
    for one in parts:
        world.run(one)
        del world.state[keys.said(one.statement_id)]
    assert world.run(version(world, *parts)).codes == ()
