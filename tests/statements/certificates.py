"""Certificates of a small authority: what a row of the catalogue needs to be wrong is an argument."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from contracts.statements import base64url

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
LAST = datetime(2027, 1, 1, tzinfo=UTC)
SIGNING = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
ISSUING = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
ENCIPHERING = x509.KeyUsage(False, False, True, False, False, False, False, False, False)


def certificate(
    subject: str,
    public_key: Any,
    issuer: str,
    issuer_key: Any,
    *,
    ca: bool = False,
    usage: x509.KeyUsage = SIGNING,
    uri: str = "",
    extra: x509.ExtensionType | None = None,
    path_length: int | None = None,
    first: datetime = FIRST,
    last: datetime = LAST,
) -> x509.Certificate:
    """Return a certificate; everything that a row needs to be wrong is an argument."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(last)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=path_length), critical=True)
        .add_extension(usage, critical=True)
    )
    if uri:
        names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(uri)])
        builder = builder.add_extension(names, critical=False)
    if extra is not None:
        builder = builder.add_extension(extra, critical=True)
    return builder.sign(issuer_key, SHA256())


def encoded(item: x509.Certificate) -> str:
    """Return a certificate as a registry statement carries it."""
    return base64url.encode(item.public_bytes(Encoding.DER))


def with_serial(made: x509.Certificate, issuer_key: ec.EllipticCurvePrivateKey, serial: int) -> bytes:
    """Return the certificate with this one-byte serial number, signed anew: the builder makes no bad one."""
    number = made.serial_number
    known = _der(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))
    _, _, members = made.tbs_certificate_bytes.partition(known)
    signed = _der(0x30, b"\xa0\x03\x02\x01\x02" + _der(2, serial.to_bytes(1, "big", signed=True)) + members)
    algorithm = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"  # ECDSA with SHA-256
    signature = issuer_key.sign(signed, ec.ECDSA(SHA256()))
    return _der(0x30, signed + algorithm + _der(3, b"\0" + signature))


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    shown = length.to_bytes((length.bit_length() + 7) // 8 or 1, "big")
    return bytes([tag]) + (shown if length < 128 else bytes([0x80 + len(shown)]) + shown) + content
