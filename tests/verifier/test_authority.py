"""Everything that makes an accepted entry wrong although its bytes are in the tree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.verifier.builder import SITE, LogBuilder, Person
from tests.verifier.cases import cancelled, last, shop_with
from tests.verifier.checking import check, refused_at
from tests.verifier.faults import FAULTS
from verifier.errors import AUTHORITY, FORM
from verifier.members import get_time_ms


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_with_its_entry(name: str, tmp_path: Path) -> None:
    builder = LogBuilder()
    doctor, pharmacist = builder.standard()
    case, step, reason = FAULTS[name]
    case(builder, doctor, pharmacist)
    report = check(builder, tmp_path)
    assert refused_at(report, last(builder), step), report.to_text()
    assert report.message == reason
    assert "Zhang" not in report.to_json()


@pytest.mark.parametrize("window", [{"valid_from": "2026-01-01"}, {"valid_to": "2026-01-01"}])
def test_a_shop_sells_on_the_first_and_last_day_of_its_licence(
    window: dict[str, str], tmp_path: Path
) -> None:
    builder = LogBuilder()
    shop_with(**window)(builder, *builder.standard())
    report = check(builder, tmp_path)
    assert report.exit_code == 0, report.to_text()


def test_bytes_that_are_not_canonical_are_refused(tmp_path: Path) -> None:
    builder = LogBuilder()
    builder.standard()
    from hashlib import sha256

    spaced = json.dumps(json.loads(builder.entries[-1]), sort_keys=True).encode()
    builder.entries[-1] = spaced
    builder.leaves[-1] = sha256(b"\x00" + spaced).digest()
    assert refused_at(check(builder, tmp_path), last(builder), FORM)


def test_entries_signed_while_a_key_was_compromised_are_suspect(tmp_path: Path) -> None:
    builder = LogBuilder()
    _, pharmacist = builder.standard()
    builder.add("stock.received", {}, [pharmacist], iss="PHA")
    before = last(builder)
    start = "2026-01-01T00:01:00Z"
    builder.time = get_time_ms({"t": start}, "t") - 1000
    builder.add("stock.received", {}, [pharmacist], iss="PHA")
    members = {"kid": pharmacist.kid, "reason": "compromise", "compromised_from": start}
    builder.add("registry.revocation", members, [builder.officers[0]])
    report = check(builder, tmp_path)
    assert (report.exit_code, report.suspects) == (0, [before + 1])
    assert "SUSPECT" in report.to_text()


def test_a_type_that_is_not_known_is_signed_not_interpreted(tmp_path: Path) -> None:
    builder = LogBuilder()
    _, pharmacist = builder.standard()
    builder.add("audit.noted", {"anything": [1]}, [pharmacist], iss="PHA")
    report = check(builder, tmp_path)
    assert (report.exit_code, report.not_interpreted) == (0, {"audit.noted": 1})


def test_duty_is_a_chain_of_its_own(tmp_path: Path) -> None:
    builder = LogBuilder()
    _, pharmacist = builder.standard()
    opened = builder.leaves[-1]
    _, closed = builder.add("duty.closed", {"site": "PHA"}, [pharmacist], opened, iss="PHA")
    members = {"site": "PHA", "after": closed.hex()}
    builder.add("duty.opened", members, [pharmacist], closed, iss="PHA", presence=True)
    assert check(builder, tmp_path).exit_code == 0


def test_an_organisation_registers_its_own_key_signs_for_its_readers_and_nothing_else(tmp_path: Path) -> None:
    builder = LogBuilder()
    doctor, pharmacist = builder.standard()
    rx = builder.life(doctor, pharmacist)
    new = Person("HOS", "organisation")
    members = {"subject": "HOS", "role": "organisation", "key": new.public}
    builder.add("registry.key", members, [new, builder.officers[0]])
    assert check(builder, tmp_path / "a").exit_code == 0
    sold = builder.leaves[-2]
    reading = {"rx": rx, "purpose": "audit", "groups": ["identity"]}
    builder.add("access.read", reading, [new], sold, iss="HOS")
    assert check(builder, tmp_path / "c").exit_code == 0
    builder.add("registry.person", {"code": "X", "role": "doctor"}, [new])
    assert refused_at(check(builder, tmp_path / "b"), last(builder), AUTHORITY)


def test_an_authenticator_of_a_place_without_a_site_is_refused(tmp_path: Path) -> None:
    builder = LogBuilder()
    builder.standard()
    members = {"code": "HO2", "name": "x", "role": "hospital", "valid_from": "2025-01-01"}
    builder.add("registry.organisation", {**members, "valid_to": "2030-01-01"}, [builder.officers[0]])
    other = Person("DO2", "doctor")
    builder.person(other, "HO2")
    builder.device(other, "HO2")
    assert refused_at(check(builder, tmp_path), last(builder), AUTHORITY)
    assert SITE["id"] == "hospital.example"


def test_a_prescription_is_cancelled_by_its_prescriber(tmp_path: Path) -> None:
    """The head has moved since the issue; of two doctors' prescriptions each is the own one's."""
    builder = LogBuilder()
    doctor, pharmacist = builder.standard()
    cancelled("DOC")(builder, doctor, pharmacist)
    second = Person("DO3", "doctor")
    builder.person(second, "HOS")
    builder.device(second, "HOS")
    rx = builder.life(second, pharmacist)
    builder.add("prescription.cancelled", {"rx": rx}, [second], builder.leaves[-1], iss="HOS")
    report = check(builder, tmp_path)
    assert report.exit_code == 0, report.to_text()


ROOT = {"aaguid": "0" * 36, "certificate": "AA", "sandbox": True}
GENESIS_FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "an offset of more than fourteen hours": ({"utc_offset_minutes": 841}, "is out of range"),
    "of less": ({"utc_offset_minutes": -841}, "is out of range"),
    "an offset that is true": ({"utc_offset_minutes": True}, "is out of range"),
    "an offset that is text": ({"utc_offset_minutes": "480"}, "is out of range"),
    "no offset": ({"utc_offset_minutes": None}, "is out of range"),
    "an officer that is text": ({"officers": ["OFF1"]}, "officers is not a list of objects"),
    "a root that is text": ({"attestation_roots": ["root"]}, "attestation_roots is not a list of objects"),
    "a root of no kind": ({"attestation_roots": [{**ROOT, "sandbox": 1}]}, "sandbox is not true or false"),
}


@pytest.mark.parametrize(("change", "reason"), GENESIS_FAULTS.values(), ids=GENESIS_FAULTS.keys())
def test_a_malformed_genesis_is_refused(change: dict[str, Any], reason: str, tmp_path: Path) -> None:
    builder = LogBuilder()
    builder.genesis(**change)
    report = check(builder, tmp_path)
    assert refused_at(report, 0, FORM), report.to_text()
    assert reason in report.message


@pytest.mark.parametrize("minutes", [-840, 0, 840])
def test_a_log_may_be_anywhere_on_earth(minutes: int, tmp_path: Path) -> None:
    builder = LogBuilder()
    builder.genesis(utc_offset_minutes=minutes)
    assert check(builder, tmp_path).exit_code == 0
