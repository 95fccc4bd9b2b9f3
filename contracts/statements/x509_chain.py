"""Links of a certificate chain (RFC 5280 §6.1), without time: time is judged by rules.

Shared by attestation of authenticators and by certificates of people; each caller has its own
code for a chain that does not hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CHAIN_MAX = 6
_RSA_BITS_MIN = 2048
# What `cryptography` raises for certificates that it cannot read, many of them only when asked.
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
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ChainError(Exception):
    """The chain does not hold. `untrusted` tells an unknown root from a broken link."""

    def __init__(self, untrusted: bool = False) -> None:
        super().__init__("untrusted root" if untrusted else "broken chain")
        self.untrusted = untrusted


def load(ders: Sequence[bytes]) -> list[x509.Certificate]:
    """Return the parsed certificates, leaf first. Raises ChainError."""
    if not 1 <= len(ders) <= CHAIN_MAX:
        raise ChainError
    try:
        return [x509.load_der_x509_certificate(der) for der in ders]
    except UNREADABLE:
        raise ChainError from None


def check(chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]) -> None:
    """Return when each certificate is signed by the next and the last by one of `roots`.

    Every issuer is a certification authority with room for the path below it. Raises ChainError.
    """
    given = list(chain)
    while len(given) > 1 and given[-1] in roots:
        given.pop()  # a chain may bring its root along; only ours counts
    if len(given) == 1 and given[0] in roots:
        raise ChainError(untrusted=True)  # a root is no end entity
    if any(certificate.serial_number <= 0 for certificate in given):
        raise ChainError  # RFC 5280 §4.1.2.2; a later `cryptography` will not load it: one input, one answer
    for depth, issuer in enumerate(given[1:]):
        _check_issuer(issuer, depth)
        _check_link(given[depth], issuer)
    _check_root(given[-1], roots, len(given) - 1)


def window_ms(chain: Sequence[x509.Certificate]) -> tuple[int, int]:
    """Return the first and last millisecond at which every certificate of the chain is valid."""
    first = max(certificate.not_valid_before_utc for certificate in chain)
    last = min(certificate.not_valid_after_utc for certificate in chain)
    return _milliseconds(first), _milliseconds(last) + 999


def _milliseconds(moment: datetime) -> int:
    passed = moment - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1000


def _check_root(last: x509.Certificate, roots: Sequence[x509.Certificate], depth: int) -> None:
    for root in roots:
        try:
            _check_issuer(root, depth)
            _check_link(last, root)
        except ChainError:
            continue
        return
    raise ChainError(untrusted=True)


def _check_issuer(issuer: x509.Certificate, depth: int) -> None:
    try:
        basic = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        usages = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
    except UNREADABLE:
        raise ChainError from None
    if not basic.ca or not usages.key_cert_sign:
        raise ChainError
    if basic.path_length is not None and basic.path_length < depth:
        raise ChainError


def _check_link(certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    try:
        key = issuer.public_key()
        weak = isinstance(key, rsa.RSAPublicKey) and key.key_size < _RSA_BITS_MIN
        digest = certificate.signature_hash_algorithm
        if weak or not isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)):
            raise ChainError
        if digest is None or digest.digest_size < 32:
            raise ChainError  # SHA-1 and older
        certificate.verify_directly_issued_by(issuer)
    except UNREADABLE:
        raise ChainError from None
