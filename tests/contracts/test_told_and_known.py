"""What a statement says of itself, held against what the ledger and the patient's number know."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from contracts.quantity import DAY_MS
from tests.contracts.office import rulebook
from tests.contracts.test_consultation_and_pace import _may_prescribe, _number_born
from tests.contracts.test_renewed import renew
from tests.contracts.test_uncoded import left, listing, without_code
from tests.contracts.test_uncoded import sold as sold_uncoded
from tests.contracts.world import DOCTOR, H1, METFORMIN, P1, PATIENT, PATIENT2, YS1, World, code

PACK, OTHER = code("8990002", 1), code("8990002", 2)


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([PACK, OTHER])
    return made


# -- online is what happened, not a word ---------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "business", "codes"),
    [
        ("video", "02", ("FIRST_VISIT_ONLINE",)),
        ("video", "01", ("FIRST_VISIT_ONLINE",)),
        ("audio", "03", ("FIRST_VISIT_ONLINE",)),
        ("text", "", ("FIRST_VISIT_ONLINE",)),
        ("counter", "02", ("FIRST_VISIT_ONLINE",)),
        ("counter", "01", ()),
    ],
)
def test_a_hospital_does_not_leave_the_internet_by_writing_01(
    world: World, mode: str, business: str, codes: tuple[str, ...]
) -> None:
    """Bans of what is never done online looked at one word, and a video consultation was outpatient care."""
    seen = world.consult(mode=mode)
    clinical = {"first_visit": True, "business_type": business}
    assert world.issue(*seen, clinical=clinical).codes == codes


# -- what left the shop --------------------------------------------------------------------------


def _delivered(world: World, *steps: str) -> str:
    rx = world.ready()
    assert world.sell(rx, [PACK], settlement="S1").codes == ()
    for step in steps:
        assert world.act(f"delivery.{step}", P1, (YS1,), {"rx": rx}).codes == ()
    return rx


@pytest.mark.parametrize(
    ("steps", "codes"),
    [
        ((), ()),
        (("handed_over",), ("TRACE_NOT_RESALABLE",)),
        (("handed_over", "received"), ("TRACE_NOT_RESALABLE",)),
        (("handed_over", "failed"), ("TRACE_NOT_RESALABLE",)),
    ],
)
def test_what_a_patient_received_is_not_sold_again_because_it_is_said_never_to_have_left(
    world: World, steps: tuple[str, ...], codes: tuple[str, ...]
) -> None:
    rx = _delivered(world, *steps)
    assert world.give_back(rx, [PACK], left_shop=False).codes == ()
    assert world.sell(world.ready(patient=PATIENT2), [PACK], settlement="S2").codes == codes


@pytest.mark.parametrize("stage", ["IN_DELIVERY", "DELIVERED"])
def test_a_parcel_that_went_before_parcels_were_remembered_left_the_shop_too(
    world: World, stage: str
) -> None:
    rx = _delivered(world)
    world.put(keys.rx(rx), {**world.record(keys.rx(rx)), "stage": stage})
    world.give_back(rx, [PACK], left_shop=False)
    assert _resold(world, PACK) == ("TRACE_NOT_RESALABLE",)


def _two_sold(world: World) -> str:
    rx = world.ready(line={"quantity": "2"})
    for pack, sale in ((PACK, "S1"), (OTHER, "S2")):
        assert world.sell(rx, [pack], settlement=sale).codes == ()
        world.wait(60)
    return rx


def _resold(world: World, pack: str) -> tuple[str, ...]:
    return world.sell(world.ready(patient=PATIENT2), [pack], settlement="S9").codes


def test_the_second_pack_of_a_parcel_left_the_shop_too(world: World) -> None:
    """The first one's return changed the status, and the other was back on the shelf."""
    rx = _two_sold(world)
    for step in ("handed_over", "received"):
        assert world.act(f"delivery.{step}", P1, (YS1,), {"rx": rx}).codes == ()
    world.give_back(rx, [PACK], left_shop=True)
    assert world.give_back(rx, [OTHER], left_shop=False).codes == ()
    assert _resold(world, OTHER) == ("TRACE_NOT_RESALABLE",)


@pytest.mark.parametrize(
    ("returned", "codes"), [(PACK, ("TRACE_NOT_RESALABLE",)), (OTHER, ())]
)
def test_a_parcel_holds_what_was_sold_before_it_went(
    world: World, returned: str, codes: tuple[str, ...]
) -> None:
    """One of two packs was delivered, the other sold at the counter afterwards."""
    rx = world.ready(line={"quantity": "2"})
    world.sell(rx, [PACK], settlement="S1")
    for step in ("handed_over", "received"):
        assert world.act(f"delivery.{step}", P1, (YS1,), {"rx": rx}).codes == ()
    world.wait(60)
    world.sell(rx, [OTHER], settlement="S2")
    assert world.give_back(rx, [returned], left_shop=False).codes == ()
    assert _resold(world, returned) == codes


@pytest.mark.parametrize("step", ["received", "failed"])
def test_listed_stock_that_a_courier_had_is_not_listed_again(world: World, step: str) -> None:
    listing(world)
    rx = world.ready()
    assert sold_uncoded(world, rx).codes == ()
    world.act("delivery.handed_over", P1, (YS1,), {"rx": rx})
    world.act(f"delivery.{step}", P1, (YS1,), {"rx": rx})
    assert world.give_back(rx, [""], listed=without_code(), left_shop=False).codes == ()
    assert left(world) == 1


# -- a report of a sale where none was allowed ----------------------------------------------------


def _told(world: World, rx: str, type_: str) -> Decision:
    disclosed: dict[str, Any] = {"identifiers": {"setl_id": "S1"}, "codes": [{"code": PACK, "line": 0}]}
    if type_ == "dispensing.reported":
        disclosed["lines"] = [{"drug": METFORMIN, "quantity": "1", "unit": "盒"}]
    return world.act(type_, P1, (YS1,), {"rx": rx}, disclosed)


def _claimed(world: World) -> str:
    world.issue()
    rx = world.last_id
    world.wait(60)
    world.approve(rx)
    world.claim(rx)
    return rx


REPORTS = ("dispensing.reported", "settlement.reported")


@pytest.mark.parametrize("type_", REPORTS)
def test_a_settlement_for_a_prescription_that_was_cancelled_unsold_is_seen(world: World, type_: str) -> None:
    """Claimed, cancelled and never sold: it was settled without a flag."""
    rx = _claimed(world)
    reason = {"clinical": {"reason": "用药有误"}}
    assert world.act("prescription.cancelled", H1, (DOCTOR,), {"rx": rx}, reason).codes == ()
    found = _told(world, rx, type_)
    assert (found.outcome, found.codes) == ("accepted", ("RX_NOT_SALEABLE",))
    assert found.findings[0].told == {"status": "CANCELLED"}


@pytest.mark.parametrize("type_", REPORTS)
@pytest.mark.parametrize("decision", [None, "refused", "approved"])
def test_a_settlement_before_the_shops_review_is_seen(
    world: World, type_: str, decision: str | None
) -> None:
    rx = _claimed(world)
    if decision:
        world.review(rx, decision=decision)
    assert _told(world, rx, type_).codes == (() if decision == "approved" else ("RX_NOT_SALEABLE",))


@pytest.mark.parametrize("type_", REPORTS)
@pytest.mark.parametrize("stage", ["HELD", "ISSUED", "HOSPITAL_APPROVED", "CLAIMED", "REFUSED", "CANCELLED"])
def test_no_status_before_both_reviews_allows_a_sale(world: World, type_: str, stage: str) -> None:
    rx = world.ready()
    world.put(keys.rx(rx), {**world.record(keys.rx(rx)), "stage": stage})
    assert _told(world, rx, type_).codes == ("RX_NOT_SALEABLE",)


@pytest.mark.parametrize("type_", REPORTS)
def test_a_sale_that_came_back_before_the_prescription_was_cancelled_was_one(
    world: World, type_: str
) -> None:
    """Sold, returned, cancelled; the stock channel's report of the night told of a sale that was real."""
    rx = world.ready()
    world.sell(rx, [PACK], settlement="S1")
    world.give_back(rx, [PACK])
    reason = {"clinical": {"reason": "用药有误"}}
    assert world.act("prescription.cancelled", H1, (DOCTOR,), {"rx": rx}, reason).codes == ()
    assert "RX_NOT_SALEABLE" not in _told(world, rx, type_).codes


@pytest.mark.parametrize("type_", REPORTS)
def test_a_sale_told_late_or_after_a_return_is_nothing(world: World, type_: str) -> None:
    rx = world.ready()
    world.wait(4 * 86_400)
    assert _told(world, rx, type_).codes == ()
    world.open_duties()
    rx = world.ready(patient=PATIENT2)
    assert world.sell(rx, [OTHER], settlement="S1").codes == ()
    assert world.give_back(rx, [OTHER]).codes == ()
    assert "RX_NOT_SALEABLE" not in _told(world, rx, type_).codes


# -- validity runs from the signature --------------------------------------------------------------


@pytest.mark.parametrize(
    ("late_s", "counts_from_ms"), [(0, 0), (300, 0), (301, 301_000), (43_200, 43_200_000)]
)
def test_an_outage_lengthens_no_validity(world: World, late_s: int, counts_from_ms: int) -> None:
    """Signed at eight in the evening for a day, arrived next morning, sold the evening after (R1)."""
    seen = world.consult()
    world.wait(late_s)
    facts = world.issue_facts(*seen, validity_days=1, iat=world.now_ms // 1000 - late_s)
    assert world.run(facts).outcome == "accepted"
    record = world.record(keys.rx(facts.statement_id))
    assert record["expires"] == world.now_ms - counts_from_ms + DAY_MS
    assert record["issued"] == world.now_ms


def test_a_time_before_the_consultation_shortens_no_validity(world: World) -> None:
    """A doctor's clock four days behind: the prescription was dead on arrival, and nobody said a word."""
    seen = world.consult()
    closed_ms = world.record(keys.consultation(seen[0]))["closed"]
    world.wait(600)
    facts = world.issue_facts(*seen, validity_days=3, iat=world.now_ms // 1000 - 4 * 86_400)
    assert world.run(facts).codes == ()
    assert world.record(keys.rx(facts.statement_id))["expires"] == closed_ms + 3 * DAY_MS


def test_a_renewal_counts_from_the_signature_too(world: World) -> None:
    seen = world.consult()
    world.wait(3_600)
    facts = world.issue_facts(*seen, validity_days=1, iat=world.now_ms // 1000 - 3_600)
    world.run(facts)
    before = world.record(keys.rx(facts.statement_id))["expires"]
    assert renew(world, facts.statement_id, 1).codes[0] == "TIME_ORDER", "as long as it is, not longer"
    assert renew(world, facts.statement_id, 3).codes == ()
    assert world.record(keys.rx(facts.statement_id))["expires"] == before + 2 * DAY_MS


# -- a refill is of something ----------------------------------------------------------------------


def _refilled(world: World, seconds: float = 15, **identifiers: str) -> tuple[str, ...]:
    seen = world.consult(seconds=seconds)
    named = {"hiRxno": f"{world.count:026d}", **identifiers}
    facts = world.issue_facts(*seen, clinical={"refill": True}, disclosures={"identifiers": named})
    return tuple(finding.code for finding in world.run(facts).findings)


@pytest.mark.parametrize("named", [{}, {"initRxno": ""}, {"initRxno": "无"}])
def test_a_refill_of_nothing_takes_as_long_as_any_consultation(world: World, named: dict[str, str]) -> None:
    """The word alone halved the shortest consultation."""
    assert "CONSULT_TOO_SHORT" in _refilled(world, **named)
    assert _refilled(world, 30, **named) == ("CONSULT_SHORT_NOTICE",)


@pytest.mark.parametrize(("whose", "codes"), [(PATIENT, ()), (PATIENT2, ("CONSULT_TOO_SHORT",))])
def test_a_refill_is_of_the_patients_own_prescription(
    world: World, whose: str, codes: tuple[str, ...]
) -> None:
    world.issue(patient=whose, number="R1")
    found = _refilled(world, initRxno="R1")
    assert tuple(one for one in found if one == "CONSULT_TOO_SHORT") == codes


def test_a_refill_of_a_prescription_from_elsewhere_is_believed(world: World) -> None:
    assert _refilled(world, initRxno="elsewhere") == ("CONSULT_SHORT_NOTICE",)


# -- the resident number ---------------------------------------------------------------------------


def test_where_no_rulebook_asks_the_number_is_not_held_against_the_age(world: World) -> None:
    assert world.issue(age="40.0").codes == ()


@pytest.mark.parametrize(
    ("age", "codes"),  # born on 19 July 1955: seventy
    [("70.0", ()), ("72.0", ()), ("72.1", WRONG := ("IDENTITY_CONTRADICTS",)), ("68.0", ()), ("67.9", WRONG),
     ("4.0", WRONG), ("400", WRONG)],
)  # fmt: skip
def test_a_mistyped_age_is_a_fault_of_data_and_of_nobody(
    world: World, age: str, codes: tuple[str, ...]
) -> None:
    """4.0 typed for somebody of seventy accused the doctor of treating a child without its guardian."""
    rulebook(world, identity_age_years_max=2)
    decision = world.issue(age=age)
    assert decision.codes[:1] == codes
    if codes:
        assert (decision.findings[0].class_, decision.findings[0].told) == (
            "DATA_QUALITY", {"member": "age", "proposed": "70"},
        )  # fmt: skip


@pytest.mark.parametrize(("sex", "codes"), [("2", ()), ("1", ("IDENTITY_CONTRADICTS",)), ("9", ())])
def test_a_mistyped_sex_is_a_fault_of_data(world: World, sex: str, codes: tuple[str, ...]) -> None:
    rulebook(world, identity_age_years_max=2)
    decision = world.issue(disclosures={"patient": {"age": "70.0", "sex": sex}})
    assert decision.codes == codes
    if codes:
        assert decision.findings[0].told == {"member": "sex", "proposed": "2"}


@pytest.mark.parametrize(
    ("age", "guardian", "codes"),
    [
        ("0.1", {"guardian": {"name": "白母"}}, ()),
        ("5.9", {"guardian": {"name": "白母"}}, ()),
        ("6.0", {"guardian": {"name": "白母"}}, ("IDENTITY_CONTRADICTS",)),
        ("0.1", {}, ("IDENTITY_CONTRADICTS", "PEDIATRIC_GUARDIAN_MISSING")),
    ],
)
def test_a_newborn_has_the_mothers_number(
    world: World, age: str, guardian: dict[str, Any], codes: tuple[str, ...]
) -> None:
    rulebook(world, identity_age_years_max=2)
    assert world.issue(age=age, identity=guardian).codes == codes


def test_a_number_that_was_typed_badly_is_told_by_itself(world: World) -> None:
    rulebook(world, identity_age_years_max=2)
    assert world.issue(patient=f"{PATIENT[:17]}9", age="4.0").codes[0] == "ID_CHECKSUM"
    assert "IDENTITY_CONTRADICTS" not in world.issue(patient=f"{PATIENT[:17]}9", age="4.0").codes


@pytest.mark.parametrize("number", ["E12345678", "P20210610202106100"])
def test_another_document_says_no_age(world: World, number: str) -> None:
    rulebook(world, identity_age_years_max=2)
    assert world.issue(patient=number, age="40.0").codes == ()


@pytest.mark.parametrize(
    ("number", "codes"),
    [
        (_number_born("19850610"), ()),
        (_number_born("20100302"), ()),
        (_number_born("20100303"), ("PEDIATRIC_GUARDIAN_MISSING",)),
        (_number_born("20210610"), ("PEDIATRIC_GUARDIAN_MISSING",)),
        (_number_born("19850610")[:17] + "?", ("ID_CHECKSUM",)),
        ("E12345678", ()),
    ],
)
def test_a_guardian_is_of_age_and_the_number_typed_well(
    world: World, number: str, codes: tuple[str, ...]
) -> None:
    """A guardian of five years, and one with a wrong check digit, were nobody's matter."""
    _may_prescribe(world, "儿科")
    guardian = {"guardian": {"name": "白母", "relation": "mother", "certificate_number": number}}
    decision = world.issue(age="4.0", clinical={"department": "儿科"}, identity=guardian)
    assert decision.codes == codes
    if codes == ("ID_CHECKSUM",):
        assert decision.findings[0].told == {"member": "guardian.certificate_number"}
