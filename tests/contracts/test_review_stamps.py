"""REVIEW: a review is work, not a stamp; what one visit brings, and a backlog, is read together (S7)."""

from __future__ import annotations

import pytest

from contracts import keys
from tests.contracts.world import (
    H1,
    OSELTAMIVIR,
    PATIENT,
    PATIENT2,
    PATIENT3,
    PHARMACIST,
    World,
)


@pytest.fixture
def world() -> World:
    return World()


def _review(world: World, rx: str, opinion: str) -> tuple[str, ...]:
    members = {"rx": rx, "reviewer": PHARMACIST, "decision": "approved"}
    return world.act("review.hospital", H1, (PHARMACIST,), members, {"clinical": {"opinion": opinion}}).codes


@pytest.mark.parametrize(
    ("gap_s", "opinion", "flagged"), [(4.999, "同意", True), (5, "同意", False), (1, "不同意", False)]
)
def test_the_same_text_seconds_later_is_a_stamp(
    world: World, gap_s: float, opinion: str, flagged: bool
) -> None:
    world.issue()
    first = world.last_id
    world.issue(patient=PATIENT2)
    second = world.last_id
    assert _review(world, first, "同意") == ()
    world.wait(gap_s)
    assert _review(world, second, opinion) == (("REVIEW_RUBBER_STAMP",) if flagged else ())


@pytest.mark.parametrize(
    ("first", "second", "flagged"),
    [
        ("同意", "同意。", True),
        ("同意", "同 意", True),
        ("同意！", "“同意”\u3000…", True),
        ("同意", "同\u200b意", True),
        ("OK", "O.K.", True),
        ("", "。", True),
        ("。", "！", True),
        ("同意", "", False),
        ("同意", "同意1", False),
        ("剂量5", "剂量6", False),
        ("血钾<5", "血钾>5", False),
        ("OK", "ok", False),
        ("हाँ", "हूँ", False),
    ],
)
def test_a_blank_or_a_full_stop_makes_no_new_opinion(
    world: World, first: str, second: str, flagged: bool
) -> None:
    """同意 and 同意。 in turn were two opinions, and no stamp."""
    named = []
    for patient in (PATIENT, PATIENT2):
        world.issue(patient=patient)
        named.append(world.last_id)
    assert _review(world, named[0], first) == ()
    world.wait(1)
    assert _review(world, named[1], second) == (("REVIEW_RUBBER_STAMP",) if flagged else ())


@pytest.mark.parametrize(("gap_s", "flagged"), [(0.2, True), (4.999, True), (5, False), (180, False)])
def test_the_laziest_stamp_says_nothing_at_all(world: World, gap_s: float, flagged: bool) -> None:
    """Three reviews in 0.4 s without a word were accepted, and D003 without an opinion is just that."""
    named = []
    for patient in (PATIENT, PATIENT2, PATIENT3):
        world.issue(patient=patient)
        named.append(world.last_id)
        world.wait(60)
    codes = [_review(world, named[0], "")]
    for rx in named[1:]:
        world.wait(gap_s)
        codes.append(_review(world, rx, ""))
    assert codes == [(), *[("REVIEW_RUBBER_STAMP",) if flagged else ()] * 2]


def _two(world: World, one_visit: bool) -> tuple[str, str]:
    seen = world.consult()
    world.issue(*seen, number="R1")
    first = world.last_id
    other = {"drug": OSELTAMIVIR, "days": "5", "unit": "盒"}
    world.issue(*(seen if one_visit else world.consult()), number="R2", line=other)
    return first, world.last_id


@pytest.mark.parametrize(("one_visit", "flagged"), [(True, False), (False, True)])
def test_two_prescriptions_of_one_visit_are_read_together(
    world: World, one_visit: bool, flagged: bool
) -> None:
    first, second = _two(world, one_visit)
    assert _review(world, first, "同意") == ()
    world.wait(1)
    assert _review(world, second, "同意") == (("REVIEW_RUBBER_STAMP",) if flagged else ())


@pytest.mark.parametrize(
    ("apart_s", "late_s", "flagged"),
    [(1_000, 3_600, False), (5, 3_600, False), (4, 3_600, True), (1_000, 0, True), (100, 400, False)],
)
def test_a_backlog_of_reviews_is_judged_by_when_they_were_signed(
    world: World, apart_s: int, late_s: int, flagged: bool
) -> None:
    """Two signed a quarter of an hour apart came together after an outage, and were called a stamp."""
    first, second = _two(world, one_visit=False)
    world.wait(2 * late_s)
    arrived_s = world.now_ms // 1000
    for rx, ago_s, expected in ((first, late_s + apart_s, ()), (second, late_s, flagged)):
        members = {"rx": rx, "reviewer": PHARMACIST, "decision": "approved"}
        told = {"clinical": {"opinion": ""}}
        iat = arrived_s - (ago_s if late_s else 0)
        codes = world.act("review.hospital", H1, (PHARMACIST,), members, told, iat=iat).codes
        assert codes == (("REVIEW_RUBBER_STAMP",) if expected else ())
        world.wait(1)


@pytest.mark.parametrize(("gap_s", "flagged"), [(2.4, True), (2.5, False)])
def test_another_text_in_between_does_not_hide_a_stamp(world: World, gap_s: float, flagged: bool) -> None:
    """One of 113 stamps of a generated year was missed: the pair had reviewed something else between."""
    named = []
    for _ in range(3):
        world.issue()
        named.append(world.last_id)
    assert _review(world, named[0], "同意") == ()
    world.wait(gap_s)
    assert _review(world, named[1], "剂量已核对") == ()
    world.wait(gap_s)
    assert _review(world, named[2], "同意") == (("REVIEW_RUBBER_STAMP",) if flagged else ())


def test_a_reviewer_is_remembered_for_seconds_only(world: World) -> None:
    for _ in range(40):
        world.issue()
        _review(world, world.last_id, "同意")
        world.wait(6)
    assert len(world.record(keys.last_reviews(PHARMACIST))["recent"]) == 1
