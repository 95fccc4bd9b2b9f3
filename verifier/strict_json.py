"""Strict JSON: what `verifier/SPEC.md` allows and nothing else.

The C scanner of the standard library does the work; its hooks and the checks around it refuse
what it lets pass: duplicate members, floats, NaN, a byte order mark, deep nesting, long strings,
text that is not NFC or holds characters that a reader cannot see.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import NoReturn, TypeAlias

from verifier.errors import FORM, VerificationError

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

DEPTH_MAX = 32
MEMBERS_MAX = 1000
STRING_CHARACTERS_MAX = 4096
LONG_STRING_CHARACTERS_MAX = 24_000
LONG_STRINGS = frozenset(
    {"attestation_object", "client_data_json", "certificate", "certificates", "certificate_roots"}
)
INTEGER_MAX = 2**53 - 1
# Controls, format characters (soft hyphen, zero-width, bidi marks, tags), line separators, surrogates,
# private use, variation selectors, blank fillers, replacements, non-characters: SPEC 2, but for what
# Unicode 14.0 had not assigned. What was never seen by a reader must not be signed unseen either.
_FORBIDDEN = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\uf8ff\ufdd0-\ufdef"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000110bd\U000110cd\U00013430-\U00013438\U0001bca0-\U0001bca3"
    "\U0001d159\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)


def parse(data: bytes, string_characters_max: int = STRING_CHARACTERS_MAX) -> Json:
    """Return the value that `data` holds. Raises VerificationError if it is not strict JSON."""
    try:
        text = data.decode("utf-8")
        value: Json = _DECODER.decode(text)
    except (ValueError, RecursionError):
        raise VerificationError(FORM, "not strict JSON") from None
    if not _is_plain(text, string_characters_max):
        _check_value(value, 0, string_characters_max)
    return value


def _is_plain(text: str, string_characters_max: int) -> bool:
    # Printable ASCII without a backslash, short and with few brackets can break none of the
    # limits that remain; almost everything that a log holds is of that kind.
    return (
        len(text) <= string_characters_max
        and text.isascii()
        and text.isprintable()
        and "\\" not in text
        and text.count("[") + text.count("{") <= DEPTH_MAX
    )


def parse_object(data: bytes, string_characters_max: int = STRING_CHARACTERS_MAX) -> dict[str, Json]:
    """Return the object that `data` holds. Raises VerificationError if it is anything else."""
    value = parse(data, string_characters_max)
    if not isinstance(value, dict):
        raise VerificationError(FORM, "not a JSON object")
    return value


def canonical(value: Json) -> bytes:
    """Return the entry form: compact, members sorted by code point, ASCII, lower-case escapes."""
    return _ENCODER.encode(value).encode("ascii")


def _object(pairs: list[tuple[str, Json]]) -> Json:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate member")
    if len(members) > MEMBERS_MAX:
        raise ValueError("too many members")
    return members


def _integer(text: str) -> int:
    if len(text) > 17 or text == "-0":
        raise ValueError("integer out of range")
    value = int(text)
    if not -INTEGER_MAX <= value <= INTEGER_MAX:
        raise ValueError("integer out of range")
    return value


def _forbidden(text: str) -> NoReturn:
    raise ValueError("a float or a constant")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_forbidden, parse_constant=_forbidden
)
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _check_value(value: Json, depth: int, characters_max: int) -> None:
    if isinstance(value, str):
        _check_string(value, characters_max)
    elif isinstance(value, (dict, list)):
        if depth >= DEPTH_MAX:
            raise VerificationError(FORM, "JSON is too deep")
        if isinstance(value, dict):
            _check_members(value, depth, characters_max)
        else:
            for item in value:
                _check_value(item, depth + 1, characters_max)


def _check_members(value: Mapping[str, Json], depth: int, characters_max: int) -> None:
    for name, member in value.items():
        _check_string(name, characters_max)
        longest = max(characters_max, LONG_STRING_CHARACTERS_MAX) if name in LONG_STRINGS else characters_max
        _check_value(member, depth + 1, longest)


def _check_string(text: str, characters_max: int) -> None:
    if len(text) > characters_max:
        raise VerificationError(FORM, "a string is too long")
    if _FORBIDDEN.search(text):
        raise VerificationError(FORM, "a string holds a forbidden character")
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        raise VerificationError(FORM, "a string is not in NFC")
