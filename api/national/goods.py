"""Rows of drugs and their trace codes, in the shapes that 7206, 3505A, 2207, 3506A and 3503 share.

A row may carry its code itself (`drug_trac_codg`), several in a child list (`drugtracinfo`), or
several in one member, separated by commas. What a child omits (lot, expiry, drug) its row gives.
No national message has a field for old stock without codes (S69): `uncoded` says it, in the row or a
child or the extension of either, with the lot; a code that is forgotten stays an error.
"""

from __future__ import annotations

import re

from api.national import drugs, times
from api.national.context import Context, present
from api.national.errors import MessageError
from api.national.fields import Fields
from contracts.facts import Json
from contracts.packs import well_formed

_CODE_LISTS = ("drugtracinfo", "drug_trac_info", "drugtracinfoDetail", "drugTracCodgList")
_COUNTS = ("sel_retn_cnt", "cnt")
_PACKS_MAX = 1000  # so many codes an act has at most
# Commas, semicolons (also full-width ones), enumeration commas and bars, with the blanks of a padded field.
_SEPARATORS = re.compile(r" *[,;\uff0c\uff1b\u3001|] *")
_EITHER = (
    "leave out the code, or leave out uncoded: a pack has one or the other",
    "追溯码与无码标志（uncoded）只能填写一项",
)
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # a scanner sends line breaks, GS1 separators


def rows(fields: Fields, *names: str) -> list[Fields]:
    """Return the rows under any of `names`. Raises MessageError when there is none."""
    found = fields.rows(*names)
    if not found:
        raise fields.error("SCHEMA_REQUIRED", names[0])
    return found


def line(row: Fields, context: Context, returned: bool = False) -> dict[str, Json]:
    """Return one line sold or returned; a return's minus sign is the event itself, so it goes."""
    quantity = row.required(*_COUNTS)
    if returned and quantity.startswith("-"):
        quantity = quantity[1:]
    return present(
        drug=drugs.required(row, context, "med_list_codg"),
        quantity=quantity,
        unit=row.text("drug_cnt_unit", "sel_retn_unit", "cnt_unit"),
        split=row.told("trdn_flag"),
        price=row.text("finl_trns_pric", "pric"),
    )


def codes(row: Fields, context: Context, position: int | None) -> list[Json]:
    """Return the trace codes of `row`, which is line `position` of the statement.

    Raises MessageError for a pack that is said to have no code and has one, or names no lot.
    """
    children = row.rows(*_CODE_LISTS) if _has_objects(row) else []
    named = [(child.under(row), child) for child in children] or [(row, row)]
    return [code for whole, sent in named for code in _named(whole, sent, context, position)]


def _named(whole: Fields, sent: Fields, context: Context, position: int | None) -> list[Json]:
    """Return the packs that one object names: by their codes, or as so many without any."""
    if not whole.extended().flag("uncoded", default=False):
        return [_code(whole, context, text, position) for text in _texts(sent)]
    own = Fields(sent.kind, sent.layers[:1])
    if any(_texts(own)):
        raise MessageError("SCHEMA_TYPE", own.path("drug_trac_codg"), *_EITHER)
    lot = whole.required("manu_lotnum", "lot")
    drug = drugs.required(whole, context, "med_list_codg") if position is None else None
    pack = _code(whole, context, "", position)
    return [{**pack, **present(lot=lot, drug=drug, uncoded=True)}] * _packs(own)


def _packs(own: Fields) -> int:
    """Return how many packs the object itself counts: one where it does not, or where one was opened."""
    if own.text(*_COUNTS) is None or own.flag("trdn_flag", default=False):
        return 1
    packs = abs(own.whole(*_COUNTS))
    if not 0 < packs <= _PACKS_MAX:
        raise own.error("QTY_RANGE", _COUNTS[0])
    return packs


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


def _code(row: Fields, context: Context, text: str, position: int | None) -> dict[str, Json]:
    return present(
        code=text,
        line=position,
        drug=drugs.named(row, context, "med_list_codg") if position is None else None,
        split=row.told("trdn_flag"),
        lot=row.text("manu_lotnum", "lot"),
        expiry=times.day(row, "expy_end", "expiry"),
        parent=row.text(
            "parent_drug_trac_codg", "up_drug_trac_codg", "prnt_drug_trac_codg", "parentCode", "parent"
        ),
    )
