"""Strict JSON: one value for one text, on every host (`verifier/SPEC.md` §2).

The standard library's C scanner reads; its hooks and the checks around it refuse what it lets
pass. Codes are those of `reference/security.md` §6, rows J01 to J15.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import NoReturn

from contracts.errors import Rejected
from contracts.facts import Json
from contracts.statements.codepoints import FORBIDDEN

DEPTH_MAX = 32
MEMBERS_MAX = 1000
STRING_CHARACTERS_MAX = 4096
LONG_STRING_CHARACTERS_MAX = 24_000  # an attestation of 16 KiB in base64url, a certificate
LONG_STRING_MEMBERS = frozenset(
    {"attestation_object", "client_data_json", "certificate", "certificates", "certificate_roots"}
)
INTEGER_MAX = 2**53 - 1  # what every JSON library holds exactly
ANY_LENGTH = 2**31

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_BRACKET_OR_STRING = re.compile(r'[\[{]|[\]}]|"(?:[^"\\]|\\.)*"?', re.DOTALL)
_WHITESPACE = " \t\n\r"
# 1e309 and beyond is no number to most readers; below, it is a float like any other.
_OVERFLOW = re.compile(r".*[eE]\+?0*(?:309|3[1-9][0-9]|[4-9][0-9]{2}|[1-9][0-9]{3,})")


def parse(data: bytes, string_characters_max: int = STRING_CHARACTERS_MAX) -> Json:
    """Return the value of `data`, which is then strict JSON within every limit.

    Raises Rejected with a JSON_* code. `string_characters_max` is the limit of members other than
    LONG_STRING_MEMBERS.
    """
    text = _decode(data)
    if text.count("[") + text.count("{") > DEPTH_MAX:
        _check_depth(text)
    value = _scan(text)
    _check_text(value, text, string_characters_max)
    return value


def parse_object(data: bytes) -> dict[str, Json]:
    """Return the object of `data`. Raises Rejected: JSON_*, or SCHEMA_TYPE if it is no object."""
    value = parse(data)
    if not isinstance(value, dict):
        raise Rejected("SCHEMA_TYPE")
    return value


def dumps(value: object) -> bytes:
    """Return the entry form: compact, members sorted by code point, ASCII, lower-case escapes."""
    return _ENCODER.encode(value).encode("ascii")


def _decode(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf") or b"\0" in data:
        raise Rejected("JSON_ENCODING")  # a byte order mark; NUL bytes tell UTF-16 and UTF-32
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Rejected("JSON_ENCODING") from None
    if not text.strip(_WHITESPACE):
        raise Rejected("JSON_EMPTY")
    return text


def _check_depth(text: str) -> None:
    # Counted before the scanner, whose own limit depends on the interpreter's stack.
    depth = 0
    for found in _BRACKET_OR_STRING.finditer(text):
        character = found[0][0]
        if character in "[{":
            depth += 1
            if depth > DEPTH_MAX:
                raise Rejected("JSON_TOO_DEEP")
        elif character in "]}":
            depth -= 1


def _scan(text: str) -> Json:
    start = len(text) - len(text.lstrip(_WHITESPACE))
    try:
        value: Json
        value, end = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        control = error.msg.startswith("Invalid control character")
        raise Rejected("JSON_CONTROL_CHAR" if control else "JSON_SYNTAX") from None
    except RecursionError:
        raise Rejected("JSON_TOO_DEEP") from None
    if text[end:].strip(_WHITESPACE):
        raise Rejected("JSON_TRAILING_DATA")
    return value


def _object(pairs: list[tuple[str, Json]]) -> Json:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Rejected("JSON_DUPLICATE_KEY")
    if len(members) > MEMBERS_MAX:
        raise Rejected("JSON_TOO_MANY_MEMBERS")
    return members


def _integer(text: str) -> int:
    if text == "-0":
        raise Rejected("JSON_FLOAT_FORBIDDEN")
    # The length first: Python refuses to read very long integers with an error of its own.
    if len(text) > 17 or not -INTEGER_MAX <= int(text) <= INTEGER_MAX:
        raise Rejected("JSON_NUMBER_RANGE")
    return int(text)


def _float(text: str) -> NoReturn:
    raise Rejected("JSON_NUMBER_INVALID" if _OVERFLOW.fullmatch(text) else "JSON_FLOAT_FORBIDDEN")


def _constant(text: str) -> NoReturn:
    raise Rejected("JSON_NUMBER_INVALID")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
)
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _check_text(value: Json, text: str, characters_max: int) -> None:
    # Without escapes the whole text may be looked at in one go: white space between tokens is
    # ASCII, and a quotation mark combines with nothing, so the text is NFC if each string is.
    if "\\" in text or len(text) > characters_max:
        _check_value(value, characters_max)
    elif text.isascii():
        if "\x7f" in text:
            raise Rejected("JSON_CONTROL_CHAR")
    else:
        _check_characters(text.translate(_NO_WHITESPACE))


_NO_WHITESPACE = str.maketrans("", "", "\t\n\r")


def _check_value(value: Json, characters_max: int) -> None:
    if isinstance(value, str):
        if len(value) > characters_max:
            raise Rejected("SCHEMA_LENGTH")
        if not (value.isascii() and value.isprintable()):
            _check_characters(value)
    elif isinstance(value, list):
        for item in value:
            _check_value(item, characters_max)
    elif isinstance(value, dict):
        for name, member in value.items():
            _check_value(name, STRING_CHARACTERS_MAX)
            long = name in LONG_STRING_MEMBERS
            _check_value(member, max(LONG_STRING_CHARACTERS_MAX, characters_max) if long else characters_max)


def _check_characters(text: str) -> None:
    found = FORBIDDEN.search(text)
    if found:
        raise Rejected("JSON_CONTROL_CHAR" if _CONTROL.match(found[0]) else "JSON_UNICODE_INVALID")
    if not unicodedata.is_normalized("NFC", text):
        raise Rejected("JSON_UNICODE_INVALID")
