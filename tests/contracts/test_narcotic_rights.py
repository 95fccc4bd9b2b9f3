"""LICENCE-10: an officer registers who may handle narcotics, and nobody else does."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.office import rulebook
from tests.contracts.world import DOCTOR, PHARMACIST, YS1, YS2, World, code, drug

MORPHINE, DIAZEPAM, PRODUCT = "XN02AAA1", "XN05BAA1", "8990100"
AT_THE_COUNTER = {"business_type": "01", "long_term": False, "diagnoses": [{"code": "R52.000"}]}


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    for name, class_ in ((MORPHINE, "narcotic"), (DIAZEPAM, "psychotropic_2")):
        made.put(keys.drug("part", name), drug(name, PRODUCT, 20, "片", form="片剂", **{"class": class_}))
    made.put(keys.product("part", PRODUCT), {"drug": MORPHINE, "level": 1})
    made.receive([code(PRODUCT, 1)], drug=MORPHINE)
    return made


def license_(world: World, person: str, *classes: str) -> None:
    """Register a person's licence anew, with these drug classes."""
    world.put(keys.licence(person), {**world.record(keys.licence(person)), "drug_classes": list(classes)})


def issue(world: World, drug_code: str = MORPHINE, **given: Any) -> Decision:
    return world.issue(line={"drug": drug_code, "days": "3"}, clinical=AT_THE_COUNTER, **given)


def sell(world: World, rx: str) -> Decision:
    return world.sell(rx, [code(PRODUCT, 1)], drug=MORPHINE)


def ready(world: World) -> str:
    issue(world)
    rx = world.last_id
    world.wait(60)
    assert (world.approve(rx).codes, world.claim(rx).codes, world.review(rx).codes) == ((), (), ())
    return rx


def test_whose_licence_names_no_narcotics_neither_prescribes_nor_hands_them_out(world: World) -> None:
    """The classes of a licence were registered, and nothing read them."""
    license_(world, DOCTOR, "psychotropic_1")
    assert issue(world).codes == ("LICENCE_SCOPE",)
    license_(world, DOCTOR)
    refused = issue(world)
    assert refused.codes == ("LICENCE_SCOPE",)
    assert [finding.rule for finding in refused.findings] == ["LICENCE-10"]
    license_(world, DOCTOR, "narcotic")
    rx = ready(world)
    license_(world, YS2)
    assert sell(world, rx).codes == ("LICENCE_SCOPE",)


def test_who_approves_needs_the_right_and_who_refuses_does_not(world: World) -> None:
    issue(world)
    rx = world.last_id
    license_(world, PHARMACIST)
    assert world.approve(rx).codes == ("LICENCE_SCOPE",)
    assert world.approve(rx, decision="refused").codes == ()


def test_a_second_reviewer_without_the_right_approves_nothing(world: World) -> None:
    issue(world)
    rx = world.last_id
    world.wait(60)
    world.approve(rx)
    world.claim(rx)
    license_(world, YS2)
    assert world.review(rx).codes == ("LICENCE_SCOPE",)
    license_(world, YS1, "narcotic")  # the colleague's right is no other's
    assert world.review(rx).codes == ("LICENCE_SCOPE",)


def test_a_licence_that_names_the_class_gives_the_right(world: World) -> None:
    for person in (DOCTOR, PHARMACIST, YS1, YS2):
        license_(world, person, "narcotic", "psychotropic_1")
    assert sell(world, ready(world)).codes == ()


def test_a_licence_without_classes_says_nothing_of_them(world: World) -> None:
    assert "drug_classes" not in world.record(keys.licence(DOCTOR))
    assert sell(world, ready(world)).codes == ()


def test_other_classes_take_no_right_of_their_own(world: World) -> None:
    license_(world, DOCTOR)
    assert issue(world, DIAZEPAM).codes == ()


def test_the_classes_are_those_of_the_prescriptions_day(world: World) -> None:
    for person in (DOCTOR, PHARMACIST, YS1, YS2):
        license_(world, person)
    rulebook(world, narcotic_classes=[])
    rx = ready(world)
    rulebook(world, narcotic_classes=["narcotic"])
    assert sell(world, rx).codes == ()
    world.wait(600)
    assert "LICENCE_SCOPE" in issue(world).codes
