"""Strict JSON: what the standard library lets pass and a signature must not."""

from __future__ import annotations

import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier import base64url
from verifier.cbor import decode as decode_cbor
from verifier.errors import VerificationError
from verifier.strict_json import canonical, parse


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"a":',
        '{"a":1}x',
        '{"a":1,"a":2}',
        '{"a":1,"\\u0061":2}',
        "[" * 33 + "]" * 33,
        "[" * 100_000,
        "NaN",
        "-Infinity",
        "1e400",
        "1.0",
        "1e2",
        "-0",
        "9007199254740992",
        "1" * 5000,
        "\ufeff{}",
        '"\x7f"',
        '"\\u0000"',
        '"\\ud800"',
        '"\u202e"',
        '"\u200b"',
        '"\u00ad"',
        '"\u0600"',
        '"\U000110bd"',
        '"\U0001d173"',
        '"\ufe0f"',
        '"\u3164"',
        '"\ue000"',
        '"e\u0301"',
        '"' + "a" * 4097 + '"',
        "{" + ",".join(f'"{number}":1' for number in range(1001)) + "}",
        "01",
        "'a'",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(VerificationError):
        parse(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("data", [b"\xff\xfe{\x00}\x00", b'"\xc0\xaf"', b'"\xed\xa0\x80"'])
def test_bytes_that_are_not_utf8_are_refused(data: bytes) -> None:
    with pytest.raises(VerificationError):
        parse(data)


def test_limits_are_inclusive() -> None:
    assert parse(("[" * 32 + "]" * 32).encode()) is not None
    assert parse(b"9007199254740991") == 2**53 - 1
    assert parse(('"' + "a" * 4096 + '"').encode())
    assert parse(('{"attestation_object":"' + "a" * 24_000 + '"}').encode())
    assert parse('"张三·〇㐀𠮷"'.encode())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=64))
def test_hostile_bytes_raise_nothing_else(data: bytes) -> None:
    for read in (parse, decode_cbor):
        with suppress(VerificationError):
            read(data)


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text("abcä中", max_size=5),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.text("xyz", max_size=3), inner, max_size=3),
        max_leaves=10,
    )
)
def test_canonical_form_is_read_back(value: object) -> None:
    data = canonical(value)  # type: ignore[arg-type]
    assert parse(data) == value
    assert data.isascii()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=40))
def test_base64url_has_one_text(data: bytes) -> None:
    text = base64url.encode(data)
    assert base64url.decode(text) == data
    for other in (text + "=", text + "\n", " " + text, text + "A" * (5 - len(text) % 4)):
        if other != text:
            with suppress(VerificationError):
                assert base64url.encode(base64url.decode(other)) == other


def test_no_name_is_signed_with_a_letter_that_nobody_sees() -> None:
    """A soft hyphen, a blank filler or a variation selector makes a second name of the same look (SPEC 2)."""
    hidden = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    listed = "34f 115f 1160 17b4 17b5 180b 180c 180d 180f 2800 3164 fe00 fe0f ffa0 fffc fffd 1d159 e0100"
    unseen = {chr(int(code, 16)) for code in listed.split()}
    unseen |= {chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in hidden}
    unseen -= set(map(chr, range(0x13439, 0x13440)))  # assigned after Unicode 14.0: a verifier may allow them
    for letter in unseen:
        with pytest.raises(VerificationError):
            parse(f'"{letter}"'.encode("utf-8", "surrogatepass"))
