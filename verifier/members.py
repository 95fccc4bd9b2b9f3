"""Reading members out of parsed JSON: a wrong form is a VerificationError, never a KeyError."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

from verifier.errors import FORM, VerificationError
from verifier.strict_json import Json

Object = Mapping[str, Json]
TIME_MS_MAX = 253_402_300_799_999
_HEX64 = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3})?Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def exactly(members: Object, required: Iterable[str], optional: Iterable[str] = ()) -> None:
    """Return when `members` has all `required` names and no name outside both lists."""
    needed = set(required)
    if not needed <= members.keys() or not members.keys() <= needed | set(optional):
        # The names are not echoed: an unknown name is the sender's text.
        raise VerificationError(FORM, "members are missing or unknown")


def as_object(value: Json, name: str) -> dict[str, Json]:
    """Return `value`, which must be an object."""
    if not isinstance(value, dict):
        raise VerificationError(FORM, f"{name} is not an object")
    return value


def as_list(value: Json, name: str) -> list[Json]:
    """Return `value`, which must be a list."""
    if not isinstance(value, list):
        raise VerificationError(FORM, f"{name} is not a list")
    return value


def as_text(value: Json, name: str) -> str:
    """Return `value`, which must be a string."""
    if not isinstance(value, str):
        raise VerificationError(FORM, f"{name} is not a string")
    return value


def as_hex64(value: Json, name: str) -> str:
    """Return `value`, which must be 64 lower-case hex digits."""
    if not isinstance(value, str) or not _HEX64.fullmatch(value):
        raise VerificationError(FORM, f"{name} is not a digest in hex")
    return value


def get_object(members: Object, name: str) -> dict[str, Json]:
    """Return the object under `name`."""
    return as_object(members.get(name), name)


def get_list(members: Object, name: str) -> list[Json]:
    """Return the list under `name`."""
    return as_list(members.get(name), name)


def get_text(members: Object, name: str) -> str:
    """Return the string under `name`."""
    return as_text(members.get(name), name)


def get_hex64(members: Object, name: str) -> str:
    """Return the digest under `name`."""
    return as_hex64(members.get(name), name)


def optional_hex64(members: Object, name: str) -> str | None:
    """Return the digest under `name`, or None where the member is absent (null is refused)."""
    return as_hex64(members[name], name) if name in members else None


def get_integer(members: Object, name: str, high: int = 2**53 - 1) -> int:
    """Return the integer from 0 to `high` under `name`."""
    value = members.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= high:
        raise VerificationError(FORM, f"{name} is not an integer in range")
    return value


def get_texts(members: Object, name: str) -> tuple[str, ...]:
    """Return the list of strings under `name`."""
    return tuple(as_text(item, name) for item in get_list(members, name))


def get_time_ms(members: Object, name: str) -> int:
    """Return the time string under `name` in milliseconds since 1970."""
    text = get_text(members, name)
    if not _TIME.fullmatch(text):
        raise VerificationError(FORM, f"{name} is not a time")
    try:
        moment = datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)
    except ValueError:
        raise VerificationError(FORM, f"{name} is not a time") from None
    whole = int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    return whole * 1000 + (int(text[20:23]) if len(text) == 24 else 0)


def get_day(members: Object, name: str) -> int:
    """Return the date string under `name` as a day counted from 1970-01-01."""
    text = get_text(members, name)
    if not _DATE.fullmatch(text):
        raise VerificationError(FORM, f"{name} is not a date")
    try:
        return date.fromisoformat(text).toordinal() - date(1970, 1, 1).toordinal()
    except ValueError:
        raise VerificationError(FORM, f"{name} is not a date") from None
