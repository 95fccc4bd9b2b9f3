"""Two versions side by side: a prescription is judged by the version of its day, wherever it goes."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys
from contracts.time import to_text
from tests.contracts.office import freeze, rulebook
from tests.contracts.world import DRUGS, METFORMIN, OFFICERS, P1, REGULATOR, World, code, drug

DAY = 86_400


@pytest.fixture
def world() -> World:
    world = World()
    world.open_duties()
    return world


@pytest.mark.parametrize("days", [1, 365])
def test_a_version_is_remembered_for_as_long_as_its_prescriptions_are_asked_about(
    world: World, days: int
) -> None:
    """With two new versions in one day the prescription's own was forgotten, and the defaults judged."""
    monitor_all(world)
    rulebook(world, video_confirmation=1, validity_days_max=400)
    world.wait(1)
    world.issue(validity_days=400)
    old = world.last_id
    for _ in range(3):
        world.wait(days * DAY / 3)
        rulebook(world)
    assert world.approve(old).codes == ("VIDEO_CONFIRMATION_MISSING",)


def test_what_was_replaced_more_than_a_year_ago_is_forgotten(world: World) -> None:
    for _ in range(3):
        rulebook(world)
        world.wait(366 * DAY)
    assert len(world.record(keys.RULEBOOK)["versions"]) == 2
    rulebook(world)
    assert len(world.record(keys.RULEBOOK)["versions"]) == 2


def enforce(world: World, drugs: list[dict[str, Any]]) -> None:
    """From now on the knowledge base has these drugs and no others."""
    found = world.record(keys.KNOWLEDGE)["versions"]
    name = f"kb{len(found)}"
    world.put(keys.KNOWLEDGE, {"versions": [*found, {"id": name, "from": world.now_ms}]})
    world.put(keys.knowledge(name), {"parts": [name]})
    world.put(keys.part(name), {"drugs": len(drugs), "classes": sorted({one["class"] for one in drugs})})
    for one in drugs:
        world.put(keys.drug(name, one["code"]), one)
        for level in one["levels"]:
            world.put(keys.product(name, level["product"]), {"drug": one["code"], "level": level["level"]})


def monitor_all(world: World) -> None:
    enforce(world, [{**one, "monitored": True} for one in DRUGS])


def delist(world: World, gone: str) -> None:
    enforce(world, [one for one in DRUGS if one["code"] != gone])


def test_a_review_asks_of_an_old_prescription_what_its_own_rulebook_asked(world: World) -> None:
    monitor_all(world)
    world.wait(1)
    world.issue()
    old = world.last_id
    world.wait(1)
    rulebook(world, video_confirmation=1)
    world.wait(1)
    world.issue()
    assert world.approve(world.last_id).codes == ("VIDEO_CONFIRMATION_MISSING",)
    assert world.approve(old).codes == ()


def test_a_drug_that_became_monitored_yesterday_is_not_on_last_weeks_prescription(world: World) -> None:
    rulebook(world, video_confirmation=1)
    world.wait(1)
    world.issue()
    old = world.last_id
    world.wait(1)
    monitor_all(world)
    world.wait(1)
    world.issue()
    assert world.approve(world.last_id).codes == ("VIDEO_CONFIRMATION_MISSING",)
    assert world.approve(old).codes == ()


@pytest.mark.parametrize(("before", "after", "codes"), [(31, 3, ()), (3, 31, ("SUPPLY_QUANTITY",))])
def test_a_sale_is_capped_as_on_the_day_of_its_prescription(
    world: World, before: int, after: int, codes: tuple[str, ...]
) -> None:
    """A patient with two boxes prescribed stands at the counter: a cap changed overnight is not hers."""
    packs = [code("8990002", n) for n in (1, 2)]
    world.receive(packs)
    rulebook(world, supply_quantity_days_max=before)
    world.wait(1)
    rx = world.ready(line={"quantity": "2", "days": "7"}, clinical={"long_term": False})
    rulebook(world, supply_quantity_days_max=after)
    world.wait(1)
    assert world.sell(rx, packs).codes == codes


def test_knowledge_whose_last_part_comes_late_was_not_in_force_before(world: World) -> None:
    """Once its part was there, the drug had been struck off before the sale: a box of sixty was one unit."""
    packs = [code("8990002", n) for n in range(1, 4)]
    world.receive(packs)
    late = {"knowledge": "late", "drugs": [one for one in DRUGS if one["code"] != METFORMIN], "recalls": []}
    part = world.facts("governance.knowledge_part", REGULATOR, OFFICERS, late)
    world.act("governance.knowledge", REGULATOR, OFFICERS, {"version": "late", "parts": [part.statement_id]})
    world.wait(1)
    rx = world.ready()
    world.wait(1)
    assert world.run(part).codes == ()
    world.wait(1)
    assert world.sell(rx, packs).codes == ("QTY_EXCEEDS_RX",)
    assert world.sell(rx, packs[:1]).codes == ()


def test_a_version_announced_for_later_judges_nothing_until_then(world: World) -> None:
    tomorrow = to_text(world.now_ms + DAY * 1000)
    members = {"version": "next", "parameters": {"video_confirmation": 1}, "effective_from": tomorrow}
    assert world.act("governance.rulebook", REGULATOR, OFFICERS, members).codes == ()
    monitor_all(world)
    world.issue()
    before = world.last_id
    world.wait(DAY)
    assert world.approve(before).codes == ()


def test_of_a_drug_struck_off_the_list_no_more_is_sold_than_was_prescribed(world: World) -> None:
    """One box of sixty became sixty boxes of one, because nobody knew any longer what a box holds."""
    packs = [code("8990002", n) for n in (1, 2)]
    world.receive(packs)
    rx = world.ready()
    delist(world, METFORMIN)
    world.wait(1)
    assert world.sell(rx, packs).codes == ("QTY_EXCEEDS_RX",)
    two = [{"code": pack, "line": 0} for pack in packs]
    one_box = [{"drug": METFORMIN, "quantity": "60", "unit": "片"}]
    assert world.sell(rx, packs, lines=one_box, listed=two).codes == ("TRACE_COUNT_MISMATCH",)
    assert world.sell(rx, packs[:1]).codes == ()
    assert world.sell(rx, packs[1:]).codes == ("RX_ALREADY_DISPENSED",)


def test_of_a_drug_struck_off_the_list_no_other_is_sold_in_its_place(world: World) -> None:
    other, carton = code("8990007", 1), code("8890002", 1)
    world.receive([other, carton])
    rx = world.ready()
    delist(world, METFORMIN)
    world.wait(1)
    assert world.sell(rx, [other]).codes == ("TRACE_PRODUCT_MISMATCH",)
    assert world.sell(rx, [carton]).codes == ("TRACE_LEVEL",)


def test_a_drug_struck_off_the_list_is_frozen_while_it_is_still_sold(world: World) -> None:
    """What is wrong with a drug is often why it was struck off; prescriptions of it go on."""
    pack = code("8990002", 1)
    world.receive([pack])
    rx = world.ready()
    delist(world, METFORMIN)
    world.wait(1)
    assert freeze(world, P1, "drug", drug=METFORMIN).codes == ()
    assert world.sell(rx, [pack]).codes == ("STATE_FROZEN",)


def test_a_class_of_which_the_last_drug_was_struck_off_is_frozen_while_it_is_still_sold(
    world: World,
) -> None:
    pack = code("8990002", 1)
    world.receive([pack])
    rx = world.ready()
    enforce(world, [{**one, "class": "psychotropic_2"} for one in DRUGS if one["code"] != METFORMIN])
    world.wait(1)
    assert freeze(world, P1, "drug_class", drug_class="ordinary").codes == ()
    assert world.sell(rx, [pack]).codes == ("STATE_FROZEN",)


def test_a_class_of_which_the_first_drug_is_announced_may_be_frozen_before(world: World) -> None:
    """Freezes last for weeks; a version announced for the next day is on the ledger."""
    assert freeze(world, P1, "drug_class", drug_class="toxic").codes == ("CODE_UNKNOWN",)
    part = {"drugs": [{**drug("XV03TOX001", "8990099", 1, "盒"), "class": "toxic"}], "recalls": []}
    assert world.act("governance.knowledge_part", REGULATOR, OFFICERS[:1], part).codes == ()
    announced = {"version": "2", "effective_from": "2027-01-01T00:00:00Z", "parts": [world.last_id]}
    assert freeze(world, P1, "drug_class", drug_class="toxic").codes == ("CODE_UNKNOWN",), "of no version"
    assert world.act("governance.knowledge", REGULATOR, OFFICERS, announced).codes == ()
    assert freeze(world, P1, "drug_class", drug_class="toxic").codes == ()


def test_a_class_cannot_be_looked_up_in_a_part_of_older_software(world: World) -> None:
    """Whatever is frozen there is taken as it is written: officers go on as before."""
    world.put(keys.part("part"), {"drugs": len(DRUGS)})
    assert freeze(world, P1, "drug_class", drug_class="toxic").codes == ()


def test_a_drug_struck_off_the_list_covers_the_patient_for_as_long_as_ever(world: World) -> None:
    packs = [code("8990002", n) for n in (1, 2, 3, 4)]
    world.receive(packs)
    rx, again = (world.ready(line={"quantity": "2"}) for _ in range(2))
    delist(world, METFORMIN)
    world.wait(1)
    assert world.sell(rx, packs[:2]).codes == ()
    world.wait(60)
    assert world.sell(again, packs[2:]).codes == ("SUPPLY_COVERED",)


@pytest.mark.parametrize("units", [30, 120])
def test_a_box_holds_what_it_held_when_it_was_prescribed(world: World, units: int) -> None:
    """A list that corrects what a box holds makes neither two boxes of one nor none of it."""
    packs = [code("8990002", n) for n in (1, 2)]
    world.receive(packs)
    rx = world.ready()
    enforce(world, [drug(METFORMIN, "8990002", units, "片")])
    world.wait(1)
    assert world.sell(rx, packs).codes == ("QTY_EXCEEDS_RX",)
    assert world.sell(rx, packs[:1]).codes == ()
    assert world.sell(rx, packs[1:]).codes == ("RX_ALREADY_DISPENSED",)


@pytest.mark.parametrize("what", ["classes", "scopes", "drug"])
def test_who_reviews_chinese_medicine_is_asked_as_on_the_day_of_the_prescription(
    world: World, what: str
) -> None:
    """A pharmacist who may review what lies before him is not refused for what was decided overnight."""
    asked = {"tcm_classes": ["herbal"], "tcm_pharmacist_scopes": ["中药"], "tcm_departments": ["内分泌科"]}
    herbal = [{**one, "class": "herbal"} for one in DRUGS]
    if what != "drug":
        enforce(world, herbal)
    if what == "scopes":
        rulebook(world, **{**asked, "tcm_pharmacist_scopes": ["dispensing"]})
    if what == "drug":
        rulebook(world, **asked)
    world.wait(1)
    world.issue()
    old = world.last_id
    world.wait(1)
    if what != "drug":
        rulebook(world, **asked)
    else:
        enforce(world, herbal)
    world.wait(1)
    world.issue()
    assert world.approve(world.last_id).codes == ("LICENCE_SCOPE",)
    assert world.approve(old).codes == ()
