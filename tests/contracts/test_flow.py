"""Existence, status, custody, quantities: what a prescription's life allows next."""

from __future__ import annotations

import pytest

from contracts import keys, lifecycle, status_of
from tests.contracts.world import (
    DOCTOR,
    H1,
    METFORMIN,
    P1,
    P2,
    PHARMACIST,
    YS1,
    YS2,
    YS3,
    YS4,
    World,
    code,
)


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([code("8990002", n) for n in range(1, 9)])
    made.receive([code("8990002", n) for n in range(11, 19)], P2, YS3)
    return made


def status(world: World, rx: str) -> str:
    return status_of(world.record(keys.rx(rx)), world.record(keys.rx_content(rx)), world.now_ms)


def cancel(world: World, rx: str) -> tuple[str, ...]:
    return world.act("prescription.cancelled", H1, (DOCTOR,), {"rx": rx}).codes


def deliver(world: World, rx: str, step: str, pharmacy: str = P1, by: str = YS1) -> tuple[str, ...]:
    return world.act(f"delivery.{step}", pharmacy, (by,), {"rx": rx}).codes


def test_a_whole_life(world: World) -> None:
    world.issue()
    rx = world.last_id
    seen = [status(world, rx)]
    steps = [
        lambda: world.approve(rx),
        lambda: world.claim(rx),
        lambda: world.review(rx),
        lambda: world.sell(rx, [code("8990002", 1)]),
    ]
    for step in steps:
        assert step().outcome == "accepted"
        seen.append(status(world, rx))
    for step_name in ("handed_over", "failed", "handed_over", "received"):
        assert deliver(world, rx, step_name) == ()
        seen.append(status(world, rx))
    assert seen == [
        "ISSUED",
        "HOSPITAL_APPROVED",
        "CLAIMED",
        "PHARMACY_APPROVED",
        "DISPENSED",
        "IN_DELIVERY",
        "DISPENSED",
        "IN_DELIVERY",
        "DELIVERED",
    ]


def test_what_a_patient_has_erased_is_the_whole_consultation_and_nothing_outlives_it(world: World) -> None:
    """One data key for a consultation and all that came of it (D6): to destroy it leaves no act readable."""
    opened, close = world.consult()
    assert world.last is not None and world.last.data_key == opened, "the close"
    issued = world.issue(opened, close)
    rx = world.last_id
    world.wait(60)
    steps = [issued, world.approve(rx), world.claim(rx), world.review(rx)]
    steps += [world.sell(rx, [code("8990002", 1)]), world.give_back(rx, [code("8990002", 1)])]
    assert [step.outcome for step in steps] == ["accepted"] * 6
    assert {step.data_key for step in steps} == {opened}
    assert world.open_consultation() == world.last.data_key, "another consultation has its own"


def test_every_entry_of_a_life_names_the_one_before(world: World) -> None:
    consultation, after = world.consult()
    decision = world.issue(consultation, after)
    assert f'"prev":"{after}"'.encode() in (decision.entry or b"")
    rx, leaf = world.last_id, decision.leaf
    for step in (lambda: world.approve(rx), lambda: world.claim(rx), lambda: world.review(rx)):
        decision = step()
        assert f'"prev":"{leaf}"'.encode() in (decision.entry or b"")
        leaf = decision.leaf


def test_an_unknown_prescription_is_not_found(world: World) -> None:
    assert world.claim("0" * 64).codes == ("RX_NOT_FOUND",)
    assert world.sell("0" * 64, [code("8990002", 1)]).codes[0] == "RX_NOT_FOUND"


def test_the_committed_payload_again_is_replayed_and_writes_nothing(world: World) -> None:
    world.issue()
    again = world.run(world.facts_of_last)
    assert (again.outcome, again.entry, again.writes) == ("replayed", None, ())


def test_a_check_of_what_is_committed_holds_nothing_of_its_own_against_it(world: World) -> None:
    """It said ID_CONFLICT: the number was taken, by this very prescription whose answer had been lost."""
    world.issue()
    again = world.run(world.facts_of_last, check=True)
    assert (again.outcome, again.codes, again.entry, again.writes) == ("replayed", (), None, ())


def test_the_same_jti_with_other_bytes_conflicts(world: World) -> None:
    world.issue()
    jti = world.facts_of_last.payload["jti"]
    world.wait(120)
    assert world.issue(jti=jti).codes[0] == "IDEMPOTENCY_CONFLICT"


def test_a_national_number_is_used_once(world: World) -> None:
    world.issue(number="99" + "0" * 24)
    world.wait(120)
    assert world.issue(number="99" + "0" * 24).codes == ("ID_CONFLICT",)


@pytest.mark.parametrize("written", ["无", "0", "N/A"])
def test_two_who_write_that_there_is_no_number_have_none_in_common(world: World, written: str) -> None:
    """At the counter no national number is asked for: the second hospital that wrote 无 was accused."""
    for once in (written, written):
        assert world.issue(number=written).codes == ()
        rx = world.last_id
        world.approve(rx)
        assert world.claim(rx, once=once).codes == ()
        world.wait(120)


def test_a_one_time_number_is_used_once(world: World) -> None:
    for number, expected in enumerate(((), ("ID_CONFLICT",))):
        world.issue(number=f"{number:026d}")
        rx = world.last_id
        world.approve(rx)
        assert world.claim(rx, once="ONCE1").codes == expected


def test_dispensing_before_the_reviews_is_out_of_order(world: World) -> None:
    world.issue()
    rx = world.last_id
    assert world.sell(rx, [code("8990002", 1)]).codes[0] == "FLOW_ORDER"
    world.approve(rx)
    assert world.sell(rx, [code("8990002", 1)]).codes[0] == "FLOW_ORDER"
    world.claim(rx)
    assert world.sell(rx, [code("8990002", 1)]).codes == ("FLOW_ORDER",)


def test_who_may_know_is_told_the_status_that_a_step_does_not_follow(world: World) -> None:
    world.issue()
    rx = world.last_id
    assert world.claim(rx).findings[0].told == {"status": "ISSUED"}
    world.approve(rx)
    (finding,) = [one for one in world.approve(rx).findings if one.code == "FLOW_ORDER"]
    assert finding.told == {"status": "HOSPITAL_APPROVED"} and not finding.facts, "told, not logged"
    stranger = world.sell(rx, [code("8990002", 11)], P2).findings
    assert [one.told for one in stranger if one.code == "FLOW_ORDER"] == [{}], "not to a stranger"


def test_a_role_that_may_not_sign_is_told_which_may(world: World) -> None:
    world.issue()
    decision = world.approve(world.last_id, reviewer=DOCTOR, signers=(DOCTOR,))
    (finding,) = [one for one in decision.findings if one.code == "ROLE_FORBIDDEN"]
    roles = {"claimed": "doctor", "registered": "doctor", "required": "hospital_pharmacist"}
    assert finding.told == {"signer": 1, **roles}


def test_a_second_full_dispensing_is_refused(world: World) -> None:
    rx = world.ready()
    world.sell(rx, [code("8990002", 1)])
    assert world.sell(rx, [code("8990002", 2)]).codes == ("RX_ALREADY_DISPENSED",)
    assert world.claim(rx, P2, YS3).codes[0] == "RX_ALREADY_DISPENSED"


def test_after_a_cancel_nothing_follows(world: World) -> None:
    world.issue()
    rx = world.last_id
    assert cancel(world, rx) == ()
    assert world.approve(rx).codes[0] == "RX_CANCELLED"
    assert world.claim(rx).codes[0] == "RX_CANCELLED"
    assert world.sell(rx, [code("8990002", 1)]).codes[0] == "RX_CANCELLED"
    assert cancel(world, rx) == ("RX_CANCELLED",)


def test_a_used_prescription_is_not_cancelled(world: World) -> None:
    rx = world.ready()
    world.sell(rx, [code("8990002", 1)])
    assert cancel(world, rx) == ("FLOW_ORDER",)


def test_a_rejected_prescription_stays_rejected(world: World) -> None:
    world.issue()
    rx = world.last_id
    assert world.approve(rx, decision="refused").outcome == "accepted"
    assert world.claim(rx).codes[0] == "REVIEW_REJECTED"
    assert world.sell(rx, [code("8990002", 1)]).codes[0] == "REVIEW_REJECTED"


def test_what_one_pharmacy_holds_another_does_not_claim(world: World) -> None:
    world.issue()
    rx = world.last_id
    world.approve(rx)
    world.claim(rx)
    assert world.claim(rx, P2, YS3).codes == ("RX_DESIGNATED_ELSEWHERE",)
    assert world.claim(rx).codes == ("FLOW_ORDER",)
    world.review(rx)
    assert world.sell(rx, [code("8990002", 11)], P2).codes == ("RX_NOT_CLAIMED",)
    assert world.review(rx, P2, (YS3, YS4)).codes[0] == "FLOW_ORDER"


def test_a_released_prescription_is_free_and_reviewed_anew(world: World) -> None:
    rx = world.ready()
    assert world.act("prescription.released", P1, (YS1,), {"rx": rx}).outcome == "accepted"
    assert world.claim(rx, P2, YS3).outcome == "accepted"
    assert world.sell(rx, [code("8990002", 11)], P2).codes == ("FLOW_ORDER",)
    assert world.review(rx, P2, (YS3, YS4)).outcome == "accepted"
    assert world.sell(rx, [code("8990002", 11)], P2).outcome == "accepted"


@pytest.mark.parametrize(("early_ms", "outcome"), [(1, "accepted"), (0, "refused")])
def test_a_prescription_expires_on_time(world: World, early_ms: int, outcome: str) -> None:
    rx = world.ready()
    world.now_ms = world.record(keys.rx(rx))["expires"] - early_ms
    decision = world.sell(rx, [code("8990002", 1)])
    assert decision.outcome == outcome
    assert decision.codes == (() if early_ms else ("RX_EXPIRED",))


def test_a_return_after_the_validity_is_still_a_return(world: World) -> None:
    rx = world.ready()
    world.sell(rx, [code("8990002", 1)])
    world.wait(4 * 86_400)
    assert world.give_back(rx, [code("8990002", 1)]).outcome == "accepted"


def test_delivery_before_dispensing_is_out_of_order(world: World) -> None:
    rx = world.ready()
    assert deliver(world, rx, "handed_over") == ("FLOW_ORDER",)
    world.sell(rx, [code("8990002", 1)])
    assert deliver(world, rx, "received") == ("FLOW_ORDER",)
    assert deliver(world, rx, "handed_over", P2, YS3) == ("RX_NOT_CLAIMED",)


def test_parts_owing_and_returns_are_exact(world: World) -> None:
    rx = world.ready(line={"quantity": "3"})
    assert world.sell(rx, [code("8990002", 1)]).outcome == "accepted"
    assert status(world, rx) == "PARTLY_DISPENSED"
    over = world.sell(rx, [code("8990002", n) for n in (2, 3, 4)])
    assert over.codes == ("QTY_EXCEEDS_RX",)
    assert world.sell(rx, [code("8990002", n) for n in (2, 3)]).outcome == "accepted"
    assert status(world, rx) == "DISPENSED"
    assert world.give_back(rx, [code("8990002", 2)]).outcome == "accepted"
    assert status(world, rx) == "PARTLY_DISPENSED"
    assert world.record(keys.rx(rx))["marks"] == ["RETURNED"]
    assert world.sell(rx, [code("8990002", 2)]).outcome == "accepted"
    assert status(world, rx) == "DISPENSED"


def test_a_full_return_gives_the_whole_quantity_back(world: World) -> None:
    rx = world.ready()
    world.sell(rx, [code("8990002", 1)])
    world.give_back(rx, [code("8990002", 1)])
    assert status(world, rx) == "PHARMACY_APPROVED"
    assert world.sell(rx, [code("8990002", 1)]).outcome == "accepted"


def test_no_more_is_returned_than_was_sold(world: World) -> None:
    rx = world.ready(line={"quantity": "3"})
    world.sell(rx, [code("8990002", 1)])
    decision = world.give_back(rx, [code("8990002", 1), code("8990002", 2)])
    assert decision.codes[0] == "QTY_RETURN_EXCEEDS"


def test_as_many_boxes_come_back_as_were_sold_and_not_one_more(world: World) -> None:
    rx = world.ready(line={"quantity": "3"})
    packs = [code("8990002", number) for number in (1, 2)]
    world.sell(rx, packs)
    assert world.give_back(rx, [*packs, code("8990002", 3)]).codes[0] == "QTY_RETURN_EXCEEDS"
    assert world.give_back(rx, packs).codes == ()


def test_another_drug_than_prescribed_is_too_much(world: World) -> None:
    rx = world.ready()
    decision = world.sell(rx, [code("8990007", 1)], drug="XJ05AHA001")
    assert decision.codes[0] == "QTY_EXCEEDS_RX"


def test_a_report_before_the_sale_and_after_it_is_one_sale(world: World) -> None:
    rx = world.ready()
    lines = {"lines": [{"drug": METFORMIN, "quantity": "1"}]}
    codes = {"codes": [{"code": code("8990002", 1), "line": 0}]}
    sale = {"identifiers": {"setl_id": "S1", "rtal_docno": "R1"}}
    report = ("dispensing.reported", P1, (YS1,), {"rx": rx})
    assert world.act(*report, {**sale, **lines, **codes}).outcome == "accepted"
    assert world.sell(rx, [code("8990002", 1)], settlement="S1").outcome == "accepted"
    settled = {"identifiers": {"setl_id": "S1"}, **codes}
    assert world.act("settlement.reported", P1, (YS1,), {"rx": rx}, settled).outcome == "accepted"
    assert world.record(keys.rx(rx))["marks"] == ["SETTLED"]
    other = {"identifiers": {"setl_id": "S9"}, **lines, **codes}
    assert world.act(*report, other).codes == ("TRACE_ALREADY_DISPENSED_HERE",)


def test_a_prescription_signed_by_a_stolen_key_is_not_dispensed(world: World) -> None:
    rx = world.ready()
    record = world.record(keys.key(f"{DOCTOR}#0"))
    world.put(keys.key(f"{DOCTOR}#0"), {**record, "revoked": world.now_ms, "compromised_from": 0})
    assert world.sell(rx, [code("8990002", 1)]).codes == ("KEY_COMPROMISE_WINDOW",)


def test_the_hospital_review_belongs_to_the_issuing_hospital(world: World) -> None:
    world.issue()
    members = {"rx": world.last_id, "reviewer": PHARMACIST, "decision": "approved"}
    disclosed = {"clinical": {"opinion": "同意"}}
    decision = world.act("review.hospital", "H99000000002", (PHARMACIST,), members, disclosed)
    assert "ORG_SCOPE" in decision.codes


@pytest.mark.parametrize("current", lifecycle.STATUSES)
@pytest.mark.parametrize(
    "event", sorted({event for _, event in lifecycle.TRANSITIONS} | {"dispensing.dispensed"})
)
def test_what_the_table_does_not_allow_has_a_precise_code(current: str, event: str) -> None:
    if (current, event) not in lifecycle.TRANSITIONS:
        code_ = lifecycle.refusal_code(current, event.partition("/")[0], False)
        assert code_ in {
            "RX_CANCELLED",
            "REVIEW_REJECTED",
            "RX_EXPIRED",
            "RX_ALREADY_DISPENSED",
            "RX_HELD",
            "FLOW_ORDER",
        }


def test_a_repeated_refusal_is_logged_once(world: World) -> None:
    world.issue()
    rx = world.last_id
    first = world.sell(rx, [code("8990002", 1)])
    again = world.run(world.facts_of_last)
    assert first.entry is not None and again.entry is None
    assert again.codes == first.codes


def test_refusals_beyond_the_quota_are_answered_but_not_logged(world: World) -> None:
    world.put(keys.RULEBOOK, {"versions": [{"id": "rb", "from": 0}]})
    world.put(keys.rulebook("rb"), {"parameters": {"refusals_per_day_max": 1}})
    world.issue()
    rx = world.last_id
    assert world.sell(rx, [code("8990002", 1)]).entry is not None
    assert world.sell(rx, [code("8990002", 2)]).entry is None
    world.wait(86_400)
    assert world.sell(rx, [code("8990002", 3)]).entry is not None


def test_the_check_before_the_act_writes_nothing_and_says_the_same(world: World) -> None:
    rx = world.ready()
    before = dict(world.state)
    facts = world.facts(
        "dispensing.dispensed",
        P1,
        (YS1, YS2),
        {"rx": rx, "preparer": YS2, "checker": YS1},
        {
            "identifiers": {"setl_id": "S"},
            "lines": [{"drug": METFORMIN, "quantity": "2", "unit": "盒"}],
            "codes": [{"code": code("8990002", n), "line": 0} for n in (1, 2)],
        },
    )
    decision = world.run(facts, check=True)
    assert (decision.codes, decision.entry, decision.writes) == (("QTY_EXCEEDS_RX",), None, ())
    assert world.state == before
