"""A hospital's or region's own codes onto the national ones, checked when they are loaded (S46).

Columns: local_code, local_name, local_spec, sex, code, and, where wanted, confirmed. A wrong mapping makes
an honest prescription look like a fault of a doctor (a man with 宫腔镜); it is found here, before anything
is uploaded. A brand name cannot be compared: `confirmed` tells who compared it, and on which day.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from api.knowledge.table import Fault, TableFault, read
from contracts.facts import Json
from contracts.parameters import DEFAULTS

COLUMNS = ("local_code", "local_name", "local_spec", "sex", "code")
CONFIRMED = "confirmed"
_PLACEHOLDERS = DEFAULTS["placeholders"]
_NOBODY = tuple(str(word) for word in _PLACEHOLDERS) if isinstance(_PLACEHOLDERS, list) else ()
# A generic name and what a hospital may leave out of it; so are words in brackets.
_NAME = re.compile(
    "(?P<powder>注射用)?"
    "(?P<salt>盐酸|硫酸氢|硫酸|磷酸|酒石酸|富马酸|琥珀酸|苯磺酸|甲磺酸|乙磺酸|马来酸|枸橼酸)?"
    "(?P<name>.+?)"
    "(?P<base>钠|钙|钾)?"
    "(?P<form>(?:缓释|控释|肠溶|软|分散|口服|咀嚼)*(?:注射液|胶囊|片|颗粒|溶液|粉吸入剂|吸入粉))?"
)
_BRACKETS = re.compile(r"\(([^)]*)\)")
_NUMBERS = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(kg|mg|ug|mcg|g|微克|毫克|克)?", re.IGNORECASE)
_MILLIGRAMS = {"kg": 1e6, "g": 1e3, "克": 1e3, "mg": 1.0, "毫克": 1.0, "ug": 1e-3, "mcg": 1e-3, "微克": 1e-3}
_FIX_NAME = f"correct the code; where it is a brand name, say in {CONFIRMED} who compared them and when"
_SEX_WORDS = (("男", "1"), ("女", "2"))


def mapping(text: str, drugs: Sequence[Mapping[str, Json]]) -> dict[str, str]:
    """Return the national code of each local code. Raises TableFault with every implausible row."""
    known = {str(drug["code"]): drug for drug in drugs}
    found: dict[str, str] = {}
    faults: list[Fault] = []
    for line, row in read(text, COLUMNS, (CONFIRMED,)):
        faults += _row(line, row, known, found)
        found[row["local_code"]] = row["code"]
    if faults:
        raise TableFault(faults)
    return found


def _row(
    line: int, row: Mapping[str, str], known: Mapping[str, Mapping[str, Json]], earlier: Mapping[str, str]
) -> Iterator[Fault]:
    if not row["local_code"]:
        yield Fault(line, "local_code", "the cell is empty", "every row maps one local code")
    if row["local_code"] in earlier and earlier[row["local_code"]] != row["code"]:
        other = earlier[row["local_code"]]
        yield Fault(line, "code", f"the local code was mapped to {other} before", "keep one of the two rows")
    drug = known.get(row["code"])
    if drug is None:
        yield Fault(line, "code", f"{row['code']!r} is not in the drug table", "correct the code")
        return
    yield from _plausible(line, row, drug)
    names = (str(other["name"]) for other in known.values())
    is_other = any(_alike(row["local_name"], each) and not _alike(each, str(drug["name"])) for each in names)
    if is_other and row[CONFIRMED]:  # a brand's name is nobody's generic one: this is no brand
        told = f"{row['local_name']!r} is another drug of the table, and is mapped to {drug['name']!r}"
        yield Fault(line, "local_name", told, "correct the code: nobody can confirm that two drugs are one")


def _plausible(line: int, row: Mapping[str, str], drug: Mapping[str, Json]) -> Iterator[Fault]:
    name, confirmed = str(drug["name"]), row[CONFIRMED]
    if confirmed and not _is_confirmation(confirmed):
        yield Fault(line, CONFIRMED, f"{confirmed!r} is not who and when", "for instance: HY0001 2026-03-01")
    if not confirmed and not _alike(row["local_name"], name):
        told = f"{row['local_name']!r} is mapped to {name!r}"
        yield Fault(line, "local_name", told, _FIX_NAME)
    wanted = drug.get("sex")
    said = row["sex"] or next((sex for word, sex in _SEX_WORDS if word in row["local_name"]), "")
    if wanted and said and said != wanted:
        yield Fault(
            line, "sex", f"an item for sex {said} is mapped to a drug for sex {wanted}", "correct the code"
        )
    numbers = _values(row["local_spec"])
    if numbers and numbers != _values(str(drug.get("spec", ""))):
        told = f"{row['local_spec']!r} against {drug.get('spec', '')!r}"
        yield Fault(line, "local_spec", f"another strength or pack: {told}", "choose the code of this pack")


def _values(spec: str) -> list[float]:
    """The numbers of a specification in order of size; of masses the milligrams: 0.5 g is 500 mg."""
    found = _NUMBERS.findall(unicodedata.normalize("NFKC", spec).replace("μ", "u"))
    return sorted(round(float(number) * _MILLIGRAMS.get(unit.lower(), 1.0), 6) for number, unit in found)


def _is_confirmation(text: str) -> bool:
    who, _, day = text.rpartition(" ")
    try:
        confirmed = date.fromisoformat(day)
        # By tomorrow: it may be that already where the table was made.
        is_past = confirmed <= date.today() + timedelta(days=1)
        return is_past and who.strip().lower() not in ("", *_NOBODY) and confirmed.isoformat() == day
    except ValueError:
        return False


def _alike(one: str, other: str) -> bool:
    """Whether two generic names are one: salt, form and brackets may be left out, but not changed."""
    first, second = _named(one), _named(other)
    if first["name"] != second["name"]:
        return False
    return all(first[part] == second[part] for part in first if first[part] and second[part])


def _named(text: str) -> dict[str, str]:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    found = _NAME.fullmatch(_BRACKETS.sub("", plain))
    parts = {part: (found and found[part]) or "" for part in _NAME.groupindex}
    powder = parts.pop("powder")
    return {**parts, "form": powder or parts["form"], "brackets": "".join(_BRACKETS.findall(plain))}
