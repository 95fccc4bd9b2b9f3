"""A maker of software authenticators: its root certificate and the certificates below it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from cryptography.x509.oid import NameOID

from api.client import key_files
from contracts.facts import Json
from contracts.statements import base64url

FORMAT = "rx-attestation-root/v1"
SANDBOX_AAGUID = "72782d73-616e-6462-6f78-2d6b65792e31"
_AAGUID_OID = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
_NOT_BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
_NOT_AFTER = datetime(2119, 12, 31, tzinfo=UTC)


class AttestationRoot:
    """Vouches for one model of authenticator, named by its AAGUID."""

    def __init__(self, aaguid: str, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        self.aaguid = aaguid
        self.key = key
        self._certificate = certificate

    @property
    def certificate(self) -> bytes:
        """The root certificate in DER."""
        return self._certificate.public_bytes(Encoding.DER)

    @classmethod
    def generate(cls, aaguid: str = SANDBOX_AAGUID) -> AttestationRoot:
        """Return a new root with a certificate signed by itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("Attestation Root", f"Software authenticator {aaguid}")
        builder = _builder(name, name, key.public_key(), ca=True)
        return cls(aaguid, key, builder.sign(key, SHA256()))

    def attest(self) -> tuple[ec.EllipticCurvePrivateKey, bytes]:
        """Return a new attestation key and its certificate in DER (WebAuthn §8.2.1)."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("Authenticator Attestation", "Software authenticator")
        builder = _builder(name, self._certificate.subject, key.public_key(), ca=False)
        model = x509.UnrecognizedExtension(_AAGUID_OID, b"\x04\x10" + UUID(self.aaguid).bytes)
        builder = builder.add_extension(model, critical=False)
        return key, builder.sign(self.key, SHA256()).public_bytes(Encoding.DER)

    def genesis_member(self, sandbox: bool = True) -> dict[str, Json]:
        """Return the item of genesis' `attestation_roots` for this root."""
        certificate = base64url.encode(self.certificate)
        return {"aaguid": self.aaguid, "certificate": certificate, "sandbox": sandbox}

    def save(self, path: Path) -> None:
        """Write key and certificate to `path`, readable by its owner alone."""
        private = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        members = {"aaguid": self.aaguid, "private": base64url.encode(private)}
        certificate = base64url.encode(self.certificate)
        key_files.write(path, {"format": FORMAT, **members, "certificate": certificate})

    @classmethod
    def load(cls, path: Path) -> AttestationRoot:
        """Return the root in `path`. Raises ValueError, OSError."""
        members = key_files.read(path, FORMAT)
        key = load_der_private_key(base64url.decode(members["private"]), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("not a P-256 key")
        certificate = x509.load_der_x509_certificate(base64url.decode(members["certificate"]))
        return cls(str(members["aaguid"]), key, certificate)


def encode_cbor(value: Any) -> bytes:
    """Return the shortest CBOR of integers, strings, bytes, lists and maps (RFC 8949 §4.2)."""
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode("utf-8"))) + value.encode("utf-8")
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(encode_cbor(item) for item in value)
    if isinstance(value, dict):
        return _head(5, len(value)) + b"".join(
            encode_cbor(key) + encode_cbor(item) for key, item in value.items()
        )
    raise TypeError(type(value).__name__)


def _head(major: int, argument: int) -> bytes:
    if argument < 24:
        return bytes([major << 5 | argument])
    for short, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if argument < 1 << (8 * size):
            return bytes([major << 5 | short]) + argument.to_bytes(size, "big")
    raise ValueError("integer too large")


def _name(unit: str, common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Sandbox"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, ca: bool
) -> x509.CertificateBuilder:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_NOT_BEFORE)
        .not_valid_after(_NOT_AFTER)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        return builder
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    return builder.add_extension(usage, critical=True)
