"""A tag is what its description says: the same for ever, whatever makes it fast."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from ledger.errors import NotALedger
from ledger.tags import TagKeys, key_id

NEW, OLD = b"n" * 32, b"o" * 40
KEYS = TagKeys({"people": (NEW, OLD), "codes": (OLD,)})


@pytest.mark.parametrize(("kind", "keys"), [("people", (NEW, OLD)), ("codes", (OLD,))])
@pytest.mark.parametrize("value", ["", "990000199001010018", "药" * 5_000])
def test_a_tag_is_the_keyed_hash_of_kind_and_value(kind: str, keys: tuple[bytes, ...], value: str) -> None:
    message = kind.encode() + b"\x00" + value.encode()
    expected = tuple(f"{key_id(key)}.{hmac.new(key, message, hashlib.sha256).hexdigest()}" for key in keys)
    assert KEYS.tag(kind, value) == expected
    assert KEYS.tag(kind, value) == expected, "a value leaves nothing behind in the keyed state"


@pytest.mark.parametrize("people", [(), (b"",), (b"n" * 31,), (NEW, b"short")])
def test_a_missing_or_short_key_is_refused(people: tuple[bytes, ...]) -> None:
    with pytest.raises(NotALedger):
        TagKeys({"people": people, "codes": (OLD,)})
