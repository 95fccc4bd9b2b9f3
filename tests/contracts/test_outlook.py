"""Remind: what /v1/checks tells a prescriber or a counter about days and dates, before anything happens."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from contracts.facts import Facts
from contracts.time import from_text, to_text
from tests.contracts.office import midnight, rulebook, rulebook_of_before
from tests.contracts.world import (
    H1,
    METFORMIN,
    P1,
    PATIENT2,
    PHARMACIST,
    YS1,
    YS2,
    World,
    code,
)

DAY = 86_400
PACKS = [code("8990002", n) for n in range(1, 5)]
# One box of sixty half grams at the label's 2.5 g a day.
BOX_DAYS = 12
LAST_DAY = BOX_DAYS - 8.1 / 24  # its local midnight, from 00:06 UTC


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive(PACKS)
    return made


def _asked_at_issue(world: World, **given: Any) -> Decision:
    consultation, after = world.consult()
    return world.run(world.issue_facts(consultation, after, **given), check=True)


def test_a_first_purchase_is_told_its_days_and_the_next_date(world: World) -> None:
    decision = _asked_at_issue(world)
    assert (decision.outcome, decision.codes) == ("accepted", ())
    [told] = decision.outlook
    assert told == {
        "drug": METFORMIN,
        "days": BOX_DAYS,
        "next": to_text(midnight(world.now_ms + BOX_DAYS * DAY * 1000)),
        "next_date": "2026-03-14",
    }
    assert told["next"] == "2026-03-13T16:00:00Z", "and was read as the 13th"


def test_a_prescriber_is_reminded_of_what_the_patient_still_has(world: World) -> None:
    world.sell(world.ready(), PACKS[:1])
    sold = world.now_ms
    world.wait(5 * DAY)
    decision = _asked_at_issue(world)
    assert decision.codes == ("SUPPLY_COVERED",)
    [told] = decision.outlook
    assert told["covered_until"] == to_text(sold + BOX_DAYS * DAY * 1000)
    assert told["next"] == to_text(midnight(sold + 2 * BOX_DAYS * DAY * 1000))
    assert (told["covered_until_date"], told["next_date"]) == ("2026-03-14", "2026-03-26")


def test_a_counter_that_refuses_names_the_local_days(world: World) -> None:
    """It told milliseconds since 1970 alone, and nobody could say when to come back."""
    world.sell(world.ready(), PACKS[:1])
    until_ms = world.now_ms + BOX_DAYS * DAY * 1000
    decision = world.sell(world.ready(), PACKS[1:2])
    dates = {"covered_until_date": "2026-03-14", "next_date": "2026-03-14"}
    assert decision.findings[0].told == {"covered_until_ms": until_ms, **dates}
    assert b"2026-03-14" not in (decision.entry or b""), "the log is not told when a patient comes back"


def test_at_issue_the_act_itself_is_not_stopped(world: World) -> None:
    """Supply is judged where the drug is sold."""
    world.sell(world.ready(), PACKS[:1])
    assert world.issue().codes == ()
    assert world.last is not None and world.last.outlook == ()


def test_another_patient_is_told_nothing_of_it(world: World) -> None:
    world.sell(world.ready(), PACKS[:1])
    consultation, after = world.consult(PATIENT2)
    decision = world.run(world.issue_facts(consultation, after, patient=PATIENT2), check=True)
    assert "covered_until" not in decision.outlook[0]


def test_the_counter_is_told_before_the_sale_and_the_sale_says_the_same(world: World) -> None:
    world.sell(world.ready(), PACKS[:1])
    rx = world.ready()
    world.now_ms = from_text("2026-03-13T15:59:59Z")
    facts = _sale(world, rx, PACKS[1])
    asked = world.run(facts, check=True)
    assert "SUPPLY_COVERED" in asked.codes and asked.outlook[0]["days"] == BOX_DAYS
    assert world.run(facts).codes == asked.codes


def test_the_counter_is_told_of_a_drug_that_no_diagnosis_calls_for_and_the_sale_accuses_nobody(
    world: World,
) -> None:
    """Yulin's third alarm (S53): early and too much were told at the counter, beyond its use was not."""
    metformin = world.record(keys.drug("part", METFORMIN))
    world.put(keys.drug("part", METFORMIN), {**metformin, "monitored": True, "indications": ["E11"]})
    lines = [World.line(drug="XJ05AHA001", days="5"), World.line()]
    rx = world.ready(lines=lines, clinical={"diagnoses": [{"code": "E66.900"}]})
    facts = _sale(world, rx, PACKS[0])
    asked = world.run(facts, check=True)
    label = {"drug": METFORMIN, "name": metformin["name"], "indications": "E11"}
    assert [(one.code, one.strength, one.told) for one in asked.findings] == [
        ("INDICATION_MISSING", "flag", {"line": 0, "member": "drug", **label})
    ]
    assert world.run(facts).codes == ()
    world.issue(lines=lines, clinical={"diagnoses": [{"code": "E66.900"}]})
    members = {"rx": world.last_id, "reviewer": PHARMACIST, "decision": "approved"}
    review = world.facts("review.hospital", H1, (PHARMACIST,), members, {"clinical": {"opinion": "同意"}})
    assert world.run(review, check=True).codes == ("INDICATION_MISSING",)
    assert world.run(review).codes == ()
    other = world.ready(lines=lines, clinical={"diagnoses": [{"code": "E11.900"}]}, patient=PATIENT2)
    assert world.run(_sale(world, other, PACKS[1]), check=True).codes == ()


def test_the_sale_of_the_other_drug_is_told_nothing(world: World) -> None:
    metformin = world.record(keys.drug("part", METFORMIN))
    world.put(keys.drug("part", METFORMIN), {**metformin, "monitored": True, "indications": ["E11"]})
    other = {"drug": "XJ05AHA001", "days": "5"}
    lines = [World.line(**other), World.line()]
    rx = world.ready(lines=lines, clinical={"diagnoses": [{"code": "E66.900"}]})
    pack = code("8990007", 1)
    world.receive([pack])
    facts = _sale(world, rx, pack, drug="XJ05AHA001")
    assert world.run(facts, check=True).codes == ()


def test_a_quantity_above_the_cap_is_told_at_issue(world: World) -> None:
    line = {"quantity": "3", "days": "7"}
    decision = _asked_at_issue(world, line=line, clinical={"long_term": False})
    assert decision.codes == ("SUPPLY_QUANTITY",)
    assert _asked_at_issue(world, line=line, clinical={"long_term": True}).codes == ()


def test_an_absurd_quantity_is_told_no_date_beyond_the_calendar(world: World) -> None:
    """A check of a mistyped quantity ended in a fault of the server."""
    line = {"quantity": "9999999999999", "days": "7"}
    [told] = _asked_at_issue(world, line=line).outlook
    assert (told["next"], told["next_date"]) == ("9999-12-31T23:59:59Z", "9999-12-31")


@pytest.mark.parametrize(
    ("parameters", "days"),
    [
        ({"supply_carry_over_s": 2 * DAY}, 10),
        ({"supply_carry_over_s": 30 * DAY}, 0),
        ({"holidays": ["2026-03-10"]}, 7.6625),  # begins on the 9th at 16:00 UTC, four days early
        ({"holidays": ["2026-03-08"], "supply_carry_over_s": DAY}, 5.6625),
        ({"holidays": ["2026-03-06", "2026-03-07"]}, 5),  # a week early at most, in the midst of the 7th
        ({"holidays": ["2026-03-15"]}, LAST_DAY),
        ({"holidays": ["2026-03-10"], "supply_carry_over_s": 9 * DAY}, 3),
        ({"holidays": ["2026-03-02"], "holiday_carry_over_s": 30 * DAY}, 0),
    ],
)
def test_the_next_date_is_as_early_as_the_rulebook_lets_patients_come(
    world: World, parameters: dict[str, Any], days: float
) -> None:
    """Patients were told to come days later than the counter would have sold to them."""
    rulebook(world, **parameters)
    world.now_ms = from_text("2026-03-01T23:54:00Z") + 6 * 60_000
    [told] = _asked_at_issue(world).outlook
    told_ms = from_text(told["next"])
    assert told_ms == world.now_ms + round(days * DAY * 1000)


@pytest.mark.parametrize("holidays", [["2026-03-06", "soon"], ["20260310", "2026-W11-2"]])
def test_what_is_no_date_is_no_holiday_for_a_ledger_that_took_it(world: World, holidays: list[str]) -> None:
    rulebook_of_before(world, holidays=holidays)
    world.now_ms = from_text("2026-03-01T23:54:00Z") + 6 * 60_000
    [told] = _asked_at_issue(world).outlook
    assert from_text(told["next"]) == world.now_ms + round(LAST_DAY * DAY * 1000)


@pytest.mark.parametrize("holidays", [[], ["2026-03-10"], ["2026-03-06", "2026-03-07"], ["2026-03-13"]])
@pytest.mark.parametrize("usual_s", [0, 3 * DAY])
def test_at_the_next_date_the_drug_is_sold_and_a_moment_before_it_is_not(
    world: World, holidays: list[str], usual_s: int
) -> None:
    rulebook(world, holidays=holidays, supply_carry_over_s=usual_s)
    rx, again = world.ready(), world.ready()
    facts = _sale(world, rx, PACKS[0])
    [told] = world.run(facts, check=True).outlook
    assert world.run(facts).codes == ()
    content = world.record(keys.rx(again))
    world.put(keys.rx(again), {**content, "expires": content["expires"] + 30 * DAY * 1000})
    world.now_ms = from_text(told["next"]) - 1
    assert world.run(_sale(world, again, PACKS[1])).codes == ("SUPPLY_COVERED",)
    world.now_ms += 1
    assert world.run(_sale(world, again, PACKS[1])).codes == ()


def _sale(world: World, rx: str, pack: str, drug: str = METFORMIN) -> Facts:
    members = {"rx": rx, "reviewer": YS1, "preparer": YS2, "checker": YS1}
    lines = [{"drug": drug, "quantity": "1", "unit": "盒"}]
    codes = [{"code": pack, "line": 0}]
    given = {"identifiers": {"setl_id": f"S{world.count}"}, "lines": lines, "codes": codes}
    return world.facts("dispensing.dispensed", P1, (YS1, YS2), members, given)


def test_a_drug_without_a_fixed_maximum_has_no_outlook(world: World) -> None:
    line = {"drug": "XJ05AHA001", "quantity": "1", "unit": "盒", "days": "5"}
    assert _asked_at_issue(world, line=line).outlook == ()
