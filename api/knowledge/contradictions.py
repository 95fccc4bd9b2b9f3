"""What the cells of one drug say against each other, or cannot mean (S46).

A contradiction that is loaded accuses nobody and protects nobody: the rules that would compare the two are
silent, or an honest sale is refused. What a text does not say for certain is no fault, at most a doubt.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from api.knowledge.classes import known_classes, meant_class
from api.knowledge.rows import Fault
from contracts.quantity import PACKS, SMALL_UNITS, amount_of, comparable

Cells = Mapping[str, str]
# Western and Chinese patent medicine (china-domain §5), herbs, a hospital's own preparation: XSLY-2025-0001.
_CODE = re.compile(
    r"X[A-Z][0-9]{2}[0-9A-Z]{19}|Z[A-Z][0-9]{2}[0-9A-Z]{16}|T[0-9A-Z]{5,}|[A-Z]{2,}(?:-[0-9A-Z]+)+"
)
# C, E11, J18.9, M8000/0, and codes of Chinese medicine: as rules compare them, in capitals.
_DIAGNOSIS = re.compile(r"[A-Z]{1,3}(?:[0-9][0-9A-Z.+*/]*)?")
_COUNTED = "|".join(dict.fromkeys(unit for unit in (*SMALL_UNITS, *PACKS) if not unit.isascii()))
# 0.5g*60片, 60片, 0.5g*60片/盒. Others (1.34mg/ml,1.5ml*1支; 12片*2板) have more than one meaning.
_SPEC = re.compile(
    r"(?:(?P<amount>[0-9]{1,9}(?:\.[0-9]{1,6})?)(?P<unit>ug|mcg|mg|g|kg|ml|iu|u|微克|毫克|克|单位)\*)?"
    rf"(?P<count>[0-9]{{1,9}})(?P<counted>{_COUNTED})(?:/盒)?",
    re.IGNORECASE,
)
_SIGNS = str.maketrans({"μ": "u", "×": "*", "x": "*", "X": "*", " ": ""})


def contradictions(line: int, row: Cells, wrong: AbstractSet[str]) -> Iterator[Fault]:
    """Yield what a row cannot mean, of those of its cells that are given and not among the `wrong` ones."""
    for columns, check in _CHECKS:
        if wrong.isdisjoint(columns) and all(row[name] for name in columns):
            yield from check(line, row)


def doubts_of(line: int, row: Cells) -> Iterator[Fault]:
    """Yield what a person should look at in a row without faults."""
    if row["class"] not in known_classes():
        fix = "compare it with the rulebook: its bans go by the class"
        yield Fault(line, "class", f"no rule pack of the product names class {row['class']}", fix)
    if row["max_dose_amount"] and not row["strength_amount"]:
        told = "a highest dose without a strength: days covered are not counted"
        yield Fault(line, "strength_amount", told, "give the strength of one unit")
    read = _spec(row)
    if row["spec"] and (read is None or read["counted"] != row["unit"]):
        told = "the text is not compared with strength and units"
        yield Fault(line, "spec", told, "look at it; 0.5g*60片 is a text that is compared")


def _code(line: int, row: Cells) -> Iterator[Fault]:
    if not _CODE.fullmatch(row["code"]):
        fix = "X and 22 characters, Z and 19 (Chinese patent medicine), or T (herbs)"
        yield Fault(line, "code", f"{row['code']!r} has not the form of a national code", fix)


def _class(line: int, row: Cells) -> Iterator[Fault]:
    meant = "" if row["class"] in known_classes() else meant_class(row["class"])
    if meant:
        told = f"class {row['class']} is unknown: no ban or limit would hold for it"
        yield Fault(line, "class", told, f"write {meant}, or another name for a class of your own")


def _diagnoses(line: int, row: Cells) -> Iterator[Fault]:
    for one in row["indications"].split(";"):
        if one.strip() and not _DIAGNOSIS.fullmatch(one.strip()):
            told = f"{one.strip()!r} is the beginning of no diagnosis code"
            yield Fault(line, "indications", told, "beginnings of ICD-10 codes in capitals: E11;R52.1")


def _ages(line: int, row: Cells) -> Iterator[Fault]:
    low, high = row["age_years_min"], row["age_years_max"]
    if int(low) > int(high):
        fix = "exchange the two ages, or leave out the one that is no limit"
        yield Fault(line, "age_years_max", f"from {low} years up to {high} years is nobody", fix)


def _dose(line: int, row: Cells) -> Iterator[Fault]:
    dose, strength = row["max_dose_unit"], row["strength_unit"]
    if not comparable(dose, strength):
        told = f"a dose in {dose} cannot be compared with a strength in {strength}"
        yield Fault(line, "max_dose_unit", told, "give both in one unit, or both as a mass")


def _units(line: int, row: Cells) -> Iterator[Fault]:
    read = _spec(row)
    if read is not None and read["counted"] == row["unit"] and int(read["count"]) != int(row["units"]):
        told = f"{row['units']} {row['unit']} against the pack {row['spec']!r}"
        yield Fault(line, "units", told, "correct the one that is wrong")


def _strength(line: int, row: Cells) -> Iterator[Fault]:
    read = _spec(row)
    if read is None or not read["unit"] or not comparable(read["unit"], row["strength_unit"]):
        return  # a strength of 1 片 says nothing of the weight
    told = {"amount": row["strength_amount"], "unit": row["strength_unit"]}
    if amount_of({"amount": read["amount"], "unit": read["unit"]}) != amount_of(told):
        reason = f"strength {told['amount']} {told['unit']} against the pack {row['spec']!r}"
        yield Fault(line, "strength_amount", reason, "correct the one that is wrong")


def _spec(row: Cells) -> re.Match[str] | None:
    """The text of the pack in its parts, None where it has not the one form that has one meaning."""
    return _SPEC.fullmatch(unicodedata.normalize("NFKC", row["spec"]).translate(_SIGNS))


_CHECKS: tuple[tuple[tuple[str, ...], Callable[[int, Cells], Iterator[Fault]]], ...] = (
    (("code",), _code),
    (("class",), _class),
    (("indications",), _diagnoses),
    (("age_years_min", "age_years_max"), _ages),
    (("strength_unit", "max_dose_unit"), _dose),
    (("spec", "units", "unit"), _units),
    (("spec", "strength_amount", "strength_unit"), _strength),
)
