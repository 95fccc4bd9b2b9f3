"""A small schema language: what a member may hold, as data that code and documents share.

Only what the statement types need. Formats are those of `verifier/SPEC.md` §2; refusals are
SCHEMA_REQUIRED, SCHEMA_TYPE, SCHEMA_LENGTH, SCHEMA_UNKNOWN_FIELD, TIME_FORMAT, QTY_FORMAT and
QTY_PRECISION, each with the JSON pointer of the member. What a kind has `told` of a value that it refuses
is what it expects, and what the sender most likely meant where its own check accepts that; it is worked out
for refused values alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from contracts.errors import Rejected
from contracts.facts import Json
from contracts.statements.spellings import compact, nearest, readings

_HEX64 = re.compile(r"[0-9a-f]{64}")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
_CODE = re.compile(r"[A-Za-z0-9._-]{1,32}")
_REGION = re.compile(r"[0-9]*")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3})?Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,9})(\.[0-9]+)?")
SECONDS_MAX = 253_402_300_799  # the end of the year 9999: what is beyond is written in milliseconds
# What a text of each form is called; every word stands in api/words.py.
EXPECTED = {
    "": "text",
    "hex64": "64 hexadecimal digits in lower case",
    "base64url": "base64url without padding",
    "code": "letters, digits, dots, hyphens and underscores",
    "region": "digits",
    "time": "time in UTC",
    "date": "date",
    "decimal": "decimal number as text",
}
_OF_ANY_LENGTH = ("", "base64url")  # where the form is right, the length was not
Told = dict[str, int | str]


@dataclass(frozen=True, slots=True)
class Text:
    """A string of `low` to `high` characters, optionally of one `form`."""

    high: int = 4096
    low: int = 1
    form: str = ""  # "", hex64, base64url, code, time, date, decimal

    def check(self, value: Json) -> None:
        """Return when `value` has this form; raise Rejected else."""
        if not isinstance(value, str):
            raise Rejected("SCHEMA_TYPE")
        if self.form:
            _FORMS[self.form](value)
        if not self.low <= len(value) <= self.high:
            raise Rejected("SCHEMA_LENGTH")

    def told(self, value: Json) -> Told:
        """Return what the sender is told of a value that is no such text."""
        written = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        meant = readings(written, self.form) if isinstance(written, str) else {}
        accepted = {name: text for name, text in meant.items() if text != value and _holds(self, text)}
        if isinstance(value, str) and not accepted and self.form in _OF_ANY_LENGTH:
            return {"least": self.low, "most": self.high}
        return {"expected": EXPECTED[self.form], **accepted}


@dataclass(frozen=True, slots=True)
class Integer:
    """An integer from `low` to `high`, both included."""

    low: int = 0
    high: int = 2**53 - 1

    def check(self, value: Json) -> None:
        """Return when `value` is such an integer; raise Rejected else."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise Rejected("SCHEMA_TYPE")
        if not self.low <= value <= self.high:
            raise Rejected("SCHEMA_LENGTH")

    def told(self, value: Json) -> Told:
        """Return what the sender is told of a value that is no such integer."""
        if isinstance(value, int) and not isinstance(value, bool):
            milliseconds = value > self.high == SECONDS_MAX
            meant = _proposed(self, value // 1000) if milliseconds else {}
            return {"least": self.low, "most": self.high, **meant}
        written = compact(value) if isinstance(value, str) else ""
        is_number = written.isascii() and written.isdecimal() and len(written) < 17
        return {"expected": "whole number", **(_proposed(self, int(written)) if is_number else {})}


@dataclass(frozen=True, slots=True)
class Boolean:
    """true or false."""

    def check(self, value: Json) -> None:
        """Return when `value` is one of the two; raise Rejected else."""
        if not isinstance(value, bool):
            raise Rejected("SCHEMA_TYPE")

    def told(self, value: Json) -> Told:
        """Return what the sender is told of a value that is neither."""
        written = {"true": True, "false": False}.get(str(value).strip().lower())
        return {"expected": "true or false", **({} if written is None else {"proposed": written})}


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of the listed strings."""

    values: tuple[str, ...]

    def check(self, value: Json) -> None:
        """Return when `value` is listed; raise Rejected else."""
        if not isinstance(value, str) or value not in self.values:
            raise Rejected("SCHEMA_TYPE")

    def told(self, value: Json) -> Told:
        """Return what the sender is told of a value that is not listed."""
        only = {"proposed": self.values[0]} if len(self.values) == 1 else {}
        near = nearest(str(value), self.values) if isinstance(value, str | int) else {}
        return {"one_of": ", ".join(self.values), **(only or near)}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of `low` to `high` items of one kind."""

    item: Kind
    high: int = 1000
    low: int = 0

    def check(self, value: Json) -> None:
        """Return when `value` is such a list; raise Rejected with the item's pointer else."""
        if not isinstance(value, list):
            raise Rejected("SCHEMA_TYPE")
        if not self.low <= len(value) <= self.high:
            raise Rejected("SCHEMA_LENGTH")
        check, place = self.item.check, 0
        try:
            for item in value:
                check(item)
                place += 1
        except Rejected as error:
            raise _within(str(place), error) from None

    def told(self, value: Json) -> Told:
        """Return what the sender is told of a value that is no such list."""
        return {"least": self.low, "most": self.high} if isinstance(value, list) else {"expected": "list"}


@dataclass(frozen=True, slots=True)
class Record:
    """An object with exactly these members; a name that ends in `?` may be absent."""

    members: Mapping[str, Kind]
    kinds: Mapping[str, Kind] = field(init=False, repr=False, compare=False)  # by name, without the `?`
    _checks: tuple[tuple[str, bool, Callable[[Json], None]], ...] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        # Most of a submission's checking happens here: names and checks are looked up once, not each time.
        checks = ((name.rstrip("?"), name.endswith("?"), kind.check) for name, kind in self.members.items())
        object.__setattr__(self, "_checks", tuple(checks))
        object.__setattr__(self, "kinds", {name.rstrip("?"): kind for name, kind in self.members.items()})

    def check(self, value: Json) -> None:
        """Return when `value` is such an object; raise Rejected with the member's pointer else."""
        if not isinstance(value, dict):
            raise Rejected("SCHEMA_TYPE")
        known, name = 0, ""
        try:
            for name, optional, check in self._checks:
                if name in value:
                    known += 1
                    check(value[name])
                elif not optional:
                    raise Rejected("SCHEMA_REQUIRED")
        except Rejected as error:
            raise _within(name, error) from None
        if known != len(value):
            raise unknown_member(value, self.kinds)

    def told(self, value: Json) -> Told:
        """Return what the sender is told of a value that is no object; of a member its own kind tells."""
        return {} if isinstance(value, dict) else {"expected": "object"}


@dataclass(frozen=True, slots=True)
class Anything:
    """Any strict JSON value; only for the parameters of a rulebook."""

    def check(self, value: Json) -> None:
        """Return: strict JSON has been parsed before."""

    def told(self, value: Json) -> Told:
        """Return nothing: any value is right."""
        return {}


Kind = Text | Integer | Boolean | OneOf | ListOf | Record | Anything


def _within(name: str, error: Rejected) -> Rejected:
    return Rejected(error.code, f"/{name}{error.pointer}", **error.facts)


HEX64 = Text(64, 64, "hex64")
CODE = Text(32, 1, "code")
REGION = Text(6, 2, "region")  # GB/T 2260: a province's two digits, or more of them
PROVINCE = Text(2, 2, "region")
PERSON = Text(32, 0)  # a function in an act; may be empty or a placeholder, judged by a rule
TIME = Text(24, 20, "time")
DATE = Text(10, 10, "date")
DECIMAL = Text(24, 1, "decimal")
SHORT = Text(200, 0)


def unknown_member(value: Iterable[str], known: Iterable[str], pointer: str = "") -> Rejected:
    """Return the refusal of an object whose first member beside `known` stands at `position`, from 1.

    Its name is the sender's text and may be personal: the place is told, what may stand there, and which of
    that it resembles.
    """
    names, given = sorted(known), list(value)
    position, written = next((place, name) for place, name in enumerate(given, 1) if name not in names)
    near = nearest(written, (name for name in names if name not in given))
    return Rejected("SCHEMA_UNKNOWN_FIELD", pointer, position=position, one_of=", ".join(names), **near)


def validate(value: Json, kind: Kind, pointer: str = "") -> None:
    """Return when `value` has the form `kind`; raise Rejected with the member's pointer else.

    Its facts say what is expected there and, where that can be told, what was meant.
    """
    try:
        kind.check(value)
    except Rejected as error:
        told = {**_told_at(value, kind, error.pointer), **error.facts}
        raise Rejected(error.code, pointer + error.pointer, **told) from None


def _told_at(value: Json, kind: Kind, pointer: str) -> Told:
    """What the kind of the member at `pointer` tells of its value; of a missing one as of null."""
    for step in pointer.split("/")[1:]:
        if isinstance(kind, Record) and isinstance(value, dict):
            value, kind = value.get(step), kind.kinds[step]
        elif isinstance(kind, ListOf) and isinstance(value, list):
            value, kind = value[int(step)], kind.item
    return kind.told(value)


def _holds(kind: Text | Integer, value: Json) -> bool:
    try:
        kind.check(value)
    except Rejected:
        return False
    return True


def _proposed(kind: Integer, value: int) -> Told:
    return {"proposed": value} if _holds(kind, value) else {}


def _matching(pattern: re.Pattern[str]) -> Callable[[str], None]:
    def check(value: str) -> None:
        if not pattern.fullmatch(value):
            raise Rejected("SCHEMA_TYPE")

    return check


def _time(value: str) -> None:
    try:
        if _TIME.fullmatch(value):
            datetime.fromisoformat(value[:19])
            return
    except ValueError:
        pass
    raise Rejected("TIME_FORMAT")


def _date(value: str) -> None:
    try:
        if _DATE.fullmatch(value):
            date.fromisoformat(value)
            return
    except ValueError:
        pass
    raise Rejected("TIME_FORMAT")


def _decimal(value: str) -> None:
    if len(value) > 24 or not _DECIMAL.fullmatch(value):
        raise Rejected("QTY_FORMAT")
    if len(value.partition(".")[2]) > 6:
        raise Rejected("QTY_PRECISION")


_FORMS: Mapping[str, Callable[[str], None]] = {
    "hex64": _matching(_HEX64),
    "base64url": _matching(_BASE64URL),
    "code": _matching(_CODE),
    "region": _matching(_REGION),
    "time": _time,
    "date": _date,
    "decimal": _decimal,
}
