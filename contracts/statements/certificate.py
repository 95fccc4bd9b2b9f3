"""A certificate that comes with a person's or an organisation's key (`registry.key`).

What the bytes say, against the roots of genesis; when it is valid is returned, not judged: a rule
compares the window with ledger time. Rows C01 to C10 of `reference/security.md` §6.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contracts.errors import Rejected
from contracts.statements import x509_chain

# Critical extensions whose meaning is honoured here; any other makes the chain unusable.
_UNDERSTOOD = frozenset(
    (
        x509.BasicConstraints.oid,
        x509.KeyUsage.oid,
        x509.ExtendedKeyUsage.oid,
        x509.SubjectAlternativeName.oid,
    )
)


def verify(
    chain: Sequence[bytes],
    roots: Sequence[bytes],
    subject: str,
    organisations: Collection[str],
    spki: bytes,
) -> tuple[int, int]:
    """Return the milliseconds between which `chain` (leaf first, DER) is valid.

    The leaf certifies `spki` for signing, by the name `urn:rx:org:<organisation>:person:<subject>`
    (`urn:rx:org:<subject>` for an organisation). Raises Rejected: CERT_CHAIN, CERT_UNTRUSTED,
    CERT_USAGE, CERT_NAME_CONSTRAINT.
    """
    try:
        certificates = x509_chain.load(chain)
        trusted = [x509_chain.load([root])[0] for root in roots]  # as many as genesis has
        _check_extensions(certificates)
        x509_chain.check(certificates, trusted)
        _check_leaf(certificates[0], subject, organisations, spki)
        return x509_chain.window_ms(certificates)
    except x509_chain.ChainError as error:
        raise Rejected("CERT_UNTRUSTED" if error.untrusted else "CERT_CHAIN", "/certificates") from None
    except x509_chain.UNREADABLE:
        raise Rejected("CERT_CHAIN", "/certificates") from None


def _check_extensions(certificates: Sequence[x509.Certificate]) -> None:
    for certificate in certificates:
        for extension in certificate.extensions:
            if extension.critical and extension.oid not in _UNDERSTOOD:
                raise x509_chain.ChainError


def _check_leaf(
    leaf: x509.Certificate, subject: str, organisations: Collection[str], spki: bytes
) -> None:
    _check_usage(leaf)
    _check_name(leaf, subject, organisations)
    certified = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if certified != spki:
        raise x509_chain.ChainError


def _check_usage(leaf: x509.Certificate) -> None:
    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        raise Rejected("CERT_USAGE", "/certificates/0") from None
    if not usage.digital_signature or usage.key_cert_sign:
        raise Rejected("CERT_USAGE", "/certificates/0")


def _check_name(leaf: x509.Certificate, subject: str, organisations: Collection[str]) -> None:
    allowed = {f"urn:rx:org:{organisation}:person:{subject}" for organisation in organisations}
    allowed.add(f"urn:rx:org:{subject}")
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        raise Rejected("CERT_NAME_CONSTRAINT", "/certificates/0") from None
    if not allowed.intersection(names.get_values_for_type(x509.UniformResourceIdentifier)):
        raise Rejected("CERT_NAME_CONSTRAINT", "/certificates/0")
