"""Codes of the people whom a message names, and the numbers by which it names a prescription."""

from __future__ import annotations

from api.national.context import Context
from api.national.fields import Fields

_NUMBERS = ("hi_rxno", "hiRxno", "rxno")


def code_of(fields: Fields, context: Context, name: str, *certificate: str) -> str:
    """Return the code under `name`; an empty one stays empty and is judged by a rule.

    Older interfaces know people by certificate only: where the code's field is absent the
    registered person with that certificate is taken. Raises MessageError when that fails too.
    """
    found = fields.given(name)
    if found is not None:
        return found
    number = fields.text(*certificate) if certificate else None
    code = context.lookups.person(number) if number else None
    if code is None:
        raise fields.error("SCHEMA_REQUIRED", name)
    return code


def prescription(fields: Fields, context: Context, *others: str) -> str:
    """Return the rx that the message means, by national number or by the hospital's `others`.

    Raises MessageError when the message names none, Problem when the ledger does not know it.
    """
    number = fields.text(*_NUMBERS)
    if number is not None:
        return context.lookups.prescription({"hiRxno": number})
    for name in others:
        number = fields.text(name)
        if number is not None:
            return context.lookups.prescription({name: number})
    raise fields.error("SCHEMA_REQUIRED", "rxno" if fields.kind in _BY_RXNO else "hi_rxno")


_BY_RXNO = ("3505", "3505A", "2207", "3506", "3506A")
