"""base64url without padding, in its one canonical spelling (RFC 4648 §5, §3.5)."""

from __future__ import annotations

import base64

from contracts.errors import Rejected


def encode(data: bytes) -> str:
    """Return the unpadded base64url of `data`."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str, pointer: str = "") -> bytes:
    """Return the bytes of `text`, which is then canonical. Raises Rejected B64_INVALID."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise Rejected("B64_INVALID", pointer) from None
    # The library drops what it does not know and ignores trailing bits: encode again and compare.
    if encode(data) != text:
        raise Rejected("B64_INVALID", pointer)
    return data
