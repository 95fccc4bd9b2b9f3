"""A report of a sale that is never made stops no honest act of its shop, and none of the next one.

The till's stock channel speaks first; then the patient goes without the drug, the bill is written anew, or
the prescription goes to another shop. Random days of honest shops showed who was accused then.
"""

from __future__ import annotations

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.world import METFORMIN, P1, P2, PATIENT2, PATIENT3, YS1, YS3, YS4, World, code

TOLD, OTHER, THIRD = (code("8990002", number) for number in (1, 2, 3))
THEIRS = code("8990002", 11)
STOCK = "dispensing.reported"
_BOX = {"drug": METFORMIN, "quantity": "1", "unit": "盒"}


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([TOLD, OTHER, THIRD])
    made.receive([THEIRS], P2, YS3)
    return made


def _tells(
    world: World, rx: str, sale: str = "S1", pack: str = TOLD, shop: str = P1, type_: str = STOCK
) -> tuple[str, ...]:
    groups: dict[str, object] = {"identifiers": {"setl_id": sale}, "codes": [{"code": pack, "line": 0}]}
    if type_ == STOCK:
        groups["lines"] = [_BOX]
    return world.act(type_, shop, (YS1 if shop == P1 else YS3,), {"rx": rx}, groups).codes


def _corrects(world: World, rx: str, sale: str, wrong: str, right: str) -> Decision:
    groups = {"lines": [_BOX], "codes": [{"wrong": wrong, "code": right, "line": 0}]}
    return world.act("dispensing.corrected", P1, (YS1,), {"rx": rx, "sale": sale}, groups)


def _released(world: World, type_: str = STOCK) -> str:
    """The shop told of a sale by one channel, made none, and let the prescription go."""
    rx = world.ready()
    assert _tells(world, rx, type_=type_) == ()
    assert world.act("prescription.released", P1, (YS1,), {"rx": rx}).codes == ()
    return rx


def _served_with_another(world: World) -> str:
    rx = world.ready()
    assert _tells(world, rx) == ()
    assert world.sell(rx, [OTHER], settlement="S2").codes == ()
    return rx


def test_the_next_shops_report_finds_room_on_what_the_first_let_go(world: World) -> None:
    """The first shop's report, of a sale that it never made, had used the prescription up: a violation."""
    rx = _released(world)
    assert world.claim(rx, P2, YS3).codes == ()
    assert world.review(rx, P2, (YS3, YS4)).codes == ()
    assert _tells(world, rx, "S2", THEIRS, P2) == ()


def test_a_report_of_no_sale_stops_no_sale_once_the_prescription_was_let_go(world: World) -> None:
    """The shelf's pack was barred, and the shop suspected of selling it twice, until it ran out."""
    rx, other = world.ready(), world.ready(patient=PATIENT2)
    assert _tells(world, rx) == ()
    assert world.sell(other, [TOLD], settlement="S3").codes == ("TRACE_ALREADY_DISPENSED_HERE",)
    assert world.act("prescription.released", P1, (YS1,), {"rx": rx}).codes == ()
    assert world.sell(other, [TOLD], settlement="S3").codes == ()
    assert world.claim(rx, P1, YS1, once="ONCE2").codes == ()
    assert world.review(rx).codes == ()
    assert world.sell(rx, [TOLD], settlement="S1").codes == ("TRACE_ALREADY_DISPENSED_HERE",)


def test_a_settlement_told_before_the_release_claims_its_pack(world: World) -> None:
    """What claims money is not undone by letting the prescription go and selling the pack again."""
    rx, other = _released(world, "settlement.reported"), world.ready(patient=PATIENT2)
    assert world.sell(other, [TOLD], settlement="S3").codes == ("TRACE_ALREADY_DISPENSED_HERE",)
    assert "told" in world.record(keys.rx_content(rx)) and world.record(keys.rx_content(rx))["told"]


def test_the_packs_next_sale_may_be_told_first_too(world: World) -> None:
    """The sale itself was taken, its report before it refused as a second sale."""
    _served_with_another(world)
    other = world.ready(patient=PATIENT2)
    assert _tells(world, other, "S3") == ()
    assert world.sell(other, [TOLD], settlement="S3").codes == ()
    assert _tells(world, other, "S3", type_="settlement.reported") == ()


def test_a_wrong_scan_is_put_right_to_a_pack_of_which_no_sale_was_made(world: World) -> None:
    _served_with_another(world)
    other = world.ready(patient=PATIENT2)
    assert world.sell(other, [THIRD], settlement="S3").codes == ()
    assert _corrects(world, other, world.last_id, THIRD, TOLD).codes == ()


def test_a_pack_of_which_no_sale_was_made_goes_back_to_the_supplier(world: World) -> None:
    _served_with_another(world)
    groups = {"codes": [{"code": TOLD, "drug": METFORMIN}]}
    booked = world.act("stock.adjusted", P1, (YS1,), {"reason": "returned_to_supplier"}, groups)
    assert booked.codes == ()


def test_a_bill_written_anew_sells_the_pack_that_the_first_one_told_of(world: World) -> None:
    """The card failed, the till made a new bill: the shop was suspected of selling the pack twice."""
    rx, other = world.ready(), world.ready(patient=PATIENT2)
    assert _tells(world, rx, "S1") == ()
    assert world.sell(rx, [TOLD], settlement="S2").codes == ()
    assert _tells(world, rx, "S2", type_="settlement.reported") == ()
    assert world.sell(other, [TOLD], settlement="S3").codes == ("TRACE_ALREADY_DISPENSED_HERE",)


def test_a_bill_that_claimed_money_is_not_written_anew(world: World) -> None:
    rx = world.ready()
    assert _tells(world, rx, "S1", type_="settlement.reported") == ()
    assert world.sell(rx, [TOLD], settlement="S2").codes == ("TRACE_ALREADY_DISPENSED_HERE",)


def test_what_a_report_named_rightly_is_counted_once_after_the_correction(world: World) -> None:
    """A pack too many stood as told: the next one's report was refused as beyond the prescription."""
    rx = world.ready(patient=PATIENT3, line={"quantity": "2"})
    assert world.sell(rx, [TOLD], settlement="S1").codes == ()
    sale = world.last_id
    assert _tells(world, rx, "S1", OTHER) == ()
    assert _corrects(world, rx, sale, TOLD, OTHER).codes == ()
    assert _tells(world, rx, "S2", THIRD) == ()
    assert world.sell(rx, [THIRD], settlement="S2").codes == ()
