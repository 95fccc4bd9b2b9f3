"""FLOW-17 and LICENCE-11: what a message says of its own time and place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from contracts.facts import Facts
from tests.contracts.office import rulebook
from tests.contracts.world import H1, World, code

PACK = code("8990002", 1)
SKEW_S = 300


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([PACK])
    rulebook(made, claimed_order=1, online_region_required=1)
    return made


def claimed(item: Facts, seconds: int) -> Facts:
    """The same act, as its sender tells it: so many seconds after ledger time, or before."""
    return replace(item, payload={**item.payload, "iat": int(str(item.payload["iat"])) + seconds})


def written(world: World, seconds: int) -> Decision:
    """A prescription of just now that says it was written so many seconds ago."""
    return world.run(claimed(world.issue_facts(*world.consult()), -seconds))


def sold(world: World, seconds: int) -> Decision:
    """A sale an hour after its prescription that says it was so many seconds before that."""
    rx = world.ready()
    issued = int(world.record(keys.rx(rx))["issued"])
    world.wait(3600)
    return world.sell(rx, [PACK], iat=issued // 1000 - seconds)


def test_what_was_sold_before_it_was_prescribed_says_so_itself(world: World) -> None:
    """The shop sells, has a prescription written, and sends both in the right order (先药后方)."""
    refused = sold(world, 36 * 60)
    assert (refused.codes, refused.findings[0].rule) == (("TIME_ORDER",), "FLOW-17")


@pytest.mark.parametrize(("seconds", "codes"), [(SKEW_S, ()), (SKEW_S + 1, ("TIME_ORDER",))])
def test_clocks_may_differ_by_five_minutes(world: World, seconds: int, codes: tuple[str, ...]) -> None:
    assert sold(world, seconds).codes == codes


def test_a_prescription_is_not_written_before_the_patient_came(world: World) -> None:
    assert written(world, 2 * 3600).codes == ("TIME_ORDER",)
    world.wait(600)
    assert written(world, 0).codes == ()


def test_a_review_is_not_older_than_what_it_reviews(world: World) -> None:
    world.issue()
    rx = world.last_id
    world.wait(60)
    assert world.approve(rx, iat=world.now_ms // 1000 - 3600).codes == ("TIME_ORDER",)
    assert world.approve(rx).codes == ()


def test_what_an_outage_kept_back_is_in_order_by_its_own_times(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Consultation, prescription and review of two hours ago arrive together now."""
    ago, facts = 2 * 3600, world.facts
    monkeypatch.setattr(world, "facts", lambda *given, **changed: claimed(facts(*given, **changed), -ago))
    consultation = world.open_consultation()
    world.wait(360)
    item = world.issue_facts(consultation, world.close_consultation(consultation))
    assert world.run(claimed(item, 60)).codes == ()
    assert world.record(keys.consultation(consultation))["begun"] == world.now_ms - 360_000 - ago * 1000
    assert world.approve(item.statement_id).codes == ()


def test_nobody_is_asked_for_his_order_where_no_rulebook_does(world: World) -> None:
    rulebook(world)
    assert sold(world, 36 * 60).codes == ()


def only(world: World, *regions: str) -> None:
    """The hospital serves these regions online."""
    record: dict[str, Any] = world.record(keys.organisation(H1))
    world.put(keys.organisation(H1), {**record, "regions": list(regions)})


def test_a_province_that_is_left_out_is_no_way_around_the_list(world: World) -> None:
    """No national message has the patient's province, so whoever left it out served the whole country."""
    only(world, "51")
    refused = world.issue()
    assert (refused.codes, refused.findings[0].rule) == (("SCHEMA_REQUIRED",), "LICENCE-11")
    assert world.issue(region="44").codes == ("ORG_SCOPE",)


def test_a_named_province_of_the_list_is_served(world: World) -> None:
    only(world, "51")
    assert world.issue(region="51").codes == ()


def test_who_serves_everywhere_or_sits_at_the_counter_names_no_province(world: World) -> None:
    assert world.issue().codes == ()
    only(world, "51")
    world.wait(600)
    assert world.issue(clinical={"business_type": "01"}).codes == ()


def test_where_no_rulebook_asks_the_province_may_be_left_out(world: World) -> None:
    only(world, "51")
    rulebook(world)
    assert world.issue().codes == ()
