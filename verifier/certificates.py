"""Certificate chains (SPEC 5.5, 5.6): links, authorities, and what a person's certificate says.

Of time only the window is returned: an attestation's is not judged, a key's is compared with ledger time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from verifier.errors import AUTHORITY, VerificationError

CHAIN_MAX = 6
_RSA_BITS_MIN = 2048
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNDERSTOOD = frozenset(
    (
        x509.BasicConstraints.oid,
        x509.KeyUsage.oid,
        x509.ExtendedKeyUsage.oid,
        x509.SubjectAlternativeName.oid,
    )
)
# What the library raises for certificates that it cannot read, many of them only when asked.
UNREADABLE = (
    ValueError,
    TypeError,
    InvalidSignature,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


def load(chain: Sequence[bytes]) -> list[x509.Certificate]:
    """Return the certificates, leaf first. Raises one of UNREADABLE."""
    if not 1 <= len(chain) <= CHAIN_MAX:
        raise ValueError("number of certificates")
    return [x509.load_der_x509_certificate(der) for der in chain]


def check_chain(chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]) -> None:
    """Return when each certificate is signed by the next and the last by one of `roots`.

    A chain may bring its root along; a root alone is no end entity. Raises one of UNREADABLE.
    """
    given = list(chain)
    while len(given) > 1 and given[-1] in roots:
        given.pop()
    if len(given) == 1 and given[0] in roots:
        raise ValueError("no end entity")
    if any(certificate.serial_number <= 0 for certificate in given):
        raise ValueError("serial number")
    for depth, issuer in enumerate(given[1:]):
        _check_link(given[depth], issuer, depth)
    for root in roots:
        try:
            _check_link(given[-1], root, len(given) - 1)
        except UNREADABLE:
            continue
        return
    raise ValueError("no root")


def _check_link(certificate: x509.Certificate, issuer: x509.Certificate, depth: int) -> None:
    """Return when `issuer` may issue at this depth, and has signed `certificate`."""
    basic = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
    usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
    if not basic.ca or not usage.key_cert_sign:
        raise ValueError("no authority")
    if basic.path_length is not None and basic.path_length < depth:
        raise ValueError("path too long")
    key, digest = issuer.public_key(), certificate.signature_hash_algorithm
    strong = isinstance(key, ec.EllipticCurvePublicKey) or (
        isinstance(key, rsa.RSAPublicKey) and key.key_size >= _RSA_BITS_MIN
    )
    if not strong or digest is None or digest.digest_size < 32:
        raise ValueError("weak algorithm")
    certificate.verify_directly_issued_by(issuer)


def key_window_ms(
    chain: Sequence[bytes],
    roots: Sequence[bytes],
    subject: str,
    organisations: Collection[str],
    spki: bytes,
) -> tuple[int, int]:
    """Return between which milliseconds the chain that certifies this very key for its subject is valid.

    Raises VerificationError when it does not.
    """
    try:
        certificates = load(chain)
        _check_extensions(certificates)
        check_chain(certificates, [x509.load_der_x509_certificate(der) for der in roots])
        _check_leaf(certificates[0], subject, organisations, spki)
    except UNREADABLE:
        raise VerificationError(AUTHORITY, "a key's certificates do not prove it") from None
    first = max(certificate.not_valid_before_utc for certificate in certificates)
    last = min(certificate.not_valid_after_utc for certificate in certificates)
    return _milliseconds(first), _milliseconds(last) + 999


def _check_extensions(certificates: Sequence[x509.Certificate]) -> None:
    for certificate in certificates:
        if any(one.critical and one.oid not in _UNDERSTOOD for one in certificate.extensions):
            raise ValueError("critical extension")


def _check_leaf(
    leaf: x509.Certificate, subject: str, organisations: Collection[str], spki: bytes
) -> None:
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    allowed = {f"urn:rx:org:{organisation}:person:{subject}" for organisation in organisations}
    named = {f"urn:rx:org:{subject}", *allowed} & set(
        names.get_values_for_type(x509.UniformResourceIdentifier)
    )
    certified = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if not usage.digital_signature or usage.key_cert_sign or not named or certified != spki:
        raise ValueError("another key, person or use")


def _milliseconds(moment: datetime) -> int:
    passed = moment - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1000
