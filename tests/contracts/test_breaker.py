"""What a freeze or suspension stops, and what must go on for the patient and for the record (S11, S12)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.office import freeze, score
from tests.contracts.world import (
    DOCTOR,
    DOCTOR2,
    H1,
    METFORMIN,
    P1,
    PATIENT,
    PATIENT2,
    PATIENT3,
    PHARMACIST,
    ROLES,
    SEMAGLUTIDE,
    YS1,
    YS2,
    World,
    code,
)

PACK, OTHER = code("8990002", 1), code("8990002", 2)
Measure = Callable[[World, str], object]


def frozen(world: World, subject: str) -> None:
    assert freeze(world, subject).codes == ()


def suspended(world: World, subject: str) -> None:
    assert score(world, 9, subject).codes == ()


def terminated(world: World, subject: str) -> None:
    assert score(world, 12, subject).codes == ()


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([PACK])
    return made


# -- the pharmacist who lifts a hold ----------------------------------------------------------------


def held(world: World) -> str:
    """The third patient's prescription of one monitored drug waits; returns its id."""
    line = world.line(drug=SEMAGLUTIDE, quantity="1", unit="支", days="7", dose="1", dose_unit="mg")
    waiting = [(patient, world.consult(patient)) for patient in (PATIENT, PATIENT2, PATIENT3)]
    for patient, consultation in waiting:
        world.wait(60)
        decision = world.issue(*consultation, patient=patient, lines=[line])
    assert decision.outcome == "held"
    return world.last_id


def lift(world: World, rx: str, decision: str = "approved") -> Decision:
    members = {"rx": rx, "reviewer": PHARMACIST, "decision": decision}
    return world.act("review.hold", H1, (PHARMACIST,), members)


def test_a_pharmacist_in_good_standing_lifts_a_hold(world: World) -> None:
    assert lift(world, held(world)).codes == ()


@pytest.mark.parametrize(
    ("measure", "subject", "refused"),
    [
        (frozen, PHARMACIST, "STATE_FROZEN"),
        (frozen, DOCTOR, "STATE_FROZEN"),
        (frozen, H1, "STATE_FROZEN"),
        (suspended, PHARMACIST, "SIGNER_SUSPENDED"),
        (terminated, PHARMACIST, "SIGNER_SUSPENDED"),
        (suspended, H1, "ORG_SUSPENDED"),
    ],
)
def test_who_is_stopped_lifts_no_hold_and_no_stopped_doctors_hold_is_lifted(
    world: World, measure: Measure, subject: str, refused: str
) -> None:
    """A frozen and terminated pharmacist of a frozen hospital let a frozen doctor's prescription pass."""
    rx = held(world)
    measure(world, subject)
    assert lift(world, rx).codes == (refused,)


# -- the pharmacist who refuses --------------------------------------------------------------------


@pytest.mark.parametrize(("scope", "named"), [("all", {}), ("drug", {"drug": METFORMIN})])
@pytest.mark.parametrize("subject", [DOCTOR, H1])
def test_what_somebody_frozen_prescribed_is_refused_by_a_pharmacist_and_stays_refused(
    world: World, subject: str, scope: str, named: dict[str, str]
) -> None:
    """No pharmacist could stop it: it waited until the freeze was over, and was approved by the next one."""
    world.issue()
    rx = world.last_id
    assert freeze(world, subject, scope, **named).codes == ()
    assert world.approve(rx).codes == ("STATE_FROZEN",)
    assert world.approve(rx, decision="refused").codes == ()
    assert world.record(keys.rx(rx))["stage"] == "REFUSED"


@pytest.mark.parametrize("subject", [DOCTOR, H1])
def test_a_shops_pharmacists_refuse_what_somebody_frozen_prescribed(world: World, subject: str) -> None:
    world.issue()
    rx = world.last_id
    world.approve(rx)
    world.claim(rx)
    frozen(world, subject)
    assert world.review(rx).codes == ("STATE_FROZEN",)
    assert world.review(rx, decision="refused").codes == ()


@pytest.mark.parametrize("subject", [DOCTOR, H1])
def test_the_hold_of_somebody_frozen_is_refused(world: World, subject: str) -> None:
    rx = held(world)
    frozen(world, subject)
    assert lift(world, rx, "refused").codes == ()
    assert world.record(keys.rx(rx))["stage"] == "REFUSED"


@pytest.mark.parametrize("also", [(), (DOCTOR,)])
def test_who_is_frozen_refuses_nothing_and_a_colleague_does(
    world: World, also: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal by somebody whom nobody trusts would take the drug from the patient for good."""
    colleague = "HY990000000009"
    monkeypatch.setitem(ROLES, colleague, "hospital_pharmacist")
    world.put(keys.licence(colleague), world.record(keys.licence(PHARMACIST)))
    world.issue()
    rx = world.last_id
    for subject in (PHARMACIST, *also):
        frozen(world, subject)
    assert world.approve(rx, decision="refused").codes == ("STATE_FROZEN",)
    changed = {"reviewer": colleague, "signers": (colleague,)}
    assert world.approve(rx, decision="refused", **changed).codes == ()


def test_a_frozen_shop_refuses_no_prescription_for_every_other_shop(world: World) -> None:
    world.issue()
    rx = world.last_id
    world.approve(rx)
    world.claim(rx)
    frozen(world, P1)
    assert world.review(rx, decision="refused").codes == ("STATE_FROZEN",)
    assert world.act("prescription.released", P1, (YS1,), {"rx": rx}).codes == ()


# -- work in a shop ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "refused"), [(frozen, "STATE_FROZEN"), (terminated, "SIGNER_SUSPENDED")]
)
def test_a_stopped_pharmacist_opens_no_duty_and_takes_in_no_stock_but_a_colleague_does(
    world: World, measure: Measure, refused: str
) -> None:
    measure(world, YS1)
    assert world.open_duty(YS1, P1).codes == (refused,)
    assert world.receive([OTHER]).codes == (refused,)
    assert world.open_duty(YS2, P1).codes == ()
    assert world.receive([OTHER], by=YS2).codes == ()


def test_a_stopped_pharmacist_on_duty_can_end_it(world: World) -> None:
    frozen(world, YS1)
    assert world.act("duty.closed", P1, (YS1,), {"site": P1}).codes == ()


def test_a_pharmacist_frozen_for_one_drug_opens_the_duty(world: World) -> None:
    freeze(world, YS1, "drug", drug=METFORMIN)
    assert world.open_duty(YS1, P1).codes == ()


def test_a_stopped_shop_takes_drugs_back_and_records_the_goods_that_came(world: World) -> None:
    """Without a duty nothing is given back: the patient would have paid the freeze of the shop."""
    rx = world.ready()
    world.sell(rx, [PACK])
    frozen(world, P1)
    assert world.open_duty(YS1, P1).codes == ()
    assert world.give_back(rx, [PACK]).codes == ()
    assert world.receive([OTHER]).codes == ()


# -- a freeze that would stop nothing ----------------------------------------------------------------


@pytest.mark.parametrize("subject", [P1, DOCTOR, H1])
def test_officers_are_told_that_a_freeze_for_a_mistyped_drug_would_stop_nothing(
    world: World, subject: str
) -> None:
    """A letter l for a digit 1: officers were told that the drug was frozen, and it was sold."""
    rx = world.ready()
    refused = freeze(world, subject, "drug", drug=METFORMIN[:-1] + "l")
    assert (refused.codes, refused.findings[0].told) == (("CODE_UNKNOWN",), {"member": "drug"})
    assert freeze(world, subject, "drug", drug=METFORMIN).codes == ()
    assert world.sell(rx, [PACK]).codes == ("STATE_FROZEN",)


@pytest.mark.parametrize("subject", [P1, DOCTOR, H1])
@pytest.mark.parametrize("typed", ["ordinari", "Ordinary", " ordinary", METFORMIN])
def test_officers_are_told_that_a_freeze_for_a_mistyped_class_would_stop_nothing(
    world: World, subject: str, typed: str
) -> None:
    """A drug's code was looked up and its class was not: "narcotc" stood in force and stopped nobody."""
    rx = world.ready()
    refused = freeze(world, subject, "drug_class", drug_class=typed)
    assert (refused.codes, refused.findings[0].told) == (("CODE_UNKNOWN",), {"member": "drug_class"})
    assert freeze(world, subject, "drug_class", drug_class="ordinary").codes == ()
    assert world.sell(rx, [PACK]).codes == ("STATE_FROZEN",)


# -- what goes on -----------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", [frozen, suspended])
@pytest.mark.parametrize("subject", [DOCTOR, H1])
def test_a_consultation_of_who_is_stopped_is_recorded_and_the_patient_is_told(
    world: World, measure: Measure, subject: str
) -> None:
    running = world.open_consultation()
    assert world.last is not None and world.last.codes == ()
    measure(world, subject)
    world.wait(360)
    world.close_consultation(running)
    assert world.last.codes == ()
    world.open_consultation(PATIENT2)
    assert (world.last.outcome, world.last.codes) == ("accepted", ("CONSULT_IN_VAIN",))
    assert world.last.findings[0].class_ == "NOTICE"
    world.open_consultation(PATIENT3, DOCTOR2, "H99000000002")
    assert world.last.codes == ()


def test_a_frozen_doctor_withdraws_a_prescription(world: World) -> None:
    """A prescription known to be wrong had to stay in force otherwise."""
    world.issue()
    rx = world.last_id
    frozen(world, DOCTOR)
    reason = {"clinical": {"reason": "用药有误"}}
    assert world.act("prescription.cancelled", H1, (DOCTOR,), {"rx": rx}, reason).codes == ()


def test_a_frozen_shop_releases_its_claim_so_that_the_patient_goes_elsewhere(world: World) -> None:
    rx = world.ready()
    frozen(world, P1)
    assert world.act("prescription.released", P1, (YS1,), {"rx": rx}).codes == ()


def test_a_freeze_hides_no_sale_that_happened_but_nothing_is_paid(world: World) -> None:
    rx = world.ready()
    world.sell(rx, [PACK], settlement="S1")
    frozen(world, P1)
    told: dict[str, object] = {"identifiers": {"setl_id": "S1"}, "codes": [{"code": PACK, "line": 0}]}
    sold = {**told, "lines": [{"drug": METFORMIN, "quantity": "1", "unit": "盒"}]}
    assert world.act("dispensing.reported", P1, (YS1,), {"rx": rx}, sold).codes == ()
    assert world.act("settlement.reported", P1, (YS1,), {"rx": rx}, told).codes == ("STATE_FROZEN",)
