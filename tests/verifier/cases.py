"""Acts that no honest ledger accepts, each appended to a log in order as if one had."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.verifier.builder import LogBuilder, Person

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


def other_algorithm(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    class Sm2(Person):
        alg = "SM2-SM3"

    builder.add("stock.received", {}, [Sm2(pharmacist.code, pharmacist.role, pharmacist.key)], iss="PHA")


def shop_with(**valid: Any) -> Case:
    def case(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
        builder.organisation("PH2", "pharmacy", **valid)
        other = Person("PH3", "pharmacist")
        builder.person(other, "PH2")
        builder.add("stock.received", {}, [other], iss="PH2")

    return case


def siteless(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    members = {"code": "HO2", "name": "HO2", "role": "hospital"}
    window = {"valid_from": "2025-01-01", "valid_to": "2030-12-31"}
    builder.add("registry.organisation", {**members, **window}, [builder.officers[0]])
    other = Person("DO2", "doctor", authenticator=doctor.authenticator)
    builder.person(other, "HO2")
    builder.add("consultation.opened", {"doctor": "DO2", "mode": "text"}, [other], iss="HO2", presence=True)


def organisation_signs(owner: str, type_: str) -> Case:
    """The pharmacy's statement, signed with an institution's own key."""

    def case(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
        institution = Person(owner, "organisation")
        members = {"subject": owner, "role": "organisation", "key": institution.public}
        builder.add("registry.key", members, [institution, builder.officers[0]], iss=owner)
        builder.add(type_, {}, [institution], iss="PHA")

    return case


def registered_again(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    """A second registration would undo a revocation."""
    members = {"subject": pharmacist.code, "role": pharmacist.role, "key": pharmacist.public}
    builder.add("registry.key", members, [pharmacist, builder.officers[0]], iss="PHA")


def enrolled_again(builder: LogBuilder, doctor: Person, pharmacist: Person) -> None:
    """Another device under the id of one that is enrolled: the newest would answer for the first."""
    builder.device(doctor, "HOS")
