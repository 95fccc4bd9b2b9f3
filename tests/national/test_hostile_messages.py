"""Bytes that are no message, and messages with values that nobody would send."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.national import Context, MessageError, convert
from api.sandbox.day import CORPUS, load
from tests.national.builders import EverythingKnown, drafted

DAY = load(CORPUS)
CONTEXT = Context(EverythingKnown(), ("YS990000000001",))


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"a":1,"a":2}', b"\xff\xfe", b'{"a":NaN}', b"[" * 100_000, b'{"selinfo":3}']
)
def test_hostile_bytes_are_a_message_error_and_nothing_else(body: bytes) -> None:
    for kind in ("D001", "7206", "3503", "DUTY"):
        with pytest.raises(MessageError):
            drafted(kind, body)


@pytest.mark.parametrize("body", [b"", b" \n\t"])
def test_j01_an_empty_message_is_called_so(body: bytes) -> None:
    with pytest.raises(MessageError) as raised:
        drafted("D001", body)
    assert raised.value.code == "JSON_EMPTY"


def test_any_json_is_a_draft_or_a_message_error() -> None:
    odd: list[Any] = [None, True, 0, 1.5, "", "x", [], [1], {}, {"a": 1}, [[{}]], "{}", "{"]
    for step in DAY.steps[:20]:
        message = json.loads(step.message)
        for name in message:
            for value in odd:
                try:
                    convert(step.kind, json.dumps(message | {name: value}).encode(), CONTEXT)
                except MessageError:
                    continue
