"""Certificates of a small authority: what a row of the catalogue needs to be wrong is an argument."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from cryptography import x509
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
