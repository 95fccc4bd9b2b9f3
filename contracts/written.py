"""The one form of entries and state values: compact, members sorted, ASCII (SPEC §6)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)


_Make = Callable[..., Callable[[object, int], Iterable[str]]]


def _chunks(make: _Make | None) -> Callable[[object], Iterable[str]]:
    """Return what writes a value piece by piece; `make` makes the standard library's encoder in C.

    `JSONEncoder.encode` makes its encoder in C anew for each value, a third of the time that a small one
    takes, and a statement writes seven. Where an interpreter has none, or makes it otherwise, its own way.
    """
    if make is None:
        return _ENCODER.iterencode
    escape = json.encoder.encode_basestring_ascii
    try:
        once = make(None, _ENCODER.default, escape, None, ":", ",", True, False, True)
    except TypeError:
        return _ENCODER.iterencode
    return lambda value: once(value, 0)


_pieces = _chunks(getattr(json.encoder, "c_make_encoder", None))


def encode(value: object) -> bytes:
    """Return `value` in that form. Raises TypeError for what JSON does not have."""
    return "".join(_pieces(value)).encode("ascii")
