"""Cases of officers in the townships: freezes, cases, campaigns, the log's key and rulebook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api.province.cases import Case
from api.province.event import Label
from api.province.life import Life
from api.province.office import (
    HOUR_MS,
    appeal,
    campaign_stage,
    case_step,
    case_steps,
    officers,
    open_campaign,
    open_case,
    open_freeze,
    other_doctor,
    release,
    text,
    version,
)
from api.province.registry import OFFICERS, REGULATOR
from api.province.township_care import at, newcomer
from api.province.township_registry import somebody_new

_ONE, _A_DAY_MS = OFFICERS[:1], 24 * HOUR_MS
_KEY = {"alg": "ES256", "spki": "A" * 120}
_WHY: dict[str, Any] = {"reason": "数据核查"}


def _freeze(life: Life, until_ms: int, by: tuple[str, ...] = OFFICERS[:2], **more: Any) -> str:
    given = {"subject": other_doctor(life), "scope": "all", "until": text(life.now_ms + until_ms), **more}
    return officers(life, "governance.freeze", by, **given, **_WHY)


def _for_no_reason(life: Life, label: Label) -> None:
    """A week for a dash; with a reason it is ordered, and released."""
    for why, shown in (("-", label), ("数据核查", Label(lookalike="reason_given"))):
        until, whom = text(life.now_ms + HOUR_MS), other_doctor(life)
        given = {"subject": whom, "scope": "all", "until": until, "reason": why}
        freeze = officers(life, "governance.freeze", OFFICERS[:2], **given, label=shown)
    release(life, freeze)


def _by_one_officer(life: Life, label: Label) -> None:
    _freeze(life, HOUR_MS, _ONE, label=label)


def _too_long(life: Life, label: Label) -> None:
    """Thirty-one days; thirty are in order, and end with a release."""
    _freeze(life, 31 * _A_DAY_MS, label=label)
    release(life, _freeze(life, 30 * _A_DAY_MS, label=Label(lookalike="frozen_for_weeks")))


def _drug_unnamed(life: Life, label: Label) -> None:
    _freeze(life, HOUR_MS, scope="drug", label=label)
    release(life, _freeze(life, HOUR_MS, scope="drug", drug=life.drug.code))


def _drug_mistyped(life: Life, label: Label) -> None:
    """A letter too many, and the drug would have been sold on; typed right it is frozen."""
    _freeze(life, HOUR_MS, scope="drug", drug=f"{life.drug.code}l", label=label)
    _freeze(life, HOUR_MS, scope="drug_class", drug_class="narcotc", label=label)
    right = Label(lookalike="drug_frozen_by_its_code")
    release(life, _freeze(life, HOUR_MS, scope="drug", drug=life.drug.code, label=right))


def _for_a_typing_error(life: Life, label: Label) -> None:
    """The only evidence is a unit mistyped; with a prescription for somebody unseen it may be."""
    slip = life.issue(line={"unit": "坨"}, label=Label(lookalike="slip"))
    _freeze(life, HOUR_MS, evidence=[f"@id:{slip}"], label=label)
    life.doctor, doctor = other_doctor(life), life.doctor
    opened, closed = life.consult()
    life.doctor = doctor
    foreign = life.issue((opened, closed), label=Label("S5", ("CONSULT_BINDING",), ("CONSULT-2",)))
    evidence = [f"@id:{slip}", f"@id:{foreign}"]
    release(life, _freeze(life, HOUR_MS, evidence=evidence, label=Label(lookalike="frozen_with_evidence")))


def _called_wrong_and_left_in_force(life: Life, label: Label) -> None:
    """An appeal against a freeze is found right, and the freeze stays; upheld by others, it may stay."""
    doctor = other_doctor(life)
    for finding, shown in (("unfounded", label), ("violation", Label(lookalike="freeze_upheld"))):
        freeze = open_freeze(life, doctor)
        appeal(life, doctor, freeze=f"@id:{freeze}")
        case_step(life, freeze, "appeal_decided", OFFICERS[2:4], finding=finding, label=shown)
        release(life, freeze)


def _seen_in_vain(life: Life, label: Label) -> None:
    """A frozen doctor sees a patient, who is told that no prescription can follow."""
    newcomer(life)
    frozen = open_freeze(life, life.doctor)
    life.close_consultation(life.open_consultation(label=label))
    release(life, frozen)


def _department_frozen(life: Life, label: Label) -> None:
    """What the department wrote before its freeze is not handed out; after the release it is."""
    code = f"K{life.hospital.code[1:]}"
    named = {"code": code, "organisation": life.hospital.code, "name": life.department}
    life.act("registry.department", REGULATOR, ((OFFICERS[0], "officer"),), named, wait_ms=60_000)
    rx, pack = life.ready(), life.pack()
    frozen = open_freeze(life, code)
    life.sell(rx, [pack], label=label)
    release(life, frozen)
    life.sell(rx, [pack], label=Label(lookalike="department_released"))


# -- cases and campaigns ---------------------------------------------------------------------------------


def _rule_unknown(life: Life, label: Label) -> None:
    """Opened for a rule that there is not; a screen is named by its own name."""
    open_case(life, rules=["PACE-99"], label=label)
    open_case(life, rules=["SCREEN-RING"], label=Label(lookalike="case_of_a_screen"))


def _decided_without_finding(life: Life, label: Label) -> None:
    case = open_case(life)
    case_steps(life, case, "notified", "heard")
    step = {"case": f"@id:{case}", "step": "decided", **_WHY}
    officers(life, "governance.case_step", **step, label=label)
    case_steps(life, case, "decided", "closed")


def _closed_at_once(life: Life, label: Label) -> None:
    """Decided against the doctor and closed the same day; after the days of appeal it is closed."""
    case = open_case(life, 600 * HOUR_MS)
    case_steps(life, case, "notified", "heard")
    case_step(life, case, "decided", finding="violation")
    case_step(life, case, "closed", label=label)
    life.now_ms += 15 * _A_DAY_MS
    case_step(life, case, "closed", label=Label(lookalike="closed_after_the_days_of_appeal"))


def _reported_for_another(life: Life, label: Label) -> None:
    """A colleague of another hospital reports the doctor in his name; then he does, before any case."""
    doctor, other = other_doctor(life), life.cast.hospitals[0]
    said = {"subject": doctor, "reason": "自查发现重复开方"}
    signers = ((other.doctors[0], "doctor"),)
    life.act("governance.self_report", other.code, signers, said, label=label, wait_ms=60_000)
    own, at = ((doctor, "doctor"),), life.hospital.code
    shown = Label(lookalike="self_reported")
    report = life.act("governance.self_report", at, own, said, label=shown, wait_ms=60_000)
    case_steps(life, open_case(life, evidence=[f"@id:{report}"]), "notified", "heard", "decided", "closed")


def _report_forgotten(life: Life, label: Label) -> None:
    """The doctor reported himself, and the case does not say so; the next case names the report."""
    doctor = other_doctor(life)
    said = {"subject": doctor, "reason": "自查发现重复开方"}
    signers, at = ((doctor, "doctor"),), life.hospital.code
    report = life.act("governance.self_report", at, signers, said, wait_ms=60_000)
    open_case(life, label=label)
    open_case(life, evidence=[f"@id:{report}"], label=Label(lookalike="case_names_the_report"))


def _refer(life: Life, case: str, label: Label | None = None) -> None:
    named: dict[str, Any] = {"case": f"@id:{case}", "to": "990000 公安局", "package": "ab" * 32}
    officers(life, "governance.referral", **named, **_WHY, label=label)


def _cleared_and_referred(life: Life, label: Label) -> None:
    """What the case found is a typing error, and the police are told; before the decision they may be."""
    case = open_case(life)
    _refer(life, case, Label(lookalike="referred_before_the_decision"))
    case_steps(life, case, "notified", "heard")
    case_step(life, case, "decided", finding="data_quality")
    _refer(life, case, label)
    case_step(life, case, "closed")


def _frozen_for_nothing(life: Life, label: Label) -> None:
    """The case ends with nothing found, and who was frozen for it still is; a release before is in time."""
    for told, released in ((label, False), (Label(lookalike="released_before_the_decision"), True)):
        case = open_case(life)
        case_steps(life, case, "notified", "heard")
        freeze = _freeze(life, _A_DAY_MS, evidence=[f"@id:{case}"])
        if released:
            release(life, freeze)
        case_step(life, case, "decided", label=told)
        if not released:
            release(life, freeze)
        case_step(life, case, "closed")


def _due_yesterday(life: Life, label: Label) -> None:
    open_case(life, -_A_DAY_MS, label=label)


def _stages_of_one_name(life: Life, label: Label) -> None:
    given: dict[str, Any] = {"name": "专项整治", "rules": ["PACE-1"],}
    given |= {"regions": [], "stages": ["检查", "检查"]}
    due = text(life.now_ms + 240 * HOUR_MS)
    officers(life, "governance.campaign", **given, due=due, label=label)


def _after_its_end(life: Life, label: Label) -> None:
    """A case joins a campaign that has ended; another one joined while it ran."""
    campaign = open_campaign(life, "99004")
    joined: dict[str, Any] = {"campaign": f"@id:{campaign}"}
    case = open_case(life, **joined, label=Label(lookalike="case_of_a_campaign"))
    campaign_stage(life, campaign, "自查")
    case_steps(life, case, "notified", "heard", "decided", "closed")
    campaign_stage(life, campaign, "检查")
    open_case(life, **joined, label=label)


def _of_another_region(life: Life, label: Label) -> None:
    joined: dict[str, Any] = {"campaign": f"@id:{open_campaign(life, '99004')}"}
    open_case(life, subject=life.cast.hospitals[0].code, **joined, label=label)
    open_case(life, **joined, label=Label(lookalike="case_of_a_campaign"))


def _did_not_answer(life: Life, label: Label) -> None:
    """The doctor's own reminder is overdue; once it is answered, nothing is told any more."""
    newcomer(life)
    given = {"subject": life.doctor, "due": text(life.now_ms + HOUR_MS), **_WHY}
    reminder = officers(life, "governance.reminder", _ONE, **given)
    life.now_ms += 2 * HOUR_MS
    life.issue(label=label)
    answer = {"reminder": f"@id:{reminder}", "reason": "已整改"}
    by = ((life.doctor, "doctor"),)
    life.act("governance.acknowledgement", life.hospital.code, by, answer, wait_ms=HOUR_MS)
    life.issue(label=Label(lookalike="reminder_answered"))


# -- the log's key -----------------------------------------------------------------------------------------


def _handed_over(life: Life, label: Label | None = None, overlap_ms: int = 0, vkey: str = "") -> str:
    """The log is handed over to a key, with the one before for so long; returns its vkey."""
    vkey = vkey or f"ledger.example+{life.name}+{len(life.events)}"
    overlap: dict[str, Any] = {"overlap_until": text(life.now_ms + overlap_ms)} if overlap_ms else {}
    officers(life, "governance.log_key", log_vkey=vkey, possession="AAAA", **overlap, label=label)
    return vkey


def _of_the_first(play: Callable[[Life, Label], None]) -> Callable[[Life, Label], None]:
    """There is one log: one township hands it over, so that no other's overlap of a month is met."""

    def played(life: Life, label: Label) -> None:
        if at(life) is life.cast.townships[0]:
            play(life, label)

    return played


def _back_to_an_old_key(life: Life, label: Label) -> None:
    first = _handed_over(life, Label(lookalike="log_handed_over"))
    _handed_over(life)
    _handed_over(life, label, vkey=first)


def _before_the_overlap_ends(life: Life, label: Label) -> None:
    """Three keys at once; an hour later the first overlap is over."""
    _handed_over(life, overlap_ms=HOUR_MS)
    _handed_over(life, label, HOUR_MS)
    life.now_ms += HOUR_MS
    _handed_over(life, Label(lookalike="log_handed_over"), HOUR_MS)


def _both_keys_for_long(life: Life, label: Label) -> None:
    """Both keys are to sign for two years; a month is in order, and over before the next handover."""
    _handed_over(life, label, 730 * _A_DAY_MS)
    _handed_over(life, Label(lookalike="overlap_of_a_month"), 30 * _A_DAY_MS)


# -- the registry ------------------------------------------------------------------------------------------


def _second_beginning(life: Life, label: Label) -> None:
    """A genesis that would begin the log anew."""
    site = {"id": "ledger.example", "origins": ["https://ledger.example"]}
    regulator = {"code": REGULATOR, "name": "监管局", "key": _KEY, "relying_party": site}
    named = [{"code": code, "key": _KEY, "authenticators": []} for code in OFFICERS[:2]]
    members: dict[str, Any] = {
        "log_vkey": "ledger.example+00000000+AAAA",
        "profile": "sandbox",
        "regulator": regulator,
        "officers": named,
        "tag_keys": {"people": "people1", "codes": "codes1"},
        "attestation_roots": [],
        "certificate_roots": [],
        "utc_offset_minutes": 480,
    }
    officers(life, "governance.genesis", label=label, **members)


def _officer_frozen(life: Life, label: Label) -> None:
    """A frozen officer freezes somebody with a colleague, and once released does so rightly."""
    newcomer(life)
    both, until = (somebody_new(life, "officer", OFFICERS[:2]), OFFICERS[1]), text(life.now_ms + 2 * HOUR_MS)
    frozen = officers(life, "governance.freeze", subject=both[0], scope="all", until=until, **_WHY)
    _freeze(life, HOUR_MS, both, label=label)
    release(life, frozen)
    release(life, _freeze(life, HOUR_MS, both, label=Label(lookalike="officer_released")))


def _wrong_form() -> Callable[[Life, Label], None]:
    return version("governance.rulebook", parameters={"areas": {"99004": {"appeal_days": "3"}}})


CASES: tuple[Case, ...] = (
    Case("S11", ("DUAL_CONTROL_REQUIRED",), "SEPARATION-3", _by_one_officer),
    Case("S30", ("SCHEMA_REQUIRED",), "OFFICE-17", _for_no_reason, "slip"),
    Case("S11", ("TIME_ORDER",), "BREAKER-2", _too_long, "slip"),
    Case("S11", ("SCHEMA_REQUIRED",), "BREAKER-3", _drug_unnamed, "slip"),
    Case("S11", ("CODE_UNKNOWN",), "OFFICE-5", _drug_mistyped, "slip"),
    Case("S11", ("MEASURE_UNFOUNDED",), "BREAKER-5", _for_a_typing_error),
    Case("S11", ("STATE_FROZEN",), "BREAKER-1", _department_frozen),
    Case("S11", ("STATE_FROZEN",), "BREAKER-7", _officer_frozen),
    Case("S11", ("CONSULT_IN_VAIN",), "BREAKER-6", _seen_in_vain, "noted"),
    Case("S30", ("CODE_UNKNOWN",), "OFFICE-12", _rule_unknown, "slip"),
    Case("S30", ("SCHEMA_REQUIRED",), "CASE-3", _decided_without_finding, "slip"),
    Case("S30", ("TIME_ORDER",), "CASE-5", _due_yesterday, "slip"),
    Case("S25", ("TIME_ORDER",), "CAMPAIGN-1", _stages_of_one_name, "slip"),
    Case("S25", ("CASE_ORDER",), "CAMPAIGN-4", _after_its_end),
    Case("S25", ("CAMPAIGN_OUTSIDE",), "CAMPAIGN-5", _of_another_region),
    Case("R16", ("ID_CONFLICT",), "OFFICE-1", _second_beginning),
    Case("R16", ("ID_CONFLICT",), "OFFICE-13", _of_the_first(_back_to_an_old_key)),
    Case("R16", ("TIME_ORDER",), "OFFICE-14", _of_the_first(_before_the_overlap_ends), "slip"),
    Case("R16", ("TIME_RANGE",), "OFFICE-15", _of_the_first(_both_keys_for_long), "slip"),
    Case("S31", ("SCHEMA_TYPE",), "OFFICE-4", _wrong_form(), "slip"),
    Case("S30", ("APPEAL_TIME_RUNS",), "CASE-9", _closed_at_once),
    Case("S26", ("ORG_SCOPE",), "CASE-10", _reported_for_another),
    Case("S26", ("SELF_REPORT_UNNAMED",), "CREDIT-10", _report_forgotten, "noted"),
    Case("S65", ("MEASURE_UNFOUNDED",), "CASE-11", _called_wrong_and_left_in_force),
    Case("S30", ("MEASURE_UNFOUNDED",), "CASE-12", _cleared_and_referred),
    Case("S65", ("FREEZE_WITHOUT_CASE",), "CASE-13", _frozen_for_nothing, "noted"),
    Case("S58", ("REMINDER_OVERDUE",), "REMINDER-4", _did_not_answer, "noted"),
)
