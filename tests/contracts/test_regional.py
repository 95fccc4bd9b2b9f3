"""Where a province asks for more: its centre's number, Chinese medicine by those who know it (R21, R22)."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.world import DOCTOR, METFORMIN, OFFICERS, P1, PHARMACIST, REGULATOR, YS1, World

HUNAN = {"centre_number_required": 1, "tcm_classes": ["tcm_slices", "tcm_granules"]}


def world_under(**parameters: Any) -> World:
    world = World()
    members = {"version": "1", "parameters": parameters}
    assert world.act("governance.rulebook", REGULATOR, OFFICERS, members).codes == ()
    world.wait(1)
    world.open_duties()
    return world


@pytest.mark.parametrize(
    ("parameters", "number", "business", "codes"),
    [
        (HUNAN, "43000000000001", "02", ()),
        (HUNAN, "", "02", ("CENTRE_NUMBER_MISSING",)),
        (HUNAN, "无", "02", ("CENTRE_NUMBER_MISSING",)),
        (HUNAN, "", "01", ()),  # written in the hospital: no centre stands between
        ({}, "", "02", ()),
    ],
    ids=["through the centre", "past it", "a word for a number", "not online", "another province"],
)
def test_an_online_prescription_goes_through_the_centre(
    parameters: dict[str, Any], number: str, business: str, codes: tuple[str, ...]
) -> None:
    world = world_under(**parameters)
    assert world.issue(number=number, clinical={"business_type": business}).codes == codes


DUAL = {"centre_number_attributes": ["01"]}


@pytest.mark.parametrize(
    ("parameters", "attribute", "number", "codes"),
    [
        (DUAL, "01", "43000000000001", ()),
        (DUAL, "01", "", ("CENTRE_NUMBER_MISSING",)),
        (DUAL, "02", "", ()),
        (DUAL, None, "", ()),
        ({}, "01", "", ()),
    ],
    ids=["through the centre", "past it", "paid by out-patient funds", "not told", "nobody asks"],
)
def test_a_dual_channel_prescription_goes_through_the_centre_from_the_counter_too(
    parameters: dict[str, Any], attribute: str | None, number: str, codes: tuple[str, ...]
) -> None:
    """R21: no paper since 2025; D001 says which prescription is one (rxExraAttrCode), and nobody read it."""
    world = world_under(**parameters)
    told = {"extra_attribute": attribute} if attribute else {}
    assert world.issue(number=number, clinical={"business_type": "01", **told}).codes == codes


def test_a_missing_number_accuses_nobody_and_is_a_ticket_for_its_field() -> None:
    decision = world_under(**HUNAN).issue(number="")
    (finding,) = decision.findings
    assert (finding.class_, finding.told) == ("DATA_QUALITY", {"member": "hiRxno"})


def slices(world: World, class_: str = "tcm_slices") -> None:
    """What is prescribed in this world is a Chinese medicine of that class."""
    key = keys.drug("part", METFORMIN)
    world.put(key, {**world.record(key), "class": class_})


def licence(world: World, code: str, scope: str) -> None:
    world.put(keys.licence(code), {**world.record(keys.licence(code)), "scope": [scope]})


def write(world: World, department: str) -> Decision:
    licence(world, DOCTOR, department)
    return world.issue(clinical={"department": department})


@pytest.mark.parametrize(
    ("class_", "department", "codes"),
    [
        ("tcm_slices", "中医科", ()),
        ("tcm_slices", "内分泌科", ("LICENCE_SCOPE",)),
        ("ordinary", "内分泌科", ()),
        ("tcm_patent", "内分泌科", ()),  # a finished preparation, which every doctor may write
    ],
)
def test_slices_come_from_a_department_of_chinese_medicine(
    class_: str, department: str, codes: tuple[str, ...]
) -> None:
    world = world_under(**HUNAN)
    slices(world, class_)
    assert write(world, department).codes == codes


@pytest.mark.parametrize(
    ("department", "codes"),
    [
        *((name, ()) for name in ("中医内科", "针灸推拿科", "中医骨伤科", "中西医结合科", "中医科门诊")),
        *((name, ()) for name in ("骨伤科", "A50", "A50.08", "A52")),
        *((name, ("LICENCE_SCOPE",)) for name in ("中毒科", "骨科", "外科", "中心药房", "康复医学科", "A03")),
    ],
)
def test_a_department_of_chinese_medicine_has_the_name_that_its_hospital_gave_it(
    department: str, codes: tuple[str, ...]
) -> None:
    """Who was of any but 中医科, by that very name, was refused as outside the licence."""
    world = world_under(**HUNAN)
    slices(world)
    assert write(world, department).codes == codes


def test_a_word_without_signs_is_the_name_of_no_department() -> None:
    """No rulebook is taken with one today; a ledger of before may have one."""
    world = world_under(**HUNAN)
    (key,) = (key for key in world.state if key.startswith("pub/rulebook/"))
    record = world.record(key)
    world.put(key, {**record, "parameters": {**record["parameters"], "tcm_departments": [""]}})
    slices(world)
    assert write(world, "中医科").codes == ("LICENCE_SCOPE",)


@pytest.mark.parametrize(
    ("scope", "codes"),
    [
        *((name, ()) for name in ("中药", "中药学", "中药调剂", "执业中药师", "主管中药师")),
        *((name, ("LICENCE_SCOPE",)) for name in ("药学", "西药", "执业药师", "dispensing")),
    ],
)
def test_a_pharmacist_of_chinese_medicine_has_the_title_that_was_registered(
    scope: str, codes: tuple[str, ...]
) -> None:
    world = world_under(**HUNAN)
    slices(world)
    write(world, "中医科")
    licence(world, PHARMACIST, scope)
    assert world.approve(world.last_id).codes == codes


def test_where_no_rulebook_names_classes_every_department_may() -> None:
    world = world_under()
    slices(world)
    assert write(world, "内分泌科").codes == ()


def test_slices_are_reviewed_by_a_pharmacist_of_chinese_medicine_at_both_counters() -> None:
    world = world_under(**HUNAN)
    slices(world)
    assert write(world, "中医科").codes == ()
    rx = world.last_id
    assert world.approve(rx).codes == ("LICENCE_SCOPE",)
    licence(world, PHARMACIST, "中药")
    assert world.approve(rx).codes == ()
    assert world.claim(rx).codes == ()
    assert world.review(rx, P1).codes == ("LICENCE_SCOPE",)
    licence(world, YS1, "中药")
    assert world.review(rx, P1).codes == ()


def test_who_refuses_slices_needs_no_special_scope() -> None:
    """A refusal protects the patient: nobody is kept from it."""
    world = world_under(**HUNAN)
    slices(world)
    write(world, "中医科")
    assert world.approve(world.last_id, decision="refused").codes == ()
