"""Which consultation and prescription a message belongs to, by the numbers that it names."""

from __future__ import annotations

import re

from api.national.errors import MessageError
from api.national.fields import Value, parse

_PAIR = re.compile(r'"(\w{4,9})"\s*:\s*"?([^"\s,}]+)')
_NUMBERS = {"mdtrtid": "mdtrtId", "hosprxno": "hospRxno", "hirxno": "hiRxno", "rxno": "hiRxno"}


def numbers_of(message: bytes) -> frozenset[tuple[str, str]]:
    """Return each (mdtrtId|hospRxno|hiRxno, number) that a message names, however broken it is."""
    try:
        open_: list[Value] = [parse(message)]
    except MessageError:
        return _in_text(message.decode("utf-8", "replace"))
    found: set[tuple[str, str]] = set()
    while open_:
        value = open_.pop()
        if isinstance(value, dict):
            found.update(_named(value))
            open_.extend(value.values())
        elif isinstance(value, list):
            open_.extend(value)
    return frozenset(found)


def _named(members: dict[str, Value]) -> set[tuple[str, str]]:
    plain = ((name.replace("_", "").lower(), value) for name, value in members.items())
    return {
        (_NUMBERS[name], value.strip())
        for name, value in plain
        if name in _NUMBERS and isinstance(value, str) and value.strip()
    }


def _in_text(text: str) -> frozenset[tuple[str, str]]:
    """What stands in a message that is no JSON: whatever builds on it must not go first."""
    pairs = ((name.replace("_", "").lower(), value) for name, value in _PAIR.findall(text))
    return frozenset((_NUMBERS[name], value) for name, value in pairs if name in _NUMBERS)
