"""The verifier's own base64url and CBOR (RFC 4648 §5, RFC 8949): one text, one value, or refused."""

from __future__ import annotations

import pytest

from tests.verifier.kit import cbor as written
from verifier import base64url, cbor
from verifier.errors import FORM, VerificationError

# RFC 4648 §10, unpadded.
TEXTS = {"": b"", "Zg": b"f", "Zm8": b"fo", "Zm9v": b"foo", "Zm9vYg": b"foob", "Zm9vYmFy": b"foobar"}


@pytest.mark.parametrize(("text", "data"), [*TEXTS.items(), ("-_8", b"\xfb\xff")])
def test_base64url_is_read_and_written(text: str, data: bytes) -> None:
    assert base64url.decode(text) == data
    assert base64url.encode(data) == text


@pytest.mark.parametrize("text", ["Zg==", "Zm8=", "Zm 8", "Zm8\n", "+_8", "-/8", "Zm９", "Zg.", "Z"])
def test_text_that_is_no_base64url_is_refused(text: str) -> None:
    with pytest.raises(VerificationError, match="base64url is malformed") as refused:
        base64url.decode(text)
    assert refused.value.step == FORM


@pytest.mark.parametrize("text", ["Zh", "Zm9", "_-9"])
def test_a_second_text_of_the_same_bytes_is_refused(text: str) -> None:
    """Else one signature has two spellings, and one entry two leaves."""
    with pytest.raises(VerificationError, match="not canonical"):
        base64url.decode(text)


# RFC 8949 appendix A, as far as an attestation needs it.
VALUES = {
    "00": 0,
    "17": 23,
    "1818": 24,
    "18ff": 255,
    "190100": 256,
    "19ffff": 65_535,
    "1a00010000": 65_536,
    "1affffffff": 4_294_967_295,
    "1b0000000100000000": 4_294_967_296,
    "20": -1,
    "3863": -100,
    "f4": False,
    "f5": True,
    "f6": None,
    "40": b"",
    "4401020304": b"\x01\x02\x03\x04",
    "60": "",
    "62c3bc": "ü",
    "80": [],
    "83010203": [1, 2, 3],
    "a0": {},
    "a201020304": {1: 2, 3: 4},
    "a26161016162820203": {"a": 1, "b": [2, 3]},
}


@pytest.mark.parametrize(("data", "value"), VALUES.items())
def test_cbor_is_read(data: str, value: cbor.Cbor) -> None:
    assert cbor.decode(bytes.fromhex(data)) == value


def test_where_a_value_ends_is_told() -> None:
    assert cbor.decode_prefix(b"\xff\x83\x01\x02\x03\x00", 1) == ([1, 2, 3], 5)


MALFORMED = {
    "nothing": "",
    "more than a value": "0000",
    "a number in more bytes than it needs": "1817",
    "in two for one": "1900ff",
    "in four for two": "1a0000ffff",
    "in eight for four": "1b00000000ffffffff",
    "a number cut off": "18",
    "of two bytes": "1901",
    "bytes cut off": "420a",
    "text cut off": "6161"[:2],
    "text that is no UTF-8": "61ff",
    "a list cut off": "8201",
    "a map cut off": "a101",
    "a map without a member": "a1",
    "a list of more than there is": "9a7fffffff01",
    "a map of more than there is": "ba7fffffff0101",
    "a name twice": "a201010102",
    "a name that is true": "a1f501",
    "a name that is bytes": "a1414101",
    "a name that is a list": "a18001",
    "an indefinite length": "9f01ff",
    "a reserved length": "1c",
    "a reserved length with as many bytes behind": "1c" + "ff" * 16,
    "a tag": "c001",
    "undefined": "f7",
    "a float": "f93c00",
    "a simple value of two bytes": "f820",
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED.keys())
def test_cbor_that_is_not_in_its_shortest_form_or_whole_is_refused(data: str) -> None:
    with pytest.raises(VerificationError, match="CBOR is malformed") as refused:
        cbor.decode(bytes.fromhex(data))
    assert refused.value.step == FORM


@pytest.mark.parametrize(("levels", "is_read"), [(8, True), (9, False)])
def test_cbor_is_nested_eight_deep_at_most(levels: int, is_read: bool) -> None:
    data = b"\x81" * levels + written(0)
    if is_read:
        assert cbor.decode(data)
        return
    with pytest.raises(VerificationError, match="CBOR is malformed"):
        cbor.decode(data)
