"""OFFICE-13 to 15: the log is handed over to a new key, one handover at a time, with a limited overlap."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from contracts.time import to_text
from tests.contracts.world import OFFICERS, REGULATOR, World

DAY_MS = 86_400_000


@pytest.fixture
def world() -> World:
    made = World()
    made.put(keys.GENESIS, {**made.record(keys.GENESIS), "log_vkey": "first"})
    return made


def hand_over(world: World, vkey: str, until_ms: int | None = None, **changed: Any) -> Decision:
    members: dict[str, Any] = {"log_vkey": vkey, "possession": "AAAA"}
    if until_ms is not None:
        members["overlap_until"] = to_text(until_ms)
    return world.act("governance.log_key", REGULATOR, OFFICERS[:2], members, **changed)


def test_the_log_is_handed_over_to_a_new_key(world: World) -> None:
    assert hand_over(world, "second", world.now_ms + DAY_MS).outcome == "accepted"
    first = {"id": world.last_id, "vkey": "second", "until": world.now_ms + DAY_MS}
    world.wait(2 * 86_400)
    assert hand_over(world, "third").outcome == "accepted"
    second = {"id": world.last_id, "vkey": "third"}
    assert world.record(keys.LOG_KEYS) == {"keys": [first, second]}


def test_a_key_is_the_logs_once(world: World) -> None:
    assert hand_over(world, "first").codes == ("ID_CONFLICT",)
    assert hand_over(world, "second").outcome == "accepted"
    for known in ("first", "second"):
        assert hand_over(world, known).codes == ("ID_CONFLICT",)
    assert hand_over(world, "third").outcome == "accepted"


def test_a_handover_waits_for_the_end_of_the_one_before(world: World) -> None:
    until = world.now_ms + DAY_MS
    hand_over(world, "second", until)
    world.now_ms = until
    assert hand_over(world, "third", until + DAY_MS).codes == ("TIME_ORDER",)
    world.now_ms = until + 1
    assert hand_over(world, "third", until + DAY_MS).outcome == "accepted"


def test_a_key_stolen_during_an_overlap_is_given_up_at_once(world: World) -> None:
    hand_over(world, "second", world.now_ms + DAY_MS)
    assert hand_over(world, "third").outcome == "accepted"
    assert hand_over(world, "fourth", world.now_ms + DAY_MS).outcome == "accepted"  # no overlap runs now


def test_an_overlap_ends_after_now_and_within_the_rulebooks_days(world: World) -> None:
    assert hand_over(world, "a", world.now_ms).codes == ("TIME_RANGE",)
    assert hand_over(world, "a", world.now_ms + 400 * DAY_MS + 1).codes == ("TIME_RANGE",)
    assert hand_over(world, "a", world.now_ms + 400 * DAY_MS).outcome == "accepted"
    other = World()
    assert hand_over(other, "a", other.now_ms + 1).outcome == "accepted"


def test_one_officer_does_not_hand_the_log_over(world: World) -> None:
    members = {"log_vkey": "second", "possession": "AAAA"}
    assert world.act("governance.log_key", REGULATOR, OFFICERS[:1], members).codes == (
        "DUAL_CONTROL_REQUIRED",
    )
