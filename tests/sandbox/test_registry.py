"""Every registry statement made from the cast has the form that the ledger takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.knowledge.table import PART_DRUGS_MAX
from api.sandbox import registry
from api.sandbox.day import CORPUS, Day, DayError, cast_in, load
from api.sandbox.registrar import CastRefused
from api.sandbox.registry import Planned
from contracts.statements.schema import validate
from contracts.types import TYPES
from tests.sandbox.memory import play_day

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
        "drugs": [{"medListCodg": f"X{number}"} for number in range(PART_DRUGS_MAX + 1)],
        "recalls": [{"drug": "X1", "lot": "L1"}],
    }
    parts = registry.knowledge_parts(cast)
    assert [len(part.members["drugs"]) for part in parts] == [PART_DRUGS_MAX, 1]  # type: ignore[arg-type]
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


STEP = {"at": "2026-03-02T00:00:00Z", "sender": "P99000000001", "message": "DUTY", "file": "1.json"}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ([STEP | {"file": "2.json"}], r"step 1: .*2\.json"),
        ([STEP, STEP | {"step": 1}], "step 1 stands there more than once"),
        ([{name: value for name, value in STEP.items() if name != "sender"}], "step 1: 'sender' is missing"),
        ([STEP | {"at": "noon"}], "step 1: .*noon"),
        ([STEP | {"signers": [7]}], r"step 1: \[7\] is not a list of texts"),
        ([STEP | {"expect": {"outcome": "refused", "codes": {}}}, 3], "step 2: "),
        ([STEP | {"step": 7}, 3], "step 2: "),
    ],
)
def test_whoever_writes_a_day_is_told_which_step_cannot_be_read(
    tmp_path: Path, changed: list[Any], told: str
) -> None:
    """A missing file was told without its name, and two steps of one number were counted as one."""
    (tmp_path / "cast.json").write_text(json.dumps(dict(CAST)))
    (tmp_path / "1.json").write_text("{}")
    (tmp_path / "day.json").write_text(json.dumps({"steps": changed}))
    with pytest.raises(DayError, match=told):
        load(tmp_path)


def test_one_text_is_a_list_of_one(tmp_path: Path) -> None:
    """Codes as one text were compared letter by letter, and each letter of a code signed."""
    (tmp_path / "cast.json").write_text(json.dumps(dict(CAST)))
    (tmp_path / "1.json").write_text("{}")
    step = STEP | {"signers": "YS1", "expect": {"outcome": "refused", "codes": "KEY_UNKNOWN"}}
    (tmp_path / "day.json").write_text(json.dumps({"steps": [step, STEP | {"signers": None}]}))
    first, second = load(tmp_path).steps
    assert (first.signers, first.expect["codes"]) == (("YS1",), ["KEY_UNKNOWN"])
    assert (second.signers, second.expect) == ((), {})


def test_whoever_writes_a_cast_is_told_whose_key_nobody_can_make(tmp_path: Path) -> None:
    person = CAST["people"][0] | {"keyAlgorithm": "RSA"}
    (tmp_path / "cast.json").write_text(json.dumps(dict(CAST) | {"people": [person]}))
    with pytest.raises(DayError, match=f"keyAlgorithm of {person['code']} is not ES256 or SM2-SM3"):
        cast_in(tmp_path / "cast.json")


@pytest.mark.parametrize(
    ("person", "told"),
    [
        ({"validTo": "20271231"}, "registry.licence {code}: TIME_FORMAT"),
        ({"sites": ["P99000000099"]}, "registry.licence {code}: CODE_UNKNOWN"),
    ],
)
def test_whoever_writes_a_cast_is_told_whose_record_the_ledger_refused(
    tmp_path: Path, person: dict[str, Any], told: str
) -> None:
    """Only the code of the refusal was told: not which of fifty people, nor which member."""
    changed = CAST["people"][0] | person
    day = Day(load(CORPUS).steps[:1], dict(CAST) | {"people": [changed]})
    with pytest.raises(CastRefused, match=told.format(code=changed["code"])):
        play_day(day, tmp_path)


def test_a_member_of_the_cast_that_is_null_is_one_that_is_not_there() -> None:
    nobody = {"validFrom": None, "validTo": None, "scope": None}
    assert registry.licence(CAST["people"][0] | nobody) == registry.licence(
        {name: value for name, value in CAST["people"][0].items() if name not in nobody}
    )
