"""The verifier's own base64url and CBOR (RFC 4648 §5, RFC 8949): one text, one value, or refused."""

from __future__ import annotations

import pytest

from tests.verifier.cbor_vectors import MALFORMED, VALUES
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


@pytest.mark.parametrize(("data", "value"), VALUES.items())
def test_cbor_is_read(data: str, value: cbor.Cbor) -> None:
    assert cbor.decode(bytes.fromhex(data)) == value


def test_where_a_value_ends_is_told() -> None:
    assert cbor.decode_prefix(b"\xff\x83\x01\x02\x03\x00", 1) == ([1, 2, 3], 5)


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
