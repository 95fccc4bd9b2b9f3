"""How the code of a diagnosis is compared: one illness is one, however its code was typed."""

from __future__ import annotations

import re

_FULL_WIDTH = {0xFF01 + place: 0x21 + place for place in range(94)}
# GB/T 15657 of 1995 and ICD-11 begin with two letters (BNX080, SD50), that of 2021 has three levels or more
# (A07.06.18), and some lists number only. ICD-10 has one letter, digits, and one point at most.
_OF_CHINESE_MEDICINE = re.compile(
    r"[A-Z]{2}[0-9A-Z.]*[0-9][0-9A-Z.]*|[A-Z][0-9]{2}(?:\.[0-9A-Z]+){2,}\.?|[0-9][0-9.]*"
)


def plain(code: str) -> str:
    """Return a diagnosis code as rules compare it: in capitals, without blanks, no sign of full width.

    ICD-10 and the lists of a rulebook write codes so. " E11.900" and "Ｅ11.900" are no other illness: nobody
    lacks an indication, and nothing escapes, for that.
    """
    written = code if code.isascii() else code.translate(_FULL_WIDTH)
    return "".join(written.split()).upper()


def is_of_chinese_medicine(code: str) -> bool:
    """Return whether a plain code is written as lists of Chinese medicine write, and ICD-10 never does."""
    return _OF_CHINESE_MEDICINE.fullmatch(code) is not None
