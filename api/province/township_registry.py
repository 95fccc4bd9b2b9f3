"""Cases of officers in the townships: who is registered as what, by whom, with which key."""

from __future__ import annotations

from typing import Any

from api.province.cases import Case
from api.province.event import Label
from api.province.life import Life
from api.province.office import officers
from api.province.registry import OFFICERS, REGULATOR
from api.province.township_care import newcomer

_ONE = OFFICERS[:1]
_KEY = {"alg": "ES256", "spki": "A" * 120}


def somebody_new(
    life: Life, role: str = "doctor", by: tuple[str, ...] = _ONE, label: Label | None = None
) -> str:
    """Somebody comes to the township and is registered; returns the code, which tells place and day."""
    area, _, day = life.name[1:].partition("d")
    code = f"{role[0].upper()}{area}{9_000 + int(day):06d}"
    who = {"identity": {"name": "苏木"}}
    officers(life, "registry.person", by, code=code, role=role, disclosures=who, label=label)
    return code


def _colleague_of_one(life: Life, label: Label) -> None:
    """An officer makes another one alone; with a colleague it is in order."""
    somebody_new(life, "officer", label=label)
    somebody_new(life, "officer", OFFICERS[:2], Label(lookalike="new_officer"))


def _registered_otherwise(life: Life, label: Label) -> None:
    """A doctor becomes a pharmacist and prescribes with the old key; as a doctor again it is in order."""
    newcomer(life)
    seen = life.consult()
    who = {"code": life.doctor, "disclosures": {"identity": {"name": "苏木"}}}
    officers(life, "registry.person", _ONE, role="hospital_pharmacist", **who)
    life.issue(seen, label=label)
    officers(life, "registry.person", _ONE, role="doctor", **who)
    life.issue(label=Label(lookalike="doctor_again"))


def _licence(life: Life, person: str, label: Label | None, first: str, last: str) -> None:
    given: dict[str, Any] = {"licence": f"L{person}", "sites": [life.hospital.code], "scope": ["全科"]}
    valid = {"valid_from": first, "valid_to": last}
    officers(life, "registry.licence", _ONE, person=person, **given, **valid, label=label)


def _licence_for_nobody(life: Life, label: Label) -> None:
    """For a doctor whom nobody registered; then for one who is."""
    _licence(life, "D990049999999", label, "2026-01-01", "2026-12-31")
    _licence(life, somebody_new(life), Label(lookalike="new_doctor"), "2026-01-01", "2026-12-31")


def _ends_before_it_begins(life: Life, label: Label) -> None:
    """From December to January; for one day it may be."""
    person = somebody_new(life)
    _licence(life, person, label, "2026-12-01", "2026-01-31")
    _licence(life, person, Label(lookalike="licence_of_one_day"), "2026-12-01", "2026-12-01")


def _key(life: Life, subject: str, role: str, label: Label | None = None) -> None:
    """A person's first key, for which an officer vouches."""
    signers = ((subject, role), (OFFICERS[0], "officer"))
    members = {"subject": subject, "role": role, "key": _KEY}
    life.act("registry.key", REGULATOR, signers, members, label=label, wait_ms=60_000)


def _key_of_another_role(life: Life, label: Label) -> None:
    person = somebody_new(life)
    _key(life, person, "pharmacist", label)
    _key(life, person, "doctor", Label(lookalike="new_doctor"))


def _enrolled_again(life: Life, label: Label) -> None:
    """The key with which a doctor signs is enrolled once more."""
    _key(life, life.doctor, "doctor", label)


CASES: tuple[Case, ...] = (
    Case("S11", ("DUAL_CONTROL_REQUIRED",), "SEPARATION-5", _colleague_of_one),
    Case("S18", ("CODE_UNKNOWN",), "OFFICE-5", _licence_for_nobody, "slip"),
    Case("S18", ("ROLE_FORBIDDEN",), "LICENCE-1", _registered_otherwise),
    Case("S18", ("TIME_ORDER",), "OFFICE-8", _ends_before_it_begins, "slip"),
    Case("S18", ("ROLE_FORBIDDEN",), "OFFICE-6", _key_of_another_role),
    Case("R27", ("ID_CONFLICT",), "OFFICE-7", _enrolled_again),
)
