"""Records refused for their data: a ticket until it is corrected, with what was most likely meant (S47)."""

from __future__ import annotations

import pytest

from contracts import keys
from tests.contracts.world import DOCTOR2, H1, H2, PATIENT2, World


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    return made


def test_a_record_refused_for_its_data_is_a_ticket_until_it_is_corrected(world: World) -> None:
    assert world.issue(line={"unit": "㎎"}).findings[0].class_ == "DATA_QUALITY"
    refused = world.facts_of_last.statement_id
    assert world.record(keys.tickets(H1)) == {"opened": 1, "closed": 0}
    world.issue(line={"unit": "箱子"})
    assert world.record(keys.tickets(H1)) == {"opened": 2, "closed": 0}
    assert world.issue(corrects=refused).codes == ()
    assert world.record(keys.tickets(H1)) == {"opened": 2, "closed": 1}
    assert world.record(keys.ticket(refused))["closed"] == world.last_id
    assert world.issue(corrects=refused, patient=PATIENT2).codes == ()
    assert world.record(keys.tickets(H1)) == {"opened": 2, "closed": 1}


@pytest.mark.parametrize(
    ("scanned", "proposed"),
    [
        ("８９９０００２００００００００００００１", "89900020000000000001"),
        ("*((000@0000000000001", "89900020000000000001"),
        ("8990002O0000000000O1", "89900020000000000001"),
        (" 8990002 0000000000001\n", "89900020000000000001"),
        ("89900020000000000001899", "89900020000000000001"),
        ("8990002000000000001", None),
        ("6901234567892", None),
        ("", None),
    ],
)
def test_a_bad_scan_is_told_what_was_most_likely_meant(
    world: World, scanned: str, proposed: str | None
) -> None:
    decision = world.sell(world.ready(), [scanned])
    assert decision.codes == ("TRACE_FORMAT",)
    assert decision.findings[0].told.get("proposed") == proposed
    assert b"proposed" not in (decision.entry or b""), "told to the sender, never written"


@pytest.mark.parametrize(("unit", "proposed"), [("㎎", "mg"), ("ｍｇ", "mg"), ("㎖", "ml"), ("箱子", None)])
def test_a_unit_is_told_its_plain_spelling(world: World, unit: str, proposed: str | None) -> None:
    decision = world.issue(line={"unit": unit})
    assert decision.findings[0].told == {"line": 0, **({"proposed": proposed} if proposed else {})}


def test_a_violation_is_no_ticket(world: World) -> None:
    world.issue(origin={"authorship": "ai"})
    assert keys.tickets(H1) not in world.state


def test_nobody_closes_the_ticket_of_another_institution(world: World) -> None:
    world.issue(line={"unit": "㎎"})
    refused = world.facts_of_last.statement_id
    world.issue(corrects=refused, doctor=DOCTOR2, hospital=H2)
    assert world.record(keys.tickets(H1)) == {"opened": 1, "closed": 0}
