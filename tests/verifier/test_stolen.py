"""What a thief of one key can do when the log's operator helps: the ledger refuses it, so does an audit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.verifier.builder import LogBuilder, Person
from tests.verifier.cases import last
from tests.verifier.checking import check, refused_at
from verifier.errors import AUTHORITY


@pytest.fixture
def builder() -> LogBuilder:
    """A log in which a hospital has an access key."""
    builder = LogBuilder()
    builder.doctor, builder.pharmacist = builder.standard()  # type: ignore[attr-defined]
    builder.opened = len(builder.leaves) - 1  # type: ignore[attr-defined]
    builder.access = registered(builder, Person("HOS", "organisation"))  # type: ignore[attr-defined]
    return builder


def registered(builder: LogBuilder, new: Person) -> Person:
    builder.add("registry.key", key_of(new), [new, builder.officers[0]])
    return new


def key_of(person: Person) -> dict[str, Any]:
    return {"subject": person.code, "role": person.role, "key": person.public}


def test_the_thief_of_an_access_key_puts_no_own_key_in_its_place(builder: Any, tmp_path: Path) -> None:
    new = Person("HOS", "organisation")
    builder.add("registry.key", key_of(new), [new, builder.access], iss="HOS")
    assert refused_at(check(builder, tmp_path), last(builder), AUTHORITY)


def test_the_thief_of_an_access_key_makes_no_doctor_of_the_same_code(builder: Any, tmp_path: Path) -> None:
    builder.add("registry.person", {"code": "HOS", "role": "doctor"}, [builder.officers[0]])
    new = Person("HOS", "doctor")
    builder.add("registry.key", key_of(new), [new, builder.access], iss="HOS")
    assert refused_at(check(builder, tmp_path), last(builder), AUTHORITY)


def test_the_thief_of_an_access_key_reads_in_no_other_hospitals_name(builder: Any, tmp_path: Path) -> None:
    rx = builder.life(builder.doctor, builder.pharmacist)
    builder.organisation("HO2", "hospital")
    reading = {"rx": rx, "purpose": "audit", "groups": ["identity"]}
    builder.add("access.read", reading, [builder.access], builder.leaves[-2], iss="HO2")
    assert refused_at(check(builder, tmp_path), last(builder), AUTHORITY)


def test_the_key_of_a_past_office_freezes_nobody_and_vouches_for_no_key(builder: Any, tmp_path: Path) -> None:
    """The registry said courier, nobody had revoked the key, and the audit called the freeze an officer's."""
    again(builder, "OFF2", "courier")
    members = {"subject": "DOC", "scope": "all", "until": "2027-01-01T00:00:00Z", "reason": "x"}
    builder.add("governance.freeze", members, builder.officers)
    assert refused_at(check(builder, tmp_path / "a"), last(builder), AUTHORITY)
    builder.entries.pop()
    builder.leaves.pop()
    new = Person("DOC", "doctor")
    builder.add("registry.key", key_of(new), [new, builder.officers[1]])
    assert refused_at(check(builder, tmp_path / "b"), last(builder), AUTHORITY)


def test_whose_role_changed_receives_no_stock_and_still_closes_the_duty(builder: Any, tmp_path: Path) -> None:
    """As the ledger has it: the old key ends what is open, is heard, and brings the person's next key."""
    past, opened = builder.pharmacist, builder.leaves[builder.opened]
    again(builder, past.code, "courier")
    builder.add("duty.closed", {"site": "PHA"}, [past], opened, iss="PHA")
    builder.add("governance.self_report", {"subject": past.code, "reason": "x"}, [past], iss="PHA")
    new = Person(past.code, "courier")
    builder.add("registry.key", key_of(new), [new, past], iss="PHA")
    builder.add("access.read", {"purpose": "audit", "groups": ["lines"]}, [new], iss="PHA")
    report = check(builder, tmp_path / "a")
    assert report.exit_code == 0, report.to_text()
    builder.add("stock.received", {}, [past], iss="PHA")
    assert refused_at(check(builder, tmp_path / "b"), last(builder), AUTHORITY)


def again(builder: LogBuilder, code: str, role: str) -> None:
    builder.add("registry.person", {"code": code, "role": role}, [builder.officers[0]])
