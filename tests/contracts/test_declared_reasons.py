"""Reasons to buy early: who vouches for them, for how long they hold, and whom they fit (T9, S60)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.rotated import Rotated
from tests.contracts.world import P1, P2, PATIENT, PATIENT2, PATIENT3, YS1, YS2, YS3, World, code

PACKS = [code("8990002", n) for n in range(1, 4)]
THREE = (YS1, YS3, YS2)  # the first one checks, the last one prepares
JOURNEY = {"reason": "travel", "evidence": "TICKET", "until": "2026-04-20"}
NEED = {**JOURNEY, "reason": "clinical_need"}


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive(PACKS)
    made.act("duty.closed", P2, (YS3,), {"site": P2})
    made.open_duty(YS3, P1)
    _rulebook(made, exemption_reasons_countersigned=["clinical_need"], exemption_days_max=90)
    return made


def _early(world: World, exemption: dict[str, str], *, age: str = "70.0", **given: Any) -> Decision:
    """A second box on the day of the first one."""
    world.sell(world.ready(age=age), PACKS[:1])
    rx = world.ready(age=age)
    return world.sell(rx, PACKS[1:2], disclosures={"exemption": exemption}, **given)


def _rulebook(world: World, **parameters: Any) -> None:
    world.put(keys.RULEBOOK, {"versions": [{"id": "r", "from": 0}]})
    world.put(keys.rulebook("r"), {"parameters": parameters})


def test_nobody_buys_early_for_a_clinical_need_that_only_the_seller_claims(world: World) -> None:
    decision = _early(world, NEED)
    assert decision.codes == ("SUPPLY_COVERED",)
    assert decision.findings[0].told["member"] == "exemption.countersigner"


def test_a_second_pharmacist_vouches_for_a_clinical_need(world: World) -> None:
    assert _early(world, {**NEED, "countersigner": YS3}, pair=THREE).codes == ("SUPPLY_EXEMPT",)


@pytest.mark.parametrize(
    ("countersigner", "pair", "codes"),
    [
        (YS3, (YS1, YS2), ("SIGNER_NOT_ATTENDING",)),
        (YS2, (YS1, YS2), ("DUTY_SEPARATION",)),
        (YS1, THREE, ("DUTY_SEPARATION",)),
        ("未知", THREE, ("SUPPLY_COVERED",)),
        ("", (YS1, YS2), ("SUPPLY_COVERED",)),
    ],
)
def test_whoever_countersigns_has_signed_and_does_nothing_else_in_the_sale(
    world: World, countersigner: str, pair: tuple[str, ...], codes: tuple[str, ...]
) -> None:
    assert _early(world, {**NEED, "countersigner": countersigner}, pair=pair).codes == codes


def test_nobody_vouches_from_home(world: World) -> None:
    world.act("duty.closed", P1, (YS3,), {"site": P1})
    assert _early(world, {**NEED, "countersigner": YS3}, pair=THREE).codes == ("DUTY_NO_SESSION",)


def test_a_third_signature_alone_is_no_countersignature(world: World) -> None:
    assert _early(world, NEED, pair=THREE).codes == ("SUPPLY_COVERED",)


@pytest.mark.parametrize(
    ("asked", "exemption", "codes"),
    [
        ([], NEED, ("SUPPLY_EXEMPT",)),
        (["clinical_need"], JOURNEY, ("SUPPLY_EXEMPT",)),
        (["travel"], JOURNEY, ("SUPPLY_COVERED",)),
    ],
)
def test_the_rulebook_says_which_reasons_want_a_second_word(
    world: World, asked: list[str], exemption: dict[str, str], codes: tuple[str, ...]
) -> None:
    _rulebook(world, exemption_reasons_countersigned=asked)
    assert _early(world, exemption).codes == codes


@pytest.mark.parametrize(
    ("until", "codes"),
    [
        ("2026-05-31", ("SUPPLY_EXEMPT",)),
        ("2026-06-01", ("SUPPLY_COVERED",)),
        ("9999-12-31", ("SUPPLY_COVERED",)),
    ],
)
def test_no_journey_lasts_for_ever(world: World, until: str, codes: tuple[str, ...]) -> None:
    decision = _early(world, {**JOURNEY, "until": until})
    assert decision.codes == codes
    assert decision.findings[0].told.get("member") == (None if until == "2026-05-31" else "exemption.until")


@pytest.mark.parametrize(
    ("reason", "age", "codes"),
    [
        ("elderly", "59.9", ("EXEMPTION_AGE",)),
        ("elderly", "60.0", ("SUPPLY_EXEMPT",)),
        ("elderly", "20.0", ("EXEMPTION_AGE",)),
        ("child", "17.9", ("SUPPLY_EXEMPT",)),
        ("child", "18.0", ("EXEMPTION_AGE",)),
        ("travel", "20.0", ("SUPPLY_EXEMPT",)),
    ],
)
def test_nobody_of_twenty_buys_early_as_an_old_person(
    world: World, reason: str, age: str, codes: tuple[str, ...]
) -> None:
    assert _early(world, {**JOURNEY, "reason": reason}, age=age).codes == codes


def test_a_reason_against_the_age_may_be_a_slip_and_names_nobody(world: World) -> None:
    decision = _early(world, {**JOURNEY, "reason": "elderly"}, age="20.0")
    assert decision.findings[0].class_ == "DATA_QUALITY"
    assert decision.findings[0].told == {"member": "exemption.reason"}
    assert "signers" not in json.loads(decision.entry or b"")["refused"]
    assert world.record(keys.tickets(P1)) == {"opened": 1, "closed": 0}


def test_a_prescription_from_before_ages_were_kept_is_not_judged_by_age(world: World) -> None:
    world.sell(world.ready(age="20.0"), PACKS[:1])
    rx = world.ready(age="20.0")
    content = world.record(keys.rx_content(rx))
    world.put(keys.rx_content(rx), {name: one for name, one in content.items() if name != "age_years"})
    elderly = {"exemption": {**JOURNEY, "reason": "elderly"}}
    assert world.sell(rx, PACKS[1:2], disclosures=elderly).codes == ("SUPPLY_EXEMPT",)


def test_after_a_change_of_the_tag_key_no_reason_counts_twice() -> None:
    """Two reasons became four, and a patient stood on the list of those who declare them again and again."""
    world = Rotated()
    packs = [code("8990002", number) for number in range(9)]
    world.open_duties()
    world.receive(packs)
    world.sell(world.ready(), packs[:1])
    before, times = world.ready(), []
    for number in range(1, 9):
        world.rotated = number > 2
        rx = before if number == 5 else world.ready()  # that one knows the older tag alone
        world.wait(1)
        decision = world.sell(rx, packs[number : number + 1], disclosures={"exemption": JOURNEY})
        facts = [one.facts for one in decision.findings if one.code == "EXEMPTION_REPEATED"]
        times.append(facts[0]["times"] if facts else None)
    assert times == [None, None, 3, 4, 5, 6, 7, 8]


# -- one document for several patients ------------------------------------------------------------------

TICKET = "高铁票 E123456789"
PEOPLE = (PATIENT, PATIENT2, PATIENT3)


@pytest.fixture
def counter() -> World:
    """A shop with packs enough for everybody, under the default rules."""
    made = World()
    made.open_duties()
    made.receive([code("8990002", number) for number in range(100)])
    return made


def _shown(world: World, patient: str, evidence: str) -> tuple[str, ...]:
    """A box early, with this evidence; returns what is said of the sale."""
    if not any(patient in key for key in world.state if key.startswith("pvt/supply/")):
        _sold(world, patient)
    return _sold(world, patient, {"exemption": {**JOURNEY, "evidence": evidence}})


def _sold(world: World, patient: str, disclosures: dict[str, Any] | None = None) -> tuple[str, ...]:
    rx, pack = world.ready(patient=patient), code("8990002", world.count % 100)
    return world.sell(rx, [pack], disclosures=disclosures or {}).codes


def test_one_document_for_two_patients_is_flagged_from_the_second_on(counter: World) -> None:
    """One ticket lifted the covered period of three patients, and nobody was told."""
    assert _shown(counter, PATIENT, TICKET) == ("SUPPLY_EXEMPT",)
    second = _shown(counter, PATIENT2, "行程单ｅ１２３４５６７８９（复印件）")
    assert second == ("SUPPLY_EXEMPT", "EXEMPTION_SHARED")
    assert counter.last is not None and counter.last.outcome == "accepted"
    assert counter.last.findings[1].facts == {"patients": 2}
    assert _shown(counter, PATIENT3, TICKET)[1:] == ("EXEMPTION_SHARED",)
    assert counter.last.findings[1].facts == {"patients": 3}
    assert b"E123456789" not in (counter.last.entry or b"")


@pytest.mark.parametrize(
    "evidence",
    [
        *("出差", "火车票", "2026-04-02 至 20260430", "G1234 03车05A", "电话13800138000", f"身份证{PATIENT}"),
        *("+8613812345678", "202603101030", "单位91350100M000100Y43"),
    ],
)
def test_the_same_words_of_two_honest_people_accuse_nobody(counter: World, evidence: str) -> None:
    assert [_shown(counter, patient, evidence) for patient in PEOPLE] == [("SUPPLY_EXEMPT",)] * 3


def test_who_shows_the_own_document_again_is_judged_as_before(counter: World) -> None:
    assert _shown(counter, PATIENT, TICKET) == ("SUPPLY_EXEMPT",)
    assert _shown(counter, PATIENT, TICKET) == ("SUPPLY_EXEMPT",)
    assert _shown(counter, PATIENT, TICKET) == ("SUPPLY_EXEMPT", "EXEMPTION_REPEATED")
    assert _shown(counter, PATIENT2, "高铁票 E123456780") == ("SUPPLY_EXEMPT",)


def test_a_document_that_helped_nobody_was_shown_for_nobody(counter: World) -> None:
    assert _sold(counter, PATIENT, {"exemption": {**JOURNEY, "evidence": TICKET}}) == ()
    assert _shown(counter, PATIENT2, TICKET) == ("SUPPLY_EXEMPT",)


def test_of_a_document_shown_for_very_many_the_latest_are_remembered(counter: World) -> None:
    """Without an end one record would grow with each sale, and with it the cost of each."""
    _shown(counter, PATIENT, TICKET)
    [key] = [key for key in counter.state if key.startswith("pvt/evidence/")]
    counter.put(key, {"patients": [f"tag {number}" for number in range(40)]})
    _shown(counter, PATIENT2, TICKET)
    kept = counter.record(key)["patients"]
    assert kept[:-1] == [f"tag {number}" for number in range(9, 40)]


def test_a_rulebook_lets_a_couple_show_one_booking(counter: World) -> None:
    _rulebook(counter, exemption_evidence_patients_max=2)
    shown = [_shown(counter, patient, TICKET)[1:] for patient in PEOPLE]
    assert shown == [(), (), ("EXEMPTION_SHARED",)]


def _in_two_parts(world: World) -> str:
    """A prescription of two boxes bought early, an hour apart: the shop had only one."""
    world.sell(world.ready(), PACKS[:1])
    rx = world.ready(line={"quantity": "2"})
    for pack in PACKS[1:3]:
        assert world.sell(rx, [pack], disclosures={"exemption": JOURNEY}).codes == ("SUPPLY_EXEMPT",)
        world.wait(3_600)
    return rx


def test_one_journey_bought_in_two_parts_is_one_reason(world: World) -> None:
    """An honest traveller whose shop was short was suspected of declaring reasons again and again."""
    last = code("8990002", 4)
    world.receive([last])
    _in_two_parts(world)
    found = world.sell(world.ready(), [last], disclosures={"exemption": JOURNEY})
    assert found.codes == ("SUPPLY_EXEMPT",), "the second purchase for a reason; three are many"


def test_reasons_of_before_count_by_their_times(world: World) -> None:
    rx = _in_two_parts(world)
    [key] = [one for one in world.state if "exempt" in one]
    [[at, on]] = world.record(key)["at"]
    assert on == rx
    world.put(key, {"at": [at - 2, at - 1]})
    last = code("8990002", 4)
    world.receive([last])
    found = world.sell(world.ready(), [last], disclosures={"exemption": JOURNEY})
    assert found.codes == ("SUPPLY_EXEMPT", "EXEMPTION_REPEATED")
