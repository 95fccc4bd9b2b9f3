"""Which drug a row names: by its national code or, with a mapping loaded, by the institution's own (S46)."""

from __future__ import annotations

from api.national.context import Context
from api.national.errors import MessageError
from api.national.fields import Fields
from api.national.labels import label

_OWN = ("fixmedins_hilist_id", "medinsListCodg")


def required(row: Fields, context: Context, *names: str) -> str:
    """Return the national code. Raises MessageError as `named` does, and when the row names no drug."""
    found = named(row, context, *names)
    if found is None:
        raise row.error("SCHEMA_REQUIRED", names[0])
    return found


def named(row: Fields, context: Context, *names: str) -> str | None:
    """Return the national code of the row's drug, None where it names none; `names` hold the national code.

    With a mapping the institution's own code counts, where the row has none what stands under `names`.
    Raises MessageError for a code that is not in the mapping, and for a national code of another drug.
    """
    codes = context.profile.drug_codes
    if not codes:
        return row.text(*names)
    first = next((name for name in (*_OWN, *names) if row.text(name)), None)
    if first is None:
        return None
    found = codes.get(row.required(first))
    given = row.text(*names)
    if found is None:
        raise _unknown(row, first)
    if given is not None and codes.get(given) != found:
        raise _unknown(row, next(name for name in names if row.text(name)))
    return found


def _unknown(row: Fields, name: str) -> MessageError:
    path = row.path(name)
    english, chinese = label(path)
    fix = f"correct {english}, or the mapping that rx import was given"
    return MessageError("CODE_UNKNOWN", path, fix, f"请更正{chinese}，或更正导入所用的编码映射表")
