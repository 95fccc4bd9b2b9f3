"""The documents that the evidence of a declared reason names: by their numbers, whatever else the text says.

A ticket, a certificate or a digest belongs to one occasion. Words that anybody may use (火车票, a date, a
train) name none, nor does a telephone or resident number: one mother vouches for all her children.
"""

from __future__ import annotations

import re

from contracts.facts import Json
from contracts.statements.pii import is_personal

_FULL_WIDTH = {0xFEE0 + plain: plain for plain in range(0x21, 0x7F)}
# Shorter ones are dates, trains, flights and seats.
_NUMBER = re.compile(r"[0-9A-Z]{9,}")
_DIGITS_MIN = 6
# A mobile number with its country, a moment, an employer's social credit code: many share them.
_OF_MANY = re.compile(r"(?:00)?861\d{10}|20\d{2}[01]\d[0-3]\d(?:\d{2}){0,3}|[0-9A-Z]{2}\d{6}[0-9A-Z]{10}")


def document_numbers(evidence: Json) -> tuple[str, ...]:
    """Return each document number once, in capitals: at least nine letters and digits, six of them digits."""
    if not isinstance(evidence, str):
        return ()
    found = _NUMBER.findall(evidence.translate(_FULL_WIDTH).upper())
    numbers = (one for one in found if sum(each.isdecimal() for each in one) >= _DIGITS_MIN)
    own = (one for one in numbers if not is_personal(one) and not _OF_MANY.fullmatch(one))
    return tuple(dict.fromkeys(own))
