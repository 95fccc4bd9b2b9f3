"""The resident number of 18 characters (GB 11643): what it says by itself, and whether it was typed well.

Other documents have numbers of their own, which say nothing here.
"""

from __future__ import annotations

from contracts.quantity import DAY_MS
from contracts.time import to_text

LENGTH = 18
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"


def is_one(number: str) -> bool:
    """Return whether this has the form of a resident number; its check digit may be wrong."""
    return len(number) == LENGTH and number.isascii() and number[:17].isdecimal()


def check_digit_fits(number: str) -> bool:
    """Return whether a resident number ends with its check digit; other numbers have none."""
    if not is_one(number):
        return True
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECK_DIGITS[total % 11] == number[17].upper()


def years_on(number: str, day: int) -> int:
    """Return the age in whole years, on a local day, of whom a resident number names."""
    today = to_text(day * DAY_MS)[:10]
    before_birthday = today[5:] < f"{number[10:12]}-{number[12:14]}"
    return int(today[:4]) - int(number[6:10]) - before_birthday


def sex_of(number: str) -> str:
    """Return "1" (male) or "2" (female), as the national code set has it (`gend`)."""
    return "1" if int(number[16]) % 2 else "2"
