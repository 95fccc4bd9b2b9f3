"""Form of a submission, and that no input leads to anything but facts or a code."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.client.signing import sign
from contracts.errors import Rejected
from contracts.statements import base64url, strict_json, submission
from contracts.statements.authenticate import authenticate
from tests.statements.world import HOSPITAL, edited, issue, new_world, parse_code

_WORLD = new_world()
_DOCTOR = _WORLD.person("D1")
_BODY = issue(_DOCTOR)

ENVELOPES: dict[str, tuple[Any, str]] = {
    "no-payload": (lambda e: e.pop("payload"), "SCHEMA_REQUIRED"),
    "more": (lambda e: e.update(x=1), "SCHEMA_UNKNOWN_FIELD"),
    "payload-kind": (lambda e: e.update(payload=1), "SCHEMA_TYPE"),
    "payload-padded": (lambda e: e.update(payload="QQ=="), "B64_INVALID"),
    "payload-no-object": (lambda e: e.update(payload=base64url.encode(b"[]")), "SCHEMA_TYPE"),
    "payload-syntax": (lambda e: e.update(payload=base64url.encode(b"{")), "JSON_SYNTAX"),
    "payload-large": (
        lambda e: e.update(payload=base64url.encode(b'{"iss":"H","type":"duty.closed"}' + b" " * 60_000)),
        "BODY_TOO_LARGE",
    ),
    "no-type": (lambda e: e.update(payload=base64url.encode(b'{"iss":"H"}')), "SCHEMA_REQUIRED"),
    "unknown-type": (
        lambda e: e.update(payload=base64url.encode(b'{"iss":"H","type":"x.y"}')),
        "SCHEMA_TYPE",
    ),
    "type-list": (lambda e: e.update(payload=base64url.encode(b'{"iss":"H","type":[]}')), "SCHEMA_TYPE"),
    "signatures-kind": (lambda e: e.update(signatures={}), "SCHEMA_TYPE"),
    "nine": (lambda e: e.update(signatures=e["signatures"] * 9), "SCHEMA_LENGTH"),
    "element": (lambda e: e.update(signatures=["x"]), "SCHEMA_TYPE"),
    "element-member": (lambda e: e["signatures"][0].update(jwk={}), "SCHEMA_UNKNOWN_FIELD"),
    "S08-unprotected": (lambda e: e["signatures"][0]["header"].update(jku="x"), "SIG_HEADER_FORBIDDEN"),
    "presence-member": (
        lambda e: e["signatures"][0]["header"]["presence"].update(x="QQ"),
        "SCHEMA_UNKNOWN_FIELD",
    ),
    "presence-short": (
        lambda e: e["signatures"][0]["header"]["presence"].pop("signature"),
        "SCHEMA_REQUIRED",
    ),
    "presence-base64": (
        lambda e: e["signatures"][0]["header"]["presence"].update(signature="="),
        "B64_INVALID",
    ),
    "disclosure-kind": (lambda e: e["signatures"][0]["header"].update(disclosures=[1]), "SCHEMA_TYPE"),
    "disclosure-form": (lambda e: e["signatures"][0]["header"].update(disclosures=["W10"]), "SCHEMA_TYPE"),
    "disclosure-json": (lambda e: e["signatures"][0]["header"].update(disclosures=["Ww"]), "JSON_SYNTAX"),
    "disclosures-many": (
        lambda e: e["signatures"][0]["header"].update(disclosures=["W10"] * 17),
        "SCHEMA_LENGTH",
    ),
}


@pytest.mark.parametrize(("change", "code"), ENVELOPES.values(), ids=ENVELOPES.keys())
def test_envelope(change: Any, code: str) -> None:
    assert parse_code(edited(_BODY, change)) == code


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_one_changed_byte_is_refused_or_means_the_same(data: st.DataObject) -> None:
    body = _BODY
    place = data.draw(st.integers(0, len(body) - 1))
    changed = body[:place] + data.draw(st.binary(min_size=1, max_size=1)) + body[place + 1 :]
    try:
        facts = authenticate(submission.parse(changed), _WORLD.read)
    except Rejected:
        return
    assert facts == authenticate(submission.parse(body), _WORLD.read)


_TREES = st.recursive(
    st.none() | st.integers(0, 9) | st.sampled_from(["", "QQ", "e30", "payload", "W10"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["payload", "signatures", "protected", "signature", "header", "presence", "disclosures"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_TREES)
@settings(max_examples=200, deadline=None)
def test_any_envelope_is_refused_with_a_code(tree: object) -> None:
    with pytest.raises(Rejected):
        submission.parse(json.dumps(tree).encode())


@given(
    st.dictionaries(
        st.sampled_from(["officers", "key", "subject", "role", "signers", "aud", "_sd"]), _TREES, max_size=5
    )
)
@settings(max_examples=150, deadline=None)
def test_any_payload_is_refused_with_a_code(members: dict[str, Any]) -> None:
    for type_ in ("governance.genesis", "registry.key", "registry.authenticator"):
        payload = strict_json.dumps({"iss": HOSPITAL, "type": type_, **members})
        body = sign(payload, [], [_DOCTOR], present=False)
        with pytest.raises(Rejected):
            authenticate(submission.parse(body), _WORLD.read)
        with pytest.raises(Rejected):
            authenticate(submission.parse(body), _WORLD.read, unsigned=True)
