"""The reader's trust file: keys of people that it may pin, and what is wrong with a bad one."""

from __future__ import annotations

import json

import pytest

from tests.verifier.builder import LogBuilder
from tests.verifier.test_sm2 import Sm2Person
from verifier.errors import VerificationError
from verifier.trust import parse_trust

PERSON = Sm2Person("D990000000009", "doctor")


def with_signers(signers: object) -> bytes:
    builder = LogBuilder()
    builder.standard()
    return json.dumps({**json.loads(builder.trust(0)), "signers": signers}).encode()


def test_a_pinned_key_is_found_under_its_kid() -> None:
    trust = parse_trust(with_signers({PERSON.kid: PERSON.public}))
    assert trust.signers == {PERSON.kid: ("SM2-SM3", PERSON.spki)}


@pytest.mark.parametrize(
    "signers",
    [
        {"D990000000009#0000000000000000": PERSON.public},
        {PERSON.kid: {**PERSON.public, "more": 1}},
        {PERSON.kid: {"alg": "SM2-SM3", "spki": "!"}},
        [],
    ],
)
def test_a_key_that_its_kid_does_not_name_is_refused(signers: object) -> None:
    with pytest.raises(VerificationError):
        parse_trust(with_signers(signers))
