"""ACCESS: who reads personal data of a prescription says so beforehand, signed, with a purpose."""

from __future__ import annotations

from contracts import keys
from contracts.act import Act
from contracts.reading import GROUPS, PURPOSES, part_of
from contracts.rules.base import Failed, rule
from contracts.subjects import insured_tagged

_READ = ("access.read",)
_COURIER = "courier"  # carries, and reads nothing: whatever it asks for is beyond its part


def _part(act: Act) -> str:
    role = str(act.organisation.get("role", ""))
    found = part_of(act.organisation_code, role, act.rx) if act.rx is not None else ""
    return found or (_COURIER if role == _COURIER else "")


@rule(
    "ACCESS-1",
    "ORG_SCOPE",
    _READ,
    sources="S20 S37",
    parameters=("access_s",),
    version=2,
    en="The reader has no part in this prescription.",
    zh="本机构与该处方无关，无权读取。",
)
def reader_has_a_part(act: Act) -> None:
    """The organisation issued, holds or carries the prescription, or supervises."""
    if act.rx is not None and not _part(act):
        raise Failed


@rule(
    "ACCESS-2",
    "FIELD_FORBIDDEN",
    _READ,
    sources="S20 S37 security P07",
    version=2,
    en="These fields are not opened by the reader's part in the prescription.",
    zh="所申请的字段超出本机构可读取的范围。",
)
def groups_of_the_part(act: Act) -> None:
    """Every group asked for is one that the reader's part opens."""
    part = _part(act)
    if part and not set(act.payload["groups"]) <= set(GROUPS.get(part, ())):
        raise Failed


@rule(
    "ACCESS-3",
    "BREAK_GLASS_REASON",
    _READ,
    sources="S20 S37",
    version=2,
    en="The purpose is not one of the reader's part, or a reading for a case does not name the case.",
    zh="查阅目的与本机构在该处方中的职责不符；因办案读取须注明案件，其他用途不得注明。",
)
def purpose_of_the_part(act: Act) -> None:
    """The purpose is one that the reader's part has, and `case` is there exactly when it is `case`.

    Who treats nobody reads for no treatment; a case is a supervisor's.
    """
    part, purpose = _part(act), str(act.payload["purpose"])
    if part in PURPOSES and purpose not in PURPOSES[part]:
        raise Failed({"member": "purpose", "expected": " or ".join(PURPOSES[part])})
    if ("case" in act.payload) != (purpose == "case"):
        raise Failed({"member": "case"})


@rule(
    "ACCESS-4",
    "CASE_ORDER",
    _READ,
    sources="S20 S37",
    en="The case is closed, or does not concern anybody of this prescription.",
    zh="案件已结案，或与该处方的当事人无关。",
)
def case_concerns_it(act: Act) -> None:
    """The case is open, and its subject issued, prescribed, holds or receives the prescription."""
    case = act.state(keys.case(str(act.payload.get("case", ""))))
    if case is None or act.rx is None:
        return
    concerned = {act.rx["issuer"], act.rx["prescriber"], act.rx.get("holder"), insured_tagged(act)}
    if "closed" in case["steps"] or case["subject"] not in concerned:
        raise Failed


RULES = (reader_has_a_part, groups_of_the_part, purpose_of_the_part, case_concerns_it)
