"""Unpadded, canonical base64url: one text for each byte string."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from binascii import Error as BinasciiError
from binascii import a2b_base64

from verifier.errors import FORM, VerificationError

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")
_TO_STANDARD = str.maketrans("-_", "+/")


def decode(text: str) -> bytes:
    """Return the bytes of `text`. Raises VerificationError unless encoding them gives it again."""
    if not _ALPHABET.fullmatch(text):
        raise VerificationError(FORM, "base64url is malformed")
    try:
        data = a2b_base64(text.translate(_TO_STANDARD) + "=" * (-len(text) % 4))
    except (BinasciiError, ValueError):
        raise VerificationError(FORM, "base64url is malformed") from None
    if encode(data) != text:
        raise VerificationError(FORM, "base64url is not canonical")
    return data


def encode(data: bytes) -> str:
    """Return the unpadded base64url text of `data`."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()
