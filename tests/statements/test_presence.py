"""Presence: rows H02 to H12 of the bad-input catalogue, each by a program that sends it."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from api.client.authenticator import Behaviour, SoftwareAuthenticator
from api.client.signing import Person, generate
from contracts.codes import CODES
from contracts.errors import Rejected
from contracts.statements import base64url, keys
from contracts.statements.presence import RelyingParty, challenge, verify
from tests.statements.world import RELYING_PARTY, World, facts_of, issue, new_world, refusal


@pytest.fixture(scope="module")
def world() -> World:
    return new_world()


@pytest.fixture(scope="module")
def doctor(world: World) -> Person:
    return world.person("D1")


class Behaving(SoftwareAuthenticator):
    """An authenticator that always behaves in one way."""

    behaviour = Behaviour()

    def assertion(self, challenge: bytes, behaviour: Behaviour | None = None) -> dict[str, str]:
        return super().assertion(challenge, self.behaviour)


def behaving(person: Person, behaviour: Behaviour) -> Person:
    """Return the person with the same credential that behaves badly."""
    own = person.authenticator
    assert own is not None
    bad = Behaving(own.relying_party, own.origin, own.key, own.credential_id, own.sign_count)
    bad.behaviour = behaviour
    return dataclasses.replace(person, authenticator=bad)


def client_data(**members: Any) -> bytes:
    return json.dumps({"type": "webauthn.get", "challenge": "x", **members}).encode()


ROWS = {
    "H03": (Behaviour(flags=0x01), "HUM_UV_MISSING"),
    "H04": (Behaviour(flags=0x04), "HUM_UP_MISSING"),
    "H05": (Behaviour(origin="https://evil.example"), "HUM_ORIGIN"),
    "H05-prefix": (Behaviour(origin="https://h1.example.org.evil.example"), "HUM_ORIGIN"),
    "H06": (Behaviour(relying_party="h2.example.org"), "HUM_RP"),
    "H07": (Behaviour(cross_origin=True), "HUM_CROSS_ORIGIN"),
    "H07-top-origin": (Behaviour(top_origin="https://h1.example.org"), "HUM_CROSS_ORIGIN"),
    "H08": (Behaviour(type="webauthn.create"), "HUM_TYPE"),
    "H09": (Behaviour(client_data=b'{"type":"webauthn.get","type":"webauthn.get"}'), "HUM_CLIENT_DATA"),
    "not-json": (Behaviour(client_data=b"\xff"), "HUM_CLIENT_DATA"),
    "no-object": (Behaviour(client_data=b"[]"), "HUM_CLIENT_DATA"),
    "H02-challenge": (Behaviour(client_data=client_data()), "HUM_CHALLENGE_MISMATCH"),
    "challenge-kind": (Behaviour(client_data=client_data(challenge=[])), "HUM_CHALLENGE_MISMATCH"),
    "type-kind": (Behaviour(client_data=client_data(type={})), "HUM_TYPE"),
    "H10": (Behaviour(extra=b"\0\0\0\0"), "HUM_AUTH_DATA"),
    "extensions": (Behaviour(flags=0x85), "HUM_AUTH_DATA"),
    "attested": (Behaviour(flags=0x45), "HUM_AUTH_DATA"),
    "H11": (Behaviour(flags=0x15), "HUM_BACKUP_STATE"),
    "H12": (Behaviour(flags=0x0D), "HUM_SYNCED_CREDENTIAL"),
    "H12-backed-up": (Behaviour(flags=0x1D), "HUM_SYNCED_CREDENTIAL"),
}


@pytest.mark.parametrize(("behaviour", "code"), ROWS.values(), ids=ROWS.keys())
def test_refuses(world: World, doctor: Person, behaviour: Behaviour, code: str) -> None:
    refused = refusal(issue(behaving(doctor, behaviour)), world)
    assert (refused.code, refused.signers, refused.recordable) == (code, ("D1",), True)


def test_honest_answer_and_counter(world: World, doctor: Person) -> None:
    for count in (0, 7, 2**32 - 1):
        signer = facts_of(issue(behaving(doctor, Behaviour(sign_count=count))), world).signers[0]
        assert signer.presence is not None and signer.presence.sign_count == count


def test_unknown_members_of_client_data_are_ignored(world: World, doctor: Person) -> None:
    statement = "ab" * 32
    text = base64url.encode(challenge(statement))
    data = client_data(challenge=text, origin="https://h1.example.org", other_keys_can_be_added_here="x")
    own = doctor.authenticator
    assert own is not None
    header = own.assertion(challenge(statement), Behaviour(client_data=data))
    spki = json.loads(world.state[f"pub/authenticator/{header['credential_id']}"])
    assert verify(header, statement, spki, RelyingParty.of({"relying_party": RELYING_PARTY}))


def test_h01_missing_is_left_to_the_rule(world: World, doctor: Person) -> None:
    facts = facts_of(issue(dataclasses.replace(doctor, authenticator=None)), world)
    assert facts.signers[0].presence is None


def test_h02_assertion_of_another_statement(world: World, doctor: Person) -> None:
    first, second = json.loads(issue(doctor)), json.loads(issue(doctor))
    second["signatures"][0]["header"]["presence"] = first["signatures"][0]["header"]["presence"]
    assert refusal(json.dumps(second).encode(), world).code == "HUM_CHALLENGE_MISMATCH"


def test_h14_credential_that_is_not_enrolled(world: World, doctor: Person) -> None:
    stranger = SoftwareAuthenticator("h1.example.org", "https://h1.example.org")
    body = issue(dataclasses.replace(doctor, authenticator=stranger))
    assert refusal(body, world).code == "HUM_CREDENTIAL_OWNER"


def test_signature_by_another_key(world: World, doctor: Person) -> None:
    own = doctor.authenticator
    assert own is not None
    forged = SoftwareAuthenticator(own.relying_party, own.origin, None, own.credential_id, own.sign_count)
    body = issue(dataclasses.replace(doctor, authenticator=forged))
    assert refusal(body, world).code == "SIG_INVALID"


def test_an_institution_registered_without_its_site_accuses_nobody(doctor: Person) -> None:
    """The office left the site out; for three months the doctor would have stood as a violation."""
    world = new_world()
    person = world.person("D1")
    world.put("pub/organisation/H99000000001", {"role": "hospital"})
    refused = refusal(issue(person), world)
    assert (refused.code, refused.pointer) == ("SCHEMA_REQUIRED", "registry.organisation/relying_party")
    assert CODES[refused.code].class_ == "DATA_QUALITY"


def test_only_es256_credentials() -> None:
    key = keys.load("SM2-SM3", generate("SM2-SM3").spki)
    with pytest.raises(Rejected):
        key.verify_der(b"", b"")
