"""Enrolment of an authenticator (SPEC 5.5): whatever is wrong with an attestation, it vouches for nothing."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from tests.verifier.attestations import FAULTS, MAKER, MODEL, UNKNOWN, attested, credential_of, signed
from tests.verifier.kit import AAGUID, AAGUID_TEXT, ORIGIN, Authenticator
from verifier.attestation import Credential, Root, challenge, check_enrolment
from verifier.base64url import encode
from verifier.errors import SIGNATURE, VerificationError
from verifier.presence import RelyingParty

ROOT = Root(AAGUID_TEXT, MAKER.der, True)


def enrolled(device: Authenticator | None = None, whole: Any = None, **knobs: Any) -> Credential:
    device = device or credential_of(16)
    attestation, client_data = attested(device, whole, **knobs)
    site = RelyingParty(device.rp_id, (device.origin,))
    return check_enrolment(attestation, client_data, challenge(ORIGIN, "D1"), site, [ROOT])


def test_a_packed_attestation_to_a_listed_root_enrols_its_key() -> None:
    device = credential_of(16)
    assert enrolled(device).id == encode(device.credential_id)


@pytest.mark.parametrize("length", [1, 1023])
def test_a_credential_id_has_1_to_1023_bytes(length: int) -> None:
    assert enrolled(credential_of(length)).id == encode(b"\x07" * length)


@pytest.mark.parametrize("length", [0, 1024])
def test_another_length_of_a_credential_id_is_none(length: int) -> None:
    with pytest.raises(VerificationError, match="credential id is malformed"):
        enrolled(credential_of(length))


def test_a_certificate_may_name_its_model_and_say_what_nobody_must_understand() -> None:
    assert enrolled(**signed(MODEL, b"\x04\x10" + AAGUID, False))
    assert enrolled(**signed(UNKNOWN, b"\x05\x00", False))


@pytest.mark.parametrize(("knobs", "reason", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_an_attestation_vouches_for_nothing_with(
    knobs: dict[str, Any], reason: str, code: str
) -> None:
    with pytest.raises(VerificationError, match=f"authenticator is not trusted: .*{reason}") as refused:
        enrolled(**knobs)
    assert refused.value.step == SIGNATURE


def test_an_attestation_is_signed_for_its_own_client_data() -> None:
    device = credential_of(16)
    attestation, client_data = MAKER.attest(device, "D1")
    other = client_data[:-1] + b', "more": 1}'
    assert sha256(other).digest() != sha256(client_data).digest()
    with pytest.raises(VerificationError, match="signature or certificate is wrong"):
        check_enrolment(
            attestation, other, challenge(ORIGIN, "D1"), RelyingParty("h.example", (device.origin,)), [ROOT]
        )
