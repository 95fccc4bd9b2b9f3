"""Every registry statement made from the cast has the form that the ledger takes."""

from __future__ import annotations

from typing import Any

import pytest

from api.sandbox import registry
from api.sandbox.day import CORPUS, DayError, load
from api.sandbox.registry import Planned
from contracts.statements.schema import validate
from contracts.types import TYPES

CAST = load(CORPUS).cast


def _valid(planned: Planned) -> None:
    form = TYPES[planned.type]
    for name, kind in form.members.items():
        if name.rstrip("?") in planned.members:
            validate(planned.members[name.rstrip("?")], kind, f"/{name}")
        else:
            assert name.endswith("?"), name
    assert set(planned.members) <= {name.rstrip("?") for name in form.members}
    groups = {name.rstrip("?"): kind for name, kind in form.groups.items()}
    for name, value in planned.disclosures.items():
        validate(value, groups[name], f"/{name}")


OFFICE = ("officer", "fund_officer")  # they practise at no site


def test_the_whole_cast_becomes_valid_statements() -> None:
    for planned in registry.organisations(CAST) + registry.knowledge_parts(CAST):
        _valid(planned)
    for each in CAST["people"]:
        _valid(registry.person(each))
        licence = registry.licence(each)
        assert (licence is None) == (each["role"] in OFFICE), each["code"]
        if licence is not None:
            _valid(licence)


@pytest.mark.parametrize(
    ("text", "amount", "unit"), [("5 mg", "5", "mg"), ("0.5g", "0.5", "g"), ("1.34mg/ml", "1.34", "mg")]
)
def test_a_strength_is_read_as_amount_and_unit(text: str, amount: str, unit: str) -> None:
    cast = {"drugs": [{"medListCodg": "X", "strength": text}]}
    drug: Any = registry.knowledge_parts(cast)[0].members["drugs"]
    assert drug[0]["strength"] == {"amount": amount, "unit": unit}


def test_many_drugs_become_several_parts_and_recalls_stand_in_the_first() -> None:
    cast = {
        "drugs": [{"medListCodg": f"X{number}"} for number in range(registry.DRUGS_PER_PART + 1)],
        "recalls": [{"drug": "X1", "lot": "L1"}],
    }
    parts = registry.knowledge_parts(cast)
    assert [len(part.members["drugs"]) for part in parts] == [registry.DRUGS_PER_PART, 1]  # type: ignore[arg-type]
    assert [part.members["recalls"] for part in parts] == [[{"drug": "X1", "lot": "L1"}], []]


def test_people_without_licence_get_no_licence_statement() -> None:
    assert registry.licence({"code": "C1", "role": "courier"}) is None


def test_a_folder_that_is_no_day_is_named(tmp_path: Any) -> None:
    with pytest.raises(DayError, match=r"day\.json"):
        load(tmp_path)
    (tmp_path / "cast.json").write_text("{}")
    step = '{"at":"2026-03-02T00:00:00Z","sender":"P1","message":"DUTY","file":"../x"}'
    (tmp_path / "day.json").write_text(f'{{"steps":[{step}]}}')
    with pytest.raises(DayError):
        load(tmp_path)
