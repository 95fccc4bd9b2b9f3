"""Reasons to buy early: who vouches for them, for how long they hold, and whom they fit (T9, S60)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.world import P1, P2, YS1, YS2, YS3, World, code

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
