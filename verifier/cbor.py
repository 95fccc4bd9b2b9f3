"""The little CBOR that a WebAuthn attestation needs: definite lengths, shortest forms, no tags."""

from __future__ import annotations

from typing import TypeAlias

from verifier.errors import FORM, VerificationError

Cbor: TypeAlias = "bool | int | str | bytes | list[Cbor] | dict[int | str, Cbor] | None"

_DEPTH_MAX = 8
_SIMPLE: dict[int, Cbor] = {20: False, 21: True, 22: None}


def decode(data: bytes) -> Cbor:
    """Return the value that `data` holds. Raises VerificationError if anything is left over."""
    value, end = decode_prefix(data)
    if end != len(data):
        raise _malformed()
    return value


def decode_prefix(data: bytes, start: int = 0) -> tuple[Cbor, int]:
    """Return the value at `start` and where it ends. Raises VerificationError if malformed."""
    return _item(data, start, 0)


def _item(data: bytes, at: int, depth: int) -> tuple[Cbor, int]:
    if depth > _DEPTH_MAX:
        raise _malformed()
    major, argument, at = _head(data, at)
    if major == 0:
        return argument, at
    if major == 1:
        return -1 - argument, at
    if major in (2, 3):
        return _string(data, at, argument, major == 3)
    if major == 4:
        return _array(data, at, argument, depth)
    if major == 5:
        return _map(data, at, argument, depth)
    if major == 7 and argument in _SIMPLE:
        return _SIMPLE[argument], at
    raise _malformed()


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    if at >= len(data):
        raise _malformed()
    major, low = data[at] >> 5, data[at] & 31
    at += 1
    if low < 24:
        return major, low, at
    if low > 27 or major == 7:
        raise _malformed()
    width = 1 << (low - 24)
    argument = int.from_bytes(data[at : at + width], "big")
    if at + width > len(data) or argument < (24 if width == 1 else 1 << (4 * width)):
        raise _malformed()
    return major, argument, at + width


def _string(data: bytes, at: int, length: int, is_text: bool) -> tuple[Cbor, int]:
    if length > len(data) - at:
        raise _malformed()
    raw = data[at : at + length]
    if not is_text:
        return raw, at + length
    try:
        return raw.decode("utf-8"), at + length
    except UnicodeDecodeError:
        raise _malformed() from None


def _array(data: bytes, at: int, length: int, depth: int) -> tuple[Cbor, int]:
    if length > len(data) - at:
        raise _malformed()
    items: list[Cbor] = []
    for _ in range(length):
        item, at = _item(data, at, depth + 1)
        items.append(item)
    return items, at


def _map(data: bytes, at: int, length: int, depth: int) -> tuple[Cbor, int]:
    if length > len(data) - at:
        raise _malformed()
    members: dict[int | str, Cbor] = {}
    for _ in range(length):
        key, at = _item(data, at, depth + 1)
        if isinstance(key, bool) or not isinstance(key, (int, str)) or key in members:
            raise _malformed()
        members[key], at = _item(data, at, depth + 1)
    return members, at


def _malformed() -> VerificationError:
    return VerificationError(FORM, "CBOR is malformed")
