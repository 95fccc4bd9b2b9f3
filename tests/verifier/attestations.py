"""Attestations that enrol no authenticator: what the verifier says of each, and admission's code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.verifier.kit import AAGUID, Authenticator, Maker, cbor

MAKER = Maker()
MODEL = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
UNKNOWN = x509.ObjectIdentifier("1.2.3.4")
ID_AT = 55  # authenticator data: 32 of the site, a flag, 4 of the counter, 16 of the model, 2 of a length
Change = Callable[[Any], Any]


def credential_of(length: int) -> Authenticator:
    return Authenticator(b"\x07" * length, "h.example", "https://h.example")


def attested(device: Authenticator, whole: Any = None, **knobs: Any) -> tuple[bytes, bytes]:
    """The attestation object, or `whole` in its place, and the client data of an enrolment of D1."""
    attestation, client_data = MAKER.attest(device, "D1", **knobs)
    return (attestation if whole is None else cbor(whole)), client_data


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


WRONG, OTHER = "signature or certificate is wrong", "another model"
DATA, UNTRUSTED, ALGORITHM = "HUM_AUTH_DATA", "HUM_AUTHENTICATOR_UNTRUSTED", "SIG_ALG_FORBIDDEN"
FAULTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no map": ({"whole": [1]}, "malformed", DATA),
    "a member more": ({"members": {"more": 1}}, "malformed", DATA),
    "a member short": ({"whole": {"fmt": "packed", "attStmt": {}}}, "malformed", DATA),
    "data that are no bytes": ({"members": {"authData": "x"}}, "not packed", DATA),
    "a statement that is no map": ({"members": {"attStmt": []}}, "not packed", DATA),
    "another format": ({"members": {"fmt": "fido-u2f"}}, "not packed", UNTRUSTED),
    "data without a credential": (cut(54), "authenticator data is malformed", DATA),
    "flags without a credential": (data_with(flags=0x05), "authenticator data is malformed", DATA),
    "extensions": (data_with(flags=0xC5), "authenticator data is malformed", DATA),
    "an id that is cut off": (cut(ID_AT + 3), "credential id is malformed", DATA),
    "an id that claims more": (data_with(length=1000), "credential id is malformed", DATA),
    "something behind the key": ({"data": lambda made: made + b"\x00"}, "credential key is malformed", DATA),
    "a key that is no map": ({"key": lambda made: [1]}, "credential key is malformed", ALGORITHM),
    "a key of another type": (key_with(kty=3), "credential key is not ES256", ALGORITHM),
    "a key of another algorithm": (key_with(alg=-35), "credential key is not ES256", ALGORITHM),
    "a key on another curve": (key_with(crv=2), "credential key is not ES256", ALGORITHM),
    "a key with a member more": (key_with(kid=b"1"), "credential key is not ES256", ALGORITHM),
    "a key without x": ({"key": without(-2)}, "credential key is not ES256", ALGORITHM),
    "a coordinate that is no bytes": (key_with(x="x" * 32), "credential key is malformed", DATA),
    "a second one that is no bytes": (key_with(y=1), "credential key is malformed", DATA),
    "a short coordinate": (key_with(x=b"\x01" * 31), "credential key is malformed", DATA),
    "a long coordinate": (key_with(y=b"\x01" * 33), "credential key is malformed", DATA),
    "a point beside the curve": (key_with(x=b"\x01" * 32), "credential key is not on its curve", "KEY_WEAK"),
    "another algorithm of the statement": ({"statement": with_(alg=-257)}, "no certificate chain", UNTRUSTED),
    "a member more in the statement": ({"statement": with_(ver="2")}, "no certificate chain", UNTRUSTED),
    "no chain": ({"statement": without("x5c")}, "no certificate chain", UNTRUSTED),
    "a chain that is no list": ({"statement": with_(x5c=b"x")}, "no certificate chain", UNTRUSTED),
    "a signature that is no bytes": ({"statement": with_(sig="x")}, "no certificate chain", UNTRUSTED),
    "a certificate that is no bytes": (
        {"statement": lambda made: {**made, "x5c": [*made["x5c"], "x"]}},
        "no certificate chain", UNTRUSTED,
    ),
    "an empty chain": ({"statement": with_(x5c=[])}, WRONG, UNTRUSTED),
    "a certificate that is none": ({"statement": with_(x5c=[b"x"])}, WRONG, UNTRUSTED),
    "another signature": ({"statement": with_(sig=b"x")}, WRONG, UNTRUSTED),
    "a certificate of another model": (signed(MODEL, b"\x04\x10" + bytes(16), False), OTHER, UNTRUSTED),
    "a model that must be understood": (signed(MODEL, b"\x04\x10" + AAGUID, True), OTHER, UNTRUSTED),
    "what must be understood": (signed(UNKNOWN, b"\x05\x00", True), "unknown critical extension", UNTRUSTED),
    "a certificate for something else": ({"leaf": {"unit": "Sales"}}, "not made for attestation", UNTRUSTED),
    "an authority's certificate": ({"leaf": {"ca": True}}, "an authority's", UNTRUSTED),
    "a certificate of another kind of key": (
        {"leaf": {"public": Ed25519PrivateKey.generate().public_key()}},
        "not ECDSA", UNTRUSTED,
    ),
    "a model that is not listed": ({"aaguid": bytes(16)}, WRONG, UNTRUSTED),
}
