"""Personal numbers in public members: what a look at the whole payload passes over holds none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Rejected
from contracts.statements import pii
from contracts.statements.schema import Record, Text

KIND = Record({"said": Text(), "at?": Text()})
MOBILE = "13812345678"
RESIDENT = "11010519491231002X"


def is_refused(text: str) -> bool:
    payload: dict[str, str] = {"said": text}
    try:
        pii.check(dict(payload), KIND, json.dumps(payload, ensure_ascii=False).encode())
    except Rejected as refusal:
        assert (refusal.code, refusal.pointer) == ("PII_IN_PUBLIC_FIELD", "/said")
        return True
    return False


@given(st.text("0123456789Xx1a 张", max_size=40) | st.sampled_from((MOBILE, RESIDENT)))
def test_the_quick_look_passes_over_no_number(text: str) -> None:
    for said in (text, f"a{text}", f"{text}号", f"{text} {MOBILE}", f"{RESIDENT},{text}"):
        assert is_refused(said) == pii.is_personal(said)


@pytest.mark.parametrize(
    "text",
    [MOBILE, f"a{MOBILE}b", RESIDENT, RESIDENT.lower(), f"号{RESIDENT}", "110101199003070011"],
)
def test_a_personal_number_is_found_wherever_it_stands(text: str) -> None:
    assert is_refused(text)


@pytest.mark.parametrize(
    "text",
    ["H33010600123", "23812345678", f"{MOBILE}0", f"0{MOBILE}", "110105194912310020", f"1{RESIDENT}"],
    ids=["institution", "no mobile", "longer", "begun before", "check digit", "nineteen"],
)
def test_a_number_that_only_looks_like_one_is_let_pass(text: str) -> None:
    assert not is_refused(text)


def test_a_number_behind_an_escape_is_found() -> None:
    said = "\\u0031" + MOBILE[1:]
    with pytest.raises(Rejected):
        pii.check({"said": MOBILE}, KIND, f'{{"said":"{said}"}}'.encode())
