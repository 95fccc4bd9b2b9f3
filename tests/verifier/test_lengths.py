"""How much an authenticator may say: a log that holds more than SPEC 5.5 allows is refused at that entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from tests.verifier.builder import LogBuilder, Person
from tests.verifier.checking import check, refused_at
from tests.verifier.kit import Authenticator
from verifier.errors import FORM

_LIMIT = 16 * 1024
_PADDING = x509.ObjectIdentifier("1.3.6.1.4.1.99999.1")
_OTHER = "other_keys_can_be_added_here"  # as browsers do, WebAuthn 5.8.1


def _attestation_of(builder: LogBuilder, device: Authenticator, size: int) -> tuple[bytes, bytes]:
    """A good attestation object of that length: signatures and serial numbers differ by a few bytes."""
    padding = size - 1000
    while True:
        extra = x509.UnrecognizedExtension(_PADDING, bytes(padding)), False
        attestation, client_data = builder.maker.attest(device, "DO2", leaf={"extra": extra})
        if len(attestation) == size:
            return attestation, client_data
        padding += size - len(attestation)


def _client_data_of(builder: LogBuilder, device: Authenticator, size: int) -> tuple[bytes, bytes]:
    """Good client data of that length, none of its strings longer than 4,096 characters."""

    def made(texts: list[str]) -> tuple[bytes, bytes]:
        return builder.maker.attest(device, "DO2", client={_OTHER: texts})

    full = ["x" * 3500] * 5
    return made([*full[:-1], "x" * (3500 + size - len(made(full)[1]))])


def _log_with(make: Any, size: int) -> LogBuilder:
    builder = LogBuilder()
    builder.standard()
    person = Person("DO2", "doctor")
    builder.person(person, "HOS")
    device = Authenticator(bytes(16), "hospital.example", "https://hospital.example")
    attestation, client_data = make(builder, device, size)
    assert size in (len(attestation), len(client_data))
    builder.enrol(person, "HOS", attestation, client_data)
    return builder


@pytest.mark.parametrize("make", [_attestation_of, _client_data_of])
def test_an_enrolment_that_says_more_than_the_ledger_admits_is_named(make: Any, tmp_path: Path) -> None:
    builder = _log_with(make, _LIMIT + 1)
    report = check(builder, tmp_path)
    assert refused_at(report, len(builder.leaves) - 1, FORM), report.to_text()


@pytest.mark.parametrize("make", [_attestation_of, _client_data_of])
def test_an_enrolment_of_sixteen_kibibytes_verifies(make: Any, tmp_path: Path) -> None:
    report = check(_log_with(make, _LIMIT), tmp_path)
    assert report.exit_code == 0, report.to_text()


@pytest.mark.parametrize(("characters", "refused"), [(4096, False), (4097, True)])
def test_client_data_with_a_string_that_no_strict_json_has_is_named(
    characters: int, refused: bool, tmp_path: Path
) -> None:
    builder = LogBuilder()
    doctor, pharmacist = builder.standard()
    builder.life(doctor, pharmacist, assertion={"client": {_OTHER: "x" * characters}})
    index = len(builder.leaves) - 3  # the issue: claim and sale come after it
    report = check(builder, tmp_path)
    assert refused_at(report, index, FORM) if refused else report.exit_code == 0, report.to_text()
