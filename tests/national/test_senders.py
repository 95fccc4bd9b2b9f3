"""A message is its sender's own: who files what names somebody else files nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.national import Context, Draft, MessageError, convert
from tests.national.builders import EverythingKnown, day_message

HOSPITAL, PHARMACY, OTHER = "H99000000001", "P99000000001", "P99000000002"


def _convert(kind: str, message: dict[str, Any], sender: str) -> Draft:
    signers = ("YS990000000001", "YS990000000002")
    return convert(kind, json.dumps(message).encode(), Context(EverythingKnown(), signers, sender=sender))


SENT = [
    ("D001", "009-d001.json", "mdtrtinfo/fixmedinsCode"),
    ("D003", "010-d003.json", "fixmedinsCode"),
    ("7204", "012-7204.json", "fixmedins_code"),
    ("7206", "013-7206.json", "fixmedins_code"),
    ("3505A", "014-3505a.json", "fixmedins_code"),
    ("2207", "015-2207.json", "fixmedins_code"),
]


@pytest.mark.parametrize(("kind", "name", "field"), SENT)
def test_a_message_of_another_institution_is_not_the_senders_act(kind: str, name: str, field: str) -> None:
    """A sale of the shop next door, sent by mistake, was a sale of the sender's."""
    message = day_message(name)
    own = HOSPITAL if kind.startswith("D") else PHARMACY
    assert _convert(kind, message, own).type
    assert _convert(kind, message, "").type, "whoever only converts has no sender"
    with pytest.raises(MessageError) as raised:
        _convert(kind, message, OTHER)
    assert (raised.value.code, raised.value.field) == ("TENANT_MISMATCH", field)
    assert "another institution" in raised.value.sentence() and "报送机构" in raised.value.sentence("zh")


@pytest.mark.parametrize(
    ("kind", "name", "sender"),
    [("2207", "015-2207.json", "F99000000001"), ("7205", "016-7205.json", "K99000000001")],
)
def test_a_fund_and_a_courier_tell_of_the_shop(kind: str, name: str, sender: str) -> None:
    """They may, by ROLES.md, and were told that the shop is another institution."""
    assert _convert(kind, day_message(name), sender).type


def test_a_code_in_small_letters_is_the_same_institution() -> None:
    message = day_message("013-7206.json") | {"fixmedins_code": PHARMACY.lower()}
    assert _convert("7206", message, PHARMACY).type


@pytest.mark.parametrize("named", ["", " ", None])
def test_a_message_that_names_no_institution_is_the_senders(named: str | None) -> None:
    message = day_message("013-7206.json") | {"fixmedins_code": named}
    assert _convert("7206", message, OTHER).type == "dispensing.dispensed"


def test_what_a_download_answered_may_name_the_hospital() -> None:
    message = day_message("011-7203.json")
    del message["fixmedins_code"]
    assert _convert("7203", message | {"output": {"fixmedinsCode": HOSPITAL}}, PHARMACY).type
