"""Authentication: order, codes of each stage, who is named, and what may be recorded."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from api.client.signing import Person, build, generate, protected_header
from contracts import keys as state_keys
from contracts.statements import base64url, jws, strict_json, submission
from contracts.statements.authenticate import authenticate
from contracts.types import TYPES
from tests.statements.world import (
    GROUPS,
    HOSPITAL,
    IAT,
    ORIGIN,
    World,
    edited,
    facts_of,
    issue,
    new_world,
    parse_code,
    refusal,
    resigned,
)

RX = "ef" * 32


@pytest.fixture(scope="module")
def world() -> World:
    return new_world()


@pytest.fixture(scope="module")
def doctor(world: World) -> Person:
    return world.person("D1")


def with_header(body: bytes, person: Person, header: dict[str, Any]) -> bytes:
    """Return the body signed anew by `person` under another protected header."""
    envelope = json.loads(body)
    protected = base64url.encode(strict_json.dumps(header))
    signature = person.key.sign(jws.signing_input(protected, envelope["payload"]))
    envelope["signatures"][0].update(protected=protected, signature=base64url.encode(signature))
    return json.dumps(envelope).encode()


def test_facts_of_a_prescription(world: World, doctor: Person) -> None:
    body = issue(doctor)
    facts = facts_of(body, world)
    payload = base64url.decode(json.loads(body)["payload"])
    assert facts.statement_id == hashlib.sha256(payload).hexdigest()
    assert facts.type == "prescription.issued" and facts.organisation == HOSPITAL
    assert [(s.code, s.role, s.kid) for s in facts.signers] == [("D1", "doctor", doctor.kid)]
    assert facts.signers[0].presence is not None and facts.signers[0].presence.sign_count > 0
    assert facts.disclosures == GROUPS
    assert facts.tags == {} and facts.credentials == () and facts.certificate_window is None


def test_statement_carries_no_disclosures(world: World, doctor: Person) -> None:
    body = issue(doctor)
    sent = json.loads(body)["signatures"][0]
    kept = json.loads(facts_of(body, world).statement)
    assert kept["payload"] == json.loads(body)["payload"]
    header = {"presence": sent["header"]["presence"]}
    element = {"protected": sent["protected"], "signature": sent["signature"], "header": header}
    assert kept["signatures"] == [element]
    cancel = build(
        "prescription.cancelled", {"rx": RX}, {}, iss=HOSPITAL, aud=ORIGIN, iat=IAT, signers=[doctor]
    )
    kept = json.loads(facts_of(cancel, world).statement)
    assert set(kept["signatures"][0]) == {"protected", "signature"}


def test_sm2_signer(world: World) -> None:
    assert facts_of(issue(world.person("D2", alg="SM2-SM3")), world).signers[0].code == "D2"


def test_role_is_the_registered_one(world: World, doctor: Person) -> None:
    claimed = Person("D1", "pharmacist", doctor.key, doctor.authenticator)
    assert facts_of(issue(claimed), world).signers[0].role == "doctor"


def test_same_key_twice_is_legal_form(world: World, doctor: Person) -> None:
    assert len(facts_of(issue(doctor, signers=[doctor, doctor]), world).signers) == 2


def test_unsigned(world: World, doctor: Person) -> None:
    body = issue(doctor, unsigned=True)
    assert parse_code(body) == "SIG_MISSING"
    facts = authenticate(submission.parse(body, unsigned_allowed=True), world.read, unsigned=True)
    assert facts.signers == () and facts.disclosures == GROUPS
    assert json.loads(facts.statement)["signatures"] == []


HEADERS = {
    "S04": ({"alg": "none"}, "SIG_ALG_FORBIDDEN"),
    "S05": ({"alg": "HS256"}, "SIG_ALG_FORBIDDEN"),
    "S06": ({"alg": "SM2-SM3"}, "SIG_ALG_KEY_MISMATCH"),
    "S07": ({"alg": "RS1"}, "SIG_ALG_FORBIDDEN"),
    "S08": ({"jwk": {}}, "SIG_HEADER_FORBIDDEN"),
    "S09": ({"crit": ["x"]}, "SIG_HEADER_FORBIDDEN"),
    "S10": ({"kid": "../../x' OR 1=1"}, "KEY_UNKNOWN"),
    "kid-of-nobody": ({"kid": "D1#0000000000000000"}, "KEY_UNKNOWN"),
    "kid-number": ({"kid": 1}, "KEY_UNKNOWN"),
    "typ": ({"typ": "JWT"}, "SIG_HEADER_FORBIDDEN"),
}


@pytest.mark.parametrize(("change", "code"), HEADERS.values(), ids=HEADERS.keys())
def test_protected_header(world: World, doctor: Person, change: dict[str, Any], code: str) -> None:
    header = {"alg": "ES256", "kid": doctor.kid, "typ": jws.TYPE, **change}
    refused = refusal(with_header(issue(doctor), doctor, header), world)
    assert (refused.code, refused.signers, refused.recordable) == (code, (), True)


def test_s01_signature_missing(doctor: Person) -> None:
    cases: list[Any] = [
        [],
        [{}],
        [{"protected": ""}],
        [{"signature": "QQ"}],
        [{"protected": "", "signature": ""}],
    ]
    for signatures in cases:
        body = edited(issue(doctor), lambda e, s=signatures: e.update(signatures=s))
        assert parse_code(body) == "SIG_MISSING"
    assert parse_code(edited(issue(doctor), lambda e: e.pop("signatures"))) == "SIG_MISSING"


def test_s02_payload_bit_flipped(world: World, doctor: Person) -> None:
    def flip(envelope: Any) -> None:
        payload = base64url.decode(envelope["payload"]).replace(b'"validity_days":3', b'"validity_days":2')
        envelope["payload"] = base64url.encode(payload)

    assert refusal(edited(issue(doctor), flip), world).code == "SIG_INVALID"


def test_s03_signature_bit_flipped(world: World, doctor: Person) -> None:
    def flip(envelope: Any) -> None:
        element = envelope["signatures"][0]
        signature = bytearray(base64url.decode(element["signature"]))
        signature[9] ^= 4
        element["signature"] = base64url.encode(bytes(signature))

    assert refusal(edited(issue(doctor), flip), world).code == "SIG_INVALID"


def test_s11_organisation_keys(world: World) -> None:
    foreign, own = generate("ES256"), generate("ES256")
    world.register_key("H2", "organisation", foreign, "access")
    world.register_key(HOSPITAL, "organisation", own, "access")
    assert refusal(issue(Person("H2", "organisation", foreign)), world).code == "TENANT_MISMATCH"
    facts = authenticate(submission.parse(issue(Person(HOSPITAL, "organisation", own))), world.read)
    assert facts.signers[0].role == "organisation"  # and the rules refuse it: no natural person


def test_s13_der_instead_of_raw(world: World, doctor: Person) -> None:
    def lengthen(envelope: Any) -> None:
        element = envelope["signatures"][0]
        element["signature"] = base64url.encode(base64url.decode(element["signature"]) + b"\0\0\0\0\0\0")

    assert refusal(edited(issue(doctor), lengthen), world).code == "SIG_NOT_CANONICAL"


def test_stripped_signature(world: World, doctor: Person) -> None:
    other = world.person("D3")
    body = edited(issue(doctor, signers=[doctor, other]), lambda e: e["signatures"].pop())
    refused = refusal(body, world)
    assert (refused.code, refused.signers, refused.recordable) == ("SIGNERS_MISMATCH", ("D1",), True)
    swapped = edited(issue(doctor, signers=[doctor, other]), lambda e: e["signatures"].reverse())
    assert parse_code(swapped) == "COMMIT_MISMATCH"  # disclosures belong to the first signature


def test_second_signature_wrong_names_the_first(world: World, doctor: Person) -> None:
    other = world.person("D4")
    stranger = Person("D4", "doctor", generate("ES256"))
    refused = refusal(issue(doctor, signers=[doctor, stranger]), world)
    assert (refused.code, refused.signers, refused.pointer) == ("KEY_UNKNOWN", ("D1",), "/signatures/1")
    assert other.code == "D4"


def test_audience(world: World, doctor: Person) -> None:
    assert refusal(issue(doctor, aud="elsewhere"), world).code == "SIG_AUDIENCE"


PAYLOADS: dict[str, tuple[Any, str, str]] = {
    "unknown-member": (lambda p: p.update(patient_name="张三"), "SCHEMA_UNKNOWN_FIELD", ""),
    "missing": (lambda p: p.pop("validity_days"), "SCHEMA_REQUIRED", "/validity_days"),
    "kind": (lambda p: p.update(validity_days="3"), "SCHEMA_TYPE", "/validity_days"),
    "short-jti": (lambda p: p.update(jti="x"), "SCHEMA_LENGTH", "/jti"),
    "no-signers": (lambda p: p.pop("signers"), "SCHEMA_REQUIRED", "/signers"),
    "few-digests": (lambda p: p["_sd"].pop(), "SCHEMA_LENGTH", "/_sd"),
    "digests-unsorted": (lambda p: p["_sd"].reverse(), "SCHEMA_TYPE", "/_sd"),
    "digest-twice": (lambda p: p["_sd"].__setitem__(0, p["_sd"][1]), "SCHEMA_TYPE", "/_sd"),
    "P01": (lambda p: p.update(prescriber="110101199003070011"), "PII_IN_PUBLIC_FIELD", "/prescriber"),
    "P01-x": (lambda p: p.update(prescriber="a11010519491231002x"), "PII_IN_PUBLIC_FIELD", "/prescriber"),
    "P02": (
        lambda p: p.update(origin={"authorship": "call 13812345678"}),
        "PII_IN_PUBLIC_FIELD",
        "/origin/authorship",
    ),
    "P02-alone": (lambda p: p.update(prescriber="13812345678"), "PII_IN_PUBLIC_FIELD", "/prescriber"),
    "P02-jti": (lambda p: p.update(jti="order-13812345678-0001"), "PII_IN_PUBLIC_FIELD", "/jti"),
}


@pytest.mark.parametrize(("change", "code", "pointer"), PAYLOADS.values(), ids=PAYLOADS.keys())
def test_payload_schema(world: World, doctor: Person, change: Any, code: str, pointer: str) -> None:
    refused = refusal(resigned(issue(doctor), doctor, change), world)
    assert (refused.code, refused.pointer, refused.recordable) == (code, pointer, False)


def test_who_sends_a_digest_too_few_is_told_how_many(world: World, doctor: Person) -> None:
    """`SCHEMA_LENGTH at /_sd` named no number, and the decoys are counted by nobody but the type."""
    few = refusal(resigned(issue(doctor), doctor, lambda payload: payload["_sd"].pop()), world)
    needed = TYPES["prescription.issued"].digests
    assert few.facts == {"least": needed, "most": needed}


def test_numbers_that_are_not_personal(world: World, doctor: Person) -> None:
    def change(payload: Any) -> None:
        payload["jti"] = "ab13812345678cd13812345678"  # hexadecimal digits of a random id
        payload["origin"] = {"authorship": "110101199003070012 110101199013990019 99913812345678"}

    facts_of(resigned(issue(doctor), doctor, change), world)


def test_key_record_that_names_another_algorithm(world: World) -> None:
    person = world.person("D9")
    record = json.loads(world.state[state_keys.key(person.kid)])
    world.put(state_keys.key(person.kid), {**record, "alg": "SM2-SM3"})
    assert refusal(issue(person), world).code == "SIG_ALG_KEY_MISMATCH"
    assert protected_header(person)
