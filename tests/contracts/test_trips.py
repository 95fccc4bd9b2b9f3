"""A prescription that is refused for its pace counts once towards a freeze, however often it is sent."""

from __future__ import annotations

from contracts import keys
from contracts.decision import Decision
from tests.contracts.world import DOCTOR, PATIENT, PATIENT2, PATIENT3, World


def again(world: World, number: str, patient: str = PATIENT2, before: str = PATIENT) -> Decision:
    """A prescription one second after another patient's, signed anew with the same number of its own."""
    first, second = world.consult(before), world.consult(patient)
    world.issue(*first, patient=before)
    world.wait(1)
    return world.issue(*second, patient=patient, number=number)


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


def test_one_number_for_many_patients_is_many_prescriptions() -> None:
    """Whoever sends chooses the number: it must not hide a burst."""
    world = World()
    pairs = ((PATIENT, PATIENT2), (PATIENT, PATIENT3), (PATIENT2, PATIENT))
    for first, patient in pairs:
        assert again(world, "9" * 26, patient, first).codes == ("PACE_TOO_FAST",)
        world.wait(60)
    assert world.issue().codes == ("STATE_FROZEN",)
