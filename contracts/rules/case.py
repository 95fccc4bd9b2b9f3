"""CASE: a case goes its steps, in their order, with a hearing before and an appeal after the decision."""

from __future__ import annotations

from typing import Any

from contracts import keys
from contracts.act import Act, State
from contracts.quantity import DAY_MS
from contracts.rules.base import Failed, rule
from contracts.rules.breaker import CLEARED, open_freezes
from contracts.subjects import found, speaks_for
from contracts.time import from_text

_STEP = ("governance.case_step",)
_SELF_REPORT = ("governance.self_report",)
_APPEAL = ("governance.appeal",)
_REFERRAL = ("governance.referral",)
_OF_OWN_KEY = ("person", "organisation")
# What of a case they are, beside its steps: each comes before the step of that name.
_TAKES = {"governance.self_report": "self_reported", "governance.appeal": "appeal_decided"}
_MEASURES = ("governance.freeze", "governance.score", "governance.case", *_STEP)
# What must have happened before a step may be taken (S30). Nobody is decided about unheard.
BEFORE = {
    "notified": (),
    "self_reported": (),
    "heard": ("notified",),
    "decided": ("notified", "heard"),
    "appeal_decided": ("decided",),
    "closed": ("notified", "heard", "decided"),
}


# Findings against somebody, who had been heard. Who was cleared has nothing to appeal against.
_AGAINST = ("violation", "suspicion")


def _case(act: Act) -> State | None:
    return act.state(keys.case(str(act.payload.get("case", ""))))


def frozen_by_step(act: Act) -> State | None:
    """Return the record of the freeze whose appeal a step decides, or None: then it is of a case."""
    named = act.payload.get("case", "") if act.payload.get("step") == "appeal_decided" else ""
    return act.state(keys.freeze_of(str(named)))


@rule(
    "CASE-1",
    "CASE_ORDER",
    (*_STEP, *_APPEAL, *_SELF_REPORT, "governance.score"),
    version=2,
    sources="S30 S26 S65",
    en="Done already, the case is closed or its appeal decided, or a self-report came after the notice.",
    zh="该步骤已完成、案件已结案、申诉已有决定，或自查申报晚于通知。",
)
def step_is_due(act: Act) -> None:
    """A case that is open takes each step once; a self-report comes before the notice.

    An appeal is decided once, so none is taken after that until points follow; and none of those after the
    close. Against a freeze there is one appeal.
    """
    if act.type in _APPEAL and _answered_or_waiting(act):
        raise Failed
    case = _case(act)
    if case is None:
        return
    step = _TAKES.get(act.type) or act.payload.get("step", "")
    if "closed" in case["steps"] or step in case["steps"]:
        raise Failed
    if step == "self_reported" and "notified" in case["steps"]:
        raise Failed


def _answered_or_waiting(act: Act) -> bool:
    named = str(act.payload.get("freeze", ""))
    record = act.state(keys.freeze_of(named)) or {"subject": ""}
    return "answered" in record or any(one[1] == named for one in open_appeals(act, record["subject"]))


@rule(
    "CASE-2",
    "CASE_STEP_MISSING",
    _STEP,
    sources="S30",
    en="A step is missing: notice, hearing, decision, and the answer to an appeal come first.",
    zh="缺少步骤：须先通知、听取意见、作出决定，并答复申诉。",
)
def steps_before_it(act: Act) -> None:
    """What must come before the step has happened; an appeal is answered before the close."""
    case, freeze = _case(act), frozen_by_step(act)
    if freeze is not None and not _is_appealed(act, freeze["subject"]):
        raise Failed
    if case is None:
        return
    step = str(act.payload["step"])
    needed = set(BEFORE[step])
    if case["appealed"] and step == "closed":
        needed.add("appeal_decided")
    if step == "appeal_decided" and not case["appealed"]:
        raise Failed
    if needed - set(case["steps"]):
        raise Failed(missing=", ".join(sorted(needed - set(case["steps"]))))


def _is_appealed(act: Act, subject: str) -> bool:
    return any(one[1] == act.payload["case"] for one in open_appeals(act, subject))


@rule(
    "CASE-9",
    "APPEAL_TIME_RUNS",
    _STEP,
    sources="S30 S65",
    parameters=("appeal_days",),
    en="The decision is against somebody who may still appeal: the case is closed after the days of appeal.",
    zh="决定对当事人不利，申诉期尚未届满：期满后方可结案。",
)
def closes_after_the_days_of_appeal(act: Act) -> None:
    """A case decided against its subject closes when the days of appeal are over, or an appeal was answered.

    Points that follow may be appealed against too, so the days run from the last of them. That an appeal made
    is answered first, CASE-2 sees to. There is no waiver: who may be punished further
    would be asked for it.
    """
    case = _case(act)
    if case is None or act.payload["step"] != "closed" or case["appealed"]:
        return
    if "decided" not in case["steps"] or case["finding"] not in _AGAINST:
        return
    latest_ms = max(case["steps"]["decided"], case.get("scored", 0))
    until_ms = latest_ms + int(act.parameter("appeal_days")) * DAY_MS
    if act.time_ms < until_ms:
        raise Failed(until_ms=until_ms)


@rule(
    "CASE-3",
    "SCHEMA_REQUIRED",
    _STEP,
    sources="S30",
    en="A decision says what was found; another step does not.",
    zh="决定须写明认定结论；其他步骤不得填写。",
)
def decision_has_finding(act: Act) -> None:
    """`finding` is there exactly for decisions."""
    if (act.payload["step"] in ("decided", "appeal_decided")) != ("finding" in act.payload):
        raise Failed({"member": "finding"})


@rule(
    "CASE-4",
    "DUTY_SEPARATION",
    (*_MEASURES, *_REFERRAL, "governance.release", "governance.repair"),
    version=3,
    sources="S30 security A01",
    en="An officer acts in the own case, or decides on an appeal against the own decision.",
    zh="监管人员不得办理本人案件，也不得审理对自己决定的申诉。",
)
def nobody_judges_the_own_case(act: Act) -> None:
    """No signer is the subject; an appeal is decided by officers who did not decide, or freeze, before."""
    signers = {signer.code for signer in act.signers}
    matter = _case(act) or frozen_by_step(act) or {}
    if {str(act.payload.get("subject")), matter_subject(act)} & signers:
        raise Failed
    if act.payload.get("step") == "appeal_decided" and signers & set(matter.get("deciders", ())):
        raise Failed


@rule(
    "CASE-5",
    "TIME_ORDER",
    ("governance.case",),
    sources="S30",
    en="A case is due in the future.",
    zh="案件办结期限必须晚于当前时间。",
)
def due_ahead(act: Act) -> None:
    """`due` lies ahead."""
    if from_text(act.payload["due"]) <= act.time_ms:
        raise Failed({"member": "due"})


@rule(
    "CASE-6",
    "ORG_SCOPE",
    _APPEAL,
    version=2,
    sources="S30 S29",
    en="Only who is concerned appeals: the person, the institution, or an officer for who has no key.",
    zh="只有当事人本人或当事机构的人员可以申诉；无密钥的参保人、供应商由监管人员代为录入。",
)
def appeals_in_the_own_matter(act: Act) -> None:
    """The act speaks for the subject; one matter is named."""
    if ("case" in act.payload) == ("freeze" in act.payload):
        raise Failed
    subject = matter_subject(act)
    if subject and not speaks_for(act, subject):
        raise Failed


@rule(
    "CASE-10",
    "ORG_SCOPE",
    (*_STEP, *_SELF_REPORT),
    version=2,
    sources="S26 S29",
    en="Who reports itself signs it, in no other's case; officers put it down for who has no key alone.",
    zh="自查自报须由当事人本人或当事机构的人员签名，不得填写他人的案件；仅无密钥的参保人、供应商可由监管人员代为录入。",
)
def reports_the_own_fault(act: Act) -> None:
    """The act speaks for the subject, and a case named is its own.

    Officers put the step down for those alone who have no key: else two of them could lighten any case.
    """
    case = _case(act)
    if act.type in _STEP:
        own_key = case is not None and (found(act, case["subject"]) or ("",))[0] in _OF_OWN_KEY
        if own_key and act.payload["step"] == "self_reported":
            raise Failed({"member": "step"})
        return
    subject = act.payload["subject"]
    if not speaks_for(act, subject):
        raise Failed
    if case is not None and case["subject"] != subject:
        raise Failed({"member": "case"})


@rule(
    "CASE-7",
    "CASE_OVERDUE",
    _STEP,
    strength="flag",
    sources="S30 S58",
    en="The case is past its time limit.",
    zh="案件已超过办理期限。",
)
def within_its_time(act: Act) -> None:
    """A step is taken before the case is due."""
    case = _case(act)
    if case is not None and act.time_ms > case["due"]:
        raise Failed(due_ms=case["due"])


def open_appeals(act: Act, subject: str) -> list[list[Any]]:
    """Return [id, case or freeze, due] of the subject's appeals that nobody decided.

    A freeze that ended by itself takes its appeal with it.
    """
    known: list[list[Any]] = (act.state(keys.appeals(subject)) or {"open": []})["open"]
    frozen = {one["id"] for one in open_freezes(act, subject)}
    return [one for one in known if one[1] in frozen or act.state(keys.case(one[1])) is not None]


def matter_subject(act: Act) -> str:
    """Return whom a measure concerns: its subject, or that of its case or freeze; "" for nobody known."""
    if "subject" in act.payload:
        return str(act.payload["subject"])
    named = ((keys.freeze_of, "freeze"), (keys.score_of, "score"))
    records = (act.state(key_of(str(act.payload.get(member, "")))) for key_of, member in named)
    matter = next((one for one in (_case(act), frozen_by_step(act), *records) if one is not None), {})
    return str(matter.get("subject", ""))


@rule(
    "CASE-8",
    "APPEAL_OVERDUE",
    _MEASURES,
    strength="flag",
    sources="S65",
    parameters=("appeal_days",),
    en="An appeal of the person concerned waits beyond its time: decide it before anything else.",
    zh="当事人的申诉已逾期未决，应先行处理申诉。",
)
def appeals_decided_in_time(act: Act) -> None:
    """No further measure meets somebody whose appeal is overdue; what decides the appeal is none."""
    if act.payload.get("step") == "appeal_decided":
        return
    overdue = [one for one in open_appeals(act, matter_subject(act)) if one[2] < act.time_ms]
    if overdue:
        raise Failed(appeal=overdue[0][0], due_ms=overdue[0][2])


@rule(
    "CASE-11",
    "MEASURE_UNFOUNDED",
    _STEP,
    sources="S30 S65",
    en="An appeal against a freeze that is found right is answered by the freeze's release, by two roles.",
    zh="对熔断的申诉成立时，应由两个岗位共同解除熔断，而非仅作出决定。",
)
def freeze_found_wrong_is_released(act: Act) -> None:
    """A decision on an appeal against a freeze upholds it; one that does not is a release.

    So is every answer about a freeze of which nobody remembers who ordered it.
    """
    freeze = frozen_by_step(act)
    if freeze is None:
        return
    if act.payload.get("finding") not in _AGAINST or "deciders" not in freeze:
        raise Failed({"member": "finding"})


@rule(
    "CASE-12",
    "MEASURE_UNFOUNDED",
    _REFERRAL,
    sources="S30 S48 S65",
    en="The case found bad data or nothing at all, or the appeal did: nobody is referred for that.",
    zh="本案（或其申诉）认定为数据质量问题或违规不成立，不得移送其他部门。",
)
def nobody_cleared_is_referred(act: Act) -> None:
    """The last finding of the case accuses somebody, or there is none yet.

    A crime does not wait for the office's decision, so an undecided case may be referred; a suspicion too.
    """
    if (_case(act) or {}).get("finding") in CLEARED:
        raise Failed


@rule(
    "CASE-13",
    "FREEZE_WITHOUT_CASE",
    _STEP,
    strength="flag",
    sources="S11 S48 S65",
    en="The case found no violation; a freeze that rests on it is still open: let two roles release it.",
    zh="本案认定违规不成立，但以其为依据的熔断仍未解除：请由两个岗位予以解除。",
)
def no_freeze_outlives_its_case(act: Act) -> None:
    """No freeze that names the case as evidence is open when it clears its subject, nor when it closes then.

    None ends by itself: it may rest on other evidence too, and two roles say so.
    """
    case = _case(act)
    if case is None or act.payload.get("finding", case.get("finding")) not in CLEARED:
        return
    open_ = [one for one in case.get("freezes", ()) if _is_frozen_by(act, one)]
    if open_:
        raise Failed(freeze=open_[0], freezes=len(open_))


def _is_frozen_by(act: Act, freeze: str) -> bool:
    record = act.state(keys.freeze_of(freeze))
    return record is not None and any(one["id"] == freeze for one in open_freezes(act, record["subject"]))


RULES = (
    step_is_due,
    steps_before_it,
    closes_after_the_days_of_appeal,
    decision_has_finding,
    nobody_judges_the_own_case,
    due_ahead,
    appeals_in_the_own_matter,
    reports_the_own_fault,
    freeze_found_wrong_is_released,
    nobody_cleared_is_referred,
    within_its_time,
    appeals_decided_in_time,
    no_freeze_outlives_its_case,
)
