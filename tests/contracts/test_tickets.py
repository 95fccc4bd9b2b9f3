"""Records refused for their data: a ticket until it is corrected, with what was most likely meant (S47)."""

from __future__ import annotations

import pytest

from contracts import keys
from tests.contracts.world import DOCTOR2, H1, H2, METFORMIN, PATIENT2, World, code, drug

UNITS = "片, 盒, 瓶, 支, 袋, 包, 板, 件, 管, 罐, 筒"


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
    assert decision.findings[0].told == {
        "line": 0,
        "member": "unit",
        **({"proposed": proposed} if proposed else {}),
        "one_of": UNITS,
    }


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({"drug": "X?"}, {"line": 1, "member": "drug"}),
        ({"quantity": "0"}, {"line": 1, "member": "quantity"}),
        ({"days": "-1"}, {"line": 1, "member": "days"}),
        ({"unit": "箱子"}, {"line": 1, "member": "unit", "one_of": UNITS}),
    ],
)
def test_nobody_has_to_search_which_line_is_wrong(
    world: World, line: dict[str, str], told: dict[str, int | str]
) -> None:
    decision = world.issue(lines=[world.line(), world.line(**line)])
    assert decision.findings[0].told == told
    assert b"member" not in (decision.entry or b""), "told to the sender, never written"


def test_a_wrong_scan_among_right_ones_is_pointed_at(world: World) -> None:
    packs = [code("8990002", 1), code("8890002", 2)]
    rx = world.ready(line={"quantity": "2"})
    findings = {one.code: one.told for one in world.sell(rx, packs).findings}
    assert findings["TRACE_LEVEL"] == {"member": "code", "place": 1}
    findings = {one.code: one.told for one in world.sell(rx, [*packs[:1], *packs[:1]]).findings}
    assert findings["TRACE_DUPLICATE_IN_EVENT"] == {"member": "code", "place": 1, "first_place": 0}
    lines = [{"drug": METFORMIN, "quantity": "2", "unit": "盒"}]
    findings = {one.code: one.told for one in world.sell(rx, packs[:1], lines=lines).findings}
    assert findings["TRACE_COUNT_MISMATCH"] == {
        "line": 0,
        "member": "quantity",
        "scanned": 1,
        "packs": 2,
    }


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"clinical": {"diagnoses": [{"code": "N40.x00"}]}}, {"member": "sex"}),
        ({"clinical": {"diagnoses": [{"code": "Z31.100"}]}}, {"member": "age"}),
        ({"patient": "990000195507190222"}, {"member": "certificate_number"}),
    ],
)
def test_a_record_that_does_not_fit_its_person_names_the_member_to_compare(
    world: World, changed: dict[str, object], told: dict[str, str]
) -> None:
    found = [one.told for one in world.issue(**changed).findings if one.class_ == "DATA_QUALITY"]
    assert found == [told]


def test_a_violation_is_no_ticket(world: World) -> None:
    world.issue(origin={"authorship": "ai"})
    assert keys.tickets(H1) not in world.state


def test_a_ticket_is_closed_by_a_statement_of_the_same_type_alone(world: World) -> None:
    """A consultation of another doctor with another patient closed the ticket of a prescription."""
    world.issue(line={"unit": "㎎"})
    refused = world.facts_of_last.statement_id
    seen = world.act(
        "consultation.opened",
        H1,
        (DOCTOR2,),
        {"doctor": DOCTOR2, "mode": "video", "corrects": refused},
        {
            "identity": {"name": "白芷若", "certificate_number": PATIENT2},
            "identifiers": {"mdtrtId": "M1"},
            "clinical": {"first_visit": False},
        },
    )
    assert (seen.outcome, seen.codes) == ("accepted", ())
    assert world.record(keys.tickets(H1)) == {"opened": 1, "closed": 0}
    assert world.issue(corrects=refused).codes == ()
    assert world.record(keys.tickets(H1)) == {"opened": 1, "closed": 1}


def test_a_ticket_from_before_types_were_kept_is_closed_by_what_names_it(world: World) -> None:
    world.issue(line={"unit": "㎎"})
    refused = world.facts_of_last.statement_id
    world.put(keys.ticket(refused), {"organisation": H1, "at": world.now_ms})
    world.issue(corrects=refused)
    assert world.record(keys.tickets(H1)) == {"opened": 1, "closed": 1}


def test_a_ticket_does_not_stay_open_when_the_very_statement_is_accepted_later(world: World) -> None:
    """The drug came into the knowledge base; the same bytes cannot name their own refusal in `corrects`."""
    new = "XA10BAA999"
    facts = world.issue_facts(*world.consult(), line={"drug": new})
    assert world.run(facts).codes == ("CODE_UNKNOWN",)
    assert world.record(keys.tickets(H1)) == {"opened": 1, "closed": 0}
    world.put(keys.drug("part", new), drug(new, "8990099", 60, "片"))
    assert world.run(facts).codes == ()
    assert world.record(keys.tickets(H1)) == {"opened": 1, "closed": 1}
    assert world.record(keys.ticket(facts.statement_id))["closed"] == facts.statement_id
    assert world.run(facts).outcome == "replayed"
    assert world.issue(corrects=facts.statement_id, patient=PATIENT2).codes == ()
    assert world.record(keys.tickets(H1)) == {"opened": 1, "closed": 1}


def test_a_correction_that_was_itself_refused_first_closes_both_tickets(world: World) -> None:
    world.issue(line={"unit": "㎎"})
    refused, new = world.last_id, "XA10BAA999"
    facts = world.issue_facts(*world.consult(), line={"drug": new}, corrects=refused)
    assert world.run(facts).codes == ("CODE_UNKNOWN",)
    world.put(keys.drug("part", new), drug(new, "8990099", 60, "片"))
    assert world.run(facts).codes == ()
    assert world.record(keys.tickets(H1)) == {"opened": 2, "closed": 2}


def test_nobody_closes_the_ticket_of_another_institution(world: World) -> None:
    world.issue(line={"unit": "㎎"})
    refused = world.facts_of_last.statement_id
    world.issue(corrects=refused, doctor=DOCTOR2, hospital=H2)
    assert world.record(keys.tickets(H1)) == {"opened": 1, "closed": 0}
