"""LICENCE, PRESENCE, REVIEW, OFFICE: each allowed case, each refusal, each boundary."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from contracts import keys
from contracts.effects.registry import kid_of
from contracts.facts import Presence
from contracts.groups import PHARMACY_ACTS
from tests.contracts.world import (
    DOCTOR,
    DOCTOR2,
    H1,
    H2,
    METFORMIN,
    OFFICERS,
    P1,
    P2,
    PATIENT,
    REGULATOR,
    YS1,
    YS2,
    YS3,
    World,
    code,
    drug,
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


# -- LICENCE ---------------------------------------------------------------------------------------


def _licence(world: World, person: str, **changed: object) -> None:
    world.put(keys.licence(person), {**world.record(keys.licence(person)), **changed})


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"valid_to": "2026-03-01"}, True),
        ({"valid_to": "2026-03-02"}, False),
        ({"valid_from": "2026-03-02"}, False),
        ({"valid_from": "2026-03-03"}, True),
    ],
)
def test_a_licence_covers_the_local_day(world: World, changed: dict[str, str], refused: bool) -> None:
    _licence(world, DOCTOR, **changed)
    assert world.issue().codes == (("LICENCE_EXPIRED",) if refused else ())


def test_no_licence_no_right(world: World) -> None:
    del world.state[keys.licence(DOCTOR)]
    assert world.issue().codes == ("LICENCE_EXPIRED",)


def test_an_organisations_licence_ends_too(world: World) -> None:
    record = world.record(keys.organisation(H1))
    world.put(keys.organisation(H1), {**record, "valid_to": "2026-03-01"})
    assert world.issue().codes == ("LICENCE_EXPIRED",)


def test_a_doctor_prescribes_where_registered(world: World) -> None:
    consultation, after = world.consult(hospital=H2)
    assert world.issue(consultation, after, hospital=H2).codes == ("LICENCE_SITE",)


def test_a_consultation_is_recorded_as_it_happened(world: World) -> None:
    assert world.open_consultation(hospital=H2)
    assert world.last is not None and world.last.outcome == "accepted"


def test_the_department_is_in_the_scope(world: World) -> None:
    assert world.issue(clinical={"department": "儿科"}).codes == ("LICENCE_SCOPE",)


def test_online_needs_the_internet_mode(world: World) -> None:
    record = world.record(keys.organisation(H1))
    world.put(keys.organisation(H1), {**record, "service_modes": []})
    assert world.issue().codes == ("ORG_SCOPE",)
    world.wait(60)
    assert world.issue(clinical={"business_type": "01"}).codes == ()


def test_a_pharmacy_does_not_prescribe(world: World) -> None:
    assert "ORG_SCOPE" in world.issue(hospital=P1).codes


@pytest.mark.parametrize("kind", ["fund", "courier"])
@pytest.mark.parametrize("type_", PHARMACY_ACTS)
def test_who_only_pays_or_carries_does_not_claim_review_or_sell(world: World, type_: str, kind: str) -> None:
    rx = world.ready()
    world.put(keys.organisation(P1), {**world.record(keys.organisation(P1)), "role": kind})
    members = {"rx": rx, "site": P1, "left_shop": False, "preparer": YS1, "checker": YS2, "reviewer": YS1}
    members |= {"second_reviewer": YS2, "decision": "approved", "reason": "lost"}
    disclosed = {"identifiers": {"setl_id": "S1"}, "lines": [], "codes": [], "clinical": {"opinion": "同意"}}
    refused = "ORG_SCOPE" in world.act(type_, P1, (YS1, YS2), members, disclosed).codes
    own = {"fund": {"settlement.reported"}, "courier": {"delivery.received", "delivery.failed"}}
    assert refused == (type_ not in own[kind])


def test_a_role_does_not_reach_further(world: World) -> None:
    world.issue()
    decision = world.approve(world.last_id, reviewer=YS1, signers=(YS1,))
    assert decision.codes[0] == "ROLE_FORBIDDEN"


# -- PRESENCE, keys, time --------------------------------------------------------------------------


def test_a_prescription_without_presence_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.contracts.world.Presence", lambda *_: None)
    assert world.issue().codes == ("HUM_ASSERTION_MISSING",)


def test_somebody_elses_authenticator_is_refused(world: World) -> None:
    world.put(keys.authenticator(f"cred-{DOCTOR}"), {"person": DOCTOR2})
    assert world.issue().codes == ("HUM_CREDENTIAL_OWNER",)


def test_a_revoked_authenticator_is_refused(world: World) -> None:
    world.put(keys.authenticator(f"cred-{DOCTOR}"), {"person": DOCTOR, "revoked": 1})
    assert world.issue().codes == ("HUM_CREDENTIAL_OWNER",)


def test_a_counter_that_does_not_grow_is_refused(world: World) -> None:
    world.put(keys.counter(f"cred-{DOCTOR}"), {"count": 5})
    assert world.issue().codes == ("HUM_COUNTER",)


@pytest.mark.parametrize(
    ("count", "signed_later_s", "code"),
    [
        (4, 1, "HUM_COUNTER_LATE"),
        (4, 0, "HUM_COUNTER"),  # as late as the last act: a copy's
        (4, -1, "HUM_COUNTER"),
        (5, 1, "HUM_COUNTER"),  # two acts of one count, whatever they claim
        (0, 1, "HUM_COUNTER"),  # a counter in use never begins anew
        (6, 1, ""),
    ],
)
def test_what_arrives_after_a_later_act_accuses_nobody_of_a_copied_authenticator(
    world: World, monkeypatch: pytest.MonkeyPatch, count: int, signed_later_s: int, code: str
) -> None:
    """A refused prescription sent again, as every message says is safe, charged its doctor with a copy."""
    monkeypatch.setattr("tests.contracts.world.Presence", lambda credential, _: Presence(credential, count))
    consultation, after = world.consult()
    last = {"count": 5, "iat": world.now_ms // 1000 + signed_later_s}
    world.put(keys.counter(f"cred-{DOCTOR}"), last)
    decision = world.issue(consultation, after)
    assert decision.codes == ((code,) if code else ())
    if code == "HUM_COUNTER_LATE":
        refused = json.loads(decision.entry or b"{}")["refused"]
        assert "signers" not in refused
    elif not code:
        assert world.record(keys.counter(f"cred-{DOCTOR}")) == {"count": 6, "iat": world.now_ms // 1000}


@pytest.mark.parametrize(("changed", "code"), [({"to": 1}, "KEY_RETIRED"), ({"revoked": 1}, "CERT_REVOKED")])
def test_a_key_is_judged_at_ledger_time(world: World, changed: dict[str, int], code: str) -> None:
    record = world.record(keys.key(f"{DOCTOR}#0"))
    consultation, after = world.consult()
    world.put(keys.key(f"{DOCTOR}#0"), {**record, **changed})
    assert world.issue(consultation, after).codes == (code,)


@pytest.mark.parametrize(
    ("shift_s", "refused"), [(300, False), (301, True), (-604_800, False), (-604_801, True)]
)
def test_d06_the_claimed_time_is_near(world: World, shift_s: int, refused: bool) -> None:
    consultation, after = world.consult()
    decision = world.issue(consultation, after, iat=world.now_ms // 1000 + shift_s)
    assert decision.codes == (("TIME_SKEW",) if refused else ())


# -- OFFICE ----------------------------------------------------------------------------------------


def _rulebook(world: World, signers: tuple[str, ...] = OFFICERS, **members: object) -> tuple[str, ...]:
    given = {"version": "1", "parameters": {}, **members}
    return world.act("governance.rulebook", REGULATOR, signers, given).codes


def test_a01_a_policy_takes_two_officers(world: World) -> None:
    assert _rulebook(world, OFFICERS[:1]) == ("DUAL_CONTROL_REQUIRED",)
    assert _rulebook(world, (OFFICERS[0], OFFICERS[0])) == ("DUAL_CONTROL_REQUIRED",)
    assert _rulebook(world) == ()


def test_a02_a_policy_does_not_begin_in_the_past(world: World) -> None:
    assert _rulebook(world, effective_from="2026-03-01T23:59:59Z") == ("POLICY_RETROACTIVE",)
    assert _rulebook(world, effective_from="2026-03-02T00:00:00Z") == ()


def test_an_unknown_or_ill_formed_parameter_is_refused(world: World) -> None:
    assert _rulebook(world, parameters={"speed": 1}) == ("SCHEMA_UNKNOWN_FIELD",)
    for bad in ({"pace_gap_s_min": "1"}, {"pace_gap_s_min": -1}, {"exemption_reasons": [1]}):
        assert _rulebook(world, parameters=bad) == ("SCHEMA_TYPE",)


def test_a_rulebook_is_in_force_from_its_time(world: World) -> None:
    _rulebook(world, parameters={"validity_days_max": 5}, effective_from="2026-03-02T01:00:00Z")
    assert world.issue(validity_days=5).codes == ("RX_VALIDITY_LIMIT",)
    world.wait(3600)
    decision = world.issue(validity_days=5)
    assert decision.codes == () and b'"rulebook":"' in (decision.entry or b"")


def test_knowledge_is_in_force_when_all_its_parts_are_in(world: World) -> None:
    part = world.facts("governance.knowledge_part", REGULATOR, OFFICERS[:1], {"drugs": [], "recalls": []})
    members = {"version": "2", "parts": [part.statement_id]}
    assert world.act("governance.knowledge", REGULATOR, OFFICERS, members).codes == ()
    assert world.issue().codes == ()  # the old knowledge still holds
    world.run(part)
    world.wait(60)
    assert world.issue().codes == ("CODE_UNKNOWN",)


@pytest.mark.parametrize(("size", "codes"), [(40_960, ()), (40_961, ("SCHEMA_LENGTH",))])
def test_a_knowledge_part_has_forty_kilobytes_at_most(
    world: World, size: int, codes: tuple[str, ...]
) -> None:
    part = world.facts("governance.knowledge_part", REGULATOR, OFFICERS[:1], {"drugs": [], "recalls": []})
    received = base64.urlsafe_b64encode(bytes(size)).rstrip(b"=")
    assert world.run(replace(part, statement=b'{"payload":"%b"}' % received)).codes == codes


def _packages(*levels: tuple[str, str, int, int]) -> dict[str, Any]:
    """A knowledge part with the drugs of these levels: digits, drug, level, packs or units in it."""
    drugs: dict[str, dict[str, Any]] = {}
    for digits, name, level, held in levels:
        of = {"units": held, "unit": "片"} if level == 1 else {"packs": held}
        one = drugs.setdefault(name, drug(name, digits, held, "片", levels=[]))
        one["levels"].append({"product": digits, "level": level, **of})
    return {"drugs": [*drugs.values()], "recalls": []}


@pytest.mark.parametrize(
    "second",
    [("8991001", "XB", 1, 60), ("8991001", "XB", 2, 10), ("8991001", "XA", 2, 10), ("8991001", "XA", 1, 30)],
    ids=["another drug", "another drug's carton", "the own carton", "the own pack of another size"],
)
def test_the_digits_of_two_packages_do_not_name_the_wrong_drug(
    world: World, second: tuple[str, str, int, int]
) -> None:
    """The later one was written over the first: honest sales were refused for another drug's code."""
    members = _packages(("8991001", "XA", 1, 60), second)
    refused = world.act("governance.knowledge_part", REGULATOR, OFFICERS[:1], members)
    assert refused.codes == ("PRODUCT_CONTRADICTS",)


@pytest.mark.parametrize(("digits", "codes"), [("8991001", ("PRODUCT_CONTRADICTS",)), ("8991002", ())])
@pytest.mark.parametrize("package", [("XB", 1, 60), ("XA", 2, 10)])
def test_digits_that_differ_in_one_place_are_of_two_packages(
    world: World, package: tuple[str, int, int], digits: str, codes: tuple[str, ...]
) -> None:
    members = _packages(("8991001", "XA", 1, 60), (digits, *package))
    assert world.act("governance.knowledge_part", REGULATOR, OFFICERS[:1], members).codes == codes


def test_a_package_that_a_part_tells_of_twice_in_the_same_words_is_one(world: World) -> None:
    members = _packages(("8991001", "XA", 1, 60), ("8991001", "XA", 1, 60))
    assert world.act("governance.knowledge_part", REGULATOR, OFFICERS[:1], members).codes == ()


def test_a_hospital_does_not_govern(world: World) -> None:
    members = {"version": "1", "parameters": {}}
    assert "ORG_SCOPE" in world.act("governance.rulebook", H1, OFFICERS, members).codes


def test_a_licence_needs_a_registered_person_and_site(world: World) -> None:
    given = {"licence": "L", "scope": [], "valid_from": "2026-01-01", "valid_to": "2026-12-31"}
    office = ("registry.licence", REGULATOR, OFFICERS[:1])
    assert world.act(*office, {"person": "D0", "sites": [H1], **given}).codes == ("CODE_UNKNOWN",)
    assert world.act(*office, {"person": DOCTOR, "sites": ["H0"], **given}).codes == ("CODE_UNKNOWN",)
    wrong = {**given, "valid_from": "2027-01-01"}
    assert world.act(*office, {"person": DOCTOR, "sites": [H1], **wrong}).codes == ("TIME_ORDER",)
    assert world.act(*office, {"person": DOCTOR, "sites": [H1], **given}).codes == ()


def test_public_state_holds_nothing_out_of_a_disclosure(world: World) -> None:
    """Two worlds that differ only in what is disclosed have the same public state but for leaves."""
    world.sell(world.ready(), PACKS[:1])
    public = json.dumps([value.decode() for key, value in world.state.items() if key.startswith("pub/")])
    for secret in (PATIENT, "t.people", "t.codes", "白芷若", METFORMIN + '"units'):
        assert secret not in public


@pytest.mark.parametrize(
    ("window", "codes"),
    [((1, 2), ("CERT_EXPIRED",)), ((2**45, 2**46), ("CERT_NOT_YET_VALID",)), ((0, 2**46), ())],
)
def test_an_enrolled_certificate_is_in_its_time(
    world: World, window: tuple[int, int], codes: tuple[str, ...]
) -> None:
    key = {"alg": "ES256", "spki": "AAAA"}
    members = {"subject": DOCTOR, "role": "doctor", "key": key, "certificates": ["AA"]}
    facts = world.facts("registry.key", REGULATOR, (DOCTOR, OFFICERS[0]), members)
    signers = tuple(replace(one, kid=f"{one.code}#{n}") for n, one in enumerate(facts.signers, 7))
    world.put(keys.key(f"{OFFICERS[0]}#8"), {"subject": OFFICERS[0], "role": "officer", "from": 0})
    assert world.run(replace(facts, signers=signers, certificate_window=window)).codes == codes


def test_a_key_is_enrolled_once_and_a_new_one_needs_a_voucher(world: World) -> None:
    key = {"alg": "ES256", "spki": "AAAA"}
    members = {"subject": DOCTOR, "role": "doctor", "key": key}
    assert world.act("registry.key", REGULATOR, (DOCTOR, OFFICERS[0]), members).codes == ("ID_CONFLICT",)
    facts = world.facts("registry.key", REGULATOR, (DOCTOR,), members)
    fresh = (replace(facts.signers[0], kid=f"{DOCTOR}#7"),)
    assert world.run(replace(facts, signers=fresh)).codes == ("DUAL_CONTROL_REQUIRED",)


def test_one_assertion_does_not_stand_for_two_signatures(world: World) -> None:
    """Accepted once, it made every later audit of the log fail."""
    facts = world.facts("duty.opened", P1, (YS1, YS1), {"site": P1})
    present = tuple(replace(one, presence=Presence("cred-" + YS1, 7)) for one in facts.signers)
    decision = world.run(replace(facts, signers=present))
    assert "HUM_COUNTER" in decision.codes and "DUTY_SEPARATION" in decision.codes


def test_nobody_is_accused_by_a_key_that_the_statement_itself_brings(world: World) -> None:
    """Anybody can bring a key in an officer's name; the refusal must not name that officer."""
    members = {"subject": OFFICERS[0], "role": "officer", "key": {"alg": "ES256", "spki": "AAAA"}}
    facts = world.facts("registry.key", H1, (OFFICERS[0], OFFICERS[0]), members)
    forged = tuple(replace(one, kid=kid_of(OFFICERS[0], "AAAA")) for one in facts.signers)
    decision = world.run(replace(facts, signers=forged))
    assert decision.outcome == "refused" and b'"signers"' not in (decision.entry or b"")


def test_an_organisation_vouches_for_no_key(world: World) -> None:
    members = {"subject": DOCTOR, "role": "doctor", "key": {"alg": "ES256", "spki": "AAAA"}}
    facts = world.facts("registry.key", REGULATOR, (DOCTOR, OFFICERS[0], REGULATOR), members)
    signers = (replace(facts.signers[0], kid=kid_of(DOCTOR, "AAAA")), *facts.signers[1:])
    assert world.run(replace(facts, signers=signers)).codes == ("ROLE_FORBIDDEN",)


def test_a_second_revocation_does_not_move_the_first(world: World) -> None:
    office = ("registry.revocation", REGULATOR, OFFICERS[:1])
    first = world.now_ms
    for _ in range(2):
        assert world.act(*office, {"kid": f"{DOCTOR}#0", "reason": "lost"}).outcome == "accepted"
        world.wait(60)
    assert world.record(keys.key(f"{DOCTOR}#0"))["revoked"] == first
