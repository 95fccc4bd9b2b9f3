"""Enrolment of authenticators: row H15 and every way in which an attestation can be false."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from api.client.attestation import AttestationRoot, encode_cbor
from api.client.authenticator import Behaviour, Enrolment, SoftwareAuthenticator
from api.client.signing import Person, build, generate
from contracts.errors import Rejected
from contracts.facts import NO_RELYING_PARTY, Facts
from contracts.forms import AUTHENTICATOR
from contracts.statements import base64url, cbor, enrolment, submission
from contracts.statements.authenticate import authenticate
from contracts.statements.presence import RelyingParty
from tests.statements.world import HOSPITAL, IAT, ORIGIN, RELYING_PARTY, World, new_world

OTHER_MODEL = "00000000-0000-4000-8000-000000000001"
EXPECTED = enrolment.challenge(ORIGIN, "D1")


@pytest.fixture(scope="module")
def world() -> World:
    return new_world()


@pytest.fixture(scope="module")
def officer(world: World) -> Person:
    return world.person("G1", "officer")


@pytest.fixture(scope="module")
def doctor(world: World) -> Person:
    return world.person("D1")


def authenticator() -> SoftwareAuthenticator:
    return SoftwareAuthenticator("h1.example.org", "https://h1.example.org")


def enrol(world: World, given_: Enrolment, signers: list[Person]) -> Facts:
    members = {"person": "D1", "organisation": HOSPITAL, **given_.members()}
    body = build("registry.authenticator", members, {}, iss=HOSPITAL, aud=ORIGIN, iat=IAT, signers=signers)
    return authenticate(submission.parse(body), world.read)


def code_of(world: World, given_: Enrolment, signers: list[Person]) -> str:
    with pytest.raises(Rejected) as refused:
        enrol(world, given_, signers)
    return refused.value.code


def test_credential_reaches_the_facts(world: World, doctor: Person, officer: Person) -> None:
    own = authenticator()
    facts = enrol(world, own.enrol(EXPECTED, world.root), [doctor, officer])
    (credential,) = facts.credentials
    assert (credential.owner, credential.organisation) == ("D1", HOSPITAL)
    assert credential.credential_id == base64url.encode(own.credential_id)
    assert credential.aaguid == world.root.aaguid and credential.sign_count == 0
    world.put(
        f"pub/authenticator/{credential.credential_id}",
        {"person": "D1", "public_key": credential.public_key},
    )
    person = Person("D1", "doctor", doctor.key, own)
    body = build("duty.opened", {"site": HOSPITAL}, {}, iss=HOSPITAL, aud=ORIGIN, iat=IAT, signers=[person])
    assert authenticate(submission.parse(body), world.read).signers[0].presence is not None


BEHAVIOURS = {
    "H15-none": (Behaviour(fmt="none"), "HUM_AUTHENTICATOR_UNTRUSTED"),
    "H15-self": (Behaviour(self_attested=True), "HUM_AUTHENTICATOR_UNTRUSTED"),
    "format": (Behaviour(fmt="fido-u2f"), "HUM_AUTHENTICATOR_UNTRUSTED"),
    "not-verified": (Behaviour(flags=0x01), "HUM_UV_MISSING"),
    "synced": (Behaviour(flags=0x0D), "HUM_SYNCED_CREDENTIAL"),
    "type": (Behaviour(type="webauthn.get"), "HUM_TYPE"),
    "origin": (Behaviour(origin="https://evil.example"), "HUM_ORIGIN"),
    "relying-party": (Behaviour(relying_party="evil.example"), "HUM_RP"),
    "cross-origin": (Behaviour(cross_origin=True), "HUM_CROSS_ORIGIN"),
    "extra": (Behaviour(extra=b"\0"), "HUM_AUTH_DATA"),
}


@pytest.mark.parametrize(("behaviour", "code"), BEHAVIOURS.values(), ids=BEHAVIOURS.keys())
def test_refuses(world: World, doctor: Person, officer: Person, behaviour: Behaviour, code: str) -> None:
    given_ = authenticator().enrol(EXPECTED, world.root, behaviour)
    assert code_of(world, given_, [doctor, officer]) == code


def test_an_institution_without_its_site_is_told_to_register_it() -> None:
    """Told "authenticator of another site", nobody knows that it is the registration which lacks a site."""
    world = new_world()
    people = [world.person("D1"), world.person("G1", "officer")]
    world.put(f"pub/organisation/{HOSPITAL}", {"role": "hospital"})
    with pytest.raises(Rejected) as refused:
        enrol(world, authenticator().enrol(EXPECTED, world.root), people)
    assert (refused.value.code, refused.value.pointer) == ("SCHEMA_REQUIRED", NO_RELYING_PARTY)


def test_challenge_of_another_person(world: World, doctor: Person, officer: Person) -> None:
    given_ = authenticator().enrol(enrolment.challenge(ORIGIN, "D2"), world.root)
    assert code_of(world, given_, [doctor, officer]) == "HUM_CHALLENGE_MISMATCH"


def test_unknown_root_and_other_model(world: World, doctor: Person, officer: Person) -> None:
    unknown = AttestationRoot.generate()
    other = AttestationRoot(OTHER_MODEL, world.root.key, world.root._certificate)
    for root in (unknown, other):
        given_ = authenticator().enrol(EXPECTED, root)
        assert code_of(world, given_, [doctor, officer]) == "HUM_AUTHENTICATOR_UNTRUSTED"


def test_certificate_of_another_model(world: World, doctor: Person, officer: Person) -> None:
    class Mixed(AttestationRoot):
        def attest(self) -> tuple[ec.EllipticCurvePrivateKey, bytes]:
            return AttestationRoot(OTHER_MODEL, self.key, self._certificate).attest()

    mixed = Mixed(world.root.aaguid, world.root.key, world.root._certificate)
    given_ = authenticator().enrol(EXPECTED, mixed)
    assert code_of(world, given_, [doctor, officer]) == "HUM_AUTHENTICATOR_UNTRUSTED"


def test_root_as_attestation_certificate(world: World, doctor: Person, officer: Person) -> None:
    class Bare(AttestationRoot):
        def attest(self) -> tuple[ec.EllipticCurvePrivateKey, bytes]:
            return self.key, self.certificate

    bare = Bare(world.root.aaguid, world.root.key, world.root._certificate)
    given_ = authenticator().enrol(EXPECTED, bare)
    assert code_of(world, given_, [doctor, officer]) == "HUM_AUTHENTICATOR_UNTRUSTED"


def test_production_refuses_the_sandbox_root() -> None:
    world = new_world()
    world.genesis(profile="production")
    signers = [world.person("D1"), world.person("G1", "officer")]
    given_ = authenticator().enrol(EXPECTED, world.root)
    assert code_of(world, given_, signers) == "HUM_AUTHENTICATOR_UNTRUSTED"


def genesis(root: AttestationRoot, officers: list[Person], signers: list[Person]) -> bytes:
    members: dict[str, Any] = {
        "log_vkey": "rx.example.org/log+00000000+AQ",
        "profile": "sandbox",
        "regulator": {
            "code": "R1",
            "name": "监管",
            "key": generate("ES256").public(),
            "relying_party": RELYING_PARTY,
        },
        "officers": [
            {
                "code": officer.code,
                "key": officer.key.public(),
                "authenticators": [
                    authenticator().enrol(enrolment.challenge(ORIGIN, officer.code), root).members()
                ],
            }
            for officer in officers
        ],
        "tag_keys": {"people": "aaaaaaaa", "codes": "bbbbbbbb"},
        "attestation_roots": [root.genesis_member()],
        "certificate_roots": [],
        "utc_offset_minutes": 480,
    }
    return build("governance.genesis", members, {}, iss="R1", aud=ORIGIN, iat=IAT, signers=signers)


def test_genesis_is_signed_with_its_own_keys() -> None:
    world = World()
    first, second = (
        Person(code, "officer", generate(alg)) for code, alg in (("G1", "ES256"), ("G2", "SM2-SM3"))
    )
    body = genesis(world.root, [first, second], [first, second])
    facts = authenticate(submission.parse(body), world.read)
    assert [(signer.code, signer.role) for signer in facts.signers] == [("G1", "officer"), ("G2", "officer")]
    assert [(c.owner, c.organisation) for c in facts.credentials] == [("G1", "R1"), ("G2", "R1")]
    stranger = Person("G2", "officer", generate("ES256"))
    with pytest.raises(Rejected) as refused:
        authenticate(submission.parse(genesis(world.root, [first, second], [first, stranger])), world.read)
    assert refused.value.code == "KEY_UNKNOWN"


def test_key_ids_and_files(tmp_path: Any) -> None:
    root = AttestationRoot.generate()
    root.save(tmp_path / "root.json")
    assert AttestationRoot.load(tmp_path / "root.json").certificate == root.certificate
    own = authenticator()
    own.save(tmp_path / "own.json")
    again = SoftwareAuthenticator.load(tmp_path / "own.json")
    again.assertion(b"x" * 32)
    assert SoftwareAuthenticator.load(tmp_path / "own.json").sign_count == 1
    with pytest.raises(ValueError, match="not a file of format"):
        AttestationRoot.load(tmp_path / "own.json")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x18\x17",  # 23 in two bytes
        b"\x19\x00\xff",  # 255 in three bytes
        b"\x9f\xff",  # indefinite length
        b"\xa2\x01\x01\x01\x02",  # a key twice
        b"\xa1\xf5\x01",  # a key that is true
        b"\xc0\x60",  # a tag
        b"\xf9\x3c\x00",  # a float
        b"\xf8\x14",  # false in two bytes
        b"\x41",  # too short
        b"\x61\xff",  # not UTF-8
        b"\x00\x00",  # something after the item
        b"\x81" * 9 + b"\x00",  # too deep
        b"\x9a\xff\xff\xff\xff",  # more items than bytes
    ],
)
def test_cbor_refuses(data: bytes) -> None:
    with pytest.raises(Rejected):
        cbor.decode(data)


@given(st.binary(max_size=40))
@settings(max_examples=300, deadline=None)
def test_cbor_has_one_spelling(data: bytes) -> None:
    try:
        value = cbor.decode(data)
    except Rejected:
        return
    if "True" not in repr(value) and "False" not in repr(value) and "None" not in repr(value):
        assert encode_cbor(value) == data


_GIVEN = authenticator().enrol(EXPECTED, AttestationRoot.generate())


@pytest.mark.filterwarnings("ignore:Parsed a serial number")  # a change may make it negative
@given(st.integers(0, 2000), st.binary(min_size=1, max_size=2))
@settings(max_examples=150, deadline=None)
def test_no_changed_attestation_raises_anything_else(place: int, change: bytes) -> None:
    data = base64url.decode(_GIVEN.attestation_object)
    place %= len(data)
    changed = data[:place] + change + data[place + 1 :]
    with pytest.raises(Rejected):
        enrolment.verify(
            changed,
            base64url.decode(_GIVEN.client_data_json),
            EXPECTED,
            RelyingParty.of({"relying_party": RELYING_PARTY}),
            [],
        )


@pytest.mark.parametrize(("size", "code"), [(16_384, ""), (16_385, "SCHEMA_LENGTH")])
@pytest.mark.parametrize("member", ["attestation_object", "client_data_json"])
def test_what_an_authenticator_says_has_sixteen_kibibytes_at_most(member: str, size: int, code: str) -> None:
    given_ = {"attestation_object": "AA", "client_data_json": "AA", member: base64url.encode(b"x" * size)}
    if not code:
        AUTHENTICATOR.check(given_)
        return
    with pytest.raises(Rejected) as raised:
        AUTHENTICATOR.check(given_)
    assert raised.value.code == code
