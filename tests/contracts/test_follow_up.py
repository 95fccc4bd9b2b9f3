"""R10, S6: an online prescription follows an earlier record, and the illness that it says."""

from __future__ import annotations

import pytest

from contracts import keys
from tests.contracts.world import OFFICERS, REGULATOR, World

EMR = "990000EMR9001"
MISSING, NOTED = ("PRIOR_RECORD_MISSING",), ("DIAGNOSIS_NOT_PRIOR",)
COUNTER = {"business_type": "01"}


@pytest.fixture
def world() -> World:
    return World()


def require(world: World, **parameters: int) -> None:
    members = {"version": "1", "parameters": {"prior_record_required": 1, **parameters}}
    world.act("governance.rulebook", REGULATOR, OFFICERS, members)


def issued(world: World, record: str = EMR, **clinical: object) -> tuple[str, ...]:
    mode = "counter" if clinical.get("business_type") == "01" else "video"
    opened = world.open_consultation(mode=mode, prior_record=record)
    world.wait(360)
    return world.issue(opened, world.close_consultation(opened), clinical=clinical).codes


def said(*codes: str) -> dict[str, object]:
    return {"prior_diagnoses": [{"code": code} for code in codes]}


@pytest.mark.parametrize("record", ["", "未知", "无", "-"])
def test_where_the_area_asks_for_it_a_follow_up_names_the_record_that_it_follows(
    world: World, record: str
) -> None:
    """A placeholder is no record either. The record was refused for its data: nobody is accused."""
    assert issued(world, record) == ()
    require(world)
    assert issued(world, record) == MISSING
    assert world.last is not None and world.last.outcome == "refused"
    assert {one.class_ for one in world.last.findings} == {"DATA_QUALITY"}


@pytest.mark.parametrize(
    ("record", "codes"),
    [
        *((word, MISSING) for word in ("x", "1", "。1。", "没有", "没有。", "无病历", "初诊", "首诊", "000")),
        *((number, ()) for number in ("12", "x1", "00-1", "病历1", "初诊990000EMR1")),
    ],
)
def test_a_word_for_none_is_no_record(world: World, record: str, codes: tuple[str, ...]) -> None:
    """`x` stood for the earlier record of every patient."""
    assert issued(world, record) == ()
    require(world)
    assert issued(world, record) == codes


def test_a_consultation_that_can_lead_to_nothing_says_so_at_once(world: World) -> None:
    """It was accepted without a word, and the visit had to be held again after the prescription's refusal."""
    require(world)
    world.open_consultation(prior_record="")
    assert world.last is not None and world.last.outcome == "accepted"
    assert (world.last.codes, world.last.findings[0].class_) == (("PRIOR_RECORD_UNNAMED",), "NOTICE")


@pytest.mark.parametrize("named", [{"prior_record": EMR}, {"prior_record": "", "mode": "counter"}])
def test_who_names_the_record_or_comes_to_the_counter_is_told_nothing(
    world: World, named: dict[str, str]
) -> None:
    require(world)
    world.open_consultation(**named)
    assert world.last is not None and world.last.codes == ()


def test_a_consultation_of_older_software_is_not_asked(world: World) -> None:
    """What it wrote does not say whether a record was named: patients in the waiting room were sent away."""
    opened = world.open_consultation(prior_record="")
    key = keys.consultation_content(opened)
    world.put(key, {name: value for name, value in world.record(key).items() if name != "prior_record"})
    require(world)
    world.wait(360)
    assert world.issue(opened, world.close_consultation(opened)).codes == ()


def test_of_an_earlier_diagnosis_only_what_is_compared_is_kept(world: World) -> None:
    world.prior = said("B20.900", "e11.900", "E10.100")
    opened = world.open_consultation()
    assert world.record(keys.consultation_content(opened))["prior_diagnoses"] == ["B", "E"]


def test_whole_codes_that_were_kept_before_are_compared_by_their_first_characters(world: World) -> None:
    opened = world.open_consultation()
    key = keys.consultation_content(opened)
    world.put(key, {**world.record(key), "prior_diagnoses": ["e10.100"]})
    world.wait(360)
    assert world.issue(opened, world.close_consultation(opened)).codes == ()


def test_a_follow_up_that_names_its_record_is_accepted(world: World) -> None:
    require(world)
    world.prior = said("E11.900")
    assert issued(world) == ()


def test_at_the_counter_nobody_asks_for_an_earlier_record(world: World) -> None:
    require(world)
    assert issued(world, "", **COUNTER) == ()


def test_another_illness_than_the_record_says_is_a_notice(world: World) -> None:
    world.prior = said("I10.x00", "J45.900")
    assert issued(world) == NOTED
    assert world.last is not None and world.last.outcome == "accepted"
    assert {one.class_ for one in world.last.findings} == {"NOTICE"}


def test_one_related_diagnosis_is_enough(world: World) -> None:
    world.prior = said("I10.x00", "e14.900")
    assert issued(world, diagnoses=[{"code": "E11.900"}, {"code": "J45.900"}]) == ()


def test_at_the_counter_a_new_illness_is_no_matter(world: World) -> None:
    world.prior = said("I10.x00")
    assert issued(world, **COUNTER) == ()


@pytest.mark.parametrize(
    ("characters", "prior", "codes"),
    [(1, "E78.500", ()), (3, "E11.200", ()), (3, "E10.900", NOTED), (3, "E78.500", NOTED)],
)
def test_how_alike_two_diagnoses_are_is_the_rulebooks(
    world: World, characters: int, prior: str, codes: tuple[str, ...]
) -> None:
    require(world, prior_code_characters=characters)
    world.prior = said(prior)
    assert issued(world) == codes


def test_a_record_without_diagnoses_is_compared_with_nothing(world: World) -> None:
    assert issued(world) == ()


def test_without_a_consultation_the_record_is_not_asked_for(world: World) -> None:
    """One fault, one answer: what is missing is the consultation."""
    require(world)
    assert world.issue("0" * 64, "0" * 64).codes == ("CONSULT_NOT_OPEN",)
