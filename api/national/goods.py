"""Rows of drugs and their trace codes, in the shapes that 7206, 3505A, 2207, 3506A and 3503 share.

A row may carry its code itself (`drug_trac_codg`), several in a child list (`drugtracinfo`), or
several in one member, separated by commas. What a child omits (lot, expiry, drug) its row gives.
"""

from __future__ import annotations

import re

from api.national import drugs, times
from api.national.context import Context, present
from api.national.fields import Fields
from contracts.facts import Json
from contracts.packs import well_formed

_CODE_LISTS = ("drugtracinfo", "drug_trac_info", "drugtracinfoDetail", "drugTracCodgList")
# Commas, semicolons (also full-width ones), enumeration commas and bars, with the blanks of a padded field.
_SEPARATORS = re.compile(r" *[,;\uff0c\uff1b\u3001|] *")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # a scanner sends line breaks, GS1 separators


def rows(fields: Fields, *names: str) -> list[Fields]:
    """Return the rows under any of `names`. Raises MessageError when there is none."""
    found = fields.rows(*names)
    if not found:
        raise fields.error("SCHEMA_REQUIRED", names[0])
    return found


def line(row: Fields, context: Context, returned: bool = False) -> dict[str, Json]:
    """Return one line sold or returned; a return's minus sign is the event itself, so it goes."""
    quantity = row.required("sel_retn_cnt", "cnt")
    if returned and quantity.startswith("-"):
        quantity = quantity[1:]
    return present(
        drug=drugs.required(row, context, "med_list_codg"),
        quantity=quantity,
        unit=row.text("drug_cnt_unit", "sel_retn_unit", "cnt_unit"),
        split=row.flag("trdn_flag") if row.text("trdn_flag") else None,
        price=row.text("finl_trns_pric", "pric"),
    )


def codes(row: Fields, context: Context, position: int | None) -> list[Json]:
    """Return the trace codes of `row`, which is line `position` of the statement."""
    children = row.rows(*_CODE_LISTS) if _has_objects(row) else []
    if children:
        return [
            _code(child.under(row), context, text, position)
            for child in children
            for text in _texts(child)
        ]
    return [_code(row, context, text, position) for text in _texts(row)]


def _has_objects(row: Fields) -> bool:
    value = row.value(*_CODE_LISTS)
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(item, dict) for item in value)
    )


def _texts(row: Fields) -> list[str]:
    """Return the codes that the row itself names: [""] when it names an empty one, [] when none.

    As they were scanned: what a scanner added is for TRACE-1 to show and for nobody to guess. A control
    character becomes a blank, for no statement holds one; blanks between whole codes part them.
    """
    value = row.value("drug_trac_codg", *_CODE_LISTS)
    if isinstance(value, list):
        return [_BREAKS.sub(" ", item.strip(" ")) for item in value if isinstance(item, str)]
    if row.given("drug_trac_codg") is None:
        return []
    listed = _SEPARATORS.split(_BREAKS.sub(" ", str(value or "").strip(" ")))
    return [code for text in listed if text for code in _apart(text)] or [""]


def _apart(text: str) -> list[str]:
    pieces = text.split()
    return pieces if len(pieces) > 1 and all(map(well_formed, pieces)) else [text]


def _code(row: Fields, context: Context, text: str, position: int | None) -> Json:
    return present(
        code=text,
        line=position,
        drug=drugs.named(row, context, "med_list_codg") if position is None else None,
        split=row.flag("trdn_flag") if row.text("trdn_flag") else None,
        lot=row.text("manu_lotnum", "lot"),
        expiry=times.day(row, "expy_end", "expiry"),
        parent=row.text(
            "parent_drug_trac_codg", "up_drug_trac_codg", "prnt_drug_trac_codg", "parentCode", "parent"
        ),
    )
