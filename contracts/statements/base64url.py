"""base64url without padding, in its one canonical spelling (RFC 4648 §5, §3.5)."""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64

from contracts.errors import Rejected

_TO_URL = bytes.maketrans(b"+/", b"-_")
# "+" and "/" belong to the other alphabet, "=" is ours to add: the decoder drops what they become.
_FROM_URL = bytes.maketrans(b"-_+/=", b"+/!!!")
_PADDING = (b"", b"===", b"==", b"=")


def encode(data: bytes) -> str:
    """Return the unpadded base64url of `data`."""
    return b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=").decode("ascii")


def decode(text: str, pointer: str = "") -> bytes:
    """Return the bytes of `text`, which is then canonical. Raises Rejected B64_INVALID."""
    try:
        standard = text.encode("ascii").translate(_FROM_URL) + _PADDING[len(text) % 4]
        data = a2b_base64(standard)
    except ValueError:
        raise Rejected("B64_INVALID", pointer) from None
    # The decoder drops what it does not know and ignores trailing bits: encode again and compare.
    if b2a_base64(data, newline=False) != standard:
        raise Rejected("B64_INVALID", pointer)
    return data
