"""Old stock without trace codes (S69): listed lots of one shop, which only become fewer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.world import (
    METFORMIN,
    OFFICERS,
    OSELTAMIVIR,
    P1,
    P2,
    PATIENT2,
    REGULATOR,
    YS1,
    World,
    code,
)

PACK = code("8990002", 1)
LOT = "L2019"


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([PACK])
    return made


def listing(world: World, **changed: Any) -> Decision:
    members = {"organisation": P1, "drug": METFORMIN, "lot": LOT, "packs": 2, "valid_to": "2026-03-02"}
    return world.act("registry.uncoded", REGULATOR, OFFICERS[:1], {**members, **changed})


def without_code(packs: int = 1, **changed: Any) -> list[dict[str, Any]]:
    return [{"code": "", "line": 0, "uncoded": True, "lot": LOT, **changed} for _ in range(packs)]


def sold(world: World, rx: str, packs: int = 1, pharmacy: str = P1, **changed: Any) -> Decision:
    listed = without_code(packs, **changed)
    return world.sell(rx, [""] * packs, pharmacy, listed=listed)


def left(world: World) -> int:
    lot = world.record(keys.uncoded(P1, METFORMIN))["lots"][LOT]
    taken = world.state.get(keys.uncoded_taken(P1, METFORMIN), b'{"taken": {}}')
    return int(lot["packs"] - json.loads(taken)["taken"].get(LOT, 0))


def test_a_listed_pack_is_sold_and_the_list_becomes_shorter(world: World) -> None:
    assert listing(world).codes == ()
    assert sold(world, world.ready()).codes == ()
    assert left(world) == 1


def test_without_a_list_nothing_is_sold_without_a_code(world: World) -> None:
    assert sold(world, world.ready()).codes == ("TRACE_NOT_LISTED",)


def test_a_pack_that_has_a_code_is_not_sold_as_one_without(world: World) -> None:
    """The word hid the code from every rule of trace codes: the pack was sold twice under it."""
    listing(world)
    assert sold(world, world.ready(), code=PACK).codes == ("TRACE_NOT_LISTED",)
    assert left(world) == 2


def test_an_exhausted_list_blocks(world: World) -> None:
    """The check of row S69, both sides."""
    listing(world)
    rx = world.ready(line={"quantity": "2"})
    assert sold(world, rx, 2).codes == ()
    assert left(world) == 0
    again = sold(world, world.ready(patient=PATIENT2))
    assert (again.codes, again.findings[0].facts) == (("TRACE_NOT_LISTED",), {})
    assert again.findings[0].told == {"left": 0}


def test_no_more_than_is_left_is_sold_in_one_act(world: World) -> None:
    listing(world, packs=1)
    assert sold(world, world.ready(line={"quantity": "2"}), 2).codes == ("TRACE_NOT_LISTED",)
    assert left(world) == 1


@pytest.mark.parametrize(("last_day", "codes"), [("2026-03-02", ()), ("2026-03-01", ("TRACE_NOT_LISTED",))])
def test_a_lot_is_sold_until_its_last_day(world: World, last_day: str, codes: tuple[str, ...]) -> None:
    listing(world, valid_to=last_day)
    assert sold(world, world.ready()).codes == codes


@pytest.mark.parametrize("changed", [{"lot": "L2020"}, {"drug": OSELTAMIVIR}, {"organisation": P2}])
def test_another_lot_drug_or_shop_is_not_listed(world: World, changed: dict[str, str]) -> None:
    listing(world, **changed)
    assert sold(world, world.ready()).codes == ("TRACE_NOT_LISTED",)


def test_an_entry_for_each_pack_still(world: World) -> None:
    listing(world)
    rx = world.ready(line={"quantity": "2"})
    assert sold(world, rx, 1).codes == ()  # one of two prescribed
    one_line = [{"drug": METFORMIN, "quantity": "2", "unit": "盒"}]
    found = world.sell(world.ready(patient=PATIENT2), [], listed=without_code(1), lines=one_line)
    assert "TRACE_COUNT_MISMATCH" in found.codes


def test_packs_with_and_without_codes_in_one_sale(world: World) -> None:
    listing(world)
    rx = world.ready(line={"quantity": "2"})
    listed = [{"code": PACK, "line": 0}, *without_code()]
    assert world.sell(rx, [PACK, ""], listed=listed).codes == ()
    assert left(world) == 1


def test_part_of_a_pack_without_code_is_not_sold(world: World) -> None:
    listing(world)
    lines = [{"drug": METFORMIN, "quantity": "4", "unit": "片", "split": True}]
    found = world.sell(world.ready(), [], listed=without_code(), lines=lines)
    assert "TRACE_NOT_LISTED" in found.codes


@pytest.mark.parametrize(("left_shop", "expected"), [(False, 2), (True, 1)])
def test_what_never_left_the_shop_is_listed_again(world: World, left_shop: bool, expected: int) -> None:
    listing(world)
    rx = world.ready()
    sold(world, rx)
    given = world.give_back(rx, [""], listed=without_code(), left_shop=left_shop)
    assert given.codes == ()
    assert left(world) == expected


def test_a_report_of_the_sale_takes_nothing_more(world: World) -> None:
    listing(world, packs=1)
    rx = world.ready()
    sold(world, rx)
    disclosures = {"identifiers": {"setl_id": "S9"}, "codes": without_code(drug=METFORMIN, line=0)}
    del disclosures["codes"][0]["line"]  # type: ignore[attr-defined]
    told = world.act("settlement.reported", P1, (YS1,), {"rx": rx}, disclosures)
    assert told.outcome == "accepted" and left(world) == 0


def test_a_recalled_lot_is_not_sold_without_codes_either(world: World) -> None:
    listing(world)
    world.put(keys.recall("part", METFORMIN, LOT), {"recalled": True})
    assert sold(world, world.ready()).codes == ("TRACE_RECALLED",)


def test_a_lot_is_listed_once(world: World) -> None:
    listing(world)
    assert listing(world, packs=100).codes == ("ID_CONFLICT",)
    assert listing(world, lot="L2018").codes == ()
    assert left(world) == 2


def test_a_shop_that_is_not_registered_has_no_list(world: World) -> None:
    assert listing(world, organisation="P0").codes == ("CODE_UNKNOWN",)


def test_a_delivery_has_codes(world: World) -> None:
    assert world.receive([""], uncoded=True).codes == ("TRACE_NOT_LISTED",)


def test_a_shop_does_not_list_its_own_stock(world: World) -> None:
    members = {"organisation": P1, "drug": METFORMIN, "lot": LOT, "packs": 2, "valid_to": "2026-03-02"}
    assert world.act("registry.uncoded", P1, OFFICERS[:1], members).codes == ("ORG_SCOPE",)
