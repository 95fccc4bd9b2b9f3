"""Strict JSON: rows J01 to J15 of the bad-input catalogue, limits, and that nothing else escapes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.errors import Rejected
from contracts.statements import strict_json

ROWS = {
    "J01": (b"", "JSON_EMPTY"),
    "J01-white-space": (b" \n", "JSON_EMPTY"),
    "J02": (b'{"a":', "JSON_SYNTAX"),
    "J03": (b'{"a":1}x', "JSON_TRAILING_DATA"),
    "J04": (b'{"qty":1,"qty":1}', "JSON_DUPLICATE_KEY"),
    "J05": (b'{"a":1,"\\u0061":1}', "JSON_DUPLICATE_KEY"),
    "J06": (b"[" * 33 + b"]" * 33, "JSON_TOO_DEEP"),
    "J07": (b"[" * 100_000, "JSON_TOO_DEEP"),
    "J07-objects": (b'{"a":' * 100_000, "JSON_TOO_DEEP"),
    "J08-nan": (b"NaN", "JSON_NUMBER_INVALID"),
    "J08-infinity": (b"[Infinity]", "JSON_NUMBER_INVALID"),
    "J08-minus": (b"-Infinity", "JSON_NUMBER_INVALID"),
    "J09": (b"1e400", "JSON_NUMBER_INVALID"),
    "J09-huge": (b"1e99999999999999999999", "JSON_NUMBER_INVALID"),
    "J10-float": (b"1.0", "JSON_FLOAT_FORBIDDEN"),
    "J10-exponent": (b"1e2", "JSON_FLOAT_FORBIDDEN"),
    "J10-small": (b"1e-400", "JSON_FLOAT_FORBIDDEN"),
    "J10-minus-zero": (b"-0", "JSON_FLOAT_FORBIDDEN"),
    "J11": (str(2**53).encode(), "JSON_NUMBER_RANGE"),
    "J11-minus": (str(-(2**53)).encode(), "JSON_NUMBER_RANGE"),
    "J12": (b"9" * 5000, "JSON_NUMBER_RANGE"),
    "J13": (b"\xef\xbb\xbf{}", "JSON_ENCODING"),
    "J14": ("{}".encode("utf-16"), "JSON_ENCODING"),
    "J14-without-mark": ('{"a":1}'.encode("utf-16-le"), "JSON_ENCODING"),
    "J14-utf-32": ("{}".encode("utf-32-be"), "JSON_ENCODING"),
    "J15": (b'"\xc0\xaf"', "JSON_ENCODING"),
    "surrogate-bytes": (b'"\xed\xa0\x80"', "JSON_ENCODING"),
    "leading-zero": (b"01", "JSON_TRAILING_DATA"),
    "plus": (b"+1", "JSON_SYNTAX"),
    "single-quote": (b"{'a':1}", "JSON_SYNTAX"),
    "trailing-comma": (b"[1,]", "JSON_SYNTAX"),
    "raw-newline": (b'"a\nb"', "JSON_CONTROL_CHAR"),
    "escaped-nul": (b'"\\u0000"', "JSON_CONTROL_CHAR"),
    "escaped-newline": (b'{"a":"\\n"}', "JSON_CONTROL_CHAR"),
    "delete": (b'"\x7f"', "JSON_CONTROL_CHAR"),
    "c1": ('"\x85"'.encode(), "JSON_CONTROL_CHAR"),
    "lone-surrogate": (b'"\\ud800"', "JSON_UNICODE_INVALID"),
    "bidi": ('"\u202e"'.encode(), "JSON_UNICODE_INVALID"),
    "bidi-escaped": (b'"\\u202e"', "JSON_UNICODE_INVALID"),
    "zero-width": ('"张\u200b三"'.encode(), "JSON_UNICODE_INVALID"),
    "private-use": ('"\ue000"'.encode(), "JSON_UNICODE_INVALID"),
    "unassigned": ('"\u0378"'.encode(), "JSON_UNICODE_INVALID"),
    "variation-selector": ('"葛\U000e0100"'.encode(), "JSON_UNICODE_INVALID"),
    "replacement": ('"\ufffd"'.encode(), "JSON_UNICODE_INVALID"),
    "not-nfc": ('"e\u0301"'.encode(), "JSON_UNICODE_INVALID"),
    "not-nfc-escaped": (b'"e\\u0301"', "JSON_UNICODE_INVALID"),
    "name-not-nfc": ('{"e\u0301":1}'.encode(), "JSON_UNICODE_INVALID"),
    "members": (json.dumps({str(n): n for n in range(1001)}).encode(), "JSON_TOO_MANY_MEMBERS"),
    "long-string": (json.dumps(["x" * 4097]).encode(), "SCHEMA_LENGTH"),
    "long-certificate": (json.dumps({"certificate": "x" * 24_001}).encode(), "SCHEMA_LENGTH"),
}


@pytest.mark.parametrize(("data", "code"), ROWS.values(), ids=ROWS.keys())
def test_refuses(data: bytes, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        strict_json.parse(data)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 32 + b"]" * 32,
        b"[" + b'"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",' * 3 + b"[]]",
        b'["\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["]',
        str(2**53 - 1).encode(),
        b'\r\n{ "a" :\t[ 1 , -5 , true , null ] }\n',
        json.dumps({str(n): n for n in range(1000)}).encode(),
        json.dumps(["x" * 4096]).encode(),
        json.dumps({"certificates": ["x" * 24_000]}).encode(),
        '"𠮷·㎎\u3000é"'.encode(),
        ' {\n"名": "吉" }'.encode(),
    ],
)
def test_takes(data: bytes) -> None:
    assert strict_json.parse(data) == json.loads(data)


def test_entry_form() -> None:
    value = {"b": [1, -2, None, True], "a": "张\U00020bb7/", "B": {}}
    expected = b'{"B":{},"a":"\\u5f20\\ud842\\udfb7/","b":[1,-2,null,true]}'
    assert strict_json.dumps(value) == expected


SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text('abc张é "\\/', max_size=20)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("xyz", max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(VALUES)
@settings(max_examples=150, deadline=None)
def test_reads_what_it_writes(value: object) -> None:
    written = strict_json.dumps(value)
    assert strict_json.parse(written) == value
    assert strict_json.dumps(strict_json.parse(written)) == written


@given(
    st.binary(max_size=60) | st.text('{}[]",:0123456789.eE+-truefalsn\\u \u0301', max_size=60).map(str.encode)
)
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_taken_or_refused(data: bytes) -> None:
    try:
        value = strict_json.parse(data)
    except Rejected:
        return
    assert json.loads(data) == value
