"""Reading personal data is a signed act with a purpose, refused where it is not the reader's (S20, S37)."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from contracts.reading import masked
from tests.contracts.world import (
    DOCTOR,
    DOCTOR2,
    FUND_OFFICER,
    H1,
    H2,
    OFFICERS,
    P1,
    P2,
    REGULATOR,
    YS1,
    World,
)

DUE = "2026-04-02T00:00:00Z"


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    return made


def ask(world: World, rx: str, who: str, by: str = "", **members: Any) -> Decision:
    given = {"rx": rx, "purpose": "audit", "groups": ["identity"], **members}
    return world.act("access.read", who, (by or who,), given)


def case(world: World, subject: str) -> str:
    members = {"subject": subject, "rules": ["PACE-1"], "evidence": [], "due": DUE, "reason": "数据核查"}
    assert world.act("governance.case", REGULATOR, OFFICERS, members).codes == ()
    return world.last_id


def test_who_has_a_part_reads_and_the_log_says_so(world: World) -> None:
    rx = world.ready()
    for who, by in ((H1, ""), (P1, YS1), (REGULATOR, OFFICERS[0]), (REGULATOR, "")):
        assert ask(world, rx, who, by).codes == ()
    record = world.record(keys.access(world.last_id))
    assert record == {
        "rx": rx,
        "organisation": REGULATOR,
        "groups": ["identity"],
        "until": world.now_ms + 86_400_000,
    }


@pytest.mark.parametrize("who", [H2, P2])
def test_a_reader_without_a_part_is_refused_and_the_attempt_is_an_entry(world: World, who: str) -> None:
    decision = ask(world, world.ready(), who)
    assert decision.codes == ("ORG_SCOPE",)
    assert b"access.read" in (decision.entry or b"")


def test_p07_a_courier_asks_for_no_diagnosis(world: World) -> None:
    """P07: it was told that it had no part in the prescription, although it carries the parcel."""
    rx = world.ready()
    world.put(keys.organisation(P2), {**world.record(keys.organisation(P2)), "role": "courier"})
    for groups in (["clinical"], ["contact"]):
        decision = ask(world, rx, P2, groups=groups)
        assert (decision.outcome, decision.codes) == ("refused", ("FIELD_FORBIDDEN",))


def test_a_pharmacy_may_not_ask_for_what_dispensing_does_not_need(world: World) -> None:
    rx = world.ready()
    decision = ask(world, rx, P1, groups=["identity", "contact"])
    assert decision.codes == ("FIELD_FORBIDDEN",)
    assert b'"codes":["FIELD_FORBIDDEN"]' in (decision.entry or b""), "the attempt is on the log"
    assert ask(world, rx, P1, groups=["identity", "lines"]).codes == ()
    assert ask(world, rx, H1, groups=["contact"]).codes == ()


def test_an_unknown_prescription_opens_nothing(world: World) -> None:
    assert ask(world, "0" * 64, REGULATOR).codes == ("RX_NOT_FOUND",)


def test_reading_for_a_case_names_an_open_case_of_these_people(world: World) -> None:
    rx = world.ready()
    assert ask(world, rx, REGULATOR, purpose="case").codes == ("BREAK_GLASS_REASON",)
    assert ask(world, rx, REGULATOR, case=case(world, DOCTOR)).codes == ("BREAK_GLASS_REASON",)
    assert ask(world, rx, REGULATOR, purpose="case", case="0" * 64).codes == ("CODE_UNKNOWN",)
    for subject, codes in ((DOCTOR, ()), (H1, ()), (P1, ()), (DOCTOR2, ("CASE_ORDER",))):
        assert ask(world, rx, REGULATOR, purpose="case", case=case(world, subject)).codes == codes


@pytest.mark.parametrize("purpose", ["treatment", "payment", "audit", "complaint"])
@pytest.mark.parametrize("who", [H1, P1, REGULATOR])
def test_a_supervisor_unmasks_no_patient_for_a_treatment_that_it_does_not_give(
    world: World, who: str, purpose: str
) -> None:
    """An officer wrote `treatment`, and the name stood open for a reason that nobody can check."""
    decision = ask(world, world.ready(), who, purpose=purpose)
    refused = who == REGULATOR and purpose == "treatment"
    assert decision.codes == (("BREAK_GLASS_REASON",) if refused else ())
    if refused:
        assert decision.findings[0].told["expected"] == "payment or audit or case or complaint"


@pytest.mark.parametrize("who", [H1, P1])
def test_a_case_is_read_by_who_supervises(world: World, who: str) -> None:
    rx = world.ready()
    opened = case(world, DOCTOR)
    assert ask(world, rx, who, purpose="case", case=opened).codes == ("BREAK_GLASS_REASON",)
    assert ask(world, rx, REGULATOR, purpose="case", case=opened).codes == ()


def test_a_closed_case_opens_nothing_any_more(world: World) -> None:
    rx, opened = world.ready(), case(world, DOCTOR)
    for step in ("notified", "heard", "decided", "closed"):
        finding = {"finding": "unfounded"} if step == "decided" else {}
        members = {"case": opened, "step": step, "reason": "数据核查", **finding}
        assert world.act("governance.case_step", REGULATOR, OFFICERS, members).codes == ()
    assert ask(world, rx, REGULATOR, purpose="case", case=opened).codes == ("CASE_ORDER",)


def test_a_referral_is_signed_by_two_and_stands_in_the_case(world: World) -> None:
    opened = case(world, DOCTOR)
    members = {"case": opened, "to": "990000 公安局", "package": "a" * 64, "reason": "涉嫌犯罪，依法移送"}
    assert world.act("governance.referral", REGULATOR, OFFICERS, members).codes == ()
    assert world.record(keys.case(opened))["referred"] == ["990000 公安局"]
    assert world.act("governance.referral", REGULATOR, OFFICERS, {**members, "case": "0" * 64}).codes == (
        "CODE_UNKNOWN",
    )
    assert world.act("governance.referral", REGULATOR, (FUND_OFFICER,), members).codes[1] == "ROLE_FORBIDDEN"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("白芷若", "白**"),
        ("白", "白*"),
        ("990000195507190221", "990*************21"),
        ({"name": "白芷若", "guardian": {"name": "白术"}}, {"name": "白**", "guardian": {"name": "白*"}}),
        (["12345678", 3], ["123***78", 3]),
    ],
)
def test_a_mask_leaves_enough_to_tell_two_people_apart_and_no_more(value: Any, shown: Any) -> None:
    assert masked(value) == shown
