"""S10: the video confirmation of a monitored drug is a recording of this patient, and of nobody else."""

from __future__ import annotations

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.office import rulebook
from tests.contracts.world import (
    DOCTOR,
    H1,
    P1,
    PATIENT,
    PATIENT2,
    PHARMACIST,
    SEMAGLUTIDE,
    YS1,
    YS2,
    World,
)

SEEN, OTHER = "ab" * 32, "cd" * 32
SHARED = ("RECORDING_SHARED",)


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    assert rulebook(made, video_confirmation=1, pace_patients_max=9, burst_hold=0).codes == ()
    made.wait(1)
    return made


def written(world: World, patient: str = PATIENT, **more: object) -> str:
    world.wait(700)
    line = {"drug": SEMAGLUTIDE, "quantity": "1", "unit": "支", "days": "14"}
    assert world.issue(patient=patient, number=f"9900{world.count}", line=line, **more).outcome == "accepted"
    return world.last_id


def confirmed(world: World, rx: str, video: str, opinion: str = "") -> Decision:
    members = {"rx": rx, "reviewer": PHARMACIST, "decision": "approved"}
    said = {"clinical": {"opinion": opinion or rx, "video": video}}
    return world.act("review.hospital", H1, (PHARMACIST,), members, said)


def at_the_pharmacy(world: World, rx: str, video: str) -> Decision:
    assert world.claim(rx).codes == ()
    members = {"rx": rx, "reviewer": YS1, "second_reviewer": YS2, "decision": "approved"}
    said = {"clinical": {"opinion": rx, "video": video}}
    return world.act("review.pharmacy", P1, (YS1, YS2), members, said)


def test_one_recording_confirms_no_second_patient(world: World) -> None:
    """One digest stood behind every patient of the shop."""
    assert confirmed(world, written(world), SEEN).codes == ()
    decision = confirmed(world, written(world, PATIENT2), SEEN)
    assert (decision.outcome, decision.codes) == ("accepted", SHARED)
    assert decision.findings[0].class_ == "SUSPICION"


def test_the_pharmacys_recording_is_its_patients_own_too(world: World) -> None:
    first, second = written(world), written(world, PATIENT2)
    assert confirmed(world, first, SEEN).codes == ()
    assert confirmed(world, second, OTHER).codes == ()
    assert at_the_pharmacy(world, second, SEEN).codes == SHARED


def test_one_recording_is_shown_at_both_counters(world: World) -> None:
    rx = written(world)
    assert confirmed(world, rx, SEEN).codes == ()
    assert at_the_pharmacy(world, rx, SEEN).codes == ()
    (tag,) = (key for key in world.state if key.startswith("pvt/recording/"))
    assert [one[0] for one in world.record(tag)["prescriptions"]] == [rx]


def test_one_recording_confirms_all_of_one_patient(world: World) -> None:
    for _ in range(2):
        assert confirmed(world, written(world), SEEN).codes == ()


def test_what_was_written_for_the_wrong_patient_and_taken_back_shares_nothing(world: World) -> None:
    wrong = written(world, PATIENT2)
    assert confirmed(world, wrong, SEEN).codes == ()
    assert world.act("prescription.cancelled", H1, (DOCTOR,), {"rx": wrong}).codes == ()
    assert confirmed(world, written(world), SEEN).codes == ()


@pytest.mark.parametrize("digit", ["0", "f"])
def test_one_digit_sixty_four_times_is_no_recording(world: World, digit: str) -> None:
    assert confirmed(world, written(world), digit * 64).codes == ("VIDEO_CONFIRMATION_MISSING",)


def test_where_nobody_asks_for_a_video_none_is_remembered() -> None:
    world = World()
    for patient in (PATIENT, PATIENT2):
        assert confirmed(world, written(world, patient), SEEN).codes == ()
    assert not [key for key in world.state if key.startswith(keys.recording(""))]
