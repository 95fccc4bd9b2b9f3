"""Enrolment of an authenticator: `packed` attestation with a chain to a root of genesis.

Without attestation a program could set "user verified" itself; with it, the maker of a known
model vouches that the credential's key cannot leave the device.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from verifier import base64url, cbor
from verifier.certificates import UNREADABLE, check_chain, load
from verifier.errors import FORM, SIGNATURE, VerificationError
from verifier.presence import ATTESTED, EXTENSIONS, RelyingParty, check_client_data, check_flags

_AAGUID_EXTENSION = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
_CREDENTIAL_ID_BYTES_MAX = 1023  # WebAuthn §5.8.3
_SAID_BYTES_MAX = 16 * 1024  # SPEC 5.5, of each of the two
_UNIT = "Authenticator Attestation"
_LABEL = b"rx-enrolment/v1\x00"


@dataclass(frozen=True, slots=True)
class Root:
    """A root certificate of genesis, for one model of authenticator."""

    aaguid: str
    certificate: bytes
    sandbox: bool


@dataclass(frozen=True, slots=True)
class Credential:
    """An authenticator's credential whose attestation was verified."""

    id: str
    public_key: bytes  # SPKI DER


def challenge(origin: str, subject: str) -> bytes:
    """Return the challenge of an enrolment: SHA-256("rx-enrolment/v1" 00 aud 00 subject)."""
    return sha256(_LABEL + origin.encode() + b"\x00" + subject.encode()).digest()


def check_enrolment(
    attestation_object: bytes,
    client_data: bytes,
    expected: bytes,
    relying_party: RelyingParty,
    roots: Collection[Root],
) -> Credential:
    """Return the credential that was enrolled for the challenge `expected` at this site.

    Raises VerificationError unless both have 16 KiB at most and the attestation is `packed` with a
    certificate chain that leads to a root of `roots` for the model that the authenticator data names.
    """
    if max(len(attestation_object), len(client_data)) > _SAID_BYTES_MAX:
        raise VerificationError(FORM, "attestation or client data is longer than 16 KiB")
    check_client_data(client_data, "webauthn.create", expected, relying_party.origins)
    members = cbor.decode(attestation_object)
    if not isinstance(members, dict) or set(members) != {"fmt", "attStmt", "authData"}:
        raise _untrusted("malformed")
    data, statement = members["authData"], members["attStmt"]
    if members["fmt"] != "packed" or not isinstance(data, bytes) or not isinstance(statement, dict):
        raise _untrusted("not packed")
    credential, aaguid = _credential(data, relying_party.id)
    _check_statement(statement, data + sha256(client_data).digest(), aaguid, roots)
    return credential


def _credential(data: bytes, relying_party_id: str) -> tuple[Credential, UUID]:
    if len(data) < 55 or data[32] & (ATTESTED | EXTENSIONS) != ATTESTED:
        raise _untrusted("authenticator data is malformed")
    check_flags(data, relying_party_id)
    length = int.from_bytes(data[53:55], "big")
    identifier = data[55 : 55 + length]
    if not 1 <= length == len(identifier) <= _CREDENTIAL_ID_BYTES_MAX:
        raise _untrusted("credential id is malformed")
    key, end = cbor.decode_prefix(data, 55 + length)
    if end != len(data) or not isinstance(key, dict):
        raise _untrusted("credential key is malformed")
    return Credential(base64url.encode(identifier), _cose_key(key)), UUID(bytes=data[37:53])


def _cose_key(members: Mapping[int | str, cbor.Cbor]) -> bytes:
    x, y = members.get(-2), members.get(-3)
    if (members.get(1), members.get(3), members.get(-1)) != (2, -7, 1) or len(members) != 5:
        raise _untrusted("credential key is not ES256")
    if not isinstance(x, bytes) or not isinstance(y, bytes) or len(x) != 32 or len(y) != 32:
        raise _untrusted("credential key is malformed")
    numbers = EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), SECP256R1())
    try:
        key = numbers.public_key()
    except ValueError:
        raise _untrusted("credential key is not on its curve") from None
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _check_statement(
    statement: Mapping[int | str, cbor.Cbor], message: bytes, aaguid: UUID, roots: Collection[Root]
) -> None:
    chain, signature = statement.get("x5c"), statement.get("sig")
    if set(statement) != {"alg", "sig", "x5c"} or statement["alg"] != -7:
        raise _untrusted("no certificate chain")
    if not isinstance(chain, list) or not isinstance(signature, bytes):
        raise _untrusted("no certificate chain")
    listed = [root.certificate for root in roots if root.aaguid.lower() == str(aaguid)]
    try:
        certificates = load([item for item in chain if isinstance(item, bytes)])
        if len(certificates) != len(chain):
            raise _untrusted("no certificate chain")
        _check_leaf(certificates[0], aaguid)
        check_chain(certificates, [x509.load_der_x509_certificate(der) for der in listed])
        _key_of(certificates[0]).verify(signature, message, ECDSA(SHA256()))
    except UNREADABLE:
        raise _untrusted("signature or certificate is wrong") from None


def _check_leaf(certificate: x509.Certificate, aaguid: UUID) -> None:
    """An end entity made for attestation; where it names a model, the one in the authenticator data."""
    units = certificate.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATIONAL_UNIT_NAME)
    if [unit.value for unit in units] != [_UNIT]:
        raise _untrusted("the certificate was not made for attestation")
    for extension in certificate.extensions:
        value = extension.value
        if isinstance(value, x509.BasicConstraints) and value.ca:
            raise _untrusted("the certificate is an authority's")
        if extension.oid == _AAGUID_EXTENSION:
            raw = value.value if isinstance(value, x509.UnrecognizedExtension) else b""
            if extension.critical or raw != b"\x04\x10" + aaguid.bytes:
                raise _untrusted("the certificate names another model")
        elif extension.critical and not isinstance(value, (x509.BasicConstraints, x509.KeyUsage)):
            raise _untrusted("the certificate has an unknown critical extension")


def _key_of(certificate: x509.Certificate) -> EllipticCurvePublicKey:
    key = certificate.public_key()
    if not isinstance(key, EllipticCurvePublicKey):
        raise _untrusted("the certificate's key is not ECDSA")
    return key


def _untrusted(reason: str) -> VerificationError:
    return VerificationError(SIGNATURE, f"authenticator is not trusted: {reason}")
