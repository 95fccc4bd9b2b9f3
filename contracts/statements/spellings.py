"""How people write what a member asks for otherwise: full-width digits, local times, a name of last year.

What is read here is for a person to confirm, told to the sender alone and never used in the value's place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches

from contracts.quantity import decimal_text
from contracts.time import to_text

BEIJING_MINUTES = 480
OFFSET_MINUTES_MAX = 14 * 60
_NARROW = {0xFF01 + place: 0x21 + place for place in range(94)} | {0x3000: 0x20}
_DATE_SIGNS = str.maketrans("年月/.", "----", "日")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?")  # 0,125 is no thousand
_NUMBER = re.compile(r"\+?([0-9]{0,24})(?:\.([0-9]{0,24}))?")
_DATE = re.compile(
    r"(?:([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})|([0-9]{4})([0-9]{2})([0-9]{2}))(?:[T ]00:00:00)?"
)
_TIME = re.compile(
    r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})[T ]([0-9]{1,2}):([0-9]{2}):([0-9]{2})"
    r"(?:\.([0-9]{1,9}))? ?(Z|UTC|[+-][0-9]{2}:?[0-9]{2})?"
)
_ALIKE = 0.8  # of difflib's measure: a letter or two differ


def nearest(name: str, names: Iterable[str]) -> dict[str, str]:
    """Return as `proposed` the name that `name` differs from by case, hyphens or a letter; {} for none."""
    known = {_folded(one): one for one in names}
    found = get_close_matches(_folded(name), known, 1, _ALIKE)
    return {"proposed": known[found[0]]} if found else {}


def _folded(name: str) -> str:
    return re.sub("[-_]", "", compact(name)).casefold()


def compact(text: str) -> str:
    """Return a code without blanks and full-width characters."""
    return "".join(text.translate(_NARROW).split())


def readings(text: str, form: str) -> Mapping[str, str]:
    """Return what a text may have been meant to be in a schema form, by what the sender is told of it."""
    return _FORMS[form](text) if form else {"proposed": text}


def _decimal(text: str) -> Mapping[str, str]:
    """Plain digits, rounded to a millionth; {} where nothing would be left of the number."""
    plain = compact(text).replace("。", ".")
    number = _NUMBER.fullmatch(plain.replace(",", "") if _THOUSANDS.fullmatch(plain) else plain)
    if number is None or not (number[1] or number[2]):
        return {}
    exact = int(f"{number[1] or 0}{(number[2] or '') + '0' * 7:.7}")
    rounded = (exact + 5) // 10
    return {"proposed": decimal_text(rounded)} if rounded or not exact else {}


def _time(text: str) -> Mapping[str, str]:
    """The time in UTC; where no zone is written, what it is if Beijing time was meant."""
    found = _TIME.fullmatch(text.translate(_NARROW).strip().upper())
    if found is None:
        return {}
    try:
        year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
        local = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        moment = local - timedelta(minutes=_offset_minutes(found[8]))
    except (ValueError, OverflowError):
        return {}
    seconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    meant = to_text(seconds * 1000 + int(f"{found[7] or '':0<3.3}"))
    return {"proposed" if found[8] else "proposed_if_beijing_time": meant}


def _offset_minutes(zone: str | None) -> int:
    """Raises ValueError for an offset that no place on earth has."""
    if zone is None:
        return BEIJING_MINUTES
    if zone in ("Z", "UTC"):
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    if minutes > OFFSET_MINUTES_MAX:
        raise ValueError
    return -minutes if zone[0] == "-" else minutes


def _date(text: str) -> Mapping[str, str]:
    found = _DATE.fullmatch(text.translate(_NARROW).strip().translate(_DATE_SIGNS))
    if found is None:
        return {}
    year, month, day = (part for part in found.groups() if part)
    return {"proposed": f"{year}-{month:0>2}-{day:0>2}"}


_FORMS: Mapping[str, Callable[[str], Mapping[str, str]]] = {
    "hex64": lambda text: {"proposed": compact(text).lower()},
    "base64url": lambda text: {"proposed": compact(text).rstrip("=").translate(str.maketrans("+/", "-_"))},
    "code": lambda text: {"proposed": compact(text)},
    "region": lambda text: {"proposed": compact(text)},
    "time": _time,
    "date": _date,
    "decimal": _decimal,
}
