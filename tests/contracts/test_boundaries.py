"""Where a comparison could be turned round unseen: one step on each side of every limit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from contracts.time import to_text
from tests.contracts.world import (
    DOCTOR,
    H1,
    METFORMIN,
    OFFICERS,
    REGULATOR,
    START,
    World,
    code,
)

PACK = code("8990002", 1)
KEY = {"alg": "ES256", "spki": "AAAA"}


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([PACK])
    return made


# -- OFFICE -----------------------------------------------------------------------------------


def test_there_is_one_genesis(world: World) -> None:
    members = {
        "log_vkey": "v",
        "profile": "sandbox",
        "regulator": {
            "code": REGULATOR,
            "name": "R",
            "key": KEY,
            "relying_party": {"id": "r", "origins": ["o"]},
        },
        "officers": [{"code": one, "key": KEY, "authenticators": []} for one in OFFICERS],
        "tag_keys": {"people": "P", "codes": "C"},
        "attestation_roots": [],
        "certificate_roots": [],
        "utc_offset_minutes": 480,
    }
    again = world.act("governance.genesis", REGULATOR, OFFICERS, members)
    assert again.codes == ("ID_CONFLICT",)
    assert [finding.rule for finding in again.findings] == ["OFFICE-1"]
    del world.state[keys.GENESIS]
    assert world.act("governance.genesis", REGULATOR, OFFICERS, members).codes == ()


@pytest.mark.parametrize(("role", "codes"), [("doctor", ()), ("pharmacist", ("ROLE_FORBIDDEN",))])
def test_a_key_carries_the_role_in_which_its_subject_is_registered(
    world: World, role: str, codes: tuple[str, ...]
) -> None:
    members = {"subject": DOCTOR, "role": role, "key": KEY}
    facts = world.facts("registry.key", REGULATOR, (DOCTOR, OFFICERS[0]), members)
    signers = (replace(facts.signers[0], kid="new", role=role), facts.signers[1])
    payload = {**facts.payload, "signers": [{"code": one.code, "role": one.role} for one in signers]}
    decision = world.run(replace(facts, signers=signers, payload=payload))
    assert decision.codes == codes
    assert [finding.rule for finding in decision.findings] == ["OFFICE-6"] * len(codes)


def _rulebook(world: World, parameters: Any, **members: Any) -> Decision:
    given = {"version": f"v{world.count}", "parameters": parameters, **members}
    return world.act("governance.rulebook", REGULATOR, OFFICERS, given)


@pytest.mark.parametrize(("ahead_ms", "codes"), [(-1, ("POLICY_RETROACTIVE",)), (0, ()), (1, ())])
def test_a_version_begins_now_or_later(world: World, ahead_ms: int, codes: tuple[str, ...]) -> None:
    begins = to_text(world.now_ms + ahead_ms)
    assert _rulebook(world, {}, effective_from=begins).codes == codes


@pytest.mark.parametrize(("after_ms", "codes"), [(-1, ("POLICY_RETROACTIVE",)), (0, ())])
def test_a_version_does_not_begin_before_one_in_waiting(
    world: World, after_ms: int, codes: tuple[str, ...]
) -> None:
    waiting_ms = world.now_ms + 1000
    assert _rulebook(world, {}, effective_from=to_text(waiting_ms)).codes == ()
    assert _rulebook(world, {}, effective_from=to_text(waiting_ms + after_ms)).codes == codes


@pytest.mark.parametrize(
    ("parameters", "codes"),
    [
        ({"validity_days_max": 0}, ()),
        ({"validity_days_max": -1}, ("SCHEMA_TYPE",)),
        ({"validity_days_max": True}, ("SCHEMA_TYPE",)),
        ({"validity_days_max": "3"}, ("SCHEMA_TYPE",)),
        ({"placeholders": []}, ()),
        ({"placeholders": [1]}, ("SCHEMA_TYPE",)),
        ({"placeholders": "x"}, ("SCHEMA_TYPE",)),
        ({"nobody_knows": 1}, ("SCHEMA_UNKNOWN_FIELD",)),
        ([], ("SCHEMA_UNKNOWN_FIELD", "SCHEMA_TYPE")),
    ],
)
def test_parameters_keep_their_form(world: World, parameters: Any, codes: tuple[str, ...]) -> None:
    assert _rulebook(world, parameters).codes == codes


@pytest.mark.parametrize(
    ("first", "last", "codes"),
    [
        ("2026-05-01", "2026-05-01", ()),
        ("2026-05-02", "2026-05-01", ("TIME_ORDER",)),
    ],
)
def test_a_licence_ends_on_its_first_day_at_the_earliest(
    world: World, first: str, last: str, codes: tuple[str, ...]
) -> None:
    members = {
        "person": DOCTOR,
        "licence": "L",
        "sites": [H1],
        "scope": [],
        "valid_from": first,
        "valid_to": last,
    }
    assert world.act("registry.licence", REGULATOR, OFFICERS[:1], members).codes == codes


@pytest.mark.parametrize(("ahead_ms", "codes"), [(0, ("TIME_ORDER",)), (1, ())])
def test_a_key_ends_after_now(world: World, ahead_ms: int, codes: tuple[str, ...]) -> None:
    members = {"subject": DOCTOR, "role": "doctor", "key": KEY, "valid_to": to_text(world.now_ms + ahead_ms)}
    facts = world.facts("registry.key", REGULATOR, (DOCTOR, OFFICERS[0]), members)
    signers = (replace(facts.signers[0], kid="new"), facts.signers[1])
    assert world.run(replace(facts, signers=signers)).codes == codes


@pytest.mark.parametrize(("ahead_ms", "codes"), [(0, ()), (1, ("TIME_ORDER",))])
def test_a_compromise_lies_in_the_past(world: World, ahead_ms: int, codes: tuple[str, ...]) -> None:
    since = to_text(world.now_ms + ahead_ms)
    members = {"kid": f"{DOCTOR}#0", "reason": "compromise", "compromised_from": since}
    assert world.act("registry.revocation", REGULATOR, OFFICERS[:1], members).codes == codes


# -- PRESENCE ---------------------------------------------------------------------------------


def _key(world: World, **window: int) -> None:
    world.put(keys.key(f"{DOCTOR}#0"), {"subject": DOCTOR, "role": "doctor", "from": 0, **window})


@pytest.mark.parametrize(
    ("window", "codes"),
    [
        ({"revoked": 0}, ("CERT_REVOKED",)),
        ({"revoked": 1}, ()),
        ({"from": 0}, ()),
        ({"from": 1}, ("KEY_RETIRED",)),
        ({"to": 0}, ()),
        ({"to": -1}, ("KEY_RETIRED",)),
    ],
)
def test_a_key_signs_from_its_beginning_to_its_end(
    world: World, window: dict[str, int], codes: tuple[str, ...]
) -> None:
    seen = world.consult()
    _key(world, **{name: world.now_ms + offset for name, offset in window.items()})
    assert world.issue(*seen).codes == codes


@pytest.mark.parametrize(
    ("first", "last", "codes"),
    [(0, 0, ()), (1, 9, ("CERT_NOT_YET_VALID",)), (-9, -1, ("CERT_EXPIRED",))],
)
def test_a_certificate_is_valid_to_the_millisecond(
    world: World, first: int, last: int, codes: tuple[str, ...]
) -> None:
    facts = world.facts(
        "registry.key", REGULATOR, (DOCTOR, OFFICERS[0]), {"subject": DOCTOR, "role": "doctor", "key": KEY}
    )
    signers = (replace(facts.signers[0], kid="new"), facts.signers[1])
    window = (world.now_ms + first, world.now_ms + last)
    assert world.run(replace(facts, signers=signers, certificate_window=window)).codes == codes


def test_who_is_in_no_registry_gets_no_key(world: World) -> None:
    """S18: a false doctor with a key of her own would sign like any other."""
    members = {"subject": DOCTOR, "role": "doctor", "key": KEY}
    facts = world.facts("registry.key", REGULATOR, (DOCTOR, OFFICERS[0]), members)
    fresh = replace(facts, signers=(replace(facts.signers[0], kid="new"), facts.signers[1]))
    registered = world.state.pop(keys.person(DOCTOR))
    assert world.run(fresh).codes == ("CODE_UNKNOWN",)
    world.state[keys.person(DOCTOR)] = registered
    assert world.run(fresh).codes == ()


@pytest.mark.parametrize(
    ("ahead_s", "codes"),
    [(300, ()), (301, ("TIME_SKEW",)), (-604_800, ()), (-604_801, ("TIME_SKEW",))],
)
def test_a_claimed_time_is_near(world: World, ahead_s: int, codes: tuple[str, ...]) -> None:
    seen = world.consult()
    assert world.issue(*seen, iat=world.now_ms // 1000 + ahead_s).codes == codes


# -- the rest ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("turns", "codes"), [(0, ("CONSULT_NO_REPLY",)), (1, ())])
def test_one_word_of_the_patient_is_a_reply(world: World, turns: int, codes: tuple[str, ...]) -> None:
    assert world.issue(*world.consult(patient_turns=turns)).codes == codes


@pytest.mark.parametrize(
    ("start", "end", "stolen"),
    [(0, 0, True), (-1, 1, True), (1, 2, False), (-2, -1, False)],
)
def test_a_prescription_of_a_stolen_key(world: World, start: int, end: int, stolen: bool) -> None:
    rx = world.ready()
    issued = world.record(keys.rx(rx))["issued"]
    _key(world, compromised_from=issued + start, revoked=issued + end)
    assert world.sell(rx, [PACK]).codes == (("KEY_COMPROMISE_WINDOW",) if stolen else ())


@pytest.mark.parametrize(
    ("until", "codes"), [("2026-03-02", ("SUPPLY_EXEMPT",)), ("2026-03-01", ("SUPPLY_COVERED",))]
)
def test_a_declared_reason_holds_to_the_end_of_its_last_day(
    world: World, until: str, codes: tuple[str, ...]
) -> None:
    world.sell(world.ready(), [PACK])
    world.receive([code("8990002", 2)])
    reason = {"exemption": {"reason": "travel", "evidence": "车票", "until": until}}
    assert world.now_ms - START < 12 * 3_600_000, "still the second of March"
    decision = world.sell(world.ready(), [code("8990002", 2)], disclosures=reason)
    assert tuple(one.code for one in decision.findings) == codes


@pytest.mark.parametrize("missing", ["evidence", "until"])
def test_a_reason_without_proof_or_end_is_none(world: World, missing: str) -> None:
    world.sell(world.ready(), [PACK])
    world.receive([code("8990002", 2)])
    whole = {"reason": "travel", "evidence": "车票", "until": "2026-04-20"}
    reason = {"exemption": {name: value for name, value in whole.items() if name != missing}}
    lines = [{"drug": METFORMIN, "quantity": "1", "unit": "盒"}]
    decision = world.sell(world.ready(), [code("8990002", 2)], disclosures=reason, lines=lines)
    assert decision.codes == ("SUPPLY_COVERED",)
