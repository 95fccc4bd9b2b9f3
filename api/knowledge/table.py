"""The drug table as CSV: read, checked row by row, turned into drafts of knowledge statements.

Columns: those of `contracts/knowledge/drugs.csv`. Empty cells are absent members. `indications` are
ICD-10 prefixes with `;` between them, `sex` is 1 (male) or 2 (female), flags are 0 or 1.

Optional columns are kept by the table alone but for `special_storage`, which a rulebook may keep from long
prescriptions (R4): no message says what a fund pays for, or that a patient is pregnant. `source` and
`source_of_use` say where a row's values come from: V read in a public copy, K common knowledge of labels that
nobody checked, I invented for synthetic data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from api.knowledge.contradictions import contradictions, doubts_of
from api.knowledge.rows import Fault, TableFault, read, shipped
from contracts.errors import Rejected
from contracts.facts import Json
from contracts.forms import DRUG
from contracts.quantity import PACKS, SMALL_UNITS
from contracts.statements import strict_json
from contracts.statements.schema import validate

__all__ = ["Fault", "TableFault", "doubts", "drugs", "parts", "read", "shipped", "spread", "version"]

COLUMNS = (
    *("code", "name", "spec", "form", "class", "monitored", "online_forbidden"),
    *("strength_amount", "strength_unit", "max_dose_amount", "max_dose_unit", "max_dose_per_days"),
    *("indications", "sex", "age_years_min", "age_years_max"),
    *("product", "units", "unit", "carton", "packs", "price_yuan", "source"),
)
OPTIONAL = ("special_storage", "payment_restriction", "pregnancy_forbidden", "source_of_use")
PART_BYTES_MAX = 38_000  # of its drugs; a knowledge part has at most 40 KB (OFFICE-16)
PART_DRUGS_MAX = 200  # SPEC 5.3
_VERSION_CHARACTERS_MAX = 40
_DIGITS = 12  # of the table's digest, in a version's name
# A pack's seven digits are no carton's either: they alone tell drug and level of a scanned code (TRACE-6).
_UNIQUE = {"code": "code", "product": "digits", "carton": "digits"}


def drugs(text: str) -> list[dict[str, Json]]:
    """Return the drugs of a table as a knowledge statement has them. Raises TableFault with every fault."""
    found: list[dict[str, Json]] = []
    faults: list[Fault] = []
    seen: dict[tuple[str, str], tuple[int, str]] = {}
    for line, row in read(text, COLUMNS, OPTIONAL):
        of_row = [*_cells(line, row), *_repeated(line, row, seen)]
        of_row += contradictions(line, row, {fault.column for fault in of_row})
        if not of_row:
            found.append(_drug(row))
            of_row = _form(line, found[-1])
        faults += of_row
    if faults:
        raise TableFault(faults)
    return found


def doubts(text: str) -> list[Fault]:
    """Return what a person should look at in a table without faults: nobody can tell whether it is wrong."""
    return [doubt for line, row in read(text, COLUMNS, OPTIONAL) for doubt in doubts_of(line, row)]


def parts(all_drugs: Sequence[dict[str, Json]]) -> list[dict[str, Any]]:
    """Return drafts of governance.knowledge_part, for `rx sign`."""
    return [
        {"type": "governance.knowledge_part", "members": {"drugs": part, "recalls": []}}
        for part in spread(all_drugs)
    ]


def version(name: str, text: str, part_names: Sequence[str]) -> dict[str, Any]:
    """Return the draft of governance.knowledge: a version named for its table and the digest of it.

    In the place of each part's id stands its name: the id is known once the part is signed.
    """
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    named = f"{name[: _VERSION_CHARACTERS_MAX - _DIGITS - 1]}-{digest[:_DIGITS]}"
    return {"type": "governance.knowledge", "members": {"version": named, "parts": [*part_names]}}


def spread(all_drugs: Sequence[dict[str, Json]]) -> list[list[dict[str, Json]]]:
    """Return the drugs in their order, as few parts of them as a knowledge part's limits allow."""
    slices: list[list[dict[str, Json]]] = []
    left = 0
    for drug in all_drugs:
        size = len(strict_json.dumps(drug)) + 1  # and a comma
        if size > left or len(slices[-1]) == PART_DRUGS_MAX:
            slices.append([])
            left = PART_BYTES_MAX
        slices[-1].append(drug)
        left -= size
    return slices


def _is_amount(text: str) -> bool:
    whole, _, fraction = text.partition(".")
    digits = whole.isdecimal() and whole.isascii() and (fraction == "" or fraction.isdecimal())
    return digits and float(text) > 0


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 9


def _is_product(text: str) -> bool:
    return _is_count(text) and len(text) == 7


def _is_unit(text: str) -> bool:
    return text in SMALL_UNITS or text in PACKS or text.lower() in ("mg", "g", "ug", "mcg", "kg")


_CHECKS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "monitored": (lambda text: text in ("0", "1"), "write 0 or 1"),
    "online_forbidden": (lambda text: text in ("0", "1"), "write 0 or 1"),
    "special_storage": (lambda text: text in ("0", "1"), "write 0 or 1"),
    "pregnancy_forbidden": (lambda text: text in ("0", "1"), "write 0 or 1"),
    "strength_amount": (_is_amount, "write a decimal number above 0"),
    "max_dose_amount": (_is_amount, "write a decimal number above 0"),
    "max_dose_per_days": (_is_count, "write a number of days"),
    "strength_unit": (_is_unit, "write a unit of the list: mg, g, ug, U, 片 …"),
    "max_dose_unit": (_is_unit, "write a unit of the list: mg, g, ug, U, 片 …"),
    "unit": (_is_unit, "write a unit of the list: 片, 粒, 支, 袋 …"),
    "sex": (lambda text: text in ("1", "2"), "write 1 (male), 2 (female) or nothing"),
    "age_years_min": (_is_count, "write full years"),
    "age_years_max": (_is_count, "write full years"),
    "units": (_is_count, "write how many units a pack holds"),
    "packs": (_is_count, "write how many packs a carton holds"),
    "product": (_is_product, "write the first seven digits of the trace code"),
    "carton": (_is_product, "write the first seven digits of the trace code"),
}
_NEEDED = ("code", "name", "class", "monitored", "online_forbidden", "product", "units", "unit")
_TOGETHER = (
    ("strength_amount", "strength_unit"),
    ("max_dose_amount", "max_dose_unit", "max_dose_per_days"),
    ("carton", "packs"),
)


def _cells(line: int, row: Mapping[str, str]) -> Iterator[Fault]:
    for name in _NEEDED:
        if not row[name]:
            yield Fault(line, name, "the cell is empty", "every drug has one")
    for name, (holds, fix) in _CHECKS.items():
        if row[name] and not holds(row[name]):
            yield Fault(line, name, f"{row[name]!r} is not of the form", fix)
    for names in _TOGETHER:
        given = [name for name in names if row[name]]
        if given and len(given) < len(names):
            missing = next(name for name in names if not row[name])
            yield Fault(line, missing, f"{given[0]} is given without it", f"give {', '.join(names)} together")


def _repeated(
    line: int, row: Mapping[str, str], seen: dict[tuple[str, str], tuple[int, str]]
) -> Iterator[Fault]:
    for name, kind in _UNIQUE.items():
        if not row[name]:
            continue
        first, column = seen.setdefault((kind, row[name]), (line, name))
        if column != name:
            told = f"{row[name]} stands on line {first} too, in column {column}"
            yield Fault(line, name, told, "packs and cartons have seven digits of their own each")
        elif first != line:
            yield Fault(line, name, f"{row[name]} stands on line {first} too", "one row for each")


def _drug(row: Mapping[str, str]) -> dict[str, Json]:
    found: dict[str, Json] = {
        **{name: row[name] for name in ("code", "name", "class")},
        **{name: row[name] == "1" for name in ("monitored", "online_forbidden")},
        **{name: row[name] for name in ("spec", "form", "sex") if row[name]},
        **{name: int(row[name]) for name in ("age_years_min", "age_years_max") if row[name]},
    }
    if row["strength_amount"]:
        found["strength"] = {"amount": row["strength_amount"], "unit": row["strength_unit"]}
    if row["max_dose_amount"]:
        amount, unit = row["max_dose_amount"], row["max_dose_unit"]
        found["max_dose"] = {"amount": amount, "unit": unit, "per_days": int(row["max_dose_per_days"])}
    if row["indications"]:
        found["indications"] = [one.strip() for one in row["indications"].split(";") if one.strip()]
    if row["special_storage"] == "1":
        found["special_storage"] = True
    found["levels"] = _levels(row)
    return found


def _levels(row: Mapping[str, str]) -> list[Json]:
    pack: Json = {"product": row["product"], "level": 1, "units": int(row["units"]), "unit": row["unit"]}
    if not row["carton"]:
        return [pack]
    return [pack, {"product": row["carton"], "level": 2, "packs": int(row["packs"])}]


def _form(line: int, drug: dict[str, Json]) -> list[Fault]:
    try:
        validate(drug, DRUG)
    except Rejected as error:
        return [Fault(line, error.pointer.strip("/"), error.code, "see the form DRUG in verifier/SPEC.md")]
    return []
