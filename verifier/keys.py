"""Public keys of people, organisations and authenticators, and signatures by them."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from verifier import sm2
from verifier.errors import FORM, SIGNATURE, VerificationError

ES256 = "ES256"
SM2 = "SM2-SM3"
WEBAUTHN = "webauthn"  # ECDSA with SHA-256 and a DER signature, by an authenticator
_ECDSA = ECDSA(SHA256())
_SM2_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")
_SM2_BYTES = 91


def kid(subject: str, spki: bytes) -> str:
    """Return the key id of a subject's key: `<code>#<8 bytes of SHA-256(SPKI) in hex>`."""
    return f"{subject}#{sha256(spki).digest()[:8].hex()}"


def can_check(algorithm: str) -> bool:
    """Return whether signatures of `algorithm` can be checked on this machine."""
    return algorithm != SM2 or sm2.available()


def check_key(algorithm: str, spki: bytes) -> None:
    """Return when `spki` is a key of `algorithm`. Raises VerificationError otherwise."""
    if algorithm == ES256:
        _p256(spki)
    elif algorithm != SM2:
        raise VerificationError(FORM, "a key is of an unknown algorithm")
    # One key, one kid, as below: libcrypto reads other forms too, and infinity, for which anybody signs.
    elif len(spki) != _SM2_BYTES or not spki.startswith(_SM2_PREFIX) or not _is_sm2(spki):
        raise VerificationError(FORM, "a key is not an SM2 key")


def _is_sm2(spki: bytes) -> bool:
    return not sm2.available() or sm2.is_key(spki)


def check_signature(algorithm: str, spki: bytes, signature: bytes, message: bytes) -> None:
    """Return when `signature` is by the key over `message`; `can_check(algorithm)` must hold.

    Raises VerificationError otherwise. Either s is accepted: a signature's bytes identify nothing.
    """
    if algorithm == SM2:
        if not sm2.verify(spki, signature, message):
            raise VerificationError(SIGNATURE, "signature is wrong")
        return
    if algorithm == ES256:
        signature = encode_dss_signature(
            int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        )
    elif algorithm != WEBAUTHN:
        raise VerificationError(SIGNATURE, "signature is of an unknown algorithm")
    try:
        _p256(spki).verify(signature, message, _ECDSA)
    except InvalidSignature:
        raise VerificationError(SIGNATURE, "signature is wrong") from None


@lru_cache(maxsize=16_384)
def _p256(spki: bytes) -> EllipticCurvePublicKey:
    try:
        key = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm):
        raise VerificationError(FORM, "a public key is malformed") from None
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise VerificationError(FORM, "a public key is not on P-256")
    # One key, one kid: the same point in another encoding would be another name for it.
    if key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != spki:
        raise VerificationError(FORM, "a public key is not in canonical DER")
    return key
