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
_UNREAD = "?*#"  # stands where nobody could read a digit: the number was typed badly, and is no shorter one
_LOOK_ALIKE = str.maketrans("OILХⅩ", "011XX")
_MONTHS = tuple(f"{month:02}" for month in range(1, 13))


def plain(number: str) -> str:
    """Return a document's number as it is told apart from others: letters and digits alone, in capitals.

    A resident number of fifteen digits (issued until 1999) becomes the one of eighteen that replaced it, and
    letters that look like its digits are those. Written otherwise a number would be somebody else's: nobody
    buys twice, and nobody is accused, for that.
    """
    if number.isascii() and number.isalnum():
        found = number.upper()
    else:
        written = number.translate(_FULL_WIDTH).upper()
        # Digits of whichever script: nobody is another patient in Arabic ones.
        kept = (sign for sign in written if sign.isalnum() or sign in _UNREAD)
        found = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in kept)
    return _of_fifteen(found) if len(found) == _OLD_LENGTH else _read_again(found)


def _of_fifteen(found: str) -> str:
    """The number of eighteen, where fifteen digits hold a day of the twentieth century; else as it is."""
    is_day = found[8:10] in _MONTHS and "01" <= found[10:12] <= "31"
    if not (found.isascii() and found.isdecimal() and is_day):
        return found
    longer = f"{found[:6]}19{found[6:]}"
    return longer + _check_digit(longer)


def _read_again(found: str) -> str:
    """A resident number in which a letter stands for a digit, or a foreign one for X; else as it is."""
    if len(found) != LENGTH or (found[:17].isdecimal() and found.isascii()):
        return found
    meant = found.translate(_LOOK_ALIKE)
    return meant if meant[:17].isdecimal() and meant.isascii() and _check_digit(meant) == meant[17] else found


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
