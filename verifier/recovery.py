"""The P-256 keys that may have made a signature, so that one can be found by its key id.

A receipt's entry names its signers' keys only by `kid`, which holds 8 bytes of the key's hash. An
ECDSA signature determines its public key up to a few candidates (SEC 1 §4.1.6); the `kid` tells
which. Public data only, so nothing here must be constant-time, and nothing here decides: the
candidate is handed to `keys.check_signature` afterwards. SM2 mixes the key into what it signs and
does not allow this.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
Point = tuple[int, int]


def candidates(signature: bytes, message: bytes) -> Iterator[bytes]:
    """Yield the SPKI DER of each P-256 key under which r || s may be a signature over `message`."""
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < _N and 0 < s < _N):
        return
    digest = int.from_bytes(sha256(message).digest(), "big")
    inverse = pow(r, -1, _N)
    base = _multiply(-digest * inverse % _N, _G)
    for x in (r, r + _N):
        for nonce_point in _points_at(x):
            point = _add(_multiply(s * inverse % _N, nonce_point), base)
            if point is not None:
                key = EllipticCurvePublicNumbers(point[0], point[1], SECP256R1()).public_key()
                yield key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _points_at(x: int) -> list[Point]:
    if x >= _P:
        return []
    square = (x * x * x - 3 * x + _B) % _P
    y = pow(square, (_P + 1) // 4, _P)
    return [(x, y), (x, _P - y)] if y * y % _P == square else []


def _add(left: Point | None, right: Point | None) -> Point | None:
    if left is None or right is None:
        return left or right
    if left[0] == right[0]:
        if (left[1] + right[1]) % _P == 0:
            return None
        slope = (3 * left[0] * left[0] - 3) * pow(2 * left[1], -1, _P) % _P
    else:
        slope = (right[1] - left[1]) * pow(right[0] - left[0], -1, _P) % _P
    x = (slope * slope - left[0] - right[0]) % _P
    return x, (slope * (left[0] - x) - left[1]) % _P


def _multiply(factor: int, point: Point) -> Point | None:
    total: Point | None = None
    addend: Point | None = point
    while factor:
        if factor & 1:
            total = _add(total, addend)
        addend = _add(addend, addend)
        factor >>= 1
    return total
