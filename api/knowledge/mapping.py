"""A hospital's or region's own codes onto the national ones, checked when they are loaded (S46).

Columns: local_code, local_name, local_spec, sex, code. A wrong mapping makes an honest prescription look
like a fault of a doctor (a man with 宫腔镜); it is found here, before anything is uploaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from api.knowledge.table import Fault, TableFault, read
from contracts.facts import Json

COLUMNS = ("local_code", "local_name", "local_spec", "sex", "code")
# Dosage forms and salts say little about which drug it is: they are taken off before names are compared.
_FORMS = re.compile(
    "注射液|注射用|软胶囊|胶囊|缓释|控释|肠溶|片|颗粒|粉吸入剂|吸入粉|盐酸|硫酸|磷酸|酒石酸|富马酸|苯磺酸|钠|钙"
)
_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SEX_WORDS = (("男", "1"), ("女", "2"))


def mapping(text: str, drugs: Sequence[Mapping[str, Json]]) -> dict[str, str]:
    """Return the national code of each local code. Raises TableFault with every implausible row."""
    known = {str(drug["code"]): drug for drug in drugs}
    found: dict[str, str] = {}
    faults: list[Fault] = []
    for line, row in read(text, COLUMNS):
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


def _plausible(line: int, row: Mapping[str, str], drug: Mapping[str, Json]) -> Iterator[Fault]:
    name = str(drug["name"])
    if not _alike(row["local_name"], name):
        yield Fault(line, "local_name", f"{row['local_name']!r} is mapped to {name!r}", "compare them")
    wanted = drug.get("sex")
    said = row["sex"] or next((sex for word, sex in _SEX_WORDS if word in row["local_name"]), "")
    if wanted and said and said != wanted:
        yield Fault(
            line, "sex", f"an item for sex {said} is mapped to a drug for sex {wanted}", "correct the code"
        )
    numbers = _NUMBERS.findall(row["local_spec"])
    if numbers and _values(numbers) != _values(_NUMBERS.findall(str(drug.get("spec", "")))):
        told = f"{row['local_spec']!r} against {drug.get('spec', '')!r}"
        yield Fault(line, "local_spec", f"another strength or pack: {told}", "choose the code of this pack")


def _values(numbers: Sequence[str]) -> list[float]:
    return sorted(float(number) for number in numbers)


def _alike(one: str, other: str) -> bool:
    """Whether two drug names share two neighbouring characters besides forms and salts."""
    first, second = (_FORMS.sub("", name) for name in (one, other))
    pairs = {first[at : at + 2] for at in range(len(first) - 1)}
    return first == second or any(second[at : at + 2] in pairs for at in range(len(second) - 1))
