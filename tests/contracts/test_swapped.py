"""Two packs scanned the wrong way round: each sale is corrected, and both move at once."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from contracts.quantity import DAY_MS
from tests.contracts.test_corrected import (
    FUND,
    RIGHT,
    THIRD,
    WRONG,
    correct,
    pack_of,
    report,
    sold,
    stocked,
    tried_elsewhere,
)
from tests.contracts.world import (
    FUND_OFFICER,
    METFORMIN,
    P1,
    P2,
    PATIENT2,
    PATIENT3,
    YS1,
    YS3,
    World,
    code,
)

ONE = [{"drug": METFORMIN, "quantity": "1", "unit": "盒"}]


@pytest.fixture
def world() -> World:
    return stocked()


def _swapped(world: World) -> tuple[tuple[str, str], tuple[str, str]]:
    """Two sales whose packs were scanned the wrong way round: the first took RIGHT, the second WRONG."""
    first = sold(world, [WRONG])
    rx = world.ready(patient=PATIENT2)
    assert world.sell(rx, [RIGHT], settlement="S2").codes == ()
    return first, (rx, world.last_id)


def _swap(world: World, one: tuple[str, str], other: tuple[str, str], *swap: str, **given: Any) -> Decision:
    return correct(world, *one, [(swap[0], swap[1])], swapped_with=other[1], **given)


def _sellers(world: World, pack: str) -> list[str]:
    """The statements that stand as having sold a pack."""
    sales = world.record(keys.trace_code(f"t.codes.{pack}"))["sales"]
    return [sale["id"] for sale in sales if not sale.get("back")]


def test_two_swapped_scans_are_put_right(world: World) -> None:
    """It took a return that nobody made, or a third pack that nobody sold."""
    first, second = _swapped(world)
    disclosed = {"identifiers": {"setl_id": "S1"}, "codes": [{"code": WRONG, "drug": METFORMIN}]}
    world.act("settlement.settled", FUND, (FUND_OFFICER,), {"rx": first[0]}, disclosed)
    assert _swap(world, first, second, WRONG, RIGHT).codes == ()
    assert (_sellers(world, WRONG), _sellers(world, RIGHT)) == ([first[1]], [second[1]])  # nothing moved yet
    assert _swap(world, second, first, RIGHT, WRONG).codes == ()
    assert (_sellers(world, WRONG), _sellers(world, RIGHT)) == ([second[1]], [first[1]])
    [paid] = [one for one in pack_of(world, RIGHT)["sales"] if one.get("fund")]  # type: ignore[attr-defined]
    assert paid["id"] == first[1]
    assert "took" not in str([pack_of(world, pack) for pack in (WRONG, RIGHT)])  # no word is left behind
    assert world.give_back(first[0], [WRONG]).codes == ("TRACE_NOT_IN_RX",)
    assert world.give_back(first[0], [RIGHT]).codes == ()
    assert pack_of(world, WRONG)["state"] == "sold"


def test_neither_swapped_pack_is_ever_free_to_be_sold_again(world: World) -> None:
    """Who has sold one pack twice cannot make one of the sales disappear by a swap, or by half of one."""
    first, second = _swapped(world)
    third = world.ready(patient=PATIENT3)
    for one, other, swap in ((first, second, (WRONG, RIGHT)), (second, first, (RIGHT, WRONG))):
        _swap(world, one, other, *swap)
        for pack in (WRONG, RIGHT):
            assert world.sell(third, [pack], settlement="S3").codes == ("TRACE_ALREADY_DISPENSED_HERE",)


def test_a_swap_that_was_caught_elsewhere_is_flagged_and_frees_nothing(world: World) -> None:
    first, second = _swapped(world)
    rx = tried_elsewhere(world)[0]
    assert _swap(world, first, second, WRONG, RIGHT).codes == ("CORRECTED_WHEN_CAUGHT",)
    assert _swap(world, second, first, RIGHT, WRONG).codes == ()
    assert world.sell(rx, [WRONG], P2, settlement="S2").codes[0] == "TRACE_ALREADY_DISPENSED"


def test_a_swap_is_undone_by_a_swap(world: World) -> None:
    first, second = _swapped(world)
    before = [(pack_of(world, pack)["state"], _sellers(world, pack)) for pack in (WRONG, RIGHT)]
    for swap in ((WRONG, RIGHT), (RIGHT, WRONG)):
        _swap(world, first, second, *swap)
        assert _swap(world, second, first, *reversed(swap)).codes == ()
    assert [(pack_of(world, pack)["state"], _sellers(world, pack)) for pack in (WRONG, RIGHT)] == before


def test_a_swap_names_the_sale_that_has_the_right_code(world: World) -> None:
    """The same sale, one of another pack, an unknown one; a pack in stock, one that came back."""
    first, second = _swapped(world)
    third = sold(world, [THIRD], patient=PATIENT3)
    refused = ("TRACE_ALREADY_DISPENSED_HERE", "TRACE_NOT_IN_RX")
    for other in (first, third, (second[0], "0" * 64)):
        assert _swap(world, first, other, WRONG, RIGHT).codes == refused
    fresh = code("8990002", 4)
    world.receive([fresh])
    assert _swap(world, first, second, WRONG, fresh).codes == ("TRACE_NOT_IN_RX",)
    world.give_back(second[0], [RIGHT])
    assert _swap(world, first, second, WRONG, RIGHT).codes == ("TRACE_NOT_IN_RX",)


def test_no_sale_is_swapped_with_itself_or_with_another_shops(world: World) -> None:
    """Two packs of one sale are its own, in any order; of another shop's sale this one says nothing."""
    own = sold(world, [WRONG, RIGHT])
    assert _swap(world, own, own, WRONG, RIGHT, lines=ONE).codes[-1] == "TRACE_NOT_IN_RX"
    world.receive([THIRD], P2, YS3)
    rx = world.ready(P2, patient=PATIENT2)
    world.sell(rx, [THIRD], P2, settlement="S2")
    refused = _swap(world, own, (rx, world.last_id), WRONG, THIRD, lines=ONE)
    assert refused.codes == ("TRACE_ALREADY_DISPENSED", "TRACE_NOT_IN_RX")


def test_a_sale_that_came_back_is_swapped_with_none_also_when_its_pack_was_sold_anew(world: World) -> None:
    first, second = _swapped(world)
    world.give_back(second[0], [RIGHT])
    world.sell(world.ready(patient=PATIENT3), [RIGHT], settlement="S3")
    refused = ("TRACE_ALREADY_DISPENSED_HERE", "TRACE_NOT_IN_RX")
    assert _swap(world, first, second, WRONG, RIGHT).codes == refused


def test_an_opened_pack_is_not_swapped(world: World) -> None:
    """It holds sales of several patients: only a plain correction moves one of them."""
    part = [{"drug": METFORMIN, "quantity": "10", "unit": "片", "split": True}]
    rx = world.ready(line={"quantity": "10", "unit": "片"})
    assert world.sell(rx, [WRONG], lines=part, settlement="S1").codes == ()
    opened = (rx, world.last_id)
    rx = world.ready(patient=PATIENT2)
    assert world.sell(rx, [RIGHT], settlement="S2").codes == ()
    refused = _swap(world, opened, (rx, world.last_id), WRONG, RIGHT, lines=part)
    assert refused.codes[-1] == "TRACE_NOT_IN_RX"


def test_a_word_counts_for_the_pack_that_it_names_alone(world: World) -> None:
    """The other sale had two packs: the one that the first sale said nothing of does not move."""
    first = sold(world, [WRONG])
    rx = world.ready(patient=PATIENT2, line={"quantity": "2"})
    assert world.sell(rx, [RIGHT, THIRD], settlement="S2").codes == ()
    second = (rx, world.last_id)
    _swap(world, first, second, WRONG, RIGHT)
    assert _swap(world, second, first, THIRD, WRONG).codes == ()
    assert (_sellers(world, WRONG), _sellers(world, THIRD)) == ([first[1]], [second[1]])
    assert _swap(world, second, first, RIGHT, WRONG).codes == ()
    sellers = [_sellers(world, pack) for pack in (WRONG, RIGHT, THIRD)]
    assert sellers == [[second[1]], [first[1]], [second[1]]]


def test_the_word_of_a_swap_is_gone_with_a_plain_correction(world: World) -> None:
    """The first sale took RIGHT after all, it said, then THIRD: the second is not moved on the old word."""
    first, second = _swapped(world)
    _swap(world, first, second, WRONG, RIGHT)
    assert correct(world, *first, [(WRONG, THIRD)]).codes == ()
    assert _swap(world, second, first, RIGHT, WRONG).codes == ("TRACE_NOT_IN_RX",)
    assert "took" not in str(pack_of(world, THIRD))


@pytest.mark.parametrize(("late_ms", "codes"), [(0, ()), (1, ("CORRECTION_LATE",))])
def test_each_of_two_swapped_sales_is_corrected_within_its_days(
    world: World, late_ms: int, codes: tuple[str, ...]
) -> None:
    first, second = _swapped(world)
    _swap(world, first, second, WRONG, RIGHT)
    world.now_ms = int(str(pack_of(world, RIGHT)["at"])) + 7 * DAY_MS + late_ms
    world.open_duty(YS1, P1)
    assert _swap(world, second, first, RIGHT, WRONG).codes == codes


def test_late_reports_of_swapped_sales_are_still_the_same_sales(world: World) -> None:
    first, second = _swapped(world)
    _swap(world, first, second, WRONG, RIGHT)
    _swap(world, second, first, RIGHT, WRONG)
    for pack in (WRONG, RIGHT):
        assert report(world, first[0], pack, "S1") == ()
        assert report(world, second[0], pack, "S2") == ()
        assert len(_sellers(world, pack)) == 1


def test_a_word_counts_for_the_sale_that_it_names_alone(world: World) -> None:
    """The other sale came back, and its pack was sold anew: of that one the first sale had said nothing."""
    first, second = _swapped(world)
    _swap(world, first, second, WRONG, RIGHT)
    world.give_back(second[0], [RIGHT])
    rx = world.ready(patient=PATIENT3)
    world.sell(rx, [RIGHT], settlement="S3")
    anew = (rx, world.last_id)
    assert _swap(world, anew, first, RIGHT, WRONG).codes == ()
    assert (_sellers(world, WRONG), _sellers(world, RIGHT)) == ([first[1]], [anew[1]])
