"""Entries and state values have one form, on every interpreter."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import written

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def plainly(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


@given(VALUES)
def test_the_quick_way_writes_what_the_plain_one_does(value: object) -> None:
    assert written.encode(value) == plainly(value)


@pytest.mark.parametrize("make", [None, lambda: None], ids=["none", "made otherwise"])
def test_an_interpreter_without_that_encoder_writes_the_same_bytes(make: Any) -> None:
    value = {"b": [1, "处方", {"z": None, "a": True}], "a": "\u2028"}
    assert "".join(written._chunks(make)(value)).encode("ascii") == plainly(value)


def test_what_json_does_not_have_is_no_value() -> None:
    with pytest.raises(TypeError):
        written.encode({"leaf": b"00"})
