"""The one table of codes: every refusal, flag and fault that anybody can meet.

A code is never renamed or given another meaning; new ones are added in the module of their
family. Each has a page at `/errors/{code}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from contracts.codes import (
    clinical,
    consultations,
    fields,
    governance,
    json_form,
    measures,
    packs,
    people,
    prescriptions,
    presence,
    signatures,
    transport,
)
from contracts.codes.row import ACCUSING, Row
from contracts.errors import InvariantError

__all__ = ["ACCUSING", "CODES", "Row"]

_TABLES = (
    transport.ROWS,
    json_form.ROWS,
    signatures.ROWS,
    presence.ROWS,
    fields.ROWS,
    people.ROWS,
    consultations.ROWS,
    prescriptions.ROWS,
    packs.ROWS,
    governance.ROWS,
    clinical.ROWS,
    measures.ROWS,
)


def _joined(tables: Iterable[Iterable[Row]]) -> Mapping[str, Row]:
    found: dict[str, Row] = {}
    for table in tables:
        for one in table:
            if one.code in found:
                raise InvariantError(f"{one.code} stands twice in the table of codes")
            found[one.code] = one
    return MappingProxyType(found)


CODES: Mapping[str, Row] = _joined(_TABLES)
