"""Times and dates as the national messages write them: local, without offset."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone

from api.national.fields import Fields

_TIME = re.compile(
    r"([0-9]{4})[-/.年]?([0-9]{2})[-/.月]?([0-9]{2})日?"
    r"(?:[T ]?([0-9]{2}):?([0-9]{2})(?::?([0-9]{2}))?(?:[.,]?[0-9]{1,9})?)?"
    r"[ ]?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_DATE = re.compile(r"([0-9]{4})[-/.年]?([0-9]{1,2})(?:[-/.月]?([0-9]{1,2})日?|月)?(?:[T ].*|[0-9]{6})?")


def seconds(fields: Fields, utc_offset_minutes: int, *names: str) -> int | None:
    """Return the time under any of the names in seconds since 1970, None when there is none.

    A time without offset is local by `utc_offset_minutes`; 13 digits are milliseconds, 10 seconds.
    Raises MessageError for anything else.
    """
    text = fields.text(*names)
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) in (10, 13):
        return int(text[:10])
    matched = _TIME.fullmatch(text)
    try:
        return _moment(matched, utc_offset_minutes) if matched else _bad(fields, names[0])
    except ValueError:
        return _bad(fields, names[0])


def required_seconds(fields: Fields, utc_offset_minutes: int, *names: str) -> int:
    """Return the same time where there must be one. Raises MessageError that names the field."""
    found = seconds(fields, utc_offset_minutes, *names)
    if found is None:
        raise fields.error("SCHEMA_REQUIRED", names[0])
    return found


def _bad(fields: Fields, name: str) -> int:
    raise fields.error("TIME_FORMAT", name)


def _moment(matched: re.Match[str], utc_offset_minutes: int) -> int:
    year, month, day, hour, minute, second, offset = matched.groups()
    zone = UTC if offset == "Z" else timezone(timedelta(minutes=utc_offset_minutes))
    if offset and offset != "Z":
        size = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
        zone = timezone(-size if offset[0] == "-" else size)
    moment = datetime(
        int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=zone
    )
    return int(moment.timestamp())


def day(fields: Fields, *names: str) -> str | None:
    """Return a date as YYYY-MM-DD, None when there is none; a month means its last day.

    Raises MessageError for what is no date: the ledger would name its own member, and tell of UTC.
    """
    text = fields.text(*names)
    if text is None:
        return None
    matched = _DATE.fullmatch(text)
    try:
        return _last_day(matched) if matched else _no_day(fields, names[0])
    except (ValueError, IndexError):
        return _no_day(fields, names[0])


def _last_day(matched: re.Match[str]) -> str:
    year, month = int(matched[1]), int(matched[2])
    return date(year, month, int(matched[3] or monthrange(year, month)[1])).isoformat()


def _no_day(fields: Fields, name: str) -> str:
    raise fields.error("TIME_FORMAT", name)
