"""CONSULT-3: nobody talks to two patients at once, whatever the two consultations are called."""

from __future__ import annotations

import pytest

from contracts.time import to_text
from tests.contracts.world import PATIENT, PATIENT2, PATIENT3, World


@pytest.fixture
def world() -> World:
    return World()


def test_overlapping_video_consultations_spoil_both(world: World) -> None:
    first = world.open_consultation(PATIENT)
    world.wait(10)
    second = world.open_consultation(PATIENT2)
    world.wait(300)
    leaves = [world.close_consultation(one) for one in (first, second)]
    assert world.issue(first, leaves[0]).codes[0] == "CONSULT_OVERLAP"
    world.wait(60)
    assert world.issue(second, leaves[1], patient=PATIENT2).codes[0] == "CONSULT_OVERLAP"


def test_an_overlap_names_the_consultation_that_is_still_open(world: World) -> None:
    """The doctor was told of two at once, not of which: the forgotten close could not be found."""
    first = world.open_consultation(PATIENT)
    opened = world.now_ms
    world.wait(3599)
    second, leaf = world.consult(PATIENT2)
    finding = world.issue(second, leaf, patient=PATIENT2).findings[0]
    assert finding.code == "CONSULT_OVERLAP"
    assert finding.facts == {"beside": first}
    assert finding.told == {"opened": to_text(opened), "closed": "still open"}


def test_a_consultation_that_nobody_closed_does_not_keep_its_doctor_from_working(world: World) -> None:
    """One left open in the morning accused the doctor of two at once all day."""
    forgotten = world.open_consultation(PATIENT)
    world.wait(3600)
    second, leaf = world.consult(PATIENT2)
    assert world.issue(second, leaf, patient=PATIENT2).codes == ()
    world.wait(60)
    late = world.close_consultation(forgotten)
    assert world.issue(forgotten, late).codes[0] == "CONSULT_OVERLAP", "of two at once one alone counts"


def test_a_patient_who_calls_again_after_the_line_broke_is_not_two_at_once(world: World) -> None:
    """The doctor could prescribe nothing: the broken consultation and the new one spoiled each other."""
    world.open_consultation()
    world.wait(60)
    again = world.open_consultation()
    world.wait(300)
    leaf = world.close_consultation(again)
    assert world.issue(again, leaf).codes == ()


def test_a_broken_line_does_not_spoil_the_next_patients(world: World) -> None:
    """The abandoned opening stayed open for an hour: two patients' prescriptions were violations."""
    world.open_consultation()
    world.wait(10)
    again = world.open_consultation()
    world.wait(300)
    leaf = world.close_consultation(again)
    assert world.issue(again, leaf).codes == ()
    consultation, after = world.consult(PATIENT2)
    assert world.issue(consultation, after, patient=PATIENT2).codes == ()


def test_a_consultation_that_was_taken_up_again_gives_no_prescription(world: World) -> None:
    """Reopened for show and closed, the first one went on beside those of the next patients."""
    first = world.open_consultation()
    again, _ = world.consult()
    late = world.close_consultation(first)
    found = world.issue(first, late)
    assert (found.codes, found.findings[0].facts) == (("CONSULT_OVERLAP",), {"beside": again})


def test_consultations_one_after_the_other_do_not_overlap(world: World) -> None:
    world.consult(PATIENT)
    consultation, after = world.consult(PATIENT2)
    assert world.issue(consultation, after, patient=PATIENT2).outcome == "accepted"


@pytest.mark.parametrize(("first", "second"), [("audio", "audio"), ("audio", "video"), ("video", "audio")])
def test_a_call_beside_another_is_two_at_once(world: World, first: str, second: str) -> None:
    """Only two videos counted: whoever wrote audio for one of them talked to two patients at once."""
    one = world.open_consultation(PATIENT, mode=first)
    other = world.open_consultation(PATIENT2, mode=second)
    world.wait(300)
    leaves = [world.close_consultation(each) for each in (one, other)]
    assert world.issue(one, leaves[0]).codes[0] == "CONSULT_OVERLAP"
    world.wait(60)
    assert world.issue(other, leaves[1], patient=PATIENT2).codes[0] == "CONSULT_OVERLAP"


def test_a_call_after_the_line_broke_or_was_forgotten_is_not_two_at_once(world: World) -> None:
    world.open_consultation(mode="audio")
    world.wait(60)
    again = world.open_consultation(mode="video")
    world.wait(300)
    assert world.issue(again, world.close_consultation(again)).codes == ()
    world.open_consultation(PATIENT2, mode="audio")
    world.wait(3600)
    later, leaf = world.consult(PATIENT3, mode="audio")
    assert world.issue(later, leaf, patient=PATIENT3).codes == ()


@pytest.mark.parametrize("beside", ["text", "counter"])
@pytest.mark.parametrize("mode", ["video", "audio", "text", "counter"])
def test_text_beside_video_does_not_overlap(world: World, beside: str, mode: str) -> None:
    """Nor does a visit at the counter: patients go for a test and come back."""
    world.open_consultation(PATIENT2, mode=beside)
    consultation, after = world.consult(PATIENT, mode=mode)
    at_counter = {"clinical": {"business_type": "01"}} if mode == "counter" else {}
    assert world.issue(consultation, after, **at_counter).codes == ()
