"""The resident number of 18 characters (GB 11643): what it says by itself, and whether it was typed well.

Other documents have numbers of their own, which say nothing here. One number is written in many ways:
each function takes any of them.
"""

from __future__ import annotations

from contracts.quantity import DAY_MS
from contracts.time import to_text

LENGTH = 18
_OLD_LENGTH = 15
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_FULL_WIDTH = {0xFF01 + place: 0x21 + place for place in range(94)}
_BLANKS = " \t\u00a0\u2002\u2003\u2009\u200b\u3000\ufeff"
_PUNCTUATION = f"{_BLANKS}.-\u2010\u2011\u2012\u2013\u2014\u2212\u3002\uff0d\uff0e\u00b7"
_WRITTEN = {**_FULL_WIDTH, **{ord(sign): None for sign in _PUNCTUATION}}


def plain(number: str) -> str:
    """Return a document's number as it is told apart from others: capitals, no blanks, hyphens or full stops.

    A resident number of fifteen digits (issued until 1999) becomes the one of eighteen that replaced it.
    Written otherwise a number would be somebody else's: nobody buys twice, and nobody is accused, for that.
    """
    found = number.translate(_WRITTEN).upper()
    if len(found) == _OLD_LENGTH and found.isascii() and found.isdecimal():
        found = f"{found[:6]}19{found[6:]}"
        return found + _check_digit(found)
    return found


def is_one(number: str) -> bool:
    """Return whether this has the form of a resident number; its check digit may be wrong."""
    found = plain(number)
    return len(found) == LENGTH and found.isascii() and found[:17].isdecimal()


def check_digit_fits(number: str) -> bool:
    """Return whether a resident number ends with its check digit; other numbers have none."""
    found = plain(number)
    return not is_one(found) or _check_digit(found) == found[17]


def _check_digit(number: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECK_DIGITS[total % 11]


def years_on(number: str, day: int) -> int:
    """Return the age in whole years, on a local day, of whom a resident number names."""
    number = plain(number)
    today = to_text(day * DAY_MS)[:10]
    before_birthday = today[5:] < f"{number[10:12]}-{number[12:14]}"
    return int(today[:4]) - int(number[6:10]) - before_birthday


def sex_of(number: str) -> str:
    """Return "1" (male) or "2" (female), as the national code set has it (`gend`)."""
    return "1" if int(plain(number)[16]) % 2 else "2"
