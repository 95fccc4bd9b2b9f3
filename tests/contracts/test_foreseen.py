"""What a host may look up ahead: keys that a decision reads, and that hold nothing for a new statement."""

from __future__ import annotations

import pytest

from contracts import Context, execute, foreseen, record_refusal
from contracts.facts import AdmissionRefusal, Facts
from tests.contracts.world import H1, World, code


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([code("8990002", 1)])
    return made


def asked(world: World, item: Facts | AdmissionRefusal) -> set[str]:
    read: set[str] = set()

    def noting(key: str) -> bytes | None:
        read.add(key)
        return world.read(key)

    context = Context(world.now_ms)
    if isinstance(item, Facts):
        assert execute(item, context, noting).outcome == "accepted"
    else:
        assert record_refusal(item, context, noting).outcome == "refused"
    return read


def test_a_decision_reads_what_was_foreseen_and_nobody_wrote_it_before(world: World) -> None:
    opened = world.consult()
    item = world.issue_facts(*opened)
    assert set(foreseen(item)) <= asked(world, item)
    assert all(key.startswith("pub/") and world.read(key) is None for key in foreseen(item))


def test_once_committed_what_was_foreseen_says_so(world: World) -> None:
    item = world.issue_facts(*world.consult())
    world.run(item)
    assert [world.read(key) is None for key in foreseen(item)] == [False, True, False]


def test_a_refusal_at_admission_has_no_number_to_look_up(world: World) -> None:
    item = AdmissionRefusal("ab" * 32, "prescription.issued", H1, "SIG_INVALID", ())
    assert set(foreseen(item)) & asked(world, item)
    assert not any(key.startswith("pub/jti/") for key in foreseen(item))
