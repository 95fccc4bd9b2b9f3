"""One substance is one drug for the patient, whoever made and packed it."""

from __future__ import annotations

import csv
import io
from importlib import resources
from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from contracts.substance import substance
from contracts.time import to_text
from tests.contracts.office import freeze, midnight
from tests.contracts.world import (
    METFORMIN,
    OSELTAMIVIR,
    P1,
    P2,
    PATIENT,
    PATIENT2,
    PATIENT3,
    SEMAGLUTIDE,
    YS1,
    YS2,
    YS3,
    World,
    code,
)

OTHER, OTHER_MAKER = f"{METFORMIN}A001010029999", f"{METFORMIN}A001010021234"
DAY_MS = 86_400_000
BOX_DAYS = 12  # a box of metformin at the label's maximum
PACK = {METFORMIN: code("8990002", 1), OTHER: code("8990021", 1), OTHER_MAKER: code("8990022", 1)}
STRONG = code("8990023", 1)  # a box of a higher strength
PACK_OF_OSELTAMIVIR, PEN = code("8990007", 1), f"{SEMAGLUTIDE}B"


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    for drug in (OTHER, OTHER_MAKER):
        product = PACK[drug][:7]
        level = {"product": product, "level": 1, "units": 60, "unit": "片"}
        known = made.record(keys.drug("part", METFORMIN))
        made.put(keys.drug("part", drug), {**known, "code": drug, "levels": [level]})
        made.put(keys.product("part", product), {"drug": drug, "level": 1})
    pen = made.record(keys.drug("part", SEMAGLUTIDE))
    made.put(keys.drug("part", PEN), {**pen, "code": PEN})
    for shop, by in ((P1, YS1), (P2, YS3)):
        made.receive([*PACK.values(), PACK_OF_OSELTAMIVIR], shop, by)
    return made


def _sell(world: World, drug: str, pack: str, shop: str = P1) -> Decision:
    return world.sell(world.ready(shop, line={"drug": drug}), [pack], shop, drug=drug)


@pytest.mark.parametrize(
    ("drug", "named"),
    [
        ("XA10BAE021A010010201650", "XA10BAE021"),  # the reference's own sample
        ("ZA04BAF0123010100001", "ZA04BAF0123"),
        ("XA10BAE021", "XA10BAE021"),
        ("XA10", "XA10"),
        ("local 1", "local 1"),
        ("XSLY-2025-0001", "XSLY-2025-0001"),
        ("ZYYP20250000001", "ZYYP20250000001"),
        ("XA10BAE021A0100102016509", "XA10BAE021A0100102016509"),  # a character too many
        ("", ""),
    ],
)
def test_the_name_of_a_national_code(drug: str, named: str) -> None:
    assert substance(drug) == named


def test_no_two_drugs_of_the_shipped_table_are_one_but_in_two_dosage_forms() -> None:
    """They are one for each generic name: a name that two share would make strangers one drug."""
    text = resources.files("contracts").joinpath("knowledge/drugs.csv").read_text("utf-8")
    names: dict[str, list[str]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        names.setdefault(substance(row["code"]), []).append(row["name"])
    assert [one for one in names.values() if len(one) > 1] == [["烟酰胺片", "烟酰胺注射液"]]
    assert len(names) > 70


@pytest.mark.parametrize(
    ("drug", "pack", "codes"),
    [(OTHER, PACK[OTHER], ("SUPPLY_COVERED",)), (OSELTAMIVIR, PACK_OF_OSELTAMIVIR, ())],
)
def test_another_makers_pack_is_no_way_around_what_the_patient_still_has(
    world: World, drug: str, pack: str, codes: tuple[str, ...]
) -> None:
    """T8: the same drug, bought elsewhere in another box."""
    assert _sell(world, METFORMIN, PACK[METFORMIN]).codes == ()
    rx = world.ready(P2, line={"drug": drug, "days": "5"})
    assert world.sell(rx, [pack], P2, drug=drug).codes == codes


def test_what_came_back_of_one_maker_covers_no_longer(world: World) -> None:
    rx = world.ready(line={"drug": OTHER})
    world.sell(rx, [PACK[OTHER]], drug=OTHER)
    world.give_back(rx, [PACK[OTHER]], drug=OTHER)
    assert _sell(world, METFORMIN, PACK[METFORMIN], P2).codes == ()


def _of_each(world: World, *drugs: str, long_term: bool) -> tuple[str, dict[str, Any]]:
    """A prescription of a box each, and the sale of all of it."""
    lines = [world.line(drug=drug, days="7") for drug in drugs]
    rx = world.ready(lines=lines, clinical={"long_term": long_term})
    sold = [{"drug": drug, "quantity": "1", "unit": "盒"} for drug in drugs]
    listed = [{"code": PACK.get(drug, STRONG), "line": place} for place, drug in enumerate(drugs)]
    return rx, {"identifiers": {"setl_id": "S1"}, "lines": sold, "codes": listed}


def test_two_makers_in_one_sale_cover_for_both(world: World) -> None:
    rx, told = _of_each(world, METFORMIN, OTHER, long_term=True)
    assert world.sell(rx, [], lines=told["lines"], listed=told["codes"]).codes == ()
    key = keys.supply(world.record(keys.rx_content(rx))["patient"][0], METFORMIN)
    assert [one["days_ms"] for one in world.record(key)["sales"]] == [2 * BOX_DAYS * DAY_MS]
    assert world.give_back(rx, [PACK[OTHER]], drug=OTHER).codes == ()
    assert [one["days_ms"] for one in world.record(key)["sales"]] == [BOX_DAYS * DAY_MS]


def _asked(world: World, *drugs: str) -> Decision:
    """What a sale of a box each on a short prescription is told beforehand."""
    rx, told = _of_each(world, *drugs, long_term=False)
    members = {"rx": rx, "reviewer": YS1, "preparer": YS2, "checker": YS1}
    return world.run(world.facts("dispensing.dispensed", P1, (YS1, YS2), members, told), check=True)


def test_the_cap_adds_up_the_makers(world: World) -> None:
    """A box cannot be made smaller; three boxes of three makers are as many as three of one."""
    for drugs, is_too_much in (
        ((METFORMIN,), False),
        ((METFORMIN, OTHER), False),  # 24 days
        ((METFORMIN, OTHER, OTHER_MAKER), True),  # 36
    ):
        assert ("SUPPLY_QUANTITY" in _asked(world, *drugs).codes) is is_too_much


def test_a_box_of_each_strength_cannot_be_made_smaller(world: World) -> None:
    """Two strengths that only together are the dose: neither was sold in a smaller pack."""
    strong = f"{METFORMIN}A002010029999"
    known = world.record(keys.drug("part", OTHER))
    strength = {"amount": "1.5", "unit": "g"}  # 36 days in a box
    world.put(keys.drug("part", strong), {**known, "code": strong, "strength": strength})
    assert "SUPPLY_QUANTITY" not in _asked(world, OTHER, strong).codes
    assert "SUPPLY_QUANTITY" in _asked(world, OTHER, OTHER_MAKER, strong).codes


def test_a_box_of_another_maker_after_the_first_ones_is_more_of_the_same(world: World) -> None:
    """Sold one after the other on one prescription, each looked like a single box."""
    rx, _ = _of_each(world, METFORMIN, OTHER, OTHER_MAKER, long_term=False)
    found = [world.sell(rx, [PACK[drug]], drug=drug).codes for drug in PACK]
    assert found == [(), (), ("SUPPLY_QUANTITY",)]


def test_the_outlook_tells_when_all_of_it_is_used_up(world: World) -> None:
    told = _asked(world, METFORMIN, OTHER).outlook
    assert [one["days"] for one in told] == [BOX_DAYS] * 2
    assert {one["next"] for one in told} == {to_text(midnight(world.now_ms + 2 * BOX_DAYS * DAY_MS))}


def test_the_outlook_knows_what_was_bought_of_another_maker(world: World) -> None:
    _sell(world, METFORMIN, PACK[METFORMIN])
    until_ms = world.now_ms + BOX_DAYS * DAY_MS
    [told] = _asked(world, OTHER).outlook
    assert told["covered_until"] == to_text(until_ms)
    assert told["next"] == to_text(midnight(until_ms + BOX_DAYS * DAY_MS))


def test_a_frozen_drug_is_frozen_in_every_box(world: World) -> None:
    assert freeze(world, scope="drug", drug=METFORMIN).outcome == "accepted"
    assert world.issue(line={"drug": OTHER}).codes == ("STATE_FROZEN",)
    assert world.issue(line={"drug": OSELTAMIVIR, "days": "5", "unit": "盒"}).codes == ()


def test_a_burst_of_a_monitored_drug_is_one_in_any_box(world: World) -> None:
    patients, found = (PATIENT, PATIENT2, PATIENT3), []
    seen = [world.consult(patient) for patient in patients]
    for patient, one, drug in zip(patients, seen, (SEMAGLUTIDE, PEN, SEMAGLUTIDE), strict=True):
        line = {"drug": drug, "unit": "支", "dose_unit": "mg"}
        found.append(world.issue(*one, patient=patient, line=line).codes)
        world.wait(60)
    assert found == [(), (), ("SAME_DRUG_BURST",)]


def test_one_consultation_splits_no_drug_over_two_boxes(world: World) -> None:
    seen = world.consult()
    found = []
    for drug in (METFORMIN, OTHER, OTHER_MAKER):
        found.append("SPLIT_RX" in world.issue(*seen, line={"drug": drug}).codes)
        world.wait(60)
    assert found[-1] and not found[0]
