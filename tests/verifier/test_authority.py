"""Everything that makes an accepted entry wrong although its bytes are in the tree."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.verifier.builder import SITE, LogBuilder, Person
from tests.verifier.checking import check, refused_at
from verifier.errors import AUTHORITY, FORM, GENESIS, REFUSAL, SIGNATURE
from verifier.members import get_time_ms

Case = Callable[[LogBuilder, Person, Person], Any]


def last(builder: LogBuilder) -> int:
    return len(builder.leaves) - 1


def entry(builder: LogBuilder, change: Callable[[dict[str, Any]], Any]) -> None:
    """Append the last entry's statement again as a new one, changed; its signatures stay."""
    value = json.loads(builder.entries.pop())
    builder.leaves.pop()
    change(value)
    builder.append(value)


def issue(**knobs: Any) -> Case:
    def case(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
        builder.life(doctor, pharmacist, **knobs)
        del builder.entries[-2:], builder.leaves[-2:]

    return case


def person_without(**licence: Any) -> Case:
    def case(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
        other = Person("PH2", "pharmacist")
        builder.person(other, "PHA", **licence)
        builder.add("stock.received", {}, [other], iss="PHA")

    return case


def stock(**knobs: Any) -> Case:
    def case(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
        builder.add("stock.received", {}, [pharmacist], **{"iss": "PHA", **knobs})

    return case


def cancelled(by: str) -> Case:
    """A prescription is issued by DOC and cancelled by somebody with every right but that one."""

    def case(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
        other = Person("DO2", "doctor")
        builder.person(other, "HOS")
        rx = builder.life(doctor, pharmacist)
        people = {doctor.code: doctor, other.code: other}
        head = builder.leaves[-1]
        builder.add("prescription.cancelled", {"rx": rx}, [people[by]], head, iss="HOS")

    return case


def add(type_: str, members: dict[str, Any], who: str, **knobs: Any) -> Case:
    def case(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
        people = {"d": doctor, "p": pharmacist, "o": builder.officers[0], "q": builder.officers[1]}
        builder.add(type_, members, [people[letter] for letter in who], **knobs)

    return case


def impostor(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    builder.add("stock.received", {}, [Person("PHC", "pharmacist")], iss="PHA")


def courier_with_a_shop(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    builder.organisation("COU", "courier")
    other = Person("PHC", "pharmacist")
    builder.person(other, "COU")
    builder.add("stock.received", {}, [other], iss="COU")


def claims_role(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    liar = Person(doctor.code, "pharmacist", doctor.key)
    builder.add("stock.received", {}, [liar], iss="PHA")


def changed(change: Callable[[dict[str, Any]], Any]) -> Case:
    def case(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
        builder.add("stock.received", {}, [pharmacist], iss="PHA")
        entry(builder, change)

    return case


def signature_of_another(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    builder.add("stock.received", {}, [pharmacist], iss="PHA")
    other = json.loads(builder.entries[-1])["statement"]["signatures"][0]["signature"]
    builder.add("stock.received", {}, [pharmacist], iss="PHA")
    entry(builder, lambda value: value["statement"]["signatures"][0].update(signature=other))


def twice(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    builder.add("stock.received", {}, [pharmacist], iss="PHA")
    builder.append(json.loads(builder.entries[-1]))


def revoked(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    builder.add("registry.revocation", {"kid": pharmacist.kid, "reason": "lost"}, [builder.officers[0]])
    builder.add("stock.received", {}, [pharmacist], iss="PHA")


def device_revoked(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    assert doctor.authenticator is not None
    from verifier.base64url import encode

    credential = encode(doctor.authenticator.credential_id)
    builder.add("registry.revocation", {"credential_id": credential, "reason": "lost"}, [builder.officers[0]])
    issue()(builder, doctor, pharmacist)


def retired(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    new = Person("PHC", "pharmacist")
    members = {"subject": "PHC", "role": "pharmacist", "key": new.public, "retires": {"kid": pharmacist.kid}}
    builder.add("registry.key", members, [new, pharmacist], iss="PHA")
    builder.add("stock.received", {}, [new], iss="PHA")
    builder.add("stock.received", {}, [pharmacist], iss="PHA")


def enrolled(**knobs: Any) -> Case:
    def case(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
        other = Person("DO2", "doctor")
        builder.person(other, "HOS")
        builder.device(other, "HOS", **knobs)

    return case


def new_key(*who: str) -> Case:
    def case(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
        new = Person("PHC", "pharmacist")
        people = {"new": new, "old": pharmacist, "doctor": doctor, "officer": builder.officers[0]}
        members = {"subject": "PHC", "role": "pharmacist", "key": new.public}
        builder.add("registry.key", members, [people[name] for name in who])

    return case


def wrong_prev(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    rx = builder.life(doctor, pharmacist)
    builder.add("delivery.handed_over", {"rx": rx}, [pharmacist], builder.leaves[3], iss="PHA")


def other_place(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    builder.organisation("PH2", "pharmacy")
    builder.add("stock.received", {}, [pharmacist], iss="PH2")


def counter(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    builder.life(doctor, pharmacist)
    issue(assertion={"count": 1})(builder, doctor, pharmacist)


def sale_with(member: str) -> Case:
    def case(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
        rx = builder.life(doctor, pharmacist)
        people = {"preparer": pharmacist.code, "checker": pharmacist.code, member: "PH9"}
        builder.add("dispensing.dispensed", {"rx": rx, **people}, [pharmacist], builder.leaves[-1], iss="PHA")

    return case


def late_after(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    issue(members={"after": builder.leaves[2].hex()})(builder, doctor, pharmacist)


# Who is named as acting has signed: else a log accuses a doctor of a colleague's prescription.
NAMED: dict[str, tuple[Case, str]] = {
    "a colleague's prescription": (issue(members={"prescriber": "DO2"}), AUTHORITY),
    "a colleague's consultation": (
        add("consultation.opened", {"doctor": "DO2", "mode": "text"}, "d", iss="HOS"),
        AUTHORITY,
    ),
    **{
        f"a sale with another {member}": (sale_with(member), AUTHORITY)
        for member in ("preparer", "checker")
    },
    "fewer digests than groups": (issue(payload={"_sd": []}), FORM),
    "more digests than groups": (stock(payload={"_sd": [letter * 43 for letter in "ABCD"]}), FORM),
    "a revocation of nothing": (add("registry.revocation", {"reason": "lost"}, "o"), AUTHORITY),
    "a revocation of an unknown key": (
        add("registry.revocation", {"reason": "lost", "kid": "X#0011223344556677"}, "o"),
        AUTHORITY,
    ),
    "a revocation of an unknown authenticator": (
        add("registry.revocation", {"reason": "lost", "credential_id": "AAAA"}, "o"),
        AUTHORITY,
    ),
}
FAULTS: dict[str, tuple[Case, str]] = {
    **NAMED,
    "no presence": (issue(presence=False), AUTHORITY),
    "presence of another statement": (
        issue(assertion={"client": {"challenge": "AAAA"}}),
        SIGNATURE,
    ),
    "user not verified": (issue(assertion={"flags": 1}), SIGNATURE),
    "user not present": (issue(assertion={"flags": 4}), SIGNATURE),
    "synced credential": (issue(assertion={"flags": 0x0D}), SIGNATURE),
    "backed up, not eligible": (issue(assertion={"flags": 0x15}), SIGNATURE),
    "other site": (issue(assertion={"rp_id": "evil.example"}), AUTHORITY),
    "other origin": (issue(assertion={"client": {"origin": "https://evil.example"}}), AUTHORITY),
    "cross origin": (issue(assertion={"client": {"crossOrigin": True}}), SIGNATURE),
    "top origin": (issue(assertion={"client": {"topOrigin": "https://a.example"}}), SIGNATURE),
    "create instead of get": (issue(assertion={"client": {"type": "webauthn.create"}}), SIGNATURE),
    "duplicate member in client data": (issue(assertion={"client_data": b'{"type":1,"type":1}'}), FORM),
    "extensions announced": (issue(assertion={"flags": 0x85}), SIGNATURE),
    "extra bytes": (issue(assertion={"extra": b"abcd"}), SIGNATURE),
    "counter did not grow": (counter, AUTHORITY),
    "after names another entry": (late_after, AUTHORITY),
    "unknown key": (impostor, AUTHORITY),
    "claimed role": (claims_role, AUTHORITY),
    "role of another type": (add("stock.received", {}, "d", iss="PHA"), AUTHORITY),
    "wrong kind of organisation": (stock(iss="HOS"), AUTHORITY),
    "courier that takes stock": (courier_with_a_shop, AUTHORITY),
    "organisation not registered": (stock(iss="???"), AUTHORITY),
    "another log": (stock(aud="other.example/log"), AUTHORITY),
    "licence over": (person_without(valid_to="2025-12-31"), AUTHORITY),
    "licence to come": (person_without(valid_from="2026-01-02"), AUTHORITY),
    "licence of another place": (person_without(sites=["HOS"]), AUTHORITY),
    "pharmacist of another place": (other_place, AUTHORITY),
    "revoked key": (revoked, AUTHORITY),
    "revoked authenticator": (device_revoked, AUTHORITY),
    "retired key": (retired, AUTHORITY),
    "signature of another statement": (signature_of_another, SIGNATURE),
    "committed twice": (twice, AUTHORITY),
    "time goes back": (stock(time=1_767_225_600_000), AUTHORITY),
    "one officer for a rulebook": (add("governance.rulebook", {"version": "1"}, "o"), AUTHORITY),
    "one officer twice": (add("governance.rulebook", {"version": "1"}, "oo"), AUTHORITY),
    "doctor registers an organisation": (add("registry.organisation", {}, "d"), AUTHORITY),
    "new key vouched for by nobody": (new_key("new"), AUTHORITY),
    "new key vouched for by a doctor": (new_key("new", "doctor"), AUTHORITY),
    "new key did not sign": (new_key("old", "officer"), AUTHORITY),
    "attestation by a certificate for something else": (enrolled(leaf={"unit": "Sales"}), SIGNATURE),
    "attestation by an authority itself": (enrolled(leaf={"ca": True}), SIGNATURE),
    "attestation fmt none": (enrolled(members={"fmt": "none"}), SIGNATURE),
    "self attestation": (enrolled(members={"attStmt": {"alg": -7, "sig": b"x"}}), SIGNATURE),
    "unknown model": (enrolled(aaguid=b"\1" * 16), SIGNATURE),
    "unknown consultation": (
        add("consultation.closed", {"consultation": "00" * 32, "doctor": "DOC"}, "d", iss="HOS"),
        AUTHORITY,
    ),
    "unknown prescription": (add("prescription.claimed", {"rx": "00" * 32}, "p", iss="PHA"), AUTHORITY),
    "wrong prev": (wrong_prev, AUTHORITY),
    "cancelled by another doctor": (cancelled("DO2"), AUTHORITY),
    "duty elsewhere": (add("duty.closed", {"site": "HOS"}, "p", iss="PHA"), AUTHORITY),
    "second genesis": (lambda builder, doctor, pharmacist: builder.genesis(), GENESIS),
    "unknown rulebook": (changed(lambda value: value["verdict"].update(rulebook="00" * 32)), AUTHORITY),
    "unknown outcome": (changed(lambda value: value["verdict"].update(outcome="maybe")), FORM),
    "prev out of nowhere": (changed(lambda value: value.update(prev="00" * 32)), AUTHORITY),
    "unknown member": (changed(lambda value: value.update(note="x")), FORM),
    "header without presence": (
        changed(lambda value: value["statement"]["signatures"][0].update(header={})),
        FORM,
    ),
    "stripped signature": (changed(lambda value: value["statement"].update(signatures=[])), FORM),
    "signature added": (
        changed(lambda value: value["statement"]["signatures"].append(value["statement"]["signatures"][0])),
        FORM,
    ),
    "refusal of a stranger": (lambda builder, doctor, pharmacist: builder.refuse("X_Y", actor="ZZ"), REFUSAL),
    "refusal that accuses a stranger": (
        lambda builder, doctor, pharmacist: builder.refuse("RX_EXPIRED", signers=["DOC", "DO9"]),
        REFUSAL,
    ),
    "refusal of what was committed": (
        lambda builder, doctor, pharmacist: builder.refuse("RX_EXPIRED", digest=builder.last_id),
        REFUSAL,
    ),
    "refusal of bytes that nobody could read": (
        lambda builder, doctor, pharmacist: builder.refuse("JSON_SYNTAX"),
        FORM,
    ),
    "refusal without a code": (lambda builder, doctor, pharmacist: builder.refuse(), FORM),
    "refusal with text for a code": (lambda builder, doctor, pharmacist: builder.refuse("Zhang San"), FORM),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_with_its_entry(name: str, tmp_path: Path) -> None:
    builder = LogBuilder()
    doctor, pharmacist = builder.standard()
    case, step = FAULTS[name]
    case(builder, doctor, pharmacist)
    report = check(builder, tmp_path)
    assert refused_at(report, last(builder), step), report.to_text()
    assert "Zhang" not in report.to_json()


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
