"""Keeps personal numbers out of public members: what is in the log stays in the log.

Resident identity numbers (GB 11643-1999: 18 characters with a date of birth and a check
character) and mobile telephone numbers. Rows P01 and P02 of `reference/security.md` §6.
"""

from __future__ import annotations

import re

from contracts.errors import Rejected
from contracts.facts import Json
from contracts.statements.schema import Anything, Kind, ListOf, Record, Text

_DATE = "(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_IDENTITY = re.compile(rf"(?<![0-9])(?=([0-9]{{6}}{_DATE}[0-9]{{3}}[0-9Xx])(?![0-9]))")
_MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
# Random ids and key ids hold hexadecimal digits; there only a number that stands alone counts.
_ALONE = re.compile(r"(?<![0-9A-Za-z])[0-9]{11,17}[0-9Xx]?(?![0-9A-Za-z])")
_RANDOM_MEMBERS = frozenset(("jti", "kid"))
_OPAQUE_FORMS = frozenset(("hex64", "base64url", "time", "date", "decimal"))
# Over the whole payload first: an escape may hide a digit, everything else shows. Both kinds of number begin
# with eleven digits, and looking for a fixed run of bytes is ten times faster than an expression.
_DIGITS_ALIKE = bytes.maketrans(b"123456789", b"000000000")
_SHORTEST = b"0" * 11
_RUN = re.compile(rb"[0-9]{11,}")
_IDENTITY_DIGITS = (17, 18)  # before an X, or with the last one
_CHARACTERS_MIN = 11  # of a mobile number; most texts are shorter and hold neither
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"


def check(payload: Json, kind: Kind, payload_bytes: bytes) -> None:
    """Return when no public string of a valid payload holds a personal number.

    Raises Rejected PII_IN_PUBLIC_FIELD with the member's pointer.
    """
    if b"\\u" in payload_bytes or _has_candidate(payload_bytes):
        _walk(payload, kind, "", "")


def _has_candidate(payload_bytes: bytes) -> bool:
    """Whether a run of digits may be either number. Institutions' codes are as long and begin otherwise."""
    if _SHORTEST not in payload_bytes.translate(_DIGITS_ALIKE):
        return False
    runs = _RUN.findall(payload_bytes)
    return any(
        len(run) in _IDENTITY_DIGITS or (len(run) == len(_SHORTEST) and run[:1] == b"1") for run in runs
    )


def _walk(value: Json, kind: Kind, pointer: str, name: str) -> None:
    if isinstance(kind, Record) and isinstance(value, dict):
        for member, item in value.items():
            _walk(item, kind.kinds[member], f"{pointer}/{member}", member)
    elif isinstance(kind, ListOf) and isinstance(value, list):
        for place, item in enumerate(value):
            _walk(item, kind.item, f"{pointer}/{place}", name)
    elif isinstance(kind, Anything):
        _anything(value, pointer)
    elif isinstance(value, str) and not (isinstance(kind, Text) and kind.form in _OPAQUE_FORMS):
        _text(value, pointer, name in _RANDOM_MEMBERS)


def _anything(value: Json, pointer: str) -> None:
    if isinstance(value, str):
        _text(value, pointer, False)
    elif isinstance(value, list):
        for item in value:
            _anything(item, pointer)
    elif isinstance(value, dict):
        for member, item in value.items():
            _text(member, pointer, False)
            _anything(item, pointer)


def _text(value: str, pointer: str, random: bool) -> None:
    if len(value) < _CHARACTERS_MIN:
        return
    parts = _ALONE.findall(value) if random else [value]
    for part in parts:
        if is_personal(part):
            raise Rejected("PII_IN_PUBLIC_FIELD", pointer)


def is_personal(text: str) -> bool:
    """Return whether a text holds a mobile number, or a resident number whose check character fits."""
    return bool(_MOBILE.search(text)) or any(_checks(found) for found in _IDENTITY.findall(text))


def _checks(number: str) -> bool:
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return _CHECK_CHARACTERS[total % 11] == number[17].upper()
