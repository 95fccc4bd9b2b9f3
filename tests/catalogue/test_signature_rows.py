"""Rows S, H and C over HTTP: signatures, human proof, certificates."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from api.client.authenticator import Behaviour
from api.client.signing import build, sign
from api.sandbox.stage import ORIGIN
from contracts.statements import base64url, strict_json
from tests.api.serving import REGULATOR, payload_of, unsigned
from tests.catalogue.desk import DOCTOR, DOCTOR_SM2, H1, H2, P1, YS1, Desk

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def _flip(element: dict[str, Any], name: str) -> None:
    data = bytearray(base64url.decode(element[name]))
    data[7] ^= 1
    element[name] = base64url.encode(bytes(data))


def _der(element: dict[str, Any]) -> None:
    raw = base64url.decode(element["signature"])
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    element["signature"] = base64url.encode(der)


def test_s01_no_signature(desk: Desk) -> None:
    desk.refuse(unsigned(desk.issue()), H1, 422, "SIG_MISSING", entry=True)


def test_s02_a_payload_bit_flipped(desk: Desk) -> None:
    envelope = json.loads(desk.issue())
    payload = bytearray(base64url.decode(envelope["payload"]))
    at = payload.index(b'"jti":"') + 9
    payload[at] ^= 0x01 if chr(payload[at] ^ 0x01).isalnum() else 0x02  # another letter, always
    envelope["payload"] = base64url.encode(bytes(payload))
    desk.refuse(json.dumps(envelope).encode(), H1, 422, "SIG_INVALID", entry=True)


def test_s03_a_signature_bit_flipped(desk: Desk) -> None:
    body = desk.with_element(lambda element: _flip(element, "signature"))
    desk.refuse(body, H1, 422, "SIG_INVALID", entry=True)


@pytest.mark.parametrize("alg", ["none", "HS256", "RS256", "RS1"], ids=["S04", "S05", "S07", "S07b"])
def test_s04_s05_s07_other_algorithms(desk: Desk, alg: str) -> None:
    desk.refuse(desk.with_header(alg=alg), H1, 422, "SIG_ALG_FORBIDDEN")


def test_s06_another_algorithm_than_the_keys(desk: Desk) -> None:
    kid = desk.person(DOCTOR_SM2, H1).kid
    desk.refuse(desk.with_header(kid=kid), H1, 422, "SIG_ALG_KEY_MISMATCH")


@pytest.mark.parametrize("header", [{"jwk": {}}, {"crit": ["x"]}], ids=["S08", "S09"])
def test_s08_s09_other_header_members(desk: Desk, header: dict[str, Any]) -> None:
    desk.refuse(desk.with_header(**header), H1, 422, "SIG_HEADER_FORBIDDEN")


@pytest.mark.parametrize("member", ["jku", "x5u"])
def test_s08_nobody_is_called_for_a_key(desk: Desk, member: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as called:
        called.setblocking(False)
        address = f"http://127.0.0.1:{called.getsockname()[1]}/key"
        desk.refuse(desk.with_header(**{member: address}), H1, 422, "SIG_HEADER_FORBIDDEN")
        with pytest.raises(BlockingIOError):
            called.accept()


def test_s10_a_kid_that_is_no_kid(desk: Desk) -> None:
    desk.refuse(desk.with_header(kid="../../x' OR 1=1"), H1, 422, "KEY_UNKNOWN")


def test_s11_another_organisations_key(desk: Desk) -> None:
    other = desk.site.ring.organisation(H2)
    body = build("duty.closed", {"site": P1}, {}, iss=H1, aud=ORIGIN, iat=_now(desk), signers=[other])
    desk.refuse(body, H1, 403, "TENANT_MISMATCH")


def test_s12_the_twin_of_a_committed_statement_is_the_committed_one(desk: Desk) -> None:
    body = desk.site.opening(H1, visit="990000TWIN")
    first = desk.commit(body, H1)

    envelope = json.loads(body)
    raw = base64url.decode(envelope["signatures"][0]["signature"])
    twin = (P256_ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    envelope["signatures"][0]["signature"] = base64url.encode(raw[:32] + twin)
    again = desk.post(json.dumps(envelope).encode(), H1)
    assert (again.status_code, again.json()["leaf"]) == (200, first["leaf"])


def test_s13_der_instead_of_raw(desk: Desk) -> None:
    desk.refuse(desk.with_element(_der), H1, 422, "SIG_NOT_CANONICAL")


def test_h01_no_assertion(desk: Desk) -> None:
    envelope = json.loads(desk.issue())
    del envelope["signatures"][0]["header"]["presence"]
    desk.refuse(json.dumps(envelope).encode(), H1, 422, "HUM_ASSERTION_MISSING", entry=True)


def test_h02_the_challenge_of_another_prescription(desk: Desk) -> None:
    body = desk.with_presence(Behaviour(), challenge=b"x" * 32)
    desk.refuse(body, H1, 422, "HUM_CHALLENGE_MISMATCH", entry=True)


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        pytest.param(Behaviour(flags=0x01), "HUM_UV_MISSING", id="H03"),
        pytest.param(Behaviour(flags=0x04), "HUM_UP_MISSING", id="H04"),
        pytest.param(Behaviour(origin="https://evil.example"), "HUM_ORIGIN", id="H05"),
        pytest.param(Behaviour(relying_party="evil.example"), "HUM_RP", id="H06"),
        pytest.param(Behaviour(cross_origin=True), "HUM_CROSS_ORIGIN", id="H07"),
        pytest.param(Behaviour(type="webauthn.create"), "HUM_TYPE", id="H08"),
        pytest.param(Behaviour(client_data=b'{"type":"a","type":"b"}'), "HUM_CLIENT_DATA", id="H09"),
        pytest.param(Behaviour(extra=b"\0\0\0\0"), "HUM_AUTH_DATA", id="H10"),
        pytest.param(Behaviour(flags=0x15), "HUM_BACKUP_STATE", id="H11"),
        pytest.param(Behaviour(flags=0x0D), "HUM_SYNCED_CREDENTIAL", id="H12"),
        pytest.param(Behaviour(sign_count=1), "HUM_COUNTER", id="H13"),
    ],
)
def test_h03_to_h13_an_assertion_that_proves_nothing(desk: Desk, behaviour: Behaviour, code: str) -> None:
    desk.refuse(desk.with_presence(behaviour), H1, 422, code, entry=True)


def test_h14_another_doctors_credential(desk: Desk) -> None:
    envelope = json.loads(desk.issue())
    other = desk.person(DOCTOR_SM2, H1).authenticator
    assert other is not None
    from contracts.statements import presence
    from tests.catalogue.desk import statement_id

    challenge = presence.challenge(statement_id(base64url.decode(envelope["payload"])))
    envelope["signatures"][0]["header"]["presence"] = other.assertion(challenge)
    desk.refuse(json.dumps(envelope).encode(), H1, 403, "HUM_CREDENTIAL_OWNER", entry=True)


@pytest.mark.parametrize("behaviour", [Behaviour(fmt="none"), Behaviour(self_attested=True)])
def test_h15_an_authenticator_without_attestation(desk: Desk, behaviour: Behaviour) -> None:
    from api.client.attestation import AttestationRoot
    from api.client.authenticator import SoftwareAuthenticator
    from contracts.statements import enrolment

    held = desk.person(DOCTOR, H1).authenticator
    assert held is not None
    fresh = SoftwareAuthenticator(held.relying_party, held.origin)
    made = fresh.enrol(enrolment.challenge(ORIGIN, DOCTOR), AttestationRoot.generate(), behaviour)
    people = [desk.person(DOCTOR, H1), desk.site.ring.officers()[0]]
    members = {"person": DOCTOR, "organisation": H1, **made.members()}
    body = build(
        "registry.authenticator", members, {}, iss=REGULATOR, aud=ORIGIN, iat=_now(desk), signers=people
    )
    desk.refuse(body, REGULATOR, 422, "HUM_AUTHENTICATOR_UNTRUSTED")


def _now(desk: Desk) -> int:
    return desk.site.clock.now_ms() // 1000


@pytest.mark.parametrize("count", [0, 3])
def test_signers_can_be_neither_stripped_nor_added(desk: Desk, count: int) -> None:
    rx = desk.issued()
    desk.commit(desk.act("review.hospital", rx), H1)
    desk.commit(desk.act("prescription.claimed", rx), P1)
    envelope = json.loads(desk.act("review.pharmacy", rx))
    given = envelope["signatures"]
    envelope["signatures"] = given[:1] if count == 0 else [*given, given[1]]
    desk.refuse(json.dumps(envelope).encode(), P1, 422, "SIGNERS_MISMATCH", entry=True)


def test_signers_that_name_nobody_are_a_mismatch_and_no_fault_of_form(desk: Desk) -> None:
    body = resigned(desk, {"signers": []})
    desk.refuse(body, P1, 422, "SIGNERS_MISMATCH", entry=True)


@pytest.mark.parametrize("role", ["", "r" * 33, "r" * 200, "王"])
def test_a_role_that_does_not_fit_is_forbidden_whatever_it_is_called(desk: Desk, role: str) -> None:
    """A long or an empty one was a fault of form, of which the ledger keeps nothing."""
    body = resigned(desk, {"signers": [{"code": YS1, "role": role}]})
    desk.refuse(body, P1, 403, "ROLE_FORBIDDEN", entry=True)


def resigned(desk: Desk, changed: dict[str, Any]) -> bytes:
    """A pharmacist's end of duty, whose payload says something else before it is signed."""
    people = [desk.person(YS1, P1)]
    whole = build("duty.closed", {"site": P1}, {}, iss=P1, aud=ORIGIN, iat=_now(desk), signers=people)
    payload = {**payload_of(whole), **changed}
    return sign(strict_json.dumps(payload), (), people, present=False)
