"""Cases of officers and of those whom measures meet: freezes, points, cases, campaigns, reminders, rulebooks.

They happen in the model district (district.py), one after the other, so that nobody else is met. Each play
undoes its measure at its end.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from api.province.cases import Case
from api.province.event import Label
from api.province.life import Life
from api.province.registry import FUND_OFFICER, OFFICERS, REGULATOR

HOUR_MS, SUSPENDED = 3_600_000, 9
_TWO, _OTHERS = OFFICERS[:2], OFFICERS[2:4]
_WHY: dict[str, Any] = {"reason": "数据核查"}


def text(time_ms: int) -> str:
    """Return a time as statements write it."""
    return datetime.fromtimestamp(time_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def officers(life: Life, type_: str, by: tuple[str, ...] = _TWO, **members: Any) -> str:
    """An act of officers, of two unless others are named; returns its event id."""
    label, disclosures = members.pop("label", None), members.pop("disclosures", None)
    signers = tuple((one, "fund_officer" if one == FUND_OFFICER else "officer") for one in by)
    wait_ms = life.some(60, 300)
    return life.act(type_, REGULATOR, signers, members, disclosures, label=label, wait_ms=wait_ms)


def other_doctor(life: Life) -> str:
    """The district's doctor who has no patients."""
    return life.hospital.doctors[1]


# -- freezes (S11) -----------------------------------------------------------------------------------


def open_freeze(life: Life, subject: str, scope: str = "all", **more: Any) -> str:
    """Officers freeze somebody for six hours."""
    until = text(life.now_ms + 6 * HOUR_MS)
    return officers(life, "governance.freeze", subject=subject, scope=scope, until=until, **more, **_WHY)


def release(life: Life, freeze: str, by: tuple[str, ...] = (OFFICERS[0], FUND_OFFICER), **more: Any) -> str:
    """Two roles end a freeze."""
    return officers(life, "governance.release", by, freeze=f"@id:{freeze}", **_WHY, **more)


def _frozen_doctor(life: Life, label: Label) -> None:
    """Writes while frozen; after the release the same doctor writes as before."""
    freeze = open_freeze(life, life.doctor)
    life.issue(label=label)
    release(life, freeze)
    life.issue(label=Label(lookalike="released"))


def _frozen_shop(life: Life, label: Label) -> None:
    rx = life.ready()
    freeze = open_freeze(life, life.shop.code)
    life.sell(rx, [life.pack()], label=label)
    release(life, freeze)


def _frozen_drug(life: Life, label: Label) -> None:
    freeze = open_freeze(life, life.doctor, "drug", drug=life.drug.code)
    life.issue(label=label)
    life.drug = life.cast.by_name["替米沙坦片"]
    life.issue(label=Label(lookalike="another_drug_than_frozen"))
    release(life, freeze)


def _released_by_one_role(life: Life, label: Label) -> None:
    freeze = open_freeze(life, other_doctor(life))
    release(life, freeze, _TWO, label=label)
    release(life, freeze)


def _released_twice(life: Life, label: Label) -> None:
    freeze = open_freeze(life, other_doctor(life))
    release(life, freeze)
    release(life, freeze, label=label)


def _frozen_by_pace(life: Life, label: Label) -> None:
    """Four patients in ten seconds; the third refusal freezes, and an hour later nothing goes."""
    seen = []
    for who in life.cast.people_of(f"waiting {life.name}", 0, 5):
        life.patient = who
        seen.append((who, life.consult()))
    refused = ""
    for turn, (who, consultation) in enumerate(seen[:4]):
        life.patient = who
        too_fast = Label("S45", ("PACE_TOO_FAST",), ("PACE-1",)) if turn else None
        refused = life.issue(consultation, wait_ms=3_000 if turn else 60_000, label=too_fast)
    life.patient = seen[4][0]
    life.issue(seen[4][1], wait_ms=HOUR_MS, label=label)
    release(life, refused)


# -- points (S12, S26, S29) ---------------------------------------------------------------------------


def _points(life: Life, subject: str, **more: Any) -> str:
    """Points on a case of the subject's own, in which a violation was found."""
    given = {"points": SUSPENDED, "kind": "settled_for_another", "responsibility": "main", **more}
    if "case" not in given:
        case = open_case(life, subject=subject)
        case_steps(life, case, "notified", "heard")
        case_step(life, case, "decided", finding="violation")
        given["case"] = f"@id:{case}"
    return officers(life, "governance.score", subject=subject, **given, **_WHY)


def _repair(life: Life, score: str, points: int = SUSPENDED, **more: Any) -> None:
    officers(life, "governance.repair", score=f"@id:{score}", points=points, **_WHY, **more)


def _suspended_doctor(life: Life, label: Label) -> None:
    """Everybody is treated after the repair."""
    score = _points(life, life.doctor)
    life.issue(label=label)
    _repair(life, score)
    life.issue(label=Label(lookalike="repaired"))


def _emergency_though_suspended(life: Life, label: Label) -> None:
    """It is treated all the same, and officers see that it was; called so, a long prescription is none."""
    score = _points(life, life.doctor)
    emergency = {"medical_type": "13"}
    life.issue(clinical=emergency, label=label)
    word = Label("S12", ("SIGNER_SUSPENDED",), ("CREDIT-1",))
    life.issue(clinical={**emergency, "long_term": True}, label=word)
    _repair(life, score)


def _suspended_shop(life: Life, label: Label) -> None:
    rx = life.ready()
    score = _points(life, life.shop.code)
    life.sell(rx, [life.pack()], label=label)
    _repair(life, score)


def _suspended_department(life: Life, label: Label) -> None:
    code = "K990031000001"
    department: dict[str, Any] = {"code": code, "organisation": life.hospital.code, "name": life.department}
    officers(life, "registry.department", OFFICERS[:1], **department)
    score = _points(life, code)
    life.issue(label=label)
    _repair(life, score)


def _insured_offline(life: Life, label: Label) -> None:
    """A supervised patient pays first; the drug is handed out."""
    code = f"B990031{life.name[1:]:0>6}"
    officers(life, "registry.insured", OFFICERS[:1], code=code, disclosures={"identity": life.identity()})
    _points(life, code)
    life.sold(life.ready(), label)


def _repaired_too_much(life: Life, label: Label) -> None:
    score = _points(life, other_doctor(life), points=2, kind="agreement_breach")
    _repair(life, score, 3, label=label)
    _repair(life, score, 2)


# -- cases and appeals (S26, S30, S65) ------------------------------------------------------------------


def open_case(life: Life, due_ms: int = 240 * HOUR_MS, **more: Any) -> str:
    """A case against the district's second doctor, unless another subject is named."""
    given: dict[str, Any] = {"subject": other_doctor(life), "rules": ["PACE-1"], "evidence": [], **more}
    return officers(life, "governance.case", due=text(life.now_ms + due_ms), **given, **_WHY)


def case_step(life: Life, case: str, step: str, by: tuple[str, ...] = _TWO, **more: Any) -> str:
    """A step of a case; a decision finds nothing unless it is told."""
    decided = {"finding": "unfounded"} if step in ("decided", "appeal_decided") else {}
    members: dict[str, Any] = {"case": f"@id:{case}", "step": step, **decided, **_WHY, **more}
    return officers(life, "governance.case_step", by, **members)


def case_steps(life: Life, case: str, *steps: str) -> None:
    """Steps of a case, one after the other."""
    for step in steps:
        case_step(life, case, step)


def appeal(life: Life, by: str, label: Label | None = None, **matter: str) -> None:
    """Somebody of the hospital appeals."""
    signers, members = ((by, "doctor"),), {**matter, "reason": "事实不清"}
    wait_ms = life.some(60, 600)
    life.act("governance.appeal", life.hospital.code, signers, members, label=label, wait_ms=wait_ms)


def _decided_unheard(life: Life, label: Label) -> None:
    case = open_case(life)
    case_step(life, case, "notified")
    case_step(life, case, "decided", label=label)


def _closed_before_the_appeal(life: Life, label: Label) -> None:
    case = open_case(life)
    case_steps(life, case, "notified", "heard", "decided")
    appeal(life, other_doctor(life), case=f"@id:{case}")
    case_step(life, case, "closed", label=label)
    case_step(life, case, "appeal_decided", _OTHERS)
    case_step(life, case, "closed", label=Label(lookalike="case_in_its_order"))


def _judges_in_their_own_matter(life: Life, label: Label) -> None:
    """Who decided also decides on the appeal."""
    case = open_case(life)
    case_steps(life, case, "notified", "heard", "decided")
    appeal(life, other_doctor(life), case=f"@id:{case}")
    case_step(life, case, "appeal_decided", label=label)
    case_step(life, case, "appeal_decided", _OTHERS)
    case_step(life, case, "closed")


def _self_report(life: Life, case: str, label: Label | None = None) -> None:
    """The district's second doctor reports the own fault in a case."""
    doctor = other_doctor(life)
    said = {"subject": doctor, "case": f"@id:{case}", "reason": "自查发现重复开方"}
    signers = ((doctor, "doctor"),)
    life.act("governance.self_report", life.hospital.code, signers, said, label=label, wait_ms=60_000)


def _reported_after_the_notice(life: Life, label: Label) -> None:
    case = open_case(life)
    case_step(life, case, "notified")
    _self_report(life, case, label)


def _punished_in_full(life: Life, label: Label) -> None:
    """Nine points for who reported the fault before the audit."""
    case = open_case(life)
    _self_report(life, case)
    case_steps(life, case, "notified", "heard")
    case_step(life, case, "decided", finding="violation")
    _points(life, other_doctor(life), case=f"@id:{case}", label=label)


def _more_than_the_band(life: Life, label: Label) -> None:
    """Nine points for a breach of the agreement, which is worth three; three are given."""
    _points(life, other_doctor(life), kind="agreement_breach", label=label)
    score = _points(life, other_doctor(life), kind="agreement_breach", points=3)
    _repair(life, score, 3)


def _punished_for_bad_data(life: Life, label: Label) -> None:
    """The case found a typing error; points are given for it all the same."""
    case = open_case(life)
    case_steps(life, case, "notified", "heard")
    case_step(life, case, "decided", finding="data_quality")
    _points(life, other_doctor(life), case=f"@id:{case}", label=label)


def _late(life: Life, label: Label) -> None:
    case = open_case(life, HOUR_MS)
    life.now_ms += 2 * HOUR_MS
    case_step(life, case, "notified", label=label)


def _appeal_for_another(life: Life, label: Label) -> None:
    """A colleague of another hospital appeals in a matter that is not hers."""
    case = open_case(life)
    hospital = life.cast.hospitals[0]
    members = {"case": f"@id:{case}", "reason": "事实不清"}
    signers = ((hospital.doctors[0], "doctor"),)
    life.act("governance.appeal", hospital.code, signers, members, label=label, wait_ms=60_000)


# -- campaigns, reminders, inspections, rulebooks (S19, S22, S25, S31, S55, S58, S66) ---------------------


def open_campaign(life: Life, region: str = "990031") -> str:
    """A campaign of two stages in a region."""
    given: dict[str, Any] = {"name": "专项整治", "rules": ["PACE-1"], "regions": [region]}
    given["due"] = text(life.now_ms + 240 * HOUR_MS)
    return officers(life, "governance.campaign", stages=["自查", "检查"], **given)


def campaign_stage(life: Life, campaign: str, stage: str, label: Label | None = None) -> None:
    """A stage of a campaign is done."""
    officers(life, "governance.campaign_step", campaign=f"@id:{campaign}", stage=stage, label=label, **_WHY)


def _stage_skipped(life: Life, label: Label) -> None:
    campaign_stage(life, open_campaign(life), "检查", label)


def _ended_with_an_open_case(life: Life, label: Label) -> None:
    campaign = open_campaign(life)
    open_case(life, campaign=f"@id:{campaign}")
    campaign_stage(life, campaign, "自查")
    campaign_stage(life, campaign, "检查", label)


def _remind(life: Life, due_ms: int) -> str:
    given: dict[str, Any] = {"subject": life.hospital.code, "due": text(life.now_ms + due_ms)}
    return officers(life, "governance.reminder", OFFICERS[:1], **given, **_WHY)


def _acknowledge(life: Life, reminder: str, label: Label | None = None, iss: str = "", by: str = "") -> None:
    members = {"reminder": f"@id:{reminder}", "reason": "已整改"}
    signers, at = ((by or life.doctor, "doctor"),), iss or life.hospital.code
    life.act("governance.acknowledgement", at, signers, members, label=label, wait_ms=60_000)


def _unanswered(life: Life, label: Label) -> None:
    reminder = _remind(life, HOUR_MS)
    life.issue(label=Label(lookalike="reminded"))
    life.now_ms += 2 * HOUR_MS
    life.issue(label=label)
    _acknowledge(life, reminder)


def _answered_twice(life: Life, label: Label) -> None:
    reminder = _remind(life, 24 * HOUR_MS)
    _acknowledge(life, reminder)
    _acknowledge(life, reminder, label)


def _answered_for_another(life: Life, label: Label) -> None:
    reminder, other = _remind(life, 24 * HOUR_MS), life.cast.hospitals[0]
    _acknowledge(life, reminder, label, other.code, other.doctors[0])
    _acknowledge(life, reminder)


def _sealed_too_late(life: Life, label: Label) -> None:
    targets = {"targets": [{"code": life.shop.code, "reason": "抽查"}]}
    opens = text(life.now_ms - HOUR_MS)
    officers(life, "governance.inspection", name="飞行检查", opens=opens, disclosures=targets, label=label)


def _begun(life: Life) -> dict[str, Any]:
    return {"effective_from": text(life.now_ms - 24 * HOUR_MS)}


def version(type_: str, late: bool = False, **members: Any) -> Callable[[Life, Label], None]:
    """A version of rules or knowledge that must not come into force."""

    def play(life: Life, label: Label) -> None:
        officers(life, type_, version=life.name, **_begun(life) if late else {}, **members, label=label)

    return play


OFFICE_CASES: tuple[Case, ...] = (
    Case("S11", ("STATE_FROZEN",), "BREAKER-1", _frozen_doctor),
    Case("S11", ("STATE_FROZEN",), "BREAKER-1", _frozen_shop),
    Case("S11", ("STATE_FROZEN",), "BREAKER-1", _frozen_drug),
    Case("S11", ("STATE_FROZEN",), "BREAKER-1", _frozen_by_pace),
    Case("S11", ("ROLE_FORBIDDEN", "DUAL_CONTROL_REQUIRED"), "LICENCE-1", _released_by_one_role),
    Case("S11", ("STATE_NOT_FROZEN",), "BREAKER-4", _released_twice),
    Case("S12", ("SIGNER_SUSPENDED",), "CREDIT-1", _suspended_doctor),
    Case("S12", ("SUSPENDED_EMERGENCY",), "CREDIT-9", _emergency_though_suspended, "noted"),
    Case("S12", ("ORG_SUSPENDED",), "CREDIT-2", _suspended_shop),
    Case("S29", ("DEPARTMENT_SUSPENDED",), "CREDIT-5", _suspended_department),
    Case("S29", ("INSURED_OFFLINE",), "CREDIT-6", _insured_offline),
    Case("S29", ("SCORE_REPAIR",), "CREDIT-4", _repaired_too_much),
    Case("S26", ("CASE_ORDER",), "CASE-1", _reported_after_the_notice),
    Case("S26", ("SCORE_BAND",), "CREDIT-3", _punished_in_full),
    Case("S12", ("SCORE_BAND",), "CREDIT-7", _more_than_the_band),
    Case("S30", ("MEASURE_UNFOUNDED",), "CREDIT-8", _punished_for_bad_data),
    Case("S30", ("CASE_STEP_MISSING",), "CASE-2", _decided_unheard),
    Case("S30", ("CASE_STEP_MISSING",), "CASE-2", _closed_before_the_appeal),
    Case("S30", ("CASE_OVERDUE",), "CASE-7", _late),
    Case("S65", ("DUTY_SEPARATION",), "CASE-4", _judges_in_their_own_matter),
    Case("S65", ("ORG_SCOPE",), "CASE-6", _appeal_for_another),
    Case("S25", ("CASE_ORDER",), "CAMPAIGN-2", _stage_skipped),
    Case("S25", ("CASE_STEP_MISSING",), "CAMPAIGN-3", _ended_with_an_open_case),
    Case("S58", ("REMINDER_OVERDUE",), "REMINDER-4", _unanswered),
    Case("S58", ("REMINDER_ANSWERED",), "REMINDER-3", _answered_twice),
    Case("S58", ("ORG_SCOPE",), "REMINDER-2", _answered_for_another),
    Case("S22", ("TIME_ORDER",), "REMINDER-1", _sealed_too_late),
    Case("S19", ("POLICY_RETROACTIVE",), "OFFICE-2",
         version("governance.rulebook", parameters={}, late=True)),
    Case("S55", ("POLICY_RETROACTIVE",), "OFFICE-2",
         version("governance.knowledge", parts=["ab" * 32], late=True)),
    Case("S31", ("SCHEMA_UNKNOWN_FIELD",), "OFFICE-3", version(
        "governance.rulebook", parameters={"areas": {"990031": {"days_of_grace": 3}}})),
    Case("S31", ("SCHEMA_TYPE",), "OFFICE-10", version(
        "governance.rulebook", parameters={"areas": {"model": {"appeal_days": 3}}})),
    Case("S66", ("CODE_UNKNOWN",), "OFFICE-9", version(
        "governance.rulebook", parameters={"shadow_rules": ["LICENCE-2"]})),
)  # fmt: skip
