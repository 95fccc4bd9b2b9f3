"""A prescription that is refused for its pace counts once towards a freeze, however often it is sent."""

from __future__ import annotations

from contracts import keys
from contracts.decision import Decision
from tests.contracts.world import DOCTOR, PATIENT, PATIENT2, World


def again(world: World, number: str) -> Decision:
    """A prescription one second after another patient's, signed anew with the same number of its own."""
    first, second = world.consult(PATIENT), world.consult(PATIENT2)
    world.issue(*first, patient=PATIENT)
    world.wait(1)
    return world.issue(*second, patient=PATIENT2, number=number)


def test_a_message_that_is_sent_again_and_again_freezes_nobody() -> None:
    """An outbox once signed one refused message anew three times: its doctor was frozen for a day."""
    world = World()
    for _ in range(5):
        assert again(world, "9" * 26).codes == ("PACE_TOO_FAST",)
        world.wait(60)
    assert world.read(keys.freezes(DOCTOR)) is None


def test_three_prescriptions_still_do() -> None:
    world = World()
    for number in range(3):
        assert again(world, f"{number:026d}").codes == ("PACE_TOO_FAST",)
        world.wait(60)
    assert world.issue().codes == ("STATE_FROZEN",)
