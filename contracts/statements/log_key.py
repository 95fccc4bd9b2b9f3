"""The log's next key, as `governance.log_key` names it: a vkey and the proof that somebody holds its seed.

    log_vkey     ledger.example/rx-2026+9158b5b0+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c
    possession   Ed25519 over "rx-log-key/v1" ‖ 0x00 ‖ aud ‖ 0x00 ‖ log_vkey, base64url

A log whose next key nobody holds could not sign again. C2SP signed-note (vkey).
"""

from __future__ import annotations

import base64
import binascii
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from contracts.errors import Rejected
from contracts.statements import base64url

LABEL = b"rx-log-key/v1\x00"
_ED25519 = 0x01  # the type byte of a log's key


def message(audience: str, vkey: str) -> bytes:
    """Return what the next key signs: it is for this log and no other."""
    return LABEL + f"{audience}\x00{vkey}".encode()


def check(vkey: str, audience: str, possession: str) -> None:
    """Return when `vkey` is an Ed25519 key in the log's name whose holder signed `possession`.

    Raises Rejected: KEY_WEAK (no canonical vkey), SIG_AUDIENCE (of another log), SIG_INVALID.
    """
    name, _, rest = vkey.partition("+")
    identifier, _, encoded = rest.partition("+")
    key = _key(encoded)
    if hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() != identifier:
        raise Rejected("KEY_WEAK", "/log_vkey")
    if name != audience:
        raise Rejected("SIG_AUDIENCE", "/log_vkey")
    try:
        public = Ed25519PublicKey.from_public_bytes(key[1:])
        public.verify(base64url.decode(possession), message(audience, vkey))
    except (InvalidSignature, ValueError):
        raise Rejected("SIG_INVALID", "/possession") from None


def _key(encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise Rejected("KEY_WEAK", "/log_vkey") from None
    if len(key) != 33 or key[0] != _ED25519 or base64.b64encode(key).decode() != encoded:
        raise Rejected("KEY_WEAK", "/log_vkey")
    return key
