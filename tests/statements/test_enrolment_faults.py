"""Admission and verifier refuse the same attestations, each for what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.errors import Rejected
from contracts.statements import enrolment
from contracts.statements.presence import RelyingParty
from tests.verifier.attestations import DATA, FAULTS, MAKER, MODEL, UNKNOWN, attested, credential_of, signed
from tests.verifier.kit import AAGUID, AAGUID_TEXT, ORIGIN, Authenticator

ROOT = enrolment.AttestationRoot(AAGUID_TEXT, MAKER.der)


def enrolled(device: Authenticator, **knobs: Any) -> enrolment.Enrolled:
    site = RelyingParty(device.rp_id, (device.origin,))
    return enrolment.verify(*attested(device, **knobs), enrolment.challenge(ORIGIN, "D1"), site, [ROOT])


@pytest.mark.parametrize(("knobs", "reason", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_no_authenticator_is_enrolled_with(knobs: dict[str, Any], reason: str, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        enrolled(credential_of(16), **knobs)
    assert refused.value.code == code, reason


@pytest.mark.parametrize("length", [1, 1023])
def test_a_credential_id_has_1_to_1023_bytes(length: int) -> None:
    assert enrolled(credential_of(length)).credential_id == b"\x07" * length


@pytest.mark.parametrize("length", [0, 1024])
def test_another_length_of_a_credential_id_is_none(length: int) -> None:
    with pytest.raises(Rejected) as refused:
        enrolled(credential_of(length))
    assert refused.value.code == DATA


def test_a_certificate_may_name_its_model_and_say_what_nobody_must_understand() -> None:
    assert enrolled(credential_of(16), **signed(MODEL, b"\x04\x10" + AAGUID, False))
    assert enrolled(credential_of(16), **signed(UNKNOWN, b"\x05\x00", False))
