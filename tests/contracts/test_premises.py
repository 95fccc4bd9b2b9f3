"""What admission held presence and certificates against still stands when the statement is judged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts import keys
from contracts.facts import Json
from tests.contracts.world import DOCTOR, H1, World

LICENCE = keys.licence(DOCTOR)


@pytest.fixture
def world() -> World:
    return World()


def cancelled_with(world: World, value: Json, key: str = LICENCE) -> tuple[str, ...]:
    world.issue()
    facts = world.facts("prescription.cancelled", H1, (DOCTOR,), {"rx": world.last_id})
    return world.run(replace(facts, premises=((key, "sites", value),))).codes


def test_a_record_that_changed_since_it_was_looked_at_is_looked_at_again(world: World) -> None:
    assert cancelled_with(world, ["H99000000009"]) == ("RECORD_CHANGED",)
    assert world.last is not None and world.last.outcome == "refused"
    assert {one.class_ for one in world.last.findings} == {"NOTICE"}


def test_a_record_that_says_the_same_still_is_no_matter(world: World) -> None:
    assert cancelled_with(world, list(world.record(LICENCE)["sites"])) == ()


@pytest.mark.parametrize(("value", "codes"), [(None, ()), ([], ("RECORD_CHANGED",))])
def test_what_was_not_there_is_not_there_still(
    world: World, value: Json, codes: tuple[str, ...]
) -> None:
    assert cancelled_with(world, value, keys.licence("nobody")) == codes
