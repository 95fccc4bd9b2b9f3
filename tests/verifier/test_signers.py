"""Who may sign, and with which key: what a log says of itself although nobody may have said it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.verifier.builder import SITE, LogBuilder, Person
from tests.verifier.cases import Case, last, new_key
from tests.verifier.checking import check, refused_at
from verifier.base64url import encode
from verifier.errors import AUTHORITY, FORM


def revived(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    """A third key retires the first again, later than the second did."""
    second, third = Person("PHC", "pharmacist"), Person("PHC", "pharmacist")
    builder.add("registry.key", rotation(second, pharmacist), [second, pharmacist], iss="PHA")
    later = {"at": "2027-01-01T00:00:00Z"}
    builder.add("registry.key", rotation(third, pharmacist, **later), [third, second], iss="PHA")
    builder.add("stock.received", {}, [pharmacist], iss="PHA")


def revived_after_its_end(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    """A key of three seconds is retired next year."""
    short, new = Person("PHC", "pharmacist"), Person("PHC", "pharmacist")
    end = time_text(builder.time + 3000)
    members = {"subject": "PHC", "role": "pharmacist", "key": short.public, "valid_to": end}
    builder.add("registry.key", members, [short, pharmacist], iss="PHA")
    builder.time += 5000
    builder.add("registry.key", rotation(new, short, at="2027-01-01T00:00:00Z"), [new, pharmacist], iss="PHA")
    builder.add("stock.received", {}, [short], iss="PHA")


def rotation(new: Person, old: Person, **retires: str) -> dict[str, Any]:
    members = {"subject": new.code, "role": new.role, "key": new.public}
    return {**members, "retires": {"kid": old.kid, **retires}}


def time_text(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def key_of(code: str, role: str, **members: Any) -> Case:
    """A key for `code` in `role`, for which an officer vouches."""

    def case(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
        new = Person(code, role)
        given = {"subject": code, "role": role, "key": new.public, **members}
        builder.add("registry.key", given, [new, builder.officers[0]])

    return case


def two_in_one_consultation(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    other = Person("DO2", "doctor")
    builder.person(other, "HOS")
    named = {"doctor": doctor.code, "mode": "text"}
    builder.add("consultation.opened", named, [doctor, other], iss="HOS")


def nine(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    builder.add("stock.received", {}, [pharmacist] * 9, iss="PHA")


def changed_digest(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    """The last letter of a digest carries two bits that nobody decodes."""
    spoilt = [text[:-1] + "B" for text in builder.digests("stock.received")]
    builder.add("stock.received", {}, [pharmacist], iss="PHA", payload={"_sd": sorted(spoilt)})


def noted(**payload: Any) -> Case:
    """A statement of a type that this verifier does not know, with a member of every statement changed."""

    def case(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
        builder.add("audit.noted", {}, [pharmacist], iss="PHA", payload=payload)

    return case


def put_off(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    """A retirement that was announced is moved before it comes, and the old key signs in between."""
    second, third = Person("PHC", "pharmacist"), Person("PHC", "pharmacist")
    soon = {"at": time_text(builder.time + 10_000)}
    builder.add("registry.key", rotation(second, pharmacist, **soon), [second, pharmacist], iss="PHA")
    later = {"at": "2027-01-01T00:00:00Z"}
    builder.add("registry.key", rotation(third, pharmacist, **later), [third, second], iss="PHA")
    builder.time += 60_000
    builder.add("stock.received", {}, [pharmacist], iss="PHA")


def both_person_and_shop(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    """The owner of a shop of one is registered under its code, and signs as a pharmacist."""
    builder.organisation("PHC", "pharmacy")
    new = Person("PHC", "pharmacist")
    members = {"subject": "PHC", "role": "pharmacist", "key": new.public}
    builder.add("registry.key", members, [new, builder.officers[0]])


def retires_itself(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    """A new key names itself, which is no earlier key of the person, as the one that it ends."""
    new = Person("PHC", "pharmacist")
    builder.add("registry.key", rotation(new, new), [new, pharmacist], iss="PHA")
    builder.time += 60_000
    builder.add("stock.received", {}, [new], iss="PHA")


def renewed(by: str, presence: bool = True) -> Case:
    """DOC's prescription is made valid for longer by somebody with a key, a licence and a device."""

    def case(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
        other = Person("DO2", "doctor")
        builder.person(other, "HOS")
        builder.device(other, "HOS")
        rx = builder.life(doctor, pharmacist)
        signer = {doctor.code: doctor, other.code: other}[by]
        given = {"rx": rx, "validity_days": 3}, [signer], builder.leaves[-1]
        builder.add("prescription.renewed", *given, iss="HOS", presence=presence)

    return case


@pytest.mark.parametrize("case", [put_off, both_person_and_shop, retires_itself, renewed("DOC")])
def test_what_the_ledger_accepts_is_no_fault(case: Case, tmp_path: Path) -> None:
    builder = LogBuilder()
    doctor, pharmacist = builder.standard()
    case(builder, doctor, pharmacist)
    assert check(builder, tmp_path).exit_code == 0


def lengthened(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    """A key that is valid for half a minute is retired next year, before it ends."""
    short, new = Person("PHC", "pharmacist"), Person("PHC", "pharmacist")
    members = {"subject": "PHC", "role": "pharmacist", "key": short.public}
    members["valid_to"] = time_text(builder.time + 30_000)
    builder.add("registry.key", members, [short, pharmacist], iss="PHA")
    builder.add("registry.key", rotation(new, short, at="2027-01-01T00:00:00Z"), [new, pharmacist], iss="PHA")
    builder.time += 60_000
    builder.add("stock.received", {}, [short], iss="PHA")


def site(**members: Any) -> Case:
    """A hospital whose site has another form than `SITE`."""

    def case(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
        builder.organisation("HO2", "hospital", relying_party={**SITE, **members})

    return case


def device_stolen_when(text: str) -> Case:
    def case(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
        assert doctor.authenticator is not None
        named = {"credential_id": encode(doctor.authenticator.credential_id), "reason": "compromise"}
        builder.add("registry.revocation", {**named, "compromised_from": text}, [builder.officers[0]])

    return case


FAULTS: dict[str, tuple[Case, str]] = {
    "a site without an origin": (site(origins=[]), FORM),
    "a site of no name": (site(id=""), FORM),
    "a site with a member that nobody knows": (site(name="x"), FORM),
    "a site with more origins than it may have": (site(origins=["https://x.example"] * 21), FORM),
    "a device stolen at no time": (device_stolen_when("yesterday"), FORM),
    "key lengthened by its successor": (lengthened, AUTHORITY),
    "renewed by another doctor": (renewed("DO2"), AUTHORITY),
    "renewed by nobody who was present": (renewed("DOC", presence=False), AUTHORITY),
    "new key signs after the older one": (new_key("old", "new"), AUTHORITY),
    "retired key that was retired again": (revived, AUTHORITY),
    "ended key that was retired later": (revived_after_its_end, AUTHORITY),
    "a doctor's key as an officer": (key_of("DOC", "officer"), AUTHORITY),
    "a person's key as an organisation": (key_of("DOC", "organisation"), AUTHORITY),
    "an organisation's key as a person": (key_of("HOS", "doctor"), AUTHORITY),
    "a key for nobody": (key_of("DO9", "doctor"), AUTHORITY),
    "two doctors in one consultation": (two_in_one_consultation, AUTHORITY),
    "nine signatures": (nine, FORM),
    "a digest in another text": (changed_digest, FORM),
    "an id of its own that is too long": (noted(jti="x" * 129), FORM),
    "a type that is too long to be one": (noted(type="a" * 60 + ".noted"), FORM),
    "more digests than a statement holds": (noted(_sd=[f"{n:02d}" + "A" * 41 for n in range(17)]), FORM),
    "refusal of no type": (
        lambda builder, doctor, pharmacist: builder.refuse("RX_EXPIRED", type=""),
        FORM,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_nobody_may_sign_is_named_with_its_entry(name: str, tmp_path: Path) -> None:
    builder = LogBuilder()
    doctor, pharmacist = builder.standard()
    case, step = FAULTS[name]
    case(builder, doctor, pharmacist)
    report = check(builder, tmp_path)
    assert refused_at(report, last(builder), step), report.to_text()
