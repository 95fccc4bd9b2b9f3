"""A small schema language: what a member may hold, as data that code and documents share.

Only what the statement types need. Formats are those of `verifier/SPEC.md` §2; refusals are
SCHEMA_REQUIRED, SCHEMA_TYPE, SCHEMA_LENGTH, SCHEMA_UNKNOWN_FIELD, TIME_FORMAT, QTY_FORMAT and
QTY_PRECISION, each with the JSON pointer of the member.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from contracts.errors import Rejected
from contracts.facts import Json

_HEX64 = re.compile(r"[0-9a-f]{64}")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
_CODE = re.compile(r"[A-Za-z0-9._-]{1,32}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3})?Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,9})(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Text:
    """A string of `low` to `high` characters, optionally of one `form`."""

    high: int = 4096
    low: int = 1
    form: str = ""  # "", hex64, base64url, code, time, date, decimal


@dataclass(frozen=True, slots=True)
class Integer:
    """An integer from `low` to `high`, both included."""

    low: int = 0
    high: int = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Boolean:
    """true or false."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of the listed strings."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of `low` to `high` items of one kind."""

    item: Kind
    high: int = 1000
    low: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """An object with exactly these members; a name that ends in `?` may be absent."""

    members: Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class Anything:
    """Any strict JSON value; only for the parameters of a rulebook."""


Kind = Text | Integer | Boolean | OneOf | ListOf | Record | Anything

HEX64 = Text(64, 64, "hex64")
CODE = Text(32, 1, "code")
PERSON = Text(32, 0)  # a function in an act; may be empty or a placeholder, judged by a rule
TIME = Text(24, 20, "time")
DATE = Text(10, 10, "date")
DECIMAL = Text(24, 1, "decimal")
SHORT = Text(200, 0)


def validate(value: Json, kind: Kind, pointer: str = "") -> None:
    """Return when `value` has the form `kind`; raise Rejected with the member's pointer else."""
    if isinstance(kind, Record):
        _record(value, kind, pointer)
    elif isinstance(kind, ListOf):
        if not isinstance(value, list):
            raise Rejected("SCHEMA_TYPE", pointer)
        if not kind.low <= len(value) <= kind.high:
            raise Rejected("SCHEMA_LENGTH", pointer)
        for position, item in enumerate(value):
            validate(item, kind.item, f"{pointer}/{position}")
    elif not isinstance(kind, Anything):
        _scalar(value, kind, pointer)


def _record(value: Json, kind: Record, pointer: str) -> None:
    if not isinstance(value, dict):
        raise Rejected("SCHEMA_TYPE", pointer)
    known = 0
    for name, member in kind.members.items():
        optional = name.endswith("?")
        plain = name[:-1] if optional else name
        if plain in value:
            known += 1
            validate(value[plain], member, f"{pointer}/{plain}")
        elif not optional:
            raise Rejected("SCHEMA_REQUIRED", f"{pointer}/{plain}")
    if known != len(value):
        # The unknown name itself is the sender's text and may be personal: not echoed.
        raise Rejected("SCHEMA_UNKNOWN_FIELD", pointer)


def _scalar(value: Json, kind: Text | Integer | Boolean | OneOf, pointer: str) -> None:
    if isinstance(kind, Boolean):
        if not isinstance(value, bool):
            raise Rejected("SCHEMA_TYPE", pointer)
    elif isinstance(kind, Integer):
        if isinstance(value, bool) or not isinstance(value, int):
            raise Rejected("SCHEMA_TYPE", pointer)
        if not kind.low <= value <= kind.high:
            raise Rejected("SCHEMA_LENGTH", pointer)
    elif not isinstance(value, str):
        raise Rejected("SCHEMA_TYPE", pointer)
    elif isinstance(kind, OneOf):
        if value not in kind.values:
            raise Rejected("SCHEMA_TYPE", pointer)
    else:
        _text(value, kind, pointer)


def _text(value: str, kind: Text, pointer: str) -> None:
    if kind.form:
        _FORMS[kind.form](value, pointer)
    if not kind.low <= len(value) <= kind.high:
        raise Rejected("SCHEMA_LENGTH", pointer)


def _matches(pattern: re.Pattern[str], value: str, pointer: str, code: str = "SCHEMA_TYPE") -> None:
    if not pattern.fullmatch(value):
        raise Rejected(code, pointer)


def _time(value: str, pointer: str) -> None:
    _matches(_TIME, value, pointer, "TIME_FORMAT")
    try:
        datetime.fromisoformat(value[:19])
    except ValueError:
        raise Rejected("TIME_FORMAT", pointer) from None


def _date(value: str, pointer: str) -> None:
    _matches(_DATE, value, pointer, "TIME_FORMAT")
    try:
        date.fromisoformat(value)
    except ValueError:
        raise Rejected("TIME_FORMAT", pointer) from None


def _decimal(value: str, pointer: str) -> None:
    if len(value) > 24 or not _DECIMAL.fullmatch(value):
        raise Rejected("QTY_FORMAT", pointer)
    if len(value.partition(".")[2]) > 6:
        raise Rejected("QTY_PRECISION", pointer)


_FORMS = {
    "hex64": lambda value, pointer: _matches(_HEX64, value, pointer),
    "base64url": lambda value, pointer: _matches(_BASE64URL, value, pointer),
    "code": lambda value, pointer: _matches(_CODE, value, pointer),
    "time": _time,
    "date": _date,
    "decimal": _decimal,
}
