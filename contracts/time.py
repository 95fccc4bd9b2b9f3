"""Ledger time, local dates and the strings of the formats. No clock: every time is an argument."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()


def from_text(text: str) -> int:
    """Return a checked time string (schema form `time`) in milliseconds since 1970."""
    whole = int((datetime.fromisoformat(text[:19]).replace(tzinfo=UTC) - _EPOCH).total_seconds())
    return whole * 1000 + (int(text[20:23]) if len(text) == 24 else 0)


def to_text(time_ms: int) -> str:
    """Return a time as its shortest string: seconds, or milliseconds where there are any."""
    moment = _EPOCH + timedelta(milliseconds=time_ms)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + (f".{time_ms % 1000:03d}Z" if time_ms % 1000 else "Z")


def local_day(time_ms: int, utc_offset_minutes: int) -> int:
    """Return the local day of a ledger time, counted from 1970-01-01."""
    return (time_ms + utc_offset_minutes * 60_000) // 86_400_000


def local_date(time_ms: int, utc_offset_minutes: int) -> str:
    """Return the local date of a ledger time, `2026-03-16`: the last of the calendar for what lies beyond."""
    day = min(local_day(time_ms, utc_offset_minutes) + _EPOCH_DAY, date.max.toordinal())
    return date.fromordinal(day).isoformat()


def year_of(day: int) -> int:
    """Return the year of a local day."""
    return date.fromordinal(day + _EPOCH_DAY).year


def month_of(day: int) -> int:
    """Return the month of a local day as year x 100 + month."""
    found = date.fromordinal(day + _EPOCH_DAY)
    return found.year * 100 + found.month


def is_among(day: int, dates: list[str]) -> bool:
    """Return whether a local day is one of these dates (`2026-10-01`); what is no date is no day."""
    return (date.fromordinal(day + _EPOCH_DAY)).isoformat() in dates


def days_among(dates: Iterable[str]) -> Iterator[int]:
    """Yield these dates as days counted from 1970-01-01; what is no date as `is_among` has it is no day."""
    for text in dates:
        try:
            day = day_of(text)
        except ValueError:
            continue
        if is_among(day, [text]):  # 20260310 and 2026-W11-2 are dates to Python alone
            yield day


def day_of(text: str) -> int:
    """Return a checked date string (schema form `date`) as a day counted from 1970-01-01."""
    return date.fromisoformat(text).toordinal() - _EPOCH_DAY
