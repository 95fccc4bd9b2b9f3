"""Public keys of people and organisations, and the two signature algorithms they may use.

ES256 is ECDSA over P-256 with SHA-256 (RFC 7518 §3.4); SM2-SM3 is GB/T 32918.2 with the default
identity. Both sign as raw r‖s of 64 bytes. Either s is accepted: a signature identifies nothing.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from contracts.errors import Rejected
from contracts.statements import sm2

ES256 = "ES256"
SM2_SM3 = "SM2-SM3"
ALGORITHMS = (ES256, SM2_SM3)

# SubjectPublicKeyInfo up to the uncompressed point: the one DER form that we take (RFC 5480 §2).
_SPKI_PREFIXES = {
    ES256: bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"),
    SM2_SM3: bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004"),
}
_ORDERS = {
    ES256: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    SM2_SM3: 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123,
}
_SPKI_BYTES = 27 + 64
_SIGNATURE_BYTES = 64
_ECDSA = ec.ECDSA(SHA256())


class PublicKey:
    """A key whose point lies on its curve. Build it with `load`."""

    __slots__ = ("_key", "alg", "spki")

    def __init__(self, alg: str, spki: bytes) -> None:
        self.alg = alg
        self.spki = spki
        self._key: ec.EllipticCurvePublicKey | sm2.PublicKey
        if alg == SM2_SM3:
            self._key = sm2.PublicKey(spki)
        else:
            self._key = _p256(spki)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return when `signature` is this key's over `message`.

        Raises Rejected: SIG_NOT_CANONICAL (not 64 bytes of r‖s in range), SIG_INVALID.
        """
        der = _der(signature, _ORDERS[self.alg])
        if isinstance(self._key, sm2.PublicKey):
            self._key.verify(der, message)
        else:
            self.verify_der(der, message)

    def verify_der(self, signature: bytes, message: bytes) -> None:
        """Return when the DER `signature` of WebAuthn is this ES256 key's. Raises SIG_INVALID."""
        if isinstance(self._key, sm2.PublicKey):
            raise Rejected("SIG_ALG_KEY_MISMATCH")
        try:
            self._key.verify(signature, message, _ECDSA)
        except InvalidSignature:
            raise Rejected("SIG_INVALID") from None


@lru_cache(maxsize=16_384)
def load(alg: str, spki: bytes) -> PublicKey:
    """Return the key in `spki` for `alg`; parsed keys are remembered.

    Raises Rejected: SIG_ALG_FORBIDDEN (another algorithm or kind of key), SIG_ALG_KEY_MISMATCH
    (the other curve), KEY_WEAK (no point on the curve), SIG_ALG_UNAVAILABLE (no SM2 here).
    """
    if alg not in ALGORITHMS:
        raise Rejected("SIG_ALG_FORBIDDEN")
    if len(spki) != _SPKI_BYTES or not spki.startswith(_SPKI_PREFIXES[alg]):
        known = spki.startswith(tuple(_SPKI_PREFIXES.values()))
        raise Rejected("SIG_ALG_KEY_MISMATCH" if known else "SIG_ALG_FORBIDDEN")
    return PublicKey(alg, spki)


def key_id(subject: str, spki: bytes) -> str:
    """Return the `kid` under which `subject` uses the key in `spki` (interface §1)."""
    return f"{subject}#{hashlib.sha256(spki).digest()[:8].hex()}"


def _p256(spki: bytes) -> ec.EllipticCurvePublicKey:
    try:
        key = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm):
        raise Rejected("KEY_WEAK") from None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise Rejected("SIG_ALG_FORBIDDEN")
    return key


def _der(signature: bytes, order: int) -> bytes:
    if len(signature) != _SIGNATURE_BYTES:
        raise Rejected("SIG_NOT_CANONICAL")
    r = int.from_bytes(signature[:32], "big")
    s = int.from_bytes(signature[32:], "big")
    if not (0 < r < order and 0 < s < order):
        raise Rejected("SIG_NOT_CANONICAL")
    return encode_dss_signature(r, s)
