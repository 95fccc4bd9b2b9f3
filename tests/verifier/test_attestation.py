"""Enrolment of an authenticator (SPEC 5.5): whatever is wrong with an attestation, it vouches for nothing."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.verifier.kit import AAGUID, AAGUID_TEXT, ORIGIN, Authenticator, Maker, cbor
from verifier.attestation import Credential, Root, challenge, check_enrolment
from verifier.base64url import encode
from verifier.errors import SIGNATURE, VerificationError
from verifier.presence import RelyingParty

MAKER = Maker()
ROOT = Root(AAGUID_TEXT, MAKER.der, True)
MODEL = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
UNKNOWN = x509.ObjectIdentifier("1.2.3.4")
ID_AT = 55  # authenticator data: 32 of the site, a flag, 4 of the counter, 16 of the model, 2 of a length
Change = Callable[[Any], Any]


def credential_of(length: int) -> Authenticator:
    return Authenticator(b"\x07" * length, "h.example", "https://h.example")


def enrolled(device: Authenticator | None = None, whole: Any = None, **knobs: Any) -> Credential:
    device = device or credential_of(16)
    attestation, client_data = MAKER.attest(device, "D1", **knobs)
    site = RelyingParty(device.rp_id, (device.origin,))
    given = attestation if whole is None else cbor(whole)
    return check_enrolment(given, client_data, challenge(ORIGIN, "D1"), site, [ROOT])


def signed(oid: x509.ObjectIdentifier, value: bytes, critical: bool) -> dict[str, Any]:
    return {"leaf": {"extra": (x509.UnrecognizedExtension(oid, value), critical)}}


def without(name: Any) -> Change:
    return lambda made: {key: value for key, value in made.items() if key != name}


def with_(**members: Any) -> Change:
    return lambda made: {**made, **members}


def key_with(**members: Any) -> dict[str, Change]:
    numbers = {"kty": 1, "alg": 3, "crv": -1, "x": -2, "y": -3, "kid": 4}
    return {"key": lambda made: {**made, **{numbers[name]: value for name, value in members.items()}}}


def data_with(flags: int | None = None, length: int | None = None) -> dict[str, Change]:
    def change(made: bytes) -> bytes:
        made = made if flags is None else made[:32] + bytes([flags]) + made[33:]
        return made if length is None else made[:53] + length.to_bytes(2, "big") + made[55:]

    return {"data": change}


def cut(end: int) -> dict[str, Change]:
    return {"data": lambda made: made[:end]}


def test_a_packed_attestation_to_a_listed_root_enrols_its_key() -> None:
    device = credential_of(16)
    assert enrolled(device).id == encode(device.credential_id)


@pytest.mark.parametrize("length", [1, 1023])
def test_a_credential_id_has_1_to_1023_bytes(length: int) -> None:
    assert enrolled(credential_of(length)).id == encode(b"\x07" * length)


@pytest.mark.parametrize("length", [0, 1024])
def test_another_length_of_a_credential_id_is_none(length: int) -> None:
    with pytest.raises(VerificationError, match="credential id is malformed"):
        enrolled(credential_of(length))


def test_a_certificate_may_name_its_model_and_say_what_nobody_must_understand() -> None:
    assert enrolled(**signed(MODEL, b"\x04\x10" + AAGUID, False))
    assert enrolled(**signed(UNKNOWN, b"\x05\x00", False))


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "no map": ({"whole": [1]}, "malformed"),
    "a member more": ({"members": {"more": 1}}, "malformed"),
    "a member short": ({"whole": {"fmt": "packed", "attStmt": {}}}, "malformed"),
    "data that are no bytes": ({"members": {"authData": "x"}}, "not packed"),
    "a statement that is no map": ({"members": {"attStmt": []}}, "not packed"),
    "another format": ({"members": {"fmt": "fido-u2f"}}, "not packed"),
    "data without a credential": (cut(54), "authenticator data is malformed"),
    "flags without a credential": (data_with(flags=0x05), "authenticator data is malformed"),
    "extensions": (data_with(flags=0xC5), "authenticator data is malformed"),
    "an id that is cut off": (cut(ID_AT + 3), "credential id is malformed"),
    "an id that claims more": (data_with(length=1000), "credential id is malformed"),
    "something behind the key": ({"data": lambda made: made + b"\x00"}, "credential key is malformed"),
    "a key that is no map": ({"key": lambda made: [1]}, "credential key is malformed"),
    "a key of another type": (key_with(kty=3), "credential key is not ES256"),
    "a key of another algorithm": (key_with(alg=-35), "credential key is not ES256"),
    "a key on another curve": (key_with(crv=2), "credential key is not ES256"),
    "a key with a member more": (key_with(kid=b"1"), "credential key is not ES256"),
    "a key without x": ({"key": without(-2)}, "credential key is not ES256"),
    "a coordinate that is no bytes": (key_with(x="x" * 32), "credential key is malformed"),
    "a second one that is no bytes": (key_with(y=1), "credential key is malformed"),
    "a short coordinate": (key_with(x=b"\x01" * 31), "credential key is malformed"),
    "a long coordinate": (key_with(y=b"\x01" * 33), "credential key is malformed"),
    "a point beside the curve": (key_with(x=b"\x01" * 32), "credential key is not on its curve"),
    "another algorithm of the statement": ({"statement": with_(alg=-257)}, "no certificate chain"),
    "a member more in the statement": ({"statement": with_(ver="2")}, "no certificate chain"),
    "no chain": ({"statement": without("x5c")}, "no certificate chain"),
    "a chain that is no list": ({"statement": with_(x5c=b"x")}, "no certificate chain"),
    "a signature that is no bytes": ({"statement": with_(sig="x")}, "no certificate chain"),
    "a certificate that is no bytes": (
        {"statement": lambda made: {**made, "x5c": [*made["x5c"], "x"]}},
        "no certificate chain",
    ),
    "an empty chain": ({"statement": with_(x5c=[])}, "signature or certificate is wrong"),
    "a certificate that is none": ({"statement": with_(x5c=[b"x"])}, "signature or certificate is wrong"),
    "another signature": ({"statement": with_(sig=b"x")}, "signature or certificate is wrong"),
    "a certificate of another model": (signed(MODEL, b"\x04\x10" + bytes(16), False), "another model"),
    "a model that must be understood": (signed(MODEL, b"\x04\x10" + AAGUID, True), "another model"),
    "what must be understood": (signed(UNKNOWN, b"\x05\x00", True), "unknown critical extension"),
    "a certificate for something else": ({"leaf": {"unit": "Sales"}}, "not made for attestation"),
    "an authority's certificate": ({"leaf": {"ca": True}}, "an authority's"),
    "a certificate of another kind of key": (
        {"leaf": {"public": Ed25519PrivateKey.generate().public_key()}},
        "not ECDSA",
    ),
    "a model that is not listed": ({"aaguid": bytes(16)}, "signature or certificate is wrong"),
}


@pytest.mark.parametrize(("knobs", "reason"), FAULTS.values(), ids=FAULTS.keys())
def test_an_attestation_vouches_for_nothing_with(knobs: dict[str, Any], reason: str) -> None:
    with pytest.raises(VerificationError, match=f"authenticator is not trusted: .*{reason}") as refused:
        enrolled(**knobs)
    assert refused.value.step == SIGNATURE


def test_an_attestation_is_signed_for_its_own_client_data() -> None:
    device = credential_of(16)
    attestation, client_data = MAKER.attest(device, "D1")
    other = client_data[:-1] + b', "more": 1}'
    assert sha256(other).digest() != sha256(client_data).digest()
    with pytest.raises(VerificationError, match="signature or certificate is wrong"):
        check_enrolment(
            attestation, other, challenge(ORIGIN, "D1"), RelyingParty("h.example", (device.origin,)), [ROOT]
        )
