"""S44: a record that cannot be of this patient is asked about before it counts, where the rulebook asks."""

from __future__ import annotations

import json

import pytest

from contracts import keys
from tests.contracts.office import rulebook_of_before
from tests.contracts.world import DOCTOR, H1, World

ELSEWHERE = {"business_type": "01", "long_term": False}
# Neighbours in a drop-down, of the two published cases: what was chosen, and what was meant.
CHOSEN = [("73.0", "Z31.800", "K29.500"), ("86.0", "Z31.200", "K22.900")]


@pytest.fixture
def world() -> World:
    made = World()
    rulebook_of_before(made, sex_age_confirmation_required=1)
    return made


def written(
    world: World, age: str, code: str, sex: str = "2", confirmed: str = "", **more: str
) -> tuple[str, ...]:
    clinical = {**ELSEWHERE, "diagnoses": [{"code": code}]}
    if confirmed:
        clinical["diagnosis_confirmed"] = confirmed
    patient = {"patient": {"age": age, "sex": sex}}
    return world.issue(clinical=clinical, line={"days": "5"}, disclosures=patient, **more).codes


@pytest.mark.parametrize(("age", "chosen", "meant"), CHOSEN)
def test_a_slip_in_a_drop_down_waits_for_its_correction_and_names_nobody(
    world: World, age: str, chosen: str, meant: str
) -> None:
    assert written(world, age, chosen) == ("SEX_AGE_UNCONFIRMED",)
    refused = world.last_id
    assert world.last is not None and world.last.outcome == "refused"
    assert "signers" not in json.loads(world.last.entry or b"")["refused"]
    assert (keys.trips(DOCTOR) in world.state, keys.scores(DOCTOR) in world.state) == (False, False)
    assert json.loads(world.state[keys.tickets(H1)]) == {"opened": 1, "closed": 0}
    assert written(world, age, meant, corrects=refused) == ()
    assert json.loads(world.state[keys.tickets(H1)]) == {"opened": 1, "closed": 1}


@pytest.mark.parametrize(("age", "chosen"), [one[:2] for one in CHOSEN])
def test_who_confirms_it_after_a_second_look_is_asked_no_more(world: World, age: str, chosen: str) -> None:
    assert written(world, age, chosen, confirmed="供卵，已核对身份证") == ("SEX_AGE_CONFIRMED",)
    assert world.last is not None and world.last.outcome == "accepted"


@pytest.mark.parametrize("word", ["-", "无", "未知"])
def test_a_placeholder_is_no_second_look(world: World, word: str) -> None:
    assert written(world, "86.0", "Z31.200", confirmed=word) == ("SEX_AGE_UNCONFIRMED",)


@pytest.mark.parametrize(
    ("age", "code", "sex", "codes"),
    [
        ("60.9", "Z31.200", "2", ()),
        ("61.0", "Z31.200", "2", ("SEX_AGE_UNCONFIRMED",)),
        ("40.0", "N40.x00", "2", ("SEX_AGE_UNCONFIRMED",)),
        ("40.0", "N40.x00", "1", ()),
        ("40.0", "N80.000", "2", ()),
        ("40.0", "N80.000", "1", ("SEX_AGE_UNCONFIRMED",)),
    ],
)
def test_the_first_year_and_the_other_sex_are_asked_about_and_nobody_else(
    world: World, age: str, code: str, sex: str, codes: tuple[str, ...]
) -> None:
    assert written(world, age, code, sex) == codes


def test_what_is_proposed_is_told_with_the_question(world: World) -> None:
    rulebook_of_before(world, sex_age_confirmation_required=1, diagnoses_confusable=["Z31.200=K22.900"])
    assert written(world, "86.0", "Z31.200") == ("SEX_AGE_UNCONFIRMED",)
    assert world.last is not None
    assert [one.told for one in world.last.findings] == [{"member": "age", "proposed": "K22.900"}]


def test_where_the_rulebook_does_not_ask_it_stays_a_flag() -> None:
    world = World()
    assert written(world, "86.0", "Z31.200") == ("SEX_AGE_IMPLAUSIBLE",)
    assert world.last is not None and world.last.outcome == "accepted"
