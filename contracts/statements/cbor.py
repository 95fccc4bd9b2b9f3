"""The part of CBOR (RFC 8949) that authenticators write, in its shortest form only.

Definite lengths, no tags, no floats, no duplicate keys: the CTAP2 canonical form, except that the
order of map keys is not judged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from contracts.errors import Rejected

Cbor: TypeAlias = "bool | int | str | bytes | list[Cbor] | dict[int | str, Cbor] | None"

DEPTH_MAX = 8
ITEMS_MAX = 256
_SIMPLE: dict[int, bool | None] = {20: False, 21: True, 22: None}


def decode(data: bytes) -> Cbor:
    """Return the one item that fills `data`. Raises Rejected HUM_AUTH_DATA."""
    value, rest = decode_first(data)
    if rest:
        raise Rejected("HUM_AUTH_DATA")
    return value


def decode_first(data: bytes) -> tuple[Cbor, bytes]:
    """Return the first item of `data` and the bytes after it. Raises Rejected HUM_AUTH_DATA."""
    value, end = _item(data, 0, 0)
    return value, data[end:]


def _item(data: bytes, start: int, depth: int) -> tuple[Cbor, int]:
    if depth > DEPTH_MAX:
        raise Rejected("HUM_AUTH_DATA")
    major, argument, after = _head(data, start)
    if major == 7:
        if argument not in _SIMPLE or after != start + 1:
            raise Rejected("HUM_AUTH_DATA")
        return _SIMPLE[argument], after
    if major not in _READERS:
        raise Rejected("HUM_AUTH_DATA")  # a tag
    return _READERS[major](data, after, argument, depth)


def _head(data: bytes, start: int) -> tuple[int, int, int]:
    first = _bytes(data, start, 1)[0]
    major, short = first >> 5, first & 0x1F
    if short < 24:
        return major, short, start + 1
    if short > 27:
        raise Rejected("HUM_AUTH_DATA")  # reserved, or an indefinite length
    size = 1 << (short - 24)
    argument = int.from_bytes(_bytes(data, start + 1, size), "big")
    if argument < 24 or (size > 1 and argument < 1 << (4 * size)):
        raise Rejected("HUM_AUTH_DATA")  # not the shortest form
    return major, argument, start + 1 + size


def _bytes(data: bytes, start: int, size: int) -> bytes:
    if start + size > len(data):
        raise Rejected("HUM_AUTH_DATA")
    return data[start : start + size]


def _unsigned(data: bytes, start: int, argument: int, depth: int) -> tuple[Cbor, int]:
    return argument, start


def _negative(data: bytes, start: int, argument: int, depth: int) -> tuple[Cbor, int]:
    return -1 - argument, start


def _byte_string(data: bytes, start: int, argument: int, depth: int) -> tuple[Cbor, int]:
    return _bytes(data, start, argument), start + argument


def _text(data: bytes, start: int, argument: int, depth: int) -> tuple[Cbor, int]:
    try:
        return _bytes(data, start, argument).decode("utf-8"), start + argument
    except UnicodeDecodeError:
        raise Rejected("HUM_AUTH_DATA") from None


def _array(data: bytes, start: int, argument: int, depth: int) -> tuple[Cbor, int]:
    if argument > ITEMS_MAX:
        raise Rejected("HUM_AUTH_DATA")
    items: list[Cbor] = []
    for _ in range(argument):
        item, start = _item(data, start, depth + 1)
        items.append(item)
    return items, start


def _map(data: bytes, start: int, argument: int, depth: int) -> tuple[Cbor, int]:
    if argument > ITEMS_MAX:
        raise Rejected("HUM_AUTH_DATA")
    members: dict[int | str, Cbor] = {}
    for _ in range(argument):
        key, start = _item(data, start, depth + 1)
        if isinstance(key, bool) or not isinstance(key, (int, str)) or key in members:
            raise Rejected("HUM_AUTH_DATA")
        members[key], start = _item(data, start, depth + 1)
    return members, start


_READERS: dict[int, Callable[[bytes, int, int, int], tuple[Cbor, int]]] = {
    0: _unsigned,
    1: _negative,
    2: _byte_string,
    3: _text,
    4: _array,
    5: _map,
}
