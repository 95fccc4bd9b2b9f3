"""SUPPLY, DUTY, CLINICAL: each allowed case, each refusal, each boundary."""

from __future__ import annotations

import json

import pytest

from contracts import keys
from contracts.quantity import DAY_MS
from contracts.rules.supply import covered_until
from tests.contracts.office import midnight
from tests.contracts.world import (
    DOCTOR,
    DOCTOR2,
    METFORMIN,
    P1,
    P2,
    PATIENT,
    PATIENT2,
    YS1,
    YS2,
    YS3,
    World,
    code,
)

PACKS = [code("8990002", n) for n in range(1, 9)]
JOURNEY = {"exemption": {"reason": "travel", "evidence": "TICKET", "until": "2026-04-20"}}


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive(PACKS)
    made.receive(PACKS, P2, YS3)
    return made


# -- SUPPLY: a box of metformin lasts 30 g / 2.5 g a day = 12 days at the label's maximum dose ------


def _bought(world: World) -> None:
    world.sell(world.ready(), PACKS[:1])
    world.bought_ms = world.now_ms  # type: ignore[attr-defined]


def _again(world: World, after_ms: int, **given: object) -> tuple[str, ...]:
    rx = world.ready(P2)
    world.now_ms = world.bought_ms + after_ms  # type: ignore[attr-defined]
    world.put(keys.rx(rx), {**world.record(keys.rx(rx)), "expires": world.now_ms + DAY_MS})
    return world.sell(rx, PACKS[1:2], P2, **given).codes


@pytest.mark.parametrize(
    ("before_midnight_ms", "codes"),
    [(1, ("SUPPLY_COVERED",)), (0, ()), (11 * DAY_MS, ("SUPPLY_COVERED",)), (-DAY_MS, ())],
)
def test_the_covered_period_ends_with_the_last_covered_day(
    world: World, before_midnight_ms: int, codes: tuple[str, ...]
) -> None:
    """Bought at noon for five days, and refused at nine on the sixth, with nothing left for that morning."""
    _bought(world)
    last_day_ms = midnight(world.bought_ms + 12 * DAY_MS)  # type: ignore[attr-defined]
    assert world.bought_ms + 12 * DAY_MS > last_day_ms  # type: ignore[attr-defined]
    after_ms = last_day_ms - world.bought_ms  # type: ignore[attr-defined]
    assert _again(world, after_ms - before_midnight_ms) == codes


def test_another_patient_is_not_covered(world: World) -> None:
    _bought(world)
    assert world.sell(world.ready(patient=PATIENT2), PACKS[1:2]).codes == ()


def test_the_parts_of_one_prescription_are_one_purchase(world: World) -> None:
    rx = world.ready(line={"quantity": "2"})
    assert world.sell(rx, PACKS[:1]).codes == ()
    assert world.sell(rx, PACKS[1:2]).codes == ()


def test_a_return_takes_its_days_back(world: World) -> None:
    rx = world.ready()
    world.sell(rx, PACKS[:1])
    world.bought_ms = world.now_ms  # type: ignore[attr-defined]
    world.give_back(rx, PACKS[:1])
    assert _again(world, 60_000) == ()


@pytest.mark.parametrize("reason", ["travel", "elderly", "disabled", "remote"])
def test_a_declared_reason_is_a_notice(world: World, reason: str) -> None:
    _bought(world)
    exemption = {**JOURNEY["exemption"], "reason": reason}
    assert _again(world, DAY_MS, disclosures={"exemption": exemption}) == ("SUPPLY_EXEMPT",)


@pytest.mark.parametrize(
    "changed",
    [{"reason": "because"}, {"evidence": ""}, {"until": "2026-03-01"}, {"until": "soon"}, {"until": None}],
)
def test_a_reason_without_substance_lifts_nothing(world: World, changed: dict[str, str | None]) -> None:
    _bought(world)
    exemption = {k: v for k, v in {**JOURNEY["exemption"], **changed}.items() if v is not None}
    assert _again(world, DAY_MS, disclosures={"exemption": exemption}) == ("SUPPLY_COVERED",)


def test_an_unneeded_reason_leaves_no_notice(world: World) -> None:
    assert world.sell(world.ready(), PACKS[:1], disclosures=JOURNEY).codes == ()


def test_purchases_add_up(world: World) -> None:
    rx = world.ready(line={"quantity": "2"})
    world.sell(rx, PACKS[:2])
    sales = world.record(keys.supply(f"t.people.{PATIENT}", METFORMIN))["sales"]
    assert [sale["days_ms"] for sale in sales] == [24 * DAY_MS]


def test_both_tags_of_a_patient_are_read_after_the_key_was_replaced(world: World) -> None:
    _bought(world)
    key = keys.supply(f"t.people.{PATIENT}", METFORMIN)
    world.put(keys.supply("old", METFORMIN), world.record(key))
    del world.state[key]
    rx = world.ready(P2)
    content = world.record(keys.rx_content(rx))
    world.put(keys.rx_content(rx), {**content, "patient": [f"t.people.{PATIENT}", "old"]})
    assert world.sell(rx, PACKS[1:2], P2).codes == ("SUPPLY_COVERED",)


@pytest.mark.parametrize("newest_first", [True, False])
def test_the_order_of_remembered_purchases_does_not_lengthen_what_they_cover(
    world: World, newest_first: bool
) -> None:
    """Twelve days from the first and twelve more from the tenth: covered to the 24th, in any order."""
    days = [10, 0] if newest_first else [0, 10]
    sales = [{"rx": f"r{day}", "at": day * DAY_MS, "days_ms": 12 * DAY_MS} for day in days]
    assert covered_until(sales) == 24 * DAY_MS


@pytest.mark.parametrize(("ago_ms", "kept"), [(400 * DAY_MS, 1), (400 * DAY_MS - 1, 2)])
def test_a_purchase_is_forgotten_after_its_time(world: World, ago_ms: int, kept: int) -> None:
    """Whoever keeps for ever what a patient took has no need for it left."""
    rx = world.ready()
    old = {"rx": "old", "at": world.now_ms - ago_ms, "days_ms": DAY_MS}
    key = keys.supply(f"t.people.{PATIENT}", METFORMIN)
    world.put(key, {"sales": [old]})
    world.sell(rx, PACKS[:1])
    assert len(world.record(key)["sales"]) == kept


@pytest.mark.parametrize(("ago_ms", "repeated"), [(365 * DAY_MS, False), (365 * DAY_MS - 1, True)])
def test_reasons_of_more_than_a_year_ago_are_held_against_nobody(
    world: World, ago_ms: int, repeated: bool
) -> None:
    _bought(world)
    rx = world.ready(P2)
    at = world.now_ms - ago_ms
    world.put(keys.exemptions(f"t.people.{PATIENT}"), {"at": [at, at + 1]})
    codes = world.sell(rx, PACKS[1:2], P2, disclosures=JOURNEY).codes
    assert ("EXEMPTION_REPEATED" in codes) is repeated and "SUPPLY_EXEMPT" in codes


# -- DUTY ------------------------------------------------------------------------------------------


def test_nobody_opens_duty_at_a_second_place(world: World) -> None:
    assert world.open_duty(YS3, P1).codes[0] == "DUTY_CONCURRENT"


@pytest.mark.parametrize(("hours", "refused"), [(16, True), (16.001, False)])
def test_who_forgot_to_close_yesterday_is_not_at_two_places_today(
    world: World, hours: float, refused: bool
) -> None:
    """Opening at the second shop was a violation as long as nobody closed at the first."""
    world.wait(hours * 3600)
    after = world.record(keys.head(YS3))["leaf"]
    codes = world.act("duty.opened", P1, (YS3,), {"site": P1, "after": after}).codes
    assert codes == (("DUTY_CONCURRENT",) if refused else ())


def test_who_opens_again_at_the_same_shop_is_at_one_place(world: World) -> None:
    after = world.record(keys.head(YS3))["leaf"]
    assert world.act("duty.opened", P2, (YS3,), {"site": P2, "after": after}).codes == ()


def test_after_the_close_another_place_is_fine(world: World) -> None:
    assert world.act("duty.closed", P2, (YS3,), {"site": P2}).outcome == "accepted"
    assert world.open_duty(YS3, P1).outcome == "accepted"


def test_a_place_without_registration_is_refused_before_duty(world: World) -> None:
    world.act("duty.closed", P1, (YS1,), {"site": P1})
    assert world.open_duty(YS1, P2).codes[0] == "LICENCE_SITE"


def test_a_wrong_previous_duty_entry_is_refused(world: World) -> None:
    world.act("duty.closed", P1, (YS1,), {"site": P1})
    decision = world.act("duty.opened", P1, (YS1,), {"site": P1, "after": "0" * 64})
    assert decision.codes == ("PREV_DIGEST_MISMATCH",)


def test_off_duty_nobody_reviews_sells_or_takes_back(world: World) -> None:
    rx = world.ready()
    world.act("duty.closed", P1, (YS2,), {"site": P1})
    assert world.sell(rx, PACKS[:1]).codes == ("DUTY_NO_SESSION",)
    world.issue(patient=PATIENT2)
    other = world.last_id
    world.approve(other)
    assert world.claim(other).outcome == "accepted"
    assert world.review(other).codes == ("DUTY_NO_SESSION",)


def test_on_duty_elsewhere_nobody_acts_here(world: World) -> None:
    rx = world.ready()
    decision = world.sell(rx, PACKS[:1], pair=(YS1, YS3))
    assert decision.codes == ("DUTY_CONCURRENT",)


def test_a_belated_close_is_no_second_place(world: World) -> None:
    """Who forgot to close yesterday, and closed when on duty at another shop, was accused of 挂证."""
    world.wait(17 * 3600)
    after = world.record(keys.head(YS3))["leaf"]
    assert world.act("duty.opened", P1, (YS3,), {"site": P1, "after": after}).codes == ()
    assert world.act("duty.closed", P2, (YS3,), {"site": P2}).codes == ("DUTY_NO_SESSION",)
    assert world.act("duty.closed", P1, (YS3,), {"site": P1}).codes == ()


def test_a_close_without_duty_is_refused(world: World) -> None:
    world.act("duty.closed", P1, (YS1,), {"site": P1})
    assert world.act("duty.closed", P1, (YS1,), {"site": P1}).codes == ("DUTY_NO_SESSION",)


# -- CLINICAL --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "code"), [(0, "RX_VALIDITY_LIMIT"), (1, None), (3, None), (4, "RX_VALIDITY_LIMIT")]
)
def test_validity_is_one_to_three_days(world: World, days: int, code: str | None) -> None:
    assert world.issue(validity_days=days).codes == ((code,) if code else ())


@pytest.mark.parametrize(
    ("clinical", "days", "refused"),
    [
        ({"long_term": False}, "7.00", False),
        ({"long_term": False}, "7.01", True),
        ({"long_term": False, "type_code": "3"}, "3", False),
        ({"long_term": False, "type_code": "4"}, "4", True),
        ({"long_term": True}, "28", False),
        ({"long_term": True}, "29", True),
        ({"long_term": True, "evaluation": "稳定,患者已签字"}, "84", False),
        ({"long_term": True, "evaluation": "稳定,患者已签字"}, "84.01", True),
        ({"long_term": True, "evaluation": "无"}, "29", True),
    ],
)
def test_days_of_one_prescription(
    world: World, clinical: dict[str, object], days: str, refused: bool
) -> None:
    decision = world.issue(clinical=clinical, line={"days": days})
    assert decision.codes == (("RX_DAYS_LIMIT",) if refused else ())


@pytest.mark.parametrize(
    ("evaluated", "days", "codes"),
    [
        ({}, "84", ()),
        ({}, "85", ("RX_DAYS_LIMIT",)),
        ({"by": DOCTOR2}, "84", ()),
        ({"by": ""}, "84", ("CODE_UNKNOWN",)),
        ({"by": "D0"}, "84", ("CODE_UNKNOWN",)),
        ({"by": YS1}, "84", ("CODE_UNKNOWN",)),
        ({"on": "2026-03-03"}, "84", ("TIME_ORDER",)),
        ({"on": "2026-01-31"}, "84", ()),
        ({"on": "2026-01-30"}, "84", ("RX_DAYS_LIMIT",)),
        ({"on": "2026-01-30"}, "28", ()),
        ({"on": "2020-03-02", "by": DOCTOR2}, "29", ("RX_DAYS_LIMIT",)),
    ],
)
def test_an_evaluation_says_who_and_when(
    world: World, evaluated: dict[str, str], days: str, codes: tuple[str, ...]
) -> None:
    """R3: the evaluation above 28 days as members of its own, with the digest of what the patient signed."""
    given = {"by": DOCTOR, "on": "2026-03-02", "consent": "a" * 64, **evaluated}
    clinical = {"long_term": True, "evaluated": given}
    assert world.issue(clinical=clinical, line={"days": days}).codes == codes


def test_where_the_rulebook_wants_a_name_sixty_days_are_not_had_for_a_copied_sentence(world: World) -> None:
    """The text alone lifts the limit otherwise, be it one letter."""
    world.put(keys.RULEBOOK, {"versions": [{"id": "r", "from": 0}]})
    world.put(keys.rulebook("r"), {"parameters": {"evaluation_named": 1}})
    decision = world.issue(clinical={"long_term": True, "evaluation": "x"}, line={"days": "60"})
    assert decision.codes == ("RX_DAYS_LIMIT",)
    assert decision.findings[0].told == {"line": 0, "member": "days", "days_max": 28}


@pytest.mark.parametrize(
    ("asked", "cold", "days", "codes"),
    [(1, True, "7", ()), (1, True, "8", ("RX_DAYS_LIMIT",)), (1, False, "8", ()), (0, True, "28", ())],
)
def test_what_is_stored_specially_is_long_but_where_the_rulebook_forbids_it(
    world: World, asked: int, cold: bool, days: str, codes: tuple[str, ...]
) -> None:
    """R4 names special storage; insulins are kept cold and long all the same, so an area says so."""
    world.put(keys.RULEBOOK, {"versions": [{"id": "r", "from": 0}]})
    world.put(keys.rulebook("r"), {"parameters": {"long_term_storage_excluded": asked}})
    key = keys.drug("part", METFORMIN)
    world.put(key, {**world.record(key), **({"special_storage": True} if cold else {})})
    assert world.issue(line={"days": days}).codes == codes


def test_an_excluded_class_is_never_long(world: World) -> None:
    line = {"drug": "XN05CDA001", "days": "8", "unit": "片"}
    assert world.issue(line=line, clinical={"business_type": "01"}).codes == ("RX_DAYS_LIMIT",)


@pytest.mark.parametrize("drug", ["XB05AAB001", "XN05CDA001"])
def test_some_drugs_are_never_prescribed_online(world: World, drug: str) -> None:
    line = {"drug": drug, "days": "2", "unit": "盒"}
    assert world.issue(line=line).codes == ("DRUG_ONLINE_FORBIDDEN",)
    world.wait(60)
    assert world.issue(line=line, clinical={"business_type": "01"}).codes == ()


@pytest.mark.parametrize(
    ("validity_days", "days", "codes"),
    [
        (4, "2", ("RX_VALIDITY_LIMIT", "DRUG_ONLINE_FORBIDDEN")),
        (3, "8", ("RX_DAYS_LIMIT", "DRUG_ONLINE_FORBIDDEN")),
        (4, "8", ("RX_VALIDITY_LIMIT", "RX_DAYS_LIMIT", "DRUG_ONLINE_FORBIDDEN")),
    ],
)
def test_one_forbidden_drug_has_the_same_decisive_fault_for_everybody(
    world: World, validity_days: int, days: str, codes: tuple[str, ...]
) -> None:
    """The order of contracts §3 decides: validity, days, and then the list of those never online."""
    line = {"drug": "XB05AAB001", "days": days, "unit": "瓶"}
    decision = world.issue(validity_days=validity_days, line=line, clinical={"long_term": False})
    assert decision.codes == codes


def test_an_unknown_drug_is_a_data_fault(world: World) -> None:
    decision = world.issue(line={"drug": "X?"})
    assert decision.codes == ("CODE_UNKNOWN",)
    assert decision.findings[0].class_ == "DATA_QUALITY"


@pytest.mark.parametrize("line", [{"quantity": "0"}, {"quantity": "-1"}, {"days": "0"}, {"dose": "0"}])
def test_q01_nothing_is_no_quantity(world: World, line: dict[str, str]) -> None:
    assert world.issue(line=line).codes[0] == "QTY_RANGE"


@pytest.mark.parametrize(("quantity", "code"), [("0.0000", "QTY_RANGE"), ("0.0001", "")])
def test_the_smallest_part_is_a_quantity_and_nothing_is_none(world: World, quantity: str, code: str) -> None:
    assert "".join(world.issue(line={"quantity": quantity}).codes) == code


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        ("盒子", "UNIT_UNKNOWN"),
        ("㎎", "UNIT_NOT_NORMALISED"),
        ("µg", "UNIT_NOT_NORMALISED"),
        ("粒", "UNIT_INCOMPATIBLE"),
    ],
)
def test_q07_q08_units(world: World, unit: str, code: str) -> None:
    assert world.issue(line={"unit": unit}).codes == (code,)


@pytest.mark.parametrize(("unit", "proposed"), [("㎎", "mg"), ("µg", "ug"), ("μg", "ug")])
def test_q08_a_dose_in_a_look_alike_unit_is_not_left_unchecked(
    world: World, unit: str, proposed: str
) -> None:
    """As Q08 has it for quantities: a sign that only looks like the unit is for its doctor to put right."""
    decision = world.issue(line={"dose_unit": unit})
    assert decision.codes == ("UNIT_NOT_NORMALISED",)
    told = decision.findings[0].told
    assert told == {"line": 0, "member": "dose_unit", "proposed": proposed}
    assert world.issue(line={"dose_unit": "次"}).codes == ()


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ({"drug": "XB05AAB001", "unit": "瓶", "days": "2"}, "DRUG_ONLINE_FORBIDDEN"),
        ({"drug": "XJ05AHA001", "unit": "盒", "days": "29"}, "RX_DAYS_LIMIT"),
    ],
)
def test_a_forbidden_second_line_does_not_hide_behind_a_good_first(
    world: World, second: dict[str, str], code: str
) -> None:
    assert world.issue(lines=[world.line(), world.line(**second)]).codes == (code,)


def test_a_bad_unit_in_front_does_not_take_a_violation_off_its_signer(world: World) -> None:
    decision = world.issue(line={"unit": "箱子", "days": "85"})
    assert decision.codes == ("UNIT_UNKNOWN", "RX_DAYS_LIMIT")
    assert json.loads(decision.entry or b"")["refused"]["signers"] == [DOCTOR]
