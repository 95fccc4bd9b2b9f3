"""Enrolment of an authenticator: WebAuthn registration with attestation (Level 3 §7.1, §8.2).

Only `packed` attestation with a certificate chain to a root that genesis lists for that model:
without it any program can claim to have verified a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from contracts.errors import Rejected
from contracts.statements import base64url, cbor, keys, presence, x509_chain

LABEL = b"rx-enrolment/v1\x00"
_ATTESTED_BYTES_MIN = 37 + 16 + 2
_CREDENTIAL_ID_BYTES_MAX = 1023  # WebAuthn §5.8.3
# id-fido-gen-ce-aaguid: the model inside the attestation certificate (WebAuthn §8.2.1).
_AAGUID_OID = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
_ES256 = -7
_SPKI_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")


@dataclass(frozen=True, slots=True)
class AttestationRoot:
    """A root certificate that vouches for one model of authenticator."""

    aaguid: str
    certificate: bytes


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A credential whose attestation verified."""

    credential_id: bytes
    public_key_spki: bytes
    aaguid: str
    sign_count: int


def challenge(audience: str, subject: str) -> bytes:
    """Return the challenge of an enrolment: the log's origin and whose it will be (interface §2)."""
    return hashlib.sha256(LABEL + f"{audience}\x00{subject}".encode()).digest()


def allowed_roots(genesis: Mapping[str, Any]) -> list[AttestationRoot]:
    """Return genesis' attestation roots; those of the sandbox only where the profile is sandbox."""
    sandbox = genesis.get("profile") == "sandbox"
    return [
        AttestationRoot(str(root["aaguid"]).lower(), base64url.decode(str(root["certificate"])))
        for root in genesis.get("attestation_roots", ())
        if sandbox or not root["sandbox"]
    ]


def verify(
    attestation_object: bytes,
    client_data: bytes,
    expected: bytes,
    relying_party: presence.RelyingParty,
    roots: Sequence[AttestationRoot],
) -> Enrolled:
    """Return the credential, which a listed model of authenticator then holds.

    Raises Rejected: HUM_* of client data and flags, HUM_AUTH_DATA (malformed), SIG_ALG_FORBIDDEN,
    KEY_WEAK, HUM_AUTHENTICATOR_UNTRUSTED (no, self-made or unknown attestation).
    """
    presence.check_client_data(client_data, "webauthn.create", expected, relying_party)
    members = cbor.decode(attestation_object)
    if not isinstance(members, dict) or members.keys() != {"fmt", "attStmt", "authData"}:
        raise Rejected("HUM_AUTH_DATA")
    data, statement = members["authData"], members["attStmt"]
    if not isinstance(data, bytes) or not isinstance(statement, dict):
        raise Rejected("HUM_AUTH_DATA")
    enrolled = _attested(data, relying_party)
    if members["fmt"] != "packed" or "x5c" not in statement:
        raise Rejected("HUM_AUTHENTICATOR_UNTRUSTED")
    signed = data + hashlib.sha256(client_data).digest()
    _check_attestation(statement, signed, enrolled.aaguid, roots)
    return enrolled


def _is_bytes(value: object) -> bool:
    return isinstance(value, bytes)


def _attested(data: bytes, relying_party: presence.RelyingParty) -> Enrolled:
    # WebAuthn §6.5.1: AAGUID, length of the credential id, the id, its COSE key; then nothing.
    if len(data) < _ATTESTED_BYTES_MIN:
        raise Rejected("HUM_AUTH_DATA")
    presence.check_flags(data, relying_party)
    if data[32] & (presence.ATTESTED | presence.EXTENSIONS) != presence.ATTESTED:
        raise Rejected("HUM_AUTH_DATA")
    size = int.from_bytes(data[53:55], "big")
    credential_id = data[55 : 55 + size]
    if not 1 <= size <= _CREDENTIAL_ID_BYTES_MAX or len(credential_id) != size:
        raise Rejected("HUM_AUTH_DATA")
    spki = _spki(cbor.decode(data[55 + size :]))
    sign_count = int.from_bytes(data[33:37], "big")
    return Enrolled(credential_id, spki, str(UUID(bytes=data[37:53])), sign_count)


def _spki(key: cbor.Cbor) -> bytes:
    # RFC 9053 §2.1, §7.1.1: EC2 key, ES256, P-256.
    if not isinstance(key, dict) or key.keys() != {1, 3, -1, -2, -3}:
        raise Rejected("SIG_ALG_FORBIDDEN")
    if (key[1], key[3], key[-1]) != (2, _ES256, 1):
        raise Rejected("SIG_ALG_FORBIDDEN")
    x, y = key[-2], key[-3]
    if not isinstance(x, bytes) or not isinstance(y, bytes) or len(x) != 32 or len(y) != 32:
        raise Rejected("HUM_AUTH_DATA")
    return keys.load(keys.ES256, _SPKI_PREFIX + x + y).spki


def _check_attestation(
    statement: Mapping[int | str, cbor.Cbor],
    signed: bytes,
    aaguid: str,
    roots: Sequence[AttestationRoot],
) -> None:
    signature, ders = statement.get("sig"), statement["x5c"]
    if statement.keys() != {"alg", "sig", "x5c"} or not isinstance(signature, bytes):
        raise Rejected("HUM_AUTHENTICATOR_UNTRUSTED")
    if statement["alg"] != _ES256 or not isinstance(ders, list) or not all(_is_bytes(der) for der in ders):
        raise Rejected("HUM_AUTHENTICATOR_UNTRUSTED")
    listed = [root.certificate for root in roots if root.aaguid == aaguid]
    try:
        chain = x509_chain.load([der for der in ders if isinstance(der, bytes)])  # all of them are
        _check_leaf(chain[0], aaguid)
        x509_chain.check(chain, [x509.load_der_x509_certificate(der) for der in listed])
        key = chain[0].public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise x509_chain.ChainError
        key.verify(signature, signed, ec.ECDSA(SHA256()))
    except (x509_chain.ChainError, *x509_chain.UNREADABLE):
        raise Rejected("HUM_AUTHENTICATOR_UNTRUSTED") from None


def _check_leaf(leaf: x509.Certificate, aaguid: str) -> None:
    # WebAuthn §8.2.1: an end entity made for attestation, of the model that it attests.
    units = leaf.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATIONAL_UNIT_NAME)
    if [unit.value for unit in units] != ["Authenticator Attestation"]:
        raise x509_chain.ChainError
    for extension in leaf.extensions:
        value = extension.value
        if isinstance(value, x509.BasicConstraints) and value.ca:
            raise x509_chain.ChainError
        if extension.oid == _AAGUID_OID and isinstance(value, x509.UnrecognizedExtension):
            # The extension's value is an OCTET STRING of 16 bytes.
            if extension.critical or value.value != b"\x04\x10" + UUID(aaguid).bytes:
                raise x509_chain.ChainError
        elif extension.critical and not isinstance(value, (x509.BasicConstraints, x509.KeyUsage)):
            raise x509_chain.ChainError
