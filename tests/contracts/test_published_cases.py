"""S44: what looked like fraud in the published cases was a slip in a drop-down: nobody is accused of it."""

from __future__ import annotations

import json

import pytest

from contracts import keys
from tests.contracts.office import rulebook_of_before
from tests.contracts.world import DOCTOR, OFFICERS, REGULATOR, World

# A drop-down that is searched by the initials of the words: SGNSJ finds both.
SGNSJ = {"试管内受精": "Z31.200", "食管内视镜检查后": "K22.900"}
ELSEWHERE = {"business_type": "01", "long_term": False}


@pytest.fixture
def world() -> World:
    return World()


def written(world: World, word: str, age: str) -> tuple[str, ...]:
    clinical = {**ELSEWHERE, "diagnoses": [{"code": SGNSJ[word]}]}
    return world.issue(clinical=clinical, age=age, line={"days": "5"}).codes


@pytest.mark.parametrize("age", ["73.0", "86.0"])
def test_the_neighbour_of_the_same_initials_is_a_fault_of_data_and_of_nobody(world: World, age: str) -> None:
    assert written(world, "试管内受精", age) == ("SEX_AGE_IMPLAUSIBLE",)
    assert world.last is not None and world.last.outcome == "accepted"
    [flag] = json.loads(world.last.entry or b"")["verdict"]["flags"]
    assert (flag["class"], flag["rule"]) == ("DATA_QUALITY", "CLINICAL-12")
    [finding] = world.last.findings
    assert finding.told == {"member": "age", "proposed": SGNSJ["食管内视镜检查后"]}
    assert keys.trips(DOCTOR) not in world.state and keys.scores(DOCTOR) not in world.state
    assert written(world, "食管内视镜检查后", age) == (), "what was meant is written as ever"


def test_who_may_have_the_treatment_is_asked_nothing(world: World) -> None:
    assert written(world, "试管内受精", "34.0") == ()


def test_what_a_rulebook_knows_to_be_mistaken_is_proposed_and_nothing_else(world: World) -> None:
    confusable = ["N80.000=N18.900", "N97.900=", "no pair"]
    rulebook_of_before(world, diagnoses_confusable=confusable)
    for code, sex, told in (
        ("N80.000", "1", {"member": "sex", "proposed": "N18.900"}),
        ("N97.900", "1", {"member": "sex"}),
        ("Z31.200", "2", {"member": "age"}),
    ):
        clinical = {**ELSEWHERE, "diagnoses": [{"code": "E11.900"}, {"code": code}]}
        patient = {"patient": {"age": "73.0", "sex": sex}}
        world.issue(clinical=clinical, line={"days": "5"}, disclosures=patient)
        assert world.last is not None
        assert [one.told for one in world.last.findings] == [told]


@pytest.mark.parametrize(
    ("confusable", "sex", "told"),
    [
        (["Z31.200=K22.900", "Z31.200=K22.800"], "2", {"proposed": "K22.900", "also_proposed": "K22.800"}),
        (["Z31.200=N97.900", "Z31.200=K22.800"], "2", {"proposed": "K22.800"}),  # not at 73 either
        (["Z31.200=N80.000", "Z31.200=K22.800"], "1", {"proposed": "K22.800"}),  # nor for a man
        (["Z31.200=N80.000", "Z31.200=K22.800"], "2", {"proposed": "N80.000", "also_proposed": "K22.800"}),
        (["Z31.200=n97.900"], "2", {}),
        (["z31.200=K22.x00"], "2", {"proposed": "K22.x00"}),  # as lists of the insurance write codes
    ],
)
def test_each_that_may_have_been_meant_is_proposed_and_what_fits_no_better_is_not(
    world: World, confusable: list[str], sex: str, told: dict[str, str]
) -> None:
    """The last line of a code took the others' place, and a man was asked whether he meant 子宫内膜异位症."""
    parameters = {"diagnoses_confusable": confusable}
    world.act("governance.rulebook", REGULATOR, OFFICERS, {"version": "v", "parameters": parameters})
    clinical = {**ELSEWHERE, "diagnoses": [{"code": "Z31.200"}]}
    patient = {"patient": {"age": "73.0", "sex": sex}}
    world.issue(clinical=clinical, line={"days": "5"}, disclosures=patient)
    assert world.last is not None
    [finding] = world.last.findings
    assert finding.told == {"member": "age", **told}
